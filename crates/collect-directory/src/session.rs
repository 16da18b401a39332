//! One connection to a domain controller, logged on: asked page by page, or played from a recording.

use crate::address::Address;
use crate::bridge::{Bridge, bridge};
use crate::entry::{Entry, referrals};
use crate::errors::{Fault, bind_fault, cut_fault};
use crate::guard::{Waiting, page_cookie, sync_cookie};
use crate::link;
use crate::page::{End, Page};
use crate::question::Question;
use bytes::BytesMut;
use cadastre_collect::{Cause, ErrorClass, Trust};
use ldap3::asn1::{ASNTag, Integer, OctetString, Sequence, Tag, write};
use ldap3::controls::{Control, PagedResults, RawControl};
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, SearchOptions, StdStream};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;
use tokio::task::AbortHandle;

/// Names with GUID and SID before them (\[MS-ADTS\] 3.1.1.3.4.1.5): a sequence of the number 1,
/// which asks for text.
const EXTENDED_NAMES: (&str, [u8; 5]) = ("1.2.840.113556.1.4.529", [0x30, 3, 2, 1, 1]);

/// Deleted objects too (\[MS-ADTS\] 3.1.1.3.4.1.14).
const SHOW_DELETED: &str = "1.2.840.113556.1.4.417";

/// Results in pages (RFC 2696).
const PAGED: &str = "1.2.840.113556.1.4.319";

/// What changed (\[MS-ADTS\] 3.1.1.3.4.1.3).
pub(crate) const CHANGES: &str = "1.2.840.113556.1.4.841";

/// Whoever has no right to replicate sees the changes of what it may see (1); of attributes with
/// many values only those that came and went (0x80000000).
const CHANGES_FLAGS: i32 = i32::MIN + 1;

/// An answer is no larger than this: whoever sends more does not page.
const PAGE_MAX_BYTES: usize = 256 << 20;

/// How to get in.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    /// Where.
    pub address: Address,
    /// Secure a plain connection before anything is said.
    pub start_tls: bool,
    /// Which certificates are believed.
    pub trust: Trust,
    /// As whom.
    pub who: String,
    /// By which password.
    pub password: SecretString,
    /// How long one request may take.
    pub limit: Duration,
}

/// A live connection.
pub(crate) struct Session {
    ldap: Ldap,
    bridge: Bridge,
    driver: AbortHandle,
    limit: Duration,
    /// Where the next page of the search under way begins.
    cookie: Vec<u8>,
    /// How the connection ended. Late answers would be taken for those to the next question, so
    /// nothing is asked any more.
    over: Option<End>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("line", &self.bridge.line).finish_non_exhaustive()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Door {
    /// Goes in.
    pub(crate) async fn enter(&self) -> Result<Session, Fault> {
        let in_time = |step: &'static str| {
            move |_| {
                Fault::new(
                    ErrorClass::Unreachable,
                    format!("{step} took longer than {:?}", self.limit),
                    "check that the domain controller can be reached from here, or raise `timeout`",
                )
                .hopeless()
            }
        };
        let connecting = async {
            let addresses = link::resolve(&self.address).await?;
            link::connect(&self.address, &addresses).await
        };
        let stream = tokio::time::timeout(self.limit, connecting)
            .await
            .map_err(in_time("the connection"))??;
        let securing = link::secure(&self.address, stream, self.start_tls, &self.trust);
        let (wire, _) =
            tokio::time::timeout(self.limit, securing).await.map_err(in_time("TLS"))??;
        self.log_on(wire).await
    }

    /// Logs on over a connection.
    pub(crate) async fn log_on(&self, wire: Box<dyn link::Wire>) -> Result<Session, Fault> {
        let mut session = Session::over(wire, self.limit).await?;
        session.bridge.line.expect(Waiting::Bind);
        session.ldap.with_timeout(self.limit);
        let bound = session.ldap.simple_bind(&self.who, self.password.expose_secret()).await;
        session.bridge.line.expect(Waiting::Nothing);
        let bound = bound.map_err(|error| {
            let (cause, why) = session.cut(&error);
            cut_fault("the answer to the password", cause, &why)
        })?;
        match bound.rc {
            0 => Ok(session),
            code => Err(bind_fault(&self.who, code, &bound.text)),
        }
    }
}

impl Session {
    async fn over(wire: Box<dyn link::Wire>, limit: Duration) -> Result<Session, Fault> {
        let failed = |error: String| {
            Fault::new(ErrorClass::Unreachable, error, "see what this machine says of it")
                .hopeless()
        };
        let (bridge, socket) = bridge(wire).map_err(|error| failed(error.to_string()))?;
        let settings = LdapConnSettings::new().set_std_stream(StdStream::Unix(socket));
        let (connection, ldap) = LdapConnAsync::with_settings(settings, "ldapi:///")
            .await
            .map_err(|error| failed(error.to_string()))?;
        let driver = tokio::spawn(async move {
            // How it ended is known to the bridge.
            let _ = connection.drive().await;
        })
        .abort_handle();
        Ok(Session { ldap, bridge, driver, limit, cookie: Vec::new(), over: None })
    }

    /// Reads a page of an answer: the first, or the one after the last that was read.
    pub(crate) async fn page(&mut self, question: &Question, is_first: bool) -> Page {
        if is_first {
            self.cookie = question.since.clone().unwrap_or_default();
        }
        let mut page = Page {
            entries: Vec::new(),
            referrals: Vec::new(),
            end: End::Cut { cause: Cause::TimedOut, why: format!("{:?} are over", self.limit) },
            more: false,
            mark: None,
        };
        if let Some(end) = &self.over {
            page.end = end.clone();
            return page;
        }
        self.bridge.line.expect(Waiting::Search);
        let limit = self.limit;
        // What was read before the time was over stands.
        if let Ok(end) = tokio::time::timeout(limit, self.read(question, &mut page)).await {
            page.end = end;
        }
        self.bridge.line.expect(Waiting::Nothing);
        if let End::Cut { .. } = page.end {
            self.over = Some(page.end.clone());
        }
        page
    }

    async fn read(&mut self, question: &Question, page: &mut Page) -> End {
        self.prepare(question);
        let wanted = question.wanted();
        let started =
            self.ldap.streaming_search(&question.base, question.scope, &question.filter, &wanted);
        let mut stream = match started.await {
            Ok(stream) => stream,
            Err(error) => return self.end_of(&error),
        };
        let mut size = 0;
        loop {
            let entry = match stream.next().await {
                Ok(Some(entry)) => entry,
                Ok(None) => break,
                Err(error) => return self.end_of(&error),
            };
            if entry.is_ref() {
                page.referrals.extend(referrals(entry.0));
                continue;
            }
            let Some(entry) = Entry::of_message(entry.0, &wanted) else {
                let why = "the peer sent an entry that is none".to_owned();
                return End::Cut { cause: Cause::BrokenOff, why };
            };
            size += entry.size();
            if size > PAGE_MAX_BYTES {
                let why = "the peer sends without end, and not in pages".to_owned();
                return End::Cut { cause: Cause::BrokenOff, why };
            }
            page.entries.push(entry);
        }
        // Only now is it known whether all of it came.
        let result = stream.finish().await;
        if question.since.is_some() {
            if let Some((more, cookie)) = value_of(&result.ctrls, CHANGES).and_then(sync_cookie) {
                page.more = more && result.rc == 0;
                page.mark = Some(cookie.clone());
                self.cookie = cookie;
            }
        } else if question.page_size > 0 {
            self.cookie = value_of(&result.ctrls, PAGED).and_then(page_cookie).unwrap_or_default();
            page.more = result.rc == 0 && !self.cookie.is_empty();
        }
        End::Result { code: result.rc, text: result.text }
    }

    /// Time limit and controls hold for one operation: they are set before each.
    fn prepare(&mut self, question: &Question) {
        let mut controls = vec![RawControl {
            ctype: EXTENDED_NAMES.0.to_owned(),
            crit: true,
            val: Some(EXTENDED_NAMES.1.to_vec()),
        }];
        if question.base.is_empty() {
            // The root of the directory is no object, and knows no controls.
            controls.clear();
        }
        if question.deleted {
            controls.push(RawControl { ctype: SHOW_DELETED.to_owned(), crit: true, val: None });
        }
        if question.since.is_some() {
            controls.push(changes_since(&self.cookie));
        } else if question.page_size > 0 {
            let cookie = self.cookie.clone();
            controls.push(PagedResults { size: question.page_size, cookie }.into());
        }
        let seconds = i32::try_from(self.limit.as_secs().max(1)).unwrap_or(i32::MAX);
        self.ldap.with_timeout(self.limit);
        self.ldap.with_search_options(SearchOptions::new().timelimit(seconds));
        self.ldap.with_controls(controls);
    }

    fn end_of(&self, error: &LdapError) -> End {
        let (cause, why) = self.cut(error);
        End::Cut { cause, why }
    }

    /// How the connection ended, as the bridge knows; the library knows only that it did.
    fn cut(&self, error: &LdapError) -> (Cause, String) {
        if let LdapError::Timeout { .. } = error {
            return (Cause::TimedOut, format!("{:?} are over", self.limit));
        }
        match self.bridge.line.ended() {
            Some(ended) => (ended.cause, ended.why),
            None => (Cause::Unreachable, error.to_string()),
        }
    }

    /// Takes leave, so that the peer need not find out.
    pub(crate) async fn leave(mut self) {
        self.ldap.with_timeout(Duration::from_secs(1));
        let _ = self.ldap.unbind().await;
    }
}

/// The control's value in an answer.
fn value_of<'c>(controls: &'c [Control], kind: &str) -> Option<&'c [u8]> {
    controls.iter().find(|control| control.1.ctype == kind)?.1.val.as_deref()
}

/// Asks for changes since an answer; of any size.
fn changes_since(cookie: &[u8]) -> RawControl {
    let number =
        |inner: i32| Tag::Integer(Integer { inner: i64::from(inner), ..Integer::default() });
    let cookie = OctetString { inner: cookie.to_vec(), ..OctetString::default() };
    let inner = vec![number(CHANGES_FLAGS), number(i32::MAX), Tag::OctetString(cookie)];
    let value = Tag::Sequence(Sequence { inner, ..Sequence::default() }).into_structure();
    let mut octets = BytesMut::new();
    // Into memory it cannot fail.
    let _ = write::encode_into(&mut octets, value);
    RawControl { ctype: CHANGES.to_owned(), crit: true, val: Some(octets.to_vec()) }
}
