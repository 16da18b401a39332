//! Relations in SQL: claims of records, joined to assets at the point in time asked for.

use super::condition::Translator;
use crate::sql::Sql;
use cadastre_model::{AssetId, RelationType};
use cadastre_model::query::Query;

impl Translator {
    /// `SELECT asset_id ...` of the assets that stand in a relation to one that fulfils `other`.
    pub fn related(&self, relation: RelationType, reverse: bool, other: &Query) -> Sql {
        // The far end may be gone, hidden or disposed: only the outermost query leaves these out.
        let whole = Translator { listed_only: false, ..*self };
        let (here, there) = if reverse { ("object", "subject") } else { ("subject", "object") };
        let mut sql = Sql::new(self.dialect);
        sql.raw(&format!("SELECT e.{here} AS asset_id FROM ("));
        sql.append(&whole.edges(relation));
        sql.raw(") e");
        if *other != Query::All {
            sql.raw(&format!(" JOIN asset_version v ON v.asset_id = e.{there} AND "));
            whole.holds(&mut sql, "v");
            sql.raw(" WHERE ");
            sql.append(&whole.condition(other));
        }
        sql
    }

    /// `subject, object` of every edge of a type that holds: by native id within the source, or by
    /// an identifier that exactly one asset has.
    fn edges(&self, relation: RelationType) -> Sql {
        let mut sql = Sql::new(self.dialect);
        sql.push(
            "SELECT sl.asset_id AS subject, ol.asset_id AS object FROM claim c \
             JOIN link sl ON sl.record_key = c.record_key \
             JOIN record sr ON sr.key = c.record_key \
             JOIN record o ON o.source_id = sr.source_id AND o.native_id = c.target \
             JOIN link ol ON ol.record_key = o.key \
             WHERE c.relation = ? AND c.scheme = 0 AND ",
            [relation.code().into()],
        );
        self.edge_holds(&mut sql);
        sql.push(
            " UNION ALL SELECT sl.asset_id, max(ol.asset_id) FROM claim c \
             JOIN link sl ON sl.record_key = c.record_key \
             JOIN identifier i ON i.scheme = c.scheme AND i.value = c.target \
             JOIN link ol ON ol.record_key = i.record_key \
             WHERE c.relation = ? AND c.scheme <> 0 AND ",
            [relation.code().into()],
        );
        self.edge_holds(&mut sql);
        sql.raw(" AND ");
        self.holds(&mut sql, "i");
        sql.raw(
            " GROUP BY sl.asset_id, c.scheme, c.target HAVING count(DISTINCT ol.asset_id) = 1",
        );
        sql
    }

    /// `relation, reverse, other asset, its sort name, since, its document` of the edges at one asset.
    pub fn neighbours(&self, asset: AssetId, reverse: bool) -> Sql {
        let mut sql = Sql::new(self.dialect);
        let (here, there, flag) = if reverse { ("ol", "sl", 1) } else { ("sl", "ol", 0) };
        sql.raw(&format!(
            "SELECT c.relation, {flag}, v.asset_id, v.sort_name, min(w.committed_at), v.doc \
             FROM claim c \
             JOIN link sl ON sl.record_key = c.record_key \
             JOIN record sr ON sr.key = c.record_key \
             JOIN record o ON o.source_id = sr.source_id AND o.native_id = c.target \
             JOIN link ol ON ol.record_key = o.key \
             JOIN asset_version v ON v.asset_id = {there}.asset_id \
             JOIN rev w ON w.rev = c.rev_from WHERE c.scheme = 0 AND "
        ));
        sql.push(&format!("{here}.asset_id = ? AND "), [asset.0.into()]);
        self.edge_holds(&mut sql);
        sql.raw(" AND ");
        self.holds(&mut sql, "v");
        sql.raw(" GROUP BY c.relation, v.asset_id, v.sort_name, v.doc");
        sql
    }

    fn edge_holds(&self, sql: &mut Sql) {
        for (index, alias) in ["c", "sl", "ol"].into_iter().enumerate() {
            if index > 0 {
                sql.raw(" AND ");
            }
            self.holds(sql, alias);
        }
    }
}
