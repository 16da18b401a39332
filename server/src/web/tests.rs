//! The web side over a register of its own: who may ask for what, sessions, headers.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod arrival;
mod login;

use super::router;
use crate::config::Server;
use axum::Router;
use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, LOCATION, RETRY_AFTER, SET_COOKIE,
};
use axum::http::{Request, Response, StatusCode};
use cadastre_app::web::{Rule, routes};
use cadastre_model::{Actor, Role};
use cadastre_service::secrets::{Environment, Secrets};
use cadastre_service::shape::Column;
use cadastre_service::store::Store;
use cadastre_service::zone::Zone;
use cadastre_service::{RunSettings, Service, SetUpLink, SystemClock};
use http_body_util::BodyExt as _;
use secrecy::{ExposeSecret as _, SecretString};
use std::collections::BTreeMap;
use std::sync::Arc;
use tempfile::TempDir;
use tower::ServiceExt as _;

mod looking_on;

const PASSWORD: &str = "correct horse battery";

struct Site {
    service: Service,
    router: Router,
    set_up: Option<SecretString>,
    store: Store,
    _folder: TempDir,
}

impl Site {
    /// Reached over plain HTTP on this machine.
    async fn new() -> Site {
        Site::with(Site::plain()).await
    }

    fn plain() -> Server {
        let listen = "127.0.0.1:8080".parse().unwrap();
        Server { listen, tls: None, public_url: None, trusted_proxies: Vec::new() }
    }

    /// Reached as configured.
    async fn with(server: Server) -> Site {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("register.db").display());
        let store = Store::open_or_create(&url).await.unwrap();
        store.migrate(folder.path()).await.unwrap();
        let secrets = Secrets::new(None, None, Environment::fixed(BTreeMap::new()));
        let clock = Arc::new(SystemClock);
        let runs = RunSettings::default();
        let service = Service::new(store.clone(), Vec::new(), secrets, Zone::UTC, clock, runs);
        let (link, set_up) = SetUpLink::make(&service).await.unwrap();
        let router = router(service.clone(), link, &server);
        Site { service, router, set_up, store, _folder: folder }
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

    /// An account of a role; its name.
    async fn account(&self, role: Role) -> String {
        let (admin, name) = (Actor::cli("test"), format!("some-{role}"));
        let password = SecretString::from(PASSWORD);
        self.service.account_add(&admin, &name, role, password).await.unwrap();
        name
    }

    /// An account of a role that has logged in; its cookie.
    async fn logged_in(&self, role: Role) -> String {
        let name = self.account(role).await;
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
    let to = answer.headers().get(LOCATION).map(|to| to.to_str().unwrap());
    let is_login = to.is_some_and(|to| to == "/login" || to.starts_with("/login?next=%2F"));
    answer.status() == StatusCode::SEE_OTHER && is_login
}

/// Every address of the pages and of the interface for scripts, as nobody and as every role.
#[tokio::test]
async fn every_route_asks_for_leave() {
    let site = Site::new().await;
    let mut cookies = BTreeMap::new();
    for role in Role::ALL {
        cookies.insert(role, site.logged_in(role).await);
    }
    // Those that end the session come last.
    let api = crate::api::endpoints().into_iter().map(|endpoint| endpoint.route);
    let mut routes: Vec<_> = routes().into_iter().chain(api).collect();
    routes.sort_by_key(|route| route.path.starts_with("/logout"));
    for route in routes {
        let path = route.path.replace("{id}", "7").replace("{token}", "x").replace("{name}", "x");
        let what = format!("{} {}", route.method, route.path);
        let is_open = matches!(route.rule, Rule::Public | Rule::Open);
        let answer = site.send(route.method, &path, None, "").await;
        let is_refused = match route.path.starts_with("/api/") {
            true => answer.status() == StatusCode::UNAUTHORIZED,
            false => leads_to_login(&answer),
        };
        assert_eq!(is_refused, !is_open, "{what} as nobody: {}", answer.status());
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
    let answer = site.send("POST", "/login", None, right).await;
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait: u32 = answer.headers()[RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!(wait >= 1, "in seconds: {wait}");
    let page = text_of(answer).await;
    assert!(page.contains(&format!("too many failed logins; wait {wait} s")), "{page}");
}

#[tokio::test]
async fn every_answer_says_what_a_browser_may_do() {
    let site = Site::new().await;
    let cookie = site.logged_in(Role::Reader).await;
    for path in ["/", "/assets", "/assets/9", "/nowhere", "/login", "/assets?q=nokey:1"] {
        let answer = site.get(path, Some(&cookie)).await;
        let policy = answer.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none';") && !policy.contains("'unsafe-"),
            "{path}"
        );
        assert_eq!(answer.headers()[CACHE_CONTROL], "private, no-store", "{path}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff", "{path}");
        let page = text_of(answer).await;
        // Scripts are files of ours; nothing stands in the page itself.
        let (all, ours) = ("<script", "<script type=\"module\" async src=\"/static/boot.");
        assert_eq!(page.matches(all).count(), page.matches(ours).count(), "{path}");
        assert!(!page.contains(" style=") && !page.contains(" onclick="), "{path}");
    }
}

#[tokio::test]
async fn from_what_is_not_there_the_bar_leads_on() {
    let site = Site::new().await;
    let cookie = site.logged_in(Role::Reader).await;
    for path in ["/nowhere", "/assets/9", "/sources/none", "/audit"] {
        let answer = site.get(path, Some(&cookie)).await;
        assert!(answer.status().is_client_error(), "{path}: {}", answer.status());
        let page = text_of(answer).await;
        assert!(
            page.contains("some-reader (reader)") && page.contains("Look up an asset"),
            "{page}"
        );
    }
    let answer = site.get("/nowhere", None).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert!(!text_of(answer).await.contains("Look up an asset"), "nothing is there for strangers");
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
    for path in ["/assets?as_of=soon", "/assets?sort=kind", "/assets/x", "/assets/0"] {
        let status = site.get(path, Some(&cookie)).await.status();
        assert!(status.is_client_error(), "{path}: {status}");
    }
}

/// The cookie that keeps the columns: all of it.
fn kept_by(answer: &Response<Body>) -> Option<String> {
    let cookies = answer.headers().get_all(SET_COOKIE).iter();
    let mut lines = cookies.map(|line| line.to_str().unwrap().to_owned());
    lines.find(|line| line.starts_with("cadastre_columns="))
}

#[tokio::test]
async fn chosen_columns_are_named_in_the_address_and_kept_in_a_cookie() {
    let site = Site::new().await;
    let cookie = site.logged_in(Role::Reader).await;
    let asked = "/assets?q=env%3Aprod&choose=these&column=power&column=env&column=owner";
    for (asked, leads_to, kept) in [
        (asked, "q=env%3Aprod&columns=power,env,owner", "power.env.owner"),
        (&format!("{asked}&left=owner"), "q=env%3Aprod&columns=power,owner,env", "power.owner.env"),
        ("/assets?choose=these", "columns=name", "name"),
    ] {
        let answer = site.get(asked, Some(&cookie)).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{asked}");
        let link = format!("/assets?{leads_to}&done=columns-kept");
        assert_eq!(answer.headers()[LOCATION], link, "{asked}");
        let line = kept_by(&answer).unwrap();
        let flags = "Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax";
        assert_eq!(line, format!("cadastre_columns={kept}; {flags}"));
        let page = site.get(&link, Some(&cookie)).await;
        assert_eq!(kept_by(&page), None, "an address that somebody was sent keeps nothing");
        assert!(text_of(page).await.contains("are shown from now on in this browser"));
    }
    // Every column there is fits into what a browser keeps, and is read back.
    let all: Vec<&str> = Column::all().map(Column::name).filter(|name| *name != "name").collect();
    let ticks: String = all.iter().map(|name| format!("&column={name}")).collect();
    let answer = site.get(&format!("/assets?choose=these{ticks}"), Some(&cookie)).await;
    let line = kept_by(&answer).unwrap();
    assert!(line.starts_with(&format!("cadastre_columns={};", all.join("."))), "{line}");
    assert!(line.len() < 3_000, "{}", line.len());
    let answer = site.get("/assets?q=x&choose=usual&column=power", Some(&cookie)).await;
    assert_eq!(answer.headers()[LOCATION], "/assets?q=x&done=columns-usual");
    assert!(kept_by(&answer).unwrap().starts_with("cadastre_columns=; Path=/; Max-Age=0;"));
    // Words for what was done come from us alone.
    let page = text_of(site.get("/assets?done=you+are+hacked", Some(&cookie)).await).await;
    assert!(!page.contains("hacked"), "{page}");
}

#[tokio::test]
async fn a_column_that_is_none_is_told_with_those_there_are() {
    let site = Site::new().await;
    let cookie = site.logged_in(Role::Reader).await;
    for asked in [
        "/assets?columns=env,onwer",
        "/assets.csv?columns=env,onwer",
        "/assets?choose=these&column=env&column=onwer",
    ] {
        let answer = site.get(asked, Some(&cookie)).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{asked}");
        assert_eq!(kept_by(&answer), None, "{asked}");
        let page = text_of(answer).await;
        assert!(
            page.contains("there is no column <code>onwer<!></code>; did you mean <code>owner<!>"),
            "{page}"
        );
        assert!(page.contains("the columns there are: id, kind, name, "), "{page}");
        assert!(!page.contains("name=\"columns\""), "the form does not send it again: {page}");
    }
    // What a browser kept is no reason to fail: names that are columns no longer, or nonsense.
    let long = format!("cadastre_columns={}", "owner.".repeat(600));
    for kept in
        ["cadastre_columns=colour.owner", "cadastre_columns=\"<b>;=", "cadastre_columns=..", &long]
    {
        let cookies = format!("{cookie}; {kept}");
        let answer = site.get("/assets", Some(&cookies)).await;
        assert_eq!(answer.status(), StatusCode::OK, "{kept}");
    }
}

#[tokio::test]
async fn pages_are_compressed_for_those_who_asked_themselves() {
    let site = Site::new().await;
    let cookie = site.logged_in(Role::Reader).await;
    let taking = async |path: &str, who: &str, takes: &str| {
        let request = Request::builder()
            .uri(path)
            .header(COOKIE, &cookie)
            .header("accept-encoding", takes)
            .header("sec-fetch-site", who);
        site.ask(request.body(Body::empty()).unwrap()).await
    };
    let ask = async |path: &str, who: &str| taking(path, who, "br;q=1, GZIP;q=0.5").await;
    let coding = |answer: &Response<Body>| {
        answer.headers().get("content-encoding").map(|value| value.to_str().unwrap().to_owned())
    };
    let whole = site.get("/assets", Some(&cookie)).await;
    assert_eq!(coding(&whole), None, "what says nothing gets it as it is");
    let whole = text_of(whole).await;
    for who in ["none", "same-origin"] {
        let answer = ask("/assets", who).await;
        assert_eq!(coding(&answer).as_deref(), Some("gzip"), "{who}");
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        assert!(bytes.len() * 2 < whole.len(), "{} of {}", bytes.len(), whole.len());
        let mut page = String::new();
        std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&*bytes), &mut page)
            .unwrap();
        assert_eq!(page, whole, "{who}");
    }
    for who in ["cross-site", "same-site", "nonsense"] {
        assert_eq!(coding(&ask("/assets", who).await), None, "{who} could measure it");
    }
    assert_eq!(coding(&ask("/assets.csv", "none").await), None, "a file is streamed as it is");
    for takes in ["br", "gzip;q=0", "br, *;q=0", ""] {
        let answer = taking("/assets", "none", takes).await;
        assert_eq!((answer.status(), coding(&answer)), (StatusCode::OK, None), "{takes}");
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
