//! The pages of a running server, without JavaScript: from the set-up link to an edited owner.

use super::stand::{SOURCE, Serving, Stand};
use cadastre_tests::http::{self, Answer};
use cadastre_tests::recording::Recording;
use serde_json::Value;

on_both!(from_the_set_up_link_to_an_edit);

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// Someone with a browser that runs no script.
struct Person<'a> {
    serving: &'a Serving,
    cookie: String,
}

impl<'a> Person<'a> {
    /// Makes the first account by the link that the server printed.
    fn sets_up(serving: &'a Serving) -> Person<'a> {
        let printed = serving.running.stdout();
        let link = printed.split_once("/setup/").unwrap_or_else(|| panic!("{printed}")).1;
        let path = format!("/setup/{}", link.trim());
        let form = "name=alice&password=long+enough+1&again=long+enough+1";
        let answer = http::post(serving.address, &path, &[FORM], form).unwrap();
        assert_eq!(answer.status, 303, "{}", answer.body);
        let (_, cookie) = answer.head.split_once("set-cookie: ").unwrap();
        Person { serving, cookie: cookie.split(';').next().unwrap().to_owned() }
    }

    fn asks(&self, path: &str) -> Answer {
        let cookie = ("Cookie", self.cookie.as_str());
        http::get_with(self.serving.address, path, &[cookie]).unwrap()
    }

    fn sees(&self, path: &str) -> String {
        let answer = self.asks(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        // What Leptos puts between texts.
        answer.body.replace("<!>", "")
    }

    fn sends(&self, path: &str, form: &str) -> Answer {
        let cookie = ("Cookie", self.cookie.as_str());
        http::post(self.serving.address, path, &[FORM, cookie], form).unwrap()
    }
}

fn from_the_set_up_link_to_an_edit(stand: Stand) {
    let serving = stand.serve(&["--no-workers"]);
    let alice = Person::sets_up(&serving);
    assert!(alice.sees("/").contains("No source is configured"), "it says what to do first");

    stand.put_recording(&Recording::of(&[("eu-west-1", 80)]));
    stand.complete();
    stand.cadastre.run(&["party", "add", "payments", "--kind", "team"]).expect_status(0);
    let shown = stand.cadastre.run(&["assets", "kind:instance", "--limit", "1", "--json"]).json();
    let id = shown[0]["id"].as_i64().unwrap();
    let asset = stand.cadastre.run(&["asset", &id.to_string(), "--json"]).json();
    // What the other process wrote is shown a second later at most.
    super::stand::wait_until("the run is shown", || alice.sees("/").contains("Cloud instances"));

    for asked in lookups(&asset) {
        let page = alice.sees(&format!("/assets?q={asked}"));
        assert!(page.contains(&format!("href=\"/assets/{id}\"")), "{asked}: {page}");
    }
    every_row_once(&alice);
    let rows = alice
        .sees("/assets.csv?q=kind%3Ainstance")
        .lines()
        .filter(|line| line.contains(",instance,"))
        .count();
    assert_eq!(rows, 80, "all rows, not those of a page");
    a_run_from_the_page(&stand, &alice);
    edited(&alice, id, asset["first_seen"].as_str().unwrap());
    let page = stand.cadastre.run(&["asset", &id.to_string(), "--json"]).json();
    let mut changes = page["changes"].as_array().unwrap().iter();
    assert!(changes.any(|one| one["actor"] == "user:alice" && one["after"] == "payments"));
    serving.running.terminate().expect_status(0);
}

/// Its name, its id, an address, its tag, and where it is from.
fn lookups(asset: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap().replace('/', "%2F");
    let name = text(&asset["name"]);
    let arn = asset["attributes"]["arn"].as_str().unwrap();
    let instance = arn.rsplit('/').next().unwrap().to_owned();
    let address = text(&asset["attributes"]["private_ip"]);
    let tag = format!("tag:Name={name}");
    vec![name, instance, address, tag, format!("source:{SOURCE}%20kind:instance")]
        .into_iter()
        .map(|asked| asked.replace(':', "%3A").replace('=', "%3D"))
        .collect()
}

/// All pages of the list together show each asset once.
fn every_row_once(alice: &Person<'_>) {
    let mut seen = Vec::new();
    let mut path = "/assets?q=kind%3Ainstance&sort=-name".to_owned();
    loop {
        let page = alice.sees(&path);
        assert!(page.contains("80 found"), "{page}");
        let rows = page.split("<td><a href=\"/assets/").skip(1);
        seen.extend(rows.map(|row| row.split('"').next().unwrap().to_owned()));
        let next = page.split("href=\"").find(|link| link.contains("rel=\"next\""));
        let Some(next) = next.or_else(|| page.split("<a ").find(|a| a.contains("Next page")))
        else {
            break;
        };
        let link = next.split_once("/assets?").unwrap().1.split('"').next().unwrap();
        path = format!("/assets?{}", link.replace("&amp;", "&"));
    }
    assert_eq!(seen.len(), 80);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 80, "each once");
}

/// Asked for in the browser, queued for a worker; who looks at the audit log sees who asked.
fn a_run_from_the_page(stand: &Stand, alice: &Person<'_>) {
    let path = format!("/sources/{SOURCE}/run");
    for said in ["is queued", "waits in the queue or runs already"] {
        let answer = alice.sends(&path, "");
        assert_eq!(answer.status, 303, "{}", answer.body);
        let (_, to) = answer.head.split_once("location: ").unwrap();
        assert!(alice.sees(to.lines().next().unwrap()).contains(said), "{said}");
    }
    assert_eq!(stand.sql().number("SELECT count(*) FROM job WHERE kind = 'discover'"), 1);
    let log = alice.sees("/audit");
    assert!(log.contains("account.add") && log.contains("user:alice"), "{log}");
}

fn edited(alice: &Person<'_>, id: i64, first_seen: &str) {
    let path = format!("/assets/{id}/edit");
    let answer = alice.sends(&path, "attribute=owner&do=set&value=payment");
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("there is no person or team `payment`"), "{}", answer.body);

    let answer = alice.sends(&path, "attribute=owner&do=set&value=payments");
    assert_eq!(answer.status, 303, "{}", answer.body);
    // Who changed something sees it at once.
    let page = alice.sees(&format!("/assets/{id}"));
    assert!(page.contains("payments") && page.contains("held by user:alice"), "{page}");
    assert!(alice.sees("/assets?q=owner%3Apayments").contains("1 found"));

    // As of before: it says so, has no owner and offers no edit.
    let past = alice.sees(&format!("/assets/{id}?as_of={first_seen}"));
    assert!(past.contains("You are looking at the past"), "{past}");
    assert!(!past.contains("held by") && !past.contains("Set and hold"), "{past}");
    // Released, the word is the sources' again.
    assert_eq!(alice.sends(&path, "attribute=owner&do=release").status, 303);
    assert!(!alice.sees(&format!("/assets/{id}")).contains("held by"));
}
