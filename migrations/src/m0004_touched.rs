//! What each revision touched, so that what is held in memory is brought to the next one by reading
//! only that. Revisions from before this migration have no rows here; nobody holds those.

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
DROP INDEX asset_version_rev;

CREATE TABLE touched (
    rev BIGINT NOT NULL,
    asset_id BIGINT NOT NULL,
    PRIMARY KEY (rev, asset_id)
) {clustered};
"#;
