use std::fs;

use crate::World;

#[tokio::test(flavor = "multi_thread")]
async fn the_data_goes_into_a_file_and_comes_back_from_it() {
    let world = World::new().await;
    let synced = world
        .run_with_keys(&["sync", "--once", "--approve", "--json"])
        .await;
    assert_eq!(synced.code, 0, "{}", synced.errors);
    let file = world.path("copy.sqlite");
    let file = file.to_str().unwrap();
    let before = world.run(&["mrr", "--json"], "").await.output;
    assert_eq!(world.run(&["backup", file], "").await.code, 0);

    let again = world.run(&["backup", file], "").await;
    assert_eq!(again.code, 1);
    assert!(
        again.errors.contains("could not be written"),
        "{}",
        again.errors
    );

    for name in [
        "clearsync.sqlite",
        "clearsync.sqlite-wal",
        "clearsync.sqlite-shm",
    ] {
        fs::remove_file(world.path("data").join(name)).ok();
    }
    let empty = world.run(&["mrr", "--json"], "").await;
    assert_ne!(empty.output, before, "there is nothing to show");
    let restored = world.run(&["restore", file], "").await;
    assert_eq!(restored.code, 0, "{}", restored.errors);
    assert!(restored.output.starts_with("The backup is restored."));
    assert_eq!(world.run(&["mrr", "--json"], "").await.output, before);

    let refused = world.run(&["restore", "/etc/hostname"], "").await;
    assert_eq!(refused.code, 1);
    assert!(
        refused.errors.contains("This backup cannot be used"),
        "{}",
        refused.errors
    );
    assert_eq!(world.run(&["mrr", "--json"], "").await.output, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_name_it_goes_into_the_folder_of_backups() {
    let world = World::new().await;
    let backup = world.run(&["backup"], "").await;
    assert_eq!(backup.code, 0, "{}", backup.errors);
    let path = backup.output.trim();
    assert!(path.contains("/data/backups/clearsync-"), "{path}");
    assert!(!fs::read(path).unwrap().starts_with(b"SQLite format 3"));
}
