//! What a subscription's invoices tell.

mod billed;
mod replay;
mod teaching;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use jiff::{SignedDuration, Timestamp};

pub(super) use teaching::listed;

use super::lines::Reading;
use crate::{
    Catalog, Discount, FirstPayment, Invoice, InvoiceId, InvoiceLine, InvoiceStatus, ItemId, Note,
    Period, Subscription, SubscriptionItem, UsageCharge,
};

/// Everything the invoices of one subscription tell, item by item.
pub(super) struct Invoiced<'a> {
    live: &'a Subscription,
    /// How it stood right before the first event.
    before: Option<&'a Subscription>,
    catalog: &'a Catalog,
    /// What each item was billed as, period by period.
    billed: BTreeMap<ItemId, Vec<Billed>>,
    /// What happened to items, in order of time.
    edits: Vec<Edit>,
    /// What measured usage cost, newest first.
    usage: BTreeMap<ItemId, Vec<UsageCharge>>,
    metered: BTreeMap<ItemId, SubscriptionItem>,
    first_payment: FirstPayment,
    begun: Option<Begun>,
    notes: Vec<Note>,
}

/// The payment that began a subscription which was incomplete until then.
struct Begun {
    at: Timestamp,
    invoice: InvoiceId,
}

/// One period of an item, as an invoice billed it.
struct Billed {
    period: Period,
    invoice: InvoiceId,
    item: SubscriptionItem,
}

/// What one invoice says happened to one item at one moment.
struct Edit {
    at: Timestamp,
    invoice: InvoiceId,
    item: ItemId,
    change: ItemChange,
}

enum ItemChange {
    /// It is no longer sold.
    Removed,
    /// Its price or quantity changed within a period.
    Altered {
        item: SubscriptionItem,
        /// Its amount was read from a line that holds the period's discounts already; else they go on.
        is_net: bool,
    },
    /// A discount was attached within a period.
    Discounted(Discount),
    /// A new period was billed.
    Billed(SubscriptionItem),
}

impl ItemChange {
    /// What is billed anew at a moment overrides what ended at it.
    fn rank(&self) -> u8 {
        match self {
            Self::Removed => 0,
            Self::Altered { .. } => 1,
            Self::Discounted(_) => 2,
            Self::Billed(_) => 3,
        }
    }
}

impl<'a> Invoiced<'a> {
    /// Reads those of `invoices` that stand and belong to `live`, each once, in order of time.
    pub(super) fn new(
        live: &'a Subscription,
        before: Option<&'a Subscription>,
        invoices: &[Invoice],
        catalog: &'a Catalog,
    ) -> Self {
        let by_id: BTreeMap<_, _> = invoices
            .iter()
            .filter(|invoice| stands(invoice) && belongs(invoice, live))
            .map(|invoice| (&invoice.id, invoice))
            .collect();
        let mut sorted: Vec<_> = by_id.into_values().collect();
        sorted.sort_by_key(|invoice| (invoice.created, &invoice.id));

        let mut past = Self {
            live,
            before,
            catalog,
            billed: BTreeMap::new(),
            edits: Vec::new(),
            usage: BTreeMap::new(),
            metered: BTreeMap::new(),
            first_payment: first_payment(&sorted),
            begun: sorted.iter().find_map(|invoice| begun(invoice)),
            notes: Vec::new(),
        };
        let mut periods = BTreeMap::new();
        for invoice in sorted {
            past.notes.extend(invoice.notes.iter().cloned());
            if invoice.currency == live.currency {
                past.read(invoice, &mut periods);
            } else {
                past.notes.push(in_other_currency(invoice, live));
            }
        }
        past.notes.sort();
        past.notes.dedup();
        past.sell_metered();
        past.settle_periods();
        past.edits
            .sort_by(|one, other| edit_order(one).cmp(&edit_order(other)));
        past
    }

    fn read(&mut self, invoice: &Invoice, periods: &mut BTreeMap<ItemId, Period>) {
        let reading = Reading {
            live: self.live,
            catalog: self.catalog,
        };
        let mut recurring: BTreeMap<(&ItemId, Period), Vec<&InvoiceLine>> = BTreeMap::new();
        let mut prorated: BTreeMap<(Timestamp, &ItemId), Vec<&InvoiceLine>> = BTreeMap::new();
        for line in invoice.lines.iter().filter(|line| bills(self.live, line)) {
            let Some(item) = &line.item else { continue };
            if line.proration {
                let group = prorated.entry((line.period.start, item)).or_default();
                group.push(line);
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
            let change = self.alteration(item, &lines, periods, reading, is_billed_anew);
            if let Some(change) = change {
                self.edit(at, &invoice.id, item, change);
            }
        }
        if let Some(begin) = recurring.keys().map(|(_, period)| period.start).min() {
            let billed: BTreeSet<_> = recurring.keys().map(|(item, _)| *item).collect();
            self.remove_unbilled(&billed, begin, invoice, periods);
        }
        for ((item, period), lines) in recurring {
            if let Some(sold) = reading.billed(item, &lines, &mut self.notes) {
                periods.insert(item.clone(), period);
                self.billed.entry(item.clone()).or_default().push(Billed {
                    period,
                    invoice: invoice.id.clone(),
                    item: sold,
                });
            }
        }
    }

    fn edit(&mut self, at: Timestamp, invoice: &InvoiceId, item: &ItemId, change: ItemChange) {
        self.edits.push(Edit {
            at,
            invoice: invoice.clone(),
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
            .rev()
            .take_while(|charge| charge.invoice == invoice.id)
            .find(|charge| charge.period == line.period);
        match same {
            Some(charge) => charge.amount += &line.net(),
            None => charges.push(UsageCharge {
                period: line.period,
                amount: line.net(),
                invoice: invoice.id.clone(),
            }),
        }
    }

    /// Metered items are sold from their first billed period on, and while they are billed or still listed.
    fn sell_metered(&mut self) {
        for charges in self.usage.values_mut() {
            charges.sort_by_key(|charge| Reverse((charge.period.end, charge.period.start)));
        }
        let mut edits = Vec::new();
        for (item, charges) in &self.usage {
            let (Some(last), Some(first)) = (charges.first(), charges.last()) else {
                continue;
            };
            if let Some(sold) = self.metered.get(item) {
                let sold = ItemChange::Billed(sold.clone());
                edits.push((
                    first.period.start,
                    first.invoice.clone(),
                    item.clone(),
                    sold,
                ));
            }
            if !self.is_live(item) {
                let removed = ItemChange::Removed;
                edits.push((last.period.end, last.invoice.clone(), item.clone(), removed));
            }
        }
        for (at, invoice, item, change) in edits {
            self.edit(at, &invoice, &item, change);
        }
    }

    /// Proration lines of one item and moment: credits for what was, charges for what is. Credits alone mean that the
    /// item was taken away, unless the same invoice bills it anew.
    fn alteration(
        &mut self,
        item: &ItemId,
        lines: &[&InvoiceLine],
        periods: &BTreeMap<ItemId, Period>,
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
                .map(|(item, is_net)| ItemChange::Altered { item, is_net });
        }
        (!is_billed_anew && !self.is_live(item)).then_some(ItemChange::Removed)
    }

    /// Items whose period is over when others are billed anew, and that are not billed with them, were taken away.
    fn remove_unbilled(
        &mut self,
        billed: &BTreeSet<&ItemId>,
        begin: Timestamp,
        invoice: &Invoice,
        periods: &mut BTreeMap<ItemId, Period>,
    ) {
        let gone: Vec<_> = periods
            .iter()
            .filter(|(item, period)| {
                period.end <= begin && !billed.contains(item) && !self.is_live(item)
            })
            .map(|(item, period)| (item.clone(), period.end))
            .collect();
        for (item, at) in gone {
            periods.remove(&item);
            self.edit(at, &invoice.id, &item, ItemChange::Removed);
        }
    }

    fn is_live(&self, item: &ItemId) -> bool {
        !self.live.status.is_final() && self.live.items.iter().any(|live| live.id == *item)
    }
}

fn in_other_currency(invoice: &Invoice, live: &Subscription) -> Note {
    let (id, theirs, ours) = (&invoice.id, invoice.currency, live.currency);
    Note::Contradiction {
        what: format!(
            "Invoice {id} is in {theirs} and its subscription in {ours}; the invoice was left out."
        ),
    }
}

fn edit_order(edit: &Edit) -> (Timestamp, u8, &ItemId, &InvoiceId) {
    (edit.at, edit.change.rank(), &edit.item, &edit.invoice)
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
        None => invoice
            .lines
            .iter()
            .any(|line| line.subscription.is_some() && bills(live, line)),
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

/// How long Stripe lets a subscription be incomplete before it expires. What is paid later was on its way meanwhile, as a
/// bank debit is, and Stripe began the subscription at once.
const INCOMPLETE: SignedDuration = SignedDuration::from_hours(23);

fn begun(invoice: &Invoice) -> Option<Begun> {
    let is_billed = invoice.lines.iter().any(|line| line.net().is_positive());
    let at = invoice.paid_at.filter(|at| {
        let waited = at.duration_since(invoice.created);
        waited.is_positive() && waited <= INCOMPLETE
    })?;
    (invoice.is_first_charge && is_billed && invoice.status == InvoiceStatus::Paid).then(|| Begun {
        at,
        invoice: invoice.id.clone(),
    })
}
