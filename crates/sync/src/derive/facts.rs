use clearsync_billing::{Discount, Interval, Money, Subscription};
use clearsync_store::Figure;
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::known::{Customer, Known};

/// What is shown of a subscription and written to `HubSpot` besides its MRR.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionFacts {
    /// The customer's name.
    pub customer_name: Option<String>,
    /// The billing e-mail.
    pub email: Option<String>,
    /// Names of what is sold, without repetition.
    pub plans: Vec<String>,
    /// Ids of its prices.
    pub prices: Vec<String>,
    /// Ids of its products.
    pub products: Vec<String>,
    /// Ids of the coupons on it, its items and its customer.
    pub coupons: Vec<String>,
    /// Names of those coupons.
    pub coupon_names: Vec<String>,
    /// Quantity over all items that have one.
    pub quantity: Option<u64>,
    /// The interval of its first recurring item.
    pub interval: Option<Interval>,
    /// MRR before discounts.
    pub list_mrr: Money,
    /// When it began.
    pub started_at: Timestamp,
    /// When its trial ends or ended.
    pub trial_ends_at: Option<Timestamp>,
    /// When the current period ends and the next one is billed; `None` when none follows.
    pub renews_at: Option<Timestamp>,
    /// When it ends or ended.
    pub cancels_at: Option<Timestamp>,
    /// How it is paid, where known.
    pub payment_method: Option<PaymentMethod>,
}

/// How something is paid. Never more than what Stripe shows of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentMethod {
    /// Stripe's word for the kind, such as `card` or `sepa_debit`.
    pub kind: String,
    /// A card's brand, such as `visa`.
    pub brand: Option<String>,
    /// The last four digits.
    pub last_four: Option<String>,
    /// The first moment, in UTC, in which a card is no longer good.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
}

impl SubscriptionFacts {
    /// The facts kept beside a figure.
    #[must_use]
    pub fn of(figure: &Figure) -> Option<Self> {
        Self::deserialize(&figure.facts).ok()
    }

    /// Ids of everything but the subscription and its customer that the figure is made from.
    pub fn ingredients(&self) -> impl Iterator<Item = &str> {
        let ids = self
            .prices
            .iter()
            .chain(&self.products)
            .chain(&self.coupons);
        ids.map(String::as_str)
    }

    pub(super) fn new(
        subscription: &Subscription,
        figure: &clearsync_billing::Figure,
        customer: &Customer,
        known: &Known,
    ) -> Self {
        let mut plans = Vec::new();
        let mut prices = Vec::new();
        let mut products = Vec::new();
        for item in &subscription.items {
            let product = item.product().map(|id| id.as_str().to_owned());
            let name = product.as_ref().and_then(|id| known.product_names.get(id));
            let plan = name
                .cloned()
                .or_else(|| item.price.nickname.clone())
                .or_else(|| product.clone());
            add_once(&mut plans, plan);
            add_once(&mut prices, Some(item.price.id.as_str().to_owned()));
            add_once(&mut products, product);
        }
        let mut coupons = Vec::new();
        let mut coupon_names = Vec::new();
        for discount in discounts(subscription) {
            add_once(
                &mut coupons,
                discount.coupon_id.as_ref().map(|id| id.as_str().to_owned()),
            );
            let coupon = discount.coupon.as_ref();
            add_once(
                &mut coupon_names,
                coupon.map(|coupon| coupon.name.clone().unwrap_or_else(|| coupon.id.to_string())),
            );
        }
        let ends_at = subscription.scheduled_end();
        let period_end = subscription.current_period().map(|period| period.end);
        let goes_on = !subscription.status.is_final();
        Self {
            customer_name: customer.name.clone(),
            email: customer.email.clone(),
            plans,
            prices,
            products,
            coupons,
            coupon_names,
            quantity: quantity(subscription),
            interval: subscription
                .items
                .iter()
                .find_map(|item| Some(item.price.recurring?.interval)),
            list_mrr: figure.list.round(),
            started_at: subscription.start_date,
            trial_ends_at: subscription.trial.map(|trial| trial.end),
            renews_at: period_end.filter(|end| goes_on && ends_at.is_none_or(|ends| ends > *end)),
            cancels_at: subscription.ended_at.or(ends_at),
            payment_method: customer.pays_by().cloned(),
        }
    }
}

impl PaymentMethod {
    pub(super) fn of(value: &Value) -> Option<Self> {
        let kind = value.get("type")?.as_str()?.to_owned();
        let details = value.get(&kind);
        let detail = |field| Some(details?.get(field)?.as_str()?.to_owned());
        Some(Self {
            brand: detail("brand"),
            last_four: detail("last4"),
            expires_at: details.and_then(expires_at),
            kind,
        })
    }
}

/// Cards are good to the end of the month that is printed on them.
fn expires_at(card: &Value) -> Option<Timestamp> {
    let number = |field| card.get(field)?.as_i64();
    let year = i16::try_from(number("exp_year")?).ok()?;
    let month = i8::try_from(number("exp_month")?).ok()?;
    let last_month = Date::new(year, month, 1).ok()?;
    let next = last_month.checked_add(1.month()).ok()?;
    Some(next.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp())
}

/// The next date in the subscription after which its figure may differ although nothing changes in Stripe.
pub(super) fn next_date(subscription: &Subscription, now: Timestamp) -> Option<Timestamp> {
    let bounds = discounts(subscription).flat_map(|discount| {
        let only_in = discount.only_in;
        [
            discount.start,
            discount.end,
            only_in.map(|period| period.start),
            only_in.map(|period| period.end),
        ]
    });
    let periods = subscription.items.iter().map(|item| item.current_period);
    let period_ends = periods.map(|period| period.map(|period| period.end));
    let pause = subscription.pause_collection.as_ref();
    let dates = bounds.chain(period_ends).chain([
        Some(subscription.start_date),
        subscription.trial.map(|trial| trial.end),
        subscription.scheduled_end(),
        pause.and_then(|pause| pause.resumes_at),
    ]);
    dates.flatten().filter(|date| *date > now).min()
}

fn discounts(subscription: &Subscription) -> impl Iterator<Item = &Discount> {
    let on_items = subscription.items.iter().flat_map(|item| &item.discounts);
    subscription
        .discounts
        .iter()
        .chain(&subscription.customer_discount)
        .chain(on_items)
}

fn quantity(subscription: &Subscription) -> Option<u64> {
    let quantities = subscription.items.iter().filter_map(|item| item.quantity);
    quantities.fold(None, |sum, quantity| {
        Some(sum.unwrap_or(0_u64).saturating_add(quantity))
    })
}

pub(super) fn add_once<T: PartialEq>(list: &mut Vec<T>, value: Option<T>) {
    if let Some(value) = value
        && !list.contains(&value)
    {
        list.push(value);
    }
}
