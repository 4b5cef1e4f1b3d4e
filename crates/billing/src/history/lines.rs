//! What the lines of one invoice say about one item.

use crate::{
    Catalog, Coupon, CouponId, Currency, Discount, Duration, Fraction, InclusiveTax, Interval,
    IntervalUnit, InvoiceLine, ItemId, LineDiscount, MeteredRule, Note, Period, Price, PriceId,
    Recurring, Reduction, Scheme, Subscription, SubscriptionItem, TaxBehavior, Usage, mrr::base,
};

/// How to read lines: the subscription they belong to and everything known by id.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    pub(super) live: &'a Subscription,
    pub(super) catalog: &'a Catalog,
}

impl Reading<'_> {
    /// The price with this id, from the catalog or from the subscription as it is now.
    pub(super) fn price(&self, id: &PriceId) -> Option<&Price> {
        self.catalog.price(id).or_else(|| {
            let mut prices = self.live.items.iter().map(|item| &item.price);
            prices.find(|price| price.id == *id)
        })
    }

    /// Whether the line bills measured usage.
    pub(super) fn is_metered(&self, line: &InvoiceLine) -> bool {
        let price = line.price.as_ref().and_then(|id| self.price(id));
        price.is_some_and(Price::is_metered)
    }

    /// The metered item that `line` bills.
    pub(super) fn metered(&self, item: &ItemId, line: &InvoiceLine) -> Option<SubscriptionItem> {
        Some(SubscriptionItem {
            id: item.clone(),
            price: self.price(line.price.as_ref()?)?.clone(),
            quantity: None,
            discounts: Vec::new(),
            current_period: None,
            inclusive_tax: None,
            usage: Vec::new(),
        })
    }

    /// The item that `lines`, all for one item and one period, bill.
    ///
    /// When price, quantity and coupons are known and come to what was billed, give or take each line's rounding, they
    /// are taken; else the billed amounts are.
    pub(super) fn billed(
        &self,
        item: &ItemId,
        lines: &[&InvoiceLine],
        notes: &mut Vec<Note>,
    ) -> Option<SubscriptionItem> {
        let first = *lines.first()?;
        let total: Fraction = lines.iter().map(|line| &line.amount).sum();
        let (price, quantity) = self.known_terms(item, lines, &total).unwrap_or_else(|| {
            (
                self.as_billed(item, first, first.period, &total, notes),
                Some(1),
            )
        });
        let taxed = lines.iter().any(|line| !line.inclusive_tax.is_zero());
        let tax: Fraction = lines.iter().map(|line| &line.inclusive_tax).sum();
        let net: Fraction = lines.iter().map(|line| line.net()).sum();
        Some(SubscriptionItem {
            id: item.clone(),
            price,
            quantity,
            discounts: self.discounts(lines, &total, first.period),
            current_period: Some(first.period),
            inclusive_tax: self.live_tax(item).or_else(|| {
                taxed.then(|| InclusiveTax::Invoiced {
                    of: &net + &tax,
                    tax,
                })
            }),
            usage: Vec::new(),
        })
    }

    /// The item after a change within a period that `lines`, the charges for the rest of it, tell of, and whether its
    /// amount has the period's discounts taken off already: Stripe includes them in prorations unless it itemizes them.
    pub(super) fn prorated(
        &self,
        item: &ItemId,
        lines: &[&InvoiceLine],
        whole: Option<Period>,
        notes: &mut Vec<Note>,
    ) -> Option<(SubscriptionItem, bool)> {
        let last = *lines.last()?;
        let whole = whole.unwrap_or(last.period);
        let known = last.price.as_ref().and_then(|id| self.price(id)).cloned();
        let is_net = known.is_none() && lines.iter().all(|line| line.discounts.is_empty());
        let part: Fraction = lines.iter().map(|line| &line.amount).sum();
        let (price, quantity) = if let Some(price) = known {
            let quantity = self.prorated_quantity(&price, lines, whole);
            (price, quantity)
        } else {
            let total = part.checked_div(&share_of(last.period, whole));
            let total = total.unwrap_or(part);
            (self.as_billed(item, last, whole, &total, notes), Some(1))
        };
        let sold = SubscriptionItem {
            id: item.clone(),
            price,
            quantity,
            discounts: Vec::new(),
            current_period: Some(whole),
            inclusive_tax: self.live_tax(item),
            usage: Vec::new(),
        };
        Some((sold, is_net))
    }

    /// The quantity that `lines` charge the rest of a period for. Several changes of one moment leave several lines, and
    /// the last one holds; only tiers are spread over lines.
    fn prorated_quantity(
        &self,
        price: &Price,
        lines: &[&InvoiceLine],
        whole: Period,
    ) -> Option<u64> {
        let last = *lines.last()?;
        if lines.len() == 1 || matches!(price.scheme, Scheme::PerUnit(_) | Scheme::Unknown) {
            return last.quantity;
        }
        let part: Fraction = lines.iter().map(|line| &line.amount).sum();
        let share = share_of(last.period, whole);
        let slack = self.rounding(lines.len());
        quantities(price, lines, None)
            .into_iter()
            .find(|quantity| {
                let amount = amount_of(price, *quantity, self.live.currency);
                amount.is_some_and(|amount| (&(&amount * &share) - &part).abs() < slack)
            })
            .or(last.quantity)
    }

    fn live_tax(&self, item: &ItemId) -> Option<InclusiveTax> {
        let mut items = self.live.items.iter();
        let live = items
            .find(|live| live.id == *item)
            .or(self.live.items.first());
        live?.inclusive_tax.clone()
    }

    /// The known price and the quantity that come to `total`.
    fn known_terms(
        &self,
        item: &ItemId,
        lines: &[&InvoiceLine],
        total: &Fraction,
    ) -> Option<(Price, Option<u64>)> {
        let price = self.price(lines.first()?.price.as_ref()?)?;
        let live = self.live.items.iter().find(|live| live.id == *item);
        let live_quantity = live
            .filter(|live| live.price.id == price.id)
            .and_then(|live| live.quantity);
        let in_trial = |line: &&InvoiceLine| {
            let trial = self.live.trial;
            total.is_zero() && trial.is_some_and(|trial| trial.contains(line.period.start))
        };
        let slack = self.rounding(lines.len());
        quantities(price, lines, live_quantity)
            .into_iter()
            .find(|quantity| {
                let amount = amount_of(price, *quantity, self.live.currency);
                lines.iter().all(in_trial)
                    || amount.is_some_and(|amount| (&amount - total).abs() < slack)
            })
            .map(|quantity| (price.clone(), Some(quantity)))
    }

    /// A price that says no more than what was billed for `period`.
    fn as_billed(
        &self,
        item: &ItemId,
        line: &InvoiceLine,
        period: Period,
        total: &Fraction,
        notes: &mut Vec<Note>,
    ) -> Price {
        let known = line.price.as_ref().and_then(|id| self.price(id));
        let recurring = known.and_then(|price| price.recurring).unwrap_or_else(|| {
            notes.push(Note::IntervalAssumed { item: item.clone() });
            Recurring {
                interval: interval_of(period),
                usage: Usage::Licensed,
            }
        });
        Price {
            id: line
                .price
                .clone()
                .unwrap_or_else(|| PriceId::from(line.id.as_str())),
            product: line.product.clone(),
            nickname: known.and_then(|price| price.nickname.clone()),
            currency: self.live.currency,
            recurring: Some(recurring),
            scheme: Scheme::PerUnit(total.clone()),
            currency_options: std::collections::BTreeMap::new(),
            transform_quantity: None,
            tax_behavior: if line.inclusive_tax.is_zero() {
                TaxBehavior::Unspecified
            } else {
                TaxBehavior::Inclusive
            },
        }
    }

    /// The discounts taken off `lines`, bound to their period. The coupons' own terms are taken when they come to what was
    /// billed, else those of the percentages alone, else everything as billed: a fixed amount off several items is billed
    /// in shares.
    fn discounts(&self, lines: &[&InvoiceLine], total: &Fraction, period: Period) -> Vec<Discount> {
        let billed = by_discount(lines);
        let off: Fraction = billed.iter().map(|line| &line.amount).sum();
        let left = total - &off;
        let slack = self.rounding(lines.len() * billed.len() + 1);
        let read = |is_known: fn(&Reduction) -> bool| -> Vec<Discount> {
            let read = |line| {
                let known = self.known(line, period, is_known);
                known.unwrap_or_else(|| self.fixed(line, period))
            };
            billed.iter().map(read).collect()
        };
        [
            read(|reduction| *reduction != Reduction::Unknown),
            read(|reduction| matches!(reduction, Reduction::Percent(_))),
        ]
        .into_iter()
        .find(|read| (&left_after(read, self.live.currency, total) - &left).abs() < slack)
        .unwrap_or_else(|| read(|_| false))
    }

    /// How far so many roundings may lead from the exact amount.
    fn rounding(&self, roundings: usize) -> Fraction {
        &Fraction::from(roundings as u64) * &Fraction::from(self.live.currency.billed_step())
    }

    fn known(
        &self,
        line: &LineDiscount,
        period: Period,
        is_known: fn(&Reduction) -> bool,
    ) -> Option<Discount> {
        let known = self.catalog.discount(&line.discount)?;
        is_known(&known.coupon.as_ref()?.reduction).then_some(Discount {
            start: None,
            end: None,
            only_in: Some(period),
            ..known
        })
    }

    fn fixed(&self, line: &LineDiscount, period: Period) -> Discount {
        let known = self
            .catalog
            .discount(&line.discount)
            .and_then(|known| known.coupon);
        let coupon_id = known.as_ref().map_or_else(
            || CouponId::from(line.discount.as_str()),
            |coupon| coupon.id.clone(),
        );
        Discount {
            coupon: Some(Coupon {
                id: coupon_id.clone(),
                name: known.as_ref().and_then(|coupon| coupon.name.clone()),
                reduction: Reduction::Amount([(self.live.currency, line.amount.clone())].into()),
                duration: known.map_or(Duration::Once, |coupon| coupon.duration),
                applies_to: Vec::new(),
            }),
            coupon_id: Some(coupon_id),
            only_in: Some(period),
            ..Discount::by_id(line.discount.clone())
        }
    }
}

/// Which share of `whole` the time of `rest` is; all of it when either has no length.
fn share_of(rest: Period, whole: Period) -> Fraction {
    match (rest.seconds(), whole.seconds()) {
        (rest @ 1.., whole @ 1..) => Fraction::from(rest).checked_div(&Fraction::from(whole)),
        _ => None,
    }
    .unwrap_or_else(Fraction::one)
}

/// Quantities the lines may mean: tiers are billed line by line with their flat amounts as lines of one, and packages
/// may be counted instead of units.
fn quantities(price: &Price, lines: &[&InvoiceLine], live: Option<u64>) -> Vec<u64> {
    let all: u64 = lines
        .iter()
        .map(|line| line.quantity.unwrap_or(1))
        .fold(0, u64::saturating_add);
    let flats: Vec<_> = match &price.scheme {
        Scheme::Graduated(tiers) | Scheme::Volume(tiers) => {
            tiers.iter().map(|tier| &tier.flat).collect()
        }
        Scheme::PerUnit(_) | Scheme::Unknown => Vec::new(),
    };
    let flat_lines = lines
        .iter()
        .filter(|line| {
            line.quantity.is_none_or(|quantity| quantity == 1) && flats.contains(&&line.amount)
        })
        .count() as u64;
    let mut candidates = vec![all];
    candidates.extend(live);
    candidates.extend((1..=flat_lines).map(|flat| all.saturating_sub(flat)));
    if let Some(transform) = price.transform_quantity {
        candidates.push(all.saturating_mul(transform.divide_by.get()));
    }
    candidates
}

fn amount_of(price: &Price, quantity: u64, currency: Currency) -> Option<Fraction> {
    let item = SubscriptionItem {
        id: ItemId::from(""),
        price: price.clone(),
        quantity: Some(quantity),
        discounts: Vec::new(),
        current_period: None,
        inclusive_tax: None,
        usage: Vec::new(),
    };
    let mut notes = Vec::new();
    let amount = base::of(&item, currency, MeteredRule::Off, &mut notes).amount();
    notes.is_empty().then_some(amount)
}

/// What each discount took off all the lines, in the order they came off.
fn by_discount(lines: &[&InvoiceLine]) -> Vec<LineDiscount> {
    let mut all: Vec<LineDiscount> = Vec::new();
    for discount in lines.iter().flat_map(|line| &line.discounts) {
        match all
            .iter_mut()
            .find(|known| known.discount == discount.discount)
        {
            Some(known) => known.amount += &discount.amount,
            None => all.push(discount.clone()),
        }
    }
    all.retain(|discount| !discount.amount.is_zero());
    all
}

fn left_after(discounts: &[Discount], currency: Currency, total: &Fraction) -> Fraction {
    let reductions = discounts
        .iter()
        .filter_map(|discount| discount.coupon.as_ref());
    reductions.fold(total.clone(), |left, coupon| match &coupon.reduction {
        Reduction::Percent(percent) => {
            let off = (&left * percent).checked_div(&Fraction::from(100));
            &left - &off.unwrap_or_default()
        }
        Reduction::Amount(amounts) => amounts
            .get(&currency)
            .map_or_else(|| left.clone(), |off| (&left - off).max(Fraction::zero())),
        Reduction::Unknown => left,
    })
}

/// The interval a billed period most likely comes from.
fn interval_of(period: Period) -> Interval {
    let days = (period.seconds() + 43_200) / 86_400;
    let whole = |count: i64| {
        u32::try_from(count)
            .ok()
            .and_then(std::num::NonZeroU32::new)
            .unwrap_or(std::num::NonZeroU32::MIN)
    };
    let months = (days * 12 + 182) / 365;
    match days {
        7..=27 if days % 7 == 0 => Interval::every(whole(days / 7), IntervalUnit::Week),
        ..=27 => Interval::every(whole(days), IntervalUnit::Day),
        _ if months % 12 == 0 => Interval::every(whole(months / 12), IntervalUnit::Year),
        _ => Interval::every(whole(months), IntervalUnit::Month),
    }
}
