//! What assets are found by: terms, and text by trigrams (FTS5 on SQLite, pg_trgm on PostgreSQL).

use crate::dialect;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, DDL).await?;
        let text_index = match manager.get_database_backend() {
            DbBackend::Sqlite => SQLITE_TEXT_INDEX,
            _ => POSTGRES_TEXT_INDEX,
        };
        dialect::run(manager, text_index).await?;
        if manager.get_database_backend() == DbBackend::Sqlite {
            for trigger in SQLITE_TEXT_TRIGGERS {
                manager.get_connection().execute_unprepared(trigger).await?;
            }
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

const DDL: &str = r#"
CREATE TABLE term (
    key SMALLINT NOT NULL,
    value {text} NOT NULL,
    asset_id BIGINT NOT NULL,
    rev_from BIGINT NOT NULL,
    rev_to BIGINT NOT NULL,
    listed SMALLINT NOT NULL,
    PRIMARY KEY (key, value, asset_id, rev_from)
) {clustered};

CREATE TABLE search_text (
    id {key},
    asset_id BIGINT NOT NULL,
    rev_from BIGINT NOT NULL,
    rev_to BIGINT NOT NULL,
    listed SMALLINT NOT NULL,
    body {text} NOT NULL
);
CREATE INDEX search_text_asset ON search_text (asset_id, rev_to)
"#;

const SQLITE_TEXT_INDEX: &str = r#"
CREATE VIRTUAL TABLE search_index USING fts5 (
    body, content = 'search_text', content_rowid = 'id', tokenize = 'trigram case_sensitive 1'
)
"#;

// Of a row of search_text only rev_to ever changes, so there is no trigger for updates.
const SQLITE_TEXT_TRIGGERS: [&str; 2] = [
    "CREATE TRIGGER search_text_in AFTER INSERT ON search_text BEGIN
        INSERT INTO search_index (rowid, body) VALUES (new.id, new.body);
    END",
    "CREATE TRIGGER search_text_out AFTER DELETE ON search_text BEGIN
        INSERT INTO search_index (search_index, rowid, body) VALUES ('delete', old.id, old.body);
    END",
];

const POSTGRES_TEXT_INDEX: &str = r#"
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX search_text_trigrams ON search_text USING gin (body gin_trgm_ops)
"#;
