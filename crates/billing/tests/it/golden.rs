//! Cases worked out by hand, each with its arithmetic, by subject.
//!
//! | What is computed | Where its cases are |
//! | --- | --- |
//! | 1. Amounts: exponents 0, 2, 3, króna and shilling, exact until one rounding | `amounts`: `every_exponent_…`, `units_and_decimals`; `money.rs` |
//! | 2. Normalisation: day, week, month, year, any count | `normalisation` |
//! | … quantity, packages, decimals of a cent | `amounts`: `units_and_decimals`, `packages` |
//! | … graduated and volume tiers with flat amounts | `tiers`; `history`: `tiers_are_billed_…`; `between`: `tiers_are_prorated_…` |
//! | … several items, mixed intervals, other currencies of a price | `normalisation`, `amounts`: `other_currencies_…` |
//! | … metered items by policy | `policies`, `history`: `usage_counts_…`, `between`: `usage_of_…`, `an_item_sold_by_usage_…` |
//! | 3. Discounts: percent, amount, other currencies, products | `discounts` |
//! | … once, repeating, forever; begin and end; larger than the price | `discounts`: `begin_and_end`, `percentages_…`; `between`: `a_coupon_larger_…` |
//! | … item, subscription, customer, invoice; stacked in order | `discounts`: `stacked_…`, `a_customers_…`; `history`: `a_coupon_for_one_invoice_…`; `explained`: `as_invoiced` |
//! | … `Discount.coupon` and `source.coupon`, both API shapes | `crates/stripe`: `decode/tests/shapes.rs`, and `tests/fuzz` for whole accounts |
//! | … coupons, discounts, tiers that come from elsewhere | `completion` |
//! | 4. Every status | `standing`: `statuses_under_each_preset`, `an_unknown_status_…` |
//! | … trials, backdated starts, scheduled and past ends | `standing`: `begin_and_trial`, `ends`, `scheduled_ends_…`; `between`: `a_backdated_start_…` |
//! | … a first payment that comes late | `first_payment`; `between`: `a_signup_that_is_not_paid_yet_…`; `history`: `a_signup_never_paid` |
//! | … held-back invoices of each behaviour | `standing`: `paused_…`; `between`: `held_back_invoices_…`; `movements`: `a_pause_…` |
//! | … phases of schedules, moved billing days, first part periods | `between` |
//! | … tax within and on top | `tax`; `history`: `tax_within_prices_…` |
//! | … credits, refunds, single charges; prorations of both billing modes | `between`: `credits_and_single_charges_…`, `prorations_hold_…` |
//! | 5. History from invoices, refined by events | `history`, `between`, `belonging`, `reading`, `taken_off`, `events`, `origins` |
//! | 6. Movements of every kind and grain, change types, migrations, to zero | `movements`, `events` |
//! | 7. Policies: statuses, cancellation, pause, first invoice | `standing` |
//! | … discounts, usage, factors, exchange | `discounts`: `each_discount_rule`, `policies`, `normalisation`: `commercial_…`, `company` |
//! | … grain, grouping, to zero, returning, migration | `movements` |
//! | 8. Explanations, word for word | `explained`, and `snapshots/` for every `case` |
//! | … the bridge, each cause by itself | `bridges`; `company`: `from_our_mrr_to_stripes`, `spans_add_up_…` |
//! | 9. Reporting currency, exchange apart from movements | `company`, `months` |
//! | 10. Waterfall, retention, cohorts, what is ahead, renewals | `company`, `months` |
//! | … the monthly table and reconciliation | `company`, `months`: `amounts_with_commas_…` |

mod amounts;
mod belonging;
mod between;
mod bridges;
mod company;
mod completion;
mod discounts;
mod events;
mod explained;
mod first_payment;
mod history;
mod months;
mod movements;
mod normalisation;
mod origins;
mod policies;
mod reading;
mod standing;
mod taken_off;
mod tax;
mod tiers;
mod words;
