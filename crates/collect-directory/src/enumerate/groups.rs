//! Groups: what they are for, how many are in them, and who thereby rules the domain.

use super::pager::{PIECE, Pager};
use super::part::Part;
use super::report::Report;
use super::shared::{state_place, state_sids};
use super::{Halt, Survey};
use crate::decode::group_type::GroupType;
use crate::decode::reference::Reference;
use crate::observe::{Sheet, Sight};
use crate::place::Place;
use crate::privilege::{Groups, Privileges, guid_number, is_privileged, ruling_sids};
use crate::question::Question;
use cadastre_model::{Attr, Kind, RelationType};

const NAME: &str = "groups";

const ATTRIBUTES: [&str; 11] = [
    "objectGUID",
    "objectSid",
    "sIDHistory",
    "cn",
    "sAMAccountName",
    "description",
    "whenCreated",
    "groupType",
    "adminCount",
    "memberOf",
    "managedBy",
];

const FILTER: &str = "(objectCategory=group)";

/// The members of a group: all of them, however many pieces they came in.
struct Members {
    count: usize,
    /// Of other domains, known by their SIDs only.
    foreign: Vec<String>,
    /// By their ids.
    ids: Vec<u128>,
}

impl Survey<'_> {
    /// Sends every group of a part, and takes down who is in it.
    pub(super) async fn groups(
        &mut self,
        part: &Part,
        groups: &mut Groups,
        report: &mut Report,
    ) -> Result<(), Halt> {
        let filter = part.filter(FILTER);
        let mut question = self.groups_question(&part.base, filter);
        question.attributes = ATTRIBUTES.to_vec();
        let mut pager = Pager::new(question);
        while let Some(entries) = pager.next(self).await? {
            report.page();
            for mut entry in entries {
                let members = members(&self.whole(NAME, &mut entry, "member").await?);
                self.complete(NAME, &mut entry, &["memberOf", "sIDHistory"]).await?;
                let sheet = match self.sheet(Kind::Group, &entry) {
                    Ok(sheet) => sheet,
                    Err(why) => {
                        self.left_out(&entry, why, report).await?;
                        continue;
                    }
                };
                let (sid, guid) = (sheet.sid.clone(), sheet.seen.native_id.clone());
                let (sight, name) = observe(sheet, &members, &self.place);
                groups.add(&guid, sid.as_deref(), &name, members.ids);
                self.see(sight, &[&name]).await?;
            }
            self.run.progress(None);
        }
        Ok(())
    }

    fn groups_question(&self, base: &str, filter: String) -> Question {
        let mut question = Question::of_all(NAME, base, filter, &[], self.page_size);
        question.pieces = vec![format!("member;range=0-{}", PIECE - 1)];
        question
    }

    /// Who is privileged, where not all groups are read anyway: the groups that rule, and those
    /// within them.
    pub(super) async fn rulers(&mut self) -> Result<Privileges, Halt> {
        let mut groups = Groups::default();
        let base = self.place.domain_dn.clone();
        let domain = self.domain_sid.clone().unwrap_or_default();
        let sids: Vec<String> =
            ruling_sids(&domain).map(|sid| format!("(objectSid={sid})")).collect();
        let rulers = self.gather(&base, format!("(|{})", sids.concat()), &mut groups).await?;
        let within: Vec<String> = rulers
            .iter()
            .map(|id| format!("(memberOf:1.2.840.113556.1.4.1941:=<GUID={id}>)"))
            .collect();
        if !within.is_empty() {
            let filter = format!("(&{FILTER}(|{}))", within.concat());
            self.gather(&base, filter, &mut groups).await?;
        }
        Ok(groups.settle())
    }

    /// Takes down who is in the groups that match; gives their ids.
    async fn gather(
        &mut self,
        base: &str,
        filter: String,
        groups: &mut Groups,
    ) -> Result<Vec<String>, Halt> {
        let mut question = self.groups_question(base, filter);
        question.attributes = vec!["objectGUID", "objectSid", "cn"];
        let mut pager = Pager::new(question);
        let mut ids = Vec::new();
        while let Some(entries) = pager.next(self).await? {
            for mut entry in entries {
                let members = members(&self.whole(NAME, &mut entry, "member").await?);
                let Ok(mut sheet) = self.sheet(Kind::Group, &entry) else { continue };
                let name = sheet.read_text("cn").unwrap_or_default();
                let id = sheet.seen.native_id.clone();
                groups.add(&id, sheet.sid.as_deref(), &name, members.ids);
                ids.push(id);
            }
        }
        Ok(ids)
    }
}

fn members(values: &[Vec<u8>]) -> Members {
    let mut members = Members { count: values.len(), foreign: Vec::new(), ids: Vec::new() };
    for value in values {
        let reference = Reference::read(&String::from_utf8_lossy(value));
        members.ids.extend(reference.guid.as_deref().and_then(guid_number));
        let folded = reference.dn.to_ascii_lowercase();
        if folded.contains(",cn=foreignsecurityprincipals,") {
            members.foreign.extend(reference.sid);
        }
    }
    members
}

fn observe(mut sheet: Sheet<'_>, members: &Members, place: &Place) -> (Sight, String) {
    let name = sheet.read_text("cn").unwrap_or_default();
    let full = sheet.full_name();
    sheet.seen.state_text(Attr::Name, Some(name.as_str()));
    sheet.seen.state_text(Attr::DistinguishedName, Some(full));
    sheet.text(Attr::AccountName, "samaccountname");
    state_place(&mut sheet, place);
    state_sids(&mut sheet);
    let kind = sheet.read_number("grouptype").and_then(GroupType::of);
    sheet.seen.state_text(Attr::GroupScope, kind.and_then(GroupType::scope));
    sheet.seen.state_text(Attr::GroupPurpose, kind.map(GroupType::purpose));
    sheet.seen.state_int(Attr::MemberCount, i64::try_from(members.count).ok());
    sheet.seen.state_list(Attr::ForeignMembers, members.foreign.clone());
    let privileged = sheet.sid.as_deref().is_some_and(is_privileged);
    sheet.seen.state_bool(Attr::Privileged, Some(privileged));
    let protected = sheet.read_number("admincount").is_some_and(|count| count > 0);
    sheet.seen.state_bool(Attr::AdminProtected, Some(protected));
    let count = sheet.octets("memberof").len();
    sheet.seen.state_int(Attr::GroupsCount, i64::try_from(count).ok());
    sheet.claim(RelationType::MemberOf, "memberof");
    sheet.claim(RelationType::ManagedBy, "managedby");
    (sheet.finish(), name)
}
