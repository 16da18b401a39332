//! The settings of the `[directory]` table, described for people.

use cadastre_collect::{COMMON_FIELDS, FieldSort, SettingField};

/// In the order in which people are asked.
pub(crate) const DIRECTORY_FIELDS: [SettingField; 9] = [
    SettingField::new(
        "url",
        FieldSort::Texts,
        "Domain controllers",
        "ldaps://HOST, or ldap://HOST with StartTLS; one a line, of each domain to be read. Two of \
         one domain: the second is for when the first does not answer.",
    )
    .like("ldaps://dc1.corp.example.com")
    .destination(),
    SettingField::new(
        "start_tls",
        FieldSort::Switch,
        "StartTLS",
        "Secure an ldap:// connection before anything is said. Without it such an address is \
         refused.",
    ),
    SettingField::new(
        "bind_dn",
        FieldSort::Text,
        "Account",
        "Who logs on, in all these domains: name@domain, or a distinguished name.",
    )
    .like("cadastre@corp.example.com"),
    SettingField::secret("password", "Password", "The password of that account."),
    SettingField::new(
        "base_dn",
        FieldSort::Text,
        "Only below",
        "Read only what is below this object. Without it: the whole domain.",
    )
    .like("OU=Europe,DC=corp,DC=example,DC=com"),
    SettingField::new(
        "increments",
        FieldSort::Switch,
        "Only what changed",
        "Read only what changed since the run before, and everything once a week. Who may not see deleted \
         objects learns of deletions then. Without it: everything, each time.",
    ),
    SettingField::new(
        "mail",
        FieldSort::Switch,
        "Mail addresses",
        "Read the mail addresses of accounts too. Without it they are not asked for.",
    ),
    SettingField::new(
        "dns",
        FieldSort::Switch,
        "Addresses from the DNS",
        "Read the addresses of computers from the zones that the domain and the forest keep in the \
         directory. With `increments` an address that changes alone is told when everything is read.",
    ),
    SettingField::new(
        "page_size",
        FieldSort::Whole,
        "Objects on a page",
        "How many objects one answer holds, at most: 10 to 1000. Without it: 1000.",
    )
    .like("1000"),
];

/// The settings of every kind, but the HTTP proxy: LDAP goes through none.
pub(crate) fn common_fields() -> impl Iterator<Item = SettingField> {
    COMMON_FIELDS.into_iter().filter(|field| field.key != "proxy")
}
