//! The schema of the register, one file a migration, for SQLite and PostgreSQL alike.
//!
//! Why it exists: `cadastre migrate` and the store's first start bring a database to the shape the
//! store's SQL expects. It must not know what the tables mean; `docs/DATA.md` says that.

mod dialect;
mod m0001_register;
mod m0002_search;
mod m0003_operations;
mod m0004_followed;
mod m0005_tokens;
mod m0006_held_tag;
mod m0007_run_progress;
mod m0008_sightings;
mod m0009_scope_marks;
mod m0010_held_port;

use sea_orm_migration::{MigrationTrait, MigratorTrait};

/// Every migration, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_register::Migration),
            Box::new(m0002_search::Migration),
            Box::new(m0003_operations::Migration),
            Box::new(m0004_followed::Migration),
            Box::new(m0005_tokens::Migration),
            Box::new(m0006_held_tag::Migration),
            Box::new(m0007_run_progress::Migration),
            Box::new(m0008_sightings::Migration),
            Box::new(m0009_scope_marks::Migration),
            Box::new(m0010_held_port::Migration),
        ]
    }
}
