//! Accounts: people, services, and what the domain itself logs on by.
//!
//! Of people only what checks need is asked for: names to log on by, switches, dates, who is
//! responsible. Mail addresses only if the settings say so.

use super::pager::Pager;
use super::part::Part;
use super::report::Report;
use super::shared::{
    LONG, OF_ACCOUNTS, state_control, state_groups, state_place, state_services, state_sids,
};
use super::{Around, Halt, Survey};
use crate::decode::sid::domain_and_rid;
use crate::decode::uac::AccountControl;
use crate::observe::{Sheet, Sight};
use crate::place::Place;
use crate::question::Question;
use cadastre_model::{Attr, Kind, RelationType};

const NAME: &str = "accounts";

const MORE: [&str; 5] =
    ["userPrincipalName", "displayName", "adminCount", "lockoutTime", "manager"];

const FILTER: &str = "(|(&(objectCategory=person)(objectClass=user))\
                      (objectClass=msDS-ManagedServiceAccount)\
                      (objectClass=msDS-GroupManagedServiceAccount))";

impl Survey<'_> {
    /// Sends every account of a part.
    pub(super) async fn accounts(
        &mut self,
        part: &Part,
        around: &Around,
        report: &mut Report,
    ) -> Result<(), Halt> {
        let mut attributes = [&OF_ACCOUNTS[..], &MORE[..]].concat();
        if self.mail {
            attributes.push("mail");
        }
        let filter = part.filter(FILTER);
        let question = Question::of_all(NAME, &part.base, filter, &attributes, self.page_size);
        let mut pager = Pager::new(question);
        while let Some(entries) = pager.next(self).await? {
            report.page();
            for mut entry in entries {
                self.complete(NAME, &mut entry, &LONG).await?;
                let sheet = match self.sheet(Kind::Account, &entry) {
                    Ok(sheet) => sheet,
                    Err(why) => {
                        self.left_out(&entry, why, report).await?;
                        continue;
                    }
                };
                let (sight, names) = observe(sheet, around, &self.place, self.mail);
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                self.see(sight, &names).await?;
            }
            self.run.progress(None);
        }
        Ok(())
    }
}

fn observe(
    mut sheet: Sheet<'_>,
    around: &Around,
    place: &Place,
    mail: bool,
) -> (Sight, Vec<String>) {
    // The name to log on by: `cn` is a person's own.
    let name = sheet.read_text("samaccountname");
    sheet.seen.state_text(Attr::Name, name.clone());
    sheet.seen.state_text(Attr::AccountName, name.clone());
    let upn = sheet.read_text("userprincipalname");
    sheet.seen.state_text(Attr::UserPrincipalName, upn.clone());
    sheet.text(Attr::DisplayName, "displayname");
    if mail {
        sheet.text(Attr::Mail, "mail");
    }
    state_place(&mut sheet, place);
    state_sids(&mut sheet);
    let control = state_control(&mut sheet);
    let mut flag = |attr, read: fn(AccountControl) -> bool| {
        sheet.seen.state_bool(attr, control.map(read));
    };
    flag(Attr::PasswordReversible, AccountControl::password_reversible);
    flag(Attr::SmartcardRequired, AccountControl::smartcard_required);
    flag(Attr::DelegationSensitive, AccountControl::is_sensitive);
    sheet.moment(Attr::LastLogon, "lastlogontimestamp");
    state_password(&mut sheet);
    sheet.moment(Attr::LockedSince, "lockouttime");
    let protected = sheet.read_number("admincount").is_some_and(|count| count > 0);
    sheet.seen.state_bool(Attr::AdminProtected, Some(protected));
    let kind = account_type(&mut sheet, name.as_deref());
    sheet.seen.state_text(Attr::AccountType, Some(kind));
    state_services(&mut sheet);
    sheet.claim(RelationType::ManagedBy, "manager");
    state_groups(&mut sheet, around, place);
    (sheet.finish(), name.into_iter().chain(upn).collect())
}

/// A password that was never set, or that is to be set anew, has the date 0.
fn state_password(sheet: &mut Sheet<'_>) {
    let set = sheet.read_number("pwdlastset");
    sheet.seen.state_bool(Attr::PasswordMustChange, set.map(|number| number == 0));
    sheet.moment(Attr::PasswordSet, "pwdlastset");
}

fn account_type(sheet: &mut Sheet<'_>, name: Option<&str>) -> &'static str {
    const GUEST: u32 = 501;
    const KERBEROS: u32 = 502;
    const TRUST: i64 = 0x800;
    let is_of = |class: &str| {
        sheet.octets("objectclass").iter().any(|it| it.eq_ignore_ascii_case(class.as_bytes()))
    };
    if is_of("msDS-GroupManagedServiceAccount") {
        return "group-managed-service";
    }
    if is_of("msDS-ManagedServiceAccount") {
        return "managed-service";
    }
    if sheet.read_number("useraccountcontrol").is_some_and(|bits| bits & TRUST != 0) {
        return "domain-trust";
    }
    let rid = sheet.sid.as_deref().and_then(domain_and_rid).map(|(_, rid)| rid);
    // Each read-only controller has one of its own: krbtgt_12345.
    let kerberos = name.is_some_and(|name| name.starts_with("krbtgt_"));
    match rid {
        Some(KERBEROS) => "kerberos",
        _ if kerberos => "kerberos",
        Some(GUEST) => "guest",
        _ => "user",
    }
}
