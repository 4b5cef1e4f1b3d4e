//! What reads text of somebody else, and what must hold of it whatever stands there. Each takes any bytes and panics when
//! something does not hold.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use clearsync_billing::MonthlyMrr;
use clearsync_hubspot::{
    API_VERSION, BaseUrl, Client, HubSpotToken, ObjectType, PortalId, RecordId, UiDomain,
};
use clearsync_stripe::{
    decode,
    guide::is_dashboard,
    refusal::{AccountId, EditLink, PermissionName, Refusal},
    signature::{SignatureRefused, verify},
};
use clearsync_transport::{Request, Response, Secret, Transport, TransportError};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use url::Url;

/// Reads any bytes.
pub type Target = fn(&[u8]);

/// Everything that is fuzzed, by the name of its corpus.
pub const TARGETS: [(&str, Target); 6] = [
    ("hubspot_refusal", hubspot_refusal),
    ("links", links),
    ("signature", signature),
    ("stripe_objects", stripe_objects),
    ("stripe_refusal", stripe_refusal),
    ("table", table),
];

/// An object of Stripe through every decoder. What is parsed of it for speed reads as the whole does.
pub fn stripe_objects(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let (whole, essence) = (serde_json::from_str::<Value>(text), decode::essence(text));
    // What is not read of it may be less than JSON.
    assert!(essence.is_some() || whole.is_err());
    let (Ok(whole), Some(essence)) = (whole, essence) else {
        return;
    };
    let told = |value: &Value| {
        (
            format!("{:?}", decode::subscription(value)),
            format!("{:?}", decode::invoice(value)),
            format!("{:?}", decode::change(value)),
        )
    };
    assert_eq!(told(&whole), told(&essence));
    let _ = decode::price(&whole);
    let _ = decode::coupon(&whole);
    let _ = decode::discount(&whole);
    let _ = decode::customer_discount(&whole);
}

/// A sentence of Stripe's 403. Nothing of a key is kept of it, and a link leads to the dashboard.
pub fn stripe_refusal(data: &[u8]) {
    let refusal = Refusal::parse(&String::from_utf8_lossy(data));
    assert!(refusal.named.len() <= 16);
    let names = refusal.named.iter().map(PermissionName::as_str);
    for name in names.chain(refusal.account.iter().map(AccountId::as_str)) {
        let begins_a_key = ["rk_", "sk_", "pk_"]
            .iter()
            .any(|key| name.starts_with(key));
        assert!(!begins_a_key, "{name}");
        assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'));
    }
    if let Some(link) = &refusal.edit_link {
        assert!(is_dashboard(&Url::parse(link.as_str()).expect("a link")));
    }
}

/// A status in two bytes, and the body of HubSpot's answer.
pub fn hubspot_refusal(data: &[u8]) {
    let Some((status, body)) = data.split_at_checked(2) else {
        return;
    };
    let number = 400 + (u16::from(status[0]) * 256 + u16::from(status[1])) % 200;
    let answer = Answer(number, Bytes::copy_from_slice(body));
    let token = HubSpotToken::new(&Secret::new(TOKEN.to_owned())).expect("a token");
    let base = BaseUrl::parse(BaseUrl::DEFAULT).expect("an address");
    let client = Client::new(Arc::new(answer), base, API_VERSION, token);
    // Some answers are asked for again after a while, which is virtual.
    let clock = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    let outcome = clock.expect("a runtime").block_on(client.account());
    assert!(outcome.is_err());
}

const TOKEN: &str = "pat-na1-0b5e8f6a-1c2d-4e3f-8a9b-aabbccddeeff";

/// HubSpot, whatever it is asked.
struct Answer(u16, Bytes);

#[async_trait]
impl Transport for Answer {
    async fn send(&self, _: Request) -> Result<Response, TransportError> {
        let answer = http::Response::builder().status(self.0);
        Ok(answer
            .body(self.1.clone())
            .expect("a status is all it needs"))
    }
}

/// A word of a sentence, or what HubSpot calls its host: what is opened in the browser leads to the two services.
pub fn links(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Some(link) = EditLink::new(&text) {
        let url = Url::parse(link.as_str()).expect("a link");
        assert!(is_dashboard(&url), "{url}");
    }
    let object = ObjectType::Custom(text.to_string());
    let link = UiDomain::or_default(&text).record_link(PortalId(1), &object, RecordId(2));
    // Such as one with letters that no host has.
    let Some(url) = link else {
        return;
    };
    let host = url.host_str().unwrap_or_default();
    assert!(host.ends_with(".hubspot.com"), "{url}");
    assert_eq!((url.scheme(), url.port()), ("https", None));
    assert_eq!((url.username(), url.password()), ("", None));
    assert!(url.path().starts_with("/contacts/"), "{url}");
    assert_eq!((url.query(), url.fragment()), (None, None));
}

/// A `Stripe-Signature` header in the first line, and the body. What is believed is believed for this body and this time
/// alone.
pub fn signature(data: &[u8]) {
    let mut lines = data.splitn(2, |byte| *byte == b'\n');
    let header = String::from_utf8_lossy(lines.next().unwrap_or_default());
    let body = lines.next().unwrap_or_default();
    // The vector of Stripe's own library, in the corpus, is signed with this.
    let secret = Secret::new("whsec_test_secret".to_owned());
    let now = Timestamp::from_second(1_700_000_000).expect("a time");
    if verify(&header, body, &secret, now).is_err() {
        return;
    }
    let other = [body, b"."].concat();
    let of_another = verify(&header, &other, &secret, now);
    assert_eq!(of_another, Err(SignatureRefused::NoMatch));
    // A header may name a time that is still to come.
    let never = now + SignedDuration::from_hours(24 * 365 * 200);
    let late = verify(&header, body, &secret, never);
    assert_eq!(late, Err(SignatureRefused::TooOld));
}

/// A table of MRR as somebody exports it. What was read of it reads the same once written.
pub fn table(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let usd = "usd".parse().expect("a currency");
    let Ok((table, _)) = MonthlyMrr::read_csv(&text, usd) else {
        return;
    };
    let again = MonthlyMrr::read_csv(&table.to_csv(), usd);
    assert_eq!(again, Ok((table, Vec::new())));
}
