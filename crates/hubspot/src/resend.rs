use std::time::Duration;

use clearsync_transport::{Request, Response, RetryRule, TransportError, retry_after};

use crate::{
    Policy,
    refusal::{self, MOVING},
};

/// Whether a request may be sent again when it is not known if HubSpot carried it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resend {
    /// Sending it twice does the same as sending it once.
    Always,
    /// Sending it twice would make two of something.
    UnlessApplied,
}

/// When the same request is sent again.
pub(crate) struct HubSpotRule;

/// HubSpot documents that a lock lasts two seconds and asks to wait as long.
const LOCK: Duration = Duration::from_secs(2);
const FAULT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_mins(1);

impl RetryRule for HubSpotRule {
    fn again_after(
        &self,
        request: &Request,
        outcome: Result<&Response, TransportError>,
    ) -> Option<Duration> {
        let always = request.extensions().get() == Some(&Resend::Always);
        match outcome {
            Ok(response) if cut_short(response) => after_silence(TransportError::Broken, always),
            Ok(response) => after_answer(response, always),
            Err(error) => after_silence(error, always),
        }
    }
}

/// Whether the answer begins as JSON and does not end so: the connection broke where HTTP could not tell.
pub(crate) fn cut_short(response: &Response) -> bool {
    let body = response.body().trim_ascii();
    response.status().is_success() && body.starts_with(b"{") && !body.ends_with(b"}")
}

fn after_answer(response: &Response, always: bool) -> Option<Duration> {
    match response.status().as_u16() {
        423 => Some(LOCK),
        // The budget makes the next request wait; a day is waited for by nobody.
        429 => (refusal::policy(response) != Policy::Day).then_some(Duration::ZERO),
        MOVING => retry_after(response.headers()).filter(|wait| *wait < LONGEST_WAIT),
        503 => Some(retry_after(response.headers()).unwrap_or(FAULT)),
        500..=599 if always => Some(retry_after(response.headers()).unwrap_or(FAULT)),
        _ => None,
    }
}

fn after_silence(error: TransportError, always: bool) -> Option<Duration> {
    match error {
        TransportError::NotConnected => Some(FAULT),
        TransportError::Broken | TransportError::TimedOut { .. } if always => Some(FAULT),
        _ => None,
    }
}
