//! How it serves: the address, TLS, the proxies in front, and what may not go together.

use super::Settler;
use crate::config::keys;
use crate::config::public_url::PublicUrl;
use crate::config::types::{Server, TlsFiles};
use crate::config::values::{self, DEFAULT_LISTEN};
use cadastre_service::secrets::SecretRef;
use ipnet::IpNet;
use std::net::SocketAddr;

impl Settler<'_> {
    /// Everything of `[server]` and `[tls]`; `None` has left its fault.
    pub(super) fn server(&mut self) -> Option<Server> {
        let listen = self.read(keys::LISTEN, DEFAULT_LISTEN, values::listen);
        let allow_insecure_http = self.read(keys::ALLOW_INSECURE_HTTP, "false", values::switch);
        let public_url = self.optional(keys::PUBLIC_URL, PublicUrl::parse);
        let trusted_proxies = self.read(keys::TRUSTED_PROXIES, "", values::networks);
        let tls = self.tls();
        // Half a pair has its own fault.
        if matches!(tls, Some(None)) && allow_insecure_http == Some(false) {
            self.refuse_open_http(listen);
        }
        if let (Some(Some(_)), Some(Some(url))) = (&tls, &public_url) {
            self.refuse_http_name(url);
        }
        if matches!((&tls, &public_url), (Some(None), Some(None))) {
            self.refuse_nameless_proxies(trusted_proxies.as_deref().unwrap_or_default());
        }
        Some(Server {
            listen: listen?,
            tls: tls?,
            public_url: public_url?,
            trusted_proxies: trusted_proxies?,
        })
    }

    /// Both files or neither. Whether they fit is seen by who serves: others may not read the key.
    fn tls(&mut self) -> Option<Option<TlsFiles>> {
        let cert = self.optional_path(keys::TLS_CERT);
        let key = self.optional_path(keys::TLS_KEY);
        let (there, missing) = match (cert, key) {
            (Some(cert), Some(key)) => {
                self.own_secrets.push(SecretRef::File(key.clone()));
                return Some(Some(TlsFiles { cert, key }));
            }
            (None, None) => return Some(None),
            (Some(_), None) => (keys::TLS_CERT, keys::TLS_KEY),
            (None, Some(_)) => (keys::TLS_KEY, keys::TLS_CERT),
        };
        if let Some(given) = self.layers.get(there) {
            let problem = format!("is given without {missing}");
            self.fault(given, there, problem, "give both, or neither for plain HTTP");
        }
        None
    }

    fn refuse_open_http(&mut self, listen: Option<SocketAddr>) {
        let Some(listen) = listen else { return };
        // The default is loopback: an open address was given.
        let (false, Some(given)) = (listen.ip().is_loopback(), self.layers.get(keys::LISTEN))
        else {
            return;
        };
        let problem =
            format!("would serve plain HTTP, readable on the way, to other machines at {listen}");
        let advice = "set tls.cert and tls.key, or listen on 127.0.0.1 behind a proxy that speaks \
                      TLS, or set server.allow_insecure_http = true";
        self.fault(given, keys::LISTEN, problem, advice);
    }

    /// Behind a proxy that speaks TLS only the address says that the cookie may be for TLS alone.
    fn refuse_nameless_proxies(&mut self, proxies: &[IpNet]) {
        let given = self.layers.get(keys::TRUSTED_PROXIES).filter(|_| !proxies.is_empty());
        let Some(given) = given else { return };
        let problem = "names proxies, but not where people reach the server through them";
        let advice = "set server.public_url to the address that people type, such as \
                      https://cmdb.example.org";
        self.fault(given, keys::TRUSTED_PROXIES, problem.to_owned(), advice);
    }

    fn refuse_http_name(&mut self, url: &PublicUrl) {
        let given = self.layers.get(keys::PUBLIC_URL).filter(|_| !url.is_https());
        let Some(given) = given else { return };
        let problem = format!("`{url}` is plain HTTP, but the server speaks TLS");
        self.fault(
            given,
            keys::PUBLIC_URL,
            problem,
            "write https://, or remove tls.cert and tls.key",
        );
    }
}
