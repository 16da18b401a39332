//! What people say a port leads to: it stands at both ends, over devices and through runs, until released.

use super::collectors::{complete, playing};
use super::lab::{Lab, MINUTE, admin, on_both, quick};
use cadastre_model::{
    Actor, AssetId, Claim, FarPort, Identifier, Interface, Kind, Observation, RelationType, Scheme,
    Target, Timestamp, Value,
};
use cadastre_service::store::AssetPage;
use cadastre_service::{AssetEdit, Clock as _, Confidence, ErrorKind};

fn chassis(name: &str) -> Identifier {
    Identifier::plain(Scheme::LldpChassis, name).unwrap()
}

/// A switch with four ports, of which some lead to others: port, neighbour, its port.
fn switch(name: &str, leads: &[(&str, &str, &str)]) -> Observation {
    let mut seen = Observation::new(name, Kind::Switch, "");
    seen.facts.insert(cadastre_model::Attr::Name, cadastre_model::Fact::Value(Value::text(name)));
    seen.identifiers.insert(chassis(name));
    seen.interfaces = (1..=4)
        .map(|n| Interface {
            native_id: n.to_string(),
            name: Some(format!("Gi1/0/{n}")),
            ..Interface::default()
        })
        .collect();
    seen.claims = leads
        .iter()
        .map(|(port, to, far_port)| Claim {
            port: Some((*port).to_owned()),
            far_port: Some((*far_port).to_owned()),
            far_name: Some((*to).to_owned()),
            by: Some("lldp".to_owned()),
            ..Claim::new(RelationType::ConnectedTo, Target::Identifier(chassis(to)))
        })
        .collect();
    seen
}

/// Three runs over switches a, b and c: a and b tell of each other; then a tells of c in the place of b; then
/// of both.
async fn lab(register: super::lab::Register) -> (Lab, [AssetId; 3]) {
    let others = || [switch("b", &[("2", "a", "Gi1/0/1")]), switch("c", &[])];
    let of_a: [&[(&str, &str, &str)]; 3] = [
        &[("1", "b", "Gi1/0/2")],
        &[("4", "c", "Gi1/0/4")],
        &[("1", "b", "Gi1/0/2"), ("4", "c", "Gi1/0/4")],
    ];
    let scripts = of_a.map(|leads| {
        let [b, c] = others();
        complete("s", [switch("a", leads), b, c])
    });
    let lab = Lab::new(register, playing(scripts), quick());
    lab.add("it", "play", None).await;
    lab.run("it").await;
    let ids = [lab.asset("name:a").await, lab.asset("name:b").await, lab.asset("name:c").await];
    (lab, ids)
}

fn leads(port: &str, asset: AssetId, far_port: Option<&str>) -> AssetEdit {
    let far = FarPort { asset, port: far_port.map(str::to_owned) };
    AssetEdit { port_set: vec![(port.to_owned(), Some(far))], ..AssetEdit::default() }
}

fn nothing(port: &str) -> AssetEdit {
    AssetEdit { port_set: vec![(port.to_owned(), None)], ..AssetEdit::default() }
}

fn release(port: &str) -> AssetEdit {
    AssetEdit { port_release: vec![port.to_owned()], ..AssetEdit::default() }
}

async fn edit(lab: &Lab, id: AssetId, edit: &AssetEdit) {
    lab.clock_moves(MINUTE);
    lab.service.asset_edit(&admin(), id, edit).await.unwrap();
}

async fn page(lab: &Lab, id: AssetId, as_of: Option<Timestamp>) -> AssetPage {
    lab.service.asset_fetch(&admin(), id, as_of).await.unwrap()
}

/// Port, neighbour, its port and how that is known, of each neighbour.
fn told(page: &AssetPage) -> Vec<String> {
    let line = |one: &cadastre_service::store::Neighbour| {
        let name = one.known.as_ref().map_or("nothing", |known| known.name.as_str());
        let far_port = one.far_port.as_deref().unwrap_or("?");
        format!("{} {name} {far_port} {}", one.port, one.by.as_deref().unwrap_or_default())
    };
    page.neighbours.iter().map(line).collect()
}

/// The names of those that an asset is related to, with `~` where they claim it.
fn related(page: &AssetPage) -> Vec<String> {
    let line = |one: &cadastre_service::store::RelationLine| {
        format!("{}{}", if one.reverse { "~" } else { "" }, one.name)
    };
    page.relations.iter().map(line).collect()
}

async fn names(lab: &Lab, query: &str) -> Vec<String> {
    let query = lab.service.query(query).unwrap();
    let sort = cadastre_service::store::Sort::default();
    let found = lab.service.asset_list(&admin(), &query, None, sort, None, 50).await.unwrap();
    let mut names: Vec<String> = found.rows.into_iter().map(|row| row.doc.name).collect();
    names.sort();
    names
}

async fn links(lab: &Lab, actor: &Actor) -> Vec<String> {
    let topology = lab.service.topology(actor, None).await.unwrap();
    let line = |link: &cadastre_service::Link| {
        let name = |node| topology.nodes[node].name.clone();
        let port = |port: &Option<String>| port.clone().unwrap_or_else(|| "?".to_owned());
        let (from, to) = (name(&link.from), name(&link.to));
        let by = match link.confidence {
            Confidence::People => "people",
            Confidence::BothEnds => "both",
            Confidence::OneEnd => "one",
        };
        format!("{from} {} - {to} {}: {by}", port(&link.from_port), port(&link.to_port))
    };
    topology.links.iter().map(line).collect()
}

#[tokio::test]
async fn it_stands_at_both_ends_over_devices_and_through_runs() {
    on_both(async |register| {
        let (lab, [a, b, c]) = lab(register).await;
        lab.store.present_keep().await.unwrap();
        let before = lab.clock.now();
        assert_eq!(told(&page(&lab, a, None).await), ["Gi1/0/1 b Gi1/0/2 lldp"]);
        assert_eq!(names(&lab, "connected-to:(name:b)").await, ["a"]);
        assert_eq!(links(&lab, &admin()).await, ["a Gi1/0/1 - b Gi1/0/2: both"]);

        edit(&lab, a, &leads("gi1/0/1", c, Some("Gi1/0/3"))).await;
        for run in 0..3 {
            let (of_a, of_c) = (page(&lab, a, None).await, page(&lab, c, None).await);
            let on_four = (run > 0).then_some("Gi1/0/4 c Gi1/0/4 lldp".to_owned());
            let expected = ["Gi1/0/1 c Gi1/0/3 people".to_owned()].into_iter().chain(on_four);
            assert_eq!(told(&of_a), expected.collect::<Vec<_>>(), "after run {run}");
            assert_eq!(told(&of_c), ["Gi1/0/3 a Gi1/0/1 people"], "after run {run}");
            // What b says of its own port is b's.
            assert_eq!(told(&page(&lab, b, None).await), ["Gi1/0/2 a Gi1/0/1 lldp"]);
            assert_eq!(related(&of_a), ["c", "~b"], "after run {run}");
            assert_eq!(names(&lab, "connected-to:(name:b)").await, [""; 0], "after run {run}");
            assert_eq!(names(&lab, "connected-to:(name:c)").await, ["a"]);
            assert_eq!(names(&lab, "connected-to:(name:a)").await, ["b", "c"]);
            assert_eq!(names(&lab, "~connected-to:(name:c)").await, ["a"]);
            assert_eq!(names(&lab, "name:a connected-to:*").await, ["a"]);
            assert_eq!(names(&lab, "is:locked").await, ["a"]);
            let drawn = links(&lab, &admin()).await;
            assert!(drawn.contains(&"a Gi1/0/1 - c Gi1/0/3: people".to_owned()), "{drawn:?}");
            assert!(drawn.contains(&"b Gi1/0/2 - a Gi1/0/1: one".to_owned()), "{drawn:?}");
            lab.clock_moves(MINUTE);
            lab.run("it").await;
        }
        let past = page(&lab, a, Some(before)).await;
        assert_eq!(told(&past), ["Gi1/0/1 b Gi1/0/2 lldp"]);
        assert_eq!(related(&past), ["b", "~b"]);

        // Released at the other end; devices have the word, as they have it by now.
        edit(&lab, c, &release("gi1/0/3")).await;
        let now = page(&lab, a, None).await;
        assert_eq!(told(&now), ["Gi1/0/1 b Gi1/0/2 lldp", "Gi1/0/4 c Gi1/0/4 lldp"]);
        assert_eq!(related(&now), ["b", "c", "~b"]);
        assert_eq!(told(&page(&lab, c, None).await), [""; 0]);
        assert_eq!(names(&lab, "is:locked").await, [""; 0]);
        for (id, port) in [(a, "port Gi1/0/1"), (c, "port Gi1/0/3")] {
            let changes = lab.service.asset_changes(&admin(), id, None, None, 50).await.unwrap();
            let of_port: Vec<_> = changes.iter().filter(|one| one.subject == port).collect();
            assert_eq!(of_port.len(), 2, "{changes:?}");
            assert_eq!((of_port[0].after.as_ref(), of_port[1].before.as_ref()), (None, None));
            assert_eq!(of_port[0].before, of_port[1].after);
        }
    })
    .await;
}

#[tokio::test]
async fn a_port_may_lead_to_nothing_or_to_an_asset_whose_port_nobody_knows() {
    on_both(async |register| {
        let (lab, [a, b, c]) = lab(register).await;
        edit(&lab, a, &nothing("Gi1/0/1")).await;
        assert_eq!(told(&page(&lab, a, None).await), ["Gi1/0/1 nothing ? people"]);
        assert_eq!(related(&page(&lab, a, None).await), ["~b"]);
        // Both ends are wrong: then both are said.
        edit(&lab, b, &nothing("Gi1/0/2")).await;
        assert_eq!(related(&page(&lab, a, None).await), [""; 0]);
        assert_eq!(links(&lab, &admin()).await, [""; 0]);
        // Said anew, what was said before is over.
        edit(&lab, a, &leads("Gi1/0/1", c, None)).await;
        assert_eq!(told(&page(&lab, a, None).await), ["Gi1/0/1 c ? people"]);
        assert_eq!(told(&page(&lab, c, None).await), [" a Gi1/0/1 people"]);
        assert_eq!(related(&page(&lab, c, None).await), ["a"]);
        assert_eq!(links(&lab, &admin()).await, ["a Gi1/0/1 - c ?: people"]);
        edit(&lab, b, &release("Gi1/0/2")).await;
        edit(&lab, a, &leads("Gi1/0/1", b, Some("Gi1/0/2"))).await;
        assert_eq!(links(&lab, &admin()).await, ["a Gi1/0/1 - b Gi1/0/2: people"]);
        edit(&lab, b, &release("Gi1/0/2")).await;
        assert_eq!(links(&lab, &admin()).await, ["a Gi1/0/1 - b Gi1/0/2: both"]);
    })
    .await;
}

#[tokio::test]
async fn everything_wrong_is_said_at_once_and_nothing_is_written() {
    on_both(async |register| {
        let (lab, [a, b, c]) = lab(register).await;
        edit(&lab, b, &leads("Gi1/0/4", c, Some("Gi1/0/4"))).await;
        let far = |asset, port: &str| Some(FarPort { asset, port: Some(port.to_owned()) });
        let set = [
            ("Gi1/0/9", None),
            ("", None),
            ("Gi1/0/1", far(c, "Gi1/0/4")),
            ("Gi1/0/2", far(c, "eth0")),
            ("Gi1/0/2", far(AssetId(999), "eth0")),
            ("Gi1/0/3", far(a, "Gi1/0/4")),
        ];
        let wrong = AssetEdit {
            port_set: set.map(|(port, far)| (port.to_owned(), far)).into(),
            ..AssetEdit::default()
        };
        let before = lab.service.audit_list(&admin(), None, 100).await.unwrap();
        let error = lab.service.asset_edit(&admin(), a, &wrong).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Invalid);
        assert_eq!(
            error.message.lines().collect::<Vec<_>>(),
            [
                "port `Gi1/0/9`: a has none of that name; did you mean `Gi1/0/1`?",
                "port ``: a port has a name; expected one, such as Gi1/0/1",
                "port `eth0`: c has none of that name; it has Gi1/0/1, Gi1/0/2, Gi1/0/3, Gi1/0/4",
                "port `Gi1/0/2`: there is no asset 999 to lead to",
                "port `Gi1/0/2`: named twice; say once where it leads",
                format!("port `Gi1/0/3`: cannot lead to asset {a} itself").as_str(),
                "port `Gi1/0/1`: Gi1/0/4 of c is held already, it leads to b Gi1/0/4; release that \
                 first",
            ]
        );
        assert_eq!(lab.service.audit_list(&admin(), None, 100).await.unwrap(), before);
        assert_eq!(told(&page(&lab, a, None).await), ["Gi1/0/1 b Gi1/0/2 lldp"]);
    })
    .await;
}

#[tokio::test]
async fn an_asset_is_named_by_its_number_or_by_what_finds_it_alone() {
    on_both(async |register| {
        let (lab, [a, ..]) = lab(register).await;
        let named = async |text: &str| lab.service.asset_named(&admin(), text).await;
        assert_eq!(named(" A ").await.unwrap(), a);
        assert_eq!(named(&a.to_string()).await.unwrap(), a);
        let several = named("kind:switch").await.unwrap_err();
        assert!(several.message.starts_with("`kind:switch` finds several assets: "), "{several:?}");
        assert_eq!(named("nobody").await.unwrap_err().message, "`nobody` finds no asset");
        assert_eq!(named(" ").await.unwrap_err().kind, ErrorKind::Invalid);
    })
    .await;
}
