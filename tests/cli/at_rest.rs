//! What lies on the disk, and who can read it: the database and its copies are encrypted, with a key from a file here.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use crate::World;

/// The files below `folder` that hold any of these texts.
fn holding(folder: &Path, texts: &[String]) -> Vec<String> {
    let search = aho_corasick::AhoCorasick::new(texts).unwrap();
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(holding(&path, texts));
        } else if let Some(hit) = search.find(&fs::read(&path).unwrap()) {
            let text = &texts[hit.pattern().as_usize()];
            found.push(format!("{} holds {text}", path.display()));
        }
    }
    found
}

impl World {
    async fn synced() -> Self {
        let world = Self::new().await;
        let synced = world.run_with_keys(&["sync", "--once", "--approve"]).await;
        assert_eq!(synced.code, 0, "{}", synced.errors);
        world
    }

    /// What customers are called, and where they are written to.
    fn customers(&self) -> Vec<String> {
        let data = self.sample.with_business(|business| business.data());
        let data = data.read().unwrap();
        let texts = data.all("customer").flat_map(|customer| {
            ["email", "name", "id"].map(|field| customer[field].as_str().unwrap_or_default())
        });
        let texts: Vec<String> = texts
            .filter(|text| text.len() > 6)
            .map(str::to_owned)
            .collect();
        assert!(texts.len() > 40);
        texts
    }

    fn database(&self) -> PathBuf {
        self.path("data/clearsync.sqlite")
    }

    async fn mrr(&self) -> String {
        let mrr = self.run(&["mrr", "--json"], "").await;
        assert_eq!(mrr.code, 0, "{}", mrr.errors);
        mrr.output
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_customer_can_be_found_in_what_is_kept() {
    let world = World::synced().await;
    let customers = world.customers();
    let copy = world.path("data/copy");
    let backup = world.run(&["backup", copy.to_str().unwrap()], "").await;
    assert_eq!(backup.code, 0, "{}", backup.errors);
    assert_eq!(world.run(&["backup"], "").await.code, 0);
    assert_eq!(holding(&world.path("data"), &customers), [""; 0]);

    // A copy for another computer is on the user's word, and holds them: the search finds them there.
    let readable = world.path("data/readable");
    let readable = ["backup", "--readable", readable.to_str().unwrap()];
    assert_eq!(world.run(&readable, "").await.code, 0);
    let found = holding(&world.path("data"), &customers);
    assert!(found[0].contains("data/readable holds"), "{found:?}");
    assert_eq!(found.len(), 1);
    let mode = fs::metadata(world.path("data/readable")).unwrap();
    assert_eq!(mode.permissions().mode() & 0o777, 0o600);
}

/// Data of a version that did not encrypt it goes on as it was, and cannot be read by others any more.
#[tokio::test(flavor = "multi_thread")]
async fn data_of_an_earlier_version_is_encrypted_at_the_next_start() {
    let world = World::synced().await;
    let (customers, before) = (world.customers(), world.mrr().await);
    let plain = world.path("plain");
    let readable = ["backup", "--readable", plain.to_str().unwrap()];
    assert_eq!(world.run(&readable, "").await.code, 0);
    for suffix in ["-wal", "-shm"] {
        fs::remove_file(format!("{}{suffix}", world.database().display())).ok();
    }
    fs::rename(&plain, world.database()).unwrap();
    fs::remove_file(world.path("data.key")).unwrap();
    assert_ne!(holding(&world.path("data"), &customers), [""; 0]);

    assert_eq!(world.mrr().await, before);
    assert_eq!(holding(&world.path("data"), &customers), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_key_the_data_stays_closed_and_as_it_is() {
    let world = World::synced().await;
    let before = world.mrr().await;
    let (database, key) = (fs::read(world.database()).unwrap(), world.path("data.key"));
    let kept = fs::read(&key).unwrap();
    let write = |text: &str| {
        fs::write(&key, text).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    };
    for (text, says) in [
        (None, "The key of ClearSync’s data is gone"),
        (
            Some("0123456789abcdef".repeat(4)),
            "The key does not open ClearSync’s data",
        ),
        (
            Some("password".to_owned()),
            "The key of ClearSync’s data cannot be used",
        ),
    ] {
        fs::remove_file(&key).unwrap();
        if let Some(text) = &text {
            write(text);
        }
        let refused = world.run(&["mrr"], "").await;
        assert_eq!(refused.code, 5, "{says}");
        assert!(refused.errors.contains(says), "{}", refused.errors);
        assert_eq!(key.exists(), text.is_some(), "no key is made for it");
        assert_eq!(fs::read(world.database()).unwrap(), database);
        write(&String::from_utf8(kept.clone()).unwrap());
    }
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let open = world.run(&["mrr"], "").await;
    assert_eq!(open.code, 5);
    assert!(open.errors.contains("chmod 600"), "{}", open.errors);

    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(world.mrr().await, before);
}

/// Nothing is kept unencrypted where there is no keychain and no file was named.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_and_a_file_nothing_is_kept() {
    let world = World::new().await;
    let mut command = world.program(&["sync", "--once", "--keys-from-stdin"]);
    command.env_remove("CLEARSYNC_DATA_KEY_FILE");
    let refused = crate::ended(command, &format!("{}\n{}\n", crate::KEY, crate::TOKEN)).await;
    assert_eq!(refused.code, 5);
    assert!(
        refused.errors.contains("This computer has no keychain")
            && refused.errors.contains("CLEARSYNC_DATA_KEY_FILE"),
        "{}",
        refused.errors
    );
    assert!(!world.database().exists());
    let asked = world.sample.stripe.requests();
    assert!(asked.is_empty(), "nothing is read that could not be kept");
}
