//! Discounts that ended within a period.

use jiff::Timestamp;

use crate::{Discount, Period, State};

/// Stripe takes a discount off the list when it ends, although the bill of the current period had it. It is carried on,
/// in its place, to the end of that period.
pub(super) fn carry_discounts(states: &mut [State]) {
    for index in 1..states.len() {
        let (before, after) = states.split_at_mut(index);
        let (Some(before), Some(after)) = (before.last(), after.first_mut()) else {
            continue;
        };
        let period = after.subscription.current_period();
        if period.is_some() && before.subscription.current_period() == period {
            let discounts = &mut after.subscription.discounts;
            carry(
                &before.subscription.discounts,
                discounts,
                after.from,
                period,
            );
        }
    }
}

fn carry(before: &[Discount], now: &mut Vec<Discount>, from: Timestamp, period: Option<Period>) {
    let mut place = 0;
    for discount in before {
        let listed = now.iter().position(|listed| listed.id == discount.id);
        let has_ended = discount.end.is_some_and(|end| end <= from);
        if let Some(listed) = listed {
            place = listed + 1;
        } else if has_ended && discount.holds(from, period) {
            now.insert(place, discount.clone());
            place += 1;
        }
    }
}
