//! The `[directory]` table of a source.

use crate::address::{Address, is_base};
use crate::fields::DIRECTORY_FIELDS;
use cadastre_collect::{CommonSettings, SettingError, SettingsReader};
use serde_json::Value;

/// What a source of this kind can be told.
#[derive(Clone, Debug)]
pub(crate) struct DirectorySettings {
    /// What every kind of source can be told.
    pub common: CommonSettings,
    /// The domain controllers, in the order of the settings; those that can be read.
    pub addresses: Vec<Address>,
    /// Secure `ldap://` connections before anything is said.
    pub start_tls: bool,
    /// Who logs on; the password comes with the secrets.
    pub bind_dn: Option<String>,
    /// Read only what is below this object.
    pub base_dn: Option<String>,
    /// Read only what changed since the run before, where the directory tells it.
    pub increments: bool,
    /// Read the mail addresses of accounts.
    pub mail: bool,
    /// Read the addresses of computers from the zones that the directory keeps.
    pub dns: bool,
    /// Objects on one page of an answer, at most.
    pub page_size: i32,
}

impl DirectorySettings {
    /// Reads the table, and everything that is wrong with it.
    pub(crate) fn read(settings: &Value) -> (DirectorySettings, Vec<SettingError>) {
        let mut reader = SettingsReader::new("directory", settings);
        let common = CommonSettings::read(&mut reader);
        let urls = reader.texts("url").unwrap_or_default();
        let mut read = DirectorySettings {
            common,
            addresses: Vec::new(),
            start_tls: reader.flag("start_tls").unwrap_or(false),
            bind_dn: reader.text("bind_dn"),
            base_dn: reader.text("base_dn"),
            increments: reader.flag("increments").unwrap_or(false),
            mail: reader.flag("mail").unwrap_or(false),
            dns: reader.flag("dns").unwrap_or(false),
            page_size: reader
                .whole("page_size", 10..=1_000)
                .and_then(|number| i32::try_from(number).ok())
                .unwrap_or(1_000),
        };
        for field in DIRECTORY_FIELDS.iter().filter(|field| field.is_secret) {
            reader.secret(field.key);
        }
        reader.refuse(
            "proxy",
            "is an HTTP proxy, and LDAP goes through none",
            "leave it out; let the firewall pass the domain controllers' ports",
        );
        read.read_addresses(&urls, &mut reader);
        read.check_security(&mut reader);
        read.check_base(&mut reader);
        let errors = reader.finish();
        (read, errors)
    }

    fn read_addresses(&mut self, urls: &[String], reader: &mut SettingsReader<'_>) {
        for url in urls {
            match Address::read(url) {
                Ok(address) if self.addresses.contains(&address) => {
                    reader.error("url", format!("names {address} twice"), "name each one once");
                }
                Ok(address) => self.addresses.push(address),
                // It may hold a password, which must not be shown.
                Err(what) => reader.error(
                    "url",
                    format!("has an entry that {what}"),
                    "expected ldaps://HOST[:PORT][/BASE_DN], or ldap:// with start_tls = true",
                ),
            }
        }
    }

    /// A password in the clear is as good as given away: it goes over TLS, or, for a test, with the
    /// same setting that takes any certificate and so is open to the same eyes.
    fn check_security(&self, reader: &mut SettingsReader<'_>) {
        let plain = self.addresses.iter().find(|address| !address.ldaps);
        match (plain, self.start_tls) {
            (Some(address), false) if !self.common.insecure_tls => reader.error(
                "url",
                format!("names {address}, to which the password would go unencrypted"),
                "use ldaps://, or set start_tls = true",
            ),
            (None, true) if !self.addresses.is_empty() => reader.error(
                "start_tls",
                "is for ldap:// addresses, and there is none",
                "leave it out: ldaps:// is secure from the first octet",
            ),
            _ => {}
        }
    }

    fn check_base(&self, reader: &mut SettingsReader<'_>) {
        let Some(base) = &self.base_dn else { return };
        if !is_base(base) {
            let hint =
                "expected a distinguished name with its domain: \"OU=Europe,DC=corp,DC=com\"";
            reader.error("base_dn", format!("is \"{base}\", which names nothing"), hint);
        }
        if self.addresses.len() > 1 || self.addresses.iter().any(|it| it.base.is_some()) {
            reader.error(
                "base_dn",
                "is for one address without a base of its own",
                "write the base behind each address: ldaps://HOST/OU=Europe,DC=corp,DC=com",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(settings: Value) -> Vec<String> {
        DirectorySettings::read(&settings).1.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn takes_what_is_right() {
        let none: [&str; 0] = [];
        assert_eq!(said(json!({})), none);
        assert_eq!(
            said(json!({
                "url": ["ldaps://dc1.corp.test", "ldap://dc2.corp.test/OU=A,DC=corp,DC=test"],
                "start_tls": true, "bind_dn": "reader@corp.test", "mail": true, "dns": true,
                "increments": true,
                "password_env": "CADASTRE_SECRET_AD", "ca_file": "ca.pem", "timeout": "5s",
                "concurrency": 2, "page_size": 500, "include": ["web*"], "exclude": ["*-old"],
            })),
            none
        );
        let one = json!({"url": "ldaps://dc1", "base_dn": "OU=A,DC=corp,DC=test"});
        assert_eq!(said(one), none);
        // For a test, as `insecure_tls` itself.
        assert_eq!(said(json!({"url": "ldap://127.0.0.1", "insecure_tls": true})), none);
    }

    #[test]
    fn refuses_what_is_wrong_each_by_name() {
        assert_eq!(
            said(json!({
                "url": ["ldap://dc1.corp.test", "ldap://me:s3cret@dc2", "https://dc3"],
                "base_dn": "nonsense", "proxy": "http://proxy:3128", "page_size": 5000,
                "password": "s3cret", "ulr": "x",
            })),
            [
                "`base_dn` is \"nonsense\", which names nothing; expected a distinguished name \
                 with its domain: \"OU=Europe,DC=corp,DC=com\"",
                "`page_size` is the number 5000; expected a whole number from 10 to 1000",
                "`password` is a secret, and must not stand in the settings; name where it is: \
                 password_env = \"CADASTRE_SECRET_...\" or password_file = \"...\"",
                "`proxy` is an HTTP proxy, and LDAP goes through none; leave it out; let the \
                 firewall pass the domain controllers' ports",
                "`ulr` is not a setting of this kind; did you mean `url`?",
                "`url` has an entry that holds a user name or password, which have settings of \
                 their own; expected ldaps://HOST[:PORT][/BASE_DN], or ldap:// with start_tls = \
                 true",
                "`url` has an entry that says neither ldap nor ldaps; expected \
                 ldaps://HOST[:PORT][/BASE_DN], or ldap:// with start_tls = true",
                "`url` names ldap://dc1.corp.test:389, to which the password would go \
                 unencrypted; use ldaps://, or set start_tls = true",
            ]
        );
    }

    #[test]
    fn refuses_what_does_not_go_together() {
        let twice = json!({"url": ["ldaps://dc1", "ldaps://dc1:636"]});
        assert!(said(twice).join("").contains("twice"));
        let needless = json!({"url": "ldaps://dc1", "start_tls": true});
        assert!(said(needless).join("").contains("start_tls"));
        let two = json!({"url": ["ldaps://dc1", "ldaps://dc2"], "base_dn": "DC=corp,DC=test"});
        assert!(said(two).join("").contains("base_dn"));
    }
}
