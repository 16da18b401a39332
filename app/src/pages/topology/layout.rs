//! Where each device of a drawing stands: a tree from left to right, its root the device in the middle of the
//! network. Pure: the same network is always drawn alike.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Heights are told in so many parts of a row: who has several below stands in the middle beside them.
pub const ROW: usize = 16;

type Neighbours = BTreeMap<usize, BTreeSet<usize>>;

/// Where each node stands, by its number.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Column, and height in parts of a row.
    pub places: BTreeMap<usize, (usize, usize)>,
    /// Columns.
    pub columns: usize,
    /// Rows.
    pub rows: usize,
}

/// Lays out `nodes` nodes with links between their numbers. `weight`: which is rather the root, of those that
/// are equally in the middle.
pub fn layout(nodes: usize, links: &[(usize, usize)], weight: impl Fn(usize) -> u8) -> Layout {
    let mut near: Neighbours = (0..nodes).map(|node| (node, BTreeSet::new())).collect();
    for (from, to) in links.iter().filter(|(from, to)| from != to) {
        near.entry(*from).or_default().insert(*to);
        near.entry(*to).or_default().insert(*from);
    }
    let mut trees: Vec<Tree> = Vec::new();
    let mut left: BTreeSet<usize> = near.keys().copied().collect();
    while let Some(any) = left.first().copied() {
        let together = Tree::from(any, &near).order;
        left.retain(|node| !together.contains(node));
        let whole = together.into_iter().map(|root| Tree::from(root, &near));
        let middle = |tree: &Tree| (tree.columns, tree.cables, Reverse(weight(tree.root())));
        trees.extend(whole.min_by_key(middle));
    }
    trees.sort_by_key(|tree| Reverse(tree.order.len()));
    let mut result = Layout::default();
    for tree in trees {
        tree.place(tree.root(), 0, &mut result);
        result.columns = result.columns.max(tree.columns);
    }
    result
}

/// What hangs together, breadth first from its root.
struct Tree {
    /// Every node, the root first.
    order: Vec<usize>,
    below: BTreeMap<usize, Vec<usize>>,
    columns: usize,
    /// Cables from the root to each node, added up.
    cables: usize,
}

impl Tree {
    fn from(root: usize, near: &Neighbours) -> Tree {
        let mut depths = BTreeMap::from([(root, 0_usize)]);
        let mut next = VecDeque::from([root]);
        let mut tree = Tree { order: Vec::new(), below: BTreeMap::new(), columns: 0, cables: 0 };
        while let Some(node) = next.pop_front() {
            let depth = depths.get(&node).copied().unwrap_or_default();
            tree.order.push(node);
            tree.columns = depth + 1;
            tree.cables += depth;
            for other in near.get(&node).into_iter().flatten() {
                if !depths.contains_key(other) {
                    depths.insert(*other, depth + 1);
                    next.push_back(*other);
                    tree.below.entry(node).or_default().push(*other);
                }
            }
        }
        tree
    }

    fn root(&self) -> usize {
        self.order.first().copied().unwrap_or_default()
    }

    /// Places a node beside the middle of those below it, and gives its height.
    fn place(&self, node: usize, column: usize, layout: &mut Layout) -> usize {
        let below = self.below.get(&node).map_or(&[][..], Vec::as_slice);
        let heights: Vec<usize> =
            below.iter().map(|one| self.place(*one, column + 1, layout)).collect();
        let height = match (heights.first(), heights.last()) {
            (Some(first), Some(last)) => usize::midpoint(*first, *last),
            _ => {
                layout.rows += 1;
                (layout.rows - 1) * ROW
            }
        };
        layout.places.insert(node, (column, height));
        height
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_the_root_though_others_have_more_links() {
        // 0 joins 1 and 2, which have four leaves each.
        let mut links = vec![(1, 0), (2, 0)];
        links.extend((3..=6).map(|leaf| (1, leaf)));
        links.extend((7..=10).map(|leaf| (leaf, 2)));
        let found = layout(12, &links, |_| 0);
        assert_eq!((found.columns, found.rows), (3, 9), "eight leaves, and one on its own");
        assert_eq!(found.places.get(&1), Some(&(1, 3 * ROW / 2)), "in the middle of its leaves");
        assert_eq!(found.places.get(&0), Some(&(0, 7 * ROW / 2)));
        assert_eq!(found.places.get(&11), Some(&(0, 8 * ROW)), "what is largest comes first");
        let places: BTreeSet<_> = found.places.values().collect();
        assert_eq!(places.len(), 12, "every node has a place of its own");
    }

    #[test]
    fn a_loop_ends() {
        let found = layout(3, &[(0, 1), (1, 2), (2, 0), (0, 0)], |node| u8::from(node == 2));
        assert_eq!(found.places.get(&2).map(|place| place.0), Some(0), "of equals the weightier");
        assert_eq!((found.columns, found.rows), (2, 2));
    }

    #[test]
    fn nothing_has_no_place() {
        assert_eq!(layout(0, &[], |_| 0), Layout::default());
    }
}
