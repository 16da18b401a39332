//! Tokens that scripts come with. Only a token's digest is kept.

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
CREATE TABLE api_token (
    id {key},
    token_digest {bytes} NOT NULL UNIQUE,
    account_id BIGINT NOT NULL,
    name {text} NOT NULL,
    writes SMALLINT NOT NULL,
    allowed {text} NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    used_at BIGINT,
    revoked_at BIGINT
);
CREATE UNIQUE INDEX api_token_name ON api_token (account_id, name) WHERE revoked_at IS NULL
"#;
