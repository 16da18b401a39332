//! A connection that breaks off once no byte has moved on it for so long, in either direction: whoever
//! opens one and says nothing, or never reads the answer, does not keep it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// What reads and writes, as long as something moves.
pub struct Quiet<T> {
    io: T,
    patience: Duration,
    ends: Pin<Box<Sleep>>,
}

impl<T> Quiet<T> {
    /// A connection, and how long it may be silent.
    pub fn new(io: T, patience: Duration) -> Quiet<T> {
        Quiet { io, patience, ends: Box::pin(sleep(patience)) }
    }

    /// What a step came to: if it has to wait, then only as long as patience lasts.
    fn settle<R>(
        &mut self,
        cx: &mut Context<'_>,
        step: Poll<io::Result<R>>,
    ) -> Poll<io::Result<R>> {
        if step.is_ready() {
            self.ends.as_mut().reset(Instant::now() + self.patience);
            return step;
        }
        ready!(self.ends.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "nothing moved for too long")))
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Quiet<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let step = Pin::new(&mut self.io).poll_read(cx, buffer);
        self.settle(cx, step)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Quiet<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let step = Pin::new(&mut self.io).poll_write(cx, bytes);
        self.settle(cx, step)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let step = Pin::new(&mut self.io).poll_write_vectored(cx, parts);
        self.settle(cx, step)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    // These move no byte of their own; what they wait for is known by the time that is left.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.io).poll_flush(cx) {
            Poll::Pending => self.settle(cx, Poll::Pending),
            done => done,
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.io).poll_shutdown(cx) {
            Poll::Pending => self.settle(cx, Poll::Pending),
            done => done,
        }
    }
}
