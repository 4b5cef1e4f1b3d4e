use std::collections::BTreeMap;

use clearsync_billing::{Amount, Currency, Fraction, Money};
use clearsync_hubspot::{CUSTOMER_ID, MARK, OwnProperty, PropertyKind};
use jiff::{Timestamp, tz::TimeZone};

use super::{kind::Kind, metadata, portal::Portal};
use crate::{
    derive::{CurrencySum, Summary},
    view::MetadataOwner,
};

/// What metadata says, by customer, owner and key.
pub(super) type MetadataOf = BTreeMap<String, BTreeMap<(MetadataOwner, String), Vec<String>>>;

/// The property that says when a record was last written. It changes with others, never by itself, and is stamped when the
/// write is sent.
pub const LAST_SYNCED: &str = "clearsync_last_synced";

/// Whether a property says something about the write, and nothing about Stripe.
pub(super) fn is_of_the_write(property: &str) -> bool {
    matches!(property, LAST_SYNCED | MARK)
}

/// HubSpot documents 65,536 characters for a text.
const LONGEST_TEXT_CHARS: usize = 60_000;

/// What is to stand in the `chosen` properties, each as text the way HubSpot takes it; empty text clears.
///
/// Sums stand in one currency, named beside them, and are never converted or added across currencies: the only one there
/// is; of several, the portal's own if there is MRR in it, else the first by code that has MRR. The MRR in the others is
/// named in a text of its own. Days are those of UTC, as HubSpot keeps them.
#[must_use]
pub(super) fn values(
    summary: &Summary,
    key: &str,
    portal: &Portal,
    chosen: &[OwnProperty],
    metadata: &MetadataOf,
) -> BTreeMap<String, String> {
    let sum = leading(&summary.sums, portal.currency());
    let fields = metadata::properties(&portal.writing().metadata);
    let from_metadata = |name: &str| {
        let (field, _) = fields.iter().find(|(_, own)| own.name == name)?;
        let key = (field.owner, field.key.clone());
        let said = summary
            .customers
            .iter()
            .filter_map(|id| metadata.get(id)?.get(&key));
        let said: Vec<String> = said.flatten().cloned().collect();
        Some(metadata::joined(field.kind, &said))
    };
    chosen
        .iter()
        .filter(|own| !is_of_the_write(&own.name))
        .map(|own| {
            let value = from_metadata(&own.name).or_else(|| value(&own.name, summary, key, sum));
            (own.name.to_string(), fitted(own, value.unwrap_or_default()))
        })
        .collect()
}

fn value(name: &str, summary: &Summary, key: &str, sum: Option<&CurrencySum>) -> Option<String> {
    let money = |amount_minor| {
        let currency = sum?.currency;
        Some(
            Money {
                amount_minor,
                currency,
            }
            .to_decimal(),
        )
    };
    match name {
        CUSTOMER_ID => Some(key.to_owned()),
        "clearsync_mrr" => money(sum?.mrr_minor),
        "clearsync_arr" => Some(yearly(sum?)),
        "clearsync_currency" => Some(sum?.currency.to_string()),
        "clearsync_other_mrr" => Some(others(&summary.sums, sum?)),
        "clearsync_status" => summary.status.clone(),
        "clearsync_plans" => Some(summary.plans.join(", ")),
        "clearsync_coupon" => Some(summary.coupons.join(", ")),
        "clearsync_quantity" => summary.quantity.map(|quantity| quantity.to_string()),
        "clearsync_past_due" => summary
            .status
            .is_some()
            .then(|| summary.past_due.to_string()),
        "clearsync_open_balance" => money(sum?.open_minor),
        "clearsync_lifetime_paid" => money(sum?.paid_minor),
        "clearsync_paid_mrr_events" => Some(sum?.paid_invoices.to_string()),
        "clearsync_start_date" => summary.started_at.map(day),
        "clearsync_next_renewal" => summary.renews_at.map(day),
        "clearsync_trial_end" => summary.trial_ends_at.map(day),
        "clearsync_cancellation_date" => summary.cancels_at.map(day),
        "clearsync_last_movement_type" => summary.last_movement.as_ref()?.kind_in_words(),
        "clearsync_last_movement_date" => Some(day(summary.last_movement.as_ref()?.at)),
        "clearsync_last_movement_change" => {
            let last = summary.last_movement.as_ref()?;
            let same = sum.is_some_and(|sum| sum.currency == last.currency);
            let change = Money {
                amount_minor: last.change_minor,
                currency: last.currency,
            };
            same.then(|| change.to_decimal())
        }
        "clearsync_payment_method" => summary
            .payment_method
            .as_ref()
            .map(|method| method.kind.clone()),
        "clearsync_subscription_ids" => Some(summary.subscriptions.join(", ")),
        "clearsync_stripe_customer_ids" => {
            let several = summary.customers.len() > 1;
            several.then(|| summary.customers.join(", "))
        }
        _ => None,
    }
}

/// The sum that is written.
fn leading(sums: &[CurrencySum], portal: Option<Currency>) -> Option<&CurrencySum> {
    let earning = || sums.iter().filter(|sum| !sum.mrr.is_zero());
    let of_portal = |sum: &&CurrencySum| Some(sum.currency) == portal;
    earning()
        .find(of_portal)
        .or_else(|| earning().next())
        .or_else(|| sums.iter().find(of_portal))
        .or_else(|| sums.first())
}

fn others(sums: &[CurrencySum], leading: &CurrencySum) -> String {
    let texts: Vec<String> = sums
        .iter()
        .filter(|sum| sum.currency != leading.currency && !sum.mrr.is_zero())
        .map(|sum| {
            let money = Money {
                amount_minor: sum.mrr_minor,
                currency: sum.currency,
            };
            money.to_string()
        })
        .collect();
    texts.join(", ")
}

/// Twelve times the exact MRR, rounded once.
fn yearly(sum: &CurrencySum) -> String {
    let minor = &sum.mrr * &Fraction::from(12_u32);
    Amount::new(minor, sum.currency).round().to_decimal()
}

pub(super) fn day(moment: Timestamp) -> String {
    moment.to_zoned_datetime(TimeZone::UTC).date().to_string()
}

/// The value as the property takes it: only known choices, no more text than fits.
pub(super) fn fitted(own: &OwnProperty, value: String) -> String {
    match own.kind {
        PropertyKind::Choice(known) if !value.is_empty() => {
            let is_known = known.iter().any(|(choice, _)| *choice == value);
            if is_known { value } else { "other".to_owned() }
        }
        PropertyKind::Text | PropertyKind::LongText => {
            let text = value.trim();
            match text.char_indices().nth(LONGEST_TEXT_CHARS) {
                Some((end, _)) => text.get(..end).unwrap_or_default().to_owned(),
                None => text.to_owned(),
            }
        }
        _ => value,
    }
}

/// Whether two texts say the same in a property. HubSpot may give a number back in another form, such as `49` for `49.00`,
/// and a moment with more digits.
#[must_use]
pub(super) fn same(kind: Option<PropertyKind>, one: &str, other: &str) -> bool {
    one == other
        || match kind {
            Some(PropertyKind::Number) => plain(one).is_some_and(|one| plain(other) == Some(one)),
            Some(PropertyKind::DateTime) => {
                moment(one).is_some_and(|one| moment(other) == Some(one))
            }
            _ => false,
        }
}

/// As [`same`], for a property of a kind of record as the store names it.
#[must_use]
pub(crate) fn same_in(kind: &str, property: &str, one: &str, other: &str) -> bool {
    let holds = Kind::named(kind).and_then(|kind| {
        let own = kind.catalogue().iter().find(|own| own.name == property);
        let standard = || kind.standard().iter().find(|(name, _)| *name == property);
        own.map(|own| own.kind).or_else(|| Some(standard()?.1))
    });
    same(holds, one, other)
}

fn moment(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// A decimal number without what can be left out.
fn plain(number: &str) -> Option<Fraction> {
    Fraction::from_decimal(number).ok()
}
