//! Whether a subscription counts at a moment.

use jiff::Timestamp;

use crate::{
    CancellationRule, FirstInvoiceRule, FirstPayment, Note, PauseRule, Policy, Standing, Status,
    Subscription,
};

/// The first rule that applies decides.
pub(super) fn decide(
    subscription: &Subscription,
    at: Timestamp,
    policy: &Policy,
    notes: &mut Vec<Note>,
) -> Standing {
    not_started(subscription, at)
        .or_else(|| over(subscription, at, policy))
        .or_else(|| in_trial(subscription, at, policy))
        .or_else(|| leaving(subscription, at, policy))
        .or_else(|| paused(subscription, at, policy))
        .or_else(|| unpaid_start(subscription, at, policy))
        .unwrap_or_else(|| by_status(subscription, policy, notes))
}

fn not_started(subscription: &Subscription, at: Timestamp) -> Option<Standing> {
    let starts = subscription.start_date;
    (at < starts).then_some(Standing::NotStarted { starts })
}

fn over(subscription: &Subscription, at: Timestamp, policy: &Policy) -> Option<Standing> {
    if subscription.status == Status::IncompleteExpired {
        return Some(Standing::StatusLeftOut {
            status: word(&subscription.status),
        });
    }
    let ended = subscription.ended_at.or_else(|| {
        (subscription.status == Status::Canceled).then_some(subscription.canceled_at)?
    });
    let is_over = ended.map_or(subscription.status == Status::Canceled, |ended| ended <= at);
    if !is_over {
        return None;
    }
    let paid_until = subscription.current_period().map(|period| period.end);
    match paid_until {
        Some(until)
            if policy.cancellation == CancellationRule::AtPeriodEnd
                && at < until
                && !was_free(subscription, until)
                && unpaid_start(subscription, at, policy).is_none() =>
        {
            Some(Standing::PaidUntil { until })
        }
        _ => Some(Standing::Ended { since: ended }),
    }
}

/// A period that was nothing but trial was never paid for.
fn was_free(subscription: &Subscription, period_end: Timestamp) -> bool {
    subscription
        .trial
        .is_some_and(|trial| period_end <= trial.end)
}

fn in_trial(subscription: &Subscription, at: Timestamp, policy: &Policy) -> Option<Standing> {
    let trial = subscription.trial;
    let in_trial = match trial {
        Some(trial) => trial.contains(at),
        None => subscription.status == Status::Trialing,
    };
    (in_trial && !policy.counted.contains(&Status::Trialing)).then_some(Standing::InTrial {
        until: trial.map(|trial| trial.end),
    })
}

fn leaving(subscription: &Subscription, at: Timestamp, policy: &Policy) -> Option<Standing> {
    let end = subscription.scheduled_end();
    let asked = subscription.canceled_at;
    match policy.cancellation {
        CancellationRule::AtRequest => {
            let scheduled = end.is_some() || subscription.cancel_at_period_end;
            (scheduled && asked.is_none_or(|asked| asked <= at))
                .then_some(Standing::CancellationAsked { at: asked })
        }
        CancellationRule::AtPeriodEnd => end
            .filter(|end| *end <= at)
            .map(|end| Standing::Ended { since: Some(end) }),
        CancellationRule::AtStatusChange => None,
    }
}

fn paused(subscription: &Subscription, at: Timestamp, policy: &Policy) -> Option<Standing> {
    let pause = subscription.pause_collection.as_ref()?;
    let is_paused = pause.resumes_at.is_none_or(|resumes| at < resumes);
    (is_paused && policy.pause == PauseRule::Zero).then_some(Standing::CollectionPaused)
}

fn unpaid_start(subscription: &Subscription, at: Timestamp, policy: &Policy) -> Option<Standing> {
    if policy.first_invoice == FirstInvoiceRule::WhenOpened {
        return None;
    }
    let waits = match subscription.first_payment {
        FirstPayment::Unknown => false,
        FirstPayment::Open => true,
        FirstPayment::PaidAt(paid) => at < paid,
    };
    waits.then_some(Standing::NotPaidYet)
}

fn by_status(subscription: &Subscription, policy: &Policy, notes: &mut Vec<Note>) -> Standing {
    let status = word(&subscription.status);
    if let Status::Unknown(word) = &subscription.status {
        notes.push(Note::UnknownWord {
            field: "status".to_owned(),
            word: word.clone(),
        });
    }
    // The trial's dates say that it is over, or that an end still lies ahead, before the status follows.
    let lags = matches!(subscription.status, Status::Trialing | Status::Canceled);
    if lags || policy.counted.contains(&subscription.status) {
        Standing::Counts { status }
    } else {
        Standing::StatusLeftOut { status }
    }
}

fn word(status: &Status) -> String {
    match status {
        Status::Trialing => "trialing",
        Status::Active => "active",
        Status::PastDue => "past_due",
        Status::Unpaid => "unpaid",
        Status::Incomplete => "incomplete",
        Status::IncompleteExpired => "incomplete_expired",
        Status::Paused => "paused",
        Status::Canceled => "canceled",
        Status::Unknown(word) => word,
    }
    .to_owned()
}
