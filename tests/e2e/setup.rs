use std::{sync::Arc, time::Duration};

use clearsync_sandbox::{
    Sample, SystemClock,
    business::{Business, Shape},
    stripe::SandboxKey,
};
use jiff::Timestamp;

use crate::{
    desktop::{Desktop, wait_for},
    keyring::secrets,
    leaks::leaks,
    tray_host::{MenuLine, TrayHost},
    web_driver::Window,
};

const STRIPE_KEY: &str = "rk_test_51CanaryOfTheWindowsTest0123456789abcdef";
const HUBSPOT_KEY: &str = "pat-na1-0dd0c0de-cafe-4bad-8bad-000ca11ab1e5";

#[tokio::test(flavor = "multi_thread")]
async fn from_first_start_to_a_finished_sync_with_the_key_in_the_keychain_and_nowhere_else() {
    let desktop = Desktop::start().await;
    let tray = TrayHost::start(&desktop).await;
    let accounts = accounts();
    accounts.stripe.deny(STRIPE_KEY, "coupon_read");
    let served = accounts.serve(Duration::from_millis(5)).await.unwrap();
    let stripe_url = format!("http://{}", served.stripe.address());
    let hubspot_url = format!("http://{}", served.hubspot.address());
    let environment = [
        ("CLEARSYNC_STRIPE_URL", stripe_url.as_str()),
        ("CLEARSYNC_HUBSPOT_URL", hubspot_url.as_str()),
        ("CLEARSYNC_LOG", "trace"),
    ];
    let window = Window::open(&desktop, &environment, &[]).await;

    window.press("Start setup").await;
    window
        .type_into(
            "Restricted key",
            "pk_test_51CanaryOfTheWindowsTest0123456789",
        )
        .await;
    window.sees("publishable").await;
    window.clear("Restricted key").await;
    window.type_into("Restricted key", STRIPE_KEY).await;
    window.press("Connect Stripe").await;
    window.sees("14 of 15 held").await;
    accounts.stripe.grant(STRIPE_KEY, "coupon_read");
    // Open rows are checked again by themselves while the key is edited in the browser.
    window.sees("15 of 15 held").await;
    window.picture("permissions").await;
    window.press("Continue").await;

    window.type_into("Service key", HUBSPOT_KEY).await;
    window.press("Connect HubSpot").await;
    window.sees("8 of 8 held").await;
    window.press("Continue").await;

    window.sees("Create companies").await;
    window.press("Continue").await;
    window.press("Start import").await;
    window.sees("Everything is read").await;
    window.press("Continue").await;
    window.sees("Open a row to see").await;
    window.press("Continue").await;
    window.picture("preview").await;
    window.press("Push ").await;
    window.sees("The first sync is done").await;
    window.press("Continue").await;
    window.press("Finish setup").await;
    window.sees("Largest subscriptions").await;
    window.picture("overview").await;

    let usable = |menu: &[MenuLine]| {
        menu.iter()
            .any(|line| line.label == "Sync now" && line.enabled)
    };
    let menu = tray.menu("Sync now in the tray", usable).await;
    let sync_now = menu.iter().find(|line| line.label == "Sync now").unwrap();
    accounts.stripe.forget_requests();
    tray.click(sync_now).await;
    wait_for("the sync from the tray", async || {
        let asked = accounts.stripe.requests();
        asked
            .iter()
            .any(|request| request.path == "/v1/events")
            .then_some(())
    })
    .await;
    tray.menu("the tray at rest", |menu| {
        usable(menu)
            && menu.iter().any(|line| {
                line.label.starts_with("In sync since") || line.label.starts_with("Needs you")
            })
    })
    .await;

    let contacts = accounts.hubspot.records("contacts").unwrap();
    assert!(
        contacts
            .values()
            .any(|contact| contact.contains_key("clearsync_mrr")),
        "MRR stands in HubSpot"
    );
    let mut keys = [HUBSPOT_KEY.to_owned(), STRIPE_KEY.to_owned()];
    keys.sort();
    assert_eq!(
        secrets(&desktop).await,
        keys,
        "both keys are in the keychain"
    );
    let processes = clearsync_processes();
    assert!(!processes.is_empty());
    for key in [STRIPE_KEY, HUBSPOT_KEY] {
        assert_eq!(leaks(key, desktop.home(), &processes), Vec::<String>::new());
    }
    std::fs::write(
        desktop.data_folder().join("planted"),
        format!("{{\"key\":\"{STRIPE_KEY}\"}}"),
    )
    .unwrap();
    assert!(
        !leaks(STRIPE_KEY, desktop.home(), &[]).is_empty(),
        "a planted leak is found"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_it_says_so_and_keeps_the_key_only_on_the_users_word() {
    let desktop = Desktop::start_without_keyring().await;
    let window = Window::open(&desktop, &[], &["--sample"]).await;
    window.press("Start setup").await;
    window.press("Use the sample key").await;
    window.sees("keychain").await;
    window.press("Keep the key for this run only").await;
    window.sees("15 of 15 held").await;
    let written = leaks(Sample::STRIPE_KEY, desktop.home(), &[]);
    assert_eq!(written, Vec::<String>::new());
}

/// A small business with keys of its own.
fn accounts() -> Sample {
    let accounts = Sample::of(
        Business::play(11, &Shape::small(), Timestamp::now()),
        Arc::new(SystemClock),
    );
    accounts
        .stripe
        .add_key(SandboxKey::new(STRIPE_KEY, Sample::PERMISSIONS));
    accounts.hubspot.add_token(HUBSPOT_KEY, Sample::SCOPES);
    accounts
}

fn clearsync_processes() -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let name = |pid: &u32| std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    ids.filter(|pid| name(pid).trim() == "clearsync").collect()
}
