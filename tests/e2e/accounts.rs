use std::{fs, sync::Arc, time::Duration};

use clearsync_sandbox::{
    Sample, SystemClock,
    business::{Business, Shape},
    by_key, serve,
    stripe::SandboxKey,
};
use jiff::Timestamp;

use crate::{
    desktop::{Desktop, wait_for},
    keyring::secrets,
    tray_host::TrayHost,
    walk::{self, Accounts, HUBSPOT_KEY, STRIPE_KEY},
    web_driver::Window,
};

const GLOBEX_KEY: &str = "rk_live_51Zq6YvBn3KxWr8TzMd4LcSf9PjGa7UeQo2Ei5Gx";
const GLOBEX_TOKEN: &str = "pat-na1-7c8e13c7-9d52-4e6a-b07f-61c5d2f9b49c";
const FIRST: &str = "Accounts: Sample Software (Test)";
const SECOND: &str = "Accounts: Globex (Live)";
/// What is said where Stripe takes a key no more.
const REFUSED: &str = "Stripe does not know this key";

/// A second account is set up beside the first. Each is shown with its own, tells its own, and goes alone.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_account_is_set_up_shown_and_removed_beside_the_first() {
    let desktop = Desktop::start().await;
    let tray = TrayHost::start(&desktop).await;
    let accounts = Accounts::serve().await;
    let globex = globex();
    let window = open(&desktop, &accounts, &globex).await;
    walk::from_the_welcome_to_hubspot(&window, STRIPE_KEY).await;
    walk::from_hubspot_to_the_overview(&window, HUBSPOT_KEY).await;
    let first = mrr(&window).await;

    window.press(FIRST).await;
    window.press("Add another account").await;
    window.press("Start setup").await;
    the_account_of_the_first_is_refused(&window).await;
    window.clear("Restricted key").await;
    window.type_into("Restricted key", GLOBEX_KEY).await;
    window.press("Connect Stripe").await;
    window.sees("15 of 15 held").await;
    window.press("Continue").await;
    walk::from_hubspot_to_the_overview(&window, GLOBEX_TOKEN).await;
    let second = mrr(&window).await;
    assert_ne!(second, first);
    let mut keys = [HUBSPOT_KEY, STRIPE_KEY, GLOBEX_KEY, GLOBEX_TOKEN].map(str::to_owned);
    keys.sort();
    assert_eq!(secrets(&desktop).await, keys);

    window.press(SECOND).await;
    window.picture("accounts").await;
    window.press("Sample Software").await;
    wait_for("the first account's figures", async || {
        (mrr(&window).await == first).then_some(())
    })
    .await;
    both_are_in_the_tray(&tray).await;
    what_happens_to_the_other_is_not_shown(&tray, &globex, &window, &first).await;
    each_portal_holds_its_own(&accounts, &globex);
    the_second_goes_alone(&desktop, &window, &first).await;
}

fn globex() -> Sample {
    let business = Business::play(12, &Shape::small(), Timestamp::now());
    let globex = Sample::of(business, Arc::new(SystemClock));
    globex
        .stripe
        .add_key(SandboxKey::new(GLOBEX_KEY, Sample::PERMISSIONS));
    globex.stripe.set_account_name("Globex");
    let data = globex.with_business(|business| business.data());
    data.write().unwrap().set_livemode(true);
    globex.hubspot.add_token(GLOBEX_TOKEN, Sample::SCOPES);
    globex.hubspot.reshape(|shape| shape.portal_id += 1);
    globex
}

/// The window, with both businesses behind the same addresses.
async fn open(desktop: &Desktop, accounts: &Accounts, globex: &Sample) -> Window {
    let stripe = by_key(vec![
        (vec![STRIPE_KEY], accounts.stripe.router()),
        (vec![GLOBEX_KEY], globex.stripe.router()),
    ]);
    let hubspot = by_key(vec![
        (vec![HUBSPOT_KEY], accounts.hubspot.router()),
        (vec![GLOBEX_TOKEN], globex.hubspot.router()),
    ]);
    let latency = Duration::from_millis(5);
    let stripe = serve(stripe, 0, latency).await.unwrap();
    let hubspot = serve(hubspot, 0, latency).await.unwrap();
    let urls = [stripe.address(), hubspot.address()].map(|address| format!("http://{address}"));
    let environment = [
        ("CLEARSYNC_STRIPE_URL", urls[0].as_str()),
        ("CLEARSYNC_HUBSPOT_URL", urls[1].as_str()),
    ];
    // They answer until the test ends.
    std::mem::forget((stripe, hubspot));
    Window::open(desktop, &environment, &[]).await
}

/// The first figure of the overview, once there is one.
async fn mrr(window: &Window) -> String {
    window.sees("MRR over time").await;
    let text = window.text().await;
    let mut lines = text.lines().skip_while(|line| line.trim() != "MRR");
    lines.nth(1).unwrap_or_default().to_owned()
}

async fn the_account_of_the_first_is_refused(window: &Window) {
    window.type_into("Restricted key", STRIPE_KEY).await;
    window.press("Connect Stripe").await;
    window
        .sees("ClearSync has this Stripe account already")
        .await;
    window.sees("Sample Software (test)").await;
    window.picture("account-refused").await;
}

async fn both_are_in_the_tray(tray: &TrayHost) {
    tray.menu("both accounts", |menu| {
        ["Sample Software (Test): ", "Globex (Live): "]
            .iter()
            .all(|name| menu.iter().any(|line| line.label.starts_with(name)))
    })
    .await;
}

/// The tray syncs both. The key of the other is refused, which the window of the first does not say.
async fn what_happens_to_the_other_is_not_shown(
    tray: &TrayHost,
    globex: &Sample,
    window: &Window,
    first: &str,
) {
    globex.stripe.revoke(GLOBEX_KEY);
    tray.press("Sync now").await;
    tray.menu("the need of the other", |menu| {
        menu.iter()
            .any(|line| line.label.starts_with("Globex (Live): Needs you"))
            && menu.iter().any(|line| {
                line.label
                    .starts_with("Sample Software (Test): In sync since")
            })
    })
    .await;
    let text = window.text().await;
    assert!(!text.contains(REFUSED), "{text}");
    assert_eq!(mrr(window).await, first);
}

fn each_portal_holds_its_own(accounts: &Accounts, globex: &Sample) {
    for (portal, own, other) in [
        (&accounts.hubspot, &**accounts, globex),
        (&globex.hubspot, globex, &**accounts),
    ] {
        let customers = |sample: &Sample| {
            let data = sample.with_business(|business| business.data());
            let data = data.read().unwrap();
            let ids = data.all("customer").map(|one| one["id"].to_string());
            ids.map(|id| id.trim_matches('"').to_owned())
                .collect::<Vec<_>>()
        };
        let (own, other) = (customers(own), customers(other));
        let contacts = portal.records("contacts").unwrap();
        let brought: Vec<&String> = contacts
            .values()
            .filter_map(|values| values.get("clearsync_stripe_customer_id"))
            .collect();
        assert!(brought.iter().any(|id| own.contains(id)));
        assert!(!brought.iter().any(|id| other.contains(id)));
    }
}

async fn the_second_goes_alone(desktop: &Desktop, window: &Window, first: &str) {
    let workspaces = desktop.data_folder().join("workspaces");
    let folders = || fs::read_dir(&workspaces).map_or(0, Iterator::count);
    assert_eq!(folders(), 2, "its folder, and which is shown");
    window.press(FIRST).await;
    window.press("Globex").await;
    window.sees(REFUSED).await;
    window.press(SECOND).await;
    window.press("Remove Globex").await;
    window.sees("Other accounts stay as they are").await;
    window.type_into("Type “remove”", "remove").await;
    window.press_in_dialog("Remove account").await;
    window.sees("The account is removed").await;
    window.sees("Stripe key in the keychain").await;
    window.picture("account-removed").await;
    window.press_in_dialog("Close").await;
    assert_eq!(mrr(window).await, first);
    assert_eq!(secrets(desktop).await, [HUBSPOT_KEY, STRIPE_KEY]);
    assert_eq!(folders(), 0);
    assert!(desktop.data_folder().join("clearsync.sqlite").exists());
}
