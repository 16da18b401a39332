//! Words for reasons: how records, assets and identifiers are named to people.

use crate::draft::Draft;
use cadastre_model::{AssetId, Attr, Identifier, Record, RecordDoc, Scheme};

/// A scheme as people call it.
pub(crate) fn scheme(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::SmbiosUuid => "SMBIOS UUID",
        Scheme::Serial => "serial number",
        Scheme::CloudInstance => "cloud instance id",
        Scheme::AdGuid => "objectGUID",
        Scheme::AdSid => "objectSid",
        Scheme::AwsArn => "ARN",
        Scheme::LldpChassis => "LLDP chassis id",
        Scheme::SnmpEngine => "SNMP engine id",
        Scheme::Mac => "Ethernet address",
        Scheme::Fqdn => "DNS name",
        Scheme::Ip => "IP address",
        Scheme::Native => "native id",
    }
}

/// `serial number dell/ABC123`.
pub(crate) fn identifier(one: &Identifier) -> String {
    format!("{} {}", scheme(one.scheme), one.value)
}

/// Identifiers in a row: `SMBIOS UUID …, serial number …`.
pub(crate) fn identifiers<'a>(all: impl IntoIterator<Item = &'a Identifier>) -> String {
    all.into_iter().map(identifier).collect::<Vec<_>>().join(", ")
}

/// The last part of a native id's path, for where there is no better name.
pub(crate) fn last_segment(native_id: &str) -> &str {
    native_id.rsplit('/').find(|part| !part.is_empty()).unwrap_or(native_id)
}

/// `web01 (i-0abc)`, or the native id alone where nothing names it.
pub(crate) fn thing(native_id: &str, doc: &RecordDoc) -> String {
    let native = last_segment(native_id);
    match doc.values.get(&Attr::Name).and_then(|name| name.as_text()) {
        Some(name) if name != native => format!("{name} ({native})"),
        _ => native.to_owned(),
    }
}

/// A record as people call it.
pub(crate) fn record(record: &Record) -> String {
    thing(&record.native_id, &record.doc)
}

/// `asset 12 (web01)`.
pub(crate) fn asset(draft: &Draft<'_>, id: AssetId) -> String {
    match draft.snapshot.assets.get(&id) {
        Some(known) => format!("asset {id} ({})", known.doc.name),
        None => format!("asset {id}"),
    }
}

/// Assets in a row.
pub(crate) fn assets(draft: &Draft<'_>, ids: impl IntoIterator<Item = AssetId>) -> String {
    ids.into_iter().map(|id| asset(draft, id)).collect::<Vec<_>>().join(", ")
}
