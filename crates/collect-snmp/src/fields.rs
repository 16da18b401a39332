//! The settings of the `[snmp]` table, described for people.

use cadastre_collect::{FieldSort, SettingField};

/// Protocols that prove who asks, as the settings name them.
pub(crate) const AUTH_WORDS: [&str; 6] = ["sha", "sha224", "sha256", "sha384", "sha512", "md5"];

/// Protocols that hide what is said.
pub(crate) const PRIV_WORDS: [&str; 4] = ["aes", "aes192", "aes256", "des"];

/// Of each user.
pub(crate) const USER_FIELDS: [SettingField; 6] = [
    SettingField::new("name", FieldSort::Text, "User", "The name of the user of SNMPv3.")
        .like("monitor"),
    SettingField::new(
        "auth",
        FieldSort::Text,
        "Authentication",
        "How the user proves itself: sha, sha224, sha256, sha384, sha512 or md5. Without it: not at all.",
    )
    .like("sha256"),
    SettingField::secret(
        "auth_key",
        "Authentication key",
        "The passphrase that goes with it, eight characters or more.",
    ),
    SettingField::new(
        "priv",
        FieldSort::Text,
        "Encryption",
        "How what is said is hidden: aes, aes192, aes256 or des. Without it: not at all.",
    )
    .like("aes"),
    SettingField::secret(
        "priv_key",
        "Encryption key",
        "The passphrase that goes with it, eight characters or more.",
    ),
    SettingField::new(
        "context",
        FieldSort::Text,
        "Context",
        "The context to ask in. Without it: the default one.",
    ),
];

/// In the order in which people are asked.
pub(crate) const SNMP_FIELDS: [SettingField; 13] = [
    SettingField::new(
        "targets",
        FieldSort::Texts,
        "Targets",
        "Whom to ask, one a line: addresses, names, ranges (10.0.0.1-10.0.0.99) and networks \
         (10.0.0.0/24). One that is named by itself is missed when it is silent.",
    )
    .like("10.0.0.0/24")
    .destination(),
    SettingField::new(
        "exclude",
        FieldSort::Texts,
        "Leave out",
        "Addresses, ranges and networks that are not asked, and patterns of names and addresses of \
         devices that are not taken in; * is any letters, ? is one.",
    )
    .like("10.0.0.7"),
    SettingField::new(
        "include",
        FieldSort::Texts,
        "Take in only",
        "Patterns of names and addresses of devices, one a line; * is any letters, ? is one. None: \
         everything.",
    )
    .like("sw-*"),
    SettingField::secret(
        "communities",
        "Communities",
        "The communities of SNMPv2c, one a line or with commas between, in the order in which they are \
         tried, after the users.",
    ),
    SettingField::new(
        "users",
        FieldSort::Tables(&USER_FIELDS),
        "Users",
        "The users of SNMPv3, in the order in which they are tried.",
    ),
    SettingField::new("port", FieldSort::Whole, "Port", "Where agents listen. Without it: 161.")
        .like("161"),
    SettingField::new(
        "timeout",
        FieldSort::Duration,
        "Time limit",
        "How long one answer may take. Without it: 2s.",
    )
    .like("2s"),
    SettingField::new(
        "retries",
        FieldSort::Whole,
        "Repeats",
        "How often a question without an answer is asked again: 0 to 10. Without it: 1.",
    )
    .like("1"),
    SettingField::new(
        "deadline",
        FieldSort::Duration,
        "Time for a device",
        "How long reading one device may take. Without it: 5m.",
    )
    .like("5m"),
    SettingField::new(
        "concurrency",
        FieldSort::Whole,
        "Side by side",
        "How many devices are read at once. Without it: 16.",
    )
    .like("16"),
    SettingField::new(
        "sweep_every",
        FieldSort::Duration,
        "Sweep every",
        "How often ranges and networks are asked whole; runs between ask known devices and those named by \
         themselves. Without it: in every run.",
    )
    .like("24h"),
    SettingField::new(
        "sweep_rate",
        FieldSort::Whole,
        "Sweep rate",
        "How many addresses of ranges and networks are asked a second, known devices apart: 1 to 1000. \
         Without it: eight times as many at once as devices are read.",
    )
    .like("50"),
    SettingField::new(
        "probe_defaults",
        FieldSort::Switch,
        "Try known communities",
        "Also try whether devices answer to the communities public and private, which everybody knows. \
         Devices may log that.",
    ),
];
