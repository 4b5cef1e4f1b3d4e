use clearsync_billing::{Amount, Currency, Fraction, Money};
use clearsync_hubspot::SUBSCRIPTION_ID;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{
    kind::{CLOSE_DATE, DEAL_STAGE, Kind, PIPELINE},
    metadata,
    portal::Portal,
    row::Values,
    subscription::{Item, Subscription},
    values::{day, fitted, is_of_the_write},
};

const HASH: &str = "clearsync_record_hash";

/// What is to stand in a subscription's record, on its deal as on its own object.
pub(super) fn values(
    subscription: &Subscription,
    kind: Kind,
    portal: &Portal,
    account: Option<&str>,
) -> Values {
    let told = Told::of(subscription, portal, account);
    let mut values: Values = portal
        .chosen(kind)
        .iter()
        .filter(|own| !is_of_the_write(&own.name) && own.name != HASH)
        .map(|own| {
            let value = told.value(&own.name).unwrap_or_default();
            (own.name.to_string(), fitted(own, value))
        })
        .collect();
    for (field, own) in metadata::properties(&portal.writing().metadata) {
        let said = subscription.metadata.get(&(field.owner, field.key.clone()));
        let said = said.map_or(&[][..], Vec::as_slice);
        if let Some(value) = values.get_mut(&*own.name) {
            *value = metadata::joined(field.kind, said);
        }
    }
    if kind == Kind::Deals {
        values.extend(told.deal());
    }
    if portal.chosen(kind).iter().any(|own| own.name == HASH) {
        let hash = hash(&values);
        values.insert(HASH.to_owned(), hash);
    }
    values
}

/// What people recognise a subscription by.
pub(super) fn label(subscription: &Subscription) -> String {
    let facts = &subscription.facts;
    let who = facts.customer_name.as_ref().or(facts.email.as_ref());
    let who = who.unwrap_or(&subscription.figure.customer);
    match facts.plans.as_slice() {
        [] => who.clone(),
        plans => format!("{who} – {}", plans.join(", ")),
    }
}

/// What is to stand in the line item of one part of a subscription.
pub(super) fn item_values(subscription: &Subscription, item: &Item, portal: &Portal) -> Values {
    let currency = item.price.currency.parse::<Currency>().ok();
    let price = item.price.unit_amount.zip(currency);
    let price = price.map(|(amount_minor, currency)| money(amount_minor, currency));
    let value = |name: &str| match name {
        clearsync_hubspot::LINE_ITEM_ID => Some(item.id.clone()),
        "clearsync_related_subscription_id" => Some(subscription.figure.subscription.clone()),
        "clearsync_price_id" => Some(item.price.id.clone()),
        "clearsync_currency" => currency.map(|currency| currency.to_string()),
        _ => None,
    };
    let own = portal.chosen(Kind::LineItems);
    let mut values: Values = own
        .iter()
        .filter(|own| !is_of_the_write(&own.name))
        .map(|own| {
            let value = value(&own.name).unwrap_or_default();
            (own.name.to_string(), fitted(own, value))
        })
        .collect();
    let name = item.product_name.clone().or(item.price.nickname.clone());
    values.insert("name".to_owned(), name.unwrap_or(item.price.id.clone()));
    // An amount in another currency would be shown with the portal's symbol.
    let shown = price.filter(|_| currency == portal.currency());
    values.insert("price".to_owned(), shown.unwrap_or_default());
    let quantity = item.quantity.unwrap_or(1);
    values.insert("quantity".to_owned(), quantity.to_string());
    values
}

struct Told<'a> {
    subscription: &'a Subscription,
    portal: &'a Portal,
    /// Stripe's id of the account.
    account: Option<&'a str>,
    currency: Currency,
}

impl<'a> Told<'a> {
    fn of(subscription: &'a Subscription, portal: &'a Portal, account: Option<&'a str>) -> Self {
        Self {
            account,
            subscription,
            portal,
            currency: subscription.facts.list_mrr.currency,
        }
    }

    fn value(&self, name: &str) -> Option<String> {
        self.who(name)
            .or_else(|| self.sums(name))
            .or_else(|| self.dates(name))
            .or_else(|| self.state(name))
            .or_else(|| self.bills(name))
            .or_else(|| self.moved(name))
    }

    fn who(&self, name: &str) -> Option<String> {
        let subscription = self.subscription;
        let facts = &subscription.facts;
        let nicknames = || {
            let named = subscription.items.iter();
            let named: Vec<&str> = named
                .filter_map(|item| item.price.nickname.as_deref())
                .collect();
            named.join(", ")
        };
        match name {
            SUBSCRIPTION_ID => Some(subscription.figure.subscription.clone()),
            "clearsync_name" => Some(label(subscription)),
            "clearsync_customer_id" => Some(subscription.figure.customer.clone()),
            "clearsync_account_id" => self.account.map(str::to_owned),
            "clearsync_live_mode" => subscription.details.livemode.map(|live| live.to_string()),
            "clearsync_customer_name" => facts.customer_name.clone(),
            "clearsync_customer_email" => facts.email.clone(),
            "clearsync_plans" => Some(facts.plans.join(", ")),
            "clearsync_price_names" => Some(nicknames()),
            "clearsync_price_ids" => Some(facts.prices.join(", ")),
            "clearsync_quantity" => facts.quantity.map(|quantity| quantity.to_string()),
            "clearsync_currency" => Some(self.currency.to_string()),
            _ => None,
        }
    }

    fn sums(&self, name: &str) -> Option<String> {
        let facts = &self.subscription.facts;
        let mrr_minor = self.subscription.figure.rounded_minor;
        let money = |amount_minor| Some(money(amount_minor, self.currency));
        let coupon = self.subscription.coupon.as_ref();
        match name {
            "clearsync_mrr" => money(mrr_minor),
            "clearsync_arr" => Some(self.yearly()),
            "clearsync_list_mrr" => money(facts.list_mrr.amount_minor),
            "clearsync_discount_mrr" => money(facts.list_mrr.amount_minor - mrr_minor),
            "clearsync_company_currency_mrr" if self.portal.currency() == Some(self.currency) => {
                money(mrr_minor)
            }
            "clearsync_exchange_rate" if self.portal.currency() == Some(self.currency) => {
                Some("1".to_owned())
            }
            "clearsync_coupon" => Some(facts.coupon_names.join(", ")),
            "clearsync_coupon_ids" => Some(facts.coupons.join(", ")),
            "clearsync_coupon_percent" => coupon?.percent_off.as_ref().map(ToString::to_string),
            "clearsync_coupon_amount" => money(coupon?.amount_off?),
            "clearsync_mrr_policy" => self.subscription.policy(),
            "clearsync_mrr_explanation" => Some(self.subscription.explained.as_ref()?.sentence()),
            _ => None,
        }
    }

    fn dates(&self, name: &str) -> Option<String> {
        let facts = &self.subscription.facts;
        let details = &self.subscription.details;
        let (start, end) = self.subscription.period();
        let date = match name {
            "clearsync_coupon_end" => self.subscription.discount_end(),
            "clearsync_start_date" => Some(facts.started_at),
            "clearsync_trial_start" => details.trial_start,
            "clearsync_trial_end" => facts.trial_ends_at,
            "clearsync_period_start" => start,
            "clearsync_period_end" => end,
            "clearsync_next_renewal" => facts.renews_at,
            "clearsync_cancellation_date" => facts.cancels_at,
            "clearsync_ended_at" => details.ended_at,
            "clearsync_pause_resumes" => details.pause_collection.as_ref()?.resumes_at,
            "clearsync_first_paid_date" => self.subscription.bills.first_paid_at,
            _ => None,
        };
        date.map(day)
    }

    fn state(&self, name: &str) -> Option<String> {
        let subscription = self.subscription;
        let details = &subscription.details;
        let status = subscription.figure.status.as_str();
        let interval = || subscription.interval();
        let method = || subscription.facts.payment_method.as_ref();
        let cancellation = || details.cancellation.as_ref();
        match name {
            "clearsync_status" => Some(status.to_owned()),
            "clearsync_interval" => interval()?.interval.clone(),
            "clearsync_interval_count" => interval()?.interval_count.map(|count| count.to_string()),
            "clearsync_cancel_at_period_end" => {
                details.cancel_at_period_end.map(|ends| ends.to_string())
            }
            "clearsync_cancellation_reason" => cancellation()?.reason.clone(),
            "clearsync_cancellation_feedback" => cancellation()?.feedback.clone(),
            "clearsync_cancellation_comment" => cancellation()?.comment.clone(),
            "clearsync_pause_behavior" => details.pause_collection.as_ref()?.behavior.clone(),
            "clearsync_collection_method" => details.collection_method.clone(),
            "clearsync_days_until_due" => details.days_until_due.map(|days| days.to_string()),
            "clearsync_payment_method" => method().map(|method| method.kind.clone()),
            "clearsync_card_brand" => method()?.brand.clone(),
            "clearsync_card_last_four" => method()?.last_four.clone(),
            "clearsync_card_expiry" => subscription.card_expiry.clone(),
            "clearsync_past_due" => Some(matches!(status, "past_due" | "unpaid").to_string()),
            "clearsync_delinquent" => subscription.delinquent.map(|late| late.to_string()),
            _ => None,
        }
    }

    fn bills(&self, name: &str) -> Option<String> {
        let bills = &self.subscription.bills;
        let money = |amount_minor| Some(money(amount_minor, self.currency));
        let last = || bills.last.as_ref();
        match name {
            "clearsync_open_balance" => money(bills.open_minor),
            "clearsync_lifetime_paid" => money(bills.paid_minor),
            "clearsync_paid_mrr_events" => Some(bills.paid.to_string()),
            "clearsync_last_invoice_id" => last().map(|last| last.id.clone()),
            "clearsync_last_invoice_status" => last()?.status.clone(),
            "clearsync_last_invoice_amount" => money(last()?.total_minor),
            "clearsync_last_invoice_url" => last()?.url.clone(),
            _ => None,
        }
    }

    fn moved(&self, name: &str) -> Option<String> {
        let last = self.subscription.last_movement.as_ref()?;
        match name {
            "clearsync_last_movement_type" => last.kind_in_words(),
            "clearsync_last_movement_date" => Some(day(last.at)),
            "clearsync_last_movement_change" => Some(money(last.change_minor, last.currency)),
            _ => None,
        }
    }

    /// HubSpot's own properties of the deal. An amount in a currency deals cannot have would be summed up falsely, so that
    /// it is left empty.
    fn deal(&self) -> Values {
        let stage = self.stage();
        let can = self.portal.has_currency(self.currency);
        let amount = if can {
            money(self.subscription.figure.rounded_minor, self.currency)
        } else {
            String::new()
        };
        let text = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut values = Values::from([
            text("dealname", &label(self.subscription)),
            text("pipeline", PIPELINE.id),
            text(DEAL_STAGE, stage),
            text("amount", &amount),
            text(CLOSE_DATE, &self.closes_at().to_string()),
        ]);
        if self.portal.has_several_currencies() {
            let code = if can {
                self.currency.to_string()
            } else {
                String::new()
            };
            values.insert("deal_currency_code".to_owned(), code);
        }
        values
    }

    fn stage(&self) -> &'static str {
        let ends = self.subscription.facts.cancels_at.is_some();
        match self.subscription.figure.status.as_str() {
            "canceled" | "incomplete_expired" => "clearsync_canceled",
            _ if ends => "clearsync_scheduled_to_cancel",
            "trialing" => "clearsync_trial",
            "past_due" | "unpaid" => "clearsync_past_due",
            "paused" => "clearsync_paused",
            "incomplete" => "clearsync_incomplete",
            _ => "clearsync_active",
        }
    }

    /// When it ended or will end; for what goes on, when it is next decided on.
    fn closes_at(&self) -> Timestamp {
        let facts = &self.subscription.facts;
        let (_, end) = self.subscription.period();
        facts
            .cancels_at
            .or(facts.renews_at)
            .or(end)
            .unwrap_or(facts.started_at)
    }

    /// Twelve times the exact MRR, rounded once.
    fn yearly(&self) -> String {
        let exact = self.subscription.figure.exact.parse::<Fraction>();
        let minor = &exact.unwrap_or_default() * &Fraction::from(12_u32);
        Amount::new(minor, self.currency).round().to_decimal()
    }
}

fn money(amount_minor: i64, currency: Currency) -> String {
    let money = Money {
        amount_minor,
        currency,
    };
    money.to_decimal()
}

/// The first half of a digest over all values.
fn hash(values: &Values) -> String {
    use std::fmt::Write;
    let mut digest = Sha256::new();
    for (name, value) in values {
        digest.update(name.as_bytes());
        digest.update([0]);
        digest.update(value.as_bytes());
        digest.update([0]);
    }
    let mut text = String::new();
    for byte in digest.finalize().iter().take(8) {
        // Writing to a text cannot fail.
        _ = write!(text, "{byte:02x}");
    }
    text
}
