//! From an HTTP request to a call, and from its reply to an HTTP answer.

use std::{io, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    response::Response,
};
use futures::stream;
use http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use jiff::{Timestamp, fmt::rfc2822::DateTimePrinter};

use super::{
    call::Call,
    disturbance::{Disturbance, RatePolicy, take},
    portal::Sent,
    published,
    reply::{Answer, Refusal, Reply},
    sandbox::{HubSpotSandbox, Received, count_inputs},
};

/// The largest body that is read.
const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

impl HubSpotSandbox {
    /// The portal's API.
    pub fn router(&self) -> Router {
        Router::new().fallback(answer).with_state(self.clone())
    }

    /// Carries a request out.
    fn carry_out(&self, parts: &Parts, body: &[u8], disturbed: Option<Disturbance>) -> Plain {
        let mut state = self.state();
        let path = parts.uri.path();
        let token = bearer(&parts.headers);
        let query: Vec<(String, String)> = parts
            .uri
            .query()
            .map(|query| {
                url::form_urlencoded::parse(query.as_bytes())
                    .into_owned()
                    .collect()
            })
            .unwrap_or_default();
        let asked = Call::parse(&parts.method, path);
        let answer = match (disturbed.and_then(refusal), &asked) {
            (Some(refusal), _) => Err(refusal),
            (None, None) => Err(Refusal::no_such_path()),
            (None, Some(asked)) => {
                let sent = Sent {
                    version: asked.version,
                    query: &query,
                    body,
                };
                state.portal.answer(token.as_deref(), asked, &sent)
            }
        };
        let mut plain = plain(answer, || state.portal.correlation_id());
        plain.date = Some(state.portal.now());
        if let (Some(token), Some(asked)) = (&token, &asked)
            && state.portal.tokens.contains_key(token)
        {
            let now = state.portal.now();
            plain.headers = state.portal.rate.headers(token, &asked.call, now);
        }
        plain
    }

    fn remember(&self, parts: &Parts, body: &[u8], status: Option<u16>) {
        let mut state = self.state();
        let at = state.portal.now();
        state.received.push(Received {
            at,
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            inputs: count_inputs(body),
            status,
            unlike_published: Call::parse(&parts.method, parts.uri.path())
                .and_then(|asked| published::difference(&asked.call, body)),
        });
    }
}

/// An answer before it is made one of HTTP.
struct Plain {
    status: u16,
    body: Bytes,
    content_type: &'static str,
    headers: Vec<(&'static str, String)>,
    retry_after_s: Option<u64>,
    date: Option<Timestamp>,
}

async fn answer(State(sandbox): State<HubSpotSandbox>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY_BYTES).await else {
        return broken();
    };
    let disturbed = take(&mut sandbox.state().planned, parts.uri.path());
    match disturbed {
        Some(Disturbance::BrokenBefore) => {
            sandbox.remember(&parts, &body, None);
            return broken();
        }
        Some(Disturbance::Page) => {
            sandbox.remember(&parts, &body, Some(200));
            return page();
        }
        _ => {}
    }
    let plain = sandbox.carry_out(&parts, &body, disturbed);
    if let Some(Disturbance::Slow { delay_ms }) = disturbed {
        tokio::time::sleep(Duration::from_millis(delay_ms)).await;
    }
    if disturbed == Some(Disturbance::BrokenAfter) {
        sandbox.remember(&parts, &body, None);
        return broken();
    }
    sandbox.remember(&parts, &body, Some(plain.status));
    into_response(plain, disturbed == Some(Disturbance::CutShort))
}

/// A refusal that no portal stands behind.
pub(super) fn refused(refusal: Refusal) -> Response {
    let correlation_id = || "00000000-0000-4000-8000-000000000000".to_owned();
    into_response(plain(Err(refusal), correlation_id), false)
}

fn refusal(disturbance: Disturbance) -> Option<Refusal> {
    Some(match disturbance {
        Disturbance::RateLimited(RatePolicy::TenSecondly) => {
            Refusal::rate_limited("ten_secondly_rolling", "TEN_SECONDLY_ROLLING")
        }
        Disturbance::RateLimited(RatePolicy::Secondly) => {
            Refusal::rate_limited("secondly", "SECONDLY")
        }
        Disturbance::RateLimited(RatePolicy::Daily) => Refusal::rate_limited("daily", "DAILY"),
        Disturbance::Locked => Refusal::locked(),
        Disturbance::Moving { retry_after_s } => Refusal::moving(retry_after_s),
        Disturbance::Status(status) => Refusal::broken(status),
        _ => return None,
    })
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim().to_owned())
}

fn plain(answer: Answer, correlation_id: impl FnOnce() -> String) -> Plain {
    let (status, body, retry_after_s) = match answer {
        Ok(Reply { status, body }) => (status, body, None),
        Err(refusal) if refusal.is_page() => (refusal.status, None, None),
        Err(refusal) => {
            let body = refusal.body(&correlation_id());
            (refusal.status, Some(body), refusal.retry_after_s())
        }
    };
    let (body, content_type) = match body {
        Some(body) => (body.to_string(), "application/json;charset=utf-8"),
        None if status == 404 => (
            "<html><head><title>Error 404</title></head><body>Not found</body></html>".to_owned(),
            "text/html;charset=utf-8",
        ),
        None => (String::new(), ""),
    };
    Plain {
        status,
        body: Bytes::from(body),
        content_type,
        headers: Vec::new(),
        retry_after_s,
        date: None,
    }
}

fn into_response(plain: Plain, is_cut: bool) -> Response {
    let mut response = if is_cut {
        let half = plain.body.slice(..plain.body.len() / 2);
        Response::new(Body::from_stream(stream::iter([Ok(half), Err(gone())])))
    } else {
        Response::new(Body::from(plain.body))
    };
    *response.status_mut() = StatusCode::from_u16(plain.status).unwrap_or_default();
    let headers = response.headers_mut();
    if !plain.content_type.is_empty() {
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(plain.content_type),
        );
    }
    if let Some(retry_after_s) = plain.retry_after_s {
        headers.insert(header::RETRY_AFTER, retry_after_s.into());
    }
    let date = plain.date.and_then(|date| {
        let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&date);
        HeaderValue::from_str(&date.ok()?).ok()
    });
    headers.extend(date.map(|date| (header::DATE, date)));
    for (name, value) in plain.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}

/// An answer whose body breaks off before its first byte.
fn broken() -> Response {
    Response::new(Body::from_stream(stream::iter([Err::<Bytes, _>(gone())])))
}

fn gone() -> io::Error {
    io::Error::from(io::ErrorKind::ConnectionReset)
}

fn page() -> Response {
    let mut response = Response::new(Body::from(
        "<!doctype html><html><head><title>Sign in to Wi-Fi</title></head><body>Sign in</body></html>",
    ));
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html;charset=utf-8"),
    );
    response
}
