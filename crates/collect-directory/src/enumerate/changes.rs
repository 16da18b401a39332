//! What changed since the run before, and what this run leaves for the next.
//!
//! A directory that is read whole tells its changes by DirSync: also which members came and went,
//! and to whoever may see them what was deleted. Where that is not to be had, and for a part of a
//! domain, the numbers of the controller's own changes tell which objects changed; then a change in
//! any group is a reason to read everything, for who left it is not told. So is the end of a group
//! either way, to whoever may see it.
//!
//! That a group lost a member because that was deleted is told by neither: the number of its
//! members is right again when everything is read.

use super::part::{Changed, Extent, by_id, one_of};
use super::{Halt, Survey};
use crate::decode::reference::Reference;
use crate::entry::Entry;
use crate::errors::Fault;
use crate::observe::id_of;
use crate::question::Question;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cadastre_collect::{ErrorClass, Stopped};
use cadastre_model::DetailError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

const NAME: &str = "changes";

/// What entries become. Counted up whenever that changes: then everything is read once.
const DECODING: u32 = 1;

/// More than this, and everything is read: it is about as quick.
const CHANGES_MAX: usize = 20_000;

/// The kinds that are read, by classes that deleted objects keep.
const KINDS: &str = "(|(objectClass=user)(objectClass=group)(objectClass=organizationalUnit))";

/// What a run leaves for the next one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    decoding: u32,
    /// The address that was read, to know the scope by when nobody answers there.
    pub at: String,
    since: Since,
}

/// Where the next run goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Since {
    /// What DirSync left, in base64.
    Cookie(String),
    /// After a change of this controller, by its number.
    Change {
        /// The controller's database; restored, it has another.
        database: String,
        /// The number.
        number: i64,
    },
}

impl Mark {
    /// Reads one; `None` if it is of another decoding, or none.
    pub(crate) fn read(text: &str) -> Option<Mark> {
        serde_json::from_str(text).ok().filter(|mark: &Mark| mark.decoding == DECODING)
    }
}

/// What is read, and what is left for the next run.
pub(super) struct Beginning {
    pub extent: Extent,
    /// None: the next run reads everything again.
    pub mark: Option<String>,
}

impl Survey<'_> {
    /// What is to be read. Asked before anything is read, so that nothing is missed in between.
    pub(super) async fn beginning(&mut self) -> Result<Beginning, Halt> {
        let whole = Beginning { extent: Extent::Whole, mark: None };
        if !self.increments || !self.peer.can_tell_changes() {
            return Ok(whole);
        }
        let run = self.run;
        let left = run.mark(&self.scope).and_then(Mark::read);
        if let Some(mark) = left {
            match self.changes(mark.since).await {
                Ok(Some((changed, since))) => {
                    let mark = self.written(since);
                    return Ok(Beginning { extent: Extent::Changes(changed), mark });
                }
                // It does not go on from there: all is read, and a new mark left.
                Ok(None) => {}
                Err(Halt::Fault(fault)) if !fault.hopeless => self.tell_of_refusal(&fault).await?,
                Err(halt) => return Err(halt),
            }
        }
        let since = self.here().await?;
        let mark = since.and_then(|since| self.written(since));
        Ok(Beginning { mark, ..whole })
    }

    /// Says why everything is read where only changes were wanted.
    async fn tell_of_refusal(&self, fault: &Fault) -> Result<(), Stopped> {
        let message = format!(
            "what changed since the run before was not to be had, so everything was read; {}; if \
             this is told of every run, turn `increments` off",
            fault.what
        );
        let error = DetailError { subject: NAME.to_owned(), message };
        self.run.detail_error(&self.scope, error).await
    }

    fn written(&self, since: Since) -> Option<String> {
        let mark = Mark { decoding: DECODING, at: self.address.clone(), since };
        serde_json::to_string(&mark).ok()
    }

    /// Where the directory is now. `None` if it does not tell.
    async fn here(&mut self) -> Result<Option<Since>, Halt> {
        if self.uses_sync() {
            // Changes of nothing: only where they end.
            let question = self.sync_question("(!(objectClass=*))", Vec::new());
            match self.synced(question, |_| {}).await {
                Ok(cookie) => return Ok(cookie.map(|it| Since::Cookie(STANDARD.encode(it)))),
                Err(Halt::Fault(fault)) if !fault.hopeless => {}
                Err(halt) => return Err(halt),
            }
        }
        let Some(number) = self.place.last_change else { return Ok(None) };
        let database = self.database().await?;
        Ok(database.map(|database| Since::Change { database, number }))
    }

    fn uses_sync(&self) -> bool {
        self.place.is_whole() && self.place.tells_changes
    }

    /// The id of the controller's database.
    async fn database(&mut self) -> Result<Option<String>, Halt> {
        let Some(settings) = self.place.settings_dn.clone() else { return Ok(None) };
        let question = Question::of_one("the controller", settings, &["invocationId"]);
        let entry = self.one(&question).await?;
        Ok(entry
            .and_then(|entry| entry.first("invocationid").and_then(crate::decode::guid::guid_text)))
    }

    /// What changed since, and where that ends. `None`: everything is to be read.
    async fn changes(&mut self, since: Since) -> Result<Option<(Changed, Since)>, Halt> {
        match since {
            Since::Cookie(cookie) if self.uses_sync() => {
                let Ok(cookie) = STANDARD.decode(cookie) else { return Ok(None) };
                self.by_sync(cookie).await
            }
            Since::Cookie(_) => Ok(None),
            Since::Change { database, number } => {
                let Some(last) = self.place.last_change else { return Ok(None) };
                if self.database().await?.as_ref() != Some(&database) || last < number {
                    return Ok(None);
                }
                let changed = self.by_number(number).await?;
                Ok(changed.map(|changed| (changed, Since::Change { database, number: last })))
            }
        }
    }

    fn sync_question(&self, filter: &str, cookie: Vec<u8>) -> Question {
        // Only changes of these are told; the sessions of people change none of them.
        const TOLD: [&str; 39] = [
            "objectGUID",
            "objectClass",
            "isDeleted",
            "name",
            "member",
            "objectSid",
            "sIDHistory",
            "cn",
            "ou",
            "sAMAccountName",
            "description",
            "userAccountControl",
            "lastLogonTimestamp",
            "pwdLastSet",
            "accountExpires",
            "servicePrincipalName",
            "msDS-AllowedToDelegateTo",
            "msDS-AllowedToActOnBehalfOfOtherIdentity",
            "msDS-SupportedEncryptionTypes",
            "primaryGroupID",
            "managedBy",
            "ms-Mcs-AdmPwdExpirationTime",
            "msLAPS-PasswordExpirationTime",
            "dNSHostName",
            "operatingSystem",
            "operatingSystemVersion",
            "operatingSystemServicePack",
            "location",
            "userPrincipalName",
            "displayName",
            "adminCount",
            "lockoutTime",
            "manager",
            "mail",
            "groupType",
            "whenCreated",
            "parentGUID",
            "isRecycled",
            "lastKnownParent",
        ];
        let base = self.place.domain_dn.clone();
        let mut question = Question::of_all(NAME, base, filter, &TOLD, 0);
        question.since = Some(cookie);
        question
    }

    /// Reads changes to their end; gives where that is.
    async fn synced(
        &mut self,
        question: Question,
        mut each: impl FnMut(Entry),
    ) -> Result<Option<Vec<u8>>, Halt> {
        let mut number = 0;
        loop {
            let page = self.ask(&question, number).await?;
            if let Some(fault) = page.end.fault(NAME) {
                return Err(fault.into());
            }
            page.entries.into_iter().for_each(&mut each);
            if !page.more {
                return Ok(page.mark);
            }
            number += 1;
        }
    }

    async fn by_sync(&mut self, cookie: Vec<u8>) -> Result<Option<(Changed, Since)>, Halt> {
        let question = self.sync_question(KINDS, cookie);
        let mut changed = Changed::default();
        let mut members = BTreeSet::new();
        let cookie =
            self.synced(question, |entry| take(&entry, &mut changed, &mut members)).await?;
        if changed.ids.len() + changed.ended.len() + members.len() > CHANGES_MAX {
            return Ok(None);
        }
        // Who was in a group that ended is told no more.
        if !self.groups_among(&changed.ended, true).await?.is_empty() {
            return Ok(None);
        }
        changed.groups = self.groups_among(&members, false).await?;
        changed.ids.append(&mut members);
        Ok(cookie.map(|cookie| (changed, Since::Cookie(STANDARD.encode(cookie)))))
    }

    /// Which of these objects are groups; or were, if they are `deleted`.
    async fn groups_among(
        &mut self,
        ids: &BTreeSet<String>,
        deleted: bool,
    ) -> Result<BTreeSet<String>, Halt> {
        let tests: Vec<String> = ids.iter().filter_map(|id| by_id(id)).collect();
        let mut groups = BTreeSet::new();
        for one in one_of(&tests) {
            // What is deleted keeps its class, and loses its category.
            let filter = format!("(&(objectClass=group){one})");
            let base = self.place.domain_dn.clone();
            let mut question = Question::of_all(NAME, base, filter, &["objectGUID"], 0);
            question.deleted = deleted;
            let page = self.ask(&question, 0).await?;
            if let Some(fault) = page.end.fault(NAME) {
                return Err(fault.into());
            }
            groups.extend(page.entries.iter().filter_map(id_of));
        }
        Ok(groups)
    }

    /// By the numbers of this controller's changes. `None` if a group is among what changed.
    async fn by_number(&mut self, after: i64) -> Result<Option<Changed>, Halt> {
        let since = format!("(uSNChanged>={})", after.saturating_add(1));
        if self.has_changed_groups(&since).await? {
            return Ok(None);
        }
        let filter = format!("(&{since}{KINDS})");
        let attributes = ["objectGUID", "objectClass"];
        let base = self.place.base.clone();
        let question = Question::of_all(NAME, base, filter, &attributes, self.page_size);
        let mut pager = super::pager::Pager::new(question);
        let mut changed = Changed::default();
        while let Some(entries) = pager.next(self).await? {
            for entry in entries {
                let Some(id) = id_of(&entry) else { continue };
                if entry.is_of("organizationalUnit") {
                    changed.moved.insert(id.clone());
                }
                changed.ids.insert(id);
            }
            if changed.ids.len() > CHANGES_MAX {
                return Ok(None);
            }
        }
        Ok(Some(changed))
    }

    /// Whether any group of the domain changed or ended: what is below a base may be in groups that
    /// stand elsewhere.
    async fn has_changed_groups(&mut self, since: &str) -> Result<bool, Halt> {
        let filter = format!("(&{since}(objectClass=group))");
        let base = self.place.domain_dn.clone();
        let mut question = Question::of_all(NAME, base, filter, &["objectGUID"], self.page_size);
        question.deleted = true;
        let mut pager = super::pager::Pager::new(question);
        while let Some(groups) = pager.next(self).await? {
            if !groups.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Takes in what is told of one object: only attributes that changed.
fn take(entry: &Entry, changed: &mut Changed, members: &mut BTreeSet<String>) {
    let Some(id) = id_of(entry) else { return };
    if entry.first("isdeleted").is_some_and(|value| value.eq_ignore_ascii_case(b"TRUE")) {
        changed.ended.insert(id);
        return;
    }
    // A name or a parent is told when the object was made, renamed or moved.
    let moved = entry.first("name").is_some() || entry.first("parentguid").is_some();
    let is_unit = entry.dn_begins_with("OU=");
    if moved && is_unit {
        changed.moved.insert(id.clone());
    }
    let came_and_went =
        entry.attributes.iter().filter(|(key, _)| *key == "member" || key.starts_with("member;"));
    for value in came_and_went.flat_map(|(_, values)| values) {
        members.extend(Reference::read(&String::from_utf8_lossy(value)).guid);
    }
    changed.ids.insert(id);
}

/// The directory refuses something that it need not give.
pub(super) fn is_mere_refusal(fault: &Fault) -> bool {
    fault.class == ErrorClass::Refused && !fault.hopeless
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_of_another_decoding_is_none() {
        let since = Since::Change { database: "x".to_owned(), number: 7 };
        let mark = Mark { decoding: DECODING, at: "ldaps://dc1:636".to_owned(), since };
        let text = serde_json::to_string(&mark).unwrap_or_default();
        assert_eq!(Mark::read(&text), Some(mark));
        let newer = text.replace("\"decoding\":1", "\"decoding\":2");
        assert_eq!(Mark::read(&newer), None);
        assert_eq!(Mark::read("nonsense"), None);
    }
}
