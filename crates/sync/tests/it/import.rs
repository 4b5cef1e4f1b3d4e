use std::{sync::Arc, time::Duration};

use clearsync_sandbox::{
    Fault, FaultPlan, Until,
    business::Shape,
    stripe::{Failure, KeyState, Limits},
};
use clearsync_store::Mode;
use clearsync_stripe::{
    catalog::{Held, Preset},
    error::StripeError,
};
use clearsync_sync::{
    import::{ConnectError, ImportError, ImportProgress, Wish, connect, import, start_over},
    view::{ListName, ListState},
};
use serde_json::json;
use tokio::sync::watch;

use crate::{
    same::{assert_same, stored},
    world::{Distant, Dying, Home, KEY, World, client, go},
};

#[tokio::test(start_paused = true)]
async fn the_store_holds_exactly_what_stripe_holds() {
    for seed in 0..4 {
        let world = World::new(seed, &Shape::small());
        let home = Home::new();
        let store = home.open();
        let source = world.plain_source(&store).await;
        let imported = world.import(&source, &store).await.unwrap();
        assert_same(&store, source.account(), &world.data().read().unwrap());
        assert_eq!(imported.changed, stored(&store, source.account()).len());
        assert!(imported.left_out.is_empty());

        start_over(&source, &store).await.unwrap();
        let again = world.import(&source, &store).await.unwrap();
        assert_eq!(
            (again.changed, again.deleted),
            (0, 0),
            "nothing has changed since"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn long_embedded_lists_come_whole() {
    let world = World::new(1, &Shape::sample());
    {
        let data = world.data();
        let data = data.read().unwrap();
        let longest = |kind, list: &str| {
            let lengths = data
                .all(kind)
                .map(|object| object[list]["data"].as_array().unwrap().len());
            lengths.max().unwrap()
        };
        assert!(longest("subscription", "items") >= 40);
        assert!(longest("invoice", "lines") >= 300);
    }
    let home = Home::new();
    let store = home.open();
    let source = world.plain_source(&store).await;
    world.import(&source, &store).await.unwrap();
    assert_same(&store, source.account(), &world.data().read().unwrap());
}

/// Kills the process before request 1, 2, 3 … of an import, opens the store anew and goes on, until an import ends
/// without being killed.
#[tokio::test(start_paused = true)]
async fn killed_at_any_request_the_next_import_goes_on() {
    let world = World::new(3, &Shape::small());
    let mut requests = 2;
    loop {
        let home = Home::new();
        let dying = Dying::after(requests, world.transport());
        let killed = {
            let store = home.open();
            let source = world.source(dying.clone(), &store, None).await;
            dying.run(world.import(&source, &store)).await
        };
        let store = home.open();
        store.check().unwrap();
        let source = world.plain_source(&store).await;
        world.sandbox.forget_requests();
        world.import(&source, &store).await.unwrap();
        assert_same(&store, source.account(), &world.data().read().unwrap());
        if killed.is_some() {
            break;
        }
        requests += 1;
    }
    assert!(
        requests > 15,
        "there were boundaries to be killed at: {requests}"
    );
}

/// What was read before a stop is not read again, apart from pages that were under way.
#[tokio::test(start_paused = true)]
async fn what_was_committed_is_not_read_again() {
    let world = World::new(3, &Shape::sample());
    let whole = {
        let home = Home::new();
        let store = home.open();
        let source = world.plain_source(&store).await;
        world.sandbox.forget_requests();
        world.import(&source, &store).await.unwrap();
        world.sandbox.requests().len()
    };
    let home = Home::new();
    let half = whole / 2;
    let dying = Dying::after(half, world.transport());
    {
        let store = home.open();
        let source = world.source(dying.clone(), &store, None).await;
        assert!(dying.run(world.import(&source, &store)).await.is_none());
    }
    let store = home.open();
    let source = world.plain_source(&store).await;
    world.sandbox.forget_requests();
    world.import(&source, &store).await.unwrap();
    let rest = world.sandbox.requests().len();
    assert!(
        rest < whole - half / 2,
        "{rest} of {whole} requests after {half}"
    );
    assert_same(&store, source.account(), &world.data().read().unwrap());
}

fn faults(seed: u64) -> FaultPlan {
    FaultPlan {
        seed,
        per_mille: 300,
        faults: vec![
            Fault::Answer(|| Failure::GlobalRate.answer()),
            Fault::Answer(|| Failure::LockTimeout.answer()),
            Fault::Answer(|| Failure::ServerError.answer()),
            Fault::Answer(|| Failure::Unavailable.answer()),
            Fault::ResetBefore,
            Fault::ResetAfter,
            Fault::Slow(Duration::from_secs(20)),
            Fault::CutBody,
            Fault::WrongJson,
            Fault::CaptivePortal,
        ],
        until: Until::Forever,
    }
}

#[tokio::test(start_paused = true)]
async fn faults_delay_an_import_and_change_nothing_of_it() {
    for seed in 0..8 {
        let world = World::new(seed, &Shape::small());
        let home = Home::new();
        let store = home.open();
        let account = world.plain_source(&store).await.account();
        let transport = world.faulty(faults(seed));
        let mut tries = 0;
        loop {
            tries += 1;
            assert!(tries < 200, "seed {seed} never ends");
            let held = Held::all_of(Preset::Standard);
            let client = client(transport.clone());
            let connected = connect(client, held, Some(account), &store, &world.clock()).await;
            let Ok(source) = connected else { continue };
            if world.import(&source, &store).await.is_ok() {
                break;
            }
        }
        assert_same(&store, account, &world.data().read().unwrap());
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_that_may_not_be_read_is_named_and_the_rest_is_read() {
    let world = World::new(5, &Shape::small());
    world.sandbox.deny(KEY, "charge_read");
    world.sandbox.deny(KEY, "coupon_read");
    let home = Home::new();
    let store = home.open();
    let source = world.plain_source(&store).await;
    let imported = world.import(&source, &store).await.unwrap();
    assert_eq!(imported.left_out, [ListName::Coupons, ListName::Charges]);
    let account = source.account();
    let counts = store.read(|view| view.object_counts(account)).unwrap();
    let subscriptions = world.data().read().unwrap().all("subscription").count() as u64;
    assert!(
        counts.contains(&("subscription".to_owned(), subscriptions)),
        "{counts:?}"
    );
    let open: Vec<_> = store.read(|view| view.attention(account)).unwrap();
    let open: Vec<_> = open
        .iter()
        .map(|item| (item.code.as_str(), &item.params))
        .collect();
    assert_eq!(
        open,
        [
            ("permission_missing", &json!({"row": "charges"})),
            ("permission_missing", &json!({"row": "coupons"})),
        ]
    );

    world.sandbox.grant(KEY, "charge_read");
    world.sandbox.grant(KEY, "coupon_read");
    start_over(&source, &store).await.unwrap();
    let imported = world.import(&source, &store).await.unwrap();
    assert!(imported.left_out.is_empty());
    assert_same(&store, account, &world.data().read().unwrap());
    assert!(
        store
            .read(|view| view.attention(account))
            .unwrap()
            .is_empty()
    );
}

#[tokio::test(start_paused = true)]
async fn a_key_revoked_on_the_way_stops_the_import_and_loses_nothing() {
    let world = World::new(6, &Shape::small());
    let home = Home::new();
    let store = home.open();
    let source = world.plain_source(&store).await;
    let wish = watch::Sender::new(Wish::Go);
    let progress = watch::Sender::new(ImportProgress::default());
    let mut seen = progress.subscribe();
    let clock = world.clock();
    let revoke = async {
        let some_read = |progress: &ImportProgress| progress.lists.iter().any(|list| list.done > 0);
        seen.wait_for(some_read).await.unwrap();
        world.sandbox.set_key_state(KEY, KeyState::Expired);
    };
    let stopped = import(&source, &store, &clock, wish.subscribe(), &progress);
    let (stopped, ()) = futures::join!(stopped, revoke);
    let refused = stopped.unwrap_err();
    assert!(
        matches!(
            refused,
            ImportError::Stripe(StripeError::Unauthorized { .. })
        ),
        "{refused:?}"
    );
    assert!(!stored(&store, source.account()).is_empty());
    world.sandbox.set_key_state(KEY, KeyState::Active);
    world.import(&source, &store).await.unwrap();
    assert_same(&store, source.account(), &world.data().read().unwrap());
}

#[tokio::test(start_paused = true)]
async fn accounts_and_modes_are_never_mixed() {
    let world = World::new(7, &Shape::small());
    let home = Home::new();
    let store = home.open();
    let account = world.plain_source(&store).await.account();
    assert_eq!(
        world.plain_source(&store).await.account(),
        account,
        "found again"
    );

    world
        .sandbox
        .set_account(json!({"id": "acct_1Another", "object": "account", "created": 1}));
    let held = Held::all_of(Preset::Standard);
    let connected = connect(
        client(world.transport()),
        held.clone(),
        Some(account),
        &store,
        &world.clock(),
    )
    .await;
    let refused = connected.unwrap_err();
    assert!(
        matches!(&refused, ConnectError::OtherAccount { found, .. } if found == "acct_1Another"),
        "{refused:?}"
    );
    let other = connect(
        client(world.transport()),
        held,
        None,
        &store,
        &world.clock(),
    )
    .await;
    assert_ne!(other.unwrap().account(), account);

    let known = store.read(|view| view.account(account)).unwrap();
    assert_ne!(known.stripe_account.as_deref(), Some("acct_1Another"));
    assert_eq!(known.mode, Mode::Live);
}

#[tokio::test(start_paused = true)]
async fn a_held_import_waits_and_a_stopped_one_ends() {
    let world = World::new(8, &Shape::small());
    let home = Home::new();
    let store = home.open();
    let slow: Arc<Distant> = Arc::new(Distant {
        inner: world.transport(),
        round_trip: Duration::from_millis(80),
    });
    let source = world.source(slow, &store, None).await;
    let wish = watch::Sender::new(Wish::Go);
    let progress = watch::Sender::new(ImportProgress::default());
    let mut seen = progress.subscribe();
    let clock = world.clock();
    let person = async {
        let some_read = |progress: &ImportProgress| progress.lists.iter().any(|list| list.done > 0);
        seen.wait_for(some_read).await.unwrap();
        wish.send_replace(Wish::Hold);
        seen.wait_for(|progress| progress.held).await.unwrap();
        tokio::time::sleep(Duration::from_secs(5)).await;
        let before = world.sandbox.requests().len();
        tokio::time::sleep(Duration::from_hours(1)).await;
        assert_eq!(world.sandbox.requests().len(), before, "held means silent");
        wish.send_replace(Wish::Go);
        seen.wait_for(|progress| !progress.held).await.unwrap();
        wish.send_replace(Wish::Stop);
    };
    let run = import(&source, &store, &clock, wish.subscribe(), &progress);
    let (stopped, ()) = futures::join!(run, person);
    assert!(matches!(stopped, Err(ImportError::Stopped)));
    import(&source, &store, &clock, go(), &progress)
        .await
        .unwrap();
    assert_same(&store, source.account(), &world.data().read().unwrap());
    let last = progress.borrow().clone();
    assert!(
        last.lists.iter().all(|list| list.state == ListState::Done),
        "{last:?}"
    );
    assert!(
        last.lists.iter().all(|list| list.total == Some(list.done)),
        "{last:?}"
    );
    let read: u32 = last.lists.iter().map(|list| list.done).sum();
    assert_eq!(read as usize, stored(&store, source.account()).len());
}

/// The floor is what the published limits allow for the requests that a list read page by page needs: 100 a second in
/// all and 25 a second to one endpoint.
#[tokio::test(start_paused = true)]
async fn an_import_keeps_within_the_limits_and_uses_them() {
    let world = World::new(9, &Shape::large(1_500));
    world.sandbox.set_limits(Limits {
        rates: true,
        ..Limits::default()
    });
    let home = Home::new();
    let store = home.open();
    let distant: Arc<Distant> = Arc::new(Distant {
        inner: world.transport(),
        round_trip: Duration::from_millis(80),
    });
    let source = world.source(distant, &store, None).await;
    world.sandbox.forget_requests();
    let started = tokio::time::Instant::now();
    world.import(&source, &store).await.unwrap();
    let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap();

    let pages: Vec<u64> = {
        let data = world.data();
        let data = data.read().unwrap();
        let count = |kind| (data.all(kind).count() as u64).div_ceil(100).max(1);
        crate::same::KINDS.iter().map(|kind| count(*kind)).collect()
    };
    let longest = pages.iter().max().unwrap();
    let floor_ms = (pages.iter().sum::<u64>() * 10).max(longest * 40);
    let requests = world.sandbox.requests();
    let refused = requests
        .iter()
        .filter(|request| request.status != 200)
        .count();
    println!(
        "{took_ms} ms for a floor of {floor_ms} ms, {} requests, {refused} refused",
        requests.len()
    );
    assert_eq!(refused, 0);
    assert!(
        took_ms * 10 <= floor_ms * 13,
        "{took_ms} ms for a floor of {floor_ms} ms"
    );
}
