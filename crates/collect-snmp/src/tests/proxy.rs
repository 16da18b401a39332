//! A UDP proxy in front of a real agent that does what bad networks and bad agents do.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

/// GETBULK's tag.
const BULK: u8 = 0xa5;

/// What goes wrong.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rule {
    /// Nothing.
    None,
    /// Questions for more than so many rows are dropped.
    DropWideBulk(u8),
    /// Of every so many answers the last comes so much too late.
    Late(usize, Duration),
    /// After so many answers nothing comes any more.
    CutAfter(usize),
    /// Answers longer than this end there.
    Truncate(usize),
    /// Each answer comes twice.
    Twice,
}

/// A proxy that ends with the test.
pub(super) struct Proxy {
    task: JoinHandle<()>,
    seen: Arc<AtomicUsize>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    /// Listens at `own` in front of `agent`.
    pub(super) async fn start(own: SocketAddr, agent: SocketAddr, rule: Rule) -> Proxy {
        let socket = Arc::new(UdpSocket::bind(own).await.unwrap());
        let seen = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&seen);
        let answers = Arc::new(AtomicUsize::new(0));
        let task = tokio::spawn(async move {
            let mut question = vec![0; 65_536];
            loop {
                let Ok((length, asker)) = socket.recv_from(&mut question).await else { return };
                counter.fetch_add(1, Ordering::Relaxed);
                let question = question[..length].to_vec();
                if matches!(rule, Rule::DropWideBulk(most) if repetitions(&question) > most) {
                    continue;
                }
                let (socket, answers) = (Arc::clone(&socket), Arc::clone(&answers));
                tokio::spawn(async move {
                    pass(&socket, asker, agent, &question, rule, &answers).await;
                });
            }
        });
        Proxy { task, seen }
    }

    /// Questions so far.
    pub(super) fn seen(&self) -> usize {
        self.seen.load(Ordering::Relaxed)
    }
}

async fn pass(
    socket: &UdpSocket,
    asker: SocketAddr,
    agent: SocketAddr,
    question: &[u8],
    rule: Rule,
    answers: &AtomicUsize,
) {
    let own = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    own.send_to(question, agent).await.unwrap();
    let mut answer = vec![0; 65_536];
    let Ok(Ok((length, _))) =
        tokio::time::timeout(Duration::from_secs(20), own.recv_from(&mut answer)).await
    else {
        return;
    };
    let number = answers.fetch_add(1, Ordering::Relaxed) + 1;
    let mut answer = &answer[..length];
    match rule {
        Rule::Late(every, by) if number.is_multiple_of(every) => tokio::time::sleep(by).await,
        Rule::CutAfter(most) if number > most => return,
        Rule::Truncate(most) if length > most => answer = &answer[..most],
        Rule::Twice => {
            let _ = socket.send_to(answer, asker).await;
        }
        _ => {}
    }
    let _ = socket.send_to(answer, asker).await;
}

/// The rows that a GETBULK of v2c asks for; 0 of any other question.
fn repetitions(question: &[u8]) -> u8 {
    let (_, message, _) = field(question);
    let (_, _, rest) = field(message); // after the version
    let (_, _, rest) = field(rest); // and the community
    let (tag, body, _) = field(rest);
    if tag != BULK {
        return 0;
    }
    let (_, _, rest) = field(body); // after the request's id
    let (_, _, rest) = field(rest); // and the non-repeaters
    field(rest).1[0]
}

/// Tag, content and what follows of what stands first (BER).
fn field(octets: &[u8]) -> (u8, &[u8], &[u8]) {
    let (mut begin, mut length) = (2, usize::from(octets[1]));
    if length & 0x80 != 0 {
        begin += length & 0x7f;
        length = octets[2..begin].iter().fold(0, |sum, octet| sum << 8 | usize::from(*octet));
    }
    let (content, rest) = octets[begin..].split_at(length);
    (octets[0], content, rest)
}
