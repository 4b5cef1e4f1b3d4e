//! What a customer agreed to: prices, quantities, coupons, and the amount they come to.
//!
//! All of it exact and plain to read; nothing here knows how Stripe writes things down or how MRR is worked out
//! elsewhere.

use std::sync::Arc;

use jiff::Timestamp;

use super::{
    calendar::Cadence,
    money::{Currency, Exact, ratio, whole},
};

/// A thing the business sells.
#[derive(Debug, PartialEq, Eq)]
pub struct Product {
    /// Its Stripe id.
    pub id: String,
    /// What invoices call it.
    pub name: String,
    pub(super) unit_label: Option<&'static str>,
}

/// How a quantity becomes an amount for one cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pricing {
    /// The unit amount times the quantity. The unit may be a fraction of a minor unit.
    PerUnit(Exact),
    /// The quantity is sold in packages; a broken one counts as a whole one.
    Package {
        /// Amount of one package, in minor units.
        package_minor: i64,
        /// Units in a package.
        size: u64,
    },
    /// Each unit costs what its own tier asks, and every tier reached adds its flat amount.
    Graduated(Vec<Tier>),
    /// All units cost what the tier of the whole quantity asks, plus that tier's flat amount.
    Volume(Vec<Tier>),
    /// Usage, paid after the fact by the unit; it has no recurring amount.
    Metered(Exact),
}

/// One step of a tiered price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tier {
    /// The last unit in this tier; the last tier has none.
    pub up_to: Option<u64>,
    /// Amount of a unit, in minor units.
    pub unit_minor: i64,
    /// Amount added for the tier as such, in minor units.
    pub flat_minor: i64,
}

/// A recurring price, in one or several currencies.
#[derive(Debug, PartialEq, Eq)]
pub struct Price {
    /// Its Stripe id.
    pub id: String,
    /// What is sold.
    pub product: Arc<Product>,
    /// How often it recurs.
    pub cadence: Cadence,
    /// Each currency's pricing, the price's own currency first.
    pub pricings: Vec<(Currency, Pricing)>,
    pub(super) nickname: String,
    pub(super) lookup_key: Option<String>,
    pub(super) meter: Option<String>,
    pub(super) created: Timestamp,
}

impl Price {
    /// The price's own currency.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.pricings.first().map_or(Currency::Usd, |own| own.0)
    }

    /// How it is priced in a currency; its own where it has no other.
    #[must_use]
    pub fn pricing(&self, currency: Currency) -> Option<&Pricing> {
        self.pricings
            .iter()
            .find(|(offered, _)| *offered == currency)
            .or(self.pricings.first())
            .map(|(_, pricing)| pricing)
    }

    pub(super) fn is_metered(&self) -> bool {
        self.pricings
            .iter()
            .any(|(_, pricing)| matches!(pricing, Pricing::Metered(_)))
    }
}

/// A piece of an item's amount, as an invoice line shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Portion {
    pub(super) quantity: u64,
    pub(super) unit: Exact,
    pub(super) amount: Exact,
}

impl Pricing {
    /// The amount of one cycle for a quantity, before discounts and tax. Usage has none.
    #[must_use]
    pub fn recurring(&self, quantity: u64) -> Exact {
        match self {
            Self::Metered(_) => whole(0),
            _ => self.portions(quantity).iter().map(|part| part.amount).sum(),
        }
    }

    /// The same amount piece by piece: tiers and flat amounts are invoiced on lines of their own.
    pub(super) fn portions(&self, quantity: u64) -> Vec<Portion> {
        match self {
            Self::PerUnit(unit) | Self::Metered(unit) => vec![Portion::of(quantity, *unit)],
            Self::Package {
                package_minor,
                size,
            } => vec![Portion::of(quantity.div_ceil(*size), whole(*package_minor))],
            Self::Graduated(tiers) => graduated(tiers, quantity),
            Self::Volume(tiers) => volume(tiers, quantity),
        }
    }
}

impl Portion {
    fn of(quantity: u64, unit: Exact) -> Self {
        Self {
            quantity,
            unit,
            amount: unit * Exact::from_integer(i128::from(quantity)),
        }
    }
}

fn graduated(tiers: &[Tier], quantity: u64) -> Vec<Portion> {
    let mut portions = Vec::new();
    let mut below = 0;
    for tier in tiers {
        if quantity <= below && below > 0 {
            break;
        }
        let top = tier.up_to.unwrap_or(u64::MAX).min(quantity);
        portions.push(Portion::of(
            top.saturating_sub(below),
            whole(tier.unit_minor),
        ));
        if tier.flat_minor != 0 {
            portions.push(Portion::of(1, whole(tier.flat_minor)));
        }
        below = tier.up_to.unwrap_or(u64::MAX);
    }
    portions
}

fn volume(tiers: &[Tier], quantity: u64) -> Vec<Portion> {
    let reached = tiers
        .iter()
        .find(|tier| tier.up_to.is_none_or(|up_to| quantity <= up_to));
    let Some(tier) = reached else {
        return Vec::new();
    };
    let mut portions = vec![Portion::of(quantity, whole(tier.unit_minor))];
    if tier.flat_minor != 0 {
        portions.push(Portion::of(1, whole(tier.flat_minor)));
    }
    portions
}

/// What a coupon takes off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Off {
    /// Tenths of a percent: 125 is 12.5 %.
    PerMille(i64),
    /// Minor units per invoice, in one currency.
    Amount(i64, Currency),
}

/// How long a coupon goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duration {
    /// The first invoice alone.
    Once,
    /// Every invoice of so many months.
    Months(i32),
    /// Every invoice.
    Forever,
}

/// A coupon as it is offered.
#[derive(Debug, PartialEq, Eq)]
pub struct Coupon {
    /// Its code, which is its Stripe id.
    pub id: String,
    /// What it takes off.
    pub off: Off,
    /// How long it goes on.
    pub duration: Duration,
    /// The only product it is for, if there is one.
    pub product_id: Option<String>,
    /// What it is called.
    pub name: &'static str,
    pub(super) created: Timestamp,
}

/// What a discount hangs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Level {
    /// All subscriptions of the customer that have no discount of their own.
    Customer,
    /// The whole subscription.
    Subscription,
    /// One subscription item, by id.
    Item(String),
}

/// A sales tax the customer pays.
#[derive(Debug, PartialEq, Eq)]
pub struct Tax {
    /// Its Stripe id.
    pub id: String,
    /// Whether prices contain it already.
    pub inclusive: bool,
    /// The rate in percent.
    pub percent: i64,
    pub(super) name: &'static str,
    pub(super) country: &'static str,
    pub(super) created: Timestamp,
}

/// One thing a subscription pays for, as far as the amount depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemTerms {
    /// Its Stripe id.
    pub id: String,
    /// What it costs.
    pub price: Arc<Price>,
    /// How many.
    pub quantity: u64,
}

/// A discount in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscountTerms {
    /// Its Stripe id.
    pub id: String,
    /// What it takes off.
    pub coupon: Arc<Coupon>,
    /// Where it applies.
    pub level: Level,
}

impl DiscountTerms {
    /// Whether it takes something off an item.
    pub(super) fn touches(&self, item: &ItemTerms) -> bool {
        let level = match &self.level {
            Level::Item(id) => *id == item.id,
            Level::Customer | Level::Subscription => true,
        };
        let product = self.coupon.product_id.as_ref();
        level && product.is_none_or(|id| *id == item.price.product.id)
    }
}

/// Everything a subscription's recurring amount depends on, as it stands at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// The currency it is invoiced in.
    pub currency: Currency,
    /// How often it is invoiced.
    pub cadence: Cadence,
    /// What is paid for.
    pub items: Vec<ItemTerms>,
    /// What is taken off, in Stripe's order.
    pub discounts: Vec<DiscountTerms>,
    /// The sales tax on top of it or within it.
    pub tax: Option<Arc<Tax>>,
}

impl Terms {
    /// The amount of one cycle: quantities and tiers counted, discounts taken off, tax and usage left out.
    #[must_use]
    pub fn recurring(&self) -> Exact {
        let net: Exact = self.discounted().into_iter().sum();
        match &self.tax {
            Some(tax) if tax.inclusive => net * ratio(100, 100 + tax.percent),
            _ => net,
        }
    }

    /// What is left of each item's amount after the discounts: those of items first, then those of the whole, each in
    /// their order. An amount off is shared by the items it touches in proportion, and never takes more than there is.
    pub(super) fn discounted(&self) -> Vec<Exact> {
        let mut amounts: Vec<Exact> = self.items.iter().map(|item| self.listed(item)).collect();
        for discount in in_stripe_order(&self.discounts) {
            let touched: Vec<bool> = self
                .items
                .iter()
                .map(|item| discount.touches(item))
                .collect();
            let base: Exact = amounts
                .iter()
                .zip(&touched)
                .filter(|(_, touched)| **touched)
                .map(|(amount, _)| *amount)
                .sum();
            let kept = match discount.coupon.off {
                Off::PerMille(off) => ratio(1000 - off, 1000),
                Off::Amount(off, _) if base > whole(off) => (base - whole(off)) / base,
                Off::Amount(..) => whole(0),
            };
            for (amount, touched) in amounts.iter_mut().zip(touched) {
                if touched {
                    *amount *= kept;
                }
            }
        }
        amounts
    }

    /// One item, priced as a whole number of minor units a unit, with no discount, no usage and no tax within it.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        let [item] = self.items.as_slice() else {
            return false;
        };
        let whole_unit = matches!(
            item.price.pricing(self.currency),
            Some(Pricing::PerUnit(unit)) if unit.is_integer()
        );
        let tax_within = self.tax.as_ref().is_some_and(|tax| tax.inclusive);
        whole_unit
            && self.discounts.is_empty()
            && !tax_within
            && item.price.currency() == self.currency
    }

    fn listed(&self, item: &ItemTerms) -> Exact {
        item.price
            .pricing(self.currency)
            .map_or_else(|| whole(0), |pricing| pricing.recurring(item.quantity))
    }
}

/// The order in which discounts apply: Stripe documents that those of a line come before those of the invoice.
pub(super) fn in_stripe_order(discounts: &[DiscountTerms]) -> impl Iterator<Item = &DiscountTerms> {
    let on_item = |discount: &&DiscountTerms| matches!(discount.level, Level::Item(_));
    discounts
        .iter()
        .filter(on_item)
        .chain(discounts.iter().filter(move |discount| !on_item(discount)))
}
