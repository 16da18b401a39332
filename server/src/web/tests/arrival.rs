//! How a request came: names, proxies, cookies, and what the answer says of it.

use super::{PASSWORD, Site, cookie_of, leads_to_login, text_of};
use crate::config::{PublicUrl, Server, TlsFiles};
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header::{COOKIE, HOST, SET_COOKIE, STRICT_TRANSPORT_SECURITY};
use axum::http::{Request, Response, StatusCode};
use cadastre_model::{Actor, Role};
use std::net::SocketAddr;

const PUBLIC: &str = "https://cmdb.example.org";
const NAME: (&str, &str) = ("host", "cmdb.example.org");
const BY_TLS: (&str, &str) = ("x-forwarded-proto", "https");
const PROXY: &str = "10.0.0.1";
const BAND: &str = "came over plain HTTP";

/// Behind a proxy that speaks TLS, as others reach it.
fn behind_proxy(listen: &str) -> Server {
    Server {
        listen: listen.parse().unwrap(),
        tls: None,
        public_url: Some(PublicUrl::parse(PUBLIC).unwrap()),
        trusted_proxies: vec!["10.0.0.0/24".parse().unwrap()],
    }
}

fn with_tls() -> Server {
    let tls = Some(TlsFiles { cert: "cert".into(), key: "key".into() });
    Server { tls, ..Site::plain() }
}

fn asked(peer: &str, path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let peer: SocketAddr = format!("{peer}:4711").parse().unwrap();
    let request = Request::builder().uri(path).extension(ConnectInfo(peer));
    let request =
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.body(Body::empty()).unwrap()
}

fn tries(peer: &str, name: &str, password: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let form = format!("name={name}&password={password}");
    let mut request = asked(peer, "/login", headers).map(|_| Body::from(form));
    *request.method_mut() = axum::http::Method::POST;
    request
}

fn status(answer: &Response<Body>) -> StatusCode {
    answer.status()
}

#[tokio::test]
async fn only_our_names_are_answered() {
    let site = Site::with(behind_proxy("127.0.0.1:8080")).await;
    for (host, is_ours) in [
        ("cmdb.example.org", true),
        ("CMDB.example.org:8443", true),
        ("cmdb.example.org.", true),
        ("localhost:8080", true),
        ("cmdb.localhost", true),
        ("127.0.0.1:8080", true),
        ("[::1]:8080", true),
        ("evil.example", false),
        ("cmdb.example.org.evil.example", false),
        ("evil.example:443@x", false),
        ("10.0.0.7", false),
        ("[2001:db8::1]", false),
        ("localhost.evil.example", false),
        ("not a name", false),
        ("", false),
    ] {
        for path in ["/login", "/", "/nowhere", "/static/x"] {
            let answer = site.ask(asked(PROXY, path, &[("host", host)])).await;
            let is_refused = answer.status() == StatusCode::MISDIRECTED_REQUEST;
            assert_eq!(is_refused, !is_ours, "{host}{path}: {}", answer.status());
            assert!(answer.headers().contains_key("content-security-policy"));
        }
        for path in ["/healthz", "/readyz", "/metrics"] {
            let answer = site.ask(asked(PROXY, path, &[("host", host)])).await;
            assert_eq!(answer.status(), StatusCode::OK, "monitoring asks by any name: {path}");
            assert!(answer.headers().contains_key("content-security-policy"), "{path}");
        }
    }
    assert_eq!(
        status(&site.ask(asked(PROXY, "/login", &[])).await),
        StatusCode::MISDIRECTED_REQUEST
    );
    // HTTP/2 has the name in the address.
    for (address, expected) in [
        ("https://cmdb.example.org/login", StatusCode::OK),
        ("https://evil.example/login", StatusCode::MISDIRECTED_REQUEST),
    ] {
        assert_eq!(status(&site.ask(asked(PROXY, address, &[])).await), expected, "{address}");
    }
    for names in [[NAME, ("host", "evil.example")], [("host", "evil.example"), NAME]] {
        let answer = site.ask(asked(PROXY, "/login", &names)).await;
        assert_eq!(answer.status(), StatusCode::MISDIRECTED_REQUEST);
    }
    // Without a public name there is nothing to compare with.
    let site = Site::new().await;
    assert_eq!(status(&site.ask(asked(PROXY, "/login", &[("host", "x")])).await), StatusCode::OK);
}

#[tokio::test]
async fn over_tls_the_cookie_is_bound_to_the_host_and_no_other_is_read() {
    for server in [behind_proxy("127.0.0.1:8080"), with_tls()] {
        let site = Site::with(server).await;
        site.account(Role::Reader).await;
        let answer =
            site.ask(tries(PROXY, "some-reader", &PASSWORD.replace(' ', "+"), &[NAME])).await;
        let set = answer.headers()[SET_COOKIE].to_str().unwrap().to_owned();
        assert!(set.starts_with("__Host-cadastre_session="), "{set}");
        for flag in ["; Secure", "; Path=/;", "; HttpOnly", "; SameSite=Lax"] {
            assert!(set.contains(flag), "{set}");
        }
        assert!(!set.contains("Domain"), "{set}");
        let cookie = cookie_of(&answer);
        let plain = cookie.strip_prefix("__Host-").unwrap();
        let shown = async |cookie: &str| {
            let mut request = asked(PROXY, "/", &[NAME]);
            request.headers_mut().insert(COOKIE, cookie.parse().unwrap());
            site.ask(request).await
        };
        assert_eq!(status(&shown(&cookie).await), StatusCode::OK);
        assert!(leads_to_login(&shown(plain).await), "a cookie that plain HTTP can set");
        // Beside a planted one it is still the right one that counts.
        assert_eq!(status(&shown(&format!("cadastre_session=x; {cookie}")).await), StatusCode::OK);
    }
    let site = Site::new().await;
    let cookie = site.logged_in(Role::Reader).await;
    assert!(cookie.starts_with("cadastre_session="), "{cookie}");
    assert!(leads_to_login(&site.get("/", Some(&format!("__Host-{cookie}"))).await));
}

#[tokio::test]
async fn a_browser_that_came_over_tls_is_told_to_stay_there() {
    let proxied = Site::with(behind_proxy("0.0.0.0:8080")).await;
    let own = Site::with(with_tls()).await;
    let plain = Site::new().await;
    for (site, peer, headers, is_told) in [
        (&proxied, PROXY, &[NAME, BY_TLS][..], true),
        (&proxied, PROXY, &[NAME, ("forwarded", "for=192.0.2.7;proto=https")], true),
        (&proxied, PROXY, &[NAME], false),
        (&proxied, PROXY, &[NAME, ("x-forwarded-proto", "http")], false),
        (&proxied, "192.0.2.7", &[NAME, BY_TLS], false),
        (&proxied, PROXY, &[("host", "localhost"), BY_TLS], false),
        (&own, "192.0.2.7", &[NAME], true),
        (&own, "192.0.2.7", &[("host", "localhost:8443")], false),
        (&own, "192.0.2.7", &[("host", "127.0.0.1")], false),
        (&plain, PROXY, &[NAME, BY_TLS], false),
    ] {
        let answer = site.ask(asked(peer, "/login", headers)).await;
        let told = answer.headers().get(STRICT_TRANSPORT_SECURITY);
        assert_eq!(told.is_some(), is_told, "{peer} {headers:?}");
    }
}

#[tokio::test]
async fn a_page_that_others_can_read_says_so() {
    let open = Site::with(behind_proxy("0.0.0.0:8080")).await;
    let (local, own) =
        (Site::with(behind_proxy("127.0.0.1:8080")).await, Site::with(with_tls()).await);
    for (site, peer, headers, is_warned) in [
        (&open, "192.0.2.7", &[NAME][..], true),
        (&open, "192.0.2.7", &[NAME, BY_TLS], true),
        (&open, PROXY, &[NAME], true),
        (&open, PROXY, &[NAME, BY_TLS], false),
        (&local, "127.0.0.1", &[NAME], false),
        (&own, "192.0.2.7", &[NAME], false),
    ] {
        for path in ["/login", "/nowhere"] {
            let page = text_of(site.ask(asked(peer, path, headers)).await).await;
            assert_eq!(page.contains(BAND), is_warned, "{peer} {path} {headers:?}: {page}");
        }
    }
    // Those behind the login too.
    let site = Site::with(Server { public_url: None, ..behind_proxy("0.0.0.0:80") }).await;
    let cookie = site.logged_in(Role::Reader).await;
    for path in ["/", "/assets", "/assets?q=nokey:1", "/assets/9"] {
        let page = text_of(site.get(path, Some(&cookie)).await).await;
        assert_eq!(page.matches(BAND).count(), 1, "{path}: {page}");
    }
}

#[tokio::test]
async fn failed_logins_are_counted_by_who_asks_and_not_by_the_proxy() {
    let site = Site::with(behind_proxy("127.0.0.1:8080")).await;
    let from = |address: &'static str| [NAME, ("x-forwarded-for", address)];
    // What a client writes itself stands at the left, and buys it nothing.
    for (number, made_up) in
        ["1.1.1.1, 192.0.2.7", "2.2.2.2, 192.0.2.7"].iter().cycle().take(8).enumerate()
    {
        let headers = [NAME, ("x-forwarded-for", *made_up)];
        site.ask(tries(PROXY, &format!("user{number}"), "wrong", &headers)).await;
    }
    let page = text_of(site.ask(tries(PROXY, "alice", "wrong", &from("192.0.2.7"))).await).await;
    assert!(page.contains("too many failed logins"), "{page}");
    let page = text_of(site.ask(tries(PROXY, "alice", "wrong", &from("192.0.2.8"))).await).await;
    assert!(page.contains("is not right"), "another client of the same proxy: {page}");
    // Who is no proxy is counted by its own address, whatever it says.
    for number in 0..8 {
        let headers = from(["3.3.3.3", "4.4.4.4"][number % 2]);
        site.ask(tries("198.51.100.9", &format!("other{number}"), "wrong", &headers)).await;
    }
    let page =
        text_of(site.ask(tries("198.51.100.9", "bob", "wrong", &from("5.5.5.5"))).await).await;
    assert!(page.contains("too many failed logins"), "{page}");

    let log = site.service.audit_list(&Actor::cli("test"), None, 100).await.unwrap();
    let refused = log.iter().filter(|entry| entry.action == "session.refused");
    let mut from: Vec<String> = refused
        .map(|entry| entry.detail.as_ref().unwrap()["from"].as_str().unwrap().to_owned())
        .collect();
    from.sort();
    from.dedup();
    assert_eq!(from, ["192.0.2.7", "192.0.2.8", "198.51.100.9"]);
}

#[tokio::test]
async fn a_form_of_the_public_name_is_ours_behind_a_proxy_that_asks_by_another() {
    let site = Site::with(behind_proxy("127.0.0.1:8080")).await;
    for (origin, status) in
        [(PUBLIC, StatusCode::SEE_OTHER), ("https://evil.example", StatusCode::FORBIDDEN)]
    {
        let mut request = asked(PROXY, "/logout", &[("origin", origin)]);
        request.headers_mut().insert(HOST, "127.0.0.1:8080".parse().unwrap());
        *request.method_mut() = axum::http::Method::POST;
        assert_eq!(site.ask(request).await.status(), status, "{origin}");
    }
}
