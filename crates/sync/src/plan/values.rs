use std::collections::BTreeMap;

use clearsync_billing::{Amount, Currency, Fraction, Money};
use clearsync_hubspot::{CUSTOMER_ID, OwnProperty, PropertyKind};
use jiff::{Timestamp, tz::TimeZone};

use crate::derive::{CurrencySum, Summary};

/// The property that says when a record was last written. It changes with others, never by itself, and is stamped when the
/// write is sent.
pub const LAST_SYNCED: &str = "clearsync_last_synced";

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
    portal_currency: Option<Currency>,
    chosen: &[&'static OwnProperty],
) -> BTreeMap<String, String> {
    let sum = leading(&summary.sums, portal_currency);
    chosen
        .iter()
        .filter(|own| own.name != LAST_SYNCED)
        .map(|own| {
            let value = value(own.name, summary, key, sum);
            (own.name.to_owned(), fitted(own, value.unwrap_or_default()))
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

fn day(moment: Timestamp) -> String {
    moment.to_zoned_datetime(TimeZone::UTC).date().to_string()
}

/// The value as the property takes it: only known choices, no more text than fits.
fn fitted(own: &OwnProperty, value: String) -> String {
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

/// Whether two texts say the same in a property. HubSpot may give a number back in another form, such as `49` for `49.00`.
#[must_use]
pub(crate) fn same(property: &str, one: &str, other: &str) -> bool {
    let number = clearsync_hubspot::SUMMARY
        .iter()
        .any(|own| own.name == property && own.kind == PropertyKind::Number);
    one == other || (number && plain(one).is_some_and(|one| plain(other) == Some(one)))
}

/// A decimal number without what can be left out.
fn plain(number: &str) -> Option<Fraction> {
    Fraction::from_decimal(number).ok()
}
