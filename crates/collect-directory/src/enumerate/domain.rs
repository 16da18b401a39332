//! The domain itself: its levels, its policy, the age of its keys.

use super::report::Report;
use super::{Halt, Survey, nothing_there};
use crate::decode::filetime::span_days;
use crate::entry::Entry;
use crate::observe::Sheet;
use crate::question::Question;
use cadastre_model::{Attr, Kind};
use ldap3::Scope;

const NAME: &str = "the domain";

const ATTRIBUTES: [&str; 9] = [
    "objectGUID",
    "objectSid",
    "whenCreated",
    "ms-DS-MachineAccountQuota",
    "minPwdLength",
    "pwdHistoryLength",
    "maxPwdAge",
    "pwdProperties",
    "lockoutThreshold",
];

/// What is read of it elsewhere.
#[derive(Default)]
struct Elsewhere {
    short_name: Option<Entry>,
    kerberos: Option<Entry>,
    laps: Vec<String>,
}

impl Survey<'_> {
    /// Sends the domain.
    pub(super) async fn domain_object(&mut self, report: &mut Report) -> Result<(), Halt> {
        let question = Question::of_one(NAME, &self.place.domain_dn, &ATTRIBUTES);
        let entry = self.one(&question).await?.ok_or_else(|| nothing_there(NAME))?;
        report.page();
        let mut elsewhere =
            Elsewhere { short_name: self.short_name().await?, ..Elsewhere::default() };
        let sid = entry.first("objectsid").and_then(crate::decode::sid::sid_text);
        self.domain_sid.clone_from(&sid);
        if let Some(sid) = sid {
            elsewhere.kerberos = self.kerberos(&sid).await?;
        }
        elsewhere.laps = self.laps().await?;
        let sheet = match self.sheet(Kind::Domain, &entry) {
            Ok(sheet) => sheet,
            Err(why) => return Ok(self.left_out(&entry, why, report).await?),
        };
        let sight = self.describe(sheet, &elsewhere).finish();
        let name = self.place.domain.clone();
        Ok(self.see(sight, &[&name]).await?)
    }

    fn describe<'e>(&self, mut sheet: Sheet<'e>, elsewhere: &Elsewhere) -> Sheet<'e> {
        const COMPLEX: i64 = 1;
        let place = &self.place;
        let full = sheet.full_name();
        let sid = sheet.sid.clone();
        let seen = &mut sheet.seen;
        seen.state_text(Attr::Name, Some(place.domain.as_str()));
        seen.state_text(Attr::DomainName, Some(place.domain.as_str()));
        seen.state_text(Attr::ForestName, Some(place.forest.as_str()));
        seen.state_text(Attr::DistinguishedName, Some(full));
        seen.state_text(Attr::Sid, sid);
        seen.state_text(Attr::FunctionalLevel, place.domain_level.as_deref());
        seen.state_text(Attr::ForestLevel, place.forest_level.as_deref());
        seen.state_list(Attr::LapsSchema, elsewhere.laps.clone());
        sheet.created();
        sheet.count(Attr::MachineAccountQuota, "ms-ds-machineaccountquota");
        sheet.count(Attr::PasswordMinLength, "minpwdlength");
        sheet.count(Attr::PasswordHistory, "pwdhistorylength");
        sheet.count(Attr::LockoutThreshold, "lockoutthreshold");
        let age = sheet.read_number("maxpwdage").and_then(span_days);
        sheet.seen.state_int(Attr::PasswordMaxAge, age);
        let complex = sheet.read_number("pwdproperties").map(|bits| bits & COMPLEX != 0);
        sheet.seen.state_bool(Attr::PasswordComplexity, complex);
        let kerberos = elsewhere.kerberos.as_ref();
        // Read by the rules of a sheet of its own, for its moments.
        let own = kerberos.and_then(|entry| self.sheet(Kind::Account, entry).ok());
        let set = own.and_then(|mut own| own.read_moment("pwdlastset"));
        sheet.seen.state_time(Attr::KrbtgtPasswordSet, set);
        let short = elsewhere.short_name.as_ref();
        let short = short.and_then(|entry| entry.first("netbiosname"));
        let short = short.map(|value| crate::decode::text::clean_text(value).text);
        sheet.seen.state_text(Attr::NetbiosName, short);
        sheet
    }

    /// The forest's list of domains has its short name.
    async fn short_name(&mut self) -> Result<Option<Entry>, Halt> {
        let base = format!("CN=Partitions,{}", self.place.configuration);
        let filter = format!("(nCName={})", ldap3::ldap_escape(self.place.domain_dn.as_str()));
        let mut question =
            Question::of_all("the list of domains", base, filter, &["nETBIOSName"], 0);
        question.scope = Scope::OneLevel;
        self.one(&question).await
    }

    /// The account whose password is the key of all tickets.
    async fn kerberos(&mut self, domain_sid: &str) -> Result<Option<Entry>, Halt> {
        let filter = format!("(objectSid={domain_sid}-502)");
        let attributes = ["objectGUID", "pwdLastSet"];
        let base = self.place.domain_dn.clone();
        let question = Question::of_all("the Kerberos account", base, filter, &attributes, 0);
        self.one(&question).await
    }

    /// Whether the schema has what LAPS writes.
    async fn laps(&mut self) -> Result<Vec<String>, Halt> {
        const KINDS: [(&str, &str); 2] = [
            ("windows-laps", "msLAPS-PasswordExpirationTime"),
            ("legacy-laps", "ms-Mcs-AdmPwdExpirationTime"),
        ];
        let mut found = Vec::new();
        for (word, attribute) in KINDS {
            let filter = format!("(&(objectClass=attributeSchema)(lDAPDisplayName={attribute}))");
            let base = self.place.schema.clone();
            let name = "the schema";
            let mut question = Question::of_all(name, base, filter, &["lDAPDisplayName"], 0);
            question.scope = Scope::OneLevel;
            if self.one(&question).await?.is_some() {
                found.push(word.to_owned());
            }
        }
        Ok(found)
    }
}
