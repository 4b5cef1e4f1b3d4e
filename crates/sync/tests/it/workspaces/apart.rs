//! Whatever runs beside each other stays apart: in the stores, in the portals, and in every request.

use clearsync_sync::view::{Phase, Service};

use super::*;

/// Three workspaces do everything at once.
#[tokio::test(start_paused = true)]
async fn nothing_of_one_account_reaches_another() {
    let world = World::new();
    let (_workspaces, ids, engines) = world.three().await;
    tokio::join!(
        bring_in(&engines[0]),
        bring_in(&engines[1]),
        bring_in(&engines[2])
    );
    let (turns, sent) = (turns(&world.stripe), world.stripe.sent().len());
    assert!(
        turns * 2 > sent,
        "they were at work at once: {turns} of {sent}"
    );
    for party in &world.parties {
        world.clock.jump(jiff::SignedDuration::from_hours(24));
        party.live_on();
    }
    let [one, other, third] = &engines;
    tokio::join!(sync(one), sync(other), sync(third));

    let owners = world.owners();
    for (number, id) in ids.iter().enumerate() {
        let stored = world.stored(id);
        assert!(stored.len() > 50, "{}", stored.len());
        let foreign = stored.iter().find(|id| owners[*id] != number);
        assert_eq!(foreign, None, "store {number}");
        let brought = brought_to(&world.parties[number]);
        assert!(brought.len() > 10, "{}", brought.len());
        let foreign = brought.iter().find(|id| owners[*id] != number);
        assert_eq!(foreign, None, "portal {number}");
    }
    for (switchboard, key_of) in [
        (&world.stripe, key_of as fn(&Party) -> &'static str),
        (&world.hubspot, token_of),
    ] {
        let mut named = 0;
        for sent in switchboard.sent() {
            let party = world.parties.iter().position(|one| key_of(one) == sent.key);
            for id in words(&sent.text) {
                if let Some(owner) = owners.get(id) {
                    assert_eq!(Some(*owner), party, "{id} in {}", sent.text);
                    named += 1;
                }
            }
        }
        assert!(named >= 20, "requests name ids: {named}");
    }
    assert_eq!(world.stripe.sent_with(KEYS[INITECH].0), 0);

    // A figure of each is its own.
    let mut totals = Vec::new();
    for engine in &engines {
        totals.push(engine.overview().await.unwrap().totals);
    }
    assert!(totals.iter().all(|totals| !totals.is_empty()));
    assert_ne!(totals[0], totals[1]);
    assert_ne!(totals[0], totals[2]);
}

fn key_of(party: &Party) -> &'static str {
    party.stripe_key
}

fn token_of(party: &Party) -> &'static str {
    party.token
}

/// How often a request was followed by one with another key.
fn turns(switchboard: &Switchboard) -> usize {
    let sent = switchboard.sent();
    let turns = sent.windows(2).filter(|two| two[0].key != two[1].key);
    turns.count()
}

/// The Stripe ids that a portal's contacts hold.
fn brought_to(party: &Party) -> BTreeSet<String> {
    let contacts = party.sample.hubspot.records("contacts").unwrap();
    let ids = contacts.values().flat_map(|values| {
        [
            "clearsync_stripe_customer_id",
            "clearsync_stripe_customer_ids",
        ]
        .into_iter()
        .filter_map(|name| values.get(name))
    });
    ids.flat_map(|text| text.split(", ").map(str::to_owned))
        .filter(|id| !id.is_empty())
        .collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
}

/// A revoked key stops its own account alone, and so do a pause and a key that is taken away.
#[tokio::test(start_paused = true)]
async fn what_stops_one_leaves_the_others_running() {
    let world = World::new();
    let (_workspaces, _, engines) = world.three().await;
    for engine in &engines {
        bring_in(engine).await;
    }
    let [acme, globex, test] = &engines;
    let party = &world.parties[ACME];
    party.sample.stripe.revoke(party.stripe_key);
    let (refused, fine) = tokio::join!(sync(acme), sync(globex));
    assert_eq!(refused.outcome, Some(RunOutcome::Failed));
    assert_eq!(fine.outcome, Some(RunOutcome::Done));
    assert_eq!(acme.status().phase, Phase::Attention);
    assert_eq!(globex.status().problem, None);
    assert_eq!(
        sync(test).await.outcome,
        Some(RunOutcome::Done),
        "test mode has its own key"
    );

    globex.pause(None).await.unwrap();
    assert_eq!(globex.status().phase, Phase::Paused);
    assert_ne!(test.status().phase, Phase::Paused);
    let before = world.stripe.sent_with(KEYS[GLOBEX].0);
    let schedules = [globex.clone(), test.clone()]
        .map(|engine| tokio::spawn(async move { engine.run_schedule().await }));
    let asked = world.stripe.sent_with(KEYS[ACME_TEST].0);
    for _ in 0..30 {
        world.clock.jump(jiff::SignedDuration::from_mins(1));
        tokio::time::sleep(Duration::from_mins(1)).await;
    }
    assert!(
        world.stripe.sent_with(KEYS[ACME_TEST].0) > asked,
        "it goes on by itself"
    );
    assert_eq!(
        world.stripe.sent_with(KEYS[GLOBEX].0),
        before,
        "it is paused"
    );
    for schedule in schedules {
        schedule.abort();
    }

    test.disconnect(Service::Stripe).await.unwrap();
    globex.resume().await.unwrap();
    assert_eq!(sync(globex).await.outcome, Some(RunOutcome::Done));
}

/// One workspace is forgotten. The files of the others stay byte for byte, and so do all portals.
#[tokio::test(start_paused = true)]
async fn removing_one_leaves_every_byte_of_the_others() {
    for removed in [0, 1] {
        let world = World::new();
        let (workspaces, ids, engines) = world.three().await;
        for engine in &engines {
            bring_in(engine).await;
        }
        fs::create_dir(world.data().join("logs")).unwrap();
        fs::write(world.data().join("logs/clearsync.2026-06-01.log"), "both").unwrap();
        let gone = world.folder_of(&ids[removed]);
        let own = [
            "clearsync.sqlite",
            "clearsync.sqlite-wal",
            "clearsync.sqlite-shm",
            "clearsync.sqlite.lock",
        ];
        let of_others = |folder: &Path| {
            let mut all = bytes(&world.data(), Path::new(""));
            all.retain(|path, _| {
                path.parent() != Some(folder) && !path.ends_with("workspaces/shown")
            });
            all
        };
        let (before, portals) = (of_others(&gone), portals(&world));
        assert!(before.len() > 4, "{:?}", before.keys());
        let requests = world.hubspot.sent().len();
        drop(engines);

        let forgotten = workspaces.remove(&ids[removed]).await.unwrap();
        assert_eq!(forgotten.left, []);
        assert!(of_others(&gone) == before, "the others are as they were");
        for name in own {
            assert!(!gone.join(name).exists(), "{name}");
        }
        assert_eq!(gone.exists(), ids[removed].is_first(), "its folder is gone");
        assert!(world.portals_are(&portals));
        assert_eq!(world.hubspot.sent().len(), requests);

        let left: Vec<WorkspaceId> = workspaces
            .list()
            .rows
            .into_iter()
            .map(|row| row.id)
            .collect();
        let others: Vec<WorkspaceId> = ids
            .iter()
            .filter(|id| **id != ids[removed])
            .cloned()
            .collect();
        assert_eq!(left, others);
        assert!(others.contains(&workspaces.list().shown));
        assert_eq!(
            code(workspaces.engine(&ids[removed]).map(drop)),
            ProblemCode::WorkspaceGone
        );
        // And the same after a restart.
        let again: Vec<WorkspaceId> = world
            .open()
            .await
            .list()
            .rows
            .into_iter()
            .map(|row| row.id)
            .collect();
        assert_eq!(again, others);
    }
}

fn portals(world: &World) -> Vec<String> {
    let snapshot = |party: &Party| format!("{:?}", party.sample.hubspot.snapshot());
    world.parties.iter().map(snapshot).collect()
}

impl World {
    fn portals_are(&self, before: &[String]) -> bool {
        portals(self) == before
    }
}

/// Two accounts cannot listen at one port, so none is proposed twice.
#[tokio::test(start_paused = true)]
async fn each_account_is_proposed_a_port_of_its_own() {
    const HOOK: &str = "https://hooks.acme.com/stripe";
    let world = World::new();
    let (_workspaces, ids, engines) = world.three().await;
    let [acme, globex, test] = &engines;
    assert_eq!(port_of(test).await, 4843);
    acme.start_realtime(HOOK, 4843, true).await.unwrap();
    assert_eq!(port_of(acme).await, 4843);
    assert_eq!(port_of(globex).await, 4844);
    globex.start_realtime(HOOK, 4844, true).await.unwrap();
    assert_eq!(port_of(test).await, 4845);
    acme.stop_realtime().await.unwrap();
    assert_eq!(port_of(test).await, 4843);
    // An account that cannot be read keeps no other from its own.
    let file = unlocked(&world.folder_of(&ids[ACME]).join("clearsync.sqlite"));
    file.execute_batch("DROP TABLE setting").unwrap();
    assert!(acme.realtime().await.is_err());
    assert_eq!(port_of(test).await, 4843);
}

async fn port_of(engine: &Engine) -> u16 {
    engine.realtime().await.unwrap().port
}
