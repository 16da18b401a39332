//! Computers: what a directory knows of machines. The machine behind one is found by its name.

use super::pager::Pager;
use super::part::Part;
use super::report::Report;
use super::shared::{
    LONG, OF_ACCOUNTS, state_control, state_groups, state_place, state_services, state_sids,
};
use super::{Around, Halt, Survey};
use crate::decode::uac::AccountControl;
use crate::observe::{Sheet, Sight};
use crate::place::Place;
use crate::question::Question;
use cadastre_model::{Attr, Identifier, Kind, RelationType};

const NAME: &str = "computers";

const MORE: [&str; 5] = [
    "dNSHostName",
    "operatingSystem",
    "operatingSystemVersion",
    "operatingSystemServicePack",
    "location",
];

/// Managed service accounts are computers to the schema, and of another category.
const FILTER: &str = "(objectCategory=computer)";

/// Every attribute that is asked for.
pub(crate) fn asked() -> Vec<&'static str> {
    [&OF_ACCOUNTS[..], &MORE[..]].concat()
}

impl Survey<'_> {
    /// Sends every computer of a part.
    pub(super) async fn computers(
        &mut self,
        part: &Part,
        around: &Around,
        report: &mut Report,
    ) -> Result<(), Halt> {
        let filter = part.filter(FILTER);
        let question = Question::of_all(NAME, &part.base, filter, &asked(), self.page_size);
        let mut pager = Pager::new(question);
        while let Some(entries) = pager.next(self).await? {
            report.page();
            for mut entry in entries {
                self.complete(NAME, &mut entry, &LONG).await?;
                let sheet = match self.sheet(Kind::Computer, &entry) {
                    Ok(sheet) => sheet,
                    Err(why) => {
                        self.left_out(&entry, why, report).await?;
                        continue;
                    }
                };
                let (sight, names) = observe(sheet, around, &self.place);
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                self.see(sight, &names).await?;
            }
            self.run.progress(None);
        }
        Ok(())
    }
}

/// What is said of a computer, and the names it is known by.
fn observe(mut sheet: Sheet<'_>, around: &Around, place: &Place) -> (Sight, Vec<String>) {
    let name = sheet.read_text("cn");
    let host = sheet.read_text("dnshostname");
    let full = sheet.full_name();
    sheet.seen.state_text(Attr::Name, name.clone());
    sheet.seen.state_text(Attr::DnsName, host.clone());
    sheet.seen.identify(host.as_deref().and_then(Identifier::fqdn));
    around.zones.state(&mut sheet, host.as_deref());
    sheet.seen.state_text(Attr::DistinguishedName, Some(full));
    sheet.text(Attr::AccountName, "samaccountname");
    state_place(&mut sheet, place);
    state_sids(&mut sheet);
    sheet.text(Attr::Os, "operatingsystem");
    let version = os_version(&mut sheet);
    sheet.seen.state_text(Attr::OsVersion, version);
    sheet.text(Attr::Location, "location");
    let control = state_control(&mut sheet);
    sheet.moment(Attr::MachineLastLogon, "lastlogontimestamp");
    sheet.moment(Attr::MachinePasswordSet, "pwdlastset");
    state_services(&mut sheet);
    state_laps(&mut sheet);
    state_controller(&mut sheet, control, around);
    state_groups(&mut sheet, around, place);
    let names = name.into_iter().chain(host).collect();
    (sheet.finish(), names)
}

fn os_version(sheet: &mut Sheet<'_>) -> Option<String> {
    let version = sheet.read_text("operatingsystemversion");
    let pack = sheet.read_text("operatingsystemservicepack");
    let parts: Vec<String> = version.into_iter().chain(pack).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// Both kinds of LAPS may be there while one follows the other: the newer one counts.
fn state_laps(sheet: &mut Sheet<'_>) {
    const KINDS: [(&str, &str); 2] = [
        ("mslaps-passwordexpirationtime", "windows-laps"),
        ("ms-mcs-admpwdexpirationtime", "legacy-laps"),
    ];
    let found = KINDS.into_iter().find(|(key, _)| sheet.has(key));
    sheet.seen.state_text(Attr::LapsKept, found.map(|(_, word)| word));
    let at = found.and_then(|(key, _)| sheet.read_moment(key));
    sheet.seen.state_time(Attr::LapsExpires, at);
}

/// What it is among the domain controllers.
fn state_controller(sheet: &mut Sheet<'_>, control: Option<AccountControl>, around: &Around) {
    let role = control.and_then(|control| match control {
        it if it.is_read_only_controller() => Some("read-only"),
        it if it.is_controller() => Some("writable"),
        _ => None,
    });
    sheet.seen.state_text(Attr::ControllerRole, role);
    let Some(controllers) = &around.controllers else {
        for attr in [Attr::GlobalCatalog, Attr::OperationsRoles, Attr::DirectorySiteName] {
            sheet.seen.not_read(attr, "the domain controllers could not be read");
        }
        return;
    };
    let controller = controllers.of(&sheet.seen.native_id);
    sheet.seen.state_bool(Attr::GlobalCatalog, controller.map(|it| it.is_catalog));
    let roles = controller.map(|it| it.roles.clone()).unwrap_or_default();
    sheet.seen.state_list(Attr::OperationsRoles, roles);
    let site = controller.and_then(|it| it.site.as_ref());
    sheet.seen.state_text(Attr::DirectorySiteName, site.map(|site| site.name.as_str()));
    if let Some(site) = site {
        sheet.claim_native(RelationType::MemberOf, site.guid.clone());
    }
}

/// What is kept of a computer that was deleted.
pub(super) fn observe_deleted(mut sheet: Sheet<'_>) -> Sheet<'_> {
    let host = sheet.read_text("dnshostname");
    sheet.seen.identify(host.as_deref().and_then(Identifier::fqdn));
    sheet.seen.state_text(Attr::DnsName, host);
    sheet
}
