//! A session: logging in and out, and calling methods in whichever language the server speaks.

use super::hello::{About, Speech, about, content, speech};
use super::params::Login;
use super::row::Ref;
use super::{json, soap};
use crate::fault::{Fault, Stated};
use crate::wire::{Answer, Question, SESSION_HEADER, Verb, Wire};
use miniserde::Serialize;
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use vim_rs::core::client::API_RELEASE;

/// Logging out waits no longer than this: the run is over, and servers end idle sessions themselves.
const GOODBYE_LIMIT: Duration = Duration::from_secs(5);

/// A session with a server.
#[derive(Debug)]
pub(crate) struct Session {
    wire: Wire,
    speech: Speech,
    about: About,
    root: Ref,
    collector: Ref,
    views: Option<Ref>,
    sessions: Option<Ref>,
    /// The manager of custom attributes; a vCenter has one.
    pub custom_fields: Option<Ref>,
    id: Mutex<Option<SecretString>>,
    unknown: Mutex<BTreeSet<(String, String)>>,
}

impl Session {
    /// Asks what the server is and speaks. Nobody is logged in yet.
    ///
    /// # Errors
    /// It does not answer, or is no vCenter and no ESXi host.
    pub(crate) async fn open(wire: Wire) -> Result<Session, Fault> {
        let speech = speech(&wire).await?;
        let question = match &speech {
            Speech::Soap => {
                let this = Ref::new("ServiceInstance", "ServiceInstance");
                soap_question("RetrieveServiceContent", &this, None)
            }
            Speech::Json(release) => Question::new(
                "ServiceContent",
                Verb::Get,
                format!("/sdk/vim25/{release}/ServiceInstance/ServiceInstance/content"),
            ),
        };
        let answer = wire.ask(&question).await?;
        let answer = checked(&speech, &question.what, answer)?;
        let content = content(&speech, &answer.body)
            .ok_or_else(|| Fault::unreadable(&question.what, "it does not say what it is"))?;
        let session = Session {
            about: about(&content),
            root: Ref::of(&content.root_folder),
            collector: Ref::of(&content.property_collector),
            views: content.view_manager.as_ref().map(Ref::of),
            sessions: content.session_manager.as_ref().map(Ref::of),
            custom_fields: content.custom_fields_manager.as_ref().map(Ref::of),
            id: Mutex::new(None),
            unknown: Mutex::default(),
            speech,
            wire,
        };
        session.remember(answer.session);
        Ok(session)
    }

    /// Logs in.
    ///
    /// # Errors
    /// Refused, or no answer.
    pub(crate) async fn log_in(&self, user: &str, password: &SecretString) -> Result<(), Fault> {
        let Some(manager) = &self.sessions else {
            return Err(Fault::unreadable("ServiceContent", "it names no session manager"));
        };
        self.wire.hide(password);
        let mut question =
            self.question("Login", manager, Some(&Login::new(user, password.expose_secret())));
        question.what = "login".to_owned();
        question.secret = true;
        let answer = self.wire.ask(&question).await?;
        let answer = checked(&self.speech, "login", answer)?;
        self.remember(answer.session);
        Ok(())
    }

    /// Ends the session, if one was begun. Servers keep only so many. What goes wrong is of no
    /// consequence: an idle session ends by itself.
    pub(crate) async fn close(&self) {
        let Some(manager) = &self.sessions else { return };
        if self.wire.is_replay() || self.id().is_none() {
            return;
        }
        let mut question = self.question("Logout", manager, None);
        question.secret = true;
        question.may_repeat = false;
        let _ = tokio::time::timeout(GOODBYE_LIMIT, self.wire.ask(&question)).await;
        *self.id.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// What the server says of itself.
    pub(crate) fn about(&self) -> &About {
        &self.about
    }

    /// The folder that everything lies in.
    pub(crate) fn root(&self) -> &Ref {
        &self.root
    }

    /// The way to the server, for its other interfaces.
    pub(crate) fn wire(&self) -> &Wire {
        &self.wire
    }

    /// In which language it is spoken to, in words.
    pub(crate) fn language(&self) -> String {
        match &self.speech {
            Speech::Soap => "SOAP".to_owned(),
            Speech::Json(release) => format!("VI JSON {release}"),
        }
    }

    pub(super) fn collector(&self) -> &Ref {
        &self.collector
    }

    pub(super) fn views(&self) -> Result<&Ref, Fault> {
        self.views
            .as_ref()
            .ok_or_else(|| Fault::unreadable("ServiceContent", "it names no view manager"))
    }

    /// Notes that the server does not know a property; it is not asked for again.
    pub(super) fn note_unknown(&self, kind: &str, path: &str) {
        let mut unknown = self.unknown.lock().unwrap_or_else(PoisonError::into_inner);
        unknown.insert((kind.to_owned(), path.to_owned()));
    }

    pub(super) fn is_unknown(&self, kind: &str, path: &str) -> bool {
        let unknown = self.unknown.lock().unwrap_or_else(PoisonError::into_inner);
        unknown.contains(&(kind.to_owned(), path.to_owned()))
    }

    /// Asks a question that [`Session::question`] made, and gives the answer's text.
    ///
    /// # Errors
    /// Refused, or no answer.
    pub(super) async fn call(&self, question: Question) -> Result<String, Fault> {
        let answer = self.wire.ask(&question).await?;
        Ok(checked(&self.speech, &question.what, answer)?.body)
    }

    /// The object that an answer returns.
    pub(super) fn returned_object(&self, method: &str, answer: &str) -> Result<Ref, Fault> {
        match &self.speech {
            Speech::Soap => soap::returned_object(answer),
            Speech::Json(_) => json::returned_object(answer),
        }
        .ok_or_else(|| Fault::unreadable(method, "it returns no object"))
    }

    /// The page that an answer returns.
    pub(super) fn page(&self, method: &str, answer: &str) -> Result<soap::Page, Fault> {
        match &self.speech {
            Speech::Soap => soap::page(answer),
            Speech::Json(_) => json::page(answer),
        }
        .map_err(|why| Fault::unreadable(method, &why))
    }

    /// The question that calls `method` of `this`. Made before it is asked, so that its parameters
    /// need not outlast the wait.
    pub(super) fn question(
        &self,
        method: &str,
        this: &Ref,
        params: Option<&dyn Serialize>,
    ) -> Question {
        let mut question = match &self.speech {
            Speech::Soap => soap_question(method, this, params),
            Speech::Json(release) => {
                let path = format!("/sdk/vim25/{release}/{}/{}/{method}", this.kind, this.id);
                let question = Question::new(method, Verb::Post, path);
                match params {
                    Some(params) => {
                        question.with_body("application/json", miniserde::json::to_string(params))
                    }
                    None => question,
                }
            }
        };
        if let Some(id) = self.id() {
            match &self.speech {
                Speech::Soap => {
                    let cookie = format!("vmware_soap_session={}", id.expose_secret());
                    question.secret_headers.push(("cookie", SecretString::from(cookie)));
                }
                Speech::Json(_) => question.secret_headers.push((SESSION_HEADER, id)),
            }
        }
        question
    }

    fn id(&self) -> Option<SecretString> {
        self.id.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn remember(&self, id: Option<SecretString>) {
        let Some(id) = id else { return };
        self.wire.hide(&id);
        *self.id.lock().unwrap_or_else(PoisonError::into_inner) = Some(id);
    }
}

fn soap_question(method: &str, this: &Ref, params: Option<&dyn Serialize>) -> Question {
    let body = soap::request(method, this, params);
    let mut question =
        Question::new(method, Verb::Post, "/sdk").with_body("text/xml; charset=utf-8", body);
    // A server that is older, or newer, answers at the release it has.
    question.headers.push(("soapaction", format!("urn:vim25/{API_RELEASE}")));
    question
}

/// An answer that says yes.
fn checked(speech: &Speech, what: &str, answer: Answer) -> Result<Answer, Fault> {
    if answer.is_yes() {
        return Ok(answer);
    }
    let stated: Option<Stated> = match speech {
        Speech::Soap => soap::fault(&answer.body),
        Speech::Json(_) => json::fault(&answer.body),
    };
    Err(Fault::answered(what, answer.status, stated))
}
