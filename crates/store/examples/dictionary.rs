//! Makes a dictionary for `src/packed.rs` of the objects of some simulated businesses, and writes it to the file that is named:
//!
//! ```sh
//! cargo run --release -p clearsync-store --example dictionary -- crates/store/src/packed/2.zdict
//! ```
//!
//! What is packed with one dictionary is unpacked with no other, so that a new one stands beside those before.

use std::{env, error::Error, fs, sync::PoisonError};

use clearsync_sandbox::business::{Business, Shape};
use serde_json::Value;

const SIZE_BYTES: usize = 64 * 1024;
const BUSINESSES: u64 = 8;
/// So many of each kind of each business, so that those there are most of leave room for the others.
const OF_A_KIND: usize = 60;
/// What is kept of Stripe, and the discounts that stand within it.
const KINDS: [&str; 16] = [
    "account",
    "application_fee",
    "charge",
    "coupon",
    "credit_note",
    "customer",
    "discount",
    "invoice",
    "invoice_payment",
    "payment_intent",
    "payment_method",
    "price",
    "product",
    "subscription",
    "topup",
    "transfer",
];

fn main() -> Result<(), Box<dyn Error>> {
    let path = env::args().nth(1).ok_or("name the file to write")?;
    let mut samples = Vec::new();
    for seed in 1..=BUSINESSES {
        samples.extend(objects(seed)?);
    }
    fs::write(path, zstd::dict::from_samples(&samples, SIZE_BYTES)?)?;
    Ok(())
}

/// Objects of one business, as they are packed.
fn objects(seed: u64) -> Result<Vec<String>, Box<dyn Error>> {
    let data = Business::play(seed, &Shape::sample(), "2026-06-01T12:00:00Z".parse()?).data();
    let data = data.read().unwrap_or_else(PoisonError::into_inner);
    let each_kind = KINDS.iter().map(|kind| data.all(kind).collect::<Vec<_>>());
    let events = data.events().iter();
    let events = events.filter(|event| event["data"]["object"]["object"] == "subscription");
    let events: Vec<&Value> = events.collect();
    each_kind
        .chain([events])
        .flat_map(|objects| spread(&objects))
        .map(|object| Ok(as_packed(&serde_json::to_string_pretty(object)?)))
        .collect()
}

fn spread<'v>(objects: &[&'v Value]) -> Vec<&'v Value> {
    let step = objects.len().div_ceil(OF_A_KIND).max(1);
    objects.iter().copied().step_by(step).collect()
}

fn as_packed(json: &str) -> String {
    json.lines().map(str::trim_ascii_start).collect()
}
