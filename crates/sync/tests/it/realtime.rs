//! The door that Stripe's deliveries come through, against whoever else finds it.

use std::net::Ipv4Addr;

use bytes::Bytes;
use clearsync_sandbox::stripe::sign;
use clearsync_sync::{
    Clock,
    realtime::{Door, Heard, LARGEST_BODY_BYTES, Listener, MOST_CONNECTIONS},
};
use clearsync_transport::Secret;
use http::{Request, StatusCode};
use http_body_util::Full;
use jiff::{SignedDuration, Timestamp};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::push_life::Dice;

const SECRET: &str = "whsec_TheSecretOfThisDoor";
const BODY: &[u8] = br#"{"id":"evt_1","object":"event"}"#;

fn now() -> Timestamp {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

fn door() -> Door {
    Door::new(Secret::new(SECRET.to_owned()), Clock::new(now))
}

fn signed(body: &[u8], secret: &str, at: Timestamp) -> Request<Full<Bytes>> {
    Request::post("/any")
        .header("stripe-signature", sign(body, secret, at))
        .body(whole(body))
        .unwrap()
}

fn whole(body: &[u8]) -> Full<Bytes> {
    Full::new(Bytes::copy_from_slice(body))
}

#[tokio::test(start_paused = true)]
async fn a_delivery_is_heard_and_nothing_of_it_is_used() {
    let door = door();
    let heard = door.heard();
    let early = now().checked_sub(SignedDuration::from_secs(301)).unwrap();
    for (request, expected) in [
        (signed(BODY, SECRET, now()), StatusCode::OK),
        (signed(b"not even JSON", SECRET, now()), StatusCode::OK),
        (
            signed(BODY, "whsec_another", now()),
            StatusCode::BAD_REQUEST,
        ),
        (signed(BODY, SECRET, early), StatusCode::BAD_REQUEST),
        (
            Request::post("/").body(whole(BODY)).unwrap(),
            StatusCode::BAD_REQUEST,
        ),
        (
            Request::get("/").body(whole(BODY)).unwrap(),
            StatusCode::METHOD_NOT_ALLOWED,
        ),
    ] {
        assert_eq!(door.answer(request).await, expected);
    }
    let two = Heard {
        deliveries: 2,
        last_at: Some(now()),
    };
    assert_eq!(*heard.borrow(), two);
    let large = vec![b' '; LARGEST_BODY_BYTES + 1];
    let refused = door.answer(signed(&large, SECRET, now())).await;
    assert_eq!(refused, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(*heard.borrow(), two);
}

/// Whatever is sent: no fault, and no effect.
#[tokio::test(start_paused = true)]
async fn ten_thousand_random_requests_have_no_effect() {
    let (door, mut dice) = (door(), Dice(5));
    let heard = door.heard();
    let good = sign(BODY, SECRET, now());
    for _ in 0..10_000 {
        let length = dice.up_to(300);
        let body: Vec<u8> = (0..length)
            .map(|_| u8::try_from(dice.up_to(256)).unwrap())
            .collect();
        let mut signature = good.clone().into_bytes();
        for _ in 0..dice.up_to(4) {
            let place = dice.up_to(signature.len());
            signature[place] = u8::try_from(32 + dice.up_to(95)).unwrap();
        }
        signature.truncate(dice.up_to(signature.len() + 1));
        let request = Request::post("/")
            .header("stripe-signature", signature)
            .body(whole(&body))
            .unwrap();
        let status = door.answer(request).await;
        assert!(status.is_client_error(), "{status}");
    }
    assert_eq!(*heard.borrow(), Heard::default());
}

/// A flood is turned away at the door; what comes after it is heard.
#[tokio::test(start_paused = true)]
async fn a_flood_is_turned_away() {
    let door = door();
    let flood = (0..500).map(|_| door.answer(signed(BODY, "whsec_another", now())));
    let answers = futures::future::join_all(flood).await;
    let turned_away = |status: &&StatusCode| **status == StatusCode::TOO_MANY_REQUESTS;
    let turned_away = answers.iter().filter(turned_away).count();
    assert!((350..450).contains(&turned_away), "{turned_away} of 500");
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert_eq!(
        door.answer(signed(BODY, SECRET, now())).await,
        StatusCode::OK
    );
}

async fn answer(mut stream: TcpStream) -> String {
    let mut text = String::new();
    let read = stream.read_to_string(&mut text).await;
    read.map_or_else(|_| String::new(), |_| text)
}

#[tokio::test]
async fn it_listens_on_this_computer_alone() {
    let listener = Listener::open(0, door()).await.unwrap();
    assert_eq!(listener.address().ip(), Ipv4Addr::LOCALHOST);
    let mut stream = TcpStream::connect(listener.address()).await.unwrap();
    let head = format!(
        "POST /x HTTP/1.1\r\nhost: hooks.acme.com\r\nstripe-signature: {}\r\ncontent-length: {}\r\n\r\n",
        sign(BODY, SECRET, now()),
        BODY.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(BODY).await.unwrap();
    let told = answer(stream).await;
    assert!(told.starts_with("HTTP/1.1 200 OK\r\n"), "{told}");
    assert!(told.contains("connection: close"), "{told}");
    assert_eq!(listener.heard().borrow().deliveries, 1);
    let port = listener.address().port();
    assert!(
        Listener::open(port, door()).await.is_err(),
        "the port is taken"
    );
}

/// Who sends a byte now and then is cut off, and so is who connects too often.
#[tokio::test(start_paused = true)]
async fn whoever_holds_connections_open_is_cut_off() {
    let listener = Listener::open(0, door()).await.unwrap();
    let mut slow = Vec::new();
    for _ in 0..MOST_CONNECTIONS + 4 {
        let mut stream = TcpStream::connect(listener.address()).await.unwrap();
        // The last are turned away, and may learn so while they write.
        _ = stream.write_all(b"POST /x HTTP/1.1\r\nhost: ").await;
        slow.push(stream);
    }
    // No time passes but virtual time: every one of them ends.
    for stream in slow {
        let told = answer(stream).await;
        assert!(
            told.is_empty() || told.starts_with("HTTP/1.1 408"),
            "{told}"
        );
    }
    assert_eq!(*listener.heard().borrow(), Heard::default());
}
