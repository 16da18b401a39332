//! The web side over a register of its own: who may ask for what, sessions, headers.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::router;
use axum::Router;
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{Request, Response, StatusCode};
use cadastre_app::web::{Rule, routes};
use cadastre_model::{Actor, Role};
use cadastre_service::secrets::{Environment, Secrets};
use cadastre_service::store::Store;
use cadastre_service::zone::Zone;
use cadastre_service::{RunSettings, Service, SetUpLink, SystemClock};
use http_body_util::BodyExt as _;
use secrecy::{ExposeSecret as _, SecretString};
use std::collections::BTreeMap;
use std::sync::Arc;
use tempfile::TempDir;
use tower::ServiceExt as _;

const PASSWORD: &str = "correct horse battery";

struct Site {
    service: Service,
    router: Router,
    set_up: Option<SecretString>,
    _folder: TempDir,
}

impl Site {
    async fn new() -> Site {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("register.db").display());
        let store = Store::open_or_create(&url).await.unwrap();
        store.migrate(folder.path()).await.unwrap();
        let secrets = Secrets::new(None, None, Environment::fixed(BTreeMap::new()));
        let clock = Arc::new(SystemClock);
        let runs = RunSettings::default();
        let service = Service::new(store, Vec::new(), secrets, Zone::UTC, clock, runs);
        let (link, set_up) = SetUpLink::make(&service).await.unwrap();
        let router = router(service.clone(), link);
        Site { service, router, set_up, _folder: folder }
    }

    async fn ask(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }

    async fn get(&self, path: &str, cookie: Option<&str>) -> Response<Body> {
        self.send("GET", path, cookie, "").await
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        cookie: Option<&str>,
        form: &str,
    ) -> Response<Body> {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(cookie) = cookie {
            request = request.header(COOKIE, cookie);
        }
        if method == "POST" {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        self.ask(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    /// An account of a role that has logged in; its cookie.
    async fn logged_in(&self, role: Role) -> String {
        let (admin, name) = (Actor::cli("test"), format!("some-{role}"));
        let password = SecretString::from(PASSWORD);
        self.service.account_add(&admin, &name, role, password).await.unwrap();
        let form = format!("name={name}&password={}", PASSWORD.replace(' ', "+"));
        cookie_of(&self.send("POST", "/login", None, &form).await)
    }
}

/// The name and value of the cookie that an answer sets.
fn cookie_of(answer: &Response<Body>) -> String {
    let cookie = answer.headers()[SET_COOKIE].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

async fn text_of(answer: Response<Body>) -> String {
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn leads_to_login(answer: &Response<Body>) -> bool {
    answer.status() == StatusCode::SEE_OTHER && answer.headers()[LOCATION] == "/login"
}

/// Every address of the pages, as nobody and as every role.
#[tokio::test]
async fn every_route_asks_for_leave() {
    let site = Site::new().await;
    let mut cookies = BTreeMap::new();
    for role in Role::ALL {
        cookies.insert(role, site.logged_in(role).await);
    }
    // Those that end the session come last.
    let mut routes = routes();
    routes.sort_by_key(|route| route.path.starts_with("/logout"));
    for route in routes {
        let path = route.path.replace("{id}", "7").replace("{token}", "x").replace("{name}", "x");
        let what = format!("{} {}", route.method, route.path);
        let is_open = route.rule == Rule::Open;
        let answer = site.send(route.method, &path, None, "").await;
        assert_eq!(leads_to_login(&answer), !is_open, "{what} as nobody: {}", answer.status());
        if is_open || route.rule == Rule::SignedIn {
            continue;
        }
        for role in Role::ALL {
            let answer = site.send(route.method, &path, Some(&cookies[&role]), "").await;
            let Rule::May(permission) = route.rule else { unreachable!() };
            let is_refused = answer.status() == StatusCode::FORBIDDEN;
            assert_eq!(is_refused, !role.allows(permission), "{what} as {role}");
        }
    }
}

#[tokio::test]
async fn the_set_up_link_makes_one_account() {
    let site = Site::new().await;
    let path = format!("/setup/{}", site.set_up.as_ref().unwrap().expose_secret());
    assert_eq!(site.get("/setup/wrong", None).await.status(), StatusCode::NOT_FOUND);
    let page = text_of(site.get(&path, None).await).await;
    assert!(page.contains("Make the account"), "{page}");

    for (form, wrong) in [
        ("name=alice&password=short&again=short", "expected 12 or more"),
        ("name=alice&password=long+enough+1&again=long+enough+2", "not the same"),
        ("name=A+B&password=long+enough+1&again=long+enough+1", "cannot be used"),
    ] {
        let answer = site.send("POST", &path, None, form).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let page = text_of(answer).await;
        assert!(page.contains(wrong) && !page.contains("long enough 1"), "{page}");
    }

    let form = "name=alice&password=long+enough+1&again=long+enough+1";
    let answer = site.send("POST", &path, None, form).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let cookie = cookie_of(&answer);
    assert!(text_of(site.get("/", Some(&cookie)).await).await.contains("alice (admin)"));
    // It has done its work.
    assert_eq!(site.get(&path, None).await.status(), StatusCode::NOT_FOUND);
    let again = site.send("POST", &path, None, &form.replace("alice", "bob")).await;
    assert_eq!(again.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_session_is_a_cookie_that_scripts_cannot_read_and_ends() {
    let site = Site::new().await;
    let cookie = site.logged_in(Role::Reader).await;
    let form = "name=some-reader&password=correct+horse+battery";
    let answer = site.send("POST", "/login", None, form).await;
    let set = answer.headers()[SET_COOKIE].to_str().unwrap();
    for flag in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=604800"] {
        assert!(set.contains(flag), "{set}");
    }
    let other = cookie_of(&answer);
    assert_ne!(cookie, other, "each login is a session of its own");

    let out = site.send("POST", "/logout", Some(&cookie), "").await;
    assert!(out.headers()[SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
    assert!(leads_to_login(&site.get("/", Some(&cookie)).await), "it has ended in the register");
    assert_eq!(site.get("/", Some(&other)).await.status(), StatusCode::OK);
    site.send("POST", "/logout/everywhere", Some(&other), "").await;
    assert!(leads_to_login(&site.get("/", Some(&other)).await));
    assert!(leads_to_login(&site.get("/", Some("cadastre_session=made-up")).await));
}

#[tokio::test]
async fn a_wrong_login_tells_nothing_and_is_slowed_down() {
    let site = Site::new().await;
    site.logged_in(Role::Reader).await;
    let mut pages = Vec::new();
    for form in ["name=some-reader&password=wrong", "name=nobody&password=wrong"] {
        let answer = site.send("POST", "/login", None, form).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        assert!(answer.headers().get(SET_COOKIE).is_none());
        let page = text_of(answer).await;
        assert!(page.contains("name or password is not right"), "{page}");
        pages.push(page.replace("some-reader", "").replace("nobody", ""));
    }
    assert_eq!(pages[0], pages[1]);
    for _ in 0..5 {
        site.send("POST", "/login", None, "name=some-reader&password=wrong").await;
    }
    let right = "name=some-reader&password=correct+horse+battery";
    let page = text_of(site.send("POST", "/login", None, right).await).await;
    assert!(page.contains("too many failed logins; wait "), "{page}");
}

#[tokio::test]
async fn every_answer_says_what_a_browser_may_do() {
    let site = Site::new().await;
    let cookie = site.logged_in(Role::Reader).await;
    for path in ["/", "/assets", "/assets/9", "/nowhere", "/login", "/assets?q=nokey:1"] {
        let answer = site.get(path, Some(&cookie)).await;
        let policy = answer.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{path}");
        assert_eq!(answer.headers()[CACHE_CONTROL], "private, no-store", "{path}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff", "{path}");
        let page = text_of(answer).await;
        assert!(!page.contains("<script") && !page.contains(" style="), "{path}");
    }
}

#[tokio::test]
async fn a_form_from_elsewhere_is_refused() {
    let site = Site::new().await;
    let cookie = site.logged_in(Role::Admin).await;
    let post = |site: &str| {
        Request::builder()
            .method("POST")
            .uri("/logout")
            .header(COOKIE, &cookie)
            .header("sec-fetch-site", site)
            .body(Body::empty())
            .unwrap()
    };
    assert_eq!(site.ask(post("cross-site")).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(site.get("/", Some(&cookie)).await.status(), StatusCode::OK, "nothing was done");
    assert_eq!(site.ask(post("same-origin")).await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_query_that_cannot_be_read_is_shown_with_the_place() {
    let site = Site::new().await;
    let cookie = site.logged_in(Role::Reader).await;
    let answer = site.get("/assets?q=envv%3Aprod", Some(&cookie)).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = text_of(answer).await;
    assert!(page.contains("value=\"envv:prod\"") && page.contains('^'), "{page}");
    for path in ["/assets?as_of=soon", "/assets?sort=nothing", "/assets/x", "/assets/0"] {
        let status = site.get(path, Some(&cookie)).await.status();
        assert!(status.is_client_error(), "{path}: {status}");
    }
}

#[tokio::test]
async fn static_files_are_compressed_and_kept() {
    let site = Site::new().await;
    let style = cadastre_app::web::AssetFile::STYLE.address();
    for (accept, coding) in [("gzip, br", Some("br")), ("gzip", Some("gzip")), ("", None)] {
        let request = Request::builder().uri(&style).header("accept-encoding", accept);
        let answer = site.ask(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let said = answer.headers().get("content-encoding").map(|value| value.to_str().unwrap());
        assert_eq!(said, coding);
        assert!(answer.headers()[CACHE_CONTROL].to_str().unwrap().contains("immutable"));
    }
}
