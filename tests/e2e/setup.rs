use base64::{Engine, engine::general_purpose::STANDARD};
use clearsync_sandbox::Sample;

use crate::{
    desktop::{Desktop, wait_for},
    ipc::{self, Crossing, Way},
    keyring::{data_keys, secrets},
    leaks::{Search, leaks, leaks_of},
    tray_host::TrayHost,
    walk::{self, Accounts, HUBSPOT_KEY, STRIPE_KEY},
    web_driver::Window,
};

/// The window's commands that take what was typed.
const TAKE_KEYS: [&str; 3] = ["look_at_key", "connect_stripe", "connect_hubspot"];

#[tokio::test(flavor = "multi_thread")]
async fn from_first_start_to_a_finished_sync_with_the_key_in_the_keychain_and_nowhere_else() {
    let desktop = Desktop::start().await;
    let tray = TrayHost::start(&desktop).await;
    let accounts = Accounts::serve().await;
    accounts.stripe.deny(STRIPE_KEY, "coupon_read");
    let window = accounts.open_window(&desktop).await;
    ipc::record(&window).await;

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
    walk::from_hubspot_to_the_overview(&window, walk::HUBSPOT_KEY).await;
    movements_and_rules(&window).await;
    diagnostics_are_saved(&window).await;

    accounts.stripe.forget_requests();
    tray.press("Sync now").await;
    wait_for("the sync from the tray", async || {
        let asked = accounts.stripe.requests();
        asked
            .iter()
            .any(|request| request.path == "/v1/events")
            .then_some(())
    })
    .await;
    tray.at_rest().await;

    let contacts = accounts.hubspot.records("contacts").unwrap();
    assert!(
        contacts
            .values()
            .any(|contact| contact.contains_key("clearsync_mrr")),
        "MRR stands in HubSpot"
    );
    nothing_leaks(&desktop).await;
    nothing_leaks_between_window_and_rust(&desktop, &window).await;
}

async fn movements_and_rules(window: &Window) {
    window.press("Movements").await;
    window.sees("Told by").await;
    window.picture("movements").await;
    window.press("Settings").await;
    window.press("How MRR is counted").await;
    window.sees("These are the rules in use").await;
    window.picture("policy").await;
    window.press("Overview").await;
    window.sees("MRR over time").await;
}

async fn diagnostics_are_saved(window: &Window) {
    window.press("Settings").await;
    window.press("Save diagnostics…").await;
    window.sees("What is saved").await;
    window.picture("diagnostics").await;
    window.press_in_dialog("Save as zip").await;
    window.sees("clearsync-diagnostics.zip").await;
    window.press("Overview").await;
    window.sees("MRR over time").await;
}

async fn nothing_leaks(desktop: &Desktop) {
    let mut keys = [HUBSPOT_KEY.to_owned(), STRIPE_KEY.to_owned()];
    keys.sort();
    assert_eq!(
        secrets(desktop).await,
        keys,
        "both keys are in the keychain"
    );
    let processes = walk::processes_on(desktop, walk::APP);
    assert!(!processes.is_empty());
    let [data_key] = &data_keys(desktop).await[..] else {
        panic!("one key of the data")
    };
    for form in [data_key.as_bytes(), &hex::decode(data_key).unwrap()] {
        let found = leaks_of(&Search::for_bytes(form), desktop.home(), &processes);
        assert_eq!(found, Vec::<String>::new());
    }
    for key in [STRIPE_KEY, HUBSPOT_KEY] {
        assert_eq!(leaks(key, desktop.home(), &processes), Vec::<String>::new());
    }
    // In ClearSync's own folder, in what programs said, and in the desktop's list of recent files.
    for place in [
        desktop.data_folder().join("planted"),
        desktop.home().join("errors"),
        desktop.home().join("data/recently-used.xbel"),
    ] {
        let before = std::fs::read(&place).unwrap_or_default();
        let part = &STRIPE_KEY[20..30];
        std::fs::write(&place, format!("<a href=\"{part}\">")).unwrap();
        let found = leaks(STRIPE_KEY, desktop.home(), &[]);
        assert_eq!(found.len(), 1, "{found:?}");
        std::fs::write(&place, before).unwrap();
    }
}

/// A typed key goes to Rust in the commands that take it, and comes back in nothing.
async fn nothing_leaks_between_window_and_rust(desktop: &Desktop, window: &Window) {
    let crossed = ipc::crossings(window).await;
    for name in ["connect_stripe", "connect_hubspot", "finish_setup"] {
        assert!(went(&crossed, Way::ToRust, name), "{name} was recorded");
    }
    for name in ["status-changed", "checklist-changed", "data-changed", ""] {
        assert!(went(&crossed, Way::ToWindow, name), "{name} was recorded");
    }
    let [data_key] = &data_keys(desktop).await[..] else {
        panic!("one key of the data")
    };
    let search = Search::for_bytes(&hex::decode(data_key).unwrap());
    for one in &crossed {
        assert_eq!(search.within(one.text.as_bytes()), [""; 0], "{one:?}");
    }
    for key in [STRIPE_KEY, HUBSPOT_KEY] {
        let (taken, leaked): (Vec<_>, Vec<_>) = crossings_with(key, &crossed)
            .into_iter()
            .partition(|one| one.way == Way::ToRust && TAKE_KEYS.contains(&one.name.as_str()));
        assert!(!taken.is_empty(), "typing a key is seen");
        assert!(leaked.is_empty(), "{leaked:?}");
    }

    let url = format!("https://example.com/{}", hex::encode(STRIPE_KEY));
    ipc::plant(window, &url, &STANDARD.encode(HUBSPOT_KEY)).await;
    let crossed = ipc::crossings(window).await;
    for (key, way, name) in [
        (STRIPE_KEY, Way::ToRust, "open_link"),
        (HUBSPOT_KEY, Way::ToWindow, "planted"),
    ] {
        let found = crossings_with(key, &crossed);
        let planted = |one: &&Crossing| one.way == way && one.name == name;
        assert!(
            found.into_iter().any(|one| planted(&one)),
            "a leak planted in {name} is found"
        );
    }
}

fn went(crossed: &[Crossing], way: Way, name: &str) -> bool {
    crossed.iter().any(|one| one.way == way && one.name == name)
}

fn crossings_with<'c>(key: &str, crossed: &'c [Crossing]) -> Vec<&'c Crossing> {
    let search = Search::for_key(key);
    let held = crossed
        .iter()
        .filter(|one| !search.within(one.text.as_bytes()).is_empty());
    held.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_it_says_so_and_keeps_the_key_only_on_the_users_word() {
    let desktop = Desktop::start_without_keyring();
    keeps_the_key_for_this_run(&desktop, "This computer has no keychain").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_locked_keychain_it_says_so_and_keeps_the_key_only_on_the_users_word() {
    let desktop = Desktop::start_with_locked_keyring().await;
    keeps_the_key_for_this_run(&desktop, "The keychain is locked").await;
}

/// Data is not opened without the keychain that holds its key, and the window says so instead of waiting behind it.
#[tokio::test(flavor = "multi_thread")]
async fn with_a_locked_keychain_the_data_stays_closed_and_the_window_says_so() {
    let desktop = Desktop::start_with_locked_keyring().await;
    stays_closed(&desktop, "The keychain is locked", "closed-locked").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_the_data_stays_closed_until_there_is_one() {
    let mut desktop = Desktop::start_without_keyring();
    let window = stays_closed(&desktop, "This computer has no keychain", "closed-missing").await;
    desktop.unlock_keyring().await;
    window.press("Try again").await;
    window.sees("Start setup").await;
    assert_eq!(data_keys(&desktop).await.len(), 1);
    assert!(desktop.data_folder().join("clearsync.sqlite").exists());
}

async fn stays_closed(desktop: &Desktop, why: &str, picture: &str) -> Window {
    let accounts = Accounts::serve().await;
    let window = accounts.open_window(desktop).await;
    window.sees(why).await;
    window.picture(picture).await;
    let database = desktop.data_folder().join("clearsync.sqlite");
    assert!(!database.exists(), "nothing is kept without a key");
    let terminal = accounts.terminal(desktop, &["mrr"]).await;
    assert_eq!(terminal.status.code(), Some(5));
    let said = String::from_utf8(terminal.stderr).unwrap();
    assert!(said.contains(why), "{said}");
    window
}

async fn keeps_the_key_for_this_run(desktop: &Desktop, why: &str) {
    let window = Window::open(desktop, &[], &["--sample"]).await;
    window.press("Start setup").await;
    window.press("Use the sample key").await;
    window.sees(why).await;
    window.press("Keep the key for this run only").await;
    window.sees("15 of 15 held").await;
    let written = leaks(Sample::STRIPE_KEY, desktop.home(), &[]);
    assert_eq!(written, Vec::<String>::new());
}
