//! Accounts of those who log in: added, listed, disabled and enabled, given another role or password.
//!
//! What takes something away ends the account's sessions with it. Its tokens stay: they go by what the
//! account may now, and hold again once it is enabled again.
//!
//! Each change looks and writes in one write transaction, and there is one at a time, whichever process
//! writes: `begin_write` waits for SQLite's lock or for the one row that is every writer's turn on
//! PostgreSQL. So two who disable each other come one after the other, and the second is refused.

use crate::admin::check_handle;
use crate::error::{ErrorKind, Result, ServiceError, require};
use crate::password;
use crate::service::Service;
use crate::session::{IDLE, account_of, millis};
use crate::toml_doc::closest;
use cadastre_model::{Actor, Permission, Role};
use cadastre_store::{Account, Login, StoreError, WriteTx};
use secrecy::SecretString;
use serde::Serialize;

/// What came of changing an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AccountChange {
    /// Whether there was anything to change; if not, nothing was written.
    pub changed: bool,
    /// Sessions that were ended.
    pub sessions_ended: u64,
}

impl Service {
    /// Adds an account with its password, kept as an Argon2id hash.
    ///
    /// # Errors
    /// Not allowed, a name that cannot be one or is taken, a password too short, or what the database
    /// says.
    pub async fn account_add(
        &self,
        actor: &Actor,
        name: &str,
        role: Role,
        password: SecretString,
    ) -> Result<()> {
        require(actor, Permission::UserManage)?;
        check_handle("name", name)?;
        let hash = password::hash(password).await?;
        let reason = format!("account {name} added");
        let mut tx = self.store().begin_write(self.intent(actor, reason)).await?;
        account_made(&mut tx, name, role, &hash).await?;
        tx.commit().await?;
        Ok(())
    }

    /// All accounts, by name, with their sessions that hold.
    ///
    /// # Errors
    /// Not allowed, or what the database says.
    pub async fn account_list(&self, actor: &Actor) -> Result<Vec<Account>> {
        require(actor, Permission::UserManage)?;
        self.accounts().await
    }

    /// Lets an account log in, or disables it. Its sessions end and do not come back.
    ///
    /// # Errors
    /// Not allowed, no such account, the last admin who may log in ([`ErrorKind::Conflict`]), or what
    /// the database says.
    pub async fn account_enable(
        &self,
        actor: &Actor,
        name: &str,
        enabled: bool,
    ) -> Result<AccountChange> {
        require(actor, Permission::UserManage)?;
        let (word, action) = match enabled {
            true => ("enabled", "account.enable"),
            false => ("disabled", "account.disable"),
        };
        let (mut tx, login) = self.account_turn(actor, name, word).await?;
        if login.enabled == enabled {
            return Ok(AccountChange::default());
        }
        check_admin_left(&tx, name, &login).await?;
        tx.account_enable(name, enabled).await?;
        // When it is enabled too: past the program it may have been disabled with sessions left.
        let sessions_ended = sessions_taken(&mut tx, action, name, &[]).await?;
        tx.commit().await?;
        Ok(AccountChange { changed: true, sessions_ended })
    }

    /// Gives an account another role. Its sessions end.
    ///
    /// # Errors
    /// Not allowed, no such account, the last admin who may log in ([`ErrorKind::Conflict`]), or what
    /// the database says.
    pub async fn account_role(
        &self,
        actor: &Actor,
        name: &str,
        role: Role,
    ) -> Result<AccountChange> {
        require(actor, Permission::UserManage)?;
        let (mut tx, login) = self.account_turn(actor, name, "has another role").await?;
        if login.role == role {
            return Ok(AccountChange::default());
        }
        check_admin_left(&tx, name, &login).await?;
        tx.account_role(name, role).await?;
        let roles = [("from", login.role), ("to", role)];
        let sessions_ended = sessions_taken(&mut tx, "account.role", name, &roles).await?;
        tx.commit().await?;
        Ok(AccountChange { changed: true, sessions_ended })
    }

    /// Gives an account another password. Its sessions end.
    ///
    /// # Errors
    /// Not allowed, a password too short, no such account, or what the database says.
    pub async fn account_password(
        &self,
        actor: &Actor,
        name: &str,
        password: SecretString,
    ) -> Result<AccountChange> {
        require(actor, Permission::UserManage)?;
        let hash = password::hash(password).await?;
        let (mut tx, _) = self.account_turn(actor, name, "has a new password").await?;
        let sessions_ended = password_changed(&mut tx, name, &hash).await?;
        tx.commit().await?;
        Ok(AccountChange { changed: true, sessions_ended })
    }

    /// Gives the actor's own account another password, for the present one. Its sessions end.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] if the present one is not right or the new one too short,
    /// [`ErrorKind::TooSoon`], an actor without an account, or what the database says.
    pub async fn own_password(
        &self,
        actor: &Actor,
        present: SecretString,
        new: SecretString,
    ) -> Result<()> {
        let name = account_of(actor);
        self.throttled(name, None)?;
        let login = self.store().login_fetch(name).await?;
        let hash = login.and_then(|login| login.password_hash);
        if !password::verify(present, hash.clone()).await? {
            let reason = format!("account {name} keeps its password");
            let mut tx = self.store().begin_write(self.intent(actor, reason)).await?;
            tx.audit("account.password-refused", &subject(name), None).await?;
            tx.commit().await?;
            let message = "the present password is not right";
            return Err(ServiceError::new(ErrorKind::Invalid, message));
        }
        self.throttle().succeeded(name, None);
        let new = password::hash(new).await?;
        let (mut tx, login) = self.account_turn(actor, name, "has a new password").await?;
        if !login.enabled || login.password_hash != hash {
            let error = StoreError::Changed { what: "account", name: name.to_owned() };
            return Err(error.into());
        }
        password_changed(&mut tx, name, &new).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The turn to change an account, and how it stands.
    async fn account_turn(
        &self,
        actor: &Actor,
        name: &str,
        what: &str,
    ) -> Result<(WriteTx<'_>, Login)> {
        let reason = format!("account {name} {what}");
        let tx = self.store().begin_write(self.intent(actor, reason)).await?;
        if let Some(login) = tx.login_fetch(name).await? {
            return Ok((tx, login));
        }
        drop(tx);
        let accounts = self.accounts().await?;
        let hint = match closest(name, accounts.iter().map(|one| one.name.as_str())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`cadastre user list` shows the accounts there are".to_owned(),
        };
        let error = StoreError::Unknown { what: "account", name: name.to_owned() };
        Err(ServiceError::from(error).advising(hint))
    }

    async fn accounts(&self) -> Result<Vec<Account>> {
        let now = self.now();
        Ok(self.store().account_list(now, now.plus_ms(-millis(IDLE))).await?)
    }
}

/// Adds an account and writes it down.
pub(crate) async fn account_made(
    tx: &mut WriteTx<'_>,
    name: &str,
    role: Role,
    hash: &str,
) -> Result<()> {
    tx.account_add(name, role, Some(hash)).await?;
    let detail = serde_json::json!({ "role": role });
    tx.audit("account.add", &subject(name), Some(&detail)).await?;
    Ok(())
}

/// Gives an account its password, ends its sessions and writes it down; how many sessions there were.
pub(crate) async fn password_changed(tx: &mut WriteTx<'_>, name: &str, hash: &str) -> Result<u64> {
    tx.account_password(name, hash).await?;
    sessions_taken(tx, "account.password", name, &[]).await
}

/// Ends the sessions of an account that was changed and writes down both; how many there were.
async fn sessions_taken(
    tx: &mut WriteTx<'_>,
    action: &str,
    name: &str,
    roles: &[(&str, Role)],
) -> Result<u64> {
    let sessions_ended = tx.session_end_all(name).await?;
    let roles = roles.iter().map(|(word, role)| ((*word).to_owned(), role.word().into()));
    let sessions = [("sessions_ended".to_owned(), sessions_ended.into())];
    let detail: serde_json::Map<String, serde_json::Value> = roles.chain(sessions).collect();
    tx.audit(action, &subject(name), Some(&detail.into())).await?;
    Ok(sessions_ended)
}

/// Refuses to take the last admin who may log in.
async fn check_admin_left(tx: &WriteTx<'_>, name: &str, login: &Login) -> Result<()> {
    let is_one = login.enabled && login.role == Role::Admin;
    if !is_one || tx.admins_beside(name).await? > 0 {
        return Ok(());
    }
    let message = format!("account `{name}` is the last admin who may log in");
    Err(ServiceError::new(ErrorKind::Conflict, message).advising(
        "have another first: `cadastre user add NAME --role admin`, or `cadastre user role NAME admin`",
    ))
}

fn subject(name: &str) -> String {
    format!("account:{name}")
}
