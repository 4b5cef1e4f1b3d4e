//! What the business sells, and the coupons and taxes it knows.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;

use super::{
    calendar::{Cadence, Interval},
    dice::Ids,
    money::{Currency, ratio, whole},
    promotions::{coupons, taxes},
    terms::{Coupon, Off, Price, Pricing, Product, Tax, Tier},
};

/// Every plan on the price list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Plan {
    Starter,
    StarterYearly,
    /// One price with an amount for each currency.
    StarterGlobal,
    StarterRaised,
    Team,
    TeamQuarterly,
    TeamYearly,
    TeamRaised,
    /// Closed to new customers; moved over to [`Plan::Team`] in the end.
    LegacyTeam,
    Digest,
    Pulse,
    Scale,
    ScaleYearly,
    Messages,
    Storage,
    ApiCalls,
    Insights,
    InsightsYearly,
    /// One of the many small modules that large customers pick from.
    Module(u8),
}

/// How many modules there are where they are sold.
pub(super) const MODULES: u8 = 40;

/// The product that is closed in the end.
pub(super) const LEGACY_PRODUCT: &str = "Team (legacy)";

const MONTHLY: Cadence = Cadence::every(1, Interval::Month);
const YEARLY: Cadence = Cadence::every(1, Interval::Year);

/// How a plan is priced, in US cents.
enum Tariff {
    Unit(i64),
    TenthsOfUnit(i64),
    Package(i64, u64),
    Graduated(&'static [(Option<u64>, i64, i64)]),
    Volume(&'static [(Option<u64>, i64, i64)]),
    Metered(i64),
}

/// A row of the price list: plan, product, nickname, cycle, tariff.
type Row = (Plan, &'static str, &'static str, Cadence, Tariff);

const PRICE_LIST: [Row; 18] = [
    (
        Plan::Starter,
        "Starter",
        "Starter monthly",
        MONTHLY,
        Tariff::Unit(1900),
    ),
    (
        Plan::StarterYearly,
        "Starter",
        "Starter yearly",
        YEARLY,
        Tariff::Unit(19_000),
    ),
    (
        Plan::StarterGlobal,
        "Starter",
        "Starter worldwide",
        MONTHLY,
        Tariff::Unit(2000),
    ),
    (
        Plan::StarterRaised,
        "Starter",
        "Starter monthly 2026",
        MONTHLY,
        Tariff::Unit(2300),
    ),
    (
        Plan::Team,
        "Team",
        "Team monthly",
        MONTHLY,
        Tariff::Unit(1200),
    ),
    (
        Plan::TeamQuarterly,
        "Team",
        "Team every 3 months",
        Cadence::every(3, Interval::Month),
        Tariff::Unit(3300),
    ),
    (
        Plan::TeamYearly,
        "Team",
        "Team yearly",
        YEARLY,
        Tariff::Unit(12_000),
    ),
    (
        Plan::TeamRaised,
        "Team",
        "Team monthly 2026",
        MONTHLY,
        Tariff::Unit(1400),
    ),
    (
        Plan::LegacyTeam,
        LEGACY_PRODUCT,
        "Team 2023",
        MONTHLY,
        Tariff::Unit(900),
    ),
    (
        Plan::Digest,
        "Digest",
        "Digest weekly",
        Cadence::every(1, Interval::Week),
        Tariff::Unit(700),
    ),
    (
        Plan::Pulse,
        "Pulse",
        "Pulse daily",
        Cadence::every(1, Interval::Day),
        Tariff::Unit(200),
    ),
    (
        Plan::Scale,
        "Scale",
        "Scale monthly",
        MONTHLY,
        Tariff::Graduated(&[(Some(5), 0, 9900), (Some(25), 1500, 0), (None, 1100, 2500)]),
    ),
    (
        Plan::ScaleYearly,
        "Scale",
        "Scale yearly",
        YEARLY,
        Tariff::Volume(&[
            (Some(10), 16_000, 5000),
            (Some(50), 14_000, 0),
            (None, 12_000, 0),
        ]),
    ),
    (
        Plan::Messages,
        "Messages",
        "Messages monthly",
        MONTHLY,
        Tariff::TenthsOfUnit(125),
    ),
    (
        Plan::Storage,
        "Storage",
        "Storage by 100 GB",
        MONTHLY,
        Tariff::Package(500, 100),
    ),
    (
        Plan::ApiCalls,
        "API calls",
        "API calls",
        MONTHLY,
        Tariff::Metered(3),
    ),
    (
        Plan::Insights,
        "Insights",
        "Insights monthly",
        MONTHLY,
        Tariff::Unit(4900),
    ),
    (
        Plan::InsightsYearly,
        "Insights",
        "Insights yearly",
        YEARLY,
        Tariff::Unit(49_000),
    ),
];

/// The price of a setup, charged once.
#[derive(Debug)]
pub(super) struct SetupFee {
    pub(super) price_id: String,
    pub(super) currency: Currency,
    pub(super) amount_minor: i64,
    pub(super) created: Timestamp,
}

/// The whole offer.
#[derive(Debug)]
pub(super) struct Catalog {
    pub(super) products: Vec<Arc<Product>>,
    pub(super) coupons: Vec<Arc<Coupon>>,
    pub(super) taxes: Vec<Arc<Tax>>,
    pub(super) setup_product: Arc<Product>,
    pub(super) setup_fees: Vec<SetupFee>,
    pub(super) opened: Timestamp,
    prices: BTreeMap<(Plan, Currency), Arc<Price>>,
}

impl Catalog {
    /// The price list in these currencies, with the modules if they are sold; those in the first currency alone.
    pub(super) fn new(
        ids: &mut Ids,
        currencies: &[Currency],
        with_modules: bool,
        opened: Timestamp,
    ) -> Self {
        let mut products: Vec<Arc<Product>> = Vec::new();
        let mut prices = BTreeMap::new();
        for (plan, product, nickname, cadence, tariff) in &PRICE_LIST {
            let known = products.iter().find(|known| known.name == *product);
            let product = known.cloned().unwrap_or_else(|| {
                let made = new_product(ids, product);
                products.push(Arc::clone(&made));
                made
            });
            let in_currency = |currency| (currency, tariff.in_currency(currency));
            let offers: Vec<Vec<(Currency, Pricing)>> = if *plan == Plan::StarterGlobal {
                vec![currencies.iter().copied().map(in_currency).collect()]
            } else {
                currencies
                    .iter()
                    .map(|&one| vec![in_currency(one)])
                    .collect()
            };
            for pricings in offers {
                let price = Arc::new(Price {
                    id: ids.long("price_"),
                    product: Arc::clone(&product),
                    cadence: *cadence,
                    nickname: (*nickname).to_owned(),
                    lookup_key: lookup_key(nickname, &pricings),
                    meter: matches!(tariff, Tariff::Metered(_)).then(|| ids.long("mtr_")),
                    created: opened,
                    pricings,
                });
                for (currency, _) in &price.pricings {
                    prices.insert((*plan, *currency), Arc::clone(&price));
                }
            }
        }
        let home = currencies.first().copied().filter(|_| with_modules);
        for (module, currency) in home
            .into_iter()
            .flat_map(|home| (1..=MODULES).map(move |n| (n, home)))
        {
            let price = module_price(ids, module, currency, opened);
            products.push(Arc::clone(&price.product));
            prices.insert((Plan::Module(module), currency), Arc::new(price));
        }
        let setup_product = new_product(ids, "Onboarding");
        products.push(Arc::clone(&setup_product));
        Self {
            coupons: coupons(currencies, &products, opened),
            taxes: taxes(ids, opened),
            setup_product,
            setup_fees: setup_fees(ids, currencies, opened),
            opened,
            prices,
            products,
        }
    }

    /// A plan's price in a currency, where the business sells in it.
    pub(super) fn price(&self, plan: Plan, currency: Currency) -> Option<Arc<Price>> {
        self.prices.get(&(plan, currency)).cloned()
    }

    /// Every price once.
    pub(super) fn prices(&self) -> impl Iterator<Item = &Arc<Price>> {
        self.prices
            .iter()
            .filter(|((_, currency), price)| price.currency() == *currency)
            .map(|(_, price)| price)
    }

    /// The coupons that can be given to a customer of this currency.
    pub(super) fn coupons_for(&self, currency: Currency) -> Vec<&Arc<Coupon>> {
        self.coupons
            .iter()
            .filter(|coupon| match coupon.off {
                Off::PerMille(_) => true,
                Off::Amount(_, only) => only == currency,
            })
            .collect()
    }
}

impl Tariff {
    fn in_currency(&self, currency: Currency) -> Pricing {
        let listed = |cents| currency.listed(cents);
        let tiers = |steps: &[(Option<u64>, i64, i64)]| {
            steps
                .iter()
                .map(|&(up_to, unit, flat)| Tier {
                    up_to,
                    unit_minor: listed(unit),
                    flat_minor: listed(flat),
                })
                .collect()
        };
        match self {
            Self::Unit(cents) => Pricing::PerUnit(whole(listed(*cents))),
            Self::TenthsOfUnit(tenths) => Pricing::PerUnit(ratio(*tenths, 10)),
            Self::Package(cents, size) => Pricing::Package {
                package_minor: listed(*cents),
                size: *size,
            },
            Self::Graduated(steps) => Pricing::Graduated(tiers(steps)),
            Self::Volume(steps) => Pricing::Volume(tiers(steps)),
            Self::Metered(cents) => Pricing::Metered(whole(listed(*cents).max(1))),
        }
    }
}

fn new_product(ids: &mut Ids, name: &str) -> Arc<Product> {
    let unit_label = match name {
        "Team" | LEGACY_PRODUCT | "Scale" => Some("seat"),
        "Storage" => Some("GB"),
        "Messages" => Some("message"),
        _ => None,
    };
    Arc::new(Product {
        id: ids.short("prod_"),
        name: name.to_owned(),
        unit_label,
    })
}

fn module_price(ids: &mut Ids, module: u8, currency: Currency, created: Timestamp) -> Price {
    let name = format!("Module {module:02}");
    let unit = whole(currency.listed(400 + 25 * i64::from(module)));
    Price {
        id: ids.long("price_"),
        product: new_product(ids, &name),
        cadence: MONTHLY,
        pricings: vec![(currency, Pricing::PerUnit(unit))],
        nickname: name,
        lookup_key: None,
        meter: None,
        created,
    }
}

fn lookup_key(nickname: &str, pricings: &[(Currency, Pricing)]) -> Option<String> {
    let (currency, _) = pricings.first()?;
    let words = nickname.to_lowercase().replace(' ', "_");
    Some(format!("{words}_{}", currency.code()))
}

fn setup_fees(ids: &mut Ids, currencies: &[Currency], created: Timestamp) -> Vec<SetupFee> {
    currencies
        .iter()
        .map(|&currency| SetupFee {
            price_id: ids.long("price_"),
            currency,
            amount_minor: currency.listed(25_000),
            created,
        })
        .collect()
}
