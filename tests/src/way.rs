//! The way to a real peer, cut in the middle at will: octets and datagrams are passed on untouched until
//! somebody cuts, and nothing after that until somebody mends. Its threads end with the process.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// How long an agent may take for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where it is cut: one for all ways to a peer. It counts what peers answer, in octets.
#[derive(Clone, Debug, Default)]
pub struct Cut {
    passed: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl Cut {
    /// A way that is whole.
    pub fn new() -> Self {
        let cut = Self::default();
        cut.mend();
        cut
    }

    /// After so many octets from now on nothing passes any more.
    pub fn after(&self, octets: usize) {
        self.passed.store(0, Ordering::SeqCst);
        self.most.store(octets, Ordering::SeqCst);
    }

    /// Everything passes again.
    pub fn mend(&self) {
        self.after(usize::MAX);
    }

    /// Octets that passed since it was last cut or mended.
    pub fn passed(&self) -> usize {
        self.passed.load(Ordering::SeqCst)
    }

    /// Whether this much more may pass; it counts as passed.
    fn lets_pass(&self, octets: usize) -> bool {
        let before = self.passed.fetch_add(octets, Ordering::SeqCst);
        before.saturating_add(octets) <= self.most.load(Ordering::SeqCst)
    }

    /// Passes connections on, from an address of our own (port 0: a free one) to a peer. Gives the address.
    pub fn tcp(&self, own: SocketAddr, peer: SocketAddr) -> SocketAddr {
        let listener = TcpListener::bind(own).expect("a loopback address is free");
        let address = listener.local_addr().expect("a listener has an address");
        let cut = self.clone();
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let cut = cut.clone();
                // Who is cut off sees it as an end of the connection, which is what is wanted.
                thread::spawn(move || drop(cut.connection(&near, peer)));
            }
        });
        address
    }

    fn connection(&self, near: &TcpStream, peer: SocketAddr) -> io::Result<()> {
        let far = TcpStream::connect(peer)?;
        let (mut from, mut to) = (near.try_clone()?, far.try_clone()?);
        let questions = thread::spawn(move || {
            let _ = io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Write);
        });
        let passed = self.answers(&far, near);
        let _ = near.shutdown(Shutdown::Both);
        let _ = far.shutdown(Shutdown::Both);
        let _ = questions.join();
        passed
    }

    fn answers(&self, mut far: &TcpStream, mut near: &TcpStream) -> io::Result<()> {
        let mut octets = [0; 4_096];
        loop {
            let read = far.read(&mut octets)?;
            if read == 0 || !self.lets_pass(read) {
                return Ok(());
            }
            near.write_all(&octets[..read])?;
        }
    }

    /// Passes datagrams on, and their answers back.
    pub fn udp(&self, own: SocketAddr, peer: SocketAddr) {
        let socket = Arc::new(UdpSocket::bind(own).expect("a loopback address is free"));
        let cut = self.clone();
        thread::spawn(move || {
            let mut octets = [0; 65_536];
            while let Ok((length, asker)) = socket.recv_from(&mut octets) {
                let (cut, socket) = (cut.clone(), Arc::clone(&socket));
                let question = octets[..length].to_vec();
                thread::spawn(move || drop(cut.datagram(&socket, asker, peer, &question)));
            }
        });
    }

    fn datagram(
        &self,
        near: &UdpSocket,
        asker: SocketAddr,
        peer: SocketAddr,
        question: &[u8],
    ) -> io::Result<()> {
        let far = UdpSocket::bind((peer.ip(), 0))?;
        far.set_read_timeout(Some(PATIENCE))?;
        far.send_to(question, peer)?;
        let mut answer = [0; 65_536];
        let length = far.recv(&mut answer)?;
        if self.lets_pass(length) {
            near.send_to(&answer[..length], asker)?;
        }
        Ok(())
    }
}
