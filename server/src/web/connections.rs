//! Connections: taken as long as there is room, broken off when they fall silent, ended in order at a
//! stop. `axum::serve` does none of the first two.

use super::quiet::Quiet;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

/// Questions at once on one connection of HTTP/2.
const STREAMS: u32 = 100;

/// What connections may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// So many at once: half of what a process may usually have open (1,024), the rest is the
    /// register's. Beyond them clients wait in the system's queue.
    pub most: usize,
    /// So long one may be silent, and a question's head may take. Longer than an answer takes to begin,
    /// and than proxies keep an idle connection for (nginx one minute, Caddy two), so that it is they
    /// who close it.
    pub silence: Duration,
    /// So long answers under way are waited for at a stop.
    pub parting: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        let silence = Duration::from_secs(130);
        Limits { most: 512, silence, parting: Duration::from_secs(5) }
    }
}

/// Answers until `stop`, and then those who have asked already. Who is too slow is cut off: a client
/// that never ends its question must not keep the program from ending.
pub async fn answer_until(
    mut listener: impl Listener<Addr = SocketAddr>,
    router: Router,
    limits: Limits,
    stop: &CancellationToken,
) {
    let mut http = Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new()).header_read_timeout(limits.silence);
    http.http2().max_concurrent_streams(STREAMS);
    let places = Arc::new(Semaphore::new(limits.most));
    let parting = GracefulShutdown::new();
    let mut is_full = false;
    loop {
        // Said once each time that it comes to it, not for each who waits.
        let was_full = std::mem::replace(&mut is_full, places.available_permits() == 0);
        if is_full && !was_full {
            tracing::warn!(limits.most, "all connections are taken; others wait until one ends");
        }
        let next = async {
            // Nobody closes it: there is always a place to come.
            let place = Arc::clone(&places).acquire_owned().await.ok();
            (place, listener.accept().await)
        };
        let (place, (io, peer)) = tokio::select! {
            next = next => next,
            () = stop.cancelled() => break,
        };
        let service = router.clone().map_request(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            request.map(Body::new)
        });
        let io = TokioIo::new(Quiet::new(io, limits.silence));
        let connection = http.serve_connection(io, TowerToHyperService::new(service));
        let connection = parting.watch(connection.into_owned());
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%peer, error, "a connection broke off");
            }
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(limits.parting, parting.shutdown()).await.is_err() {
        tracing::warn!("connections that are still open are closed");
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use axum::body::Bytes;
    use axum::routing::get;
    use futures::stream;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::task::JoinHandle;
    use tokio::time::{Instant, sleep, timeout};

    const SHORT: Duration = Duration::from_millis(300);
    /// Longer than anything here takes.
    const AGES: Duration = Duration::from_secs(20);

    struct Serving {
        address: SocketAddr,
        stop: CancellationToken,
        ended: JoinHandle<()>,
    }

    async fn serving(most: usize) -> Serving {
        // Its last word comes long after the silence that is allowed, with a word now and then.
        let drops = |number: u32| async move {
            if number == 8 {
                return None;
            }
            sleep(SHORT / 3).await;
            Some((Ok::<_, std::io::Error>(Bytes::from(format!("drop {number}\n"))), number + 1))
        };
        let router = Router::new()
            .route("/", get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.to_string()))
            .route(
                "/late",
                get(async || {
                    sleep(SHORT / 2).await;
                    "late"
                }),
            )
            .route("/drops", get(async move || Body::from_stream(stream::unfold(0, drops))));
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, stop) = (tcp.local_addr().unwrap(), CancellationToken::new());
        let limits = Limits { most, silence: SHORT, parting: AGES };
        let stopped = stop.clone();
        let ended = tokio::spawn(async move { answer_until(tcp, router, limits, &stopped).await });
        Serving { address, stop, ended }
    }

    async fn asked(address: SocketAddr, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    /// All that comes until the other end closes.
    async fn rest(mut stream: TcpStream) -> String {
        let mut bytes = Vec::new();
        // How it is closed is no matter.
        let _ = timeout(AGES, stream.read_to_end(&mut bytes)).await.unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[tokio::test]
    async fn who_falls_silent_is_let_go() {
        let serving = serving(8).await;
        for (said, answered) in [
            ("", false),
            ("GET / HTTP/1.1\r\nHost: a", false),
            ("PRI * HTTP/2.0\r\n", false),
            ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", true),
        ] {
            let stream = asked(serving.address, said).await;
            let told = rest(stream).await;
            assert_eq!(told.contains("127.0.0.1:"), answered, "{said:?}: {told}");
        }
    }

    #[tokio::test]
    async fn an_answer_that_goes_on_is_not_cut() {
        let serving = serving(8).await;
        let text = "GET /drops HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        let told = rest(asked(serving.address, text).await).await;
        assert!(told.contains("drop 7\n"), "{told}");
    }

    #[tokio::test]
    async fn beyond_the_limit_clients_wait_for_a_place() {
        let serving = serving(1).await;
        let begun = Instant::now();
        let first = asked(serving.address, "").await;
        sleep(SHORT / 6).await;
        let text = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        let told = rest(asked(serving.address, text).await).await;
        assert!(told.contains("127.0.0.1:"), "{told}");
        assert!(begun.elapsed() >= SHORT, "the place was free only once the first was let go");
        drop(first);
    }

    #[tokio::test]
    async fn at_a_stop_who_has_asked_is_answered() {
        let serving = serving(8).await;
        let text = "GET /late HTTP/1.1\r\nHost: a\r\n\r\n";
        let stream = asked(serving.address, text).await;
        sleep(SHORT / 6).await;
        serving.stop.cancel();
        let told = rest(stream).await;
        assert!(told.ends_with("late"), "{told}");
        timeout(AGES, serving.ended).await.unwrap().unwrap();
        assert!(TcpStream::connect(serving.address).await.is_err(), "nobody listens any more");
    }
}
