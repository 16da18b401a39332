//! Aggregates and their members: IEEE8023-LAG-MIB, ifStackTable (RFC 2863), CISCO-PAGP-MIB.

use super::Span;
use super::interfaces::{LAG, Port};
use crate::varbinds::Varbinds;
use std::collections::BTreeMap;

/// `dot3adAggPortSelectedAggID`, `dot3adAggPortAttachedAggID`.
const LACP: &[u32] = &[1, 2, 840, 10006, 300, 43, 1, 2, 1, 1];
/// `ifStackStatus`, by upper and lower interface.
const STACK: &[u32] = &[1, 3, 6, 1, 2, 1, 31, 1, 2, 1];
/// `pagpGroupIfIndex`.
const PAGP: &[u32] = &[1, 3, 6, 1, 4, 1, 9, 9, 98, 1, 1, 1, 1];

/// Of every device.
pub(crate) const SPANS: &[Span] = &[Span::of(LACP, 12, 13), Span::of(STACK, 3, 3)];

/// Of Cisco's.
pub(crate) const CISCO_SPANS: &[Span] = &[Span::of(PAGP, 8, 8)];

/// The aggregate of each member, both by `ifIndex`.
pub(crate) fn decode(all: &Varbinds, ports: &BTreeMap<u32, Port>) -> BTreeMap<u32, u32> {
    let is_lag = |port: u32| ports.get(&port).is_some_and(|port| port.sort == Some(LAG));
    let mut lags = BTreeMap::new();
    for (row, value) in all.below(&[STACK, &[3]].concat()) {
        // 1: active.
        if let ([upper, lower], Some(1)) = (row, value.int())
            && is_lag(*upper)
            && ports.contains_key(lower)
        {
            lags.insert(*lower, *upper);
        }
    }
    // What says it outright beats what is told from layers; attached beats selected.
    for (root, column) in [(PAGP, 8), (LACP, 12), (LACP, 13)] {
        for (row, value) in all.below(&[root, &[column]].concat()) {
            let lag = value.int().and_then(|lag| u32::try_from(lag).ok());
            if let ([member], Some(lag)) = (row, lag)
                && lag != *member
                && ports.contains_key(&lag)
            {
                lags.insert(*member, lag);
            }
        }
    }
    lags
}
