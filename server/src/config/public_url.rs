//! The address people reach the server at: a scheme, a host and perhaps a port, nothing behind it.

use std::fmt;
use url::{Host, Url};

/// Such as `https://cmdb.example.org`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    host: String,
    is_https: bool,
}

impl PublicUrl {
    /// Reads one.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<PublicUrl, String> {
        let wrong = |why: &str| {
            Err(format!(
                "`{text}` {why}, expected a scheme and a name such as https://cmdb.example.org"
            ))
        };
        let Ok(url) = Url::parse(text) else {
            return wrong("is not an address");
        };
        if !matches!(url.scheme(), "http" | "https") {
            return wrong("is neither http:// nor https://");
        }
        if !url.username().is_empty() || url.password().is_some() {
            // Not quoted: it may be a secret.
            return Err("has a user or password in it, expected a scheme and a name".to_owned());
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return wrong("has something behind the host, which is not possible");
        }
        let host = match url.host() {
            Some(Host::Domain(name)) => name.trim_end_matches('.').to_owned(),
            Some(address) => address.to_string(),
            None => return wrong("has no host"),
        };
        Ok(PublicUrl {
            origin: url.origin().ascii_serialization(),
            host,
            is_https: url.scheme() == "https",
        })
    }

    /// As browsers write it: no slash at the end, no port where it is the scheme's own.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// In small letters; of an IPv6 address with its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether people reach it over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.is_https
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn reads_a_scheme_and_a_host() {
        for (text, origin, host, is_https) in [
            ("https://cmdb.example.org", "https://cmdb.example.org", "cmdb.example.org", true),
            ("https://CMDB.Example.org:443/", "https://cmdb.example.org", "cmdb.example.org", true),
            ("http://cmdb:8080", "http://cmdb:8080", "cmdb", false),
            ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443", "[2001:db8::1]", true),
            ("https://10.0.0.1", "https://10.0.0.1", "10.0.0.1", true),
        ] {
            let url = PublicUrl::parse(text).unwrap();
            assert_eq!((url.origin(), url.host(), url.is_https()), (origin, host, is_https));
        }
    }

    #[test]
    fn refuses_anything_else() {
        for (text, why) in [
            ("", "is not an address"),
            ("cmdb.example.org", "is not an address"),
            ("ftp://cmdb.example.org", "neither http:// nor https://"),
            ("https://cmdb.example.org/cmdb", "behind the host"),
            ("https://cmdb.example.org?x", "behind the host"),
            ("https://cmdb.example.org/#x", "behind the host"),
        ] {
            let problem = PublicUrl::parse(text).unwrap_err();
            assert!(problem.contains(why), "{text}: {problem}");
        }
        let problem = PublicUrl::parse("https://u:treasure@cmdb.example.org").unwrap_err();
        assert!(!problem.contains("treasure"), "{problem}");
    }
}
