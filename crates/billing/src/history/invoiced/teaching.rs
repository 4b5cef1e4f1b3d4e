//! What only invoices know about states that events and the present tell of.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
};

use jiff::Timestamp;

use super::{Billed, Invoiced};
use crate::{
    Discount, DiscountId, InvoiceId, Origin, State, Subscription, SubscriptionItem, TaxBehavior,
};

/// The stretch of time a state holds.
#[derive(Clone, Copy)]
struct Stretch {
    from: Timestamp,
    until: Option<Timestamp>,
}

impl Invoiced<'_> {
    /// Adds a state wherever a period of measured usage closes within another state.
    pub(in super::super) fn split_at_usage(&self, states: &mut Vec<State>) {
        let closed: BTreeMap<Timestamp, &InvoiceId> = self
            .usage
            .values()
            .flatten()
            .map(|charge| (charge.period.end, &charge.invoice))
            .collect();
        let mut added = Vec::new();
        for (index, state) in states.iter().enumerate() {
            let next = states
                .get(index + 1)
                .map_or(Timestamp::MAX, |next| next.from);
            if state.from < next {
                let within = (Bound::Excluded(state.from), Bound::Excluded(next));
                added.extend(closed.range(within).map(|(at, invoice)| State {
                    from: *at,
                    subscription: state.subscription.clone(),
                    origin: Origin::Invoice {
                        invoice: (*invoice).clone(),
                    },
                }));
            }
        }
        states.append(&mut added);
        states.sort_by_key(|state| state.from);
    }

    /// Adds discounts that the invoice of the current period used up, the tax within prices, past usage and the first
    /// payment.
    pub(in super::super) fn teach(&self, states: &mut [State]) {
        let mut until = None;
        for state in states.iter_mut().rev() {
            let stretch = Stretch {
                from: state.from,
                until,
            };
            let subscription = &mut state.subscription;
            subscription.first_payment = self.first_payment;
            self.teach_discounts(subscription, stretch);
            for item in &mut subscription.items {
                self.teach_tax(item, stretch);
                self.teach_usage(item, stretch);
            }
            until = Some(state.from);
        }
    }

    fn teach_discounts(&self, subscription: &mut Subscription, stretch: Stretch) {
        let listed = listed(subscription);
        let mut of_whole: Vec<(Discount, Option<DiscountId>)> = Vec::new();
        for item in &mut subscription.items {
            for billed in self.current(item, stretch) {
                let mut before = None;
                for discount in &billed.item.discounts {
                    let after = before.replace(discount.id.clone());
                    if listed.contains(&discount.id) {
                        continue;
                    }
                    match self.of_the_whole(discount) {
                        Some(known) if of_whole.iter().all(|(taught, _)| *taught != known) => {
                            of_whole.push((known, after));
                        }
                        Some(_) => {}
                        None => item.discounts.push(discount.clone()),
                    }
                }
            }
        }
        for (discount, after) in of_whole {
            let discounts = &mut subscription.discounts;
            let place = discounts
                .iter()
                .rposition(|listed| Some(&listed.id) == after.as_ref());
            let place = match (place, after) {
                (Some(place), _) => place + 1,
                (None, None) => 0,
                (None, Some(_)) => discounts.len(),
            };
            discounts.insert(place, discount);
        }
    }

    /// The discount with its coupon's own terms, if they are known and it was taken off the whole subscription.
    fn of_the_whole(&self, billed: &Discount) -> Option<Discount> {
        let known = self.catalog.discount(&billed.id)?;
        (known.coupon.is_some() && known.on_item.is_none()).then_some(Discount {
            start: None,
            end: None,
            only_in: billed.only_in,
            ..known
        })
    }

    fn teach_tax(&self, item: &mut SubscriptionItem, stretch: Stretch) {
        if item.inclusive_tax.is_none() && item.price.tax_behavior != TaxBehavior::Exclusive {
            let billed = self.billed.get(&item.id).map_or(&[][..], Vec::as_slice);
            let begun = billed.partition_point(|billed| stretch.sees_begin_of(billed));
            let last = billed[..begun].last();
            item.inclusive_tax = last.and_then(|billed| billed.item.inclusive_tax.clone());
        }
    }

    fn teach_usage(&self, item: &mut SubscriptionItem, stretch: Stretch) {
        if let Some(charges) = self.usage.get(&item.id) {
            let open = charges.partition_point(|charge| charge.period.end > stretch.from);
            item.usage = charges[open..].iter().take(3).cloned().collect();
        }
    }

    /// The billed periods of an item that touch a stretch.
    fn current(&self, item: &SubscriptionItem, stretch: Stretch) -> &[Billed] {
        let billed = self.billed.get(&item.id).map_or(&[][..], Vec::as_slice);
        let first = billed.partition_point(|billed| billed.period.end <= stretch.from);
        let last = billed.partition_point(|billed| stretch.sees_begin_of(billed));
        // The period before may hold longer than it was billed for.
        billed
            .get(first.saturating_sub(1)..last)
            .unwrap_or_default()
    }
}

impl Stretch {
    fn sees_begin_of(self, billed: &Billed) -> bool {
        self.until.is_none_or(|until| billed.period.start < until)
    }
}

/// The discounts that stand on a subscription, its items or its customer.
pub(in super::super) fn listed(subscription: &Subscription) -> BTreeSet<DiscountId> {
    subscription
        .discounts
        .iter()
        .chain(&subscription.customer_discount)
        .chain(subscription.items.iter().flat_map(|item| &item.discounts))
        .map(|discount| discount.id.clone())
        .collect()
}
