//! Sources: configured places to discover from.

use crate::coded::coded;

coded! {
    /// What sort of place a source is. Authority between sources goes by it.
    SourceKind {
        /// Amazon Web Services: an account or an organisation.
        Aws = 1 "aws",
        /// A vCenter or a standalone ESXi host.
        Vsphere = 2 "vsphere",
        /// Devices that speak SNMP.
        Snmp = 3 "snmp",
        /// An Active Directory domain.
        Directory = 4 "directory",
        /// What people add by hand.
        People = 5 "people",
    }
}

impl SourceKind {
    /// What people call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            SourceKind::Aws => "Amazon Web Services",
            SourceKind::Vsphere => "VMware vSphere",
            SourceKind::Snmp => "Network devices (SNMP)",
            SourceKind::Directory => "Active Directory",
            SourceKind::People => "People",
        }
    }
}
