//! How a request came: by which name, from where, and whether over TLS. Settled once, before anything
//! else looks at the request.

use super::forwarded::{self, Asker};
use crate::config::{PublicUrl, Server};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{HOST, STRICT_TRANSPORT_SECURITY};
use axum::http::uri::Authority;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cadastre_app::web::exposed;
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// For a year a browser that was here over TLS comes over nothing else. Of this name only: what other
/// names below it do is not ours to say.
const ONLY_TLS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Where the pages of a request are, as whoever asks reaches them: `https://cmdb.example.org`. Put into
/// the request.
#[derive(Clone, Debug)]
pub struct Origin(pub String);

/// How people reach the server.
#[derive(Clone, Debug)]
pub struct Front {
    has_tls: bool,
    is_open: bool,
    public: Option<PublicUrl>,
    proxies: Vec<IpNet>,
}

impl Front {
    /// As it is configured.
    pub fn of(server: &Server) -> Front {
        Front {
            has_tls: server.tls.is_some(),
            is_open: server.is_open_without_tls(),
            public: server.public_url.clone(),
            proxies: server.trusted_proxies.clone(),
        }
    }

    /// Whether people reach it over TLS, its own or a proxy's.
    pub fn is_https(&self) -> bool {
        self.has_tls || self.public.as_ref().is_some_and(PublicUrl::is_https)
    }

    /// Whether a name that a request asks for is ours.
    fn is_named(&self, host: &str) -> bool {
        let Some(public) = &self.public else { return true };
        is_loopback(host) || host == public.host()
    }

    fn origin(&self, request: &Request, is_https: bool) -> Origin {
        if let Some(public) = &self.public {
            return Origin(public.origin().to_owned());
        }
        let said = request.headers().get(HOST).and_then(|host| host.to_str().ok());
        let host = request.uri().authority().map(Authority::as_str).or(said);
        let scheme = if is_https { "https" } else { "http" };
        Origin(host.map_or(String::new(), |host| format!("{scheme}://{host}")))
    }

    fn asker(&self, request: &Request) -> Option<Asker> {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>()?.0.ip();
        Some(forwarded::asker(peer, request.headers(), &self.proxies))
    }
}

/// Refuses names that are not ours, notes where the request came from, and says what follows from how
/// it came: a page read on the way warns of it, a browser that came over TLS is told to stay there.
pub async fn settle(State(front): State<Arc<Front>>, mut request: Request, next: Next) -> Response {
    let hosts = hosts(&request);
    let is_ours = hosts.iter().all(|host| front.is_named(host));
    if let Some(public) = front.public.as_ref().filter(|_| hosts.is_empty() || !is_ours) {
        let told = format!("there is nothing here by this name; ask at {public}\n");
        return (StatusCode::MISDIRECTED_REQUEST, told).into_response();
    }
    let asker = front.asker(&request);
    let is_https = front.has_tls || asker.and_then(|asker| asker.is_https) == Some(true);
    let from: Option<IpAddr> = asker.map(|asker| asker.address);
    let origin = front.origin(&request, is_https);
    request.extensions_mut().insert(from);
    request.extensions_mut().insert(origin);
    let mut answer = match front.is_open && !is_https {
        true => exposed(next.run(request)).await,
        false => next.run(request).await,
    };
    // Not of this machine's own name: what else is served there would be lost to the browser.
    if is_https && !hosts.iter().any(|host| is_loopback(host)) {
        answer.headers_mut().insert(STRICT_TRANSPORT_SECURITY, ONLY_TLS);
    }
    answer
}

/// The names that a request asks for, in small letters and without a port. HTTP/2 says it in the
/// address, HTTP/1.1 in a header.
fn hosts(request: &Request) -> Vec<String> {
    let headers = request.headers().get_all(HOST).iter();
    let said = headers.map(|host| host.to_str().ok().and_then(|host| host.parse().ok()));
    let address = request.uri().authority().cloned().map(Some);
    let all = address.into_iter().chain(said);
    all.map(|host: Option<Authority>| {
        let host = host.as_ref().map_or("", Authority::host);
        host.trim_end_matches('.').to_ascii_lowercase()
    })
    .collect()
}

/// Whether a name is this machine's own: no name server can lead it elsewhere.
fn is_loopback(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    let address = bare.parse::<IpAddr>();
    host == "localhost"
        || host.ends_with(".localhost")
        || address.is_ok_and(|address| address.to_canonical().is_loopback())
}
