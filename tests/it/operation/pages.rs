//! The pages of a running server, without JavaScript: from the set-up link to an edited owner.

use super::stand::{SOURCE, Serving, Stand, wait_until};
use cadastre_tests::http::{self, Answer};
use cadastre_tests::recording::Recording;
use serde_json::Value;
use std::cell::RefCell;

on_both!(from_the_set_up_link_to_an_edit, a_tag_is_held_from_its_page);

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// Someone with a browser that runs no script.
pub struct Person<'a> {
    serving: &'a Serving,
    pub cookie: String,
    /// The cookie of the columns, once they were chosen.
    kept: RefCell<String>,
}

impl<'a> Person<'a> {
    /// Makes the first account by the link that the server printed.
    pub fn sets_up(serving: &'a Serving) -> Person<'a> {
        let mut path = String::new();
        // It is printed after the address, for which alone `serve` has waited.
        wait_until("the set-up link is printed", || {
            let printed = serving.running.stdout();
            let link = printed.split_once("/setup/").and_then(|(_, rest)| rest.split_once('\n'));
            path = link.map_or_else(String::new, |(token, _)| format!("/setup/{token}"));
            link.is_some()
        });
        let form = "name=alice&password=long+enough+1&again=long+enough+1";
        let answer = http::post(serving.address, &path, &[FORM], form).unwrap();
        assert_eq!(answer.status, 303, "{}", answer.body);
        let (_, cookie) = answer.head.split_once("set-cookie: ").unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Person { serving, cookie, kept: RefCell::default() }
    }

    pub fn asks(&self, path: &str) -> Answer {
        let cookies = match self.kept.borrow().as_str() {
            "" => self.cookie.clone(),
            kept => format!("{}; {kept}", self.cookie),
        };
        let cookie = ("Cookie", cookies.as_str());
        http::get_with(self.serving.address, path, &[cookie]).unwrap()
    }

    pub fn sees(&self, path: &str) -> String {
        let answer = self.asks(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        without_marks(&answer.body)
    }

    pub fn sends(&self, path: &str, form: &str) -> Answer {
        let cookie = ("Cookie", self.cookie.as_str());
        let mut answer = http::post(self.serving.address, path, &[FORM, cookie], form).unwrap();
        answer.body = without_marks(&answer.body);
        answer
    }

    /// Sends a form that is taken; where the answer leads.
    #[track_caller]
    pub(super) fn leads(&self, path: &str, form: &str) -> String {
        let answer = self.sends(path, form);
        assert_eq!(answer.status, 303, "{path}: {}", answer.body);
        let (_, to) = answer.head.split_once("location: ").unwrap();
        to.lines().next().unwrap().trim().to_owned()
    }
}

/// A page without what Leptos puts between texts.
fn without_marks(page: &str) -> String {
    page.replace("<!>", "")
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
    wait_until("the run is shown", || alice.sees("/").contains("Cloud instances"));

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
    chosen_columns(&alice);
    news(&alice);
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

/// The heads of the list's table.
fn heads(page: &str) -> Vec<String> {
    let head = page.split_once("<thead>").unwrap().1.split_once("</thead>").unwrap().0;
    let word = |cell: &str| {
        let text = cell.split_once("</").unwrap().0;
        text.rsplit('>').next().unwrap().to_owned()
    };
    head.split("<th ").skip(1).map(word).collect()
}

/// Chosen once, they are shown until others are; an address that names its own goes before.
fn chosen_columns(alice: &Person<'_>) {
    let usual = ["Name", "Kind", "owner", "env", "cloud_account", "region", "Seen", "Last seen"];
    assert_eq!(heads(&alice.sees("/assets")), usual);
    let form = "/assets?q=kind%3Ainstance&choose=these&column=vcpu&column=Tags&column=tags";
    assert_eq!(alice.asks(form).status, 422, "`Tags` is none");
    let answer = alice.asks(&form.replace("&column=Tags", ""));
    assert_eq!(answer.status, 303, "{}", answer.body);
    let (_, to) = answer.head.split_once("location: ").unwrap();
    let to = to.lines().next().unwrap().to_owned();
    let (_, cookie) = answer.head.split_once("set-cookie: ").unwrap();
    alice.kept.replace(cookie.split(';').next().unwrap().to_owned());

    let page = alice.sees(&to);
    assert_eq!(heads(&page), ["Name", "vcpu", "tags"].map(|word| word.replace("tags", "Tags")));
    assert!(page.contains("These columns are shown from now on"), "{page}");
    // The next page, a facet and another order keep what the address names.
    assert!(page.contains("columns=vcpu,tags&amp;after="), "{page}");
    assert!(page.contains("&amp;sort=vcpu&amp;columns=vcpu,tags"), "{page}");
    assert_eq!(heads(&alice.sees("/assets")), ["Name", "vcpu", "Tags"]);
    assert_eq!(heads(&alice.sees("/assets?columns=power")), ["Name", "Power"]);
    let csv = alice.sees("/assets.csv?q=kind%3Ainstance&columns=vcpu,tags");
    // The client shows what came: the lengths of the parts stand between them.
    let rows: Vec<&str> = csv.lines().filter(|line| line.contains(',')).collect();
    assert_eq!(rows.first(), Some(&"id,name,vcpu,tags"));
    assert_eq!(rows.len(), 81);
    alice.kept.replace(String::new());
}

/// What changed last, with the run that found it, and how much each day.
fn news(alice: &Person<'_>) {
    let page = alice.sees("/");
    assert!(page.contains("Changed last") && page.contains(&format!(" of {SOURCE}")), "{page}");
    assert!(page.contains("What runs found, day by day"), "{page}");
    let drawn = page.split_once("days-new-title").unwrap().1;
    assert!(drawn.contains("<rect"), "{page}");
}

/// Asked for in the browser, queued for a worker; who looks at the audit log sees who asked.
fn a_run_from_the_page(stand: &Stand, alice: &Person<'_>) {
    let path = format!("/sources/{SOURCE}/run");
    // Nobody works here, so it waits, however often it is asked for.
    for _ in 0..2 {
        let answer = alice.sends(&path, "");
        assert_eq!(answer.status, 303, "{}", answer.body);
        let (_, to) = answer.head.split_once("location: ").unwrap();
        let page = alice.sees(to.lines().next().unwrap());
        assert!(page.contains("account is queued; a worker takes it in a moment"), "{page}");
    }
    assert_eq!(stand.sql().number("SELECT count(*) FROM job WHERE kind = 'discover'"), 1);
    let log = alice.sees("/audit");
    assert!(log.contains("account.add") && log.contains("user:alice"), "{log}");
    assert_eq!(log.matches("run.queue").count(), 1, "{log}");
}

fn edited(alice: &Person<'_>, id: i64, first_seen: &str) {
    let path = format!("/assets/{id}/edit");
    // Who may own it is offered.
    let page = alice.sees(&format!("/assets/{id}"));
    assert!(page.contains("<option value=\"payments\">payments (team)</option>"), "{page}");
    let answer = alice.sends(&path, "place=owner&attribute=owner&do=set&value=payment");
    assert_eq!(answer.status, 422);
    // Beside the form, with what was typed.
    let form = part(&answer.body, "id=\"owner\"", "</form>");
    assert!(form.contains("there is no person or team <code>payment"), "{form}");
    assert!(form.contains("value=\"payment\""), "{form}");
    assert_eq!(alice.sends(&path, "attribute=owner&do=sell").status, 422);
    let answer = alice.sends(&path, "attribute=&value=&do=set");
    assert!(
        answer.status == 422 && answer.body.contains("choose the attribute"),
        "{}",
        answer.body
    );

    let answer = alice.sends(&path, "place=owner&attribute=owner&do=set&value=payments");
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert!(answer.head.contains(&format!("location: /assets/{id}#owner")), "{}", answer.head);
    // Who changed something sees it at once.
    let page = alice.sees(&format!("/assets/{id}"));
    assert!(page.contains("payments") && page.contains("held by user:alice"), "{page}");
    assert!(alice.sees("/assets?q=owner%3Apayments").contains("1 found"));

    // As of before: it says so, has no owner and offers no edit.
    let past = alice.sees(&format!("/assets/{id}?as_of={first_seen}"));
    assert!(past.contains("You are looking at the past"), "{past}");
    assert!(!past.contains("held by") && !past.contains("Set and hold"), "{past}");
    // Before it was known the page says when it came, and offers another day.
    let before = alice.asks(&format!("/assets/{id}?as_of=2020-01-01"));
    assert_eq!(before.status, 404);
    for said in ["Not known then", "It was first seen", "Show another day", "Back to now"] {
        assert!(before.body.contains(said), "{said}: {}", before.body);
    }
    // Released, the word is the sources' again.
    assert_eq!(alice.sends(&path, "attribute=owner&do=release").status, 303);
    assert!(!alice.sees(&format!("/assets/{id}")).contains("held by"));
}

/// What stands between two marks of a page.
fn part<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    let (_, rest) = page.split_once(from).unwrap_or_else(|| panic!("no {from}: {page}"));
    rest.split_once(to).unwrap_or_else(|| panic!("no {to}: {rest}")).0
}

/// A tag that a source states is held at another value, held away, and released; one is added.
fn a_tag_is_held_from_its_page(stand: Stand) {
    let serving = stand.serve(&["--no-workers"]);
    let alice = Person::sets_up(&serving);
    let estate = |edition| Recording::of(&[("eu-west-1", 4)]).edition(edition);
    stand.put_recording(&estate(1));
    stand.complete();
    let found = stand.json(&["assets", "tag:edition=1 tag:team=search", "--limit", "1"]);
    let asset = &found[0];
    let id = asset["id"].as_i64().unwrap();
    let (path, place) = (format!("/assets/{id}"), format!("location: /assets/{id}#tags"));
    let sends = |form: &str| alice.sends(&format!("{path}/edit"), &format!("place=tags&{form}"));
    let fact = |key: &str| {
        let page = alice.sees(&path);
        part(&page, &format!("<dt class=\"id\">{key}</dt>"), "</dd>").to_owned()
    };
    wait_until("the run is shown", || alice.asks(&path).status == 200);
    let plain = fact("edition");
    assert!(plain.contains(&format!("<li>{SOURCE} says so, last on")), "{plain}");

    let answer = sends("do=tag-set&key=Edition&value=held");
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert!(answer.head.contains(&place), "{}", answer.head);
    estate(2).write(&stand.cadastre.home().join(format!("{SOURCE}.recording")));
    stand.complete();
    wait_until("the run is shown", || fact("Edition").contains(">2</span>"));
    let held = fact("Edition");
    for said in ["held</a>", "held by user:alice", "set by user:alice on", "edition="] {
        assert!(held.contains(said), "{said}: {held}");
    }
    assert!(alice.sees("/assets?q=tag%3Aedition%3Dheld").contains("1 found"));
    let shown = stand.json(&["asset", &id.to_string()]);
    let why = &shown["tag_provenance"]["Edition"];
    assert_eq!(why["value"], "held");
    assert_eq!(why["lock"]["actor"], "user:alice");
    assert_eq!(why["losers"][0]["value"], "2");

    assert_eq!(sends("do=tag-remove&key=edition").status, 303);
    assert!(fact("edition").contains("deliberately without it"));
    assert!(alice.sees("/assets?q=tag%3Aedition").contains("3 found"), "the others have it");
    assert_eq!(sends("do=tag-set&key=rack&value=").status, 303);
    assert!(fact("rack").contains("without a value"));
    let answer = sends("do=tag-set&key=+&value=12&effective_from=");
    assert_eq!(answer.status, 422);
    let form = part(&answer.body, "id=\"tag-new-key\"", "</form>");
    assert!(form.contains("a tag has a key") && form.contains("value=\"12\""), "{form}");

    // Any past day shows them as they stood, without forms.
    let first_seen = asset["first_seen"].as_str().unwrap();
    let past = alice.sees(&format!("{path}?as_of={first_seen}"));
    assert!(!past.contains("held by") && !past.contains("Add a tag"), "{past}");
    // What has the same tag is asked for on that day, too.
    let same = format!(
        "/assets?q=tag%3A%22edition%22%3D%221%22&amp;as_of={}",
        first_seen.replace(':', "%3A")
    );
    assert!(past.contains(&same), "{past}");

    for key in ["edition", "rack"] {
        assert_eq!(sends(&format!("do=tag-release&key={key}")).status, 303);
    }
    assert!(fact("edition").contains(">2</a>"), "as the source says now");
    assert!(!alice.sees(&path).contains("<dt class=\"id\">rack</dt>"));
    let log =
        stand.sql().texts("SELECT detail FROM audit WHERE action = 'asset.edit' ORDER BY seq");
    assert!(
        log[0].contains("set tag Edition") && log[1].contains("removed tag edition"),
        "{log:?}"
    );
    serving.running.terminate().expect_status(0);
}
