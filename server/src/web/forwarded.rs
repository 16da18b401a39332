//! What proxies tell of who asks: believed of the proxies that are trusted, and of nobody else.
//!
//! `X-Forwarded-For` and `X-Forwarded-Proto` count where either is there; only where neither is,
//! `Forwarded` (RFC 7239) does. A proxy that sets the one must therefore take away the other, or what a
//! client wrote would be read.

use axum::http::HeaderMap;
use axum::http::header::{FORWARDED, HeaderName};
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Who asks, as far as it can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asker {
    /// The last address on the way here that is no trusted proxy's.
    pub address: IpAddr,
    /// Whether they came over TLS, as a trusted proxy says; `None` if none does.
    pub is_https: Option<bool>,
}

/// One station on the way: who came there, and how.
struct Hop {
    from: Option<IpAddr>,
    is_https: Option<bool>,
}

/// Who asks, seen from the connection's other end.
pub fn asker(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> Asker {
    // On a socket of both families an IPv4 address comes as an IPv6 one.
    let mut asker = Asker { address: peer.to_canonical(), is_https: None };
    let is_trusted = |address: IpAddr| proxies.iter().any(|network| network.contains(&address));
    if !is_trusted(asker.address) {
        return asker;
    }
    // Each proxy adds itself at the right: from there back to the first that is not trusted.
    for hop in hops(headers).into_iter().rev() {
        asker.is_https = hop.is_https.or(asker.is_https);
        let Some(from) = hop.from else { break };
        asker.address = from;
        if !is_trusted(from) {
            break;
        }
    }
    asker
}

fn hops(headers: &HeaderMap) -> Vec<Hop> {
    if !headers.contains_key(FOR) && !headers.contains_key(PROTO) {
        let elements = split(&joined(headers, &FORWARDED), ',');
        return elements.iter().map(|element| hop(element)).collect();
    }
    // How it came is what the nearest proxy says, whatever is further left.
    let proto = joined(headers, &PROTO);
    let is_https = proto.rsplit(',').next().and_then(is_https);
    let from = joined(headers, &FOR);
    let hop = |text: &str| Hop { from: address(text), is_https };
    match from.is_empty() {
        true => vec![Hop { from: None, is_https }],
        false => from.split(',').map(hop).collect(),
    }
}

/// All lines of a header as one, in their order. Of a line that is no text it is not known what it
/// says, nor what stands left of it.
fn joined(headers: &HeaderMap, name: &HeaderName) -> String {
    let lines: Vec<&str> =
        headers.get_all(name).iter().map(|line| line.to_str().unwrap_or("unknown")).collect();
    lines.join(",")
}

/// One element of `Forwarded`, such as `for="[2001:db8::1]:47011";proto=https`.
fn hop(element: &str) -> Hop {
    let mut hop = Hop { from: None, is_https: None };
    for pair in split(element, ';') {
        let Some((name, value)) = pair.split_once('=') else { continue };
        let value = value.trim().trim_matches('"');
        match name.trim().to_ascii_lowercase().as_str() {
            "for" => hop.from = address(value),
            "proto" => hop.is_https = is_https(value),
            _ => {}
        }
    }
    hop
}

/// Parts of a text, apart at a sign that is not between quotes.
fn split(text: &str, at: char) -> Vec<String> {
    let mut parts = vec![String::new()];
    let (mut is_quoted, mut is_escaped) = (false, false);
    for sign in text.chars() {
        if sign == at && !is_quoted {
            parts.push(String::new());
            continue;
        }
        is_quoted ^= sign == '"' && !is_escaped;
        is_escaped = is_quoted && sign == '\\' && !is_escaped;
        if let Some(part) = parts.last_mut() {
            part.push(sign);
        }
    }
    parts
}

/// An address, perhaps with a port; `None` for `unknown` and for names that hide one.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().ok();
    let address = address.or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

fn is_https(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "https" => Some(true),
        "http" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const PROXY: &str = "10.0.0.1";

    fn asked(peer: &str, lines: &[(&'static str, &str)]) -> (String, Option<bool>) {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        let proxies: Vec<IpNet> =
            ["10.0.0.0/24", "2001:db8:1::/64"].iter().map(|text| text.parse().unwrap()).collect();
        let asker = asker(peer.parse().unwrap(), &headers, &proxies);
        (asker.address.to_string(), asker.is_https)
    }

    fn address_of(peer: &str, lines: &[(&'static str, &str)]) -> String {
        asked(peer, lines).0
    }

    #[test]
    fn who_is_no_proxy_is_not_believed() {
        let lines = [
            ("x-forwarded-for", "192.0.2.7"),
            ("x-forwarded-proto", "https"),
            ("forwarded", "for=192.0.2.7;proto=https"),
        ];
        assert_eq!(asked("198.51.100.1", &lines), ("198.51.100.1".to_owned(), None));
        assert_eq!(asked("127.0.0.1", &lines), ("127.0.0.1".to_owned(), None));
    }

    #[test]
    fn the_rightmost_that_is_not_trusted_is_who_asks() {
        for (said, address) in [
            ("192.0.2.7", "192.0.2.7"),
            // What the client itself wrote stands at the left.
            ("1.2.3.4, 192.0.2.7", "192.0.2.7"),
            ("1.2.3.4, 192.0.2.7, 10.0.0.9", "192.0.2.7"),
            ("10.0.0.3, 192.0.2.7", "192.0.2.7"),
            // Clients may sit in a proxies' network.
            ("10.0.0.7, 10.0.0.9", "10.0.0.7"),
            ("192.0.2.7:4711", "192.0.2.7"),
            ("2001:db8::7", "2001:db8::7"),
            ("[2001:db8::7]:4711", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            // Where nothing is known any more, the last known is taken.
            ("192.0.2.7, unknown", PROXY),
            ("192.0.2.7, unknown, 10.0.0.9", "10.0.0.9"),
            ("192.0.2.7, ", PROXY),
            ("", PROXY),
        ] {
            assert_eq!(address_of(PROXY, &[("x-forwarded-for", said)]), address, "{said}");
            assert_eq!(address_of("::ffff:10.0.0.1", &[("x-forwarded-for", said)]), address);
        }
        let lines = [("x-forwarded-for", "1.2.3.4"), ("x-forwarded-for", "192.0.2.7")];
        assert_eq!(address_of(PROXY, &lines), "192.0.2.7", "lines are one list");
        assert_eq!(address_of("2001:db8:1::5", &lines), "192.0.2.7");
    }

    #[test]
    fn how_they_came_is_what_the_nearest_proxy_says() {
        for (said, is_https) in [
            ("https", Some(true)),
            ("HTTP", Some(false)),
            ("https, http", Some(false)),
            ("http,https", Some(true)),
            ("gopher", None),
            ("", None),
        ] {
            let lines = [("x-forwarded-proto", said)];
            assert_eq!(asked(PROXY, &lines), (PROXY.to_owned(), is_https), "{said}");
            let lines = [("x-forwarded-proto", said), ("x-forwarded-for", "192.0.2.7")];
            assert_eq!(asked(PROXY, &lines), ("192.0.2.7".to_owned(), is_https), "{said}");
        }
        assert_eq!(asked(PROXY, &[("x-forwarded-for", "192.0.2.7")]).1, None);
    }

    #[test]
    fn forwarded_counts_where_the_others_are_not() {
        for (said, address, is_https) in [
            ("for=192.0.2.7;proto=https", "192.0.2.7", Some(true)),
            ("For=\"[2001:db8::7]:4711\";Proto=http;by=10.0.0.1", "2001:db8::7", Some(false)),
            ("for=1.2.3.4;proto=http, for=192.0.2.7;proto=https", "192.0.2.7", Some(true)),
            ("for=192.0.2.7;proto=https, for=10.0.0.9;proto=http", "192.0.2.7", Some(true)),
            ("for=192.0.2.7, for=10.0.0.9;proto=https", "192.0.2.7", Some(true)),
            ("for=1.2.3.4, for=_hidden;proto=https", PROXY, Some(true)),
            ("for=\"1.2.3.4, for=5.6.7.8\";proto=https", PROXY, Some(true)),
            ("for=192.0.2.7;host=\"a\\\";for=1.2.3.4\"", "192.0.2.7", None),
            ("proto=https", PROXY, Some(true)),
            ("nonsense", PROXY, None),
        ] {
            let said = [("forwarded", said)];
            assert_eq!(asked(PROXY, &said), (address.to_owned(), is_https), "{said:?}");
        }
        let both = [("forwarded", "for=1.2.3.4;proto=https"), ("x-forwarded-for", "192.0.2.7")];
        assert_eq!(asked(PROXY, &both), ("192.0.2.7".to_owned(), None));
    }
}
