//! The real program in the terminal, against simulated services on ports of this computer.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod accounts;
#[cfg(unix)]
mod at_rest;
mod backup;
#[cfg(target_os = "linux")]
mod canary;
mod diagnostics;
#[cfg(target_os = "linux")]
#[path = "../leaks/mod.rs"]
mod leaks;
mod modes;
mod realtime;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::{Output, Stdio},
    sync::Arc,
    time::Duration,
};

use clearsync_sandbox::{
    Sample, ServedSample, SystemClock,
    business::{Business, Shape},
    stripe::SandboxKey,
};
use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;
use tokio::{io::AsyncWriteExt, process::Command};

const KEY: &str = "rk_test_51SimulatedKeyOfTheBusiness";
const TOKEN: &str = "pat-na1-0b5e8f6a-1c2d-4e3f-8a9b-aabbccddeeff";

/// The services, and a computer that knows nothing yet.
struct World {
    sample: Sample,
    served: ServedSample,
    home: TempDir,
}

impl World {
    async fn new() -> Self {
        let business = Business::play(3, &Shape::small(), Timestamp::now());
        let sample = Sample::of(business, Arc::new(SystemClock));
        sample
            .stripe
            .add_key(SandboxKey::new(KEY, Sample::PERMISSIONS));
        sample.hubspot.add_token(TOKEN, Sample::SCOPES);
        let served = sample.serve(Duration::ZERO).await.unwrap();
        Self {
            sample,
            served,
            home: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// The program, in a home of its own and without a desktop.
    fn program(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clearsync"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.home.path())
            .env("XDG_CONFIG_HOME", self.path("config"))
            .env("CLEARSYNC_DATA_FOLDER", self.path("data"))
            .env("CLEARSYNC_DATA_KEY_FILE", self.path("data.key"))
            .env(
                "CLEARSYNC_STRIPE_URL",
                format!("http://{}/", self.served.stripe.address()),
            )
            .env(
                "CLEARSYNC_HUBSPOT_URL",
                format!("http://{}/", self.served.hubspot.address()),
            )
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    async fn run(&self, arguments: &[&str], input: &str) -> Ended {
        ended(self.program(arguments), input).await
    }

    /// Runs with both keys on standard input.
    async fn run_with_keys(&self, arguments: &[&str]) -> Ended {
        let arguments = [arguments, &["--keys-from-stdin"]].concat();
        self.run(&arguments, &format!("{KEY}\n{TOKEN}\n")).await
    }

    /// A file that holds the Stripe key, with these permissions.
    #[cfg(unix)]
    fn key_file(&self, mode: u32) -> String {
        use std::os::unix::fs::PermissionsExt;

        let path = self.path("stripe.key");
        fs::write(&path, format!("{KEY}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

/// What a command left behind.
struct Ended {
    code: i32,
    output: String,
    errors: String,
}

impl Ended {
    fn json(&self) -> Value {
        serde_json::from_str(&self.output).unwrap()
    }

    /// The line that holds `text`.
    fn line(&self, text: &str) -> &str {
        let found = self.output.lines().find(|line| line.contains(text));
        found.unwrap_or_else(|| unreachable!("no line holds {text}:\n{}", self.output))
    }
}

async fn ended(mut command: Command, input: &str) -> Ended {
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A command that reads nothing may have ended already.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    let Output {
        status,
        stdout,
        stderr,
    } = child.wait_with_output().await.unwrap();
    let ended = Ended {
        code: status.code().unwrap(),
        output: String::from_utf8(stdout).unwrap(),
        errors: String::from_utf8(stderr).unwrap(),
    };
    for secret in [KEY, TOKEN] {
        assert!(!ended.output.contains(secret) && !ended.errors.contains(secret));
    }
    ended
}

#[tokio::test(flavor = "multi_thread")]
async fn audit_prints_the_checklists_with_their_ticks() {
    let world = World::new().await;
    let all = world.run_with_keys(&["audit"]).await;
    assert_eq!((all.code, all.errors.as_str()), (0, ""));
    assert!(
        all.line("Stripe:").ends_with("15 of 15 held"),
        "{}",
        all.output
    );
    assert!(all.line("HubSpot:").ends_with("8 of 8 held"));
    assert!(all.line("Customers").starts_with("  ✓"));

    world.sample.stripe.deny(KEY, "customer_read");
    let some = world.run_with_keys(&["audit"]).await;
    assert_eq!(some.code, 1);
    assert!(some.line("Customers").starts_with("  ✕"));
    assert!(some.line("Customers").ends_with("missing"));
    assert!(some.line("Invoices").starts_with("  ✓"));
}

#[tokio::test(flavor = "multi_thread")]
async fn audit_as_json_can_be_read_by_scripts() {
    let world = World::new().await;
    world.sample.stripe.grant(KEY, "customer_write");
    world.sample.stripe.deny(KEY, "coupon_read");
    let audit = world.run_with_keys(&["audit", "--excess", "--json"]).await;
    assert_eq!(audit.code, 1);
    let checklists = &audit.json()["checklists"];
    let state = |id: &str| {
        let rows = checklists[0]["rows"].as_array().unwrap();
        let row = rows.iter().find(|row| row["id"] == id).unwrap();
        row["state"]["kind"].as_str().unwrap().to_owned()
    };
    assert_eq!(checklists[0]["service"], "stripe");
    assert_eq!(state("coupons"), "missing");
    assert_eq!(state("customers"), "excess");
    assert_eq!(state("invoices"), "held");
    assert_eq!(checklists[0]["excessChecked"], true);
    assert_eq!(checklists[1]["service"], "hubSpot");
    assert_eq!(checklists[1]["complete"], true);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_key_file_must_be_its_owners_alone() {
    let world = World::new().await;
    for open in [0o644, 0o640, 0o604] {
        let file = world.key_file(open);
        let refused = world.run(&["audit", "--stripe-key-file", &file], "").await;
        assert_eq!(refused.code, 1);
        assert_eq!(
            refused.errors,
            format!("Others can read {file}. Let only its owner read it: chmod 600.\n")
        );
        assert!(world.sample.stripe.requests().is_empty());
    }
    let file = world.key_file(0o600);
    let audit = world.run(&["audit", "--stripe-key-file", &file], "").await;
    assert_eq!((audit.code, audit.errors.as_str()), (0, ""));
    assert!(!audit.output.contains("HubSpot:"), "only what is connected");

    let nowhere = world.path("nowhere");
    let nowhere = nowhere.to_str().unwrap();
    let missing = world
        .run(&["audit", "--stripe-key-file", nowhere], "")
        .await;
    assert_eq!(missing.code, 1);
    assert!(missing.errors.contains("nowhere cannot be read"));
}

/// No option takes a key itself, since others can read a command line.
#[tokio::test(flavor = "multi_thread")]
async fn keys_never_come_by_the_command_line() {
    let world = World::new().await;
    for command in ["audit", "sync", "modes", "plan", "push", "undo", "drift"] {
        let help = world.run(&[command, "--help"], "").await;
        let words = help.output.split_whitespace();
        let options: BTreeSet<&str> = words
            .filter(|word| word.starts_with("--") && word.contains("key"))
            .collect();
        assert_eq!(
            options,
            BTreeSet::from([
                "--hubspot-key-file",
                "--keys-from-stdin",
                "--stripe-key-file"
            ])
        );
        let bare = world.run(&[command, "rk_test_x"], "").await;
        assert_eq!(bare.code, 2, "a key alone is no argument either");
    }
    assert!(world.sample.stripe.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_keys_it_says_what_is_missing() {
    let world = World::new().await;
    let audit = world.run(&["audit"], "").await;
    assert_eq!(audit.code, 1);
    assert_eq!(
        audit.errors,
        "Stripe is not connected. Paste a Stripe key to go on.\n"
    );
    let swapped = world
        .run(
            &["audit", "--keys-from-stdin"],
            &format!("{TOKEN}\n{KEY}\n"),
        )
        .await;
    assert_eq!(swapped.code, 1);
    assert!(swapped.errors.starts_with("This is a HubSpot key"));
    world.sample.stripe.revoke(KEY);
    let refused = world.run_with_keys(&["audit"]).await;
    assert_eq!(refused.code, 1);
    assert!(refused.errors.starts_with("Stripe does not know this key"));
    assert!(refused.errors.contains("(req_"), "{}", refused.errors);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_that_is_not_understood_is_named() {
    let world = World::new().await;
    let folder = world.path("config/ai.clearsync.desktop");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config.json"), r#"{"stripe_uri": "https://x"}"#).unwrap();
    let ended = world.run_with_keys(&["audit"]).await;
    assert_eq!(ended.code, 1);
    let path = folder.join("config.json");
    assert!(ended.errors.contains(path.to_str().unwrap()));
    assert!(ended.errors.contains("unknown field `stripe_uri`"));
    assert!(world.sample.stripe.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_to_a_far_host_is_refused() {
    let world = World::new().await;
    for (name, service) in [
        ("CLEARSYNC_STRIPE_URL", "Stripe"),
        ("CLEARSYNC_HUBSPOT_URL", "HubSpot"),
    ] {
        let mut command = world.program(&["audit", "--keys-from-stdin"]);
        command.env(name, "http://api.example.com/");
        let refused = ended(command, &format!("{KEY}\n{TOKEN}\n")).await;
        assert_eq!(refused.code, 1);
        let expected = format!("The {service} address must be https.");
        assert!(refused.errors.starts_with(&expected), "{}", refused.errors);
    }
    assert!(
        !Path::new(&world.path("data")).exists(),
        "nothing was begun"
    );
}

/// The first plan waits for the user's word (3), `--approve` gives it (0), and then there is nothing left to do (0).
#[tokio::test(flavor = "multi_thread")]
async fn sync_once_waits_for_a_word_and_then_does_it() {
    let world = World::new().await;
    let first = world.run_with_keys(&["sync", "--once"]).await;
    assert_eq!(first.code, 3, "{} {}", first.output, first.errors);
    assert!(first.output.contains("--approve"));
    assert_eq!(written(&world), 0);

    let approved = world
        .run_with_keys(&["sync", "--once", "--approve", "--json"])
        .await;
    assert_eq!(approved.code, 0, "{} {}", approved.output, approved.errors);
    assert_eq!(approved.json()["run"]["outcome"], "done");
    assert!(approved.json()["run"]["created"].as_u64().unwrap() > 0);
    assert!(written(&world) > 0);

    world.sample.hubspot.forget_requests();
    let again = world.run_with_keys(&["sync", "--once", "--json"]).await;
    assert_eq!(again.code, 0, "{} {}", again.output, again.errors);
    assert_eq!(again.json()["run"]["created"], 0);
    assert_eq!(written(&world), 0);
}

/// After a lost disk the records are another installation's: no other word than `--take-over` goes on with them.
#[tokio::test(flavor = "multi_thread")]
async fn what_another_installation_wrote_is_taken_over_with_one_word() {
    let world = World::new().await;
    let approve = ["sync", "--once", "--approve"];
    let first = world.run_with_keys(&approve).await;
    assert_eq!(first.code, 0, "{}", first.errors);
    let told: Vec<&str> = first.output.lines().collect();
    let read = told
        .iter()
        .find_map(|line| line.strip_suffix(" objects new or changed in Stripe"));
    assert!(read.unwrap().trim().parse::<u32>().unwrap() > 100);
    let last = told.last().unwrap();
    assert!(
        last.starts_with("done: ") && !last.contains("Stripe"),
        "{last}"
    );
    fs::remove_dir_all(world.path("data")).unwrap();
    world.sample.hubspot.forget_requests();
    let portal = || {
        let count = |kind| world.sample.hubspot.records(kind).unwrap().len();
        (count("contacts"), count("companies"))
    };
    let before = portal();
    let waits = world.run_with_keys(&approve).await;
    assert_eq!(waits.code, 3, "{} {}", waits.output, waits.errors);
    assert!(
        waits.output.contains("clearsync push --take-over"),
        "{}",
        waits.output
    );
    let waits = world.run_with_keys(&["push", "--approve"]).await;
    assert_eq!((waits.code, written(&world)), (3, 0), "{}", waits.output);
    let over = world
        .run_with_keys(&["push", "--take-over", "--json"])
        .await;
    assert_eq!(over.code, 0, "{} {}", over.output, over.errors);
    assert_eq!(over.json()["run"]["created"], 0);
    assert_eq!(portal(), before);
}

/// HubSpot refuses companies without a phone number. The rest is written, and the code says that not all of it was (4).
#[tokio::test(flavor = "multi_thread")]
async fn sync_once_tells_of_records_that_were_refused() {
    let world = World::new().await;
    world
        .sample
        .hubspot
        .require("companies", "phone", None)
        .unwrap();
    let some = world
        .run_with_keys(&["sync", "--once", "--approve", "--json"])
        .await;
    assert_eq!(some.code, 4, "{} {}", some.output, some.errors);
    let run = &some.json()["run"];
    assert_eq!(run["outcome"], "doneWithRefusals");
    assert!(run["failed"].as_u64().unwrap() > 0);
    assert!(run["created"].as_u64().unwrap() > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn sync_once_that_fails_says_why() {
    let world = World::new().await;
    world.sample.hubspot.set_scopes(TOKEN, ["oauth"]);
    let failed = world.run_with_keys(&["sync", "--once", "--json"]).await;
    assert_eq!(failed.code, 1, "{} {}", failed.output, failed.errors);
    assert_eq!(failed.json()["run"]["outcome"], "failed");
    assert_eq!(
        failed.json()["run"]["problem"]["code"],
        "hubSpotScopeMissing"
    );
    let failed = world.run_with_keys(&["sync", "--once"]).await;
    assert_eq!(failed.code, 1);
    assert!(failed.errors.starts_with("The HubSpot key lacks a scope"));
}

/// A plan is shown, pushed with a word, looked at again, and taken back: the portal is as it was.
#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_shown_pushed_and_taken_back() {
    let world = World::new().await;
    let portal = &world.sample.hubspot;
    let before = portal.snapshot();
    let plan = world.run_with_keys(&["plan"]).await;
    assert_eq!(plan.code, 3, "{} {}", plan.output, plan.errors);
    assert!(plan.line("Plan:").contains(" new"));
    assert!(plan.line("MRR (ClearSync): –").contains('→'));
    let csv = world.path("plan.csv");
    let csv_name = csv.to_str().unwrap();
    let plan = world
        .run_with_keys(&["plan", "--json", "--csv", csv_name])
        .await;
    let rows = plan.json()["rows"].as_array().unwrap().len();
    assert!(rows > 20);
    assert!(fs::read_to_string(&csv).unwrap().lines().count() > rows);
    let again = world.run_with_keys(&["plan", "--csv", csv_name]).await;
    assert_eq!(again.code, 1, "no file is written over");
    let waits = world.run_with_keys(&["push"]).await;
    assert_eq!((waits.code, written(&world)), (3, 0), "{}", waits.output);

    // The companies first, the rest later.
    let some = world
        .run_with_keys(&["push", "--object", "companies", "--approve", "--json"])
        .await;
    assert_eq!(some.code, 0, "{} {}", some.output, some.errors);
    let made = |kind: &str| portal.records(kind).unwrap().len();
    assert_eq!(made("contacts"), 0);
    assert!(made("companies") > 0);
    let rest = world.run_with_keys(&["push", "--approve", "--json"]).await;
    assert_eq!(rest.code, 0, "{} {}", rest.output, rest.errors);
    let contacts = portal.records("contacts").unwrap();
    assert!(!contacts.is_empty());

    // Somebody edits a contact; the next push puts it right.
    let paying =
        |(_, values): &(&String, &BTreeMap<String, String>)| values.contains_key("clearsync_mrr");
    let (id, values) = contacts.iter().find(paying).unwrap();
    portal
        .edit("contacts", id, &[("clearsync_mrr", "1")])
        .unwrap();
    let drift = world.run_with_keys(&["drift"]).await;
    assert_eq!(drift.code, 0, "{} {}", drift.output, drift.errors);
    assert!(drift.output.starts_with("1 of "), "{}", drift.output);
    assert!(drift.line("held 1").contains("puts it right"));
    let right = world.run_with_keys(&["push", "--json"]).await;
    assert_eq!(right.code, 0, "{} {}", right.output, right.errors);
    assert_eq!(right.json()["run"]["updated"], 1);
    assert_eq!(
        portal.records("contacts").unwrap()[id]["clearsync_mrr"],
        values["clearsync_mrr"]
    );
    let drift = world.run_with_keys(&["drift", "--json"]).await;
    assert_eq!(drift.json()["drift"]["differing"], 0);

    let shown = world.run_with_keys(&["undo", "--all"]).await;
    assert_eq!(shown.code, 3, "{} {}", shown.output, shown.errors);
    assert!(shown.line("Undo:").contains("to the recycle bin"));
    assert_eq!(made("contacts"), contacts.len(), "only shown");
    let undone = world
        .run_with_keys(&["undo", "--all", "--approve", "--json"])
        .await;
    assert_eq!(undone.code, 0, "{} {}", undone.output, undone.errors);
    assert!(portal.snapshot() == before, "the portal is as it was");
    let nothing = world.run_with_keys(&["undo", "--all"]).await;
    assert_eq!(nothing.code, 0, "{}", nothing.output);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_and_a_record_are_taken_back() {
    let world = World::new().await;
    let pushed = world
        .run_with_keys(&["sync", "--once", "--approve", "--json"])
        .await;
    assert_eq!(pushed.code, 0, "{} {}", pushed.output, pushed.errors);
    let run = pushed.json()["run"]["id"].to_string();
    let contacts = world.sample.hubspot.records("contacts").unwrap();
    let key = &contacts.values().next().unwrap()["clearsync_stripe_customer_id"];
    let record = format!("contacts:{key}");
    let one = world
        .run_with_keys(&["undo", "--record", &record, "--approve"])
        .await;
    assert_eq!(one.code, 0, "{} {}", one.output, one.errors);
    let left = world.sample.hubspot.records("contacts").unwrap();
    assert_eq!(left.len(), contacts.len() - 1);
    let all = world
        .run_with_keys(&["undo", "--run", &run, "--approve"])
        .await;
    assert_eq!(all.code, 0, "{} {}", all.output, all.errors);
    assert!(world.sample.hubspot.records("contacts").unwrap().is_empty());

    let none = world.run_with_keys(&["undo"]).await;
    assert_eq!(none.code, 2, "what is to be taken back must be said");
    let unclear = world.run_with_keys(&["undo", "--record", "cus_1"]).await;
    assert_eq!(unclear.code, 1);
    assert!(unclear.errors.starts_with("cus_1 names no record"));
}

/// How many requests wrote something into the portal.
fn written(world: &World) -> usize {
    let reads = ["batch/read", "search", "access-token-info"];
    let requests = world.sample.hubspot.requests();
    let wrote = requests
        .iter()
        .filter(|one| one.method != "GET" && !reads.iter().any(|read| one.path.ends_with(read)));
    wrote.count()
}

#[tokio::test(flavor = "multi_thread")]
async fn mrr_is_shown_explained_and_held_against_a_table() {
    let world = World::new().await;
    let nothing = world.run(&["mrr"], "").await;
    assert_eq!(nothing.code, 1, "nothing was read yet: {}", nothing.output);
    assert_eq!(world.run_with_keys(&["sync", "--once"]).await.code, 3);

    let shown = world.run(&["mrr", "--months", "24"], "").await;
    assert_eq!(shown.code, 0, "{}", shown.errors);
    shown.line("Upgrades");
    assert!(
        shown.output.lines().all(|line| line.chars().count() <= 80),
        "{}",
        shown.output
    );
    let told = world
        .run(&["mrr", "--months", "24", "--json"], "")
        .await
        .json();
    let months = told["months"].as_array().unwrap();
    assert_eq!(months.last().unwrap()["closing"], told["mrr"]);
    let last = months.last().unwrap()["month"].as_str().unwrap();
    let closing = told["mrr"]["decimal"].as_str().unwrap();
    assert!(shown.line(last).ends_with(closing), "{}", shown.output);

    let table = world.path("mrr.csv");
    let table = table.to_str().unwrap();
    assert_eq!(world.run(&["mrr", "--csv", table], "").await.code, 0);
    let agreed = world.run(&["reconcile", table], "").await;
    assert_eq!(agreed.code, 0, "{}", agreed.output);
    let text = fs::read_to_string(table).unwrap();
    let line = text.lines().nth(1).unwrap();
    let (rest, _) = line.rsplit_once(',').unwrap();
    fs::write(table, text.replace(line, &format!("{rest},98765.43"))).unwrap();
    let differs = world.run(&["reconcile", table], "").await;
    assert_eq!(differs.code, 1);
    differs.line(" 1 off");
    differs.line("98765.43");
    let report = world.run(&["reconcile", table, "--json"], "").await.json();
    assert_eq!(report["off"], 1);
    let none = world.run(&["reconcile", "/nowhere.csv"], "").await;
    assert!(
        none.errors.contains("/nowhere.csv cannot be read"),
        "{}",
        none.errors
    );

    let id = world.sample.with_business(|business| {
        let ledger = business.ledger();
        let mut lives = ledger.lives().map(|(id, _)| id);
        lives.find(|id| ledger.is_plain(id)).unwrap().to_owned()
    });
    let explained = world.run(&["explain", &id], "").await;
    assert!(
        explained.output.starts_with("MRR is "),
        "{}",
        explained.output
    );
    let earlier = ["explain", &*id, "--at", "2020-01-31", "--json"];
    let earlier = world.run(&earlier, "").await.json();
    let sentence = earlier["sentence"].as_str().unwrap();
    assert!(sentence.contains("It begins on"), "{sentence}");
    assert_eq!(world.run(&["explain", "sub_none"], "").await.code, 1);
}
