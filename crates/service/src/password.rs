//! Passwords of accounts: hashed with Argon2id (RFC 9106), off the async threads.

use crate::error::{ErrorKind, Result, ServiceError};
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error, PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

/// Fewer characters are refused (NIST SP 800-63B asks for 8 at least; 12 leave room).
const SHORTEST: usize = 12;

/// Each hash takes 19 MB while it is made: no more of them at once.
static TURNS: Semaphore = Semaphore::const_new(4);

/// The hash of a password, in the PHC string form, salt and parameters inside.
///
/// # Errors
/// A password too short; or the system gave no random numbers.
pub(crate) async fn hash(password: SecretString) -> Result<String> {
    let length = password.expose_secret().chars().count();
    if length < SHORTEST {
        let message = format!("the password has {length} characters; expected {SHORTEST} or more");
        return Err(ServiceError::new(ErrorKind::Invalid, message));
    }
    let _turn = TURNS.acquire().await;
    let hashing = tokio::task::spawn_blocking(move || {
        Argon2::default()
            .hash_password(password.expose_secret().as_bytes())
            .map(|hash| hash.to_string())
    });
    match hashing.await {
        Ok(Ok(hash)) => Ok(hash),
        Ok(Err(error)) => Err(failed(&error.to_string())),
        Err(error) => Err(failed(&error.to_string())),
    }
}

/// Whether it is the password of this hash. Without a hash it is not, after as long.
///
/// # Errors
/// A hash that is not one.
pub(crate) async fn verify(password: SecretString, hash: Option<String>) -> Result<bool> {
    let _turn = TURNS.acquire().await;
    let verifying = tokio::task::spawn_blocking(move || {
        let given = password.expose_secret().as_bytes();
        let Some(hash) = hash else {
            return Argon2::default().hash_password(given).map(|_| false);
        };
        match Argon2::default().verify_password(given, &PasswordHash::new(&hash)?) {
            Ok(()) => Ok(true),
            Err(Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(error),
        }
    });
    match verifying.await {
        Ok(Ok(is_right)) => Ok(is_right),
        Ok(Err(error)) => Err(failed(&error.to_string())),
        Err(error) => Err(failed(&error.to_string())),
    }
}

fn failed(why: &str) -> ServiceError {
    ServiceError::new(ErrorKind::Failed, format!("the password could not be checked: {why}"))
}
