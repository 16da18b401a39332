//! The `[aws]` table of a source.

use crate::fields::AWS_FIELDS;
use cadastre_collect::{CommonSettings, SettingError, SettingsReader};
use http::Uri;
use serde_json::Value;

/// What a source of this kind can be told.
#[derive(Clone, Debug)]
pub(crate) struct AwsSettings {
    /// What every kind of source can be told.
    pub common: CommonSettings,
    /// Where STS and EC2 are asked, of all regions: a private endpoint or a test server. Else the
    /// public endpoint of each region.
    pub endpoint: Option<String>,
    /// The regions to read. Else all that the account has opted into.
    pub regions: Vec<String>,
    /// The accounts to read, by taking on `role_name` in each. Else those that the organisation
    /// lists, if there is a role; else the account of the credentials.
    pub accounts: Vec<String>,
    /// The role to take on in each of these accounts.
    pub role_name: Option<String>,
    /// What those roles' trust policies may ask for.
    pub external_id: Option<String>,
    /// Things on one page of an answer, at most. A smaller page is sooner there and takes less
    /// memory (an instance is some 5 kB of text); a larger one costs fewer requests.
    pub page_size: i32,
    /// The key to sign with; its secret comes with the secrets. Else the default chain:
    /// environment, profile, web identity, container or instance role.
    pub access_key_id: Option<String>,
}

impl AwsSettings {
    /// Reads the table, and everything that is wrong with it.
    pub(crate) fn read(settings: &Value) -> (AwsSettings, Vec<SettingError>) {
        let mut reader = SettingsReader::new("aws", settings);
        let read = AwsSettings {
            common: CommonSettings::read(&mut reader),
            endpoint: reader.text("endpoint"),
            regions: reader.texts("regions").unwrap_or_default(),
            accounts: reader.texts("accounts").unwrap_or_default(),
            role_name: reader.text("role_name"),
            external_id: reader.text("external_id"),
            page_size: reader
                .whole("page_size", 5..=1_000)
                .and_then(|number| i32::try_from(number).ok())
                .unwrap_or(1_000),
            access_key_id: reader.text("access_key_id"),
        };
        for field in AWS_FIELDS.iter().filter(|field| field.is_secret) {
            reader.secret(field.key);
        }
        read.check_addresses(&mut reader);
        read.check_regions(&mut reader);
        read.check_accounts(&mut reader);
        let errors = reader.finish();
        (read, errors)
    }

    fn check_addresses(&self, reader: &mut SettingsReader<'_>) {
        let addresses = [("endpoint", &self.endpoint), ("proxy", &self.common.proxy)];
        for (key, address) in addresses {
            if let Some(what) = address.as_deref().and_then(wrong_address) {
                reader.error(key, what, "expected http://HOST:PORT or https://HOST:PORT");
            }
        }
        if self.common.insecure_tls && self.common.proxy.is_some() {
            reader.error(
                "insecure_tls",
                "is not supported together with `proxy`",
                "name the proxy's certificate authority in `ca_file` instead",
            );
        }
    }

    fn check_regions(&self, reader: &mut SettingsReader<'_>) {
        for region in self.regions.iter().filter(|region| !is_region(region)) {
            let what = format!("names `{region}`, which is not a region's name");
            reader.error("regions", what, "expected names such as \"eu-west-1\"");
        }
        if let Some(twice) = repeated(&self.regions) {
            reader.error("regions", format!("names `{twice}` twice"), "name each region once");
        }
    }

    fn check_accounts(&self, reader: &mut SettingsReader<'_>) {
        let is_account =
            |text: &String| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
        for account in self.accounts.iter().filter(|account| !is_account(account)) {
            let what = format!("names `{account}`, which is not an account's number");
            reader.error("accounts", what, "expected twelve digits in quotes: \"111122223333\"");
        }
        if let Some(twice) = repeated(&self.accounts) {
            reader.error("accounts", format!("names `{twice}` twice"), "name each account once");
        }
        match (&self.role_name, self.accounts.is_empty()) {
            (None, false) => reader.error(
                "accounts",
                "needs `role_name`: the role to take on in each",
                "name a role that exists in each of them",
            ),
            (Some(role), _) if role.contains(':') => {
                let hint = "expected its name alone, with its path if it has one";
                reader.error("role_name", "looks like an ARN", hint);
            }
            _ => {}
        }
        if self.external_id.is_some() && self.role_name.is_none() {
            reader.error("external_id", "goes with `role_name`", "name the role, or leave it out");
        }
    }
}

fn wrong_address(text: &str) -> Option<String> {
    let Ok(uri) = text.parse::<Uri>() else {
        return Some(format!("is \"{text}\", which is not an address"));
    };
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Some(format!("is \"{text}\", which says neither http nor https"));
    }
    let authority = uri.authority()?;
    if authority.as_str().contains('@') {
        return Some("holds a user name or password, which is not supported".to_owned());
    }
    let bare = matches!(uri.path(), "" | "/") && uri.query().is_none();
    (!bare).then(|| format!("is \"{text}\", which has something after the host"))
}

/// Letters, digits and dashes, with at least two dashes and a number at the end: `us-gov-west-1`.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let words = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    match parts.split_last() {
        Some((number, names)) => {
            names.len() >= 2
                && names.iter().all(words)
                && !number.is_empty()
                && number.bytes().all(|b| b.is_ascii_digit())
        }
        None => false,
    }
}

fn repeated(items: &[String]) -> Option<&String> {
    let mut rest = items;
    while let Some((first, others)) = rest.split_first() {
        if others.contains(first) {
            return Some(first);
        }
        rest = others;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(settings: Value) -> Vec<String> {
        AwsSettings::read(&settings).1.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn takes_what_is_right() {
        let none: [&str; 0] = [];
        assert_eq!(said(json!({})), none);
        assert_eq!(
            said(json!({
                "endpoint": "http://127.0.0.1:5000", "regions": ["eu-west-1", "us-gov-west-1"],
                "accounts": ["111122223333"], "role_name": "audit/reader", "external_id": "x",
                "access_key_id": "AKIA", "secret_access_key_env": "CADASTRE_SECRET_AWS",
                "session_token_file": "token", "ca_file": "ca.pem", "timeout": "5s",
                "concurrency": 4, "page_size": 100, "proxy": "http://proxy:3128", "include": ["web*"],
                "exclude": ["*-old"],
            })),
            none
        );
    }

    #[test]
    fn refuses_what_is_wrong_each_by_name() {
        assert_eq!(
            said(json!({
                "endpoint": "127.0.0.1:5000", "proxy": "http://me:secret@proxy:1",
                "regions": ["eu-west-1", "eu-west-1", "Frankfurt"], "accounts": ["12"],
                "external_id": "x", "regoins": [], "secret_access_key": "wJalr",
            })),
            [
                "`accounts` names `12`, which is not an account's number; expected twelve digits \
                 in quotes: \"111122223333\"",
                "`accounts` needs `role_name`: the role to take on in each; name a role that \
                 exists in each of them",
                "`endpoint` is \"127.0.0.1:5000\", which says neither http nor https; expected \
                 http://HOST:PORT or https://HOST:PORT",
                "`external_id` goes with `role_name`; name the role, or leave it out",
                "`proxy` holds a user name or password, which is not supported; expected \
                 http://HOST:PORT or https://HOST:PORT",
                "`regions` names `Frankfurt`, which is not a region's name; expected names such \
                 as \"eu-west-1\"",
                "`regions` names `eu-west-1` twice; name each region once",
                "`regoins` is not a setting of this kind; did you mean `regions`?",
                "`secret_access_key` is a secret, and must not stand in the settings; name where \
                 it is: secret_access_key_env = \"CADASTRE_SECRET_...\" or \
                 secret_access_key_file = \"...\"",
            ]
        );
    }

    #[test]
    fn what_does_not_go_together() {
        assert_eq!(said(json!({"role_name": "arn:aws:x"})).len(), 1);
        assert_eq!(said(json!({"role_name": "r", "external_id": "x"})).len(), 0);
        assert_eq!(said(json!({"role_name": "arn:aws:x", "accounts": ["111122223333"]})).len(), 1);
        assert_eq!(said(json!({"insecure_tls": true, "proxy": "http://p:1"})).len(), 1);
        assert_eq!(said(json!({"insecure_tls": true, "ca_file": "x"})).len(), 1);
        assert_eq!(said(json!({"endpoint": "https://h/path"})).len(), 1);
    }
}
