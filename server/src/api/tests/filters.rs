//! Filters: what each finds, and what is refused by name.

use super::desk::{Desk, few};
use axum::http::StatusCode;

#[tokio::test]
async fn each_filter_finds_what_it_says() {
    let desk = Desk::new().await;
    desk.stock("cloud", few()).await;
    for (parameters, expected) in [
        ("", "db*01 web01 web02 Zürich disk"),
        ("id=1&id=4", "web01 Zürich disk"),
        ("id__n=1", "db*01 web02 Zürich disk"),
        ("kind=vm", "web01 web02"),
        ("kind=vm&kind=volume", "web01 web02 Zürich disk"),
        ("kind__n=vm", "db*01 Zürich disk"),
        ("name=WEB01", "web01"),
        ("name=db*01", "db*01"),
        ("name=db%2A", ""),
        ("name=", ""),
        ("name__n=web01&name__n=web02", "db*01 Zürich disk"),
        ("name__ic=b0", "web01 web02"),
        ("name__ic=*", "db*01"),
        ("name__nic=0", "Zürich disk"),
        ("name__isw=zur", "Zürich disk"),
        ("name__iew=01", "db*01 web01"),
        ("name__niew=01", "web02 Zürich disk"),
        ("os=say+%22HI%22+%5C+there", "db*01"),
        ("env=prod&env=test", "web01 web02"),
        ("env__n=prod", "db*01 web02 Zürich disk"),
        ("env__empty=true", "db*01 Zürich disk"),
        ("env__empty=false", "web01 web02"),
        ("env__isnull=true", "db*01 Zürich disk"),
        ("vcpu=8", "web02"),
        ("vcpu__gte=8", "db*01 web02"),
        ("vcpu__gt=8", "db*01"),
        ("vcpu__lt=8", "web01"),
        ("vcpu__lte=8", "web01 web02"),
        ("vcpu__n=8", "db*01 web01 Zürich disk"),
        ("encrypted=true", "web01"),
        ("tag=team", "web01 web02"),
        ("tag=team=payments", "web01"),
        ("tag=team&tag=backup", "web01"),
        ("tag__n=backup", "db*01 web02 Zürich disk"),
        ("power=on&lifecycle=active&freshness=live", "db*01 web01 web02 Zürich disk"),
        ("source=cloud&source=other", "db*01 web01 web02 Zürich disk"),
        ("source__n=cloud", ""),
        ("conflicted=true", ""),
        ("locked=false", "db*01 web01 web02 Zürich disk"),
        ("first_seen__gte=2026-11-21", "db*01 web01 web02 Zürich disk"),
        ("first_seen__lt=2026-11-21", ""),
        ("q=web", "web01 web02"),
        ("q=ZURICH", "Zürich disk"),
        ("q=db*01", "db*01"),
        ("q=kind:vm", ""),
        ("query=kind:vm+vcpu%3E4", "web02"),
        ("query=kind:vm&name__ic=01&q=web", "web01"),
    ] {
        let (names, count) = desk.names(parameters).await;
        assert_eq!(names.join(" "), expected, "{parameters}");
        assert_eq!(count, names.len() as u64, "{parameters}");
    }
}

#[tokio::test]
async fn what_cannot_be_translated_is_refused_by_name() {
    let desk = Desk::new().await;
    for (parameters, name, said) in [
        ("onwer=x", "onwer", "did you mean `owner`?"),
        ("zzzzzz=x", "zzzzzz", "or a filter: id, kind"),
        ("name__regex=x", "name__regex", "what works is name, name__n, name__ic"),
        ("vcpu__ic=1", "vcpu__ic", "what works is vcpu, vcpu__n, vcpu__lt"),
        ("kind__ic=v", "kind__ic", "what works is kind, kind__n"),
        ("kind=wm", "kind", "did you mean"),
        ("vcpu=many", "vcpu", "many"),
        ("vcpu=4..8", "vcpu", "is not a number"),
        ("vcpu__gte=", "vcpu__gte", "is not a number"),
        ("vcpu=4+OR+vcpu:8", "vcpu", "is not a number"),
        ("last_seen__lt=30d", "last_seen__lt", "query=seen<30d"),
        ("launched=soon", "launched", "is not a day or moment"),
        ("name__ic=", "name__ic", "a value is missing"),
        ("env__empty=perhaps", "env__empty", "neither true nor false"),
        ("cf_x=1", "cf_x", "no custom fields"),
        ("created__gte=2026-01-01", "created__gte", "first_seen and last_seen can"),
        ("filter=mine", "filter", "no saved filters"),
        ("free_addresses=1", "free_addresses", "only its newest value is kept"),
        ("query=envv:prod", "query", "column 1"),
        ("query=a&query=b", "query", "more than once"),
        ("limit=1001", "limit", "from 0 to 1000"),
        ("limit=x", "limit", "from 0 to 1000"),
        ("offset=10001", "offset", "follow `next`"),
        ("offset=1&start=x", "offset", "one or the other"),
        ("ordering=name,-id", "ordering", "one key at a time"),
        ("ordering=colour", "ordering", "nothing `colour` to order by"),
        ("fields=id,colour", "fields", "there is no field `colour`"),
        ("brief=true&fields=id", "brief", "one or the other"),
        ("as_of=soon", "as_of", "is not a moment"),
        ("as_of=2030-01-01", "as_of", "has not come yet"),
    ] {
        let answer = desk.ask(&format!("/api/inventory/assets/?{parameters}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{parameters}: {}", answer.body);
        let problems = &answer.body["errors"][name];
        let problem =
            problems[0].as_str().unwrap_or_else(|| panic!("{parameters}: {}", answer.body));
        assert!(problem.contains(said), "{parameters}: {problem}");
    }
}

#[tokio::test]
async fn everything_wrong_is_said_at_once() {
    let desk = Desk::new().await;
    let path =
        "/api/inventory/assets/?limit=x&kind=wm&kind=vn&name__regex=a&query=a:b%20c:d&bogus=1";
    let answer = desk.ask(path).await;
    let names: Vec<&String> = answer.body["errors"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["bogus", "kind", "limit", "name__regex", "query"]);
    assert_eq!(answer.body["errors"]["kind"].as_array().unwrap().len(), 2);
    assert_eq!(answer.body["errors"]["query"].as_array().unwrap().len(), 2);
    let many = (0..300).map(|id| format!("id={id}")).collect::<Vec<_>>().join("&");
    let answer = desk.ask(&format!("/api/inventory/assets/?{many}")).await;
    assert!(answer.body["errors"]["id"][0].as_str().unwrap().contains("at most 256"));
}
