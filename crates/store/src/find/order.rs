//! In which order lists come, and where a page begins in it.

use crate::at::At;
use crate::error::{Result, StoreError};
use crate::json;
use crate::sql::{Row, Sql};
use cadastre_model::terms::TermKey;
use cadastre_model::{Attr, Rev, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// What a list is sorted by; ties by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SortKey {
    /// Name, numbers in it by value.
    Name,
    /// Id.
    Id,
    /// An attribute; of several values the least. Those without come last.
    Attr(Attr),
}

/// A sort key and its direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    /// What by.
    pub key: SortKey,
    /// Greatest first; those without a value come last all the same.
    pub descending: bool,
}

impl Default for Sort {
    fn default() -> Sort {
        Sort { key: SortKey::Name, descending: false }
    }
}

impl SortKey {
    /// The key of a name: `name`, `id`, or an attribute that the past is kept of.
    #[must_use]
    pub fn from_name(name: &str) -> Option<SortKey> {
        match name {
            "name" => Some(SortKey::Name),
            "id" => Some(SortKey::Id),
            _ => Attr::from_name(name).filter(|attr| attr.is_versioned()).map(SortKey::Attr),
        }
    }
}

impl Sort {
    /// The order that people write: a key's name, with `-` before it for the other way round.
    /// `None`: there is no such key.
    #[must_use]
    pub fn parse(text: &str) -> Option<Sort> {
        let (name, descending) = match text.strip_prefix('-') {
            Some(name) => (name, true),
            None => (text, false),
        };
        SortKey::from_name(name).map(|key| Sort { key, descending })
    }

    /// The expression that a list is ordered by before the id; of `v` and, for an attribute, `s`.
    fn value(self) -> &'static str {
        match self.key {
            SortKey::Name => "v.sort_name",
            SortKey::Id => "''",
            SortKey::Attr(_) => "coalesce(s.value, '')",
        }
    }

    fn missing(self) -> &'static str {
        match self.key {
            SortKey::Attr(_) => "CASE WHEN s.value IS NULL THEN 1 ELSE 0 END",
            SortKey::Name | SortKey::Id => "0",
        }
    }

    /// The same order, of the rows `p` of a page: `asset_id, missing, value`.
    pub(super) fn page_order(self) -> &'static str {
        match self.descending {
            true => " ORDER BY p.missing, p.value DESC, p.asset_id DESC",
            false => " ORDER BY p.missing, p.value, p.asset_id",
        }
    }

    /// What a page mark keeps of a row, beside its id: `missing, value`.
    pub(super) fn columns(self) -> String {
        format!("{} AS missing, {} AS value", self.missing(), self.value())
    }

    /// The term whose least value is `s.value`.
    pub(super) fn term(self) -> Option<TermKey> {
        match self.key {
            SortKey::Attr(attr) => Some(TermKey::Attr(attr)),
            SortKey::Name | SortKey::Id => None,
        }
    }

    /// ` AND ...` for the rows after the mark.
    pub(super) fn after(self, sql: &mut Sql, mark: &Mark) {
        let sign = if self.descending { "<" } else { ">" };
        match self.key {
            SortKey::Id => sql.push(&format!(" AND v.asset_id {sign} ?"), [mark.id.into()]),
            SortKey::Name => {
                sql.push(
                    &format!(" AND (v.sort_name, v.asset_id) {sign} (?, ?)"),
                    [mark.value.as_str().into(), mark.id.into()],
                );
            }
            SortKey::Attr(_) => {
                let (missing, value) = (self.missing(), self.value());
                sql.push(
                    &format!(
                        " AND ({missing} > ? OR {missing} = ? AND ({value} {sign} ? \
                         OR {value} = ? AND v.asset_id {sign} ?))"
                    ),
                    [
                        mark.missing.into(),
                        mark.missing.into(),
                        mark.value.as_str().into(),
                        mark.value.as_str().into(),
                        mark.id.into(),
                    ],
                );
            }
        }
    }

    pub(super) fn order_by(self) -> String {
        let way = if self.descending { " DESC" } else { "" };
        match self.key {
            SortKey::Id => format!(" ORDER BY v.asset_id{way}"),
            SortKey::Name => format!(" ORDER BY v.sort_name{way}, v.asset_id{way}"),
            SortKey::Attr(_) => {
                let (missing, value) = (self.missing(), self.value());
                format!(" ORDER BY {missing}, {value}{way}, v.asset_id{way}")
            }
        }
    }
}

/// Where a page ended, and in which list.
#[derive(Serialize, Deserialize)]
pub(super) struct Mark {
    /// Of the query, the order and what the reader may see.
    list: String,
    rev: i64,
    moment: i64,
    missing: i64,
    value: String,
    id: i64,
}

impl Mark {
    /// The mark at an asset in a list by name or id.
    pub fn named(list: &str, at: At, id: i64, name: &str) -> Mark {
        Mark {
            list: list.to_owned(),
            rev: at.rev.0,
            moment: at.moment.0,
            missing: 0,
            value: name.to_owned(),
            id,
        }
    }

    /// The sort name and the id of the asset it stands at, in a list by name or id.
    pub fn name_and_id(&self) -> Option<(&str, u32)> {
        Some((&self.value, u32::try_from(self.id).ok()?))
    }

    /// The mark at a row whose columns from `first` on are [`Sort::columns`].
    pub fn at(list: &str, at: At, id: i64, row: &Row, first: usize) -> Result<Mark> {
        Ok(Mark {
            list: list.to_owned(),
            rev: at.rev.0,
            moment: at.moment.0,
            missing: i64::from(row.get::<i32>(first)?),
            value: row.get(first + 1)?,
            id,
        })
    }

    /// As people hand it back.
    pub fn text(&self) -> String {
        hex::encode(json::write(self))
    }

    /// A mark read back, if it is of this list.
    pub fn read(text: &str, list: &str) -> Result<Mark> {
        hex::decode(text)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .filter(|mark: &Mark| mark.list == list)
            .ok_or_else(|| {
                StoreError::Refused(
                    "this page mark is not one of this list; begin at the first page".to_owned(),
                )
            })
    }

    /// The point in time of the first page.
    pub fn point(&self) -> At {
        At { rev: Rev(self.rev), moment: Timestamp(self.moment) }
    }
}

/// What tells one list from another.
pub(super) fn list_digest(parts: &impl std::fmt::Debug) -> String {
    let mut digest = hex::encode(Sha256::digest(format!("{parts:?}")));
    digest.truncate(16);
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_both_ways() {
        let sort = |key, descending| Some(Sort { key, descending });
        assert_eq!(Sort::parse("name"), sort(SortKey::Name, false));
        assert_eq!(Sort::parse("-id"), sort(SortKey::Id, true));
        assert_eq!(Sort::parse("-owner"), sort(SortKey::Attr(Attr::Owner), true));
        for wrong in ["", "-", "--name", "colour", "Owner", "kind"] {
            assert_eq!(Sort::parse(wrong), None, "{wrong}");
        }
        for attr in Attr::ALL {
            assert_eq!(Sort::parse(attr.name()).is_some(), attr.is_versioned(), "{attr}");
        }
    }
}
