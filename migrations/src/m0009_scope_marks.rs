//! What a run leaves for the next one: a mark of each scope, and whether the run read only what changed.

use crate::dialect;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, DDL).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

const DDL: &str = r#"
CREATE TABLE scope_mark (
    scope_id BIGINT NOT NULL PRIMARY KEY,
    mark {text} NOT NULL,
    whole_at BIGINT NOT NULL
);
ALTER TABLE run_scope ADD COLUMN is_increment SMALLINT NOT NULL DEFAULT 0
"#;
