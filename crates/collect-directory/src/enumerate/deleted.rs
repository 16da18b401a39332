//! What was deleted of late: it has ended, and need not be missed first.
//!
//! The directory keeps the ids of a deleted object for months, and shows them to those who may see
//! the place where it keeps them: administrators, unless somebody changed it. To others it shows
//! nothing, and what they do not see any more ages like everything else.

use super::changes::is_mere_refusal;
use super::computers::observe_deleted;
use super::pager::Pager;
use super::part::{Extent, by_id, one_of};
use super::report::Report;
use super::{Halt, Survey};
use crate::decode::general_time::general_time;
use crate::entry::Entry;
use crate::observe::{Sheet, Sight};
use crate::question::Question;
use cadastre_model::{Attr, Kind, Timestamp, Tombstone};
use ldap3::Scope;

const NAME: &str = "deleted objects";

const ATTRIBUTES: [&str; 7] = [
    "objectGUID",
    "objectSid",
    "objectClass",
    "sAMAccountName",
    "dNSHostName",
    "whenChanged",
    "isDeleted",
];

/// Older ones were told by former runs, or are of no interest to a register that knew nothing of
/// them.
const DAYS: i64 = 60;

const FILTER: &str = "(isDeleted=TRUE)(|(objectClass=user)(objectClass=group)\
                      (objectClass=organizationalUnit))";

impl Survey<'_> {
    /// Sends what was deleted, as far as it may be seen.
    pub(super) async fn deleted(
        &mut self,
        extent: &Extent,
        report: &mut Report,
    ) -> Result<(), Halt> {
        // A deleted object tells no more where it stood.
        if !self.place.is_whole() {
            return Ok(());
        }
        let Extent::Changes(changed) = extent else {
            let since = self.place.now.as_deref().and_then(general_time);
            let since = since.map(|now| now.plus_ms(-DAYS * 86_400_000)).map(written);
            let since = since.map(|since| format!("(whenChanged>={since})"));
            return self.deleted_that(&since.unwrap_or_default(), report).await;
        };
        let tests: Vec<String> = changed.ended.iter().filter_map(|id| by_id(id)).collect();
        for one in one_of(&tests) {
            self.deleted_that(&one, report).await?;
        }
        Ok(())
    }

    async fn deleted_that(&mut self, test: &str, report: &mut Report) -> Result<(), Halt> {
        let base = format!("CN=Deleted Objects,{}", self.place.domain_dn);
        let filter = format!("(&{FILTER}{test})");
        let mut question = Question::of_all(NAME, base, filter, &ATTRIBUTES, self.page_size);
        question.scope = Scope::OneLevel;
        question.deleted = true;
        let mut pager = Pager::new(question);
        loop {
            let entries = match pager.next(self).await {
                Ok(Some(entries)) => entries,
                Ok(None) => return Ok(()),
                // Not for everybody's eyes, and nothing is missing without it.
                Err(Halt::Fault(fault)) if is_mere_refusal(&fault) => return Ok(()),
                Err(halt) => return Err(halt),
            };
            for entry in entries {
                let Some(kind) = kind_of(&entry) else { continue };
                // Without an id there is nothing that it could be the end of.
                let Ok(sheet) = self.sheet(kind, &entry) else { continue };
                let (sight, names) = observe(sheet);
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                self.see(sight, &names).await?;
            }
            report.page();
        }
    }
}

fn kind_of(entry: &Entry) -> Option<Kind> {
    let is_of = |class: &str| entry.is_of(class);
    let managed = is_of("msDS-ManagedServiceAccount") || is_of("msDS-GroupManagedServiceAccount");
    if is_of("computer") && !managed {
        return Some(Kind::Computer);
    }
    if is_of("user") {
        return Some(Kind::Account);
    }
    if is_of("group") {
        return Some(Kind::Group);
    }
    is_of("organizationalUnit").then_some(Kind::Ou)
}

/// Of all else the register keeps what it knew.
fn observe(mut sheet: Sheet<'_>) -> (Sight, Vec<String>) {
    let at = sheet.read_written_moment("whenchanged");
    let account = sheet.read_text("samaccountname");
    sheet.seen.tombstone = Some(Tombstone { at, reason: "deleted".to_owned() });
    if sheet.seen.kind == Kind::Computer {
        sheet = observe_deleted(sheet);
    }
    let host = sheet.read_text("dnshostname");
    for attr in kept(sheet.seen.kind) {
        sheet
            .seen
            .facts
            .entry(attr)
            .or_insert_with(|| cadastre_model::Fact::NotRead("the object is deleted".to_owned()));
    }
    sheet.keep_what_is_missing("the object is deleted");
    let names = account.iter().map(|name| name.trim_end_matches('$').to_owned()).chain(host);
    let names = names.collect();
    (sheet.finish(), names)
}

/// The attributes of a kind that this source may have stated before.
fn kept(kind: Kind) -> impl Iterator<Item = Attr> {
    Attr::ALL.iter().copied().filter(move |attr| {
        let def = attr.def();
        !def.by_people && (def.kinds.is_empty() || def.kinds.contains(&kind))
    })
}

/// GeneralizedTime to the second.
fn written(at: Timestamp) -> String {
    let digits: String = at.to_string().chars().filter(char::is_ascii_digit).take(14).collect();
    format!("{digits}.0Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_they_are_read() {
        let at = Timestamp(1_795_000_000_123);
        assert_eq!(general_time(&written(at)), Some(Timestamp(1_795_000_000_000)));
    }
}
