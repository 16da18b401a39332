//! A fresh register with its one source, and what can be seen of its tables from outside.

use crate::Outcome;
use crate::args::Database;
use crate::estate::Estate;
use crate::source::EstateFactory;
use cadastre_model::Actor;
use cadastre_service::secrets::{Environment, Secrets};
use cadastre_service::store::{Party, Store};
use cadastre_service::zone::Zone;
use cadastre_service::{RunSettings, Service, SystemClock};
use sqlx::{Connection as _, Row as _};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

/// The name of the source.
pub const SOURCE: &str = "estate";

/// Where a register's file lies.
enum Folder {
    Passing(TempDir),
    Kept(PathBuf),
}

impl Folder {
    fn make(keep: Option<&Path>) -> Outcome<Folder> {
        let Some(folder) = keep else {
            let passing = tempfile::Builder::new().prefix("cadastre-bench-").tempdir()?;
            return Ok(Folder::Passing(passing));
        };
        std::fs::create_dir_all(folder)?;
        Ok(Folder::Kept(folder.to_owned()))
    }

    fn path(&self) -> &Path {
        match self {
            Folder::Passing(folder) => folder.path(),
            Folder::Kept(folder) => folder,
        }
    }
}

/// A register made for one measurement; gone when dropped, unless it is to be kept.
pub struct Register {
    /// All use cases.
    pub service: Service,
    /// Who asks.
    pub actor: Actor,
    url: String,
    folder: Folder,
    /// Whether the estate was in it already.
    pub is_kept: bool,
    /// Dropped last: takes the database with it.
    _server: Option<cadastre_tests::postgres::Database>,
}

impl Register {
    /// Makes one, or takes the one in `keep`. `None` if the lab has no PostgreSQL.
    pub async fn make(
        database: Database,
        estate: &Estate,
        keep: Option<&Path>,
    ) -> Outcome<Option<Register>> {
        let folder = Folder::make(keep.filter(|_| database == Database::Sqlite))?;
        let is_kept = file_in(folder.path()).exists();
        let (url, server) = match database {
            Database::Sqlite => (format!("sqlite://{}", file_in(folder.path()).display()), None),
            Database::Postgres => {
                let Some(server) = cadastre_tests::postgres::Database::create() else {
                    return Ok(None);
                };
                (server.url(), Some(server))
            }
        };
        let store = Store::open_or_create(&url).await?;
        store.migrate(folder.path()).await?;
        let service = Service::new(
            store,
            vec![Arc::new(EstateFactory(estate.clone()))],
            Secrets::new(None, None, Environment::fixed(BTreeMap::new())),
            Zone::UTC,
            Arc::new(SystemClock),
            RunSettings::default(),
        );
        let register =
            Register { service, actor: Actor::cli("bench"), url, folder, is_kept, _server: server };
        if !is_kept {
            register.add_source().await?;
        }
        Ok(Some(register))
    }

    async fn add_source(&self) -> Outcome<()> {
        let file = self.folder.path().join("source.toml");
        std::fs::write(&file, format!("name = \"{SOURCE}\"\nkind = \"aws\"\n\n[aws]\n"))?;
        self.service.source_file_put(&self.actor, &file, None).await?;
        Ok(())
    }

    /// Adds teams that may own assets.
    pub async fn add_parties(&self, handles: &[&str]) -> Outcome<()> {
        for handle in handles {
            let party = Party {
                handle: (*handle).to_owned(),
                is_team: true,
                name: (*handle).to_owned(),
                active: true,
            };
            self.service.party_put(&self.actor, &party).await?;
        }
        Ok(())
    }

    /// The database's address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The database file, if it is one.
    pub fn file(&self) -> Option<PathBuf> {
        self._server.is_none().then(|| file_in(self.folder.path()))
    }

    /// How many rows each table has; indexes of the text search are not tables.
    pub async fn row_counts(&self) -> Outcome<BTreeMap<String, i64>> {
        match self.file() {
            Some(file) => sqlite_counts(&file),
            None => postgres_counts(&self.url).await,
        }
    }
}

fn file_in(folder: &Path) -> PathBuf {
    folder.join("register.db")
}

fn sqlite_counts(file: &Path) -> Outcome<BTreeMap<String, i64>> {
    let connection = rusqlite::Connection::open(file)?;
    let mut names = connection.prepare(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
         AND name NOT LIKE 'search_index%' AND name <> 'seaql_migrations'",
    )?;
    let names = names.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
    let mut counts = BTreeMap::new();
    for name in names {
        let count = format!("SELECT count(*) FROM \"{name}\"");
        counts.insert(name, connection.query_row(&count, [], |row| row.get(0))?);
    }
    Ok(counts)
}

async fn postgres_counts(url: &str) -> Outcome<BTreeMap<String, i64>> {
    let mut connection = sqlx::PgConnection::connect(url).await?;
    let names = sqlx::query(
        "SELECT table_name::text FROM information_schema.tables \
         WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' \
         AND table_name <> 'seaql_migrations'",
    )
    .fetch_all(&mut connection)
    .await?;
    let mut counts = BTreeMap::new();
    for row in names {
        let name: String = row.try_get(0)?;
        let count = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM \"{name}\""));
        counts.insert(name, sqlx::query(count).fetch_one(&mut connection).await?.try_get(0)?);
    }
    connection.close().await?;
    Ok(counts)
}
