//! Relations in SQL: claims of records, joined to assets at the point in time asked for.
//!
//! A claim names its object by native id within its source, or by an identifier that exactly one
//! asset has. In the SQL here `c` is the claim, `sl` the link of the record that makes it to the
//! subject, `ol` the link of the claimed record to the object. Cables that people hold (`held_port`) name
//! both assets themselves.

use super::condition::{JOIN, Translator};
use super::lookup::is_exact;
use crate::sql::Sql;
use cadastre_model::query::Query;
use cadastre_model::{AssetDoc, AssetId, RelationType, Scheme};

/// The two ends of an edge, by the alias of their link.
const SUBJECT: &str = "sl";
const OBJECT: &str = "ol";

/// Cables that people hold: each leads both ways.
const HELD_EDGES: &str = "SELECT asset_id AS here, far_asset AS there, rev_from, rev_to \
     FROM held_port WHERE far_asset IS NOT NULL UNION ALL \
     SELECT far_asset, asset_id, rev_from, rev_to FROM held_port WHERE far_asset IS NOT NULL";

fn ends(reverse: bool) -> (&'static str, &'static str) {
    if reverse { (OBJECT, SUBJECT) } else { (SUBJECT, OBJECT) }
}

impl Translator {
    /// `SELECT asset_id ...` of the assets that stand in a relation to one that fulfils `other`,
    /// beginning with the latter.
    pub fn related(&self, relation: RelationType, reverse: bool, other: &Query) -> Sql {
        let (here, there) = ends(reverse);
        let mut sql = self.sql();
        let far = self.far(other);
        if let Some(far) = &far {
            // Named, not written twice: relations within relations would double it each time.
            sql.raw("SELECT asset_id FROM (WITH f(asset_id) AS (");
            sql.append(far);
            sql.raw(&format!(") SELECT {here}.asset_id FROM f{JOIN}"));
            self.native_from(&mut sql, there);
            sql.raw(&format!(" WHERE {there}.asset_id = f.asset_id AND "));
        } else {
            sql.raw(&format!("SELECT {here}.asset_id FROM "));
            self.native_from(&mut sql, "c");
            sql.raw(" WHERE ");
        }
        self.native_joins(&mut sql);
        sql.push(" AND c.relation = ? AND c.scheme = 0", [relation.code().into()]);
        sql.raw(" UNION ALL ");
        let far = far.is_some().then(|| self.named("SELECT asset_id FROM f"));
        self.edges_to(&mut sql, relation, reverse, far.as_ref());
        if far.is_some() {
            sql.raw(") r");
        }
        sql
    }

    /// The condition that the row stands in a relation to an asset that fulfils `other`.
    pub fn has_related(&self, relation: RelationType, reverse: bool, other: &Query) -> Sql {
        let (here, there) = ends(reverse);
        let row = self.row();
        let mut sql = self.sql();
        if has_relation(other) {
            sql.raw(&format!("{row}.asset_id IN ("));
            sql.append(&self.related(relation, reverse, other));
            sql.raw(")");
            return sql;
        }
        sql.raw("(EXISTS (SELECT 1 FROM ");
        self.native_from(&mut sql, here);
        sql.raw(&format!(" WHERE {here}.asset_id = {row}.asset_id AND "));
        self.native_joins(&mut sql);
        sql.push(" AND c.relation = ? AND c.scheme = 0", [relation.code().into()]);
        if *other != Query::All {
            let inside = self.inside();
            let far = inside.row();
            sql.raw(&format!(
                " AND EXISTS (SELECT 1 FROM asset_version {far} \
                 WHERE {far}.asset_id = {there}.asset_id AND "
            ));
            inside.holds(&mut sql, &far);
            sql.raw(" AND ");
            sql.append(&inside.condition(other));
            sql.raw(")");
        }
        sql.raw(&format!(") OR {row}.asset_id IN ("));
        self.edges_to(&mut sql, relation, reverse, self.far(other).as_ref());
        sql.raw("))");
        sql
    }

    fn named(&self, text: &str) -> Sql {
        let mut sql = self.sql();
        sql.raw(text);
        sql
    }

    /// `SELECT asset_id ...` over the edges by identifier and those that people hold, to these far ends.
    fn edges_to(&self, sql: &mut Sql, relation: RelationType, reverse: bool, far: Option<&Sql>) {
        let among = |sql: &mut Sql, there: &str| {
            let Some(far) = far else { return };
            sql.raw(&format!(" AND {there} IN ("));
            sql.append(far);
            sql.raw(")");
        };
        self.identified_edges(sql, relation, reverse);
        among(sql, &format!("{}.asset_id", ends(reverse).1));
        if relation == RelationType::ConnectedTo {
            sql.raw(&format!(" UNION ALL SELECT h.here FROM ({HELD_EDGES}) h WHERE "));
            self.holds(sql, "h");
            among(sql, "h.there");
        }
    }

    /// `SELECT asset_id ...` of the assets at the far end; `None`: it may be any.
    fn far(&self, other: &Query) -> Option<Sql> {
        let inside = self.inside();
        let mut parts: Vec<&Query> = match other {
            Query::All => return None,
            Query::And(parts) => parts.iter().collect(),
            one => vec![one],
        };
        let leading = parts
            .iter()
            .position(|part| is_exact(part))
            .or_else(|| parts.iter().position(|part| inside.members(part).is_some()));
        let leader = leading.and_then(|at| parts.get(at)).and_then(|part| inside.members(part));
        if let (Some(leader), [_]) = (&leader, parts.as_slice()) {
            return Some(leader.clone());
        }
        let (row, depth) = (inside.row(), inside.depth());
        let mut sql = self.sql();
        sql.raw(&format!("SELECT {row}.asset_id FROM "));
        if let Some(leader) = &leader {
            sql.raw("(");
            sql.append(leader);
            sql.raw(&format!(") m{depth}{JOIN}"));
        }
        sql.raw(&format!("asset_version {row} WHERE "));
        inside.holds(&mut sql, &row);
        if leader.is_some() {
            sql.raw(&format!(" AND {row}.asset_id = m{depth}.asset_id"));
        }
        if let (Some(_), Some(leading)) = (&leader, leading) {
            parts.remove(leading);
        }
        inside.conditions(&mut sql, &parts);
        Some(sql)
    }

    /// The tables of an edge by native id, in the order in which SQLite shall read them: from the
    /// end that is known.
    fn native_from(&self, sql: &mut Sql, first: &str) {
        let tables: [&str; 4] = match first {
            OBJECT => ["link ol", "record o", "claim c", "link sl"],
            SUBJECT => ["link sl", "claim c", "record o", "link ol"],
            _ => ["claim c", "link sl", "record o", "link ol"],
        };
        sql.raw(&tables.join(JOIN));
    }

    fn native_joins(&self, sql: &mut Sql) {
        sql.raw(
            "sl.record_key = c.record_key AND o.source_id = c.source_id \
             AND o.native_id = c.target AND ol.record_key = o.key AND ",
        );
        self.all_hold(sql, &["c", "sl", "ol"]);
    }

    /// `SELECT asset_id ... WHERE ...` over the edges by identifier: there are few, so they are all
    /// read.
    fn identified_edges(&self, sql: &mut Sql, relation: RelationType, reverse: bool) {
        let (here, _) = ends(reverse);
        sql.raw(&format!("SELECT {here}.asset_id FROM "));
        self.identified_from(sql, "c");
        sql.raw(" WHERE ");
        self.identified_joins(sql);
        sql.push(" AND c.relation = ? AND c.scheme > 0", [relation.code().into()]);
    }

    fn identified_from(&self, sql: &mut Sql, first: &str) {
        let tables: [&str; 4] = match first {
            SUBJECT => ["link sl", "claim c", "identifier i", "link ol"],
            _ => ["claim c", "link sl", "identifier i", "link ol"],
        };
        sql.raw(&tables.join(JOIN));
    }

    fn identified_joins(&self, sql: &mut Sql) {
        sql.raw(
            "sl.record_key = c.record_key AND i.scheme = c.scheme AND i.value = c.target \
             AND ol.record_key = i.record_key AND ",
        );
        self.all_hold(sql, &["c", "sl", "i", "ol"]);
        sql.raw(&format!(
            " AND NOT EXISTS (SELECT 1 FROM identifier i2{JOIN}link l2 \
             WHERE i2.scheme = c.scheme AND i2.value = c.target \
             AND l2.record_key = i2.record_key AND l2.asset_id <> ol.asset_id AND "
        ));
        self.all_hold(sql, &["i2", "l2"]);
        sql.raw(")");
    }

    fn all_hold(&self, sql: &mut Sql, aliases: &[&str]) {
        for (index, alias) in aliases.iter().enumerate() {
            if index > 0 {
                sql.raw(" AND ");
            }
            self.holds(sql, alias);
        }
    }

    /// `relation, reverse, other asset, since, its document, how many of the kind there are` of the
    /// edges at an asset in this state, each once; `most` of each relation and way, the first by name.
    pub fn neighbours(&self, asset: AssetId, doc: &AssetDoc, most: i64) -> Sql {
        let mut sql = self.sql();
        // Only of those that are shown is the document read.
        sql.raw(
            "SELECT g.relation, g.reversed, g.asset_id, g.since, v.doc, g.total FROM (\
             SELECT e.relation, e.reversed, v.asset_id, v.sort_name, min(e.since) AS since, \
             row_number() OVER (PARTITION BY e.relation, e.reversed \
             ORDER BY v.sort_name, v.asset_id) AS place, \
             count(*) OVER (PARTITION BY e.relation, e.reversed) AS total FROM (",
        );
        for (index, reverse) in [false, true].into_iter().enumerate() {
            let (here, _) = ends(reverse);
            if index > 0 {
                sql.raw(" UNION ALL ");
            }
            self.edge_columns(&mut sql, reverse);
            self.native_from(&mut sql, here);
            sql.push(&format!(", rev w WHERE {here}.asset_id = ? AND "), [asset.0.into()]);
            self.native_joins(&mut sql);
            sql.raw(" AND c.scheme = 0 AND w.rev = c.rev_from AND c.relation IN ");
            sql.list(every_relation());
        }
        sql.raw(" UNION ALL ");
        self.edge_columns(&mut sql, false);
        self.identified_from(&mut sql, SUBJECT);
        sql.push(", rev w WHERE sl.asset_id = ? AND c.scheme > 0 AND ", [asset.0.into()]);
        self.identified_joins(&mut sql);
        sql.raw(" AND w.rev = c.rev_from");
        let known_by: Vec<_> =
            doc.identifiers.iter().filter(|one| one.scheme != Scheme::Ip).collect();
        if !known_by.is_empty() {
            sql.raw(" UNION ALL ");
            self.edge_columns(&mut sql, true);
            self.identified_from(&mut sql, "c");
            sql.push(", rev w WHERE ol.asset_id = ? AND ", [asset.0.into()]);
            self.identified_joins(&mut sql);
            sql.raw(" AND w.rev = c.rev_from AND c.relation IN ");
            sql.list(every_relation());
            sql.raw(" AND (c.scheme, c.target) IN ");
            sql.tuples(
                known_by
                    .into_iter()
                    .map(|one| [one.scheme.code().into(), one.index_value().into()]),
            );
        }
        sql.push(
            &format!(
                " UNION ALL SELECT CAST({} AS SMALLINT) AS relation, 0 AS reversed, h.there AS other, \
                 w.committed_at AS since FROM ({HELD_EDGES}) h, rev w WHERE h.here = ? \
                 AND w.rev = h.rev_from AND ",
                RelationType::ConnectedTo.code(),
            ),
            [asset.0.into()],
        );
        self.holds(&mut sql, "h");
        sql.raw(") e JOIN asset_version v ON v.asset_id = e.other WHERE ");
        self.holds(&mut sql, "v");
        sql.push(
            " GROUP BY e.relation, e.reversed, v.asset_id, v.sort_name) g \
             JOIN asset_version v ON v.asset_id = g.asset_id WHERE g.place <= ? AND ",
            [most.into()],
        );
        self.holds(&mut sql, "v");
        sql.raw(" ORDER BY g.relation, g.reversed, g.place");
        sql
    }

    fn edge_columns(&self, sql: &mut Sql, reverse: bool) {
        let (_, there) = ends(reverse);
        sql.raw(&format!(
            "SELECT c.relation AS relation, {} AS reversed, {there}.asset_id AS other, \
             w.committed_at AS since FROM ",
            i32::from(reverse),
        ));
    }
}

fn has_relation(query: &Query) -> bool {
    match query {
        Query::And(parts) | Query::Or(parts) => parts.iter().any(has_relation),
        Query::Not(inner) => has_relation(inner),
        Query::Related { .. } => true,
        _ => false,
    }
}

fn every_relation() -> impl Iterator<Item = i16> {
    RelationType::ALL.iter().map(|relation| relation.code())
}
