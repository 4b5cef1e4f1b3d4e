use std::{collections::BTreeSet, path::Path, process::Output};

use clearsync_sandbox::{Sample, stripe::SandboxKey};

use crate::{
    desktop::{Desktop, wait_for},
    keyring::{data_keys, secrets},
    leaks::leaks,
    walk::{self, Accounts, HUBSPOT_KEY, STRIPE_KEY},
    web_driver::Window,
};

const NEW_STRIPE_KEY: &str = "rk_test_51SecondCanaryOfTheWindow0123456789abcdef";
const NEWEST_STRIPE_KEY: &str = "rk_test_51ThirdCanaryOfTheTerminal0123456789abcde";

/// After setup: a key is rotated in the window and in the terminal, then everything is forgotten, and setup begins anew.
/// What the web view keeps for itself beside ClearSync's files: none of it is about accounts.
const WEB_VIEW: [&str; 7] = [
    "CacheStorage",
    "WebKitCache",
    "databases",
    "hsts-storage.sqlite",
    "localstorage",
    "mediakeys",
    "storage",
];

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_rotated_and_then_everything_is_forgotten() {
    let desktop = Desktop::start().await;
    let accounts = Accounts::serve().await;
    let window = accounts.open_window(&desktop).await;
    walk::from_the_welcome_to_hubspot(&window, walk::STRIPE_KEY).await;
    walk::from_hubspot_to_the_overview(&window, walk::HUBSPOT_KEY).await;

    the_stripe_key_is_rotated(&desktop, &accounts, &window).await;
    the_terminal_rotates_it_again(&desktop, &accounts).await;
    everything_is_forgotten(&desktop, &window).await;

    // It works again, from the welcome on.
    accounts.accept_stripe_key();
    walk::from_the_welcome_to_hubspot(&window, walk::STRIPE_KEY).await;
    window.sees("Connect HubSpot").await;
}

async fn the_stripe_key_is_rotated(desktop: &Desktop, accounts: &Accounts, window: &Window) {
    accept(accounts, NEW_STRIPE_KEY);
    window.press("Settings").await;
    window.press("Rotate key").await;
    window.type_into("Restricted key", NEW_STRIPE_KEY).await;
    window.press("Check the new key").await;
    window.sees("can do all that the old one can").await;
    window.picture("rotation").await;
    assert_eq!(
        secrets(desktop).await,
        [HUBSPOT_KEY, STRIPE_KEY],
        "nothing has changed"
    );
    window.press("Use ").await;
    window.sees("Delete the old Stripe key").await;
    window.picture("rotated").await;
    assert_eq!(secrets(desktop).await, [HUBSPOT_KEY, NEW_STRIPE_KEY]);
    window.press("Ask if it still works").await;
    window.sees("Stripe still takes the old key").await;
    accounts.stripe.revoke(STRIPE_KEY);
    window.press("Ask if it still works").await;
    window
        .sees("Stripe does not take the old key any more")
        .await;
    window.press("Done, I deleted it").await;
    window.press("Check permissions").await;
    window.sees("15 of 15 held").await;
    window.press_in_dialog("Close").await;
}

async fn the_terminal_rotates_it_again(desktop: &Desktop, accounts: &Accounts) {
    accept(accounts, NEWEST_STRIPE_KEY);
    let file = desktop.home().join("new.key");
    write_private(&file, NEWEST_STRIPE_KEY);
    let file = file.to_str().unwrap();
    let rotated = accounts
        .terminal(desktop, &["rotate", "stripe", "--key-file", file])
        .await;
    assert_eq!(
        text(&rotated),
        "Both keys can do the same.\n\
         The new key ···· bcde is in use.\n\
         Delete the old key in Stripe: Restricted key ···· cdef (test)\n\
         \u{20}\u{20}https://dashboard.stripe.com/test/apikeys\n\
         Stripe still takes the old key. Delete it there.\n"
    );
    assert_eq!(secrets(desktop).await, [HUBSPOT_KEY, NEWEST_STRIPE_KEY]);
    std::fs::remove_file(file).unwrap();
}

async fn everything_is_forgotten(desktop: &Desktop, window: &Window) {
    let [former] = &data_keys(desktop).await[..] else {
        panic!("one key of the data")
    };
    let notes = desktop.data_folder().join("notes.txt");
    std::fs::write(&notes, "mine").unwrap();
    window.press("Settings").await;
    window.press("Forget everything").await;
    window.sees("There is no way back").await;
    window.type_into("Type “forget”", "forget").await;
    window.press_in_dialog("Forget everything").await;
    window.sees("Everything is forgotten").await;
    window.sees("Stripe key in the keychain").await;
    window.sees("Key of the data in the keychain").await;
    window.sees("Start with the computer").await;
    window.picture("forgotten").await;
    assert_eq!(secrets(desktop).await, [""; 0]);
    // The empty file that is left has a key of its own, and nothing opens what was.
    let [key] = &data_keys(desktop).await[..] else {
        panic!("one key of the data")
    };
    assert_ne!(key, former);
    assert_eq!(std::fs::read_to_string(notes).unwrap(), "mine");
    let autostart = desktop.home().join(".config/autostart");
    assert_eq!(std::fs::read_dir(autostart).unwrap().count(), 0);
    let left: BTreeSet<String> = names(&desktop.data_folder());
    let own = [
        "clearsync.sqlite",
        "clearsync.sqlite-wal",
        "clearsync.sqlite-shm",
        "clearsync.sqlite.lock",
    ];
    let fresh = |name: &String| {
        [&own[..], &WEB_VIEW, &["notes.txt"]]
            .concat()
            .contains(&name.as_str())
    };
    assert!(left.iter().all(fresh), "{left:?}");
    for key in [STRIPE_KEY, NEW_STRIPE_KEY, NEWEST_STRIPE_KEY, HUBSPOT_KEY] {
        assert_eq!(leaks(key, &desktop.data_folder(), &[]), [""; 0]);
    }
    window.press_in_dialog("Close").await;
    wait_for("the welcome", async || {
        window.text().await.contains("Start setup").then_some(())
    })
    .await;
}

/// The terminal forgets as the window does, and leaves not even a folder.
#[tokio::test(flavor = "multi_thread")]
async fn the_terminal_forgets_everything() {
    let desktop = Desktop::start().await;
    let accounts = Accounts::serve().await;
    {
        let window = accounts.open_window(&desktop).await;
        walk::from_the_welcome_to_hubspot(&window, walk::STRIPE_KEY).await;
        walk::from_hubspot_to_the_overview(&window, walk::HUBSPOT_KEY).await;
    }
    let asked = accounts.terminal(&desktop, &["forget"]).await;
    assert_eq!(asked.status.code(), Some(3));
    assert!(text(&asked).contains("Nothing is deleted yet."));
    assert_eq!(secrets(&desktop).await, [HUBSPOT_KEY, STRIPE_KEY]);

    let forgotten = accounts.terminal(&desktop, &["forget", "--yes"]).await;
    assert_eq!(forgotten.status.code(), Some(0), "{}", text(&forgotten));
    let said = text(&forgotten);
    for part in [
        "Stripe key in the keychain",
        "HubSpot key in the keychain",
        "Database: ",
        "Log: ",
        "Start with the computer",
        "HubSpot keeps what was written",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(secrets(&desktop).await, [""; 0]);
    assert_eq!(data_keys(&desktop).await, [""; 0]);
    let left = names(&desktop.data_folder());
    assert!(
        left.iter().all(|name| WEB_VIEW.contains(&name.as_str())),
        "{left:?}"
    );
}

fn accept(accounts: &Accounts, key: &str) {
    accounts
        .stripe
        .add_key(SandboxKey::new(key, Sample::PERMISSIONS));
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

fn write_private(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}
