//! A new key in the place of the one in use.

use clearsync_sandbox::stripe::{KeyState, SandboxKey};
use clearsync_sync::view::{CheckState, KeyKind, Mode, NewKey};

use super::*;

const NEW_TOKEN: &str = "pat-na1-11111111-1c2d-4e3f-8a9b-aabbccddeeff";

async fn check(engine: &Engine, service: Service, key: &str) -> Result<NewKey, Problem> {
    engine.check_new_key(service, secret(key)).await
}

/// The rows in which the keys differ, as what the old and the new one hold.
fn differing(new: &NewKey) -> Vec<(&str, &CheckState, &CheckState)> {
    let rows = new.rows.iter().filter(|row| row.old != row.new);
    rows.map(|row| (row.id.as_str(), &row.old, &row.new))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_key_that_does_as_much_takes_the_place_without_a_gap() {
    let world = World::new();
    let engine = world.imported().await;
    world.stripe.add_key(full_key(NEW_KEY));
    let before = engine.setup().await.unwrap();
    let checked = check(&engine, Service::Stripe, NEW_KEY).await.unwrap();
    assert!(checked.fits && checked.old_works);
    assert_eq!(
        (checked.kind, checked.rows.len()),
        (KeyKind::Restricted, 15)
    );
    assert_eq!(differing(&checked), []);
    assert_eq!(engine.setup().await.unwrap(), before, "nothing has changed");

    // A run under way ends with the key it began with, and the next begins with the new one.
    world.to_stripe.set_round_trip(Duration::from_secs(5));
    world.clock.jump(jiff::SignedDuration::from_hours(24));
    engine.start_import().await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    world.to_stripe.set_round_trip(Duration::ZERO);
    let former = engine.take_new_key(Service::Stripe, true).await.unwrap();
    assert_eq!(
        (former.last_four.as_str(), former.mode),
        ("ness", Some(Mode::Test))
    );
    assert_eq!(former.url, "https://dashboard.stripe.com/test/apikeys");
    assert_eq!(ended(&engine).await.outcome, Some(RunOutcome::Done));
    assert_eq!(engine.former_key_works(Service::Stripe).await, Ok(true));
    world.stripe.revoke(KEY);
    assert_eq!(engine.former_key_works(Service::Stripe).await, Ok(false));
    engine.sync_now().await.unwrap();
    assert_ne!(ended(&engine).await.outcome, Some(RunOutcome::Failed));

    assert_eq!(
        engine.settings().await.unwrap().former_keys,
        std::slice::from_ref(&former)
    );
    engine.forget_former_key(Service::Stripe).await.unwrap();
    assert_eq!(engine.settings().await.unwrap().former_keys, []);
    let gone = engine.former_key_works(Service::Stripe).await;
    assert_eq!(code(gone), ProblemCode::FormerKeyGone);
}

/// The reminder outlives the process; the old key does not.
#[tokio::test(start_paused = true)]
async fn the_reminder_stays_and_the_old_key_does_not() {
    let world = World::new();
    let engine = world.connected().await;
    world.hubspot.add_token(NEW_TOKEN, Sample::SCOPES);
    let checked = check(&engine, Service::HubSpot, NEW_TOKEN).await.unwrap();
    assert!(checked.fits);
    engine.take_new_key(Service::HubSpot, true).await.unwrap();
    assert_eq!(engine.former_key_works(Service::HubSpot).await, Ok(true));
    world.hubspot.revoke_token(TOKEN);
    assert_eq!(engine.former_key_works(Service::HubSpot).await, Ok(false));
    drop(engine);
    let engine = world.open();
    let [former] = &engine.settings().await.unwrap().former_keys[..] else {
        panic!("one key to delete")
    };
    assert_eq!(
        (former.kind, former.can_be_asked),
        (KeyKind::HubSpot, false)
    );
}

#[tokio::test(start_paused = true)]
async fn a_key_that_does_less_is_shown_row_by_row_and_not_taken() {
    let world = World::new();
    let engine = world.connected().await;
    world.stripe.deny(KEY, "top_up_read");
    let fewer = Sample::PERMISSIONS
        .into_iter()
        .filter(|name| !["invoice_read", "coupon_read"].contains(name));
    world.stripe.add_key(SandboxKey::new(NEW_KEY, fewer));
    let checked = check(&engine, Service::Stripe, NEW_KEY).await.unwrap();
    assert!(!checked.fits);
    let (held, missing) = (&CheckState::Held, &CheckState::Missing);
    assert_eq!(
        differing(&checked),
        [
            ("coupons", held, missing),
            ("invoices", held, missing),
            ("top_ups", missing, held),
        ]
    );
    let refused = engine.take_new_key(Service::Stripe, true).await;
    assert_eq!(code(refused), ProblemCode::NewKeyMissing);

    // What the old key lacks the new one may lack too.
    for permission in ["invoice_read", "coupon_read"] {
        world.stripe.grant(NEW_KEY, permission);
    }
    world.stripe.deny(NEW_KEY, "top_up_read");
    assert!(check(&engine, Service::Stripe, NEW_KEY).await.unwrap().fits);

    let fewer = Sample::SCOPES.into_iter().skip(1);
    world.hubspot.add_token(NEW_TOKEN, fewer);
    let checked = check(&engine, Service::HubSpot, NEW_TOKEN).await.unwrap();
    assert!(!checked.fits);
    assert_eq!(
        differing(&checked),
        [("crm.objects.contacts.read", held, missing)]
    );
}

#[tokio::test(start_paused = true)]
async fn the_key_in_use_one_of_another_account_and_a_refused_one_are_named() {
    let world = World::new();
    let engine = world.connected().await;
    let checked = async |service, key: &str| code(check(&engine, service, key).await);
    let (stripe, hubspot) = (Service::Stripe, Service::HubSpot);
    assert_eq!(checked(stripe, KEY).await, ProblemCode::KeyIsInUse);
    assert_eq!(checked(hubspot, TOKEN).await, ProblemCode::KeyIsInUse);
    assert_eq!(
        checked(stripe, NEW_KEY).await,
        ProblemCode::StripeKeyRefused
    );
    assert_eq!(
        checked(stripe, "pk_test_51AbcDefGhi").await,
        ProblemCode::StripeKeyPublishable
    );
    let live = "rk_live_51AbcDefGhiJklMnoPqrStu";
    world.stripe.add_key(full_key(live));
    assert_eq!(checked(stripe, live).await, ProblemCode::NewKeyOtherAccount);

    let other = World::new();
    other.stripe.set_account_id("acct_1TheOtherAccount00");
    other.stripe.add_key(full_key(NEW_KEY));
    world.to_stripe.lead_to(other.to_stripe.clone());
    let refused = check(&engine, stripe, NEW_KEY).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::NewKeyOtherAccount);
    assert_eq!(
        refused.params["before"],
        format!("{} (test)", world.stripe.account_id())
    );
    assert_eq!(refused.params["after"], "acct_1TheOtherAccount00 (test)");
    let taken = engine.take_new_key(stripe, true).await;
    assert_eq!(code(taken), ProblemCode::NewKeyMissing);
}

/// Whoever comes too late loses nothing: a new key takes the place of one that is over.
#[tokio::test(start_paused = true)]
async fn a_key_that_is_over_is_replaced_without_a_comparison() {
    let world = World::new();
    let engine = world.connected().await;
    world.stripe.set_key_state(KEY, KeyState::Expired);
    world.stripe.add_key(full_key(NEW_KEY));
    let checked = check(&engine, Service::Stripe, NEW_KEY).await.unwrap();
    assert!(checked.fits && !checked.old_works);
    assert!(
        checked
            .rows
            .iter()
            .all(|row| row.old == CheckState::Waiting)
    );
    engine.take_new_key(Service::Stripe, true).await.unwrap();
    engine.start_import().await.unwrap();
    assert_eq!(ended(&engine).await.outcome, Some(RunOutcome::Done));
}

/// A key that was checked and left is not taken later.
#[tokio::test(start_paused = true)]
async fn a_key_that_was_left_is_not_taken() {
    let world = World::new();
    let engine = world.connected().await;
    world.stripe.add_key(full_key(NEW_KEY));
    check(&engine, Service::Stripe, NEW_KEY).await.unwrap();
    engine.leave_new_key(Service::Stripe);
    let taken = engine.take_new_key(Service::Stripe, true).await;
    assert_eq!(code(taken), ProblemCode::NewKeyMissing);
}
