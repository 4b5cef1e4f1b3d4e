//! What the network reaches, and what it does not, with real sockets.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use clearsync_transport::{
    Network, Request, Transport, TransportError,
    dns::{Addrs, Name, Resolve, Resolving},
};
use http::{StatusCode, header::AUTHORIZATION};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

const KEY: &str = "rk_test_51Wm4TzR8vQcJ2XnLk7YdHs9BfGa3PeU6Eo5Ni";

/// Every name is this computer, and every name is noted.
#[derive(Clone, Default)]
struct Names(Arc<Mutex<Vec<String>>>);

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        self.0.lock().unwrap().push(name.as_str().to_owned());
        let here: Addrs = Box::new(std::iter::once(SocketAddr::from(([127, 0, 0, 1], 0))));
        Box::pin(std::future::ready(Ok(here)))
    }
}

impl Names {
    fn asked(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

/// A server that gives the same answer to everybody, and keeps what it was told.
struct Server {
    port: u16,
    told: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn answering(answer: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let told: Arc<Mutex<Vec<String>>> = Arc::default();
        let keep = told.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut bytes = vec![0; 4096];
                let length = stream.read(&mut bytes).await.unwrap();
                let text = String::from_utf8_lossy(&bytes[..length]).into_owned();
                keep.lock().unwrap().push(text);
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        Self { port, told }
    }
}

fn request(url: &str) -> Request {
    let request = http::Request::get(url).header(AUTHORIZATION, format!("Bearer {KEY}"));
    request.body(Bytes::new()).unwrap()
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_takes_the_key_nowhere() {
    let elsewhere =
        Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_owned()).await;
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Keep",
        "308 Keep",
    ] {
        for host in ["elsewhere.example", "api.stripe.com", "127.0.0.1"] {
            let location = format!("http://{host}:{}/v1/customers", elsewhere.port);
            let here = Server::answering(format!(
                "HTTP/1.1 {status}\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n"
            ))
            .await;
            let names = Names::default();
            let resolver = Arc::new(names.clone());
            let network = Network::resolving(["api.stripe.com"], resolver).unwrap();
            let url = format!("http://api.stripe.com:{}/v1/customers", here.port);
            let answer = network.send(request(&url)).await.unwrap();
            assert!(answer.status().is_redirection(), "{status}");
            assert_eq!(names.asked(), ["api.stripe.com"]);
            let told = here.told.lock().unwrap().clone();
            assert_eq!(told.len(), 1, "asked once");
            assert!(told[0].contains(KEY), "the key went where it belongs");
        }
    }
    assert_eq!(*elsewhere.told.lock().unwrap(), [""; 0]);
}

#[tokio::test]
async fn a_host_it_was_not_made_for_is_not_even_looked_up() {
    let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_owned()).await;
    let names = Names::default();
    let resolver = Arc::new(names.clone());
    let network = Network::resolving(["api.stripe.com", "api.hubapi.com"], resolver).unwrap();
    for host in [
        "elsewhere.example",
        "api.stripe.com.elsewhere.example",
        "127.0.0.1",
        "localhost",
        "[::1]",
    ] {
        let url = format!("http://{host}:{}/", server.port);
        let refused = network.send(request(&url)).await.unwrap_err();
        assert_eq!(refused, TransportError::Unsendable, "{host}");
    }
    assert_eq!(names.asked(), [""; 0]);
    let url = format!("http://api.hubapi.com:{}/", server.port);
    let answer = network.send(request(&url)).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(names.asked(), ["api.hubapi.com"]);
    assert_eq!(server.told.lock().unwrap().len(), 1);
}
