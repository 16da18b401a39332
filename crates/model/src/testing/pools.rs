//! The small worlds that random assets and random queries share.

use crate::identifier::{Identifier, Scheme};
use crate::registry::{Attr, Kind};
use crate::relation::RelationType;
use crate::time::Timestamp;

/// The moment at which the tests take place: 2026-06-30T12:00:00Z.
pub const NOW: Timestamp = Timestamp(1_782_820_800_000);

pub(super) const KINDS: [Kind; 4] = [Kind::Vm, Kind::Instance, Kind::Volume, Kind::AccessPoint];

pub(super) const RELATIONS: [RelationType; 2] = [RelationType::RunsOn, RelationType::MemberOf];

pub(super) const SOURCES: [&str; 4] = ["vc-paris", "vc-lyon", "AWS Main", "people"];

/// Names and other texts as sources write them.
pub(super) const TEXTS: [&str; 14] = [
    "web01",
    "web02.corp.example",
    "Web 10",
    "db_01",
    "dbx01",
    "100% Zürich",
    "100 zurich",
    "Windows Server 2012 R2",
    "windows  server 2019",
    r"CORP\web01",
    r#"the "old" one"#,
    "a*b",
    "it's",
    "",
];

/// Keys of tags; the first three fall together in one canonical key.
pub(super) const TAG_KEYS: [&str; 6] =
    ["env", "Stage", "environment", "team", "aws:stack name", "te"];

pub(super) const TAG_VALUES: [&str; 6] = ["prod", "Prod", "pré-prod", "", "pay ments", "am=x"];

/// Attributes of text.
pub(super) const TEXT_ATTRS: [Attr; 5] =
    [Attr::Owner, Attr::Environment, Attr::Os, Attr::SerialNumber, Attr::Site];

/// An attribute with several values.
pub(super) const LIST_ATTR: Attr = Attr::Cidr;

pub(super) const BOOL_ATTR: Attr = Attr::Encrypted;

/// Attributes that are numbers: a count, a size, a rate.
pub(super) const NUMBER_ATTRS: [Attr; 3] = [Attr::Vcpu, Attr::Memory, Attr::Throughput];

pub(super) const NUMBERS: [i64; 9] =
    [i64::MIN, -1, 0, 1, 4, 16, 16_000_000_000, 17_179_869_184, i64::MAX];

pub(super) const MOMENT_ATTR: Attr = Attr::CreatedAt;

/// Ages in milliseconds that moments and queries share, so that bounds are met to the millisecond.
pub(super) const AGES: [i64; 7] =
    [0, 1, 3_600_000, 86_399_999, 86_400_000, 86_400_001, 30 * 86_400_000];

pub(super) const MACS: [&str; 4] =
    ["00:50:56:ab:00:50", "00:50:56:ab:cd:ef", "ab:cd:ef:00:50:56", "02:00:00:00:00:01"];

pub(super) const IPS: [&str; 7] = [
    "10.2.3.4",
    "10.2.3.255",
    "10.2.4.0",
    "192.168.0.1",
    "fe80::1",
    "2001:db8::1",
    "2001:db8:0:1::",
];

/// A UUID, the same in the other byte order, and another one.
pub(super) const UUIDS: [&str; 3] = [
    "423a5f10-9c77-11ee-8b2d-0242ac120002",
    "105f3a42-779c-ee11-8b2d-0242ac120002",
    "6f1c9a3e-0b1d-4a55-9f6e-1d2c3b4a5968",
];

pub(super) const ARNS: [&str; 3] = [
    "arn:aws:ec2:eu-west-1:123456789012:instance/i-0abc",
    "arn:aws:ec2:eu-west-1:123456789012:volume/vol-1",
    "arn:aws-cn:s3:::Bucket",
];

pub(super) const NATIVE_IDS: [&str; 3] = ["i-0abc", "VM-42", "vol-1"];

/// Every identifier of the pools.
pub(super) fn identifiers() -> Vec<Identifier> {
    let all = |texts: &[&str], make: fn(&str) -> Option<Identifier>| -> Vec<Identifier> {
        texts.iter().copied().filter_map(make).collect()
    };
    let native = |text: &str| Identifier::plain(Scheme::Native, text);
    [
        all(&MACS, Identifier::mac),
        all(&IPS, Identifier::ip),
        all(&UUIDS, Identifier::smbios_uuid),
        all(&UUIDS, Identifier::ad_guid),
        all(&ARNS, Identifier::aws_arn),
        all(&NATIVE_IDS, native),
    ]
    .concat()
}
