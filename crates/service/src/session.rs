//! Who sits in front of the browser: the first account, logging in, sessions, logging out.
//!
//! A session is a random token of 256 bits in a cookie; the register keeps its SHA-256. It ends when
//! it was not used for [`IDLE`], after [`LONGEST`] in any case, and when its account is disabled or gets
//! another role or password.

use crate::error::{ErrorKind, Result, ServiceError};
use crate::password;
use crate::service::Service;
use cadastre_model::{Actor, Permission, Role, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest as _, Sha256};
use std::net::IpAddr;
use std::time::Duration;
use zeroize::Zeroizing;

/// A session ends after so long without use.
pub const IDLE: Duration = Duration::from_secs(12 * 3600);
/// A session ends after so long.
pub const LONGEST: Duration = Duration::from_secs(7 * 24 * 3600);
/// Its use is noted no more often, so that looking at pages writes nothing.
const NOTED: Duration = Duration::from_secs(5 * 60);

const TOKEN_BYTES: usize = 32;

/// A session that has begun: what the browser keeps.
#[derive(Debug)]
pub struct Session {
    /// To be handed back with each request.
    pub token: SecretString,
    /// How long it lasts at most.
    pub lasts: Duration,
}

impl Service {
    /// Whether there is no account yet, so that the first may be made without one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn needs_set_up(&self) -> Result<bool> {
        Ok(self.store().account_count().await? == 0)
    }

    /// Makes the first account, an admin, and logs it in.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] if there is an account already; a name that cannot be one, a password
    /// too short, or what the database says.
    pub async fn set_up(&self, name: &str, password: SecretString) -> Result<Session> {
        crate::admin::check_handle("name", name)?;
        let hash = password::hash(password).await?;
        let actor = person(name, Role::Admin);
        let session = NewSession::new(self.now())?;
        let intent = self.intent(&actor, "the register is set up");
        let mut tx = self.store().begin_write(intent).await?;
        if tx.account_count().await? > 0 {
            let message = "there is an account already; this link has done its work";
            return Err(ServiceError::new(ErrorKind::Conflict, message)
                .advising("log in, or have an admin add an account for you"));
        }
        tx.account_add(name, Role::Admin, Some(&hash)).await?;
        tx.session_begin(&session.digest, name, session.ends_at).await?;
        let detail = serde_json::json!({ "role": Role::Admin, "first": true });
        tx.audit("account.add", &format!("account:{name}"), Some(&detail)).await?;
        tx.commit().await?;
        Ok(session.begun())
    }

    /// Logs in.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`] with the same words whatever was wrong, [`ErrorKind::TooSoon`], or
    /// what the database says.
    pub async fn log_in(
        &self,
        name: &str,
        password: SecretString,
        from: Option<IpAddr>,
    ) -> Result<Session> {
        self.throttled(name, from)?;
        let login = self.store().login_fetch(name).await?;
        let hash = login.as_ref().and_then(|login| login.password_hash.clone());
        // An unknown name takes as long as a wrong password.
        let is_right = password::verify(password, hash).await?;
        let Some(login) = login.filter(|login| is_right && login.enabled) else {
            return self.refused(name, from).await;
        };
        let session = NewSession::new(self.now())?;
        let intent = self.intent(&person(name, login.role), "logged in");
        let mut tx = self.store().begin_write(intent).await?;
        // Hashing takes its time: meanwhile the account may have been disabled or its password changed.
        let now = tx.login_fetch(name).await?;
        if !now.is_some_and(|now| now.enabled && now.password_hash == login.password_hash) {
            drop(tx);
            return self.refused(name, from).await;
        }
        self.throttle().succeeded(name, from);
        tx.session_begin(&session.digest, name, session.ends_at).await?;
        tx.audit("session.begin", &format!("account:{name}"), Some(&origin(from))).await?;
        tx.commit().await?;
        Ok(session.begun())
    }

    /// Who a session's token stands for, if it holds.
    ///
    /// # Errors
    /// What the database says.
    pub async fn session_actor(&self, token: &str) -> Result<Option<Actor>> {
        let (digest, now) = (digest_of(token), self.now());
        let idle_since = now.plus_ms(-millis(IDLE));
        let found = self.store().session_fetch(&digest, now, idle_since).await?;
        let Some(session) = found else { return Ok(None) };
        let actor = person(&session.account, session.role);
        if now.since(session.used_at) > millis(NOTED)
            && let Err(error) = self.session_note(&actor, &digest).await
        {
            // The page that was asked for can be shown all the same.
            tracing::warn!(%error, account = session.account, "a session's use could not be noted");
        }
        Ok(Some(actor))
    }

    async fn session_note(&self, actor: &Actor, digest: &[u8]) -> Result<()> {
        let tx = self.store().begin_write(self.intent(actor, "session in use")).await?;
        tx.session_use(digest).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Whether a session's token holds, and its account may. Other than [`Service::session_actor`] it
    /// does not count as use: nobody did anything.
    ///
    /// # Errors
    /// What the database says.
    pub async fn session_may(&self, token: &str, permission: Permission) -> Result<bool> {
        let now = self.now();
        let idle_since = now.plus_ms(-millis(IDLE));
        let found = self.store().session_fetch(&digest_of(token), now, idle_since).await?;
        Ok(found.is_some_and(|session| person(&session.account, session.role).may(permission)))
    }

    /// Ends the session of a token.
    ///
    /// # Errors
    /// What the database says.
    pub async fn log_out(&self, actor: &Actor, token: &str) -> Result<()> {
        let mut tx = self.store().begin_write(self.intent(actor, "logged out")).await?;
        if tx.session_end(&digest_of(token)).await? > 0 {
            tx.audit("session.end", &subject_of(actor), None).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Ends all sessions of the actor's account, this one too; how many there were.
    ///
    /// # Errors
    /// What the database says.
    pub async fn log_out_everywhere(&self, actor: &Actor) -> Result<u64> {
        let mut tx = self.store().begin_write(self.intent(actor, "logged out everywhere")).await?;
        let ended = tx.session_end_all(account_of(actor)).await?;
        let detail = serde_json::json!({ "sessions": ended });
        tx.audit("session.end-all", &subject_of(actor), Some(&detail)).await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Counts a try at a password, unless it has to wait.
    pub(crate) fn throttled(&self, name: &str, from: Option<IpAddr>) -> Result<()> {
        let wait = self.throttle().wait(name, from, self.now());
        if wait > 0 {
            return Err(too_many(wait));
        }
        self.throttle().tried(name, from, self.now());
        Ok(())
    }

    /// Writes the failure down. The name is not trusted: it may be a password typed into the wrong field.
    async fn refused(&self, name: &str, from: Option<IpAddr>) -> Result<Session> {
        let known = self.store().login_fetch(name).await?.is_some();
        let actor = Actor::new("nobody", Role::Reader);
        let subject = if known { format!("account:{name}") } else { "account:unknown".to_owned() };
        let mut tx = self.store().begin_write(self.intent(&actor, "login refused")).await?;
        tx.audit("session.refused", &subject, Some(&origin(from))).await?;
        tx.commit().await?;
        Err(ServiceError::new(ErrorKind::Forbidden, "name or password is not right"))
    }
}

struct NewSession {
    token: SecretString,
    digest: Vec<u8>,
    ends_at: Timestamp,
}

impl NewSession {
    fn new(now: Timestamp) -> Result<NewSession> {
        let (token, digest) = random_token()?;
        Ok(NewSession { token, digest, ends_at: now.plus_ms(millis(LONGEST)) })
    }

    fn begun(self) -> Session {
        Session { token: self.token, lasts: LONGEST }
    }
}

/// An account as it acts.
fn person(name: &str, role: Role) -> Actor {
    Actor::new(format!("{PERSON}{name}"), role)
}

const PERSON: &str = "user:";

pub(crate) fn account_of(actor: &Actor) -> &str {
    actor.name.strip_prefix(PERSON).unwrap_or(&actor.name)
}

fn subject_of(actor: &Actor) -> String {
    format!("account:{}", account_of(actor))
}

fn origin(from: Option<IpAddr>) -> serde_json::Value {
    serde_json::json!({ "from": from.map(|from| from.to_string()) })
}

/// A token nobody can guess, and its digest.
pub(crate) fn random_token() -> Result<(SecretString, Vec<u8>)> {
    let mut bytes = Zeroizing::new([0_u8; TOKEN_BYTES]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|error| {
        let message = format!("the system gives no random numbers: {error}");
        ServiceError::new(ErrorKind::Failed, message)
    })?;
    let token = SecretString::from(hex::encode(bytes));
    let digest = digest_of(token.expose_secret());
    Ok((token, digest))
}

pub(crate) fn digest_of(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn too_many(wait: i64) -> ServiceError {
    let seconds = u32::try_from((wait + 999) / 1000).unwrap_or(u32::MAX);
    let message = format!("too many failed logins; wait {seconds} s and try again");
    ServiceError::new(ErrorKind::TooSoon(seconds), message)
}
