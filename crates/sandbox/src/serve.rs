use std::{error::Error, io, net::Ipv4Addr, net::SocketAddr, time::Duration};

use axum::{body::Body, response::Response};
use http::Request;
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};
use tower::{Service, ServiceExt};

/// A service that listens on a port of this computer until it is shut down or dropped.
#[derive(Debug)]
pub struct Served {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Served {
    /// Where it listens, such as `127.0.0.1:40123`.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more connections and waits until the open ones have their answers.
    pub async fn shut_down(mut self) {
        if let Some(stop) = self.stop.take() {
            // Fails when the task has ended already, which is what is wanted.
            let _ = stop.send(());
        }
        let _ = (&mut self.task).await;
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if self.stop.is_some() {
            self.task.abort();
        }
    }
}

/// Lets `service` answer on `port` of 127.0.0.1 (0: any free port), each answer held back by `latency`. An error of the
/// service breaks the connection without an answer.
///
/// # Errors
/// When the port is taken.
pub async fn serve<S>(service: S, port: u16, latency: Duration) -> io::Result<Served>
where
    S: Service<Request<Body>, Response = Response> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Error + Send + Sync + 'static,
{
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(accept(listener, service, latency, stopped));
    Ok(Served {
        address,
        stop: Some(stop),
        task,
    })
}

async fn accept<S>(
    listener: TcpListener,
    service: S,
    latency: Duration,
    mut stopped: oneshot::Receiver<()>,
) where
    S: Service<Request<Body>, Response = Response> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Error + Send + Sync + 'static,
{
    let connections = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = &mut stopped => break,
        };
        match accepted {
            Ok((stream, _)) => answer(stream, service.clone(), latency, &connections),
            // The computer may be out of sockets for a moment.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
    drop(listener);
    connections.shutdown().await;
}

fn answer<S>(stream: TcpStream, service: S, latency: Duration, connections: &GracefulShutdown)
where
    S: Service<Request<Body>, Response = Response> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Error + Send + Sync + 'static,
{
    let service = tower::service_fn(move |request: Request<Incoming>| {
        let service = service.clone();
        async move {
            let answer = service.oneshot(request.map(Body::new)).await;
            if !latency.is_zero() {
                tokio::time::sleep(latency).await;
            }
            answer
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    tokio::spawn(connections.watch(connection));
}
