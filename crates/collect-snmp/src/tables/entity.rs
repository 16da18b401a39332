//! ENTITY-MIB (RFC 6933): chassis, stacks, modules, and their serial numbers.

use super::Span;
use crate::varbinds::Varbinds;
use std::collections::BTreeMap;

const ENTRY: &[u32] = &[1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1];

/// All but the vendor's type (3) and the place among siblings (6).
pub(crate) const SPANS: &[Span] =
    &[Span::of(ENTRY, 2, 2), Span::of(ENTRY, 4, 5), Span::of(ENTRY, 7, 13)];

const CHASSIS: i64 = 3;
const MODULE: i64 = 9;
const STACK: i64 = 11;

/// Strings that agents send where they have no serial number.
const NO_SERIAL: [&str; 9] =
    ["n/a", "na", "none", "empty", "unknown", "not available", "not applicable", "invalid", "0"];

/// One physical part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Part {
    /// `entPhysicalIndex`.
    pub index: u32,
    /// What it is in words.
    pub description: Option<String>,
    /// The part it is in; 0: none.
    pub within: Option<i64>,
    /// Its class as a number.
    pub class: Option<i64>,
    /// What people call it.
    pub name: Option<String>,
    /// Revision of the hardware.
    pub hardware: Option<String>,
    /// Revision of the firmware.
    pub firmware: Option<String>,
    /// Revision of the software.
    pub software: Option<String>,
    /// The maker's serial number.
    pub serial: Option<String>,
    /// The maker.
    pub maker: Option<String>,
    /// The maker's name for the model.
    pub model: Option<String>,
}

/// The parts that matter to a register.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    /// The boxes: one of a plain device, several of a stack, in the order of their indexes.
    pub chassis: Vec<Part>,
    /// Whether they form a stack.
    pub is_stack: bool,
    /// What can be pulled out and has a serial number of its own.
    pub modules: Vec<Part>,
}

/// Reads the table.
pub(crate) fn decode(all: &Varbinds) -> Parts {
    let mut parts: BTreeMap<u32, Part> = BTreeMap::new();
    for (index, _) in all.below(ENTRY) {
        let [_, index] = index else { continue };
        parts.entry(*index).or_insert_with(|| part(all, *index));
    }
    let of = |class: i64| parts.values().filter(move |part| part.class == Some(class)).cloned();
    let mut chassis: Vec<Part> = of(CHASSIS).collect();
    if chassis.is_empty() {
        // Hosts call their box something else; it is the one that is in no other.
        chassis = parts
            .values()
            .filter(|part| part.within == Some(0) && part.class != Some(STACK))
            .take(1)
            .cloned()
            .collect();
    }
    // A chassis may be listed again inside another (a slot, a virtual chassis).
    let mut known = Vec::new();
    chassis.retain(|part| {
        let is_new = part.serial.is_none() || !known.contains(&part.serial);
        known.push(part.serial.clone());
        is_new
    });
    let modules = of(MODULE).filter(|part| part.serial.is_some() && !known.contains(&part.serial));
    let modules = modules.collect();
    let is_stack = of(STACK).next().is_some() && chassis.len() > 1;
    Parts { chassis, is_stack, modules }
}

fn part(all: &Varbinds, index: u32) -> Part {
    let text = |column: u32| all.text(&[ENTRY, &[column]].concat(), &[index]);
    let int = |column: u32| all.int(&[ENTRY, &[column]].concat(), &[index]);
    Part {
        index,
        description: text(2),
        within: int(4),
        class: int(5),
        name: text(7),
        hardware: text(8),
        firmware: text(9),
        software: text(10),
        serial: text(11).filter(|serial| is_serial(serial)),
        maker: text(12),
        model: text(13),
    }
}

/// Whether this is a serial number rather than a word for not having one.
pub(crate) fn is_serial(text: &str) -> bool {
    !NO_SERIAL.iter().any(|none| text.eq_ignore_ascii_case(none))
}
