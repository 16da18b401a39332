//! The tag part of an edit: what a person may hold, and how it is written.

use crate::assets::AssetEdit;
use crate::error::Result;
use cadastre_model::{Actor, AssetId, Policy, TagLock, Timestamp};
use cadastre_store::WriteTx;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// The longest key and value that a person may give, in characters.
const MAX_KEY: usize = 256;
const MAX_VALUE: usize = 2048;

/// The tags of an edit, found to be possible.
pub(crate) struct TagEdit<'a> {
    /// Key and value to hold; `None`: hold the tag away.
    locks: Vec<(&'a str, Option<&'a str>)>,
    release: Vec<&'a str>,
    policy: &'a Policy,
}

impl<'a> TagEdit<'a> {
    /// Reads what an edit says of tags. Adds everything wrong with it to `problems`.
    pub fn read(
        edit: &'a AssetEdit,
        policy: &'a Policy,
        problems: &mut Vec<String>,
    ) -> TagEdit<'a> {
        let mut read = TagEdit { locks: Vec::new(), release: Vec::new(), policy };
        for (key, value) in &edit.tag_set {
            let (key, value) = (key.trim(), value.trim());
            problems.extend(unusable("key", key, key, MAX_KEY));
            problems.extend(unusable("value", key, value, MAX_VALUE));
            read.locks.push((key, Some(value)));
        }
        read.locks.extend(edit.tag_remove.iter().map(|key| (key.trim(), None)));
        read.release.extend(edit.tag_release.iter().map(|key| key.trim()));
        read.check_keys(problems);
        read
    }

    /// Every key is one, and each tag is named once: two keys may be one tag by the policy.
    fn check_keys(&self, problems: &mut Vec<String>) {
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for key in self.locks.iter().map(|(key, _)| *key).chain(self.release.iter().copied()) {
            let canonical = self.policy.canonical_tag_key(key);
            if canonical.is_empty() {
                problems.push("a tag has a key; expected one, such as team".to_owned());
                continue;
            }
            match seen.insert(canonical, key) {
                None => {}
                Some(before) if before == key => {
                    problems.push(format!("tag `{key}`: named twice; say once what it is to be"));
                }
                Some(before) => problems.push(format!(
                    "tag `{key}`: is the same tag as `{before}`; say once what it is to be"
                )),
            }
        }
    }

    /// Writes the locks, and tells the audit log by name.
    pub async fn write(
        &self,
        tx: &mut WriteTx<'_>,
        id: AssetId,
        actor: &Actor,
        effective_from: Timestamp,
        told: &mut Map<String, Json>,
    ) -> Result<()> {
        for (key, value) in &self.locks {
            match value {
                Some(value) => told.insert(format!("set tag {key}"), json!(value)),
                None => told.insert(format!("removed tag {key}"), Json::Bool(true)),
            };
            let lock = TagLock {
                key: (*key).to_owned(),
                value: value.map(str::to_owned),
                actor: actor.name.clone(),
                set_at: tx.moment(),
                effective_from,
            };
            tx.tag_lock_set(id, &lock, self.policy).await?;
        }
        for key in &self.release {
            if tx.tag_lock_release(id, key, self.policy).await? {
                told.insert(format!("released tag {key}"), Json::Bool(true));
            }
        }
        Ok(())
    }
}

/// What is wrong with the key or the value of a tag, if anything.
fn unusable(what: &str, key: &str, text: &str, max: usize) -> Option<String> {
    let length = text.chars().count();
    if length > max {
        // The key may be what is too long.
        let key: String = key.chars().take(40).collect();
        return Some(format!("tag `{key}`: its {what} has {length} characters; at most {max}"));
    }
    text.chars().any(char::is_control).then(|| {
        let key: String = key.chars().filter(|c| !c.is_control()).collect();
        format!("tag `{key}`: its {what} holds a control character, such as the end of a line")
    })
}
