//! Going back after the login, who is looked up, and `HEAD`.

use super::{PASSWORD, Site, text_of};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use cadastre_app::web::AssetFile;
use cadastre_model::Role;

/// A form as browsers send it.
fn form(name: &str, password: &str, next: &str) -> String {
    let fields = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("name", name), ("password", password), ("next", next)])
        .finish();
    assert!(!fields.contains(' '));
    fields
}

#[tokio::test]
async fn the_login_leads_back_to_the_page_that_was_asked_for() {
    let site = Site::new().await;
    let cookie = site.logged_in(Role::Reader).await;
    let page = "/assets?q=env%3Aprod+web&sort=-name";
    let answer = site.get(page, None).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let login = answer.headers()[LOCATION].to_str().unwrap().to_owned();
    assert_eq!(login, "/login?next=%2Fassets%3Fq%3Denv%253Aprod%2Bweb%26sort%3D-name");
    let shown = "name=\"next\" value=\"/assets?q=env%3Aprod+web&amp;sort=-name\"";
    let text = text_of(site.get(&login, None).await).await;
    assert!(text.contains(shown), "{text}");

    let answer = site.send("POST", "/login", None, &form("some-reader", "wrong", page)).await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    let text = text_of(answer).await;
    assert!(text.contains(shown), "kept over a wrong password: {text}");
    let answer = site.send("POST", "/login", None, &form("some-reader", PASSWORD, page)).await;
    assert_eq!(
        (answer.status(), &answer.headers()[LOCATION]),
        (StatusCode::SEE_OTHER, &page.parse().unwrap())
    );
    // Who is there already goes straight on.
    assert_eq!(site.get(&login, Some(&cookie)).await.headers()[LOCATION], page);

    // What is sent is not sent again, and the first page needs no mention.
    for (method, path) in [("POST", "/assets/7/edit"), ("POST", "/logout"), ("GET", "/")] {
        let answer = site.send(method, path, None, "").await;
        assert_eq!(answer.headers()[LOCATION], "/login", "{method} {path}");
    }
}

#[tokio::test]
async fn the_login_leads_nowhere_else() {
    let site = Site::new().await;
    let cookie = site.logged_in(Role::Reader).await;
    for trick in [
        "//evil.example",
        "https://evil.example",
        "https:evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\r\n/evil.example",
        "/\r\nSet-Cookie: x=y",
        "/.//evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "evil.example",
        "/\u{2044}evil.example",
    ] {
        let answer = site.send("POST", "/login", None, &form("some-reader", PASSWORD, trick)).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{trick:?}");
        assert_eq!(answer.headers()[LOCATION], "/", "{trick:?}");
        let next: String = url::form_urlencoded::byte_serialize(trick.as_bytes()).collect();
        let login = format!("/login?next={next}");
        let text = text_of(site.get(&login, None).await).await;
        assert!(!text.contains("name=\"next\"") && !text.contains("evil"), "{trick:?}: {text}");
        assert_eq!(site.get(&login, Some(&cookie)).await.headers()[LOCATION], "/", "{trick:?}");
    }
    // What comes in the path itself is no better.
    for path in ["//evil.example", "/assets//evil.example", "/assets/..//evil.example"] {
        let answer = site.get(path, None).await;
        let to = answer.headers().get(LOCATION).map(|to| to.to_str().unwrap().to_owned());
        assert!(to.is_none_or(|to| to == "/login"), "{path}");
    }
}

#[tokio::test]
async fn static_files_and_nothing_are_there_without_the_register() {
    let site = Site::new().await;
    let cookie = site.logged_in(Role::Reader).await;
    site.store.clone().close().await;
    let style = AssetFile::STYLE.address();
    assert_eq!(site.get(&style, Some(&cookie)).await.status(), StatusCode::OK);
    assert_eq!(site.get("/static/none", Some(&cookie)).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(site.get("/nowhere", Some(&cookie)).await.status(), StatusCode::NOT_FOUND);
    let answer = site.get("/", Some(&cookie)).await;
    assert!(answer.status().is_server_error(), "a page needs it: {}", answer.status());
}

#[tokio::test]
async fn head_is_get_without_what_follows() {
    let site = Site::new().await;
    let cookie = site.logged_in(Role::Reader).await;
    let style = AssetFile::STYLE.address();
    for path in ["/", "/assets", "/assets/9", "/nowhere", "/login", "/healthz", style.as_str()] {
        for cookie in [None, Some(cookie.as_str())] {
            let (get, head) =
                (site.get(path, cookie).await, site.send("HEAD", path, cookie, "").await);
            assert_eq!(head.status(), get.status(), "{path}");
            for name in ["content-type", "content-length", "cache-control", "content-encoding"] {
                assert_eq!(head.headers().get(name), get.headers().get(name), "{path}: {name}");
            }
            assert_eq!(text_of(head).await, "", "{path}");
        }
    }
}
