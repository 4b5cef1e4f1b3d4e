//! What an invoice asks for, line by line.

use super::{
    account::{Invoice, InvoiceItem, InvoiceStatus, Line, LineDiscount, No, Origin, Status},
    calendar::Period,
    company::Company,
    journal::Subject,
    money::{Currency, Exact, ratio, shared_out, whole},
    terms::{Level, Off, Price, Tax, Terms, in_stripe_order},
};

impl Company {
    /// Makes a subscription's next invoice: what waits for it, usage of the cycle before, and the cycle that begins.
    pub(super) fn draft_invoice(&mut self, no: No, reason: &'static str, period: Period) -> No {
        let terms = self.subscriptions[no].invoiced_terms();
        let invoice = self.invoices.len();
        let waiting = std::mem::take(&mut self.subscriptions[no].pending);
        let mut lines = self.waiting_lines(&waiting, invoice);
        if reason == "subscription_cycle" {
            lines.extend(self.usage_lines(no, period));
        }
        lines.extend(self.cycle_lines(no));
        discount_lines(&mut lines, &terms);
        let tax = terms.tax.clone();
        for line in &mut lines {
            line.tax_minor = tax.as_ref().map_or(0, |tax| {
                terms
                    .currency
                    .chargeable(whole(line.net_minor()) * tax_share(tax))
            });
        }
        let record = &mut self.subscriptions[no];
        let is_free = record.status == Status::Trialing;
        for discount in record.discounts.iter_mut().filter(|one| one.listed) {
            discount.used |= !is_free;
        }
        record.latest_invoice = Some(invoice);
        let made = Invoice {
            id: self.ids.long("in_"),
            customer: record.customer,
            subscription: no,
            reason,
            created: self.now,
            period,
            currency: record.currency,
            collection: record.collection,
            lines,
            tax,
            discounts: terms
                .discounts
                .iter()
                .filter(|discount| !matches!(discount.level, Level::Item(_)))
                .map(|discount| discount.id.clone())
                .collect(),
            status: InvoiceStatus::Draft,
            number: None,
            finalized: None,
            due: None,
            paid: None,
            given_up: None,
            voided: None,
            auto_advance: true,
            next_attempt: None,
            starting_balance_minor: self.customers[record.customer].balance_minor,
            ending_balance_minor: None,
            amount_paid_minor: 0,
            credited_before_payment_minor: 0,
            credited_after_payment_minor: 0,
            payment: None,
            refunds: Vec::new(),
            credit_notes: 0,
        };
        self.invoices.push(made);
        for place in waiting {
            self.tell_nobody(Subject::InvoiceItem(place));
        }
        invoice
    }

    /// Something to be paid once, with the next invoice.
    pub(super) fn add_single_charge(&mut self, no: No, amount_minor: i64, description: String) {
        let record = &self.subscriptions[no];
        let Some(fee) = self
            .catalog
            .setup_fees
            .iter()
            .find(|fee| fee.currency == record.currency)
        else {
            return;
        };
        let (price_id, product_id) = (fee.price_id.clone(), self.catalog.setup_product.id.clone());
        let item = InvoiceItem {
            id: self.ids.long("ii_"),
            customer: record.customer,
            subscription: Some(no),
            created: self.now,
            amount_minor,
            quantity: 1,
            unit: whole(amount_minor),
            period: Period {
                start: self.now,
                end: self.now,
            },
            description,
            price_id,
            product_id,
            prorates: None,
            invoice: None,
        };
        self.wait_for_invoice(no, item);
    }

    pub(super) fn add_setup_fee(&mut self, no: No) {
        let currency = self.subscriptions[no].currency;
        self.add_single_charge(no, currency.listed(25_000), "Onboarding".to_owned());
    }

    /// Credits what is left of the cycle under the old terms and, if there are new ones, charges it under those, for
    /// the item at one place. Discounts are included in both amounts.
    pub(super) fn prorate(&mut self, no: No, place: usize, before: &Terms, after: Option<&Terms>) {
        let record = &self.subscriptions[no];
        let left = Period {
            start: self.now,
            end: record.period.end,
        };
        let remaining = record.period.remaining(self.now);
        let day = self.now.strftime("%d %b %Y").to_string();
        let sides = [
            (Some(before), -1, "Unused time on"),
            (after, 1, "Remaining time on"),
        ];
        for (terms, sign, words) in sides {
            let Some(terms) = terms else { continue };
            let amounts = terms.discounted();
            let (Some(item), Some(amount)) = (terms.items.get(place), amounts.get(place)) else {
                continue;
            };
            let exact = *amount * remaining * Exact::from_integer(sign);
            let amount_minor = terms.currency.chargeable(exact);
            let name = &item.price.product.name;
            let item = InvoiceItem {
                id: self.ids.long("ii_"),
                customer: self.subscriptions[no].customer,
                subscription: Some(no),
                created: self.now,
                amount_minor,
                quantity: item.quantity,
                unit: whole(amount_minor) / Exact::from_integer(i128::from(item.quantity.max(1))),
                period: left,
                description: format!("{words} {} × {name} after {day}", item.quantity),
                price_id: item.price.id.clone(),
                product_id: item.price.product.id.clone(),
                prorates: Some(item.id.clone()),
                invoice: None,
            };
            self.wait_for_invoice(no, item);
        }
    }

    fn wait_for_invoice(&mut self, no: No, item: InvoiceItem) {
        let place = self.invoice_items.len();
        self.invoice_items.push(item);
        self.subscriptions[no].pending.push(place);
        self.tell(Subject::InvoiceItem(place), "invoiceitem.created");
    }

    fn waiting_lines(&mut self, waiting: &[No], invoice: No) -> Vec<Line> {
        let mut lines = Vec::with_capacity(waiting.len());
        for &place in waiting {
            let id = self.ids.long("il_");
            let item = &mut self.invoice_items[place];
            item.invoice = Some(invoice);
            let invoice_item = item.id.clone();
            lines.push(Line {
                id,
                origin: match &item.prorates {
                    Some(prorated) => Origin::Proration {
                        item: prorated.clone(),
                        invoice_item,
                    },
                    None => Origin::Single { invoice_item },
                },
                amount_minor: item.amount_minor,
                quantity: item.quantity,
                unit: item.unit,
                period: item.period,
                description: item.description.clone(),
                price_id: item.price_id.clone(),
                product_id: item.product_id.clone(),
                discounts: Vec::new(),
                tax_minor: 0,
            });
        }
        lines
    }

    fn cycle_lines(&mut self, no: No) -> Vec<Line> {
        let record = &self.subscriptions[no];
        let (period, currency) = (record.period, record.currency);
        let trialing = record.status == Status::Trialing;
        let mut lines = Vec::new();
        for item in &record.items {
            if item.price.is_metered() {
                continue;
            }
            let portions = match item.price.pricing(currency) {
                Some(_) if trialing => Vec::new(),
                Some(pricing) => pricing.portions(item.quantity),
                None => Vec::new(),
            };
            if trialing {
                let mut line = line_for(&item.price, &item.id, item.quantity, whole(0), period);
                line.id = self.ids.long("il_");
                line.description = format!("Trial period for {}", item.price.product.name);
                lines.push(line);
            }
            for portion in portions {
                let mut line = line_for(
                    &item.price,
                    &item.id,
                    portion.quantity,
                    portion.unit,
                    period,
                );
                line.id = self.ids.long("il_");
                line.amount_minor = currency.chargeable(portion.amount);
                lines.push(line);
            }
        }
        lines
    }

    fn usage_lines(&mut self, no: No, period: Period) -> Vec<Line> {
        let record = &self.subscriptions[no];
        let currency = record.currency;
        let mut lines = Vec::new();
        for item in record.items.iter().filter(|item| item.price.is_metered()) {
            let used = u64::try_from(self.dice.between(0, 9000)).unwrap_or(0);
            let Some(pricing) = item.price.pricing(currency) else {
                continue;
            };
            for portion in pricing.portions(used) {
                let mut line = line_for(
                    &item.price,
                    &item.id,
                    portion.quantity,
                    portion.unit,
                    period,
                );
                line.id = self.ids.long("il_");
                line.amount_minor = currency.chargeable(portion.amount);
                lines.push(line);
            }
        }
        lines
    }
}

fn line_for(price: &Price, item: &str, quantity: u64, unit: Exact, period: Period) -> Line {
    Line {
        id: String::new(),
        origin: Origin::Cycle {
            item: item.to_owned(),
        },
        amount_minor: 0,
        quantity,
        unit,
        period,
        description: format!("{quantity} × {}", price.product.name),
        price_id: price.id.clone(),
        product_id: price.product.id.clone(),
        discounts: Vec::new(),
        tax_minor: 0,
    }
}

/// Takes the discounts off the lines of cycles and usage; prorations contain them already, single charges get none.
fn discount_lines(lines: &mut [Line], terms: &Terms) {
    for discount in in_stripe_order(&terms.discounts) {
        let touched: Vec<usize> = lines
            .iter()
            .enumerate()
            .filter(|(_, line)| match &line.origin {
                Origin::Cycle { item } => terms
                    .items
                    .iter()
                    .any(|owner| owner.id == *item && discount.touches(owner)),
                Origin::Proration { .. } | Origin::Single { .. } => false,
            })
            .map(|(place, _)| place)
            .collect();
        let nets: Vec<i64> = touched
            .iter()
            .map(|&place| lines[place].net_minor())
            .collect();
        let off = amounts_off(discount.coupon.off, &nets, terms.currency);
        for (place, amount_minor) in touched.into_iter().zip(off) {
            lines[place].discounts.push(LineDiscount {
                id: discount.id.clone(),
                on_item: matches!(discount.level, Level::Item(_)),
                amount_minor,
            });
        }
    }
}

fn amounts_off(off: Off, nets: &[i64], currency: Currency) -> Vec<i64> {
    match off {
        Off::PerMille(per_mille) => nets
            .iter()
            .map(|&net| currency.chargeable(whole(net) * ratio(per_mille, 1000)))
            .collect(),
        Off::Amount(amount, _) => shared_out(amount.min(nets.iter().sum()), nets),
    }
}

/// The tax on a net amount of 1, or the tax within a gross amount of 1.
fn tax_share(tax: &Tax) -> Exact {
    if tax.inclusive {
        ratio(tax.percent, 100 + tax.percent)
    } else {
        ratio(tax.percent, 100)
    }
}
