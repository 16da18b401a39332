//! Sources: configured places to discover from.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What sort of place a source is. Authority between sources goes by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// Amazon Web Services: an account or an organisation.
    Aws,
    /// A vCenter or a standalone ESXi host.
    Vsphere,
    /// Devices that speak SNMP.
    Snmp,
    /// An Active Directory domain.
    Directory,
    /// What people add by hand.
    People,
}

impl SourceKind {
    /// Every kind, with its stored number and its word in files. Never reuse a number.
    pub const ALL: [(SourceKind, i16, &'static str); 5] = [
        (SourceKind::Aws, 1, "aws"),
        (SourceKind::Vsphere, 2, "vsphere"),
        (SourceKind::Snmp, 3, "snmp"),
        (SourceKind::Directory, 4, "directory"),
        (SourceKind::People, 5, "people"),
    ];

    /// The stored number.
    #[must_use]
    pub fn code(self) -> i16 {
        Self::ALL.iter().find(|(one, _, _)| *one == self).map_or(0, |(_, code, _)| *code)
    }

    /// The word in files and output.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(one, _, _)| *one == self).map_or("", |(_, _, word)| *word)
    }

    /// The kind of a stored number.
    #[must_use]
    pub fn from_code(code: i16) -> Option<SourceKind> {
        Self::ALL.iter().find(|(_, one, _)| *one == code).map(|(kind, _, _)| *kind)
    }

    /// The kind of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<SourceKind> {
        Self::ALL.iter().find(|(_, _, one)| *one == word).map(|(kind, _, _)| *kind)
    }
}

impl fmt::Display for SourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
