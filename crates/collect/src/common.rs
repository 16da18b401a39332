//! The settings that every kind of source has.

use crate::field::{FieldSort, SettingField};
use crate::pattern::Pattern;
use crate::settings::SettingsReader;
use std::path::PathBuf;
use std::time::Duration;

/// What every kind of source can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommonSettings {
    /// Trust the certificate authorities of this PEM file, and no others.
    pub ca_file: Option<PathBuf>,
    /// Take any certificate. Shown in red wherever the source is shown.
    pub insecure_tls: bool,
    /// Go through this HTTP proxy (`http://host:port`). The environment's proxy is not looked at.
    pub proxy: Option<String>,
    /// How long one request may take.
    pub timeout: Duration,
    /// How many scopes are enumerated side by side.
    pub concurrency: usize,
    /// Globs of what is wanted; none: everything.
    pub include: Vec<String>,
    /// Globs of what is not wanted.
    pub exclude: Vec<String>,
}

/// The settings that [`CommonSettings::read`] knows, described.
pub const COMMON_FIELDS: [SettingField; 7] = [
    SettingField::new(
        "include",
        FieldSort::Texts,
        "Take in only",
        "Patterns of names, one a line; * is any letters, ? is one. None: everything.",
    )
    .like("web-*")
    .common(),
    SettingField::new(
        "exclude",
        FieldSort::Texts,
        "Leave out",
        "Patterns of names, one a line; * is any letters, ? is one.",
    )
    .like("*-scratch")
    .common(),
    SettingField::new(
        "timeout",
        FieldSort::Duration,
        "Time limit",
        "How long one request may take. Without it: 30s.",
    )
    .like("30s")
    .common(),
    SettingField::new(
        "concurrency",
        FieldSort::Whole,
        "Side by side",
        "How many scopes are read at once. Without it: 8.",
    )
    .like("8")
    .common(),
    SettingField::new(
        "proxy",
        FieldSort::Text,
        "HTTP proxy",
        "Go through this proxy. The environment's proxy is not looked at.",
    )
    .like("http://proxy.example:3128")
    .common()
    .destination(),
    SettingField::new(
        "ca_file",
        FieldSort::Path,
        "Certificate authorities",
        "A PEM file on the server: trust the authorities in it, and no others.",
    )
    .like("/etc/cadastre/ca.pem")
    .common(),
    SettingField::new(
        "insecure_tls",
        FieldSort::Switch,
        "Take any certificate",
        "Whoever stands between can read and change everything, the secrets too. For a test only.",
    )
    .common()
    .dangerous(),
];

const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(600);

impl CommonSettings {
    /// Reads them; what is not set has its default: 30 s, 8 side by side.
    pub fn read(reader: &mut SettingsReader<'_>) -> CommonSettings {
        let common = CommonSettings {
            ca_file: reader.text("ca_file").map(PathBuf::from),
            insecure_tls: reader.flag("insecure_tls").unwrap_or(false),
            proxy: reader.text("proxy"),
            timeout: reader
                .duration("timeout", SHORTEST..=LONGEST)
                .unwrap_or(Duration::from_secs(30)),
            concurrency: reader
                .whole("concurrency", 1..=64)
                .and_then(|number| usize::try_from(number).ok())
                .unwrap_or(8),
            include: reader.texts("include").unwrap_or_default(),
            exclude: reader.texts("exclude").unwrap_or_default(),
        };
        if common.insecure_tls && common.ca_file.is_some() {
            reader.error(
                "insecure_tls",
                "takes any certificate, so that `ca_file` would mean nothing",
                "keep one of the two; `ca_file` is the safe one",
            );
        }
        common
    }

    /// `include` and `exclude`, ready to be asked.
    #[must_use]
    pub fn pattern(&self) -> Pattern {
        Pattern::new(&self.include, &self.exclude)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn defaults_and_contradictions() {
        let table = json!({});
        let mut reader = SettingsReader::new("x", &table);
        let common = CommonSettings::read(&mut reader);
        assert_eq!((common.timeout, common.concurrency), (Duration::from_secs(30), 8));
        assert!(common.pattern().is_open());
        assert_eq!(reader.finish(), []);

        let table = json!({"insecure_tls": true, "ca_file": "ca.pem"});
        let mut reader = SettingsReader::new("x", &table);
        CommonSettings::read(&mut reader);
        assert_eq!(reader.finish().len(), 1);
    }
}
