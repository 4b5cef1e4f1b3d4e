//! The house's invariants, read from what the build itself says. ARCHITECTURE.md names each test.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// Who may know whom among our own crates. Whatever is not listed may know nobody.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("clearsync-billing", &[]),
    ("clearsync-transport", &[]),
    ("clearsync-sandbox", &[]),
    ("clearsync-vault", &["clearsync-transport"]),
    ("clearsync-store", &["clearsync-billing"]),
    (
        "clearsync-stripe",
        &["clearsync-billing", "clearsync-transport"],
    ),
    ("clearsync-hubspot", &["clearsync-transport"]),
    (
        "clearsync-sync",
        &[
            "clearsync-billing",
            "clearsync-hubspot",
            "clearsync-store",
            "clearsync-stripe",
            "clearsync-transport",
            "clearsync-vault",
        ],
    ),
    (
        "clearsync",
        &[
            "clearsync-sandbox",
            "clearsync-sync",
            "clearsync-transport",
            "clearsync-vault",
        ],
    ),
];

#[test]
fn dependencies_point_one_way() {
    for (name, dependencies) in normal_dependencies() {
        let allowed = MAY_KNOW
            .iter()
            .find(|(known, _)| *known == name)
            .map_or(&[][..], |(_, allowed)| allowed);
        for dependency in dependencies
            .iter()
            .filter(|dependency| dependency.starts_with("clearsync"))
        {
            assert!(
                allowed.contains(&dependency.as_str()),
                "{name} must not know {dependency}"
            );
        }
    }
}

#[test]
fn only_the_shell_knows_tauri() {
    for (name, dependencies) in normal_dependencies() {
        let knows = dependencies
            .iter()
            .any(|dependency| dependency.starts_with("tauri"));
        assert_eq!(knows, name == "clearsync", "{name}");
    }
}

#[test]
fn billing_has_no_io_no_clock_and_no_async() {
    let dependencies = &normal_dependencies()["clearsync-billing"];
    for heavy in [
        "tokio",
        "reqwest",
        "rusqlite",
        "futures",
        "async-trait",
        "tracing",
        "rand",
    ] {
        assert!(
            !dependencies.contains(heavy),
            "billing must not depend on {heavy}"
        );
    }
    for (path, text) in sources("crates/billing/src", "rs") {
        for forbidden in [
            "std::fs",
            "std::env",
            "std::net",
            "SystemTime",
            "Timestamp::now",
            "async fn",
            "f32",
            "f64",
        ] {
            assert!(
                !text.contains(forbidden),
                "{} uses {forbidden}",
                path.display()
            );
        }
    }
}

#[test]
fn only_the_ipc_folder_imports_tauris_api() {
    for (path, text) in ["ts", "tsx"]
        .into_iter()
        .flat_map(|ending| sources("ui/src", ending))
    {
        let inside = path.components().any(|part| part.as_os_str() == "ipc");
        assert!(
            inside || !text.contains("@tauri-apps"),
            "{} imports @tauri-apps",
            path.display()
        );
    }
}

#[test]
fn exactly_two_places_turn_a_secret_into_a_header() {
    let places: BTreeSet<PathBuf> = sources("crates", "rs")
        .into_iter()
        .chain(sources("src-tauri/src", "rs"))
        .filter(|(path, text)| {
            text.contains(".bearer()") && !path.ends_with("transport/src/secret.rs")
        })
        .map(|(path, _)| path)
        .collect();
    let in_crate = |name: &str| {
        places
            .iter()
            .filter(|path| path.starts_with(root().join("crates").join(name)))
            .count()
    };
    assert_eq!(
        (in_crate("stripe"), in_crate("hubspot"), places.len()),
        (1, 1, 2),
        "{places:?}"
    );
}

#[test]
fn the_stripe_client_sends_nothing_but_reads_and_its_own_webhook_endpoint() {
    // Everything that can be said to Stripe is one variant of `Call`; three of them write, and none can touch anything
    // but ClearSync's own endpoint: the probe goes to an id that does not exist.
    let may_write = [
        "Self::Probe(Probe::PostToNoObject",
        "Self::CreateWebhookEndpoint",
        "Self::DeleteWebhookEndpoint",
    ];
    let mut writing = 0;
    for (path, text) in sources("crates/stripe/src", "rs") {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for line in code.lines().filter(|line| names_a_write(line)) {
            let compares = line.contains("== Method::POST") || line.contains("!= Method::POST");
            let allowed = may_write
                .iter()
                .any(|variant| line.trim().starts_with(variant));
            assert!(
                compares || (allowed && path.ends_with("call.rs")),
                "{}: {line}",
                path.display()
            );
            writing += usize::from(allowed);
        }
    }
    assert_eq!(writing, may_write.len());
}

fn names_a_write(line: &str) -> bool {
    ["POST", "PUT", "PATCH", "DELETE"]
        .iter()
        .any(|method| line.contains(&format!("Method::{method}")))
}

#[test]
fn one_window_with_a_strict_policy_and_listed_commands() {
    let config: Value = serde_json::from_str(&read("tauri.conf.json")).unwrap();
    let app = &config["app"];
    assert_eq!(app["withGlobalTauri"], false);
    assert_eq!(app["security"]["freezePrototype"], true);
    assert_eq!(app["windows"].as_array().unwrap().len(), 1);
    assert!(
        !app["security"]["csp"].to_string().contains("unsafe-"),
        "the policy must stay strict"
    );
    let capability: Value =
        serde_json::from_str(&read("src-tauri/capabilities/main.json")).unwrap();
    assert_eq!(capability["windows"], serde_json::json!(["main"]));
    let allowed = read("src-tauri/permissions/app.toml");
    let generated = read("ui/src/ipc/bindings.ts");
    let called: BTreeSet<&str> = generated
        .split("__TAURI_INVOKE<")
        .skip(1)
        .filter_map(|call| call.split('"').nth(1))
        .collect();
    let listed: BTreeSet<&str> = allowed
        .lines()
        .filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("\","))
        .collect();
    assert_eq!(called, listed, "the window may call exactly its commands");
}

fn normal_dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--format-version",
            "1",
            "--offline",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() >= MAY_KNOW.len());
    packages
        .iter()
        .map(|package| (text(&package["name"]), kinds_of(package)))
        .collect()
}

fn kinds_of(package: &Value) -> BTreeSet<String> {
    let dependencies = package["dependencies"].as_array().unwrap();
    dependencies
        .iter()
        .filter(|dependency| dependency["kind"].is_null())
        .map(|dependency| text(&dependency["name"]))
        .collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn sources(folder: &str, ending: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == ending)
            {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty());
    found
}
