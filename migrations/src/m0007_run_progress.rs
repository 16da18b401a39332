//! Runs that are looked on and stopped by any process: who asked for one, how far it is, who wants it to
//! stop, and the way from a run to what it changed. Revisions from before `touched` get their rows there, so that
//! old runs show what they changed too.

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
ALTER TABLE run ADD COLUMN progress {text};
ALTER TABLE run ADD COLUMN stop_by {text};
ALTER TABLE run ADD COLUMN stop_at BIGINT;
ALTER TABLE job ADD COLUMN asked_by {text};

CREATE INDEX rev_run ON rev (run_id, rev) WHERE run_id IS NOT NULL;

INSERT INTO touched (rev, asset_id) SELECT DISTINCT rev, asset_id FROM change WHERE true
    ON CONFLICT (rev, asset_id) DO NOTHING
"#;
