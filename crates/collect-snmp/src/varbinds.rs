//! What was read of a device: variables in the order of their identifiers, asked column by column.

use crate::oid::Oid;
use crate::text::clean;
use crate::value::Value;

/// Variables by identifier, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Varbinds(Vec<(Oid, Value)>);

impl Varbinds {
    /// These variables; of two of one name the later stands.
    pub(crate) fn new(mut all: Vec<(Oid, Value)>) -> Varbinds {
        if !all.is_sorted_by(|a, b| a.0 < b.0) {
            all.sort_by(|a, b| a.0.cmp(&b.0));
            all.reverse();
            all.dedup_by(|a, b| a.0 == b.0);
            all.reverse();
        }
        Varbinds(all)
    }

    /// With those of another; where both have one, the other's stands.
    pub(crate) fn merge(&mut self, other: Varbinds) {
        if other.0.is_empty() {
            return;
        }
        let mut all = std::mem::take(&mut self.0);
        all.extend(other.0);
        *self = Varbinds::new(all);
    }

    /// How many.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Oid, &Value)> {
        self.0.iter().map(|(oid, value)| (oid, value))
    }

    /// The variable of exactly this name.
    pub(crate) fn get(&self, oid: &[u32]) -> Option<&Value> {
        let at = self.0.binary_search_by(|(name, _)| name.arcs().cmp(oid)).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    /// The scalar `root.0`.
    pub(crate) fn scalar(&self, root: &[u32]) -> Option<&Value> {
        self.cell(root, &[0])
    }

    /// The scalar `root.0` as text that may be shown.
    pub(crate) fn scalar_text(&self, root: &[u32]) -> Option<String> {
        clean(self.scalar(root)?.bytes()?)
    }

    /// The cell of a column in the row of this index.
    pub(crate) fn cell(&self, column: &[u32], index: &[u32]) -> Option<&Value> {
        self.get(&[column, index].concat())
    }

    /// That cell as text that may be shown.
    pub(crate) fn text(&self, column: &[u32], index: &[u32]) -> Option<String> {
        clean(self.cell(column, index)?.bytes()?)
    }

    /// That cell as a number.
    pub(crate) fn int(&self, column: &[u32], index: &[u32]) -> Option<i64> {
        self.cell(column, index)?.int()
    }

    /// All below `root`, each with its numbers after that.
    pub(crate) fn below<'a>(
        &'a self,
        root: &'a [u32],
    ) -> impl Iterator<Item = (&'a [u32], &'a Value)> {
        let start = self.0.partition_point(|(oid, _)| oid.arcs() < root);
        let rest = self.0.get(start..).unwrap_or_default();
        rest.iter()
            .map_while(move |(oid, value)| oid.after(root).map(|index| (index, value)))
            .filter(|(index, _)| !index.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(all: &[(&[u32], i64)]) -> Varbinds {
        Varbinds::new(all.iter().map(|(oid, n)| (Oid::new(oid), Value::Int(*n))).collect())
    }

    #[test]
    fn sorted_each_once_the_later_stands() {
        let all = of(&[(&[1, 2, 10], 1), (&[1, 2, 9], 2), (&[1, 2, 10], 3), (&[1, 3], 4)]);
        assert_eq!(all.len(), 3);
        let below: Vec<_> =
            all.below(&[1, 2]).map(|(index, v)| (index.to_vec(), v.int())).collect();
        assert_eq!(below, [(vec![9], Some(2)), (vec![10], Some(3))]);
        assert_eq!(all.cell(&[1], &[3]), Some(&Value::Int(4)));
        assert_eq!(all.get(&[1]), None);
        let mut both = all.clone();
        both.merge(of(&[(&[1, 3], 5), (&[0, 1], 6)]));
        assert_eq!((both.len(), both.get(&[1, 3])), (4, Some(&Value::Int(5))));
    }
}
