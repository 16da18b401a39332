//! vSphere's tags: a catalogue of categories and tags, and what is attached to what.
//!
//! They are no part of the API that everything else comes from; a vCenter has a REST interface for
//! them, with a session of its own. Since 7.0 U2 it lies below `/api`, before below `/rest`. An ESXi
//! host has none.
//!
//! It must not know: what the objects are.

use crate::api::Ref;
use crate::collector::Login;
use crate::fault::Fault;
use crate::wire::{Answer, Question, SESSION_HEADER, Verb, Wire};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::{FutureExt, StreamExt};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;

/// Catalogue entries asked for side by side.
const SIDE_BY_SIDE: usize = 8;

/// See `api::session`: nobody waits for a goodbye.
const GOODBYE_LIMIT: Duration = Duration::from_secs(5);

/// Which of the two interfaces is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    /// `/api`: answers are the values.
    Api,
    /// `/rest/com/vmware`: answers hold a `value`.
    Rest,
}

/// A tag, written out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tagged {
    /// The category's name.
    pub category: String,
    /// The tag's name.
    pub name: String,
}

/// The tags of a vCenter.
#[derive(Debug)]
pub(crate) struct Tags<'a> {
    wire: &'a Wire,
    style: Style,
    id: Option<SecretString>,
    names: BTreeMap<String, Tagged>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
    #[serde(default)]
    category_id: String,
}

#[derive(Deserialize)]
struct Attached {
    object_id: ObjectId,
    #[serde(default)]
    tag_ids: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct ObjectId {
    id: String,
}

impl<'a> Tags<'a> {
    /// Logs in and reads the catalogue. Nothing, if this server has no tags.
    ///
    /// # Errors
    /// Refused, or no answer.
    pub(crate) async fn open(
        wire: &'a Wire,
        login: Option<&Login>,
    ) -> Result<Option<Tags<'a>>, Fault> {
        for style in [Style::Api, Style::Rest] {
            let mut tags = Tags { wire, style, id: None, names: BTreeMap::new() };
            if tags.log_in(login).await? {
                if let Err(fault) = tags.read_catalogue().await {
                    tags.close().await;
                    return Err(fault);
                }
                return Ok(Some(tags));
            }
        }
        Ok(None)
    }

    /// The tags of each of these objects that has any, by the object's id.
    ///
    /// # Errors
    /// Refused, or no answer.
    pub(crate) async fn of(&self, objects: &[Ref]) -> Result<BTreeMap<String, Vec<Tagged>>, Fault> {
        // Without a tag nothing can be attached.
        if self.names.is_empty() || objects.is_empty() {
            return Ok(BTreeMap::new());
        }
        let what = "list-attached-tags-on-objects";
        let path = match self.style {
            Style::Api => format!("/api/cis/tagging/tag-association?action={what}"),
            Style::Rest => format!("/rest/com/vmware/cis/tagging/tag-association?~action={what}"),
        };
        let ids: Vec<_> =
            objects.iter().map(|one| json!({"id": one.id, "type": one.kind})).collect();
        let body = json!({ "object_ids": ids }).to_string();
        let question = Question::new(what, Verb::Post, path).with_body("application/json", body);
        let answered: Option<Vec<Attached>> = self.ask(question).await?;
        let mut tags = BTreeMap::new();
        for attached in answered.unwrap_or_default() {
            let ids = attached.tag_ids.unwrap_or_default();
            let named: Vec<Tagged> =
                ids.iter().filter_map(|id| self.names.get(id)).cloned().collect();
            if !named.is_empty() {
                tags.insert(attached.object_id.id, named);
            }
        }
        Ok(tags)
    }

    /// Ends the session.
    pub(crate) async fn close(&self) {
        if self.wire.is_replay() || self.id.is_none() {
            return;
        }
        let path = self.session_path();
        let mut question = self.signed(Question::new("session", Verb::Delete, path));
        question.secret = true;
        question.may_repeat = false;
        let _ = tokio::time::timeout(GOODBYE_LIMIT, self.wire.ask(&question)).await;
    }

    fn session_path(&self) -> &'static str {
        match self.style {
            Style::Api => "/api/session",
            Style::Rest => "/rest/com/vmware/cis/session",
        }
    }

    /// Logs in; `false` if there is no such interface.
    async fn log_in(&mut self, login: Option<&Login>) -> Result<bool, Fault> {
        let mut question = Question::new("session", Verb::Post, self.session_path());
        question.secret = true;
        if let Some(login) = login {
            question.secret_headers.push(("authorization", login.basic()));
        }
        let answer = self.wire.ask(&question).await?;
        if answer.status == 404 {
            return Ok(false);
        }
        let answer = checked("login", answer)?;
        if self.wire.is_replay() {
            return Ok(true);
        }
        let id: Option<String> = self.value_of(&answer.body);
        let id = id.filter(|id| !id.is_empty());
        let Some(id) = id else {
            return Err(Fault::unreadable("session", "it holds no id of a session"));
        };
        let id = SecretString::from(id);
        self.wire.hide(&id);
        self.id = Some(id);
        Ok(true)
    }

    async fn read_catalogue(&mut self) -> Result<(), Fault> {
        let categories = self.named("category").await?;
        let tags = self.named("tag").await?;
        self.names = tags
            .into_iter()
            .filter_map(|(id, tag)| {
                let category = categories.get(&tag.category_id)?;
                let category = crate::text::value(&category.name);
                Some((id, Tagged { category, name: crate::text::value(&tag.name) }))
            })
            .filter(|(_, tag)| !tag.category.is_empty())
            .collect();
        Ok(())
    }

    /// All things of one sort (`category`, `tag`) by their ids.
    async fn named(&self, sort: &str) -> Result<BTreeMap<String, Named>, Fault> {
        let list = match self.style {
            Style::Api => format!("/api/cis/tagging/{sort}"),
            Style::Rest => format!("/rest/com/vmware/cis/tagging/{sort}"),
        };
        let ids: Option<Vec<String>> =
            self.ask(Question::new(format!("{sort} list"), Verb::Get, list.as_str())).await?;
        let asking: Vec<_> = ids
            .unwrap_or_default()
            .into_iter()
            .filter(|id| is_plain(id))
            .map(|id| {
                let path = match self.style {
                    Style::Api => format!("{list}/{id}"),
                    Style::Rest => format!("{list}/id:{id}"),
                };
                async move {
                    match self.ask(Question::new(sort, Verb::Get, path)).await {
                        Ok(named) => Ok(Some((id, named))),
                        // Deleted since it was listed.
                        Err(fault) if fault.status == Some(404) => Ok(None),
                        Err(fault) => Err(fault),
                    }
                }
                .boxed()
            })
            .collect();
        let answers: Vec<Result<Option<(String, Named)>, Fault>> =
            futures::stream::iter(asking).buffer_unordered(SIDE_BY_SIDE).collect().await;
        answers.into_iter().filter_map(Result::transpose).collect()
    }

    async fn ask<T: DeserializeOwned>(&self, question: Question) -> Result<T, Fault> {
        let question = self.signed(question);
        let answer = self.wire.ask(&question).await?;
        let answer = checked(&question.what, answer)?;
        self.value_of(&answer.body)
            .ok_or_else(|| Fault::unreadable(&question.what, "it is not of the shape expected"))
    }

    fn signed(&self, mut question: Question) -> Question {
        if let Some(id) = &self.id {
            question.secret_headers.push((SESSION_HEADER, id.clone()));
        }
        question
    }

    fn value_of<T: DeserializeOwned>(&self, body: &str) -> Option<T> {
        #[derive(Deserialize)]
        struct Wrapped<T> {
            value: T,
        }
        match self.style {
            Style::Api => serde_json::from_str(body).ok(),
            Style::Rest => serde_json::from_str::<Wrapped<T>>(body).ok().map(|held| held.value),
        }
    }
}

fn checked(what: &str, answer: Answer) -> Result<Answer, Fault> {
    if answer.is_yes() {
        return Ok(answer);
    }
    Err(Fault::answered(what, answer.status, None))
}

/// Whether an id can stand in an address as it is: `urn:vmomi:InventoryServiceTag:...:GLOBAL`.
fn is_plain(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 200
        && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_' | '.'))
}

impl Login {
    /// As HTTP's basic authentication has it.
    fn basic(&self) -> SecretString {
        let both = format!("{}:{}", self.username, self.password.expose_secret());
        SecretString::from(format!("Basic {}", STANDARD.encode(both)))
    }
}
