use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::Read,
};

use serde_json::Value;
use zip::ZipArchive;

use crate::{KEY, TOKEN, World};

/// The archive's files, by name.
fn unpacked(world: &World, name: &str) -> Vec<(String, String)> {
    let mut archive = ZipArchive::new(File::open(world.path(name)).unwrap()).unwrap();
    let numbers = 0..archive.len();
    let file = |number| {
        let mut file = archive.by_index(number).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        (file.name().to_owned(), text)
    };
    numbers.map(file).collect()
}

/// What of a customer may not be told: names, addresses, and the domains of their mail.
fn of_customers(world: &World) -> BTreeSet<String> {
    let data = world.sample.with_business(|business| business.data());
    let data = data.read().unwrap();
    let mut told = BTreeSet::new();
    for customer in data.all("customer") {
        for text in ["name", "email"].map(|field| customer[field].as_str()) {
            told.extend(text.filter(|text| text.len() > 3).map(str::to_owned));
        }
        let email = customer["email"].as_str().unwrap_or_default();
        told.extend(email.split_once('@').map(|(_, domain)| domain.to_owned()));
    }
    for object in ["contacts", "companies"] {
        for values in world.sample.hubspot.records(object).unwrap().values() {
            // No time of day has three figures before a point.
            let amounts = values.iter().filter(|(name, value)| {
                name.starts_with("clearsync_")
                    && value.contains('.')
                    && value.len() >= 6
                    && value.parse::<f64>().is_ok()
            });
            told.extend(amounts.map(|(_, value)| value.clone()));
        }
    }
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn diagnostics_say_how_it_stands_and_name_no_customer() {
    let world = World::new().await;
    let mut sync = world.program(&["sync", "--once", "--approve", "--keys-from-stdin"]);
    sync.env("CLEARSYNC_LOG", "trace");
    let synced = crate::ended(sync, &format!("{KEY}\n{TOKEN}\n")).await;
    assert_eq!(synced.code, 0, "{}", synced.errors);
    // A command that fails over what a person typed leaves that in no line that is told.
    let typed = world.run(&["undo", "--record", "jane@acme.com"], "").await;
    assert_ne!(typed.code, 0);

    let saved = world
        .run(&["diagnostics", world.path("a.zip").to_str().unwrap()], "")
        .await;
    assert_eq!(saved.code, 0, "{}", saved.errors);
    let files = unpacked(&world, "a.zip");
    for (name, _) in &files {
        assert!(saved.output.contains(name.as_str()), "{name} is said");
    }
    let report: Value = serde_json::from_str(&files[1].1).unwrap();
    let app = &report["app"];
    assert_eq!(app["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(app["runs"][0]["outcome"], "done");
    assert!(app["store"]["rows"]["object"].as_u64().unwrap() > 50);
    assert_eq!(app["store"]["schemaVersion"], app["store"]["knownVersion"]);
    assert_eq!(app["checklists"][0]["rows"].as_array().unwrap().len(), 15);
    assert_eq!(app["connections"][0]["restricted"], true);
    assert_eq!(report["system"]["os"], std::env::consts::OS);
    assert!(files[2].0.starts_with("logs/clearsync."), "{}", files[2].0);

    let told: String = files.iter().map(|(_, text)| text.as_str()).collect();
    let hidden = of_customers(&world);
    assert!(hidden.len() > 40, "{}", hidden.len());
    let home = world.path("").display().to_string();
    for text in hidden.iter().map(String::as_str).chain([
        "jane@acme.com",
        "@",
        KEY,
        TOKEN,
        home.trim_end_matches('/'),
    ]) {
        assert!(!told.contains(text), "{text}");
    }
    let log = fs::read_to_string(world.path("data").join(&files[2].0)).unwrap();
    assert!(log.contains("TRACE hyper"), "the log itself says more");

    let again = world
        .run(&["diagnostics", world.path("a.zip").to_str().unwrap()], "")
        .await;
    assert_eq!(again.code, 1, "what is there is left");
    let printed = world.run(&["diagnostics"], "").await;
    assert!(printed.output.contains("\"schemaVersion\""));
}
