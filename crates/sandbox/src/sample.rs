use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::{
    Clock, Served,
    business::{Business, Shape},
    by_key,
    hubspot::{ExchangeRate, HubSpotSandbox, Lags, PortalShape, Tier},
    serve,
    stripe::{SandboxKey, StripeSandbox},
};

/// The sample accounts: a business of some four hundred customers in Stripe, and a HubSpot portal that knows a few of
/// them already.
pub struct Sample {
    /// The Stripe side.
    pub stripe: StripeSandbox,
    /// The HubSpot side.
    pub hubspot: HubSpotSandbox,
    business: Mutex<Business>,
    clock: Arc<dyn Clock>,
}

/// Both sides of all accounts on ports of this computer.
pub struct ServedSample {
    /// Where Stripe answers.
    pub stripe: Served,
    /// Where HubSpot answers.
    pub hubspot: Served,
}

impl Sample {
    /// The sample account's restricted key. It opens nothing but the sandbox.
    pub const STRIPE_KEY: &str = "rk_test_51SampleAccountOfClearSyncNothingReal0001";
    /// The sample portal's service key. It opens nothing but the sandbox.
    pub const HUBSPOT_TOKEN: &str = "pat-na1-5a3b1e00-c1ea-4000-8000-0000005a3b1e";
    /// The key of the second sample account.
    pub const SECOND_STRIPE_KEY: &str = "rk_test_51SecondSampleOfClearSyncNothingReal0002";
    /// The key of the second sample portal.
    pub const SECOND_HUBSPOT_TOKEN: &str = "pat-na1-5a3b1e00-c1ea-4000-8000-0000005a3b2e";
    /// What the sample key may do: the whole checklist.
    pub const PERMISSIONS: [&str; 15] = [
        "charge_read",
        "customer_read",
        "event_read",
        "payment_intent_read",
        "payment_method_read",
        "product_read",
        "coupon_read",
        "invoice_read",
        "plan_read",
        "subscription_read",
        "connected_account_read",
        "application_fee_read",
        "transfer_read",
        "top_up_read",
        "webhook_write",
    ];
    /// What the sample token may do.
    pub const SCOPES: [&str; 8] = [
        "crm.objects.contacts.read",
        "crm.objects.contacts.write",
        "crm.objects.companies.read",
        "crm.objects.companies.write",
        "crm.schemas.contacts.read",
        "crm.schemas.contacts.write",
        "crm.schemas.companies.read",
        "crm.schemas.companies.write",
    ];
    /// What a token needs beside to read the portal's exchange rates.
    pub const RATES_SCOPE: &str = "settings.currencies.read";
    const SEED: u64 = 7;
    const SECOND_SEED: u64 = 8;

    /// Plays the business up to now and opens the accounts.
    #[must_use]
    pub fn open(clock: Arc<dyn Clock>) -> Self {
        let business = Business::play(Self::SEED, &Shape::sample(), clock.now());
        Self::of(business, clock).with_keys(Self::STRIPE_KEY, Self::HUBSPOT_TOKEN)
    }

    /// A second, smaller business with accounts of its own, to try several accounts on.
    #[must_use]
    pub fn second(clock: Arc<dyn Clock>) -> Self {
        let business = Business::play(Self::SECOND_SEED, &Shape::small(), clock.now());
        let sample = Self::of(business, clock)
            .with_keys(Self::SECOND_STRIPE_KEY, Self::SECOND_HUBSPOT_TOKEN);
        sample.stripe.set_account_name("Sample Roastery");
        sample.hubspot.reshape(|shape| shape.portal_id += 1);
        sample
    }

    fn with_keys(self, stripe_key: &str, token: &str) -> Self {
        self.stripe
            .add_key(SandboxKey::new(stripe_key, Self::PERMISSIONS));
        let scopes = Self::SCOPES.into_iter().chain([Self::RATES_SCOPE]);
        self.hubspot.add_token(token, scopes);
        self
    }

    /// The accounts of a business, without keys.
    #[must_use]
    pub fn of(business: Business, clock: Arc<dyn Clock>) -> Self {
        let stripe = StripeSandbox::new(business.data(), Arc::clone(&clock));
        stripe.set_account_id(business.account_id());
        let portal = PortalShape {
            tier: Tier::Starter,
            lags: Lags::OBSERVED,
            additional_currencies: ["EUR", "JPY", "KWD"].map(str::to_owned).to_vec(),
            exchange_rates: exchange_rates(),
            ..PortalShape::default()
        };
        let hubspot = HubSpotSandbox::new(portal, Arc::clone(&clock), Self::SEED);
        Self {
            stripe,
            hubspot,
            business: Mutex::new(business),
            clock,
        }
    }

    /// Lets both sides answer on free ports, each answer held back by `latency`.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn serve(&self, latency: Duration) -> io::Result<ServedSample> {
        Ok(ServedSample {
            stripe: serve(self.stripe.router(), 0, latency).await?,
            hubspot: serve(self.hubspot.router(), 0, latency).await?,
        })
    }

    /// Lets both sides of two samples answer, told apart by the keys they come with.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn serve_two(
        [one, other]: [&Self; 2],
        latency: Duration,
    ) -> io::Result<ServedSample> {
        let stripe = by_key(vec![
            (vec![Self::STRIPE_KEY], one.stripe.router()),
            (vec![Self::SECOND_STRIPE_KEY], other.stripe.router()),
        ]);
        let hubspot = by_key(vec![
            (vec![Self::HUBSPOT_TOKEN], one.hubspot.router()),
            (vec![Self::SECOND_HUBSPOT_TOKEN], other.hubspot.router()),
        ]);
        Ok(ServedSample {
            stripe: serve(stripe, 0, latency).await?,
            hubspot: serve(hubspot, 0, latency).await?,
        })
    }

    /// Lets the business live on to now and says how many events that made.
    pub fn live_on(&self) -> usize {
        self.with_business(|business| business.advance(self.clock.now()))
    }

    /// Looks at the business behind the accounts.
    pub fn with_business<T>(&self, look: impl FnOnce(&mut Business) -> T) -> T {
        look(&mut self.business.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The rates somebody entered in the sample portal.
fn exchange_rates() -> Vec<ExchangeRate> {
    let entered = [
        ("EUR", "1.0832", "2025-01-01T00:00:00Z"),
        ("JPY", "0.006735", "2025-01-01T00:00:00Z"),
        ("KWD", "3.2541", "2025-01-01T00:00:00Z"),
        ("EUR", "1.125", "2026-05-15T00:00:00Z"),
    ];
    let rate = |(from, rate, since): (&str, &str, &str)| {
        Some(ExchangeRate {
            from: from.to_owned(),
            rate: rate.to_owned(),
            effective_at: since.parse().ok()?,
        })
    };
    entered.into_iter().filter_map(rate).collect()
}
