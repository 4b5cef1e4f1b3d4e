//! MRR and movements, worked out from Stripe's objects, against what truly happened in simulated businesses.
//!
//! The business writes its ledger of facts apart from its Stripe objects, so agreeing with it means something.
//! `LEDGER_SEEDS=500 cargo nextest run -p clearsync-stripe --test ledger --no-capture` plays that many businesses and
//! prints the share of lives told without fault.

#[cfg(test)]
mod account;
#[cfg(test)]
mod truth;
