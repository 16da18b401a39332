//! A password that the program makes up: for an account that whoever runs it must get into.

use crate::accounts::{account_made, password_changed};
use crate::admin::check_handle;
use crate::error::{Result, require};
use crate::password;
use crate::service::Service;
use crate::session::random_token;
use cadastre_model::{Actor, Permission, Role};
use secrecy::{ExposeSecret, SecretString};

/// Characters of it: hexadecimal digits, four bits each.
const DIGITS: usize = 16;
/// A dash after so many, so that it can be read from a screen and typed.
const GROUP: usize = 4;

impl Service {
    /// Gives an account a new random password, and makes the account with this role if it is not there.
    /// The old password is of no use from now on, and whoever is logged in with it is logged out.
    ///
    /// # Errors
    /// Not allowed, a name that cannot be one, no random numbers, or what the database says.
    pub async fn account_renew(
        &self,
        actor: &Actor,
        name: &str,
        role: Role,
    ) -> Result<SecretString> {
        require(actor, Permission::UserManage)?;
        check_handle("name", name)?;
        let made_up = random_password()?;
        let hash = password::hash(made_up.clone()).await?;
        let reason = format!("account {name} has a new password");
        let mut tx = self.store().begin_write(self.intent(actor, reason)).await?;
        match tx.login_fetch(name).await? {
            Some(_) => {
                password_changed(&mut tx, name, &hash).await?;
            }
            None => account_made(&mut tx, name, role, &hash).await?,
        }
        tx.commit().await?;
        Ok(made_up)
    }
}

/// 64 random bits as four groups of four digits.
fn random_password() -> Result<SecretString> {
    let (token, _) = random_token()?;
    let mut password = String::new();
    for (place, digit) in token.expose_secret().chars().take(DIGITS).enumerate() {
        if place > 0 && place % GROUP == 0 {
            password.push('-');
        }
        password.push(digit);
    }
    Ok(SecretString::from(password))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn it_is_four_groups_and_never_the_same() {
        let (one, two) = (random_password().unwrap(), random_password().unwrap());
        assert_ne!(one.expose_secret(), two.expose_secret());
        let groups: Vec<&str> = one.expose_secret().split('-').collect();
        assert_eq!(groups.len(), 4, "{groups:?}");
        assert!(groups.iter().all(|group| group.len() == 4));
    }
}
