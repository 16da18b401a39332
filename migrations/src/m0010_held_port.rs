//! What people say a port leads to, with its past; beside `held`, which has attributes.

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
CREATE TABLE held_port (
    asset_id BIGINT NOT NULL,
    port {text} NOT NULL,
    rev_from BIGINT NOT NULL,
    rev_to BIGINT NOT NULL,
    far_asset BIGINT,
    far_port {text},
    actor {text} NOT NULL,
    set_at BIGINT NOT NULL,
    PRIMARY KEY (asset_id, port, rev_from)
);
CREATE INDEX held_port_far ON held_port (far_asset, rev_from, rev_to);
"#;
