//! How long what was billed holds.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Billed, Edit, Invoiced, ItemChange, teaching};
use crate::{Catalog, Discount, DiscountId, InvoiceId, ItemId, Period, Reduction, Subscription};

impl Invoiced<'_> {
    /// Lets each billed period's discounts hold as long as they did, and makes the edits of all billed periods.
    pub(super) fn settle_periods(&mut self) {
        let still_listed = teaching::listed(self.live);
        let sold_since = self.sold_since();
        let mut edits = Vec::new();
        for billed in self.billed.values_mut() {
            billed.sort_by_key(|billed| billed.period);
            for index in 0..billed.len() {
                let (head, rest) = billed.split_at_mut(index + 1);
                if let Some(this) = head.last_mut() {
                    settle(this, rest.first(), &still_listed);
                }
            }
        }
        for (item, billed) in &self.billed {
            let attached = Attached {
                item,
                catalog: self.catalog,
            };
            edits.extend(attached.between(billed));
            if let (Some(first), Some(since)) = (billed.first(), sold_since.get(item)) {
                edits.extend(attached.before(first, *since));
            }
            if let Some(last) = billed.last() {
                let known = self.before.into_iter().chain([self.live]);
                edits.extend(attached.after(last, known));
            }
            edits.extend(billed.iter().map(|billed| Edit {
                at: billed.period.start,
                invoice: billed.invoice.clone(),
                item: item.clone(),
                change: ItemChange::Billed(billed.item.clone()),
            }));
        }
        self.edits.append(&mut edits);
    }

    /// When each item was first sold within a period.
    fn sold_since(&self) -> BTreeMap<ItemId, Timestamp> {
        let mut since = BTreeMap::new();
        for edit in &self.edits {
            let first = since.entry(edit.item.clone()).or_insert(edit.at);
            *first = edit.at.min(*first);
        }
        since
    }
}

/// A discount holds to the end of the period it was billed with: shorter when a new period began before, longer when
/// nothing was billed for a while and the next invoice, or the subscription as it is now, still has it.
fn settle(this: &mut Billed, next: Option<&Billed>, still_listed: &BTreeSet<DiscountId>) {
    let lists = |discounts: &[Discount], wanted: &Discount| {
        discounts.iter().any(|discount| discount.id == wanted.id)
    };
    for discount in &mut this.item.discounts {
        let end = match next {
            Some(next) if next.period.start < this.period.end => next.period.start,
            Some(next) if lists(&next.item.discounts, discount) => next.period.start,
            None if still_listed.contains(&discount.id) => Timestamp::MAX,
            _ => this.period.end,
        };
        discount.only_in = Some(Period {
            start: this.period.start,
            end,
        });
    }
}

/// Discounts attached to an item between two invoices, from their own date on, where that is known.
struct Attached<'a> {
    item: &'a ItemId,
    catalog: &'a Catalog,
}

impl Attached<'_> {
    /// Those attached within the period before the first one they were billed with.
    fn between(&self, billed: &[Billed]) -> Vec<Edit> {
        let pairs = billed.iter().zip(billed.iter().skip(1));
        let edits = pairs.flat_map(|(before, after)| {
            let known: BTreeSet<_> = ids(&before.item.discounts).collect();
            let new = after.item.discounts.iter();
            let new = new.filter(move |discount| !known.contains(&discount.id));
            new.filter_map(|discount| {
                let start = self.start(discount)?;
                let is_within = start > before.period.start;
                is_within.then(|| self.until_billed(discount, start, after))?
            })
        });
        edits.collect()
    }

    /// Those that an item added within a period had before it was billed for the first time. A fixed amount off the whole
    /// came off the other items until then.
    fn before(&self, first: &Billed, since: Timestamp) -> Vec<Edit> {
        let discounts = first.item.discounts.iter();
        discounts
            .filter(|discount| discount.on_item.is_some() || is_percent(discount))
            .filter_map(|discount| {
                let start = self.start(discount)?.max(since);
                self.until_billed(discount, start, first)
            })
            .collect()
    }

    fn start(&self, discount: &Discount) -> Option<Timestamp> {
        self.catalog.discount(&discount.id)?.start
    }

    /// The edit that attaches `discount` at `start`, until `billed`, which has it, begins.
    fn until_billed(&self, discount: &Discount, start: Timestamp, billed: &Billed) -> Option<Edit> {
        let end = billed.period.start;
        let held = Period { start, end };
        (start < end).then(|| self.edit(discount, held, &billed.invoice))
    }

    /// Those that were attached after the last billed period began, and were not billed yet.
    fn after<'s>(&self, last: &Billed, known: impl Iterator<Item = &'s Subscription>) -> Vec<Edit> {
        let mut seen: BTreeSet<_> = ids(&last.item.discounts).cloned().collect();
        let mut edits = Vec::new();
        for discount in known.flat_map(|subscription| on(subscription, self.item)) {
            let Some(start) = discount.start.filter(|start| *start > last.period.start) else {
                continue;
            };
            if seen.insert(discount.id.clone()) {
                let held = Period {
                    start,
                    end: Timestamp::MAX,
                };
                edits.push(self.edit(discount, held, &last.invoice));
            }
        }
        edits
    }

    fn edit(&self, discount: &Discount, held: Period, invoice: &InvoiceId) -> Edit {
        Edit {
            at: held.start,
            invoice: invoice.clone(),
            item: self.item.clone(),
            change: ItemChange::Discounted(Discount {
                only_in: Some(held),
                ..discount.clone()
            }),
        }
    }
}

fn ids(discounts: &[Discount]) -> impl Iterator<Item = &DiscountId> {
    discounts.iter().map(|discount| &discount.id)
}

/// The discounts that `subscription` has on `item`: its own, and those of the whole as far as they can be told for one
/// item alone.
fn on<'s>(subscription: &'s Subscription, item: &ItemId) -> Vec<&'s Discount> {
    let is_alone = subscription.items.len() == 1;
    let mut items = subscription.items.iter();
    let own = items
        .find(|listed| listed.id == *item)
        .map_or(&[][..], |listed| &listed.discounts);
    let inherited = subscription.customer_discount.as_ref();
    let inherited = inherited.filter(|_| subscription.discounts.is_empty());
    let whole = subscription.discounts.iter().chain(inherited);
    let whole = whole.filter(|discount| is_alone || is_percent(discount));
    own.iter().chain(whole).collect()
}

/// Whether the discount takes the same share off each item.
pub(super) fn is_percent(discount: &Discount) -> bool {
    let coupon = discount.coupon.as_ref();
    coupon.is_some_and(|coupon| matches!(coupon.reduction, Reduction::Percent(_)))
}
