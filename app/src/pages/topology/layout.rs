//! Where each device of a drawing stands: in layers below the one with the most links, each near those above
//! that it hangs on. Pure: the same network is always drawn alike.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Devices side by side; a layer of more goes on in the next row.
const ACROSS: usize = 7;

/// Column and row of each node, by its number.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Where each stands.
    pub places: BTreeMap<usize, (usize, usize)>,
    /// Columns.
    pub columns: usize,
    /// Rows.
    pub rows: usize,
}

/// Lays out `nodes` nodes with links between their numbers. `weight`: which is rather on top, of those that
/// have equally many links.
pub fn layout(nodes: usize, links: &[(usize, usize)], weight: impl Fn(usize) -> u8) -> Layout {
    let mut near: BTreeMap<usize, BTreeSet<usize>> =
        (0..nodes).map(|node| (node, BTreeSet::new())).collect();
    for (from, to) in links.iter().filter(|(from, to)| from != to) {
        near.entry(*from).or_default().insert(*to);
        near.entry(*to).or_default().insert(*from);
    }
    let mut result = Layout::default();
    let mut left: BTreeSet<usize> = near.keys().copied().collect();
    let rank =
        |node: &usize| (near.get(node).map_or(0, BTreeSet::len), weight(*node), Reverse(*node));
    let mut alone = Vec::new();
    while let Some(top) = left.iter().copied().max_by_key(rank) {
        let layers = layers(top, &near);
        for node in layers.iter().flatten() {
            left.remove(node);
        }
        match layers.as_slice() {
            [only] if only.len() == 1 => alone.extend(only),
            _ => layers.iter().for_each(|layer| place(&mut result, layer)),
        }
    }
    place(&mut result, &alone);
    result
}

/// Breadth first; within a layer in the order of those above that each hangs on.
fn layers(top: usize, near: &BTreeMap<usize, BTreeSet<usize>>) -> Vec<Vec<usize>> {
    let mut depths = BTreeMap::from([(top, 0_usize)]);
    let mut next = VecDeque::from([top]);
    let mut layers: Vec<Vec<usize>> = Vec::new();
    while let Some(node) = next.pop_front() {
        let depth = depths.get(&node).copied().unwrap_or_default();
        if layers.len() == depth {
            layers.push(Vec::new());
        }
        if let Some(layer) = layers.get_mut(depth) {
            layer.push(node);
        }
        for other in near.get(&node).into_iter().flatten() {
            if !depths.contains_key(other) {
                depths.insert(*other, depth + 1);
                next.push_back(*other);
            }
        }
    }
    layers
}

fn place(layout: &mut Layout, layer: &[usize]) {
    for row in layer.chunks(ACROSS) {
        for (column, node) in row.iter().enumerate() {
            layout.places.insert(*node, (column, layout.rows));
        }
        layout.columns = layout.columns.max(row.len());
        layout.rows += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_on_top_and_every_node_has_a_place_of_its_own() {
        let star: Vec<(usize, usize)> = (1..=9).map(|leaf| (leaf, 0)).collect();
        let found = layout(11, &star, |_| 0);
        assert_eq!(found.places.get(&0), Some(&(0, 0)));
        assert_eq!(found.places.len(), 11);
        let places: BTreeSet<_> = found.places.values().collect();
        assert_eq!(places.len(), 11);
        assert_eq!((found.columns, found.rows), (7, 4), "nine leaves in two rows, one on its own");
    }

    #[test]
    fn a_loop_ends() {
        let found = layout(3, &[(0, 1), (1, 2), (2, 0), (0, 0)], |node| u8::from(node == 2));
        assert_eq!(found.places.get(&2), Some(&(0, 0)), "of equals the weightier is on top");
        assert_eq!(found.rows, 2);
    }

    #[test]
    fn nothing_has_no_place() {
        assert_eq!(layout(0, &[], |_| 0), Layout::default());
    }
}
