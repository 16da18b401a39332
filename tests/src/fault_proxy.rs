//! A proxy that does what a real peer will not do on demand: refuse one
//! region, throttle, cut an answer in half, answer an empty list.
//!
//! It stands in front of one upstream (moto) and leaves the request untouched,
//! `Host` and all, so that its signature still verifies there; only answers
//! are changed. It keeps a list of the calls it saw, so that a test can show
//! that paging was real and that something was never asked for.
//!
//! It knows AWS's query protocol (action in the form, region in the signature)
//! and nothing of what the answers mean. Neighbours: [`rule`] says which call
//! gets which fault, [`call`] what a call is, `answer` how answers are made
//! and edited.

mod answer;
pub mod call;
pub mod rule;

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt as _;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio_util::sync::CancellationToken;

use call::Call;
use rule::{Fault, Rule};

type Body = UnsyncBoxBody<Bytes, io::Error>;

/// A running proxy; it ends when this is dropped.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    upstream: SocketAddr,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    rules: Vec<Rule>,
    calls: Vec<Call>,
}

impl FaultProxy {
    /// Starts one in front of `upstream`, on a free port, without any rule. It
    /// runs on a thread of its own, so that tests need not be async.
    pub fn start(upstream: SocketAddr) -> Self {
        let listener =
            std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port is free");
        listener.set_nonblocking(true).expect("a listener can be made non-blocking");
        let address = listener.local_addr().expect("a listener has an address");
        let shared = Arc::new(Shared { upstream, state: Mutex::default() });
        let stop = CancellationToken::new();
        let thread = std::thread::spawn({
            let (shared, stop) = (Arc::clone(&shared), stop.clone());
            move || serve(listener, shared, &stop)
        });
        Self { address, shared, stop, thread: Some(thread) }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address as an endpoint, `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Adds a rule after those it has. A call meets all rules that match it,
    /// in order; the first that answers by itself (refuses, throttles, drops)
    /// ends the walk.
    pub fn add(&self, rule: Rule) {
        self.shared.lock().rules.push(rule);
    }

    /// Takes all rules away: from now on it only passes through and counts.
    pub fn clear(&self) {
        self.shared.lock().rules.clear();
    }

    /// Every call so far, in the order they arrived, faulted ones too.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.lock().calls.clone()
    }

    /// How many calls of `action` there were, in `region` or, with `None`, in all.
    pub fn count(&self, action: &str, region: Option<&str>) -> usize {
        self.shared
            .lock()
            .calls
            .iter()
            .filter(|call| call.action == action && region.is_none_or(|it| it == call.region))
            .count()
    }

    /// Forgets the calls seen so far, to count those of one run.
    pub fn forget_calls(&self) {
        self.shared.lock().calls.clear();
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take() {
            // A panic there has been printed; a second one here would abort.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no thread panics holding it")
    }

    /// Notes the call and gives the faults it meets.
    fn meet(&self, call: &Call) -> Vec<Fault> {
        let mut state = self.lock();
        state.calls.push(call.clone());
        state.rules.iter_mut().filter_map(|rule| rule.meet(call)).collect()
    }
}

fn serve(listener: std::net::TcpListener, shared: Arc<Shared>, stop: &CancellationToken) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be built");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)
            .expect("a non-blocking listener can be registered");
        tokio::select! {
            () = stop.cancelled() => {}
            () = accept(listener, shared) => {}
        }
    });
}

async fn accept(listener: tokio::net::TcpListener, shared: Arc<Shared>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue; // the client went away between connecting and now
        };
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = hyper::service::service_fn(move |request| {
                let shared = Arc::clone(&shared);
                async move { respond(&shared, request).await }
            });
            // An error here is a fault we made, or a client that hung up.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

/// Answers one request; an error makes hyper close the connection unanswered.
async fn respond(shared: &Shared, request: Request<Incoming>) -> io::Result<Response<Body>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let Some(call) = Call::read(&head, &body) else {
        // Not a signed call of an action: the peer's own control pages, say.
        let response = forward(shared.upstream, Request::from_parts(head, body)).await?;
        return Ok(response.map(whole));
    };

    let faults = shared.meet(&call);
    for fault in &faults {
        match fault {
            Fault::Delay(duration) => tokio::time::sleep(*duration).await,
            Fault::DropConnection => return Err(io::Error::other("dropped by a rule")),
            Fault::Refuse { status, code, message } => {
                return Ok(answer::error(&call, *status, code, message).map(whole));
            }
            Fault::Throttle => return Ok(answer::throttled(&call).map(whole)),
            Fault::ExpiredToken => return Ok(answer::expired(&call).map(whole)),
            Fault::Empty | Fault::FilterOut { .. } | Fault::CutBody { .. } => {}
        }
    }

    let mut response = forward(shared.upstream, Request::from_parts(head, body)).await?;
    let mut cut = None;
    for fault in &faults {
        match fault {
            Fault::Empty => response = edited(response, answer::emptied),
            Fault::FilterOut { element, id } => {
                response = edited(response, |xml| answer::filtered(xml, element, id));
            }
            Fault::CutBody { at } => cut = Some(*at),
            _ => {}
        }
    }
    Ok(match cut {
        Some(at) => cut_short(response, at),
        None => response.map(whole),
    })
}

/// Sends the request on as it came, and collects the whole answer.
async fn forward(upstream: SocketAddr, request: Request<Bytes>) -> io::Result<Response<Bytes>> {
    let stream = tokio::net::TcpStream::connect(upstream).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(io::Error::other)?;
    tokio::spawn(connection);
    let response = sender.send_request(request.map(Full::new)).await.map_err(io::Error::other)?;
    let (mut head, body) = response.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    head.headers.remove(TRANSFER_ENCODING); // it is whole now
    head.headers.insert(CONTENT_LENGTH, body.len().into());
    Ok(Response::from_parts(head, body))
}

/// The answer with its XML changed; a refusal of the peer's stays as it is.
fn edited(response: Response<Bytes>, edit: impl Fn(&str) -> String) -> Response<Bytes> {
    if !response.status().is_success() {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let body = Bytes::from(edit(&String::from_utf8_lossy(&body)));
    head.headers.insert(CONTENT_LENGTH, body.len().into());
    Response::from_parts(head, body)
}

fn whole(body: Bytes) -> Body {
    Full::new(body).map_err(|never: Infallible| match never {}).boxed_unsync()
}

/// The header announces the whole body, `at` bytes of it come (always fewer
/// than announced), then the connection closes.
fn cut_short(response: Response<Bytes>, at: usize) -> Response<Body> {
    let (head, body) = response.into_parts();
    let first = body.slice(..at.min(body.len().saturating_sub(1)));
    let first = futures::stream::iter([Ok(Frame::data(first))]);
    let then = futures::stream::once(async {
        // Lets the first part leave before the failure tears the connection down.
        tokio::time::sleep(Duration::from_millis(50)).await;
        Err(io::Error::other("cut by a rule"))
    });
    let body = StreamBody::new(first.chain(then)).boxed_unsync();
    Response::from_parts(head, body)
}
