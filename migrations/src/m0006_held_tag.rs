//! People's tags as locks, with their past; beside `held`, which has attributes.

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
CREATE TABLE held_tag (
    asset_id BIGINT NOT NULL,
    tag {text} NOT NULL,
    tag_whole {text},
    rev_from BIGINT NOT NULL,
    rev_to BIGINT NOT NULL,
    value {text},
    actor {text} NOT NULL,
    set_at BIGINT NOT NULL,
    effective_from BIGINT NOT NULL,
    PRIMARY KEY (asset_id, tag, rev_from)
);
"#;
