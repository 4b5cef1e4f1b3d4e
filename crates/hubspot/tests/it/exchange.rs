//! The account's own exchange rates.

use clearsync_hubspot::{EXCHANGE_RATES_SCOPE, Mode, Reason};
use clearsync_sandbox::hubspot::{ExchangeRate, PortalShape};
use jiff::{SignedDuration, Timestamp};

use crate::{
    scripted::TOKEN,
    simulated::{connect, portal, summary_scopes},
};

fn with_rates(rates: &[(&str, &str)]) -> PortalShape {
    let opened: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let entered = rates
        .iter()
        .zip(0..)
        .map(|((from, rate), day)| ExchangeRate {
            from: (*from).to_owned(),
            rate: (*rate).to_owned(),
            effective_at: opened + SignedDuration::from_hours(24 * day),
        });
    PortalShape {
        currency: "GBP".to_owned(),
        exchange_rates: entered.collect(),
        ..PortalShape::default()
    }
}

#[tokio::test(start_paused = true)]
async fn every_page_of_rates_is_read_as_it_was_entered() {
    let mut entered = vec![("EUR", "0.8412"), ("JPY", "0.000001"), ("KWD", "2.5")];
    entered.extend([("USD", "0.75"); 220]);
    let portal = portal(with_rates(&entered));
    portal.set_scopes(TOKEN, summary_scopes().chain([EXCHANGE_RATES_SCOPE]));
    let (client, _) = connect(&portal);
    let rates = client.exchange_rates().await.unwrap();
    assert_eq!(rates.len(), entered.len());
    assert_eq!(portal.requests().len(), 3);
    for (rate, (from, entered)) in rates.iter().zip(&entered) {
        assert_eq!((&*rate.from, &*rate.to), (*from, "GBP"));
        let same = |text: &str| text.parse::<f64>().unwrap().to_bits();
        assert_eq!(same(&rate.rate), same(entered));
    }
    assert_eq!(rates[1].effective_at.to_string(), "2026-01-02T00:00:00Z");

    let audit = client.audit(Mode::Summary, |_, _| ()).await.unwrap();
    assert!(audit.excess.is_empty(), "{:?}", audit.excess);
}

#[tokio::test(start_paused = true)]
async fn an_account_with_one_currency_has_none() {
    let portal = portal(with_rates(&[]));
    portal.set_scopes(TOKEN, [EXCHANGE_RATES_SCOPE]);
    let (client, _) = connect(&portal);
    assert_eq!(client.exchange_rates().await.unwrap(), []);
}

#[tokio::test(start_paused = true)]
async fn a_token_without_the_scope_is_told_which_it_is() {
    let portal = portal(with_rates(&[("EUR", "0.84")]));
    let (client, _) = connect(&portal);
    let refused = client.exchange_rates().await.unwrap_err();
    let Reason::MissingScopes { any_of } = refused.reason else {
        panic!("{:?}", refused.reason)
    };
    assert!(any_of.iter().any(|scope| scope == EXCHANGE_RATES_SCOPE));
}
