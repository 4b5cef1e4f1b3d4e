//! Discounts that ended within a period.

use crate::{Discount, Period, State};

/// Stripe takes a discount off the list when it ends, although the bill of the current period had it. It is carried on to
/// the end of that period.
pub(super) fn carry_discounts(states: &mut [State]) {
    for index in 1..states.len() {
        let (before, after) = states.split_at_mut(index);
        let (Some(before), Some(after)) = (before.last(), after.first_mut()) else {
            continue;
        };
        let period = after.subscription.current_period();
        if period.is_none() || before.subscription.current_period() != period {
            continue;
        }
        let carried = ended(
            &before.subscription.discounts,
            &after.subscription.discounts,
            after,
            period,
        );
        after.subscription.discounts.splice(0..0, carried);
    }
}

fn ended(
    before: &[Discount],
    now: &[Discount],
    after: &State,
    period: Option<Period>,
) -> Vec<Discount> {
    let is_listed = |discount: &Discount| now.iter().any(|listed| listed.id == discount.id);
    before
        .iter()
        .filter(|discount| {
            !is_listed(discount) && discount.end.is_some_and(|end| end <= after.from)
        })
        .filter(|discount| discount.holds(after.from, period))
        .cloned()
        .collect()
}
