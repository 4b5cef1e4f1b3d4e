use bytes::Bytes;
use clearsync_stripe::{
    error::{NotStripe, RateLimit, StripeError, Unauthorized},
    refusal::{AccountId, EditLink, PermissionName, Refusal},
};
use clearsync_transport::Response;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Case {
    name: String,
    status: u16,
    #[serde(default)]
    headers: std::collections::BTreeMap<String, String>,
    body: Value,
    expect: Expected,
}

#[derive(Deserialize)]
struct Expected {
    kind: String,
    #[serde(default)]
    named: Vec<String>,
    account: Option<String>,
    edit_link: Option<String>,
    #[serde(default)]
    closed_to_restricted_keys: bool,
}

fn cases() -> Vec<Case> {
    [
        include_str!("refusals/old_sentences.json"),
        include_str!("refusals/new_sentences.json"),
        include_str!("refusals/links.json"),
        include_str!("refusals/odd_texts.json"),
        include_str!("refusals/other_errors.json"),
    ]
    .into_iter()
    .flat_map(|file| serde_json::from_str::<Vec<Case>>(file).unwrap())
    .collect()
}

impl Case {
    fn error(&self) -> StripeError {
        let body = match &self.body {
            Value::String(text) => text.clone(),
            json => json.to_string(),
        };
        let mut builder = http::Response::builder()
            .status(self.status)
            .header("request-id", "req_1Example");
        for (name, value) in &self.headers {
            builder = builder.header(name, value);
        }
        let response: Response = builder.body(Bytes::from(body)).unwrap();
        StripeError::from_response(&response)
    }
}

#[test]
fn every_refusal_is_read_as_it_was_meant() {
    let cases = cases();
    assert!(cases.len() >= 40);
    for case in cases {
        let error = case.error();
        assert_eq!(kind_of(&error), case.expect.kind, "{}", case.name);
        if let StripeError::PermissionMissing { refusal, .. } = &error {
            assert_refusal(refusal, &case);
        }
        if !matches!(error, StripeError::NotStripe(_)) {
            let request_id = error.request_id().map(|id| id.as_str().to_owned());
            assert_eq!(request_id.as_deref(), Some("req_1Example"), "{}", case.name);
        }
    }
}

fn assert_refusal(refusal: &Refusal, case: &Case) {
    let expected = &case.expect;
    let named: Vec<_> = refusal.named.iter().map(PermissionName::as_str).collect();
    assert_eq!(named, expected.named, "names of: {}", case.name);
    assert_eq!(
        refusal.account.as_ref().map(AccountId::as_str),
        expected.account.as_deref(),
        "account of: {}",
        case.name
    );
    assert_eq!(
        refusal.edit_link.as_ref().map(EditLink::as_str),
        expected.edit_link.as_deref(),
        "link of: {}",
        case.name
    );
    assert_eq!(
        refusal.closed_to_restricted_keys, expected.closed_to_restricted_keys,
        "{}",
        case.name
    );
}

#[test]
fn no_error_repeats_stripes_sentence_or_part_of_a_key() {
    for case in cases() {
        let error = case.error();
        let shown = format!("{error} {error:?}");
        for secret in ["rk_", "8f2K", "horse", "abcd", "203.0.113.7", "<", "hotel"] {
            assert!(!shown.contains(secret), "{}: {shown}", case.name);
        }
        if let Some(sentence) = case.body["error"]["message"].as_str()
            && sentence.len() > 3
        {
            assert!(!shown.contains(sentence), "{}", case.name);
        }
    }
}

fn kind_of(error: &StripeError) -> String {
    match error {
        StripeError::Unauthorized { reason, .. } => format!(
            "unauthorized:{}",
            match reason {
                Unauthorized::UnknownKey => "unknown_key",
                Unauthorized::Expired => "expired",
                Unauthorized::IpNotAllowed => "ip_not_allowed",
                Unauthorized::NoKey => "no_key",
                Unauthorized::Other => "other",
            }
        ),
        StripeError::PermissionMissing { .. } => "permission_missing".to_owned(),
        StripeError::Publishable { .. } => "publishable".to_owned(),
        StripeError::AccountNotOpen {
            platform_required, ..
        } => with("account_not_open", *platform_required, "platform"),
        StripeError::NotFound { in_other_mode, .. } => {
            with("not_found", *in_other_mode, "other_mode")
        }
        StripeError::RateLimited { limit, .. } => with(
            "rate_limited",
            *limit == Some(RateLimit::EndpointRate),
            "endpoint_rate",
        ),
        StripeError::Locked { .. } => "locked".to_owned(),
        StripeError::Unavailable { .. } => "unavailable".to_owned(),
        StripeError::Rejected { code, param, .. } => format!(
            "rejected:{}:{}",
            code.as_ref().map_or("", |code| code.as_str()),
            param.as_ref().map_or("", |param| param.as_str())
        ),
        StripeError::Unreachable(_) => "unreachable".to_owned(),
        StripeError::NotStripe(what) => format!(
            "not_stripe:{}",
            match what {
                NotStripe::WebPage => "web_page",
                NotStripe::Redirect => "redirect",
                NotStripe::ProxyLogin => "proxy_login",
                NotStripe::CutShort => "cut_short",
                NotStripe::NotJson => "not_json",
                NotStripe::OtherShape => "other_shape",
            }
        ),
    }
}

fn with(kind: &str, more: bool, detail: &str) -> String {
    if more {
        format!("{kind}:{detail}")
    } else {
        kind.to_owned()
    }
}
