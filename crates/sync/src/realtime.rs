//! Hears Stripe's deliveries on this computer's own address. A delivery is believed only by its signature, and means no
//! more than that it is worth looking at the events now: nothing of its body is used.

use std::{
    convert::Infallible,
    io,
    net::{Ipv4Addr, SocketAddr},
    num::NonZeroU32,
    sync::Arc,
    time::Duration,
};

use clearsync_stripe::signature::verify;
use clearsync_transport::{Pace, Secret};
use http::{Method, Request, Response, StatusCode};
use http_body::Body;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::{
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use jiff::Timestamp;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::JoinHandle,
};

use crate::clock::Clock;

/// The largest body that is read. Stripe's events stay well below.
pub const LARGEST_BODY_BYTES: usize = 512 * 1024;
/// How many may be connected at once; the next are turned away.
pub const MOST_CONNECTIONS: usize = 16;
/// How long a connection may take for everything it has to say.
pub const LONGEST_CONNECTION: Duration = Duration::from_secs(10);
const LONGEST_HEADERS: Duration = Duration::from_secs(5);
/// How many requests a second are looked at, since each costs a look at its signature.
const PER_SECOND: u32 = 50;
/// How long a request waits for its turn.
const LONGEST_TURN: Duration = Duration::from_secs(1);

/// What has come so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Heard {
    /// Deliveries of Stripe.
    pub deliveries: u32,
    /// When the last of them came.
    pub last_at: Option<Timestamp>,
}

/// Takes requests in and believes those that Stripe signed.
pub struct Door {
    secret: Secret,
    clock: Clock,
    pace: Pace,
    heard: watch::Sender<Heard>,
}

impl Door {
    /// A door for what is signed with `secret`.
    #[must_use]
    pub fn new(secret: Secret, clock: Clock) -> Self {
        let per_second = NonZeroU32::new(PER_SECOND).unwrap_or(NonZeroU32::MIN);
        Self {
            secret,
            clock,
            pace: Pace::per_second(per_second, per_second),
            heard: watch::Sender::new(Heard::default()),
        }
    }

    /// What has come, each time something comes.
    #[must_use]
    pub fn heard(&self) -> watch::Receiver<Heard> {
        self.heard.subscribe()
    }

    /// Answers one request. Whoever sent it learns only whether it was believed.
    pub async fn answer<B>(&self, request: Request<B>) -> StatusCode
    where
        B: Body,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        if request.method() != Method::POST {
            return StatusCode::METHOD_NOT_ALLOWED;
        }
        let turn = tokio::time::timeout(LONGEST_TURN, self.pace.turn()).await;
        if turn.is_err() {
            return StatusCode::TOO_MANY_REQUESTS;
        }
        let (head, body) = request.into_parts();
        let signature = head.headers.get("stripe-signature");
        let Some(signature) = signature.and_then(|value| value.to_str().ok()) else {
            return StatusCode::BAD_REQUEST;
        };
        let Ok(body) = Limited::new(body, LARGEST_BODY_BYTES).collect().await else {
            return StatusCode::PAYLOAD_TOO_LARGE;
        };
        let now = self.clock.now();
        if verify(signature, &body.to_bytes(), &self.secret, now).is_err() {
            return StatusCode::BAD_REQUEST;
        }
        self.heard.send_modify(|heard| {
            heard.deliveries = heard.deliveries.saturating_add(1);
            heard.last_at = Some(now);
        });
        StatusCode::OK
    }
}

/// A door on a port that only this computer reaches, until it is dropped.
pub struct Listener {
    address: SocketAddr,
    door: Arc<Door>,
    task: JoinHandle<()>,
}

impl Listener {
    /// Opens `door` on `port` of 127.0.0.1 (0: any free port).
    ///
    /// # Errors
    /// When the port is taken.
    pub async fn open(port: u16, door: Door) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let door = Arc::new(door);
        let task = tokio::spawn(accept(listener, Arc::clone(&door)));
        Ok(Self {
            address,
            door,
            task,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// As [`Door::heard`].
    #[must_use]
    pub fn heard(&self) -> watch::Receiver<Heard> {
        self.door.heard()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, door: Arc<Door>) {
    let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // The computer may be out of sockets for a moment.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let Ok(place) = Arc::clone(&room).try_acquire_owned() else {
            continue;
        };
        let door = Arc::clone(&door);
        tokio::spawn(async move {
            // Whoever is slower than this is not Stripe.
            let _ = tokio::time::timeout(LONGEST_CONNECTION, serve(stream, door)).await;
            drop(place);
        });
    }
}

async fn serve(stream: TcpStream, door: Arc<Door>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let door = Arc::clone(&door);
        async move {
            let mut response = Response::new(Empty::<Bytes>::new());
            *response.status_mut() = door.answer(request).await;
            Ok::<_, Infallible>(response)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(LONGEST_HEADERS)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service);
    // A connection that breaks has said nothing.
    let _ = connection.await;
}
