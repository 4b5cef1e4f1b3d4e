//! Deals and own objects under everything that goes wrong on the way.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use clearsync_sandbox::{
    Fault, FaultPlan, Faults, Until,
    hubspot::{PortalShape, Tier, faults},
};
use clearsync_sync::{push::PushError, view::WriteMode};
use clearsync_transport::{InProcess, Transport};
use serde_json::Value;
use tower::Layer;

use crate::{
    modes::{bridge, foreign, is_in_sync},
    push_faults::Mortal,
    push_world::{Bridge, client_over},
};

const MODES: [(WriteMode, Tier, &str); 2] = [
    (WriteMode::Deals, Tier::Pro, "deals"),
    (
        WriteMode::CustomObjects,
        Tier::Enterprise,
        "clearsync_subscription",
    ),
];

fn on(tier: Tier) -> PortalShape {
    PortalShape {
        tier,
        ..PortalShape::default()
    }
}

/// What stands for each subscription, ids and moments of writing aside, and how many associations there are.
fn end(bridge: &Bridge, object: &str) -> (BTreeMap<String, BTreeMap<String, String>>, usize) {
    let mut by_key = BTreeMap::new();
    for mut values in bridge.portal.records(object).unwrap().into_values() {
        values.retain(|name, _| {
            !name.starts_with("hs_") && !name.ends_with("date") || name.starts_with("clearsync_")
        });
        values.remove("clearsync_last_synced");
        let key = values["clearsync_subscription_id"].clone();
        assert!(by_key.insert(key, values).is_none(), "one record each");
    }
    let links = bridge.portal.associations();
    (by_key, links.as_array().map_or(0, Vec::len))
}

#[tokio::test(start_paused = true)]
async fn a_push_that_dies_anywhere_is_finished_by_the_next() {
    for (mode, tier, object) in MODES {
        let undisturbed = bridge(5, mode, on(tier)).await;
        let plan = undisturbed.plan().await;
        undisturbed.portal.forget_requests();
        let pushed = undisturbed.push(plan).await.unwrap();
        assert_eq!(pushed.failed, 0);
        let requests = undisturbed.portal.requests().len();
        let wanted = end(&undisturbed, object);
        for dies_at in (0..requests).step_by(4) {
            let applied = dies_at % 8 == 0;
            let bridge = bridge(5, mode, on(tier)).await;
            let before = bridge.portal.snapshot();
            let mut plan = bridge.plan().await;
            let mortal = Mortal::new(&bridge, dies_at, applied);
            let client = client_over(mortal.clone());
            let died = mortal.run(bridge.push_over(&client, plan)).await;
            assert!(died.is_none(), "{dies_at} of {requests}");
            if dies_at % 3 == 0 {
                plan = bridge.plan().await;
            }
            bridge.push(plan).await.unwrap();
            let case = format!("{mode:?} dies at {dies_at}, applied: {applied}");
            assert_eq!(end(&bridge, object), wanted, "{case}");
            assert_eq!(
                foreign(&bridge.portal.snapshot(), &before),
                foreign(&before, &before),
                "{case}"
            );
            is_in_sync(&bridge, &case).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_failing_portal_gets_everything_once_all_the_same() {
    let all: Vec<Fault> = vec![
        Fault::Answer(faults::rate_limited),
        Fault::Answer(faults::locked),
        Fault::Answer(faults::moving),
        Fault::Answer(faults::internal_error),
        Fault::Answer(faults::bad_gateway),
        Fault::ResetBefore,
        Fault::ResetAfter,
        Fault::CutBody,
        Fault::WrongJson,
        Fault::CaptivePortal,
        Fault::Slow(Duration::from_secs(20)),
    ];
    let mut met = 0;
    for (mode, tier, object) in MODES {
        for seed in 0..3 {
            let bridge = bridge(seed, mode, on(tier)).await;
            let plan = bridge.plan().await;
            let subscriptions = bridge
                .rows(plan)
                .iter()
                .filter(|row| {
                    row.details["values"]["clearsync_subscription_id"] != Value::Null
                        && row.action == "create"
                })
                .count();
            let layer = Faults::new(FaultPlan {
                seed,
                per_mille: 300,
                faults: all.clone(),
                until: Until::Request(90),
            });
            let router = layer.layer(bridge.portal.router());
            let transport: Arc<dyn Transport> = Arc::new(InProcess::new(router));
            let mut pushes = 0;
            while let Err(error) = bridge
                .push_over(&client_over(transport.clone()), plan)
                .await
            {
                let of_hubspot = matches!(error, PushError::HubSpot(_) | PushError::Properties(_));
                assert!(of_hubspot, "{error:?}");
                pushes += 1;
                assert!(pushes < 90, "{mode:?}, seed {seed}: {error:?}");
            }
            met += layer.met().len();
            assert_eq!(
                end(&bridge, object).0.len(),
                subscriptions,
                "{mode:?} {seed}"
            );
            is_in_sync(&bridge, &format!("{mode:?}, seed {seed}")).await;
        }
    }
    assert!(met > 60, "there were faults: {met}");
}

#[tokio::test(start_paused = true)]
async fn changing_the_mode_removes_what_the_old_one_made_and_nothing_else() {
    for (mode, tier, object) in MODES {
        let mut bridge = bridge(4, mode, on(tier)).await;
        bridge.sync().await;
        let own = bridge.portal.records(object).unwrap().len();
        assert!(own > 3);
        let foreign_deal = [
            ("dealname", "Not ours"),
            ("pipeline", "default"),
            ("dealstage", "closedwon"),
        ];
        bridge.portal.seed("deals", &foreign_deal).unwrap();

        bridge.writing.mode = WriteMode::Summary;
        // The portal is looked at for the other mode.
        bridge.plan().await;
        is_in_sync(&bridge, "nothing is removed unasked").await;
        assert!(bridge.portal.records(object).unwrap().len() >= own);
        bridge.writing.remove_former = true;
        let plan = bridge.plan().await;
        let removals = bridge.actions(plan)["remove"];
        assert!(removals >= own, "{removals}");
        let contacts = bridge.contacts();
        let pushed = bridge.push(plan).await.unwrap();
        assert_eq!(usize::try_from(pushed.removed).unwrap(), removals);
        let left = bridge.portal.records(object).unwrap();
        let foreign_left = usize::from(object == "deals");
        assert_eq!(left.len(), foreign_left, "{mode:?}: {left:?}");
        assert_eq!(bridge.contacts(), contacts);
        is_in_sync(&bridge, "removed").await;

        // And back again: everything is made anew.
        bridge.writing.mode = mode;
        bridge.sync().await;
        assert_eq!(
            bridge.portal.records(object).unwrap().len(),
            own + foreign_left
        );
        is_in_sync(&bridge, "back again").await;
    }
}
