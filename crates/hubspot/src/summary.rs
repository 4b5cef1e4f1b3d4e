use std::collections::{BTreeMap, BTreeSet};

use crate::{
    ObjectType, OwnProperty, PropertyKind,
    own::{mark, ranked},
};

/// The unique property that ties a contact or company to its Stripe customer, and the key of every upsert.
pub const CUSTOMER_ID: &str = "clearsync_stripe_customer_id";

/// The property that says of every record which Stripe account and installation of ClearSync write it.
pub const MARK: &str = "clearsync_written_by";

/// Stripe's states of a subscription, and one for those Stripe may add.
pub(crate) const STATUSES: &[(&str, &str)] = &[
    ("trialing", "Trialing"),
    ("active", "Active"),
    ("past_due", "Past due"),
    ("unpaid", "Unpaid"),
    ("paused", "Paused"),
    ("canceled", "Canceled"),
    ("incomplete", "Incomplete"),
    ("incomplete_expired", "Incomplete, expired"),
    ("other", "Other"),
];

pub(crate) const MOVEMENTS: &[(&str, &str)] = &[
    ("new", "New"),
    ("upgrade", "Upgrade"),
    ("downgrade", "Downgrade"),
    ("churn", "Churn"),
    ("reactivation", "Reactivation"),
    ("planned_cancellation", "Planned cancellation"),
    (
        "planned_cancellation_withdrawn",
        "Planned cancellation withdrawn",
    ),
    ("other", "Other"),
];

/// The properties of the summary. The ranks make the ten a free plan allows: on the company its customer, MRR, currency,
/// status, plans and last movement; on the contact its customer, mark, status and MRR. A company's customer says by
/// itself which Stripe account it is from.
pub const SUMMARY: &[OwnProperty] = &[
    ranked(
        CUSTOMER_ID,
        "Stripe customer ID (ClearSync)",
        "The Stripe customer this record belongs to. Set by ClearSync. Do not edit.",
        PropertyKind::UniqueText,
        0,
        0,
    ),
    mark(2, 10),
    ranked(
        "clearsync_mrr",
        "MRR (ClearSync)",
        "Monthly recurring revenue now, in the currency beside it.",
        PropertyKind::Number,
        4,
        1,
    ),
    ranked(
        "clearsync_status",
        "Subscription status (ClearSync)",
        "The state of the subscriptions; with several, the most alive.",
        PropertyKind::Choice(STATUSES),
        3,
        6,
    ),
    ranked(
        "clearsync_currency",
        "MRR currency (ClearSync)",
        "The ISO code of the currency of all sums.",
        PropertyKind::Text,
        11,
        5,
    ),
    ranked(
        "clearsync_plans",
        "Plans (ClearSync)",
        "What is subscribed to now.",
        PropertyKind::Text,
        12,
        7,
    ),
    ranked(
        "clearsync_last_movement_type",
        "Last MRR movement (ClearSync)",
        "What last changed the MRR.",
        PropertyKind::Choice(MOVEMENTS),
        20,
        8,
    ),
    ranked(
        "clearsync_last_movement_date",
        "Last MRR movement date (ClearSync)",
        "When the MRR last changed.",
        PropertyKind::Date,
        21,
        9,
    ),
    ranked(
        "clearsync_next_renewal",
        "Next renewal (ClearSync)",
        "When the next period begins.",
        PropertyKind::Date,
        14,
        13,
    ),
    ranked(
        "clearsync_arr",
        "ARR (ClearSync)",
        "Twelve times the MRR.",
        PropertyKind::Number,
        23,
        15,
    ),
    ranked(
        "clearsync_cancellation_date",
        "Cancellation date (ClearSync)",
        "When the subscription ended, or will end.",
        PropertyKind::Date,
        17,
        16,
    ),
    ranked(
        "clearsync_trial_end",
        "Trial end (ClearSync)",
        "When the trial ends.",
        PropertyKind::Date,
        18,
        19,
    ),
    ranked(
        "clearsync_start_date",
        "Subscribed since (ClearSync)",
        "When the first subscription began.",
        PropertyKind::Date,
        24,
        22,
    ),
    ranked(
        "clearsync_quantity",
        "Quantity (ClearSync)",
        "Seats or units subscribed to now.",
        PropertyKind::Number,
        26,
        25,
    ),
    ranked(
        "clearsync_past_due",
        "Past due (ClearSync)",
        "Whether a payment is late.",
        PropertyKind::Bool,
        28,
        27,
    ),
    ranked(
        "clearsync_open_balance",
        "Open balance (ClearSync)",
        "What is invoiced and not paid.",
        PropertyKind::Number,
        30,
        29,
    ),
    ranked(
        "clearsync_lifetime_paid",
        "Lifetime paid (ClearSync)",
        "What was paid in all, less refunds.",
        PropertyKind::Number,
        32,
        31,
    ),
    ranked(
        "clearsync_last_movement_change",
        "Last MRR change (ClearSync)",
        "By how much the MRR last changed.",
        PropertyKind::Number,
        34,
        33,
    ),
    ranked(
        "clearsync_paid_mrr_events",
        "Paid MRR events (ClearSync)",
        "How many paid invoices carried MRR.",
        PropertyKind::Number,
        36,
        35,
    ),
    ranked(
        "clearsync_coupon",
        "Coupon (ClearSync)",
        "The discount in force.",
        PropertyKind::Text,
        38,
        37,
    ),
    ranked(
        "clearsync_payment_method",
        "Payment method (ClearSync)",
        "How the customer pays.",
        PropertyKind::Text,
        40,
        39,
    ),
    ranked(
        "clearsync_subscription_ids",
        "Stripe subscription IDs (ClearSync)",
        "All subscriptions behind these numbers.",
        PropertyKind::LongText,
        42,
        41,
    ),
    ranked(
        "clearsync_stripe_customer_ids",
        "All Stripe customer IDs (ClearSync)",
        "All customers behind these numbers, when there are several.",
        PropertyKind::LongText,
        44,
        43,
    ),
    ranked(
        "clearsync_other_mrr",
        "MRR in other currencies (ClearSync)",
        "MRR beside the one above, each sum with its currency.",
        PropertyKind::Text,
        48,
        47,
    ),
    ranked(
        "clearsync_last_synced",
        "Last synced (ClearSync)",
        "When ClearSync last changed this record.",
        PropertyKind::DateTime,
        46,
        45,
    ),
];

/// Which properties fit into an account, and which do not. `K` tells the kinds of record apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal<K> {
    /// Those that fit, the most wanted first.
    pub chosen: Vec<(K, OwnProperty)>,
    /// Those that do not.
    pub left_out: Vec<(K, OwnProperty)>,
}

impl<K> Proposal<K> {
    /// Whether the keys fit, without which nothing can be written.
    #[must_use]
    pub fn possible(&self) -> bool {
        !self
            .left_out
            .iter()
            .any(|(_, property)| property.is_unique())
    }
}

/// How many more properties an account may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room<K> {
    /// In all.
    pub in_all: u64,
    /// On each kind of record; one that is not named has room for none.
    pub here: BTreeMap<K, u64>,
}

/// Those of the properties that fit into the `room`, when `wanted` names the most wanted first. Those that `exist` already
/// cost nothing.
#[must_use]
pub fn propose<K: Ord + Clone>(
    wanted: Vec<(K, OwnProperty)>,
    exist: &BTreeSet<(K, String)>,
    mut room: Room<K>,
) -> Proposal<K> {
    let (chosen, left_out) = wanted.into_iter().partition(|(kind, property)| {
        if exist.contains(&(kind.clone(), property.name.to_string())) {
            return true;
        }
        let Some(here) = room.here.get_mut(kind) else {
            return false;
        };
        let fits = *here > 0 && room.in_all > 0;
        if fits {
            *here -= 1;
            room.in_all -= 1;
        }
        fits
    });
    Proposal { chosen, left_out }
}

/// The properties of [`SUMMARY`] on companies and contacts, the most wanted first.
#[must_use]
pub fn summary_by_rank() -> Vec<(ObjectType, OwnProperty)> {
    let objects = [ObjectType::Companies, ObjectType::Contacts];
    let mut wanted: Vec<(ObjectType, OwnProperty)> = objects
        .iter()
        .flat_map(|object| {
            SUMMARY
                .iter()
                .map(|property| (object.clone(), property.clone()))
        })
        .collect();
    wanted.sort_by_key(|(object, property)| property.rank(object));
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(free: u64) -> Room<ObjectType> {
        let objects = [ObjectType::Companies, ObjectType::Contacts];
        Room {
            in_all: free,
            here: objects.map(|object| (object, free)).into(),
        }
    }

    fn names<'a>(properties: &'a [(ObjectType, OwnProperty)], object: &ObjectType) -> Vec<&'a str> {
        properties
            .iter()
            .filter(|(on, _)| on == object)
            .map(|(_, property)| &*property.name)
            .collect()
    }

    #[test]
    fn a_free_account_gets_the_ten_most_useful() {
        let proposal = propose(summary_by_rank(), &BTreeSet::new(), room(10));
        assert_eq!(
            names(&proposal.chosen, &ObjectType::Companies),
            [
                "clearsync_stripe_customer_id",
                "clearsync_mrr",
                "clearsync_currency",
                "clearsync_status",
                "clearsync_plans",
                "clearsync_last_movement_type",
            ]
        );
        assert_eq!(
            names(&proposal.chosen, &ObjectType::Contacts),
            [
                "clearsync_stripe_customer_id",
                "clearsync_written_by",
                "clearsync_status",
                "clearsync_mrr"
            ]
        );
        assert!(proposal.possible());
    }

    #[test]
    fn a_full_account_gets_nothing_and_what_exists_stays() {
        let nothing = propose(summary_by_rank(), &BTreeSet::new(), room(0));
        assert!(nothing.chosen.is_empty() && !nothing.possible());
        let exist = nothing
            .left_out
            .iter()
            .map(|(object, property)| (object.clone(), property.name.to_string()))
            .collect();
        let again = propose(summary_by_rank(), &exist, room(0));
        assert!(again.left_out.is_empty());
    }

    #[test]
    fn only_the_two_keys_share_a_rank() {
        let ranks: BTreeSet<u8> = SUMMARY
            .iter()
            .flat_map(|property| [property.contact_rank, property.company_rank])
            .collect();
        assert_eq!(ranks.len(), 2 * SUMMARY.len() - 1);
    }
}
