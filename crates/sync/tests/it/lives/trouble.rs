use std::time::Duration;

use clearsync_sandbox::{Fault, FaultPlan, Until, hubspot::faults, stripe::Failure};

use crate::push_life::Dice;

/// What gets in the way of one life, round by round.
#[derive(Debug, Clone)]
pub(super) struct Trouble(Vec<Round>);

/// What gets in the way between two times of calm.
#[derive(Debug, Clone)]
pub(super) struct Round {
    pub(super) stripe: FaultPlan,
    pub(super) hubspot: FaultPlan,
    /// Each happens just before the request of this number, counted over both services.
    pub(super) acts: Vec<(usize, Act)>,
    /// Commits that the disk or another process refuses.
    pub(super) refused_commits: Vec<usize>,
    /// Whether the program is started anew after a try.
    pub(super) restarts: bool,
    /// How much later than it happened an event is listed.
    pub(super) event_lag_s: i64,
    /// Whether events come twice and out of order.
    pub(super) events_scrambled: bool,
}

/// Something that happens in the middle of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// The computer's clock is set, in minutes.
    SetClock(i64),
    /// The computer sleeps, in minutes.
    Sleep(i64),
    /// A permission of the Stripe key is taken away.
    Deny(&'static str),
    /// All of them are back.
    Allow,
    /// A scope of the HubSpot key is taken away.
    Unscope(&'static str),
    /// All of them are back.
    Rescope,
}

const PERMISSIONS: [&str; 7] = [
    "invoice_read",
    "customer_read",
    "subscription_read",
    "coupon_read",
    "plan_read",
    "event_read",
    "charge_read",
];

/// Without the first all waits, without the others companies do.
const SCOPES: [&str; 4] = [
    "crm.objects.contacts.write",
    "crm.objects.companies.write",
    "crm.objects.companies.read",
    "crm.schemas.companies.write",
];

impl Trouble {
    pub(super) const ROUNDS: usize = 4;

    /// No trouble at all.
    pub(super) fn none() -> Self {
        Self((0..Self::ROUNDS).map(|_| Round::calm()).collect())
    }

    pub(super) fn of(seed: u64) -> Self {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9).wrapping_add(1));
        Self((0..Self::ROUNDS).map(|_| Round::of(&mut dice)).collect())
    }

    pub(super) fn round(&self, number: usize) -> Round {
        self.0[number].clone()
    }
}

impl Round {
    pub(super) fn calm() -> Self {
        let none = FaultPlan {
            seed: 0,
            per_mille: 0,
            faults: Vec::new(),
            until: Until::Forever,
        };
        Self {
            stripe: none.clone(),
            hubspot: none,
            acts: Vec::new(),
            refused_commits: Vec::new(),
            restarts: false,
            event_lag_s: 0,
            events_scrambled: false,
        }
    }

    fn of(dice: &mut Dice) -> Self {
        let mut round = Self {
            stripe: plan(dice, stripe_faults()),
            hubspot: plan(dice, hubspot_faults()),
            restarts: dice.one_in(3),
            event_lag_s: [0, 0, 20, 90][dice.up_to(4)],
            events_scrambled: dice.one_in(2),
            ..Self::calm()
        };
        for _ in 0..dice.up_to(4) {
            let at = dice.up_to(90);
            let act = match dice.up_to(5) {
                0 => Act::SetClock([-300, -20, 15, 4_000][dice.up_to(4)]),
                1 => Act::Sleep([20, 200][dice.up_to(2)]),
                2 => Act::Deny(PERMISSIONS[dice.up_to(PERMISSIONS.len())]),
                3 => Act::Unscope(SCOPES[dice.up_to(SCOPES.len())]),
                _ if dice.one_in(2) => Act::Allow,
                _ => Act::Rescope,
            };
            round.acts.push((at, act));
        }
        for _ in 0..dice.up_to(3) {
            round.refused_commits.push(dice.up_to(40));
        }
        round
    }
}

fn plan(dice: &mut Dice, faults: Vec<Fault>) -> FaultPlan {
    FaultPlan {
        seed: u64::try_from(dice.up_to(1 << 30)).unwrap(),
        per_mille: [0, 60, 200, 500][dice.up_to(4)],
        faults,
        until: Until::Request(60),
    }
}

fn stripe_faults() -> Vec<Fault> {
    let mut faults = on_the_way();
    faults.extend([
        Fault::Answer(|| Failure::GlobalRate.answer()),
        Fault::Answer(|| Failure::EndpointRate.answer()),
        Fault::Answer(|| Failure::GlobalConcurrency.answer()),
        Fault::Answer(|| Failure::LockTimeout.answer()),
        Fault::Answer(|| Failure::Conflict.answer()),
        Fault::Answer(|| Failure::ServerError.answer()),
        Fault::Answer(|| Failure::Unavailable.answer()),
    ]);
    faults
}

fn hubspot_faults() -> Vec<Fault> {
    let mut faults = on_the_way();
    faults.extend([
        Fault::Answer(faults::rate_limited),
        Fault::Answer(faults::search_rate_limited),
        Fault::Answer(faults::daily_limited),
        Fault::Answer(faults::locked),
        Fault::Answer(faults::moving),
        Fault::Answer(faults::internal_error),
        Fault::Answer(faults::bad_gateway),
        Fault::Answer(faults::unavailable),
    ]);
    faults
}

fn on_the_way() -> Vec<Fault> {
    vec![
        Fault::ResetBefore,
        Fault::ResetAfter,
        Fault::ResetAfter,
        Fault::CutBody,
        Fault::WrongJson,
        Fault::CaptivePortal,
        Fault::Slow(Duration::from_secs(20)),
    ]
}
