//! What is followed quickly: relations, by claims that know their source; and what each revision
//! touched, so that what is held in memory is brought to the next one by reading only that. Revisions
//! from before this migration have touched nothing here; nobody holds those.

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
ALTER TABLE claim ADD COLUMN source_id BIGINT NOT NULL DEFAULT 0;
UPDATE claim SET source_id = (SELECT r.source_id FROM record r WHERE r.key = claim.record_key);
DROP INDEX claim_target;
CREATE INDEX claim_target ON claim
    (relation, scheme, target, source_id, record_key, rev_from, rev_to);

DROP INDEX asset_version_rev;

CREATE TABLE touched (
    rev BIGINT NOT NULL,
    asset_id BIGINT NOT NULL,
    PRIMARY KEY (rev, asset_id)
) {clustered};
"#;
