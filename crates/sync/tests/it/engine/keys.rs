//! Keys that are wrong, swapped, refused, or of somewhere else.

use clearsync_sandbox::{
    hubspot::PortalShape,
    stripe::{KeyState, SandboxKey},
};
use clearsync_sync::view::{Action, KeyFinding, KeyStorage, Mode};

use super::*;

const LONG: &str = "51AbcDefGhiJklMnoPqrStu";

/// What the field says of a text, which is also what connecting answers. None of it is sent anywhere.
#[tokio::test(start_paused = true)]
async fn texts_that_are_no_stripe_key_are_named_and_sent_nowhere() {
    let world = World::new();
    let engine = world.open();
    let cases = [
        (format!("pk_live_{LONG}"), ProblemCode::StripeKeyPublishable),
        (format!("pk_test_{LONG}"), ProblemCode::StripeKeyPublishable),
        (format!("whsec_{LONG}"), ProblemCode::StripeKeyWebhookSecret),
        (format!("acct_{LONG}"), ProblemCode::StripeKeyAccountId),
        (format!("ca_{LONG}"), ProblemCode::StripeKeyClientId),
        (
            format!("sk_org_live_{LONG}"),
            ProblemCode::StripeKeyOrganisation,
        ),
        (format!("mk_{LONG}"), ProblemCode::StripeKeyUnknown),
        (TOKEN.to_owned(), ProblemCode::StripeKeyIsHubSpotToken),
        ("rk_live_51Ab…8f2K".to_owned(), ProblemCode::StripeKeyMasked),
        (
            "rk_live_••••••••8f2K".to_owned(),
            ProblemCode::StripeKeyMasked,
        ),
        ("rk_test_51A".to_owned(), ProblemCode::StripeKeyIncomplete),
        (
            format!("rk_test_51Abc {LONG}"),
            ProblemCode::StripeKeyStrayCharacters,
        ),
        ("hello".to_owned(), ProblemCode::StripeKeyUnknown),
    ];
    for (text, problem) in cases {
        let finding = engine.look_at_key(Service::Stripe, &secret(&text));
        assert_eq!(finding, KeyFinding::Wrong { problem }, "{text}");
        assert_eq!(
            code(connect_stripe(&engine, &text).await),
            problem,
            "{text}"
        );
    }
    let empty = engine.look_at_key(Service::Stripe, &secret(" \n"));
    assert_eq!(empty, KeyFinding::Empty);
    assert_eq!(world.to_stripe.sent() + world.to_hubspot.sent(), 0);
    assert_eq!(engine.setup().await.unwrap().stripe, None);
}

#[tokio::test(start_paused = true)]
async fn texts_that_are_no_hubspot_key_are_named_and_sent_nowhere() {
    let world = World::new();
    let engine = world.open();
    let stripes = [
        "rk_live_", "rk_test_", "sk_live_", "pk_live_", "whsec_", "acct_",
    ]
    .map(|prefix| {
        (
            format!("{prefix}{LONG}"),
            ProblemCode::HubSpotTokenIsStripeKey,
        )
    });
    let others = [
        "hello",
        "pat-na1-short",
        "0b5e8f6a-1c2d-4e3f-8a9b-aabbccddeeff",
    ]
    .map(|text| (text.to_owned(), ProblemCode::HubSpotTokenUnknown));
    for (text, problem) in stripes.into_iter().chain(others) {
        let finding = engine.look_at_key(Service::HubSpot, &secret(&text));
        assert_eq!(finding, KeyFinding::Wrong { problem }, "{text}");
        assert_eq!(
            code(connect_hubspot(&engine, &text).await),
            problem,
            "{text}"
        );
    }
    let right = engine.look_at_key(Service::HubSpot, &secret(TOKEN));
    assert_eq!(right, KeyFinding::HubSpotKey);
    assert_eq!(world.to_stripe.sent() + world.to_hubspot.sent(), 0);
    assert_eq!(engine.setup().await.unwrap().hubspot, None);
}

#[tokio::test(start_paused = true)]
async fn keys_that_fit_are_told_apart() {
    let world = World::new();
    let engine = world.open();
    let look = |text: &str| engine.look_at_key(Service::Stripe, &secret(text));
    let (test, live) = (Mode::Test, Mode::Live);
    assert_eq!(
        look(&format!(" \"rk_live_{LONG}\"\n")),
        KeyFinding::Restricted { mode: live }
    );
    assert_eq!(look(KEY), KeyFinding::Restricted { mode: test });
    assert_eq!(
        look(&format!("sk_live_{LONG}")),
        KeyFinding::Secret { mode: live }
    );
    assert_eq!(
        look(&format!("sk_test_{LONG}")),
        KeyFinding::Secret { mode: test }
    );
}

/// A key that Stripe turns down is not kept, and another one is taken after it.
#[tokio::test(start_paused = true)]
async fn a_refused_stripe_key_changes_nothing() {
    for (state, problem) in [
        (None, ProblemCode::StripeKeyRefused),
        (Some(KeyState::Expired), ProblemCode::StripeKeyExpired),
        (
            Some(KeyState::IpRestricted),
            ProblemCode::StripeKeyIpNotAllowed,
        ),
    ] {
        let world = World::new();
        match state {
            Some(state) => world.stripe.add_key(full_key(NEW_KEY).in_state(state)),
            None => world.stripe.revoke(NEW_KEY),
        }
        let engine = world.open();
        let before = engine.setup().await.unwrap();
        let refused = connect_stripe(&engine, NEW_KEY).await.unwrap_err();
        assert_eq!(refused.code, problem);
        assert_eq!(refused.action, Some(Action::ReplaceStripeKey));
        assert_eq!(engine.setup().await.unwrap(), before);
        let none = engine.check_all(Service::Stripe).await;
        assert!(none.is_err(), "no key was kept");

        connect_stripe(&engine, KEY).await.unwrap();
        let kept = engine.setup().await.unwrap().stripe.unwrap();
        assert_eq!(kept.last_four, "ness");
        assert_eq!(kept.storage, KeyStorage::ThisRun);
        assert_eq!(kept.account_id, Some(world.stripe.account_id()));

        connect_stripe(&engine, NEW_KEY).await.unwrap_err();
        let still = engine.setup().await.unwrap().stripe;
        assert_eq!(still, Some(kept), "the key before stays in use");
        engine.check_all(Service::Stripe).await.unwrap();
        assert!(engine.checklist(Service::Stripe).complete);
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_hubspot_key_changes_nothing() {
    let world = World::new();
    let engine = world.open();
    world.hubspot.revoke_token(TOKEN);
    let refused = connect_hubspot(&engine, TOKEN).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::HubSpotTokenRefused);
    assert_eq!(refused.action, Some(Action::ReplaceHubSpotKey));
    assert_eq!(engine.setup().await.unwrap().hubspot, None);
    world.hubspot.add_token(TOKEN, Sample::SCOPES);
    connect_hubspot(&engine, TOKEN).await.unwrap();
}

/// The key of another account is asked about. On the user's word the other account takes its place; what was read of
/// the first stays as it is, and is there again when its key comes back.
#[tokio::test(start_paused = true)]
async fn a_key_of_another_account_is_asked_about_and_never_mixed() {
    let world = World::new();
    let engine = world.imported().await;
    let [first] = &world.accounts()[..] else {
        panic!("one account")
    };
    let read_of_first = world.objects(first.id);
    assert!(read_of_first > 100);

    let other = World::new();
    other.stripe.set_account_id("acct_1TheOtherAccount00");
    other.stripe.add_key(full_key(NEW_KEY));
    world.to_stripe.lead_to(other.to_stripe.clone());
    let before = engine.setup().await.unwrap();
    let asked = connect_stripe(&engine, NEW_KEY).await.unwrap_err();
    assert_eq!(asked.code, ProblemCode::StripeKeyOtherAccount);
    assert_eq!(asked.params["before"], world.stripe.account_id());
    assert_eq!(asked.params["after"], "acct_1TheOtherAccount00");
    assert_eq!(engine.setup().await.unwrap(), before);

    let replaced = engine.connect_stripe(secret(NEW_KEY), true, true).await;
    let account = replaced.unwrap().account_id.unwrap();
    assert_eq!(account, "acct_1TheOtherAccount00");
    let accounts = world.accounts();
    assert_eq!(accounts.len(), 2);
    assert_eq!(world.objects(first.id), read_of_first);
    assert_eq!(world.objects(accounts[1].id), 0);
    assert!(engine.overview().await.unwrap().totals.is_empty());

    engine.start_import().await.unwrap();
    assert_eq!(ended(&engine).await.outcome, Some(RunOutcome::Done));
    assert_eq!(world.objects(first.id), read_of_first);
    assert!(world.objects(accounts[1].id) > 100);

    world
        .to_stripe
        .lead_to(Arc::new(InProcess::new(world.stripe.router())));
    let asked = connect_stripe(&engine, KEY).await;
    assert_eq!(code(asked), ProblemCode::StripeKeyOtherAccount);
    engine
        .connect_stripe(secret(KEY), true, true)
        .await
        .unwrap();
    assert_eq!(world.accounts().len(), 2, "the first is known");
    assert!(!engine.overview().await.unwrap().totals.is_empty());
}

/// A live key after a test key reads other data, though the account is the same.
#[tokio::test(start_paused = true)]
async fn a_key_of_the_other_mode_is_asked_about() {
    let world = World::new();
    let engine = world.imported().await;
    let live = format!("rk_live_{LONG}");
    world
        .stripe
        .add_key(SandboxKey::new(live.as_str(), Sample::PERMISSIONS));
    let asked = connect_stripe(&engine, &live).await;
    assert_eq!(code(asked), ProblemCode::StripeKeyOtherAccount);
    engine
        .connect_stripe(secret(&live), true, true)
        .await
        .unwrap();
    assert_eq!(world.accounts().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_key_of_another_portal_is_asked_about() {
    let world = World::new();
    let engine = world.connected().await;
    let before = engine.setup().await.unwrap().hubspot.unwrap();

    let shape = PortalShape {
        portal_id: 42,
        ..PortalShape::default()
    };
    let other = HubSpotSandbox::new(shape, world.clock.clone(), 1);
    other.add_token(TOKEN, Sample::SCOPES);
    world
        .to_hubspot
        .lead_to(Arc::new(InProcess::new(other.router())));
    let asked = connect_hubspot(&engine, TOKEN).await.unwrap_err();
    assert_eq!(asked.code, ProblemCode::HubSpotOtherPortal);
    assert_eq!(asked.params["before"], before.portal_id);
    assert_eq!(asked.params["after"], "42");
    let kept = engine.setup().await.unwrap().hubspot.unwrap();
    assert_eq!(kept, before);

    let replaced = engine.connect_hubspot(secret(TOKEN), true, true).await;
    assert_eq!(replaced.unwrap().portal_id, "42");
    assert_eq!(world.accounts()[0].portal, Some(42));
    assert!(
        other
            .requests()
            .iter()
            .all(|request| request.method == "GET")
    );
}

/// Disconnecting forgets the key and goes back to its step; what was read stays, and the same account goes on with it.
#[tokio::test(start_paused = true)]
async fn disconnecting_forgets_the_key_and_keeps_the_data() {
    let world = World::new();
    let engine = world.imported().await;
    let account = world.accounts()[0].id;
    let read = world.objects(account);
    let setup = engine.disconnect(Service::Stripe).await.unwrap();
    assert_eq!((setup.step, setup.stripe), (SetupStep::StripeKey, None));
    assert!(engine.check_all(Service::Stripe).await.is_err());
    assert_eq!(world.objects(account), read);

    world.stripe.add_key(full_key(NEW_KEY));
    connect_stripe(&engine, NEW_KEY).await.unwrap();
    assert_eq!(world.accounts().len(), 1);
    let setup = engine.disconnect(Service::HubSpot).await.unwrap();
    assert_eq!(setup.hubspot, None);
    assert!(engine.check_all(Service::HubSpot).await.is_err());
}
