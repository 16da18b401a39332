//! Identifier-shaped input in SQL: looked up by whole keys and ranges, never by text.
//!
//! Addresses are terms of the asset that has them now. All other identifiers are those of its
//! records.

use super::condition::{JOIN, Translator};
use crate::sql::Sql;
use cadastre_model::identifier::{ip_index_range, uuid_swapped};
use cadastre_model::query::{Lookup, Query};
use cadastre_model::{Identifier, Scheme};

/// The key of the terms that are addresses; beside the numbers of `model::terms::TermKey`, never
/// reused.
pub(crate) const ADDRESS: i16 = 4;

impl Translator {
    /// `SELECT asset_id ...` of the assets that are found by it.
    pub(super) fn lookup(&self, sql: &mut Sql, lookup: &Lookup) {
        match lookup {
            Lookup::Whole(one) if one.scheme == Scheme::Ip => {
                self.term_rows(sql, ADDRESS);
                sql.push(" AND t.value = ?", [one.index_value().into()]);
            }
            Lookup::Whole(one) => self.whole(sql, one.scheme, &one.index_value()),
            Lookup::Uuid(uuid) => {
                self.whole(sql, Scheme::SmbiosUuid, uuid);
                sql.raw(" UNION ALL ");
                self.whole(sql, Scheme::AdGuid, uuid);
                if let Some(swapped) = uuid_swapped(uuid) {
                    sql.raw(" UNION ALL ");
                    self.whole(sql, Scheme::SmbiosUuid, &swapped);
                }
            }
            Lookup::MacPart(part) => {
                self.identified(sql, |sql| {
                    sql.push("i.scheme = ?", [Scheme::Mac.code().into()]);
                    self.starts_with(sql, "i.value", part);
                });
                sql.raw(" UNION ALL ");
                let tail: String = part.chars().rev().collect();
                self.identified(sql, |sql| {
                    sql.raw("i.tail IS NOT NULL");
                    self.starts_with(sql, "i.tail", &tail);
                });
            }
            Lookup::Net(net) => {
                let (first, last) = ip_index_range(net);
                self.term_rows(sql, ADDRESS);
                sql.push(" AND t.value >= ? AND t.value <= ?", [first.into(), last.into()]);
            }
        }
    }

    fn whole(&self, sql: &mut Sql, scheme: Scheme, value: &str) {
        self.identified(sql, |sql| {
            sql.push("i.scheme = ? AND i.value = ?", [scheme.code().into(), value.into()]);
        });
    }

    fn identified(&self, sql: &mut Sql, condition: impl FnOnce(&mut Sql)) {
        sql.raw(&format!(
            "SELECT l.asset_id FROM identifier i{JOIN}link l WHERE l.record_key = i.record_key AND "
        ));
        condition(sql);
        sql.raw(" AND ");
        self.holds(sql, "i");
        sql.raw(" AND ");
        self.holds(sql, "l");
    }
}

/// Whether few assets can have it: such parts of a query are the best to begin with.
pub(super) fn is_exact(query: &Query) -> bool {
    match query {
        Query::Id(_) => true,
        Query::Lookup(Lookup::Uuid(_)) => true,
        Query::Lookup(Lookup::Whole(Identifier { scheme, .. })) => *scheme != Scheme::Native,
        Query::Or(parts) => parts.iter().all(is_exact),
        _ => false,
    }
}
