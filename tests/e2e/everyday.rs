use std::path::PathBuf;

use crate::{
    desktop::{Desktop, wait_for},
    keyring::secrets,
    metered_network::MeteredNetwork,
    notification_daemon::NotificationDaemon,
    tray_host::TrayHost,
    walk::{self, Accounts, HUBSPOT_KEY, STRIPE_KEY},
    web_driver::Window,
};

/// After setup: what the user is told, what starts with the computer, and what is left of a key after it is disconnected.
#[tokio::test(flavor = "multi_thread")]
async fn it_tells_what_needs_the_user_starts_with_the_computer_and_forgets_a_key() {
    let desktop = Desktop::start().await;
    let tray = TrayHost::start(&desktop).await;
    let daemon = NotificationDaemon::start(&desktop).await;
    let network = MeteredNetwork::start(&desktop).await;
    let accounts = Accounts::serve().await;
    let window = accounts.open_window(&desktop).await;
    walk::from_the_welcome_to_hubspot(&window, walk::STRIPE_KEY).await;
    walk::from_hubspot_to_the_overview(&window, walk::HUBSPOT_KEY).await;
    let line = tray.at_rest().await;
    assert!(line.starts_with("In sync since"), "{line}");
    assert_eq!(daemon.shown(), [""; 0], "a success is no news");

    a_revoked_key_is_told(&accounts, &tray, &daemon).await;
    window.press("Settings").await;
    a_metered_connection_is_spared(&network, &window).await;
    autostart_is_switched_off_and_on(&desktop, &window).await;
    disconnecting_deletes_the_key(&desktop, &window).await;
}

async fn a_revoked_key_is_told(accounts: &Accounts, tray: &TrayHost, daemon: &NotificationDaemon) {
    accounts.stripe.revoke(STRIPE_KEY);
    tray.press("Sync now").await;
    assert_eq!(daemon.after(1).await, ["ClearSync needs you"]);
    tray.press("Sync now").await;
    assert!(tray.at_rest().await.starts_with("Needs you"));
    accounts.accept_stripe_key();
    tray.press("Sync now").await;
    assert_eq!(
        daemon.after(2).await,
        ["ClearSync needs you", "ClearSync is back in sync"],
        "the same need is told once"
    );
}

async fn a_metered_connection_is_spared(network: &MeteredNetwork, window: &Window) {
    const METERED: &str = "Now every hour, because this connection is metered.";
    window.sees("Now every").await;
    assert!(!window.text().await.contains(METERED));
    network.set_metered(true).await;
    window.sees(METERED).await;
    network.set_metered(false).await;
    wait_for("the usual pace", async || {
        (!window.text().await.contains(METERED)).then_some(())
    })
    .await;
}

async fn autostart_is_switched_off_and_on(desktop: &Desktop, window: &Window) {
    let autostart = desktop.home().join(".config/autostart");
    let entries = || -> Vec<PathBuf> {
        let entries = std::fs::read_dir(&autostart).unwrap().flatten();
        entries.map(|entry| entry.path()).collect()
    };
    let [entry] = &entries()[..] else {
        panic!("setup leaves it on: {:?}", entries())
    };
    let text = std::fs::read_to_string(entry).unwrap();
    let starts = format!("Exec={} --hidden", env!("CARGO_BIN_EXE_clearsync"));
    assert!(text.contains(&starts), "{text}");

    window.switch("Start with the computer").await;
    wait_for("the end of autostart", async || {
        entries().is_empty().then_some(())
    })
    .await;
    window.switch("Start with the computer").await;
    wait_for("autostart", async || entry.exists().then_some(())).await;
}

/// The window goes back to the step that asks for the key.
async fn disconnecting_deletes_the_key(desktop: &Desktop, window: &Window) {
    assert_eq!(secrets(desktop).await, [HUBSPOT_KEY, STRIPE_KEY]);
    window.press("Disconnect").await;
    window.sees("Disconnect Stripe?").await;
    window.press_in_dialog("Disconnect").await;
    wait_for("the key's end", async || {
        (secrets(desktop).await == [HUBSPOT_KEY]).then_some(())
    })
    .await;
    window.sees("Connect Stripe").await;
}
