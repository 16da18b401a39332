//! Sealing: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) with a random nonce, bound to its place.

use super::error::SecretError;
use super::key::SealingKey;
use super::reference::Sealed;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroize;

/// First byte of what is stored: says how the rest is to be read.
const VERSION: u8 = 1;

/// Length of the nonce in bytes: long enough to be drawn at random for ever.
const NONCE_BYTES: usize = 24;

impl SealingKey {
    /// Seals a secret. `place` (purpose and row, such as `source/12/secret_access_key`) is bound to
    /// it: put in another row, it does not open.
    ///
    /// # Errors
    /// [`SecretError::Random`].
    pub(super) fn seal(&self, place: &str, secret: &SecretString) -> Result<Sealed, SecretError> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(SecretError::Random)?;
        let payload = Payload { msg: secret.expose_secret().as_bytes(), aad: &bound(place) };
        let ciphertext = XChaCha20Poly1305::new(self.bytes().into())
            .encrypt(&XNonce::from(nonce), payload)
            // Only a secret of 256 GiB is too long to encrypt; say what is known.
            .map_err(|_| SecretError::Unreadable { label: place.to_owned() })?;
        let mut sealed = Vec::with_capacity(1 + NONCE_BYTES + ciphertext.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&ciphertext);
        Ok(Sealed(sealed))
    }

    /// Opens a sealed secret; `None` if it was sealed with another key, for another place, in a
    /// later version's form, or was changed.
    pub(super) fn open(&self, place: &str, sealed: &Sealed) -> Option<SecretString> {
        let (version, rest) = sealed.0.split_first()?;
        if *version != VERSION {
            return None;
        }
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload { msg: ciphertext, aad: &bound(place) };
        let plain = XChaCha20Poly1305::new(self.bytes().into())
            .decrypt(&XNonce::from(*nonce), payload)
            .ok()?;
        match String::from_utf8(plain) {
            Ok(text) => Some(SecretString::from(text)),
            Err(error) => {
                error.into_bytes().zeroize();
                None
            }
        }
    }
}

/// What is authenticated beside the secret: the version, and the place.
fn bound(place: &str) -> Vec<u8> {
    let mut bound = vec![VERSION];
    bound.extend_from_slice(place.as_bytes());
    bound
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn seal(key: &SealingKey, text: &str) -> Sealed {
        key.seal("source/1/password", &SecretString::from(text)).unwrap()
    }

    #[test]
    fn opens_what_it_sealed_and_never_seals_alike() {
        let key = SealingKey::generate().unwrap();
        let (one, two) = (seal(&key, "hunter2"), seal(&key, "hunter2"));
        assert_ne!(one, two);
        let opened = key.open("source/1/password", &one).unwrap();
        assert_eq!(opened.expose_secret(), "hunter2");
        let shown = format!("{one:?} {key:?} {opened:?}");
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(!one.0.windows(7).any(|part| part == b"hunter2"));
    }

    #[test]
    fn opens_nowhere_else() {
        let key = SealingKey::generate().unwrap();
        let sealed = seal(&key, "hunter2");
        assert!(key.open("source/2/password", &sealed).is_none());
        let other = SealingKey::generate().unwrap();
        assert!(other.open("source/1/password", &sealed).is_none());
    }

    #[test]
    fn opens_nothing_changed_or_cut() {
        let key = SealingKey::generate().unwrap();
        let sealed = seal(&key, "hunter2");
        for index in 0..sealed.0.len() {
            let mut changed = sealed.clone();
            changed.0[index] ^= 1;
            assert!(key.open("source/1/password", &changed).is_none(), "byte {index}");
            let cut = Sealed(sealed.0[..index].to_vec());
            assert!(key.open("source/1/password", &cut).is_none(), "cut at {index}");
        }
    }
}
