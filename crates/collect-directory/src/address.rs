//! Where a domain controller listens: an LDAP URL (RFC 4516).

use crate::decode::dn;
use serde::{Deserialize, Serialize};
use std::fmt;
use url::Url;

/// One domain controller: `ldaps://HOST[:PORT][/BASE_DN]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Address {
    /// TLS from the first octet.
    pub ldaps: bool,
    /// Name or address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// What is read, if the URL says so. Else the domain that the controller is of.
    pub base: Option<String>,
}

impl Address {
    /// Reads one. The error follows «is "...", which».
    pub(crate) fn read(text: &str) -> Result<Address, &'static str> {
        let url = Url::parse(text).map_err(|_| "is no address")?;
        let ldaps = match url.scheme() {
            "ldaps" => true,
            "ldap" => false,
            _ => return Err("says neither ldap nor ldaps"),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err("holds a user name or password, which have settings of their own");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("has something after the base, which is not supported");
        }
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        if host.is_empty() {
            return Err("names no host");
        }
        let port = url.port().unwrap_or(if ldaps { 636 } else { 389 });
        let base =
            unescaped(url.path().trim_start_matches('/')).ok_or("has a base that is no text")?;
        if !base.is_empty() && !is_base(&base) {
            return Err("has a base that is no distinguished name of a domain");
        }
        Ok(Address { ldaps, host, port, base: (!base.is_empty()).then_some(base) })
    }

    /// The domain that this is about, as far as the address tells: by its base, else by the host's
    /// name without its first label, else the host.
    pub(crate) fn presumed_domain(&self) -> String {
        let by_base = self.base.as_deref().and_then(dn::parts).and_then(|it| dn::domain_of(&it));
        let is_number = self.host.parse::<std::net::IpAddr>().is_ok();
        let by_host = self.host.split_once('.').map(|(_, domain)| domain.to_lowercase());
        let by_host = by_host.filter(|domain| !is_number && domain.contains('.'));
        by_base.or(by_host).unwrap_or_else(|| self.host.clone())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.ldaps { "ldaps" } else { "ldap" };
        match self.host.contains(':') {
            true => write!(f, "{scheme}://[{}]:{}", self.host, self.port),
            false => write!(f, "{scheme}://{}:{}", self.host, self.port),
        }
    }
}

/// Whether a text names something in a domain.
pub(crate) fn is_base(text: &str) -> bool {
    dn::parts(text).and_then(|parts| dn::domain_of(&parts)).is_some()
}

/// Undoes `%20` and the like.
fn unescaped(text: &str) -> Option<String> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        if octet != b'%' {
            octets.push(octet);
            continue;
        }
        let digit = |octet: u8| char::from(octet).to_digit(16);
        let (high, low) = (digit(rest.next()?)?, digit(rest.next()?)?);
        octets.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(octets).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn addresses() {
        let address = Address::read("ldaps://dc1.corp.example.test").unwrap();
        assert_eq!((address.ldaps, address.port, address.base.clone()), (true, 636, None));
        assert_eq!(address.presumed_domain(), "corp.example.test");
        let address = Address::read("ldap://127.0.0.1:3389/OU=A%20B,DC=corp,DC=test").unwrap();
        assert_eq!((address.ldaps, address.port), (false, 3389));
        assert_eq!(address.base.as_deref(), Some("OU=A B,DC=corp,DC=test"));
        assert_eq!(address.presumed_domain(), "corp.test");
        assert_eq!(address.to_string(), "ldap://127.0.0.1:3389");
        let address = Address::read("ldaps://[::1]").unwrap();
        assert_eq!(address.to_string(), "ldaps://[::1]:636");
        assert_eq!(address.presumed_domain(), "::1");
        assert_eq!(Address::read("ldaps://dc1").unwrap().presumed_domain(), "dc1");
    }

    #[test]
    fn what_is_none() {
        for text in [
            "",
            "dc1",
            "https://dc1",
            "ldap://me:secret@dc1",
            "ldap://dc1/nonsense",
            "ldap://dc1/OU=A",
            "ldap://dc1/DC=x?cn",
            "ldap:///DC=x",
            "ldap://dc1/%ff",
            "ldap://dc1/%4",
        ] {
            assert!(Address::read(text).is_err(), "{text}");
        }
    }
}
