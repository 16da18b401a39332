//! The published mix: twelve shapes of query, as people type them. None may be left out.

use crate::dice::Dice;
use crate::estate::{Estate, Machine};

/// One shape, and how a query of it is made up.
pub struct Shape {
    /// What people look for, with an example.
    pub name: &'static str,
    /// A query of the shape.
    pub text: fn(&Estate, &mut Dice) -> String,
}

/// The mix: each shape as often as any other.
pub const SHAPES: [Shape; 12] = [
    Shape { name: "a name or an instance id: web-prod-004711", text: name_or_id },
    Shape { name: "an address: 10.2.3.4", text: address },
    Shape { name: "a network: 10.2.3.0/24", text: network },
    Shape { name: "half a MAC: 06:1f:2e", text: half_a_mac },
    Shape { name: "an ARN", text: arn },
    Shape { name: "text with few hits: 04711", text: few },
    Shape { name: "text with many hits: prod", text: many },
    Shape { name: "kind and tag: kind:instance tag:team=data", text: kind_and_tag },
    Shape { name: "two tags: tag:team=data tag:env=prod", text: two_tags },
    Shape { name: "nobody's: env:prod -owner:*", text: unowned },
    Shape { name: "a range: memory>=64GiB region:eu-west-1", text: range },
    Shape { name: "a relation: in-network:(name:...)", text: relation },
];

fn machine(estate: &Estate, dice: &mut Dice) -> Machine {
    estate.machine(dice.below(estate.instances()))
}

fn name_or_id(estate: &Estate, dice: &mut Dice) -> String {
    let machine = machine(estate, dice);
    if dice.chance(50) { machine.name() } else { machine.id() }
}

fn address(estate: &Estate, dice: &mut Dice) -> String {
    machine(estate, dice).address(0).to_string()
}

fn network(estate: &Estate, dice: &mut Dice) -> String {
    let [a, b, c, _] = machine(estate, dice).address(0).octets();
    format!("{a}.{b}.{c}.0/24")
}

/// The first or the last three octets.
fn half_a_mac(estate: &Estate, dice: &mut Dice) -> String {
    let mac = machine(estate, dice).mac(dice.below(2));
    let (first, last) = mac.split_at(8);
    if dice.chance(50) { first.to_owned() } else { last.trim_start_matches(':').to_owned() }
}

fn arn(estate: &Estate, dice: &mut Dice) -> String {
    machine(estate, dice).arn()
}

fn few(estate: &Estate, dice: &mut Dice) -> String {
    format!("{:05}", machine(estate, dice).number / 10)
}

fn many(_: &Estate, dice: &mut Dice) -> String {
    dice.pick(&["prod", "staging", "web", "checkout", "compute.internal", "ip-10-"]).to_owned()
}

fn kind_and_tag(estate: &Estate, dice: &mut Dice) -> String {
    format!("kind:instance tag:team={}", machine(estate, dice).team)
}

fn two_tags(estate: &Estate, dice: &mut Dice) -> String {
    let machine = machine(estate, dice);
    if dice.chance(50) {
        return format!("tag:team={} tag:env={}", machine.team, machine.environment);
    }
    format!("tag:service={} tag:env={}", machine.service, machine.environment)
}

fn unowned(estate: &Estate, dice: &mut Dice) -> String {
    format!("env:{} -owner:*", machine(estate, dice).environment)
}

fn range(estate: &Estate, dice: &mut Dice) -> String {
    let least = dice.pick(&[16, 32, 64, 128, 256]);
    format!("memory>={least}GiB region:{}", machine(estate, dice).place.region)
}

fn relation(estate: &Estate, dice: &mut Dice) -> String {
    let machine = machine(estate, dice);
    format!("in-network:(name:{})", crate::estate::subnet_name(machine.place, machine.subnet))
}
