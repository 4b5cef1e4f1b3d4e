//! The least time an import can take under the limits that Stripe publishes. Counted from the simulated account alone.

use std::{collections::BTreeMap, sync::PoisonError, time::Duration};

use clearsync_sandbox::StripeData;
use clearsync_stripe::key::Mode;
use serde_json::Value;

use crate::world::World;

/// Stripe documents 25 requests a second to one endpoint …
const ENDPOINT_PER_SECOND: u32 = 25;
/// … and to the account 100 a second in live mode …
const LIVE_PER_SECOND: u32 = 100;
/// … and 25 in test mode.
const TEST_PER_SECOND: u32 = 25;
/// The most objects that Stripe puts on a page.
const PAGE: usize = 100;
/// The most entries that Stripe leaves in a list inside an object.
const EMBEDDED: usize = 10;

/// The pages that an import cannot do without.
pub(crate) struct Floor {
    pages: BTreeMap<&'static str, u32>,
    account_per_second: u32,
}

impl Floor {
    pub(crate) fn of(world: &World) -> Self {
        let data = world.data.read().unwrap_or_else(PoisonError::into_inner);
        let list = |kind| pages(alive(&data, kind).count(), PAGE);
        let prices = |active| {
            let some = alive(&data, "price").filter(|price| price["active"] == active);
            pages(some.count(), PAGE)
        };
        let kinds = [
            "product",
            "coupon",
            "customer",
            "subscription",
            "invoice",
            "charge",
            "payment_intent",
            "payment_method",
            "account",
        ];
        let mut pages: BTreeMap<_, _> = kinds.into_iter().map(|kind| (kind, list(kind))).collect();
        pages.insert("price", prices(true) + prices(false));
        // Where the events begin that follow the import.
        pages.insert("event", 1);
        pages.insert("lines of an invoice", cut_lists(&data, "invoice", "lines"));
        let items = cut_lists(&data, "subscription", "items");
        pages.insert("items of a subscription", items);
        Self {
            pages,
            account_per_second: match world.mode {
                Mode::Live => LIVE_PER_SECOND,
                Mode::Test => TEST_PER_SECOND,
            },
        }
    }

    /// How many requests there are at least.
    pub(crate) fn requests(&self) -> u32 {
        self.pages.values().sum()
    }

    /// How long the requests take at least: at each limit's pace the last one goes out after all others and is answered a
    /// round trip later. Payment methods cannot be asked for by time, so that each of their pages waits for the one before.
    pub(crate) fn lasts(&self, round_trip: Duration) -> Duration {
        let at_pace = |requests: u32, per_second: u32| {
            Duration::from_secs(1) / per_second * requests.saturating_sub(1) + round_trip
        };
        let endpoints = self.pages.values();
        let slowest = endpoints.map(|pages| at_pace(*pages, ENDPOINT_PER_SECOND));
        let account = at_pace(self.requests(), self.account_per_second);
        let in_turn = self.pages.get("payment_method").copied().unwrap_or(0) * round_trip;
        slowest.chain([account, in_turn]).max().unwrap_or_default()
    }
}

fn alive<'d>(data: &'d StripeData, kind: &str) -> impl Iterator<Item = &'d Value> {
    data.all(kind).filter(|object| object["deleted"] != true)
}

/// An empty list is one page too.
fn pages(objects: usize, on_each: usize) -> u32 {
    u32::try_from(objects.div_ceil(on_each).max(1)).unwrap_or(u32::MAX)
}

/// The pages of the lists that stand inside objects and are cut there.
fn cut_lists(data: &StripeData, kind: &str, field: &str) -> u32 {
    let lengths =
        alive(data, kind).filter_map(|object| Some(object[field]["data"].as_array()?.len()));
    let cut = lengths.filter(|length| *length > EMBEDDED);
    cut.map(|length| pages(length, PAGE)).sum()
}
