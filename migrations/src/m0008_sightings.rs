//! What network devices see on their wires: each address with when it was seen first and last.

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
CREATE TABLE sighting (
    record_key BIGINT NOT NULL,
    mac {text} NOT NULL,
    port {text} NOT NULL,
    vlan BIGINT NOT NULL,
    address {text} NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT,
    PRIMARY KEY (record_key, mac, port, vlan, address)
) {clustered};
CREATE INDEX sighting_mac ON sighting (mac);
CREATE INDEX sighting_port ON sighting (record_key, port, mac) WHERE last_seen IS NULL;
CREATE INDEX sighting_past ON sighting (last_seen) WHERE last_seen IS NOT NULL
"#;
