//! The settings of the `[aws]` table, described for people.

use cadastre_collect::{FieldSort, SettingField};

/// In the order in which people are asked.
pub(crate) const AWS_FIELDS: [SettingField; 9] = [
    SettingField::new(
        "regions",
        FieldSort::Texts,
        "Regions",
        "The regions to read, one a line. None: all that the account has opted into.",
    )
    .like("eu-west-1"),
    SettingField::new(
        "access_key_id",
        FieldSort::Text,
        "Access key id",
        "The key to sign with. Without it the default chain: environment, profile, web identity, \
         container or instance role.",
    )
    .like("AKIA…"),
    SettingField::secret("secret_access_key", "Secret access key", "The secret of that key."),
    SettingField::secret(
        "session_token",
        "Session token",
        "Goes with the temporary keys of a session, and only with them.",
    ),
    SettingField::new(
        "accounts",
        FieldSort::Texts,
        "Accounts",
        "The accounts to read, twelve digits, one a line. None: with a role all of the organisation, \
         without one the account of the key.",
    )
    .like("111122223333"),
    SettingField::new(
        "role_name",
        FieldSort::Text,
        "Role",
        "The name of the role to take on in each of these accounts.",
    )
    .like("cadastre-reader"),
    SettingField::new(
        "external_id",
        FieldSort::Text,
        "External id",
        "What the trust policies of those roles ask for, if they do.",
    ),
    SettingField::new(
        "endpoint",
        FieldSort::Text,
        "Endpoint",
        "A private endpoint or a test server, asked for all regions. Without it the public \
         endpoint of each region.",
    )
    .like("https://ec2.example:443")
    .destination(),
    SettingField::new(
        "page_size",
        FieldSort::Whole,
        "Things on a page",
        "How many things one answer holds, at most: 5 to 1000. Without it: 1000.",
    )
    .like("1000"),
];
