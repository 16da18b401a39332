//! The `[vsphere]` table of a source.

use crate::fields::VSPHERE_FIELDS;
use cadastre_collect::{CommonSettings, SettingError, SettingsReader};
use serde_json::Value;
use url::Url;

/// What a source of this kind can be told.
#[derive(Clone, Debug)]
pub(crate) struct VsphereSettings {
    /// What every kind of source can be told.
    pub common: CommonSettings,
    /// The vCenter or ESXi host: `https://host[:port]`, without an end slash. Empty if there is none
    /// (a recording needs none).
    pub url: String,
    /// Who logs in.
    pub username: Option<String>,
    /// Leave vSphere's tags unread.
    pub skip_tags: bool,
}

impl VsphereSettings {
    /// Reads the table, and everything that is wrong with it.
    pub(crate) fn read(settings: &Value) -> (VsphereSettings, Vec<SettingError>) {
        let mut reader = SettingsReader::new("vsphere", settings);
        let mut read = VsphereSettings {
            common: CommonSettings::read(&mut reader),
            url: String::new(),
            username: reader.text("username"),
            skip_tags: reader.flag("skip_tags").unwrap_or(false),
        };
        if let Some(text) = reader.text("url") {
            match base(&text) {
                Ok(url) => read.url = url,
                Err(what) => {
                    reader.error("url", what, "expected https://HOST or https://HOST:PORT")
                }
            }
        }
        if let Some(proxy) = &read.common.proxy
            && let Some(what) = wrong_proxy(proxy)
        {
            reader.error("proxy", what, "expected http://HOST:PORT or https://HOST:PORT");
        }
        for field in VSPHERE_FIELDS.iter().filter(|field| field.is_secret) {
            reader.secret(field.key);
        }
        let errors = reader.finish();
        (read, errors)
    }
}

/// The address without what follows the host; `/sdk` may, for many write it.
fn base(text: &str) -> Result<String, String> {
    let url = Url::parse(text).map_err(|_| format!("is \"{text}\", which is not an address"))?;
    if url.scheme() != "https" {
        return Err(format!("is \"{text}\", which does not say https"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a user name or password, which is not supported".to_owned());
    }
    let bare = matches!(url.path(), "" | "/" | "/sdk" | "/sdk/" | "/ui" | "/ui/");
    if !bare || url.query().is_some() || url.fragment().is_some() {
        return Err(format!("is \"{text}\", which has something after the host"));
    }
    let host = url.host_str().unwrap_or_default();
    Ok(match url.port() {
        Some(port) => format!("https://{host}:{port}"),
        None => format!("https://{host}"),
    })
}

fn wrong_proxy(text: &str) -> Option<String> {
    let Ok(url) = Url::parse(text) else {
        return Some(format!("is \"{text}\", which is not an address"));
    };
    if !matches!(url.scheme(), "http" | "https") {
        return Some(format!("is \"{text}\", which says neither http nor https"));
    }
    let named = !url.username().is_empty() || url.password().is_some();
    named.then(|| "holds a user name or password, which is not supported".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(settings: Value) -> Vec<String> {
        VsphereSettings::read(&settings).1.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn takes_what_is_right() {
        let none: [&str; 0] = [];
        assert_eq!(said(json!({})), none);
        for (text, base) in [
            ("https://vc.example", "https://vc.example"),
            ("https://vc.example:8443/sdk", "https://vc.example:8443"),
            ("https://[2001:db8::1]/", "https://[2001:db8::1]"),
        ] {
            let (settings, errors) = VsphereSettings::read(&json!({"url": text}));
            assert_eq!((settings.url.as_str(), errors), (base, vec![]), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_wrong_each_by_name() {
        assert_eq!(
            said(json!({
                "url": "http://vc.example", "user": "x", "password": "x", "proxy": "vc:1",
            })),
            [
                "`password` is a secret, and must not stand in the settings; name where it is: \
                 password_env = \"CADASTRE_SECRET_...\" or password_file = \"...\"",
                "`proxy` is \"vc:1\", which says neither http nor https; expected \
                 http://HOST:PORT or https://HOST:PORT",
                "`url` is \"http://vc.example\", which does not say https; expected https://HOST \
                 or https://HOST:PORT",
                "`user` is not a setting of this kind; known here: ca_file, concurrency, exclude, \
                 include, insecure_tls, password_env, password_file, proxy, skip_tags, timeout, \
                 url, username",
            ]
        );
        assert_eq!(said(json!({"url": "https://me:x@vc"})).len(), 1);
        assert_eq!(said(json!({"url": "https://vc/folder"})).len(), 1);
    }
}
