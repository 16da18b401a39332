//! Parties, sites and the policy: what people keep, with its past.

use crate::at::At;
use crate::db::Store;
use crate::error::{Result, StoreError};
use crate::json;
use crate::sql::{Row, Sql};
use crate::write::WriteTx;
use cadastre_model::Policy;
use serde::Serialize;

/// A person or a team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Party {
    /// What owners are written as; never changes.
    pub handle: String,
    /// A team, not a person.
    pub is_team: bool,
    /// What people call it.
    pub name: String,
    /// Still there; `false`: left.
    pub active: bool,
}

/// A place, in a tree of places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Site {
    /// What sites are written as; never changes.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// The place it lies in, by slug.
    pub parent: Option<String>,
}

fn read_party(row: &Row) -> Result<Party> {
    Ok(Party {
        handle: row.get(0)?,
        is_team: row.get::<i16>(1)? == 2,
        name: row.get(2)?,
        active: row.get::<i16>(3)? == 1,
    })
}

fn read_site(row: &Row) -> Result<Site> {
    Ok(Site { slug: row.get(0)?, name: row.get(1)?, parent: row.get(2)? })
}

impl Store {
    /// Parties by handle, as of a point in time.
    ///
    /// # Errors
    /// What the database says.
    pub async fn party_list(&self, at: At) -> Result<Vec<Party>> {
        let sql = Sql::of(
            self.dialect(),
            "SELECT handle, kind, name, active FROM party WHERE rev_from <= ? AND rev_to > ? \
             ORDER BY handle",
            [at.rev.0.into(), at.rev.0.into()],
        );
        let rows = sql.all(self.reader(), "reading parties").await?;
        rows.iter().map(read_party).collect()
    }

    /// The first parties by handle that are still there: a choice to offer, not a list.
    ///
    /// # Errors
    /// What the database says.
    pub async fn party_choices(&self, at: At, limit: u32) -> Result<Vec<Party>> {
        let sql = Sql::of(
            self.dialect(),
            "SELECT handle, kind, name, active FROM party WHERE rev_from <= ? AND rev_to > ? \
             AND active = 1 ORDER BY handle LIMIT ?",
            [at.rev.0.into(), at.rev.0.into(), i64::from(limit).into()],
        );
        let rows = sql.all(self.reader(), "reading parties").await?;
        rows.iter().map(read_party).collect()
    }

    /// The first sites by slug: a choice to offer, not a list.
    ///
    /// # Errors
    /// What the database says.
    pub async fn site_choices(&self, at: At, limit: u32) -> Result<Vec<Site>> {
        let sql = Sql::of(
            self.dialect(),
            "SELECT slug, name, parent FROM site WHERE rev_from <= ? AND rev_to > ? ORDER BY slug \
             LIMIT ?",
            [at.rev.0.into(), at.rev.0.into(), i64::from(limit).into()],
        );
        let rows = sql.all(self.reader(), "reading sites").await?;
        rows.iter().map(read_site).collect()
    }

    /// Sites by slug, as of a point in time.
    ///
    /// # Errors
    /// What the database says.
    pub async fn site_list(&self, at: At) -> Result<Vec<Site>> {
        let sql = Sql::of(
            self.dialect(),
            "SELECT slug, name, parent FROM site WHERE rev_from <= ? AND rev_to > ? ORDER BY slug",
            [at.rev.0.into(), at.rev.0.into()],
        );
        let rows = sql.all(self.reader(), "reading sites").await?;
        rows.iter().map(read_site).collect()
    }

    /// The policy in force; the shipped one until somebody sets another.
    ///
    /// # Errors
    /// What the database says, or a policy that cannot be read.
    pub async fn policy(&self) -> Result<Policy> {
        let sql =
            Sql::of(self.dialect(), "SELECT doc FROM policy WHERE rev_to = ?", [i64::MAX.into()]);
        match sql.one(self.reader(), "reading the policy").await? {
            Some(row) => json::read("policy", "current", &row.get::<String>(0)?),
            None => Ok(Policy::default()),
        }
    }
}

impl WriteTx<'_> {
    /// Writes a party: new, or a new version of one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn party_put(&mut self, party: &Party) -> Result<()> {
        let again = Sql::of(
            self.dialect(),
            "DELETE FROM party WHERE handle = ? AND rev_from = ?",
            [party.handle.clone().into(), self.rev().0.into()],
        );
        again.execute(self.db(), "writing a party").await?;
        let close = Sql::of(
            self.dialect(),
            "UPDATE party SET rev_to = ? WHERE handle = ? AND rev_to = ?",
            [self.rev().0.into(), party.handle.clone().into(), i64::MAX.into()],
        );
        self.touch();
        close.execute(self.db(), "writing a party").await?;
        let insert = Sql::of(
            self.dialect(),
            "INSERT INTO party (handle, kind, name, active, rev_from, rev_to) \
             VALUES (?, ?, ?, ?, ?, ?)",
            [
                party.handle.clone().into(),
                (if party.is_team { 2_i16 } else { 1 }).into(),
                party.name.clone().into(),
                i16::from(party.active).into(),
                self.rev().0.into(),
                i64::MAX.into(),
            ],
        );
        insert.execute(self.db(), "writing a party").await?;
        Ok(())
    }

    /// Writes a site: new, or a new version of one.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] if its parent is not there, [`StoreError::Refused`] if that lies in the
    /// site itself, or what the database says.
    pub async fn site_put(&mut self, site: &Site) -> Result<()> {
        if let Some(parent) = &site.parent {
            self.check_parent(&site.slug, parent).await?;
        }
        let again = Sql::of(
            self.dialect(),
            "DELETE FROM site WHERE slug = ? AND rev_from = ?",
            [site.slug.clone().into(), self.rev().0.into()],
        );
        again.execute(self.db(), "writing a site").await?;
        let close = Sql::of(
            self.dialect(),
            "UPDATE site SET rev_to = ? WHERE slug = ? AND rev_to = ?",
            [self.rev().0.into(), site.slug.clone().into(), i64::MAX.into()],
        );
        self.touch();
        close.execute(self.db(), "writing a site").await?;
        let insert = Sql::of(
            self.dialect(),
            "INSERT INTO site (slug, name, parent, rev_from, rev_to) VALUES (?, ?, ?, ?, ?)",
            [
                site.slug.clone().into(),
                site.name.clone().into(),
                site.parent.clone().into(),
                self.rev().0.into(),
                i64::MAX.into(),
            ],
        );
        insert.execute(self.db(), "writing a site").await?;
        Ok(())
    }

    /// The parent is there, and does not lie in the site itself.
    async fn check_parent(&self, slug: &str, parent: &str) -> Result<()> {
        let above = Sql::of(
            self.dialect(),
            "WITH RECURSIVE above (slug, parent) AS (SELECT s.slug, s.parent FROM site s \
             WHERE s.slug = ? AND s.rev_to = ? UNION SELECT s.slug, s.parent FROM site s \
             JOIN above a ON s.slug = a.parent WHERE s.rev_to = ?) SELECT slug FROM above",
            [parent.into(), i64::MAX.into(), i64::MAX.into()],
        );
        let rows = above.all(self.db(), "looking for a site").await?;
        if rows.is_empty() {
            return Err(StoreError::Unknown { what: "site", name: parent.to_owned() });
        }
        for row in &rows {
            if row.get::<String>(0)? == slug {
                return Err(StoreError::Refused(format!(
                    "site `{slug}` cannot lie in `{parent}`, which lies in `{slug}`; \
                     move `{parent}` first"
                )));
            }
        }
        Ok(())
    }
}
