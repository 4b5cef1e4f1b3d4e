//! The door that Stripe's deliveries come through, against whoever else finds it.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket},
    time::Duration,
};

use bytes::Bytes;
use clearsync_sandbox::stripe::sign;
use clearsync_sync::{
    Clock,
    realtime::{Door, Heard, LARGEST_BODY_BYTES, LONGEST_CONNECTION, Listener, MOST_CONNECTIONS},
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
    tokio::time::sleep(Duration::from_secs(2)).await;
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

/// Stripe counts a delivery as failed that is not answered in time; what is due at once is answered at once.
#[tokio::test(start_paused = true)]
async fn a_burst_is_answered_in_less_than_a_tenth_of_a_second() {
    let door = door();
    let began = tokio::time::Instant::now();
    let burst = (0..50).map(|_| door.answer(signed(BODY, SECRET, now())));
    let answers = futures::future::join_all(burst).await;
    assert_eq!(answers, [StatusCode::OK; 50]);
    // Virtual time: what is counted is waiting, not the machine.
    assert!(began.elapsed() < Duration::from_millis(100));
}

/// The same delivery again, as somebody who overheard it would send it: it means "look now" once more for five minutes, and
/// nothing after.
#[tokio::test(start_paused = true)]
async fn a_replay_has_no_other_effect_and_that_for_five_minutes_alone() {
    for (age_s, expected, deliveries) in [
        (299, StatusCode::OK, 1),
        (300, StatusCode::OK, 1),
        (301, StatusCode::BAD_REQUEST, 0),
        (86_400, StatusCode::BAD_REQUEST, 0),
    ] {
        let door = door();
        let at = now().checked_sub(SignedDuration::from_secs(age_s)).unwrap();
        assert_eq!(door.answer(signed(BODY, SECRET, at)).await, expected);
        assert_eq!(door.heard().borrow().deliveries, deliveries, "{age_s} s");
    }
}

/// No other address of this computer answers, so that nobody in its network reaches it.
#[tokio::test]
async fn no_other_address_of_this_computer_answers() {
    let listener = Listener::open(0, door()).await.unwrap();
    let port = listener.address().port();
    let mut others = vec![
        IpAddr::from(Ipv4Addr::new(127, 0, 0, 2)),
        IpAddr::from(Ipv6Addr::LOCALHOST),
    ];
    // The address that this computer has in its network, if it is in one. Nothing is sent.
    let outward = UdpSocket::bind("0.0.0.0:0").and_then(|socket| {
        socket.connect("192.0.2.1:9")?;
        socket.local_addr()
    });
    others.extend(outward.ok().map(|address| address.ip()));
    for other in others {
        let refused = TcpStream::connect((other, port)).await;
        assert!(refused.is_err(), "{other}");
    }
    assert!(TcpStream::connect(listener.address()).await.is_ok());
}

/// What is no HTTP at all, or more of it than anybody needs, ends its own connection and nothing else.
#[tokio::test]
async fn garbage_ends_its_own_connection_alone() {
    let listener = Listener::open(0, door()).await.unwrap();
    let mut dice = Dice(11);
    let long_head = format!("POST / HTTP/1.1\r\nx: {}\r\n\r\n", "a".repeat(900_000));
    let many = format!("POST / HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(5_000));
    let large = format!(
        "POST / HTTP/1.1\r\nhost: h\r\nstripe-signature: t=1,v1=00\r\ncontent-length: {0}\r\n\r\n{1}",
        u64::MAX,
        "x".repeat(LARGEST_BODY_BYTES + 1)
    );
    let smuggled = "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n";
    let mut sent: Vec<Vec<u8>> = [&long_head, &many, &large, smuggled]
        .map(|text| text.as_bytes().to_vec())
        .into();
    for _ in 0..200 {
        let length = dice.up_to(600);
        let garbage = (0..length).map(|_| u8::try_from(dice.up_to(256)).unwrap());
        sent.push(garbage.collect());
    }
    for bytes in sent {
        let mut stream = TcpStream::connect(listener.address()).await.unwrap();
        // Whoever is turned away may learn so while it writes.
        _ = stream.write_all(&bytes).await;
        _ = stream.shutdown().await;
        let told = answer(stream).await;
        assert!(told.is_empty() || told.starts_with("HTTP/1.1 4"), "{told}");
    }
    assert_eq!(*listener.heard().borrow(), Heard::default());
    let mut stream = TcpStream::connect(listener.address()).await.unwrap();
    let head = format!(
        "POST / HTTP/1.1\r\nhost: h\r\nstripe-signature: {}\r\ncontent-length: {}\r\n\r\n",
        sign(BODY, SECRET, now()),
        BODY.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(BODY).await.unwrap();
    let told = answer(stream).await;
    assert!(told.starts_with("HTTP/1.1 200"), "{told}");
}

/// A body that trickles in is not waited for.
#[tokio::test(start_paused = true)]
async fn a_body_that_trickles_in_is_cut_off() {
    let listener = Listener::open(0, door()).await.unwrap();
    let began = tokio::time::Instant::now();
    let mut stream = TcpStream::connect(listener.address()).await.unwrap();
    let head = format!(
        "POST / HTTP/1.1\r\nhost: h\r\nstripe-signature: {}\r\ncontent-length: {}\r\n\r\n",
        sign(BODY, SECRET, now()),
        BODY.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&BODY[..1]).await.unwrap();
    assert_eq!(answer(stream).await, "");
    assert!(began.elapsed() <= LONGEST_CONNECTION + Duration::from_secs(1));
    assert_eq!(*listener.heard().borrow(), Heard::default());
}
