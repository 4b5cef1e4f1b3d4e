//! Several accounts in the terminal.

use clearsync_sandbox::{Served, by_key, serve};

use super::*;

const GLOBEX_KEY: &str = "rk_live_51KeyOfTheOtherBusinessBBBB";
const GLOBEX_TOKEN: &str = "pat-na1-0b5e8f6a-1c2d-4e3f-8a9b-bbbbbbbbbbbb";

/// Two businesses, each with a portal of its own, behind the same addresses.
struct Two {
    world: World,
    globex: Sample,
    stripe: Served,
    hubspot: Served,
}

impl Two {
    async fn new() -> Self {
        let world = World::new().await;
        let business = Business::play(5, &Shape::small(), Timestamp::now());
        let globex = Sample::of(business, Arc::new(SystemClock));
        globex
            .stripe
            .add_key(SandboxKey::new(GLOBEX_KEY, Sample::PERMISSIONS));
        globex.stripe.set_account_name("Globex");
        let data = globex.with_business(|business| business.data());
        data.write().unwrap().set_livemode(true);
        globex.hubspot.add_token(GLOBEX_TOKEN, Sample::SCOPES);
        globex.hubspot.reshape(|shape| shape.portal_id += 1);
        let stripe = by_key(vec![
            (vec![KEY], world.sample.stripe.router()),
            (vec![GLOBEX_KEY], globex.stripe.router()),
        ]);
        let hubspot = by_key(vec![
            (vec![TOKEN], world.sample.hubspot.router()),
            (vec![GLOBEX_TOKEN], globex.hubspot.router()),
        ]);
        Self {
            world,
            globex,
            stripe: serve(stripe, 0, Duration::ZERO).await.unwrap(),
            hubspot: serve(hubspot, 0, Duration::ZERO).await.unwrap(),
        }
    }

    async fn run(&self, arguments: &[&str], input: &str) -> Ended {
        let mut command = self.world.program(arguments);
        command
            .env(
                "CLEARSYNC_STRIPE_URL",
                format!("http://{}/", self.stripe.address()),
            )
            .env(
                "CLEARSYNC_HUBSPOT_URL",
                format!("http://{}/", self.hubspot.address()),
            );
        let ended = ended(command, input).await;
        assert!(!ended.output.contains(GLOBEX_KEY) && !ended.errors.contains(GLOBEX_TOKEN));
        ended
    }

    async fn ok(&self, arguments: &[&str], input: &str) -> Ended {
        let ended = self.run(arguments, input).await;
        assert_eq!(
            ended.code, 0,
            "{arguments:?}: {} {}",
            ended.output, ended.errors
        );
        ended
    }

    /// Brings both accounts into HubSpot and gives the id of the second.
    async fn synced(&self) -> String {
        let with_keys = ["sync", "--once", "--approve", "--keys-from-stdin"];
        self.ok(&with_keys, &format!("{KEY}\n{TOKEN}\n")).await;
        let added = self.ok(&["accounts", "--add"], "").await;
        let id = added.output.trim().to_owned();
        let second = [&with_keys[..], &["--account", &id]].concat();
        self.ok(&second, &format!("{GLOBEX_KEY}\n{GLOBEX_TOKEN}\n"))
            .await;
        id
    }
}

/// A second account is added, connected and listed, and each command says which it is about.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_account_is_worked_with_by_its_name() {
    let two = Two::new().await;
    let id = two.synced().await;
    let list = two.ok(&["accounts"], "").await;
    assert!(
        list.line("Sample Software (Test)").starts_with("first"),
        "{}",
        list.output
    );
    assert!(
        list.line("Globex (Live)").starts_with(&id),
        "{}",
        list.output
    );
    assert_eq!(
        two.ok(&["accounts", "--json"], "").await.json()["accounts"][1]["account"],
        "Globex"
    );

    let mrr = |told: Ended| told.json()["mrr"].clone();
    let one = mrr(two.ok(&["mrr", "--json", "--account", "first"], "").await);
    let by_id = mrr(two.ok(&["--account", &id, "mrr", "--json"], "").await);
    let by_name = mrr(two.ok(&["mrr", "--json", "--account", "globex"], "").await);
    assert_eq!(by_id, by_name);
    assert_ne!(one, by_name);
    assert_ne!(by_name["decimal"], "0.00");

    for command in [
        &["mrr"][..],
        &["plan"],
        &["undo", "--all"],
        &["restore", "x"],
        &["backup", "x"],
    ] {
        let which = two.run(command, "").await;
        assert_eq!(which.code, 1, "{command:?}");
        assert!(
            which
                .errors
                .starts_with("Say which account is meant with --account:"),
            "{}",
            which.errors
        );
        assert!(which.errors.contains("Globex (Live)"), "{}", which.errors);
    }
    let nobody = two.run(&["mrr", "--account", "initech"], "").await;
    assert_eq!(nobody.code, 1);
    assert!(
        nobody.errors.starts_with("No account is called initech."),
        "{}",
        nobody.errors
    );

    let backups = two.ok(&["backup"], "").await;
    let [first, second] = &backups.output.lines().collect::<Vec<_>>()[..] else {
        unreachable!("one a line: {}", backups.output)
    };
    assert!(
        !first.contains("/workspaces/") && second.contains(&format!("/workspaces/{id}/backups/"))
    );
    let told = two.ok(&["diagnostics"], "").await;
    assert!(told.output.contains("== report-first.json"));
    assert!(told.output.contains(&format!("== report-{id}.json")));
    assert!(!told.output.contains("Globex"), "no name is told");
}

/// Without a name all are synced, each with its own keys, and the worst end is the end.
#[tokio::test(flavor = "multi_thread")]
async fn a_sync_of_all_goes_on_past_one_that_fails() {
    let two = Two::new().await;
    let id = two.synced().await;
    let no_keys = two.run(&["sync", "--once"], "").await;
    assert_eq!(no_keys.code, 1, "the keys were for one run");
    assert!(
        no_keys.output.contains("Sample Software (Test)")
            && no_keys.output.contains("Globex (Live)")
    );
    let told = two.run(&["sync", "--once", "--json"], "").await;
    let accounts = told.json()["accounts"].clone();
    assert_eq!(accounts[0]["account"]["id"], "first");
    assert_eq!(accounts[1]["account"]["id"], *id);
    assert_eq!(accounts[1]["run"]["problem"]["code"], "stripeNotConnected");
    let with_keys = two
        .run(
            &["sync", "--once", "--keys-from-stdin"],
            &format!("{KEY}\n{TOKEN}\n"),
        )
        .await;
    assert_eq!(with_keys.code, 1);
    assert!(
        with_keys.errors.contains("--account"),
        "{}",
        with_keys.errors
    );

    // One account's key in the place of the other's is refused by name.
    two.globex.stripe.forget_requests();
    let swapped = two
        .run(
            &["sync", "--once", "--account", &id, "--keys-from-stdin"],
            &format!("{KEY}\n{TOKEN}\n"),
        )
        .await;
    assert_eq!(swapped.code, 1);
    assert!(
        swapped
            .errors
            .starts_with("ClearSync has this Stripe account already. Sample Software (test)"),
        "{}",
        swapped.errors
    );
    assert!(two.globex.stripe.requests().is_empty());
}

/// One account is forgotten and the other stays; then everything is.
#[tokio::test(flavor = "multi_thread")]
async fn one_account_is_forgotten_and_then_everything() {
    let two = Two::new().await;
    let id = two.synced().await;
    let folder = two.world.path("data/workspaces").join(&id);
    assert!(folder.join("clearsync.sqlite").exists());
    let asked = two.run(&["forget", "--account", "globex"], "").await;
    assert_eq!(asked.code, 3);
    assert!(
        asked.output.starts_with(&format!("{id}  Globex (Live)\n")),
        "{}",
        asked.output
    );
    assert!(folder.exists(), "nothing is deleted yet");
    two.ok(&["forget", "--account", "globex", "--yes"], "")
        .await;
    assert!(!folder.exists());
    let list = two.ok(&["accounts"], "").await;
    assert_eq!(list.output.lines().count(), 1, "{}", list.output);
    two.ok(&["mrr"], "").await;

    two.ok(&["accounts", "--add"], "").await;
    two.ok(&["forget", "--yes"], "").await;
    assert!(!two.world.path("data").exists());
}
