//! SQL as text with bound values, in the dialect of the database at hand. Values are always bound.

use crate::error::{Result, StoreError};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, TryGetable, Value};

/// Which database speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite, in the process.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

impl Dialect {
    pub(crate) fn backend(self) -> DbBackend {
        match self {
            Dialect::Sqlite => DbBackend::Sqlite,
            Dialect::Postgres => DbBackend::Postgres,
        }
    }
}

/// A statement in the making. `?` in pushed text stands for the next bound value.
#[derive(Clone, Debug)]
pub(crate) struct Sql {
    text: String,
    values: Vec<Value>,
    dialect: Dialect,
}

impl Sql {
    pub fn new(dialect: Dialect) -> Sql {
        Sql { text: String::with_capacity(256), values: Vec::new(), dialect }
    }

    /// A whole statement with its values in the order of their `?`.
    pub fn of<const N: usize>(dialect: Dialect, text: &str, values: [Value; N]) -> Sql {
        let mut sql = Sql::new(dialect);
        sql.push(text, values);
        sql
    }

    /// Appends text, each `?` bound to the next of `values`.
    pub fn push<const N: usize>(&mut self, text: &str, values: [Value; N]) {
        let mut values = values.into_iter();
        for (index, piece) in text.split('?').enumerate() {
            if index > 0
                && let Some(value) = values.next()
            {
                self.bind(value);
            }
            self.text.push_str(piece);
        }
    }

    /// Appends text as it is.
    pub fn raw(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Appends one bound value.
    pub fn bind(&mut self, value: impl Into<Value>) {
        self.values.push(storable(value.into()));
        match self.dialect {
            Dialect::Sqlite => self.text.push('?'),
            Dialect::Postgres => self.text.push_str(&format!("${}", self.values.len())),
        }
    }

    /// Appends `(a, b, c)`; an empty list becomes one that nothing is in.
    pub fn list<V: Into<Value>>(&mut self, values: impl IntoIterator<Item = V>) {
        let values = filled(values.into_iter().map(Into::into).collect());
        match values.is_empty() {
            true => self.raw("(NULL)"),
            false => self.tuple(values),
        }
    }

    /// Appends `(VALUES (a, b), (c, d))`, of at least one pair.
    pub fn tuples<const N: usize>(&mut self, tuples: impl IntoIterator<Item = [Value; N]>) {
        for (index, tuple) in filled(tuples.into_iter().collect()).into_iter().enumerate() {
            self.raw(if index == 0 { "(VALUES " } else { "," });
            self.tuple(tuple);
        }
        self.raw(")");
    }

    fn tuple(&mut self, values: impl IntoIterator<Item = Value>) {
        for (index, value) in values.into_iter().enumerate() {
            self.raw(if index == 0 { "(" } else { "," });
            self.bind(value);
        }
        self.raw(")");
    }

    /// Appends another statement, its values renumbered.
    pub fn append(&mut self, other: &Sql) {
        match self.dialect {
            Dialect::Sqlite => self.text.push_str(&other.text),
            Dialect::Postgres => self.append_renumbered(&other.text),
        }
        self.values.extend(other.values.iter().cloned());
    }

    fn append_renumbered(&mut self, text: &str) {
        let offset = self.values.len();
        for (index, piece) in text.split('$').enumerate() {
            if index == 0 {
                self.text.push_str(piece);
                continue;
            }
            let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
            let (number, rest) = piece.split_at(digits);
            let number = number.parse::<usize>().unwrap_or_default() + offset;
            self.text.push_str(&format!("${number}{rest}"));
        }
    }

    #[cfg(test)]
    pub fn text(&self) -> &str {
        &self.text
    }

    fn statement(self) -> Statement {
        Statement::from_sql_and_values(self.dialect.backend(), self.text, self.values)
    }

    pub async fn execute(self, db: &impl ConnectionTrait, what: &str) -> Result<u64> {
        let done = db.execute_raw(self.statement()).await.map_err(StoreError::doing(what))?;
        Ok(done.rows_affected())
    }

    pub async fn all(self, db: &impl ConnectionTrait, what: &str) -> Result<Vec<Row>> {
        let rows = db.query_all_raw(self.statement()).await.map_err(StoreError::doing(what))?;
        Ok(rows.into_iter().map(Row).collect())
    }

    pub async fn one(self, db: &impl ConnectionTrait, what: &str) -> Result<Option<Row>> {
        let row = db.query_one_raw(self.statement()).await.map_err(StoreError::doing(what))?;
        Ok(row.map(Row))
    }

    /// The one number of a counting statement.
    pub async fn number(self, db: &impl ConnectionTrait, what: &str) -> Result<i64> {
        match self.one(db, what).await? {
            Some(row) => Ok(row.get::<Option<i64>>(0)?.unwrap_or_default()),
            None => Ok(0),
        }
    }
}

/// A set with its last member repeated up to a power of two: each length is a statement of its own,
/// and connections keep those they have prepared.
fn filled<T: Clone>(mut set: Vec<T>) -> Vec<T> {
    if let Some(last) = set.last().cloned() {
        set.resize(set.len().next_power_of_two(), last);
    }
    set
}

/// PostgreSQL stores no NUL in text. None of the register's texts may hold one, on either database,
/// or they would answer differently: it becomes U+FFFD, the sign for what cannot be shown. JSON
/// documents escape it and keep it; keys that hold one come from [`crate::key`].
pub(crate) fn storable(value: Value) -> Value {
    match value {
        Value::String(Some(text)) if text.contains('\0') => text.replace('\0', "\u{fffd}").into(),
        value => value,
    }
}

/// A row, read by position.
#[derive(Debug)]
pub(crate) struct Row(QueryResult);

impl Row {
    pub fn get<T: TryGetable>(&self, index: usize) -> Result<T> {
        self.0.try_get_by_index(index).map_err(StoreError::doing("reading a row"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_renumbered_when_appended() {
        let inner = Sql::of(Dialect::Postgres, "x = ? AND y = ?", [1_i64.into(), 2_i64.into()]);
        let mut outer = Sql::of(Dialect::Postgres, "z = ? AND ", [3_i64.into()]);
        outer.append(&inner);
        assert_eq!(outer.text(), "z = $1 AND x = $2 AND y = $3");
    }

    #[test]
    fn an_empty_list_holds_nothing() {
        let mut sql = Sql::new(Dialect::Sqlite);
        sql.list(Vec::<i64>::new());
        assert_eq!(sql.text(), "(NULL)");
    }
}
