//! Edits in order of time, as states.

use std::collections::BTreeMap;

use super::{Begun, Edit, Invoiced, ItemChange, billed::is_percent};
use crate::{Discount, ItemId, Origin, Period, State, Status, Subscription, SubscriptionItem};

impl Invoiced<'_> {
    /// The states the invoices tell of, oldest first.
    pub(in super::super) fn states(&self) -> Vec<State> {
        let mut items: BTreeMap<ItemId, SubscriptionItem> = BTreeMap::new();
        let mut states: Vec<State> = Vec::new();
        for moment in self.edits.chunk_by(|one, next| one.at == next.at) {
            for edit in moment {
                apply(&mut items, edit);
            }
            let (Some(edit), false) = (moment.last(), items.is_empty()) else {
                continue;
            };
            if let Some(last) = states.last()
                && same_terms(&last.subscription.items, items.values())
            {
                continue;
            }
            states.push(State {
                from: edit.at,
                subscription: self.past(items.values().cloned().collect()),
                origin: Origin::Invoice {
                    invoice: edit.invoice.clone(),
                },
            });
        }
        self.begin_when_paid(&mut states);
        states
    }

    /// Until its first invoice is paid, a subscription that is charged automatically is incomplete.
    fn begin_when_paid(&self, states: &mut Vec<State>) {
        let Some(Begun { at, invoice }) = &self.begun else {
            return;
        };
        let until_paid = states.partition_point(|state| state.from < *at);
        let Some(last) = states[..until_paid].last() else {
            return;
        };
        if states.get(until_paid).is_none_or(|next| next.from > *at) {
            let paid = State {
                from: *at,
                origin: Origin::Invoice {
                    invoice: invoice.clone(),
                },
                ..last.clone()
            };
            states.insert(until_paid, paid);
        }
        for state in &mut states[..until_paid] {
            if state.subscription.status == Status::Active {
                state.subscription.status = Status::Incomplete;
            }
        }
    }

    /// The subscription as it was in the past with `items`: what invoices cannot know is taken as undisturbed.
    fn past(&self, items: Vec<SubscriptionItem>) -> Subscription {
        let live = self.live;
        Subscription {
            status: match &live.status {
                never @ (Status::Incomplete | Status::IncompleteExpired) => never.clone(),
                _ if self.stopped_after_trial() => Status::Paused,
                _ => Status::Active,
            },
            items,
            discounts: Vec::new(),
            customer_discount: None,
            cancel_at: live.ended_at.or_else(|| live.scheduled_end()),
            cancel_at_period_end: false,
            pause_collection: None,
            notes: self.notes.clone(),
            ..live.clone()
        }
    }

    /// Nothing was billed after the trial: Stripe pauses or ends a subscription whose trial nobody pays for.
    fn stopped_after_trial(&self) -> bool {
        self.live.trial.is_some_and(|trial| {
            let mut billed = self.billed.values().flatten();
            billed.all(|billed| billed.period.end <= trial.end)
        })
    }
}

fn apply(items: &mut BTreeMap<ItemId, SubscriptionItem>, edit: &Edit) {
    match &edit.change {
        ItemChange::Removed => {
            items.remove(&edit.item);
        }
        ItemChange::Billed(billed) => {
            items.insert(edit.item.clone(), billed.clone());
        }
        ItemChange::Discounted(discount) => {
            if let Some(item) = items.get_mut(&edit.item)
                && item.discounts.iter().all(|known| known.id != discount.id)
            {
                item.discounts.push(discount.clone());
            }
        }
        ItemChange::Altered { item, is_net } => {
            let before = items.get(&edit.item);
            let mut discounts =
                before.map_or_else(|| shared(items), |before| before.discounts.clone());
            if *is_net {
                // They are in the amount already: they stay listed, and hold for no time.
                let never = Period {
                    start: edit.at,
                    end: edit.at,
                };
                for discount in &mut discounts {
                    discount.only_in = Some(never);
                }
            }
            let inclusive_tax = item
                .inclusive_tax
                .clone()
                .or_else(|| before?.inclusive_tax.clone());
            let altered = SubscriptionItem {
                discounts,
                inclusive_tax,
                ..item.clone()
            };
            items.insert(edit.item.clone(), altered);
        }
    }
}

/// Percentages off the whole subscription, which hold for an item added within the period too.
fn shared(items: &BTreeMap<ItemId, SubscriptionItem>) -> Vec<Discount> {
    let is_shared = |discount: &&Discount| discount.on_item.is_none() && is_percent(discount);
    let first = items.values().find(|item| !item.discounts.is_empty());
    first.map_or_else(Vec::new, |item| {
        item.discounts.iter().filter(is_shared).cloned().collect()
    })
}

fn same_terms<'a>(
    before: &[SubscriptionItem],
    after: impl ExactSizeIterator<Item = &'a SubscriptionItem>,
) -> bool {
    before.len() == after.len()
        && before.iter().zip(after).all(|(one, other)| {
            one.id == other.id
                && one.price == other.price
                && one.quantity == other.quantity
                && one.discounts == other.discounts
                && one.inclusive_tax == other.inclusive_tax
        })
}
