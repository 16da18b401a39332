//! Where someone wanted to go before they had to log in.
//!
//! It travels in an address, so anyone can have written it: only a path of this server is taken, in a
//! form that no browser reads as anything else.

use axum::http::{Method, Uri};

/// Where to go without one.
const HOME: &str = "/";

/// A longer address is no link anybody follows.
const LONGEST: usize = 2048;

/// A path of this server, with its query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnTo(String);

impl ReturnTo {
    /// The page that a request asks for; none of what it sends, which is not sent again.
    #[must_use]
    pub fn of(method: &Method, uri: &Uri) -> Option<ReturnTo> {
        let asked = uri.path_and_query().filter(|_| method == Method::GET)?;
        ReturnTo::read(asked.as_str())
    }

    /// A path that was given, if it leads nowhere but here. The first page needs no mention.
    #[must_use]
    pub fn read(text: &str) -> Option<ReturnTo> {
        // Visible signs only: browsers leave out others, and what is left may begin with `//`.
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        let (path, _) = text.split_once(['?', '#']).unwrap_or((text, ""));
        let is_local = path.starts_with('/') && !path.contains("//");
        let is_fitting = text.len() <= LONGEST && text != HOME;
        (is_plain && is_local && is_fitting).then(|| ReturnTo(text.to_owned()))
    }

    /// Its address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address of the login that leads there afterwards.
    #[must_use]
    pub fn login_address(back: Option<&ReturnTo>) -> String {
        let query = back.map(|back| serde_urlencoded::to_string([("next", back.as_str())]));
        match query {
            Some(Ok(query)) => format!("/login?{query}"),
            _ => "/login".to_owned(),
        }
    }

    /// Where to go after the login.
    #[must_use]
    pub fn address(back: Option<&ReturnTo>) -> &str {
        back.map_or(HOME, ReturnTo::as_str)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_page_is_returned_to() {
        for path in
            ["/assets", "/assets?q=env%3Aprod&sort=-name", "/assets/7", "/assets?q=http://x"]
        {
            let back = ReturnTo::of(&Method::GET, &path.parse().unwrap()).unwrap();
            assert_eq!(back.as_str(), path);
            assert_eq!(ReturnTo::address(Some(&back)), path);
        }
        let back = ReturnTo::read("/assets?q=a&b=c");
        assert_eq!(ReturnTo::login_address(back.as_ref()), "/login?next=%2Fassets%3Fq%3Da%26b%3Dc");
        // Of an absolute address, as proxies may send it, only the path.
        let back = ReturnTo::of(&Method::GET, &"https://evil.example/assets".parse().unwrap());
        assert_eq!(back, ReturnTo::read("/assets"));
        assert_eq!(ReturnTo::of(&Method::POST, &"/assets/7/edit".parse().unwrap()), None);
        assert_eq!(ReturnTo::of(&Method::GET, &"/".parse().unwrap()), None);
        assert_eq!(
            (ReturnTo::login_address(None), ReturnTo::address(None)),
            ("/login".into(), "/")
        );
    }

    #[test]
    fn nothing_leads_elsewhere() {
        for trick in [
            "",
            "assets",
            "https://evil.example/",
            "https:evil.example",
            "javascript:alert(1)",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "\t//evil.example",
            " //evil.example",
            "/ /evil.example",
            "/\u{0}/evil.example",
            "/.//evil.example",
            "/a/..//evil.example",
            "/\u{2f}\u{2f}evil.example",
            "/\u{ff0f}evil.example",
            "/\u{202e}evil.example",
            "/a\r\nSet-Cookie: x=y",
            "?next=//evil.example",
            "#//evil.example",
            ".//evil.example",
            "@evil.example",
        ] {
            assert_eq!(ReturnTo::read(trick), None, "{trick:?}");
        }
        assert_eq!(ReturnTo::read(&format!("/{}", "a".repeat(LONGEST))), None);
    }
}
