//! States of the past, from invoices.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Bound,
};

use jiff::Timestamp;

use super::{Origin, State, lines::Reading};
use crate::{
    Catalog, FirstPayment, Invoice, InvoiceId, InvoiceLine, InvoiceStatus, ItemId, Note, Period,
    Status, Subscription, SubscriptionItem, TaxBehavior, UsageCharge,
};

/// What a subscription's invoices tell.
pub(super) struct Invoiced<'a> {
    live: &'a Subscription,
    edits: Vec<Edit>,
    notes: Vec<Note>,
    billed: HashMap<ItemId, Vec<SubscriptionItem>>,
    usage: HashMap<ItemId, Vec<UsageCharge>>,
    metered: HashMap<ItemId, SubscriptionItem>,
    first_payment: FirstPayment,
}

/// What one invoice says changed in one item at one moment.
struct Edit {
    at: Timestamp,
    invoice: InvoiceId,
    item: ItemId,
    change: ItemChange,
}

enum ItemChange {
    /// It is no longer sold.
    Removed,
    /// Its price or quantity changed within a period, whose discounts go on.
    Altered(SubscriptionItem),
    /// A new period was billed.
    Billed(SubscriptionItem),
}

impl ItemChange {
    /// What is billed anew at a moment overrides what ended at it.
    fn rank(&self) -> u8 {
        match self {
            Self::Removed => 0,
            Self::Altered(_) => 1,
            Self::Billed(_) => 2,
        }
    }
}

impl<'a> Invoiced<'a> {
    /// Reads those of `invoices` that stand and belong to `live`, each once, in order of time.
    pub(super) fn new(live: &'a Subscription, invoices: &[Invoice], catalog: &Catalog) -> Self {
        let by_id: BTreeMap<_, _> = invoices
            .iter()
            .filter(|invoice| stands(invoice) && belongs(invoice, live))
            .map(|invoice| (&invoice.id, invoice))
            .collect();
        let mut sorted: Vec<_> = by_id.into_values().collect();
        sorted.sort_by_key(|invoice| (invoice.created, &invoice.id));

        let mut past = Self {
            live,
            edits: Vec::new(),
            notes: Vec::new(),
            billed: HashMap::new(),
            usage: HashMap::new(),
            metered: HashMap::new(),
            first_payment: first_payment(&sorted),
        };
        let reading = Reading { live, catalog };
        let mut periods = HashMap::new();
        for invoice in sorted {
            past.read(invoice, reading, &mut periods);
        }
        for charges in past.usage.values_mut() {
            charges.sort_by_key(|charge| Reverse(charge.period));
        }
        past.sell_metered();
        past.edits.sort_by_key(|edit| (edit.at, edit.change.rank()));
        past
    }

    /// The states the invoices tell of, oldest first.
    pub(super) fn states(&self) -> Vec<State> {
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
        states
    }

    /// Adds a state wherever a period of measured usage closes within another state.
    pub(super) fn split_at_usage(&self, states: &mut Vec<State>) {
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
            let within = (Bound::Excluded(state.from), Bound::Excluded(next));
            if state.from < next {
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

    /// Adds what only invoices know to states from elsewhere: discounts used up by the current cycle's invoice, the tax
    /// within prices, past usage and the first payment.
    pub(super) fn teach(&self, states: &mut [State]) {
        let mut until = None;
        for state in states.iter_mut().rev() {
            let (from, subscription) = (state.from, &mut state.subscription);
            subscription.first_payment = self.first_payment;
            let listed: BTreeSet<_> = subscription
                .discounts
                .iter()
                .chain(&subscription.customer_discount)
                .chain(subscription.items.iter().flat_map(|item| &item.discounts))
                .map(|discount| discount.id.clone())
                .collect();
            for item in &mut subscription.items {
                let billed = self.billed.get(&item.id).map_or(&[][..], Vec::as_slice);
                let begin = billed.partition_point(|billed| ends_by(billed, from));
                let current = billed[begin..]
                    .iter()
                    .take_while(|billed| until.is_none_or(|until| starts_before(billed, until)));
                for billed in current {
                    let unlisted = billed
                        .discounts
                        .iter()
                        .filter(|discount| !listed.contains(&discount.id));
                    item.discounts.extend(unlisted.cloned());
                }
                if item.inclusive_tax.is_none() && item.price.tax_behavior != TaxBehavior::Exclusive
                {
                    let known = billed.partition_point(|billed| {
                        until.is_none_or(|until| starts_before(billed, until))
                    });
                    let last = billed[..known].last();
                    item.inclusive_tax = last.and_then(|billed| billed.inclusive_tax.clone());
                }
                self.teach_usage(item, from);
            }
            until = Some(from);
        }
    }

    fn teach_usage(&self, item: &mut SubscriptionItem, from: Timestamp) {
        if let Some(charges) = self.usage.get(&item.id) {
            let closed = charges.iter().filter(|charge| charge.period.end <= from);
            item.usage = closed.take(3).cloned().collect();
        }
    }

    fn read(
        &mut self,
        invoice: &Invoice,
        reading: Reading<'_>,
        periods: &mut HashMap<ItemId, Period>,
    ) {
        let mut recurring: BTreeMap<(&ItemId, Period), Vec<&InvoiceLine>> = BTreeMap::new();
        let mut prorated: BTreeMap<(Timestamp, &ItemId), Vec<&InvoiceLine>> = BTreeMap::new();
        for line in &invoice.lines {
            let Some(item) = line.item.as_ref().filter(|_| bills(self.live, line)) else {
                continue;
            };
            if line.proration {
                prorated
                    .entry((line.period.start, item))
                    .or_default()
                    .push(line);
            } else if reading.is_metered(line) {
                self.charge(invoice, item, line, reading);
            } else {
                recurring.entry((item, line.period)).or_default().push(line);
            }
        }
        for ((at, item), lines) in prorated {
            let is_billed_anew = recurring
                .keys()
                .any(|(billed, period)| *billed == item && period.start <= at);
            if let Some(change) = self.alteration(item, &lines, periods, reading, is_billed_anew) {
                self.edit(at, invoice, item, change);
            }
        }
        if let Some(begin) = recurring.keys().map(|(_, period)| period.start).min() {
            let billed: BTreeSet<_> = recurring.keys().map(|(item, _)| *item).collect();
            self.remove_unbilled(&billed, begin, invoice, periods);
        }
        for ((item, period), lines) in recurring {
            if let Some(billed) = reading.billed(item, &lines, &mut self.notes) {
                periods.insert(item.clone(), period);
                self.billed
                    .entry(item.clone())
                    .or_default()
                    .push(billed.clone());
                self.edit(period.start, invoice, item, ItemChange::Billed(billed));
            }
        }
    }

    /// Metered items are sold from their first billed period on, and while they are billed or still listed.
    fn sell_metered(&mut self) {
        let mut edits = Vec::new();
        for (item, charges) in &self.usage {
            let (Some(last), Some(first)) = (charges.first(), charges.last()) else {
                continue;
            };
            if let Some(sold) = self.metered.get(item) {
                edits.push(Edit {
                    at: first.period.start,
                    invoice: first.invoice.clone(),
                    item: item.clone(),
                    change: ItemChange::Billed(sold.clone()),
                });
            }
            if !self.is_live(item) {
                edits.push(Edit {
                    at: last.period.end,
                    invoice: last.invoice.clone(),
                    item: item.clone(),
                    change: ItemChange::Removed,
                });
            }
        }
        self.edits.append(&mut edits);
    }

    fn edit(&mut self, at: Timestamp, invoice: &Invoice, item: &ItemId, change: ItemChange) {
        self.edits.push(Edit {
            at,
            invoice: invoice.id.clone(),
            item: item.clone(),
            change,
        });
    }

    fn charge(
        &mut self,
        invoice: &Invoice,
        item: &ItemId,
        line: &InvoiceLine,
        reading: Reading<'_>,
    ) {
        if let Some(sold) = reading.metered(item, line) {
            self.metered.entry(item.clone()).or_insert(sold);
        }
        let charges = self.usage.entry(item.clone()).or_default();
        let same = charges
            .iter_mut()
            .find(|charge| charge.invoice == invoice.id && charge.period == line.period);
        match same {
            Some(charge) => charge.amount += &line.net(),
            None => charges.push(UsageCharge {
                period: line.period,
                amount: line.net(),
                invoice: invoice.id.clone(),
            }),
        }
    }

    /// Proration lines of one item and moment: credits for what was, charges for what is. Credits alone mean that the
    /// item was taken away, unless the same invoice bills it anew.
    fn alteration(
        &mut self,
        item: &ItemId,
        lines: &[&InvoiceLine],
        periods: &HashMap<ItemId, Period>,
        reading: Reading<'_>,
        is_billed_anew: bool,
    ) -> Option<ItemChange> {
        let charges: Vec<_> = lines
            .iter()
            .copied()
            .filter(|line| !line.amount.is_negative())
            .collect();
        if !charges.is_empty() {
            let whole = periods.get(item).copied();
            return reading
                .prorated(item, &charges, whole, &mut self.notes)
                .map(ItemChange::Altered);
        }
        (!is_billed_anew && !self.is_live(item)).then_some(ItemChange::Removed)
    }

    /// Items whose period is over when others are billed anew, and that are not billed with them, were taken away.
    fn remove_unbilled(
        &mut self,
        billed: &BTreeSet<&ItemId>,
        begin: Timestamp,
        invoice: &Invoice,
        periods: &mut HashMap<ItemId, Period>,
    ) {
        let mut gone: Vec<_> = periods
            .iter()
            .filter(|(item, period)| {
                period.end <= begin && !billed.contains(item) && !self.is_live(item)
            })
            .map(|(item, period)| (item.clone(), period.end))
            .collect();
        gone.sort();
        for (item, at) in gone {
            periods.remove(&item);
            self.edit(at, invoice, &item, ItemChange::Removed);
        }
    }

    fn is_live(&self, item: &ItemId) -> bool {
        !self.live.status.is_final() && self.live.items.iter().any(|live| live.id == *item)
    }

    /// The subscription as it was in the past with `items`: what invoices cannot know is taken as undisturbed.
    fn past(&self, items: Vec<SubscriptionItem>) -> Subscription {
        let live = self.live;
        Subscription {
            status: match live.status {
                Status::IncompleteExpired => Status::IncompleteExpired,
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
}

fn apply(items: &mut BTreeMap<ItemId, SubscriptionItem>, edit: &Edit) {
    match &edit.change {
        ItemChange::Removed => {
            items.remove(&edit.item);
        }
        ItemChange::Billed(billed) => {
            items.insert(edit.item.clone(), billed.clone());
        }
        ItemChange::Altered(altered) => {
            let before = items.get(&edit.item);
            let altered = SubscriptionItem {
                discounts: before
                    .map(|item| item.discounts.clone())
                    .unwrap_or_default(),
                inclusive_tax: altered
                    .inclusive_tax
                    .clone()
                    .or_else(|| before?.inclusive_tax.clone()),
                ..altered.clone()
            };
            items.insert(edit.item.clone(), altered);
        }
    }
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

fn ends_by(billed: &SubscriptionItem, at: Timestamp) -> bool {
    billed.current_period.is_some_and(|period| period.end <= at)
}

fn starts_before(billed: &SubscriptionItem, at: Timestamp) -> bool {
    billed
        .current_period
        .is_some_and(|period| period.start < at)
}

/// Drafts are not sent yet and void invoices were taken back; all others say what was agreed.
fn stands(invoice: &Invoice) -> bool {
    matches!(
        invoice.status,
        InvoiceStatus::Open | InvoiceStatus::Paid | InvoiceStatus::Uncollectible
    )
}

fn belongs(invoice: &Invoice, live: &Subscription) -> bool {
    match &invoice.subscription {
        Some(subscription) => *subscription == live.id,
        None => invoice.lines.iter().any(|line| bills(live, line)),
    }
}

fn bills(subscription: &Subscription, line: &InvoiceLine) -> bool {
    line.subscription
        .as_ref()
        .is_none_or(|billed| *billed == subscription.id)
}

fn first_payment(invoices: &[&Invoice]) -> FirstPayment {
    let billed = || {
        invoices
            .iter()
            .filter(|invoice| invoice.lines.iter().any(|line| line.net().is_positive()))
    };
    let paid = billed()
        .filter(|invoice| invoice.status == InvoiceStatus::Paid)
        .map(|invoice| invoice.paid_at.unwrap_or(invoice.created))
        .min();
    match paid {
        Some(at) => FirstPayment::PaidAt(at),
        None if billed().next().is_some() => FirstPayment::Open,
        None => FirstPayment::Unknown,
    }
}
