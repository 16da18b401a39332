//! The settings of the `[vsphere]` table, described for people.

use cadastre_collect::{FieldSort, SettingField};

/// In the order in which people are asked.
pub(crate) const VSPHERE_FIELDS: [SettingField; 4] = [
    SettingField::new(
        "url",
        FieldSort::Text,
        "Address",
        "The vCenter, or an ESXi host that has none.",
    )
    .like("https://vcenter.example")
    .destination(),
    SettingField::new(
        "username",
        FieldSort::Text,
        "User name",
        "Who logs in: an account with the read-only role on the root, with propagation.",
    )
    .like("cadastre@vsphere.local"),
    SettingField::secret("password", "Password", "The password of that account."),
    SettingField::new(
        "skip_tags",
        FieldSort::Switch,
        "Leave tags unread",
        "Do not ask for vSphere's tags. Without it, a vCenter whose tags cannot be read is not read \
         at all, for its things would seem to have none.",
    ),
];
