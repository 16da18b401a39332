//! What devices are asked with: communities of v2c and users of v3, in the order in which they are tried.

use secrecy::{ExposeSecret, SecretString};
use snmp2::v3::{Auth, AuthProtocol, Cipher, KeyExtension, Security};
use std::fmt;

/// One way to ask.
#[derive(Clone)]
pub(crate) enum Credential {
    /// A community of v2c.
    Community {
        /// The community.
        community: SecretString,
        /// Which of how many, for people: it is never shown itself.
        label: String,
    },
    /// A user of v3.
    User(User),
}

/// A user of v3 (RFC 3414).
#[derive(Clone)]
pub(crate) struct User {
    /// The name.
    pub name: String,
    /// Proves who asks.
    pub auth: Option<(AuthProtocol, SecretString)>,
    /// Hides what is said.
    pub privacy: Option<(Cipher, SecretString)>,
    /// The context asked in.
    pub context: Option<String>,
    /// How a short key becomes a long one; makers differ.
    pub extension: KeyExtension,
}

impl Credential {
    /// For people, without anything secret.
    pub(crate) fn label(&self) -> String {
        match self {
            Credential::Community { label, .. } => label.clone(),
            Credential::User(user) => format!("user {}", user.name),
        }
    }

    /// The community, if it is one.
    pub(crate) fn secret(&self) -> Option<&SecretString> {
        match self {
            Credential::Community { community, .. } => Some(community),
            Credential::User(_) => None,
        }
    }

    /// How a device is read with it.
    pub(crate) fn access(&self) -> &'static str {
        match self {
            Credential::Community { .. } => "v2c",
            Credential::User(user) => match (&user.auth, &user.privacy) {
                (Some(_), Some(_)) => "v3 authPriv",
                (Some(_), None) => "v3 authNoPriv",
                (None, _) => "v3 noAuthNoPriv",
            },
        }
    }

    /// The same for one VLAN of a device that keeps a table for each: Cisco takes `community@VLAN`, and
    /// contexts `vlan-VLAN`.
    pub(crate) fn of_vlan(&self, vlan: i64) -> Credential {
        match self {
            Credential::Community { community, label } => Credential::Community {
                community: format!("{}@{vlan}", community.expose_secret()).into(),
                label: label.clone(),
            },
            Credential::User(user) => {
                Credential::User(User { context: Some(format!("vlan-{vlan}")), ..user.clone() })
            }
        }
    }

    /// The communities of a secret: one a line, or with commas between.
    pub(crate) fn communities(secret: &SecretString) -> Vec<Credential> {
        let parts: Vec<&str> = secret
            .expose_secret()
            .split([',', '\n', '\r'])
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect();
        let count = parts.len();
        let label = |place: usize| format!("community {} of {count}", place + 1);
        parts
            .into_iter()
            .enumerate()
            .map(|(place, part)| Credential::Community {
                community: part.into(),
                label: label(place),
            })
            .collect()
    }

    /// A community that everybody knows.
    pub(crate) fn well_known(community: &str) -> Credential {
        Credential::Community {
            community: community.into(),
            label: format!("the well-known community {community}"),
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label())
    }
}

impl User {
    /// The ways in which this user is tried: two where a key must be made longer, for makers do that in
    /// two ways and none of them says in which.
    pub(crate) fn ways(self) -> Vec<Credential> {
        let needs_longer = match (&self.auth, &self.privacy) {
            (Some((auth, _)), Some((cipher, _))) => cipher.priv_key_needs_extension(auth),
            _ => false,
        };
        let other = User { extension: self.extension.other(), ..self.clone() };
        let mut ways = vec![Credential::User(self)];
        if needs_longer {
            ways.push(Credential::User(other));
        }
        ways
    }

    /// What the client signs and encrypts with.
    pub(crate) fn security(&self) -> Security {
        let password = self.auth.as_ref().map(|(_, key)| key.expose_secret().as_bytes());
        let auth = match (&self.auth, &self.privacy) {
            (Some(_), Some((cipher, key))) => Auth::AuthPriv {
                cipher: *cipher,
                privacy_password: key.expose_secret().as_bytes().to_vec(),
            },
            (Some(_), None) => Auth::AuthNoPriv,
            (None, _) => Auth::NoAuthNoPriv,
        };
        let security = Security::new(self.name.as_bytes(), password.unwrap_or_default())
            .with_auth(auth)
            .with_key_extension_method(self.extension);
        let security = match &self.auth {
            Some((protocol, _)) => security.with_auth_protocol(*protocol),
            None => security,
        };
        match &self.context {
            Some(context) => security.with_context_name(context),
            None => security,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn communities_in_order_and_never_shown() {
        let all = Credential::communities(&"one, two\r\nthree,,\n".into());
        let labels: Vec<String> = all.iter().map(Credential::label).collect();
        assert_eq!(labels, ["community 1 of 3", "community 2 of 3", "community 3 of 3"]);
        assert!(!format!("{all:?}").contains("two"));
    }

    #[test]
    fn short_keys_are_made_longer_in_both_ways() {
        let user = |auth, cipher| User {
            name: "u".to_owned(),
            auth: Some((auth, "authauth".into())),
            privacy: Some((cipher, "privpriv".into())),
            context: None,
            extension: KeyExtension::Blumenthal,
        };
        assert_eq!(user(AuthProtocol::Sha1, Cipher::Aes128).ways().len(), 1);
        assert_eq!(user(AuthProtocol::Sha1, Cipher::Aes256).ways().len(), 2);
    }
}
