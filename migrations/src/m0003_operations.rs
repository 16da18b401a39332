//! What keeps the register going: runs with their coverage, jobs, users, the audit log.

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
CREATE TABLE run (
    id {key},
    source_id BIGINT NOT NULL,
    status SMALLINT NOT NULL,
    actor {text} NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    beat_at BIGINT NOT NULL,
    seen BIGINT NOT NULL DEFAULT 0,
    created BIGINT NOT NULL DEFAULT 0,
    updated BIGINT NOT NULL DEFAULT 0,
    unchanged BIGINT NOT NULL DEFAULT 0,
    stale BIGINT NOT NULL DEFAULT 0,
    gone BIGINT NOT NULL DEFAULT 0,
    conflicts BIGINT NOT NULL DEFAULT 0,
    error {text}
);
CREATE INDEX run_source ON run (source_id, id);
CREATE UNIQUE INDEX run_one_a_source ON run (source_id) WHERE ended_at IS NULL;

CREATE TABLE run_scope (
    scope_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    enumeration SMALLINT NOT NULL,
    at BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    error {text},
    PRIMARY KEY (scope_id, run_id)
);
CREATE INDEX run_scope_run ON run_scope (run_id);
CREATE INDEX run_scope_at ON run_scope (scope_id, enumeration, at);

CREATE TABLE run_error (
    run_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    scope {text} NOT NULL,
    subject {text} NOT NULL,
    message {text} NOT NULL,
    PRIMARY KEY (run_id, number)
);

CREATE TABLE job (
    id {key},
    kind {text} NOT NULL,
    subject {text} NOT NULL,
    state SMALLINT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    worker {text},
    beat_at BIGINT,
    error {text},
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX job_once ON job (kind, subject) WHERE state < 3;
CREATE INDEX job_due ON job (state, due_at);

CREATE TABLE account (
    id {key},
    name {text} NOT NULL UNIQUE,
    role {text} NOT NULL,
    password_hash {text},
    enabled SMALLINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE web_session (
    token_digest {bytes} PRIMARY KEY,
    account_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL
);
CREATE INDEX web_session_account ON web_session (account_id);

CREATE TABLE audit (
    seq {id},
    at BIGINT NOT NULL,
    actor {text} NOT NULL,
    action {text} NOT NULL,
    subject {text} NOT NULL,
    detail {text},
    salt {bytes} NOT NULL,
    detail_digest {bytes} NOT NULL,
    previous {bytes} NOT NULL,
    hash {bytes} NOT NULL
)
"#;
