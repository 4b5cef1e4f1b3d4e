use std::{net::SocketAddr, time::Duration};

use clearsync_sandbox::{Fault, FaultPlan, Faults, Until, serve};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tower::Layer;

use crate::stripe::{SECRET, Stage, customer};

async fn exchange(address: SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET /v1/customers HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {SECRET}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    // A broken connection may show as an error or as an early end; both leave what came before.
    let _ = stream.read_to_string(&mut answer).await;
    answer
}

#[tokio::test]
async fn answers_on_a_loopback_port_until_shut_down() {
    let stage = Stage::with([customer("cus_1", 1)]);
    let served = serve(stage.sandbox.router(), 0, Duration::ZERO)
        .await
        .unwrap();
    let address = served.address();
    assert!(address.ip().is_loopback());
    let answer = exchange(address).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("request-id: req_"), "{answer}");
    assert!(answer.contains("\"cus_1\""), "{answer}");
    served.shut_down().await;
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn an_error_of_the_service_breaks_the_connection() {
    let stage = Stage::with([customer("cus_1", 1)]);
    let faults = Faults::new(FaultPlan {
        seed: 1,
        per_mille: 1000,
        faults: vec![Fault::ResetBefore],
        until: Until::Request(1),
    });
    let served = serve(faults.layer(stage.sandbox.router()), 0, Duration::ZERO)
        .await
        .unwrap();
    assert_eq!(exchange(served.address()).await, "");
    let answer = exchange(served.address()).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
