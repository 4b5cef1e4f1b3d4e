use std::collections::BTreeSet;

use crate::{CustomPropertyLimits, NewProperty, ObjectType, PropertyOption, PropertyType};

/// The name of the group ClearSync's properties stand in.
pub const GROUP: &str = "clearsync";
/// What people read of the group.
pub const GROUP_LABEL: &str = "ClearSync";
/// The unique property that ties a contact or company to its Stripe customer, and the key of every upsert.
pub const CUSTOMER_ID: &str = "clearsync_stripe_customer_id";

/// A property ClearSync owns, the same on contacts and companies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnProperty {
    /// Its name in HubSpot.
    pub name: &'static str,
    /// What people read. The ending keeps it apart from properties people made.
    pub label: &'static str,
    /// A sentence for people.
    pub description: &'static str,
    /// What it holds.
    pub kind: PropertyKind,
    /// How soon it is wanted on contacts where only few properties may be made; lower is sooner, zero is needed always.
    pub contact_rank: u8,
    /// The same on companies, on one scale with the contacts.
    pub company_rank: u8,
}

/// What an own property holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PropertyKind {
    /// A line of text.
    Text,
    /// A line of text that no two records share.
    UniqueText,
    /// Several lines.
    LongText,
    /// A number. Sums are plain numbers beside their currency code: HubSpot would show a symbol of its own currency.
    Number,
    /// `YYYY-MM-DD`.
    Date,
    /// A moment in UTC.
    DateTime,
    /// `true` or `false`.
    Bool,
    /// One of these values, each with what people read.
    Choice(&'static [(&'static str, &'static str)]),
}

/// Stripe's states of a subscription, and one for those Stripe may add.
const STATUSES: &[(&str, &str)] = &[
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

const MOVEMENTS: &[(&str, &str)] = &[
    ("new", "New"),
    ("upgrade", "Upgrade"),
    ("downgrade", "Downgrade"),
    ("churn", "Churn"),
    ("reactivation", "Reactivation"),
    ("planned_cancellation", "Planned cancellation"),
];

/// The properties of the summary. The ranks make the ten a free plan allows: on the company its customer, MRR, currency,
/// status, plans and last movement; on the contact its customer, status and MRR.
pub const SUMMARY: &[OwnProperty] = &[
    own(
        CUSTOMER_ID,
        "Stripe customer ID (ClearSync)",
        "The Stripe customer this record belongs to. Set by ClearSync. Do not edit.",
        PropertyKind::UniqueText,
        0,
        0,
    ),
    own(
        "clearsync_mrr",
        "MRR (ClearSync)",
        "Monthly recurring revenue now, in the currency beside it.",
        PropertyKind::Number,
        4,
        1,
    ),
    own(
        "clearsync_status",
        "Subscription status (ClearSync)",
        "The state of the subscriptions; with several, the most alive.",
        PropertyKind::Choice(STATUSES),
        3,
        6,
    ),
    own(
        "clearsync_currency",
        "MRR currency (ClearSync)",
        "The ISO code of the currency of all sums.",
        PropertyKind::Text,
        10,
        5,
    ),
    own(
        "clearsync_plans",
        "Plans (ClearSync)",
        "What is subscribed to now.",
        PropertyKind::Text,
        11,
        7,
    ),
    own(
        "clearsync_last_movement_type",
        "Last MRR movement (ClearSync)",
        "What last changed the MRR.",
        PropertyKind::Choice(MOVEMENTS),
        19,
        8,
    ),
    own(
        "clearsync_last_movement_date",
        "Last MRR movement date (ClearSync)",
        "When the MRR last changed.",
        PropertyKind::Date,
        20,
        9,
    ),
    own(
        "clearsync_next_renewal",
        "Next renewal (ClearSync)",
        "When the next period begins.",
        PropertyKind::Date,
        13,
        12,
    ),
    own(
        "clearsync_arr",
        "ARR (ClearSync)",
        "Twelve times the MRR.",
        PropertyKind::Number,
        22,
        14,
    ),
    own(
        "clearsync_cancellation_date",
        "Cancellation date (ClearSync)",
        "When the subscription ended, or will end.",
        PropertyKind::Date,
        16,
        15,
    ),
    own(
        "clearsync_trial_end",
        "Trial end (ClearSync)",
        "When the trial ends.",
        PropertyKind::Date,
        17,
        18,
    ),
    own(
        "clearsync_start_date",
        "Subscribed since (ClearSync)",
        "When the first subscription began.",
        PropertyKind::Date,
        23,
        21,
    ),
    own(
        "clearsync_quantity",
        "Quantity (ClearSync)",
        "Seats or units subscribed to now.",
        PropertyKind::Number,
        25,
        24,
    ),
    own(
        "clearsync_past_due",
        "Past due (ClearSync)",
        "Whether a payment is late.",
        PropertyKind::Bool,
        27,
        26,
    ),
    own(
        "clearsync_open_balance",
        "Open balance (ClearSync)",
        "What is invoiced and not paid.",
        PropertyKind::Number,
        29,
        28,
    ),
    own(
        "clearsync_lifetime_paid",
        "Lifetime paid (ClearSync)",
        "What was paid in all, less refunds.",
        PropertyKind::Number,
        31,
        30,
    ),
    own(
        "clearsync_last_movement_change",
        "Last MRR change (ClearSync)",
        "By how much the MRR last changed.",
        PropertyKind::Number,
        33,
        32,
    ),
    own(
        "clearsync_paid_mrr_events",
        "Paid MRR events (ClearSync)",
        "How many paid invoices carried MRR.",
        PropertyKind::Number,
        35,
        34,
    ),
    own(
        "clearsync_coupon",
        "Coupon (ClearSync)",
        "The discount in force.",
        PropertyKind::Text,
        37,
        36,
    ),
    own(
        "clearsync_payment_method",
        "Payment method (ClearSync)",
        "How the customer pays.",
        PropertyKind::Text,
        39,
        38,
    ),
    own(
        "clearsync_subscription_ids",
        "Stripe subscription IDs (ClearSync)",
        "All subscriptions behind these numbers.",
        PropertyKind::LongText,
        41,
        40,
    ),
    own(
        "clearsync_stripe_customer_ids",
        "All Stripe customer IDs (ClearSync)",
        "All customers behind these numbers, when there are several.",
        PropertyKind::LongText,
        43,
        42,
    ),
    own(
        "clearsync_other_mrr",
        "MRR in other currencies (ClearSync)",
        "MRR beside the one above, each sum with its currency.",
        PropertyKind::Text,
        47,
        46,
    ),
    own(
        "clearsync_last_synced",
        "Last synced (ClearSync)",
        "When ClearSync last changed this record.",
        PropertyKind::DateTime,
        45,
        44,
    ),
];

const fn own(
    name: &'static str,
    label: &'static str,
    description: &'static str,
    kind: PropertyKind,
    contact_rank: u8,
    company_rank: u8,
) -> OwnProperty {
    OwnProperty {
        name,
        label,
        description,
        kind,
        contact_rank,
        company_rank,
    }
}

impl OwnProperty {
    /// What HubSpot calls the kind of its value.
    #[must_use]
    pub fn property_type(&self) -> PropertyType {
        match self.kind {
            PropertyKind::Text | PropertyKind::UniqueText | PropertyKind::LongText => {
                PropertyType::String
            }
            PropertyKind::Number => PropertyType::Number,
            PropertyKind::Date => PropertyType::Date,
            PropertyKind::DateTime => PropertyType::Datetime,
            PropertyKind::Bool => PropertyType::Bool,
            PropertyKind::Choice(_) => PropertyType::Enumeration,
        }
    }

    /// Whether no two records may hold one value.
    #[must_use]
    pub fn is_unique(&self) -> bool {
        self.kind == PropertyKind::UniqueText
    }

    /// What can be chosen. HubSpot wants yes and no spelled out, too.
    #[must_use]
    pub fn options(&self) -> Vec<PropertyOption> {
        let values = match self.kind {
            PropertyKind::Choice(values) => values,
            PropertyKind::Bool => &[("true", "Yes"), ("false", "No")],
            _ => &[],
        };
        (0..)
            .zip(values)
            .map(|(display_order, (value, label))| PropertyOption {
                label: (*label).to_owned(),
                value: (*value).to_owned(),
                display_order,
                hidden: false,
            })
            .collect()
    }

    pub(crate) fn new_property(&self, label: String) -> NewProperty {
        NewProperty {
            group_name: GROUP.to_owned(),
            name: self.name.to_owned(),
            label,
            description: self.description.to_owned(),
            property_type: self.property_type(),
            field_type: match self.kind {
                PropertyKind::Text | PropertyKind::UniqueText => "text",
                PropertyKind::LongText => "textarea",
                PropertyKind::Number => "number",
                PropertyKind::Date | PropertyKind::DateTime => "date",
                PropertyKind::Bool => "booleancheckbox",
                PropertyKind::Choice(_) => "select",
            },
            has_unique_value: self.is_unique(),
            form_field: false,
            options: self.options(),
        }
    }

    fn rank(&self, object: &ObjectType) -> u8 {
        match object {
            ObjectType::Companies => self.company_rank,
            _ => self.contact_rank,
        }
    }
}

/// Which properties fit into an account, and which do not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Those that fit, the most wanted first.
    pub chosen: Vec<(ObjectType, &'static OwnProperty)>,
    /// Those that do not.
    pub left_out: Vec<(ObjectType, &'static OwnProperty)>,
}

impl Proposal {
    /// Whether the keys fit, without which nothing can be written.
    #[must_use]
    pub fn possible(&self) -> bool {
        self.left_out
            .iter()
            .all(|(object, property)| property.rank(object) > 0)
    }
}

/// The most wanted properties of [`SUMMARY`] that fit into the account's limits. Those that `exist` already cost nothing.
#[must_use]
pub fn propose(limits: &CustomPropertyLimits, exist: &BTreeSet<(ObjectType, String)>) -> Proposal {
    let objects = [ObjectType::Companies, ObjectType::Contacts];
    let mut wanted: Vec<(ObjectType, &'static OwnProperty)> = objects
        .iter()
        .flat_map(|object| SUMMARY.iter().map(|property| (object.clone(), property)))
        .collect();
    wanted.sort_by_key(|(object, property)| property.rank(object));

    let mut free_in_all = limits.free();
    let mut free_here = objects.map(|object| (limits.free_for(&object), object));
    let (chosen, left_out) = wanted.into_iter().partition(|(object, property)| {
        if exist.contains(&(object.clone(), property.name.to_owned())) {
            return true;
        }
        let Some((free, _)) = free_here.iter_mut().find(|(_, here)| here == object) else {
            return false;
        };
        let fits = *free > 0 && free_in_all > 0;
        if fits {
            *free -= 1;
            free_in_all -= 1;
        }
        fits
    });
    Proposal { chosen, left_out }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(overall: u64, used: u64) -> CustomPropertyLimits {
        CustomPropertyLimits {
            overall_limit: overall,
            overall_usage: used,
            by_object_type: vec![],
        }
    }

    fn names(properties: &[(ObjectType, &OwnProperty)], object: &ObjectType) -> Vec<&'static str> {
        properties
            .iter()
            .filter(|(on, _)| on == object)
            .map(|(_, property)| property.name)
            .collect()
    }

    #[test]
    fn a_free_account_gets_the_ten_most_useful() {
        let proposal = propose(&limits(10, 0), &BTreeSet::new());
        assert_eq!(
            names(&proposal.chosen, &ObjectType::Companies),
            [
                "clearsync_stripe_customer_id",
                "clearsync_mrr",
                "clearsync_currency",
                "clearsync_status",
                "clearsync_plans",
                "clearsync_last_movement_type",
                "clearsync_last_movement_date",
            ]
        );
        assert_eq!(
            names(&proposal.chosen, &ObjectType::Contacts),
            [
                "clearsync_stripe_customer_id",
                "clearsync_status",
                "clearsync_mrr"
            ]
        );
        assert!(proposal.possible());
    }

    #[test]
    fn a_full_account_gets_nothing_and_what_exists_stays() {
        let nothing = propose(&limits(10, 10), &BTreeSet::new());
        assert!(nothing.chosen.is_empty() && !nothing.possible());
        let exist = nothing
            .left_out
            .iter()
            .map(|(object, property)| (object.clone(), property.name.to_owned()))
            .collect();
        assert!(propose(&limits(10, 10), &exist).left_out.is_empty());
    }

    #[test]
    fn definitions_keep_hubspots_rules() {
        let distinct = |field: fn(&OwnProperty) -> &'static str| {
            SUMMARY.iter().map(field).collect::<BTreeSet<_>>().len()
        };
        assert_eq!(distinct(|property| property.name), SUMMARY.len());
        assert_eq!(distinct(|property| property.label), SUMMARY.len());
        let ranks: BTreeSet<u8> = SUMMARY
            .iter()
            .flat_map(|property| [property.contact_rank, property.company_rank])
            .collect();
        assert_eq!(
            ranks.len(),
            2 * SUMMARY.len() - 1,
            "only the two keys share a rank"
        );
        for property in SUMMARY {
            assert!(property.name.starts_with("clearsync_") && property.name.len() <= 50);
            assert!(
                property
                    .name
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b == b'_')
            );
            assert!(
                property.label.ends_with(" (ClearSync)"),
                "{}",
                property.label
            );
        }
        let unique = SUMMARY
            .iter()
            .filter(|property| property.is_unique())
            .count();
        assert!(
            (1..=10).contains(&unique),
            "at most ten unique properties an object"
        );
    }
}
