//! How long what was billed holds.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Billed, Edit, Invoiced, ItemChange};
use crate::{Catalog, Discount, ItemId, Period, Subscription};

impl Invoiced<'_> {
    /// Lets each billed period's discounts hold as long as they did, and makes the edits of all billed periods.
    pub(super) fn settle_periods(&mut self) {
        for (item, billed) in &mut self.billed {
            billed.sort_by_key(|billed| billed.period);
            for index in 0..billed.len() {
                let (head, rest) = billed.split_at_mut(index + 1);
                if let Some(this) = head.last_mut() {
                    settle(this, rest.first(), self.live);
                }
            }
            self.edits.extend(begun_between(item, billed, self.catalog));
            self.edits.extend(billed.iter().map(|billed| Edit {
                at: billed.period.start,
                invoice: billed.invoice.clone(),
                item: item.clone(),
                change: ItemChange::Billed(billed.item.clone()),
            }));
        }
    }
}

/// A discount holds to the end of the period it was billed with: shorter when a new period began before, longer when
/// nothing was billed for a while and the next invoice, or the subscription as it is now, still has it.
fn settle(this: &mut Billed, next: Option<&Billed>, live: &Subscription) {
    let lists = |discounts: &[Discount], wanted: &Discount| {
        discounts.iter().any(|discount| discount.id == wanted.id)
    };
    for discount in &mut this.item.discounts {
        let end = match next {
            Some(next) if next.period.start < this.period.end => next.period.start,
            Some(next) if lists(&next.item.discounts, discount) => next.period.start,
            None if lists(&live.discounts, discount) => Timestamp::MAX,
            _ => this.period.end,
        };
        discount.only_in = Some(Period {
            start: this.period.start,
            end,
        });
    }
}

/// Discounts that were attached within the period before the first one they were billed with, where their own date is
/// known.
fn begun_between<'a>(
    item: &'a ItemId,
    billed: &'a [Billed],
    catalog: &'a Catalog,
) -> impl Iterator<Item = Edit> + 'a {
    billed.windows(2).flat_map(move |pair| {
        let [before, after] = pair else {
            return Vec::new();
        };
        let known: BTreeSet<_> = before
            .item
            .discounts
            .iter()
            .map(|discount| &discount.id)
            .collect();
        let begun = |discount: &Discount| {
            let start = catalog.discount(&discount.id)?.start?;
            let is_between = before.period.start < start && start < after.period.start;
            (is_between && !known.contains(&discount.id)).then(|| Edit {
                at: start,
                invoice: after.invoice.clone(),
                item: item.clone(),
                change: ItemChange::Discounted(Discount {
                    only_in: Some(Period {
                        start,
                        end: after.period.start,
                    }),
                    ..discount.clone()
                }),
            })
        };
        after.item.discounts.iter().filter_map(begun).collect()
    })
}
