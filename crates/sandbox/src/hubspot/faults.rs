//! Refusals without a cause, in HubSpot's own bodies, for [`Fault::Answer`](crate::Fault::Answer).

use axum::response::Response;

use super::{answer, reply::Refusal};

/// 429: the token's burst is used up.
#[must_use]
pub fn rate_limited() -> Response {
    answer::refused(Refusal::rate_limited(
        "ten_secondly_rolling",
        "TEN_SECONDLY_ROLLING",
    ))
}

/// 429: too many searches in this second.
#[must_use]
pub fn search_rate_limited() -> Response {
    answer::refused(Refusal::rate_limited("secondly", "SECONDLY"))
}

/// 429: the day's allowance is used up.
#[must_use]
pub fn daily_limited() -> Response {
    answer::refused(Refusal::rate_limited("daily", "DAILY"))
}

/// 423: another write holds the records.
#[must_use]
pub fn locked() -> Response {
    answer::refused(Refusal::locked())
}

/// 477: the portal is being moved between data centres, for another minute.
#[must_use]
pub fn moving() -> Response {
    answer::refused(Refusal::moving(60))
}

/// 500.
#[must_use]
pub fn internal_error() -> Response {
    answer::refused(Refusal::broken(500))
}

/// 502.
#[must_use]
pub fn bad_gateway() -> Response {
    answer::refused(Refusal::broken(502))
}

/// 503.
#[must_use]
pub fn unavailable() -> Response {
    answer::refused(Refusal::broken(503))
}
