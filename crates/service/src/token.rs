//! Tokens: what scripts come with instead of a session.
//!
//! A token acts for an account, never with more than the account may, and reads only unless it was
//! made to write. It is shown once, when it is made; the register keeps its SHA-256. It holds until it
//! expires or is revoked, from the addresses it is bound to, and while its account may log in.

use crate::error::{Result, ServiceError, require};
use crate::service::Service;
use crate::session::{digest_of, millis, random_token};
use cadastre_model::{Actor, Permission, Timestamp};
use cadastre_store::{NewToken, StoreError, TokenHolder, TokenRow};
use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

/// What every token begins with, so that people and scanners know one where they see it.
pub const PREFIX: &str = "cdst_";

/// Its use is noted no more often, so that reading writes nothing.
const NOTED: Duration = Duration::from_secs(5 * 60);

/// A name is no longer than this, in characters.
const LONGEST_NAME: usize = 63;

/// A token to be made.
#[derive(Clone, Debug, Default)]
pub struct TokenAdd {
    /// The account it acts for.
    pub account: String,
    /// What it is for.
    pub name: String,
    /// Whether it may write, as far as its account may.
    pub write: bool,
    /// When it ends: a day (its end), a moment, or an age from now such as `30d`; `None`: never.
    pub expires: Option<String>,
    /// Networks or addresses it may come from; none: from anywhere.
    pub allowed: Vec<String>,
}

/// A token that was made: the only time that it is shown.
#[derive(Debug)]
pub struct TokenMade {
    /// Its number, to revoke it by.
    pub id: i64,
    /// The token.
    pub token: SecretString,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

/// Why a token is not let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenRefusal {
    /// It is none of ours.
    Unknown,
    /// It was revoked.
    Revoked,
    /// It ended at this moment.
    Expired(Timestamp),
    /// Its account may not log in.
    Disabled,
    /// It may not come from there.
    From(Option<IpAddr>),
}

impl fmt::Display for TokenRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TokenRefusal::Unknown => f.write_str(
                "there is no such token; `cadastre token add` makes one and shows it once",
            ),
            TokenRefusal::Revoked => f.write_str("the token was revoked; ask an admin for another"),
            TokenRefusal::Expired(at) => {
                write!(f, "the token expired at {at}; ask an admin for another")
            }
            TokenRefusal::Disabled => {
                f.write_str("the token's account is disabled; ask an admin to enable it")
            }
            TokenRefusal::From(Some(from)) => write!(
                f,
                "the token may not come from {from}; use it where it is allowed, or ask an admin for \
                 one that is allowed here"
            ),
            TokenRefusal::From(None) => f.write_str(
                "the token is bound to addresses, and where this comes from is not known",
            ),
        }
    }
}

impl Service {
    /// Makes a token.
    ///
    /// # Errors
    /// Not allowed, everything wrong with what was given, no such account, a name that a token of the
    /// account has, or what the database says.
    pub async fn token_add(&self, actor: &Actor, add: &TokenAdd) -> Result<TokenMade> {
        require(actor, Permission::UserManage)?;
        let Checked { name, expires_at, allowed } = self.token_check(add)?;
        let (random, _) = random_token()?;
        let token = SecretString::from(format!("{PREFIX}{}", random.expose_secret()));
        let digest = digest_of(token.expose_secret());
        let new = NewToken {
            digest: &digest,
            account: &add.account,
            name: &name,
            write: add.write,
            expires_at,
            allowed: &allowed,
        };
        let reason = format!("token {name} of {} added", add.account);
        let mut tx = self.store().begin_write(self.intent(actor, reason)).await?;
        let id = match tx.token_add(&new).await {
            Ok(id) => id,
            Err(error @ StoreError::Unknown { .. }) => {
                return Err(ServiceError::from(error)
                    .advising("`cadastre user add` makes an account that may log in"));
            }
            Err(error @ StoreError::Exists { .. }) => {
                return Err(ServiceError::from(error)
                    .advising("choose another name, or revoke that token first"));
            }
            Err(error) => return Err(error.into()),
        };
        let detail = serde_json::json!({
            "account": add.account,
            "name": name,
            "write": add.write,
            "expires_at": expires_at,
            "allowed": allowed,
        });
        tx.audit("token.add", &format!("token:{id}"), Some(&detail)).await?;
        tx.commit().await?;
        Ok(TokenMade { id, token, expires_at })
    }

    fn token_check(&self, add: &TokenAdd) -> Result<Checked> {
        let mut problems = Vec::new();
        let name = add.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > LONGEST_NAME || name.contains(char::is_control)
        {
            problems.push(format!(
                "name: expected 1 to {LONGEST_NAME} characters on one line that say what the token is \
                 for"
            ));
        }
        let expires_at = match add.expires.as_deref().map(|text| self.expiry(text)) {
            None => None,
            Some(Ok(at)) => Some(at),
            Some(Err(problem)) => {
                problems.push(format!("expires: {problem}"));
                None
            }
        };
        let mut allowed = Vec::new();
        for text in &add.allowed {
            match network(text) {
                Some(net) => allowed.push(net),
                None => problems.push(format!(
                    "allow: `{text}` is no network; expected an address or a CIDR, such as \
                     10.2.0.0/16"
                )),
            }
        }
        match problems.is_empty() {
            true => Ok(Checked { name, expires_at, allowed }),
            false => Err(ServiceError::invalid_all(problems)),
        }
    }

    fn expiry(&self, text: &str) -> std::result::Result<Timestamp, String> {
        let at = self.zone().until(text, self.now()).map_err(|error| error.to_string())?;
        match at > self.now() {
            true => Ok(at),
            false => Err(format!("{at} is past; name a day to come")),
        }
    }

    /// `limit` tokens after number `after`, those that no longer hold too; never what they are.
    ///
    /// # Errors
    /// Not allowed, or what the database says.
    pub async fn token_list(&self, actor: &Actor, after: i64, limit: u32) -> Result<Vec<TokenRow>> {
        require(actor, Permission::UserManage)?;
        Ok(self.store().token_list(after, limit).await?)
    }

    /// Revokes a token, for good; what it was.
    ///
    /// # Errors
    /// Not allowed, no such token, one that was revoked already, or what the database says.
    pub async fn token_revoke(&self, actor: &Actor, id: i64) -> Result<TokenRow> {
        require(actor, Permission::UserManage)?;
        let reason = format!("token {id} revoked");
        let mut tx = self.store().begin_write(self.intent(actor, reason)).await?;
        let row = match tx.token_revoke(id).await {
            Ok(row) => row,
            Err(error @ StoreError::Unknown { .. }) => {
                return Err(ServiceError::from(error).advising(
                    "`cadastre token list` shows the tokens there are; one revoked stays revoked",
                ));
            }
            Err(error) => return Err(error.into()),
        };
        let detail = serde_json::json!({ "account": row.account, "name": row.name });
        tx.audit("token.revoke", &format!("token:{id}"), Some(&detail)).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// As whom a token acts that came from an address, or why it is not let in.
    ///
    /// # Errors
    /// What the database says.
    pub async fn token_actor(
        &self,
        token: &str,
        from: Option<IpAddr>,
    ) -> Result<std::result::Result<Actor, TokenRefusal>> {
        // What cannot be one needs no look.
        let found = match token.starts_with(PREFIX) {
            true => self.store().token_fetch(&digest_of(token)).await?,
            false => None,
        };
        let Some(holder) = found else { return Ok(Err(TokenRefusal::Unknown)) };
        if let Some(refusal) = refusal(&holder, from, self.now()) {
            let (id, name, account) = (holder.token.id, &holder.token.name, &holder.token.account);
            tracing::warn!(id, name, account, ?from, "a token was refused: {refusal}");
            return Ok(Err(refusal));
        }
        let TokenHolder { token, role, .. } = holder;
        let actor = Actor {
            reads_only: !token.write,
            ..Actor::new(format!("token:{}@{}", token.name, token.account), role)
        };
        let unnoted = |used: Timestamp| self.now().since(used) > millis(NOTED);
        if token.used_at.is_none_or(unnoted)
            && let Err(error) = self.token_note(&actor, token.id).await
        {
            // What was asked can be answered all the same.
            tracing::warn!(%error, id = token.id, "a token's use could not be noted");
        }
        Ok(Ok(actor))
    }

    async fn token_note(&self, actor: &Actor, id: i64) -> Result<()> {
        let tx = self.store().begin_write(self.intent(actor, "token in use")).await?;
        tx.token_use(id).await?;
        tx.commit().await?;
        Ok(())
    }
}

struct Checked {
    name: String,
    expires_at: Option<Timestamp>,
    allowed: Vec<IpNet>,
}

fn refusal(holder: &TokenHolder, from: Option<IpAddr>, now: Timestamp) -> Option<TokenRefusal> {
    if holder.token.revoked_at.is_some() {
        return Some(TokenRefusal::Revoked);
    }
    if let Some(at) = holder.token.expires_at.filter(|at| *at <= now) {
        return Some(TokenRefusal::Expired(at));
    }
    if !holder.enabled {
        return Some(TokenRefusal::Disabled);
    }
    (!holder.token.allows(from)).then_some(TokenRefusal::From(from))
}

/// A network, or one address as the network of it alone.
fn network(text: &str) -> Option<IpNet> {
    let text = text.trim();
    let net = text.parse::<IpNet>().ok();
    net.or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from)).map(|net| net.trunc())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_token_of_a_disabled_account_is_refused() {
        let token = TokenRow {
            id: 1,
            account: "alice".to_owned(),
            name: "report".to_owned(),
            write: false,
            allowed: Vec::new(),
            created_at: Timestamp(0),
            expires_at: None,
            used_at: None,
            revoked_at: None,
        };
        let mut holder = TokenHolder { token, role: cadastre_model::Role::Admin, enabled: true };
        assert_eq!(refusal(&holder, None, Timestamp(1)), None);
        holder.enabled = false;
        assert_eq!(refusal(&holder, None, Timestamp(1)), Some(TokenRefusal::Disabled));
    }

    #[test]
    fn an_address_is_the_network_of_itself() {
        let read = |text: &str| network(text).map(|net| net.to_string());
        assert_eq!(read("10.2.3.4").unwrap(), "10.2.3.4/32");
        assert_eq!(read(" 2001:db8::1 ").unwrap(), "2001:db8::1/128");
        assert_eq!(read("10.2.3.4/16").unwrap(), "10.2.0.0/16");
        for wrong in ["", "10.2", "10.2.3.4/33", "example.com"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
