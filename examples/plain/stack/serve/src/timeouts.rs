//! How long a client may take, so that nobody holds a connection for nothing.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use hyper::rt::{Sleep, Timer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::sleep_until,
};
use tokio_io_timeout::TimeoutStream;
use tokio_util::io::InspectReader;

/// How long a client may take. A connection on which it takes longer is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// From the first byte of a request to the end of its head.
    pub head: Duration,
    /// Until the first byte of a request, on a new connection or after the last response. Longer than the reverse proxy in
    /// front keeps a connection open: else it may send a request on one that is just being closed.
    pub idle: Duration,
    /// Until it reads some more of what is sent to it.
    pub write: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(15),
            idle: Duration::from_secs(75),
            write: Duration::from_secs(30),
        }
    }
}

impl Timeouts {
    /// `stream` with the time-out for writing, and the timer for hyper's time-out of a head.
    pub(crate) fn apply(
        &self,
        stream: TcpStream,
    ) -> (
        impl AsyncRead + AsyncWrite + Unpin + Send + use<>,
        HeadTimer,
    ) {
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(self.write));
        let arrived = Arc::new(AtomicBool::new(false));
        let timer = HeadTimer {
            head: self.head,
            arrived: arrived.clone(),
        };
        let note_arrival = move |_: &[u8]| arrived.store(true, Ordering::Relaxed);
        let stream = InspectReader::new(Box::pin(stream), note_arrival);
        (stream, timer)
    }
}

/// Measures the two parts of what is one time-out in hyper: waiting for a request, and receiving its head.
///
/// Hyper asks for a sleep when it begins to wait for a head, polls it whenever something has arrived, and drops it when
/// the head is complete.
#[derive(Clone)]
pub(crate) struct HeadTimer {
    head: Duration,
    /// Whether bytes have arrived since this was last reset.
    arrived: Arc<AtomicBool>,
}

impl Timer for HeadTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(Instant::now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        self.arrived.store(false, Ordering::Relaxed);
        Box::pin(HeadSleep {
            sleep: Box::pin(sleep_until(deadline.into())),
            timer: self.clone(),
            begun: false,
        })
    }
}

struct HeadSleep {
    sleep: Pin<Box<tokio::time::Sleep>>,
    timer: HeadTimer,
    begun: bool,
}

impl Sleep for HeadSleep {}

impl Future for HeadSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if !self.begun && self.timer.arrived.load(Ordering::Relaxed) {
            self.begun = true;
            let deadline = tokio::time::Instant::now() + self.timer.head;
            self.sleep.as_mut().reset(deadline);
        }
        self.sleep.as_mut().poll(cx)
    }
}
