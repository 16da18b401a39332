//! What changes in a vCenter between two runs, and while one is on.

use super::super::support::{Said, values};
use super::{Vcsim, inside};
use cadastre_collect::Mode;
use cadastre_model::{Kind, Observation, RelationType, Target};
use serde_json::json;

const SMALL: [&str; 6] = ["-clusters", "2", "-hosts", "2", "-machines", "4"];

fn runs_on(seen: &Observation) -> &str {
    let claim = seen.claims.iter().find(|claim| claim.relation == RelationType::RunsOn).unwrap();
    match &claim.target {
        Target::Native(native) => native,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_keeps_its_identity() {
    let Some(vcsim) = Vcsim::start(&SMALL).await else { return };
    let before = vcsim.collected(json!({}), Mode::Live).await;
    before.assert_complete();

    let renamed = vcsim.id("VirtualMachine", "DC0_C0_RP0_VM0").await;
    let name = "<newName>web%2f01</newName>";
    vcsim.task("Rename_Task", "VirtualMachine", &renamed, name).await;
    let moved = vcsim.id("VirtualMachine", "DC0_C0_RP0_VM1").await;
    let host = vcsim.id("HostSystem", "DC0_C1_H1").await;
    let spec = format!("<spec><host type=\"HostSystem\">{host}</host></spec>");
    vcsim.task("RelocateVM_Task", "VirtualMachine", &moved, &spec).await;
    let gone = vcsim.id("VirtualMachine", "DC0_C0_RP0_VM2").await;
    vcsim.task("PowerOffVM_Task", "VirtualMachine", &gone, "").await;
    vcsim.task("Destroy_Task", "VirtualMachine", &gone, "").await;
    let folder = inside(&vcsim.property("Datacenter", "datacenter-2", "vmFolder").await, "val");
    let clone = format!(
        "<folder type=\"Folder\">{}</folder><name>copy</name><spec><location/>\
         <template>false</template><powerOn>false</powerOn></spec>",
        folder[0]
    );
    vcsim.task("CloneVM_Task", "VirtualMachine", &moved, &clone).await;
    let rest = vcsim.id("HostSystem", "DC0_C0_H0").await;
    let when = "<timeout>0</timeout>";
    vcsim.task("EnterMaintenanceMode_Task", "HostSystem", &rest, when).await;

    let after = vcsim.collected(json!({}), Mode::Live).await;
    after.assert_complete();
    assert_eq!(after.counts()[&Kind::Vm], 8, "one gone, one made");
    let was = before.named(Kind::Vm, "DC0_C0_RP0_VM0");
    assert_eq!(after.named(Kind::Vm, "web/01").native_id, was.native_id);
    let was = before.named(Kind::Vm, "DC0_C0_RP0_VM1");
    let is = after.named(Kind::Vm, "DC0_C0_RP0_VM1");
    assert_eq!(is.native_id, was.native_id);
    assert_eq!(runs_on(is), after.named(Kind::Server, "DC0_C1_H1").native_id);
    assert_ne!(runs_on(is), runs_on(was));
    let was = before.named(Kind::Vm, "DC0_C0_RP0_VM2");
    assert!(!after.seen.contains_key(&was.native_id));
    let copy = after.named(Kind::Vm, "copy");
    assert!(!before.seen.contains_key(&copy.native_id));
    let host = values(after.named(Kind::Server, "DC0_C0_H0"));
    assert_eq!(host["maintenance_mode"], "yes");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_machines_with_one_uuid_are_two() {
    let Some(vcsim) = Vcsim::start(&SMALL).await else { return };
    let before = vcsim.collected(json!({}), Mode::Live).await;
    let first = before.named(Kind::Vm, "DC0_C0_RP0_VM0");
    let uuid = values(first)["instance_uuid"].clone();
    let second = vcsim.id("VirtualMachine", "DC0_C0_RP0_VM1").await;
    vcsim.reconfigure(&second, &format!("<instanceUuid>{uuid}</instanceUuid>")).await;
    for _ in 0..2 {
        let after = vcsim.collected(json!({}), Mode::Live).await;
        after.assert_complete();
        assert_eq!(after.counts()[&Kind::Vm], 8);
        assert_eq!(after.named(Kind::Vm, "DC0_C0_RP0_VM0").native_id, first.native_id);
        let other = after.named(Kind::Vm, "DC0_C0_RP0_VM1");
        assert!(other.native_id.ends_with(&format!("/{second}")), "{}", other.native_id);
        let told: Vec<_> = after.details.iter().map(|one| one.subject.as_str()).collect();
        assert_eq!(told, [other.native_id.as_str()]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_wanted_is_seen() {
    let flags = ["-datacenters", "2", "-hosts", "1", "-machines", "2"];
    let Some(vcsim) = Vcsim::start(&flags).await else { return };
    let names = |said: &Said| -> Vec<String> {
        let named = said.seen.values().map(|seen| values(seen)["name"].clone());
        let mut named: Vec<String> = named.collect();
        named.sort();
        named
    };
    let said = vcsim.collected(json!({"include": ["*_VM1"], "exclude": ["DC1"]}), Mode::Live).await;
    said.assert_complete();
    assert_eq!(said.scopes.keys().collect::<Vec<_>>(), ["DC0"]);
    assert_eq!(names(&said), ["DC0_C0_RP0_VM1"]);
    let said = vcsim.collected(json!({"include": ["DC1"]}), Mode::Live).await;
    said.assert_complete();
    assert!(said.counts().len() >= 5 && said.seen.values().all(|seen| seen.scope == "DC1"));
}
