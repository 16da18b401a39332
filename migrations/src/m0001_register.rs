//! The register itself: revisions, sources, records, assets and what ties them, all with their past.
//!
//! `rev_from, rev_to` are half open: a row holds at revision R if `rev_from <= R < rev_to`; what
//! holds now has the greatest 64-bit number as `rev_to`. Moments are milliseconds since 1970, UTC.
//!
//! What sources name things by is cut where it would not fit an index row (see the store's `key`);
//! `record.native_whole` then keeps the native id as it is, as JSON.

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
CREATE TABLE register (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    rev BIGINT NOT NULL,
    committed_at BIGINT NOT NULL,
    next_record BIGINT NOT NULL,
    next_asset BIGINT NOT NULL
);
INSERT INTO register (one, rev, committed_at, next_record, next_asset) VALUES (1, 0, 0, 1, 1);

CREATE TABLE rev (
    rev {id},
    committed_at BIGINT NOT NULL,
    actor {text} NOT NULL,
    run_id BIGINT,
    reason {text} NOT NULL
);
CREATE INDEX rev_committed_at ON rev (committed_at, rev);

CREATE TABLE source (
    id {key},
    name {text} NOT NULL,
    kind SMALLINT NOT NULL,
    removed BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX source_name ON source (name, removed);

CREATE TABLE source_version (
    source_id BIGINT NOT NULL,
    rev_from BIGINT NOT NULL,
    rev_to BIGINT NOT NULL,
    enabled SMALLINT NOT NULL,
    schedule {text},
    doc {text} NOT NULL,
    PRIMARY KEY (source_id, rev_from)
);

CREATE TABLE scope (
    id {key},
    source_id BIGINT NOT NULL,
    name {text} NOT NULL
);
CREATE UNIQUE INDEX scope_name ON scope (source_id, name);

CREATE TABLE record (
    key {id},
    source_id BIGINT NOT NULL,
    native_id {text} NOT NULL,
    native_whole {text},
    kind SMALLINT NOT NULL,
    scope_id BIGINT NOT NULL,
    state SMALLINT NOT NULL,
    digest BIGINT NOT NULL,
    latest_digest BIGINT NOT NULL,
    latest {text} NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT
);
CREATE UNIQUE INDEX record_native ON record (source_id, native_id);
CREATE INDEX record_scope ON record (scope_id, state);

CREATE TABLE record_version (
    record_key BIGINT NOT NULL,
    rev_from BIGINT NOT NULL,
    rev_to BIGINT NOT NULL,
    scope_id BIGINT NOT NULL,
    state SMALLINT NOT NULL,
    last_seen BIGINT,
    doc {text} NOT NULL,
    reason {text} NOT NULL,
    PRIMARY KEY (record_key, rev_from)
);

CREATE TABLE identifier (
    scheme SMALLINT NOT NULL,
    value {text} NOT NULL,
    record_key BIGINT NOT NULL,
    rev_from BIGINT NOT NULL,
    rev_to BIGINT NOT NULL,
    tail {text},
    PRIMARY KEY (scheme, value, record_key, rev_from)
) {clustered};
CREATE INDEX identifier_tail ON identifier (tail) WHERE tail IS NOT NULL;

CREATE TABLE link (
    record_key BIGINT NOT NULL,
    rev_from BIGINT NOT NULL,
    rev_to BIGINT NOT NULL,
    asset_id BIGINT NOT NULL,
    reason {text} NOT NULL,
    PRIMARY KEY (record_key, rev_from)
) {clustered};
CREATE INDEX link_asset ON link (asset_id, record_key, rev_from, rev_to);

CREATE TABLE claim (
    record_key BIGINT NOT NULL,
    relation SMALLINT NOT NULL,
    scheme SMALLINT NOT NULL,
    target {text} NOT NULL,
    rev_from BIGINT NOT NULL,
    rev_to BIGINT NOT NULL,
    PRIMARY KEY (record_key, relation, scheme, target, rev_from)
) {clustered};
CREATE INDEX claim_target ON claim (relation, scheme, target, record_key, rev_from, rev_to);

CREATE TABLE asset (
    id {id},
    first_seen BIGINT NOT NULL,
    redirect_to BIGINT
);

CREATE TABLE asset_version (
    asset_id BIGINT NOT NULL,
    rev_from BIGINT NOT NULL,
    rev_to BIGINT NOT NULL,
    kind SMALLINT NOT NULL,
    sort_name {text} NOT NULL,
    lifecycle SMALLINT NOT NULL,
    power SMALLINT NOT NULL,
    freshness SMALLINT NOT NULL,
    hidden SMALLINT NOT NULL,
    conflicted SMALLINT NOT NULL,
    doc {text} NOT NULL,
    reason {text} NOT NULL
);
CREATE UNIQUE INDEX asset_version_asset ON asset_version
    (asset_id, rev_from, rev_to, freshness, hidden, lifecycle, sort_name);
CREATE INDEX asset_version_name ON asset_version
    (sort_name, asset_id, rev_from, rev_to, freshness, hidden, lifecycle);
CREATE INDEX asset_version_rev ON asset_version (rev_from);

CREATE TABLE interface (
    asset_id BIGINT NOT NULL,
    native_id {text} NOT NULL,
    rev_from BIGINT NOT NULL,
    rev_to BIGINT NOT NULL,
    doc {text} NOT NULL,
    PRIMARY KEY (asset_id, native_id, rev_from)
) {clustered};

CREATE TABLE held (
    asset_id BIGINT NOT NULL,
    attr SMALLINT NOT NULL,
    rev_from BIGINT NOT NULL,
    rev_to BIGINT NOT NULL,
    value {text},
    actor {text} NOT NULL,
    set_at BIGINT NOT NULL,
    effective_from BIGINT NOT NULL,
    PRIMARY KEY (asset_id, attr, rev_from)
);

CREATE TABLE change (
    asset_id BIGINT NOT NULL,
    rev BIGINT NOT NULL,
    subject {text} NOT NULL,
    before {text},
    after {text},
    reason {text} NOT NULL,
    PRIMARY KEY (asset_id, rev, subject)
) {clustered};

CREATE TABLE conflict (
    id {key},
    question {text} NOT NULL,
    kind {text} NOT NULL,
    doc {text} NOT NULL,
    reason {text} NOT NULL,
    opened_at BIGINT NOT NULL,
    decision SMALLINT NOT NULL DEFAULT 0,
    decided_at BIGINT,
    decided_by {text}
);
CREATE UNIQUE INDEX conflict_open ON conflict (question) WHERE decision = 0;
CREATE INDEX conflict_question ON conflict (question, decision, decided_at);

CREATE TABLE pin (
    record_key BIGINT NOT NULL,
    asset_id BIGINT NOT NULL,
    decision SMALLINT NOT NULL,
    conflict_id BIGINT NOT NULL,
    PRIMARY KEY (record_key, asset_id)
);

CREATE TABLE policy (
    rev_from BIGINT PRIMARY KEY,
    rev_to BIGINT NOT NULL,
    doc {text} NOT NULL
);

CREATE TABLE party (
    id {key},
    handle {text} NOT NULL,
    kind SMALLINT NOT NULL,
    name {text} NOT NULL,
    active SMALLINT NOT NULL,
    rev_from BIGINT NOT NULL,
    rev_to BIGINT NOT NULL
);
CREATE UNIQUE INDEX party_handle ON party (handle, rev_from);

CREATE TABLE site (
    id {key},
    slug {text} NOT NULL,
    name {text} NOT NULL,
    parent {text},
    rev_from BIGINT NOT NULL,
    rev_to BIGINT NOT NULL
);
CREATE UNIQUE INDEX site_slug ON site (slug, rev_from)
"#;
