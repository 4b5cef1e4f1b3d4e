//! What must hold whatever the business and the portal, under every fault: the portal holds exactly what the preview
//! promised, once, nothing foreign is touched, a second plan is empty, and everything can be taken back.
//!
//! The ordinary run looks at so many worlds as a minute allows. `CLEARSYNC_WORLDS=2000 cargo test --release -p
//! clearsync-sync worlds` looks at more; `CLEARSYNC_WORLD=17` looks at that one alone, as a failure names it.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use clearsync_sandbox::{
    Fault, FaultPlan, Faults, Until,
    hubspot::{OwnWork, faults},
};
use clearsync_store::{PlanId, PlanRow};
use clearsync_sync::{push::PushError, undo::UndoScope};
use clearsync_transport::{InProcess, Transport};
use tower::Layer;

use crate::{
    push_life::Life,
    push_world::{Bridge, client_over, held, promised},
    undo::{Then, pairs},
};

const WORLDS: u64 = 1_000;

/// The seeds of the worlds that are looked at.
fn worlds() -> Vec<u64> {
    let number = |name| std::env::var(name).ok()?.parse::<u64>().ok();
    match number("CLEARSYNC_WORLD") {
        Some(one) => vec![one],
        None => (0..number("CLEARSYNC_WORLDS").unwrap_or(WORLDS)).collect(),
    }
}

/// Every fault there is; those of the day end the push, which is started again.
fn all_faults() -> Vec<Fault> {
    vec![
        Fault::Answer(faults::rate_limited),
        Fault::Answer(faults::search_rate_limited),
        Fault::Answer(faults::daily_limited),
        Fault::Answer(faults::locked),
        Fault::Answer(faults::moving),
        Fault::Answer(faults::internal_error),
        Fault::Answer(faults::bad_gateway),
        Fault::Answer(faults::unavailable),
        Fault::ResetBefore,
        Fault::ResetAfter,
        Fault::CutBody,
        Fault::WrongJson,
        Fault::CaptivePortal,
        Fault::Slow(Duration::from_secs(20)),
    ]
}

/// A way to the portal on which, in two worlds of three, things go wrong.
fn way(bridge: &Bridge, seed: u64) -> Arc<dyn Transport> {
    let plan = FaultPlan {
        seed,
        per_mille: if seed.is_multiple_of(3) { 0 } else { 300 },
        faults: all_faults(),
        until: Until::Request(40),
    };
    let faults = Faults::new(plan);
    Arc::new(InProcess::new(faults.layer(bridge.portal.router())))
}

fn may_go_on(error: &PushError, tries: usize, case: &str) {
    let by_the_way = matches!(error, PushError::HubSpot(_) | PushError::Properties(_));
    assert!(by_the_way && tries < 60, "{case}: {error:?}");
}

/// Pushes until it is done, however often it is cut off.
async fn push(bridge: &Bridge, plan: PlanId, way: &Arc<dyn Transport>, case: &str) {
    for tries in 0.. {
        match bridge.push_over(&client_over(way.clone()), plan).await {
            Ok(_) => return,
            Err(error) => may_go_on(&error, tries, case),
        }
    }
}

fn is_empty(bridge: &Bridge, plan: PlanId, case: &str) {
    let actions = bridge.actions(plan);
    let idle = |action: &String| action == "unchanged" || action == "skip";
    assert!(actions.keys().all(idle), "{case}: {actions:?}");
    let open = bridge.read(|view| view.open_journal(bridge.target));
    assert_eq!(open, [], "{case}: every write is settled");
}

/// Every promised link stands, and beside those that stood before only what HubSpot linked by itself.
fn links_stand(bridge: &Bridge, rows: &[PlanRow], before: &Then, own: &OwnWork, case: &str) {
    let promised: BTreeSet<(String, String)> = rows
        .iter()
        .filter(|row| row.action == "associate")
        .map(|row| {
            let kept = bridge.read(|view| view.written(bridge.target, &row.object, &row.subject));
            let ends = kept.unwrap().properties;
            (ends["from"].clone(), ends["to"].clone())
        })
        .collect();
    let stood = pairs(&before.snapshot["associations"]);
    let stands = pairs(&bridge.portal.associations());
    let made: BTreeSet<_> = stands.difference(&stood).cloned().collect();
    let wanted: BTreeSet<_> = promised.union(&own.links).cloned().collect();
    let wanted: BTreeSet<_> = wanted.difference(&stood).cloned().collect();
    assert_eq!(made, wanted, "{case}: links");
    let missing: Vec<_> = promised.difference(&stands).collect();
    assert!(missing.is_empty(), "{case}: {missing:?}");
}

#[tokio::test(start_paused = true)]
async fn what_was_promised_stands_once_and_can_be_taken_back() {
    let (mut records, mut cut_off, mut hubspots) = (0, 0, 0);
    for seed in worlds() {
        let case = format!("CLEARSYNC_WORLD={seed}");
        let mut life = Life::new(seed);
        life.people_work();
        life.business_goes_on();
        life.time_passes();
        let bridge = &life.bridge;
        let (contacts, companies) = (bridge.contacts(), bridge.companies());
        let before = Then::of(bridge);
        let (plan, way) = (bridge.plan().await, way(bridge, seed));
        let rows = bridge.rows(plan);
        push(bridge, plan, &way, &case).await;
        let own = before.made_since(bridge);
        hubspots += own.companies.len() + own.links.len();
        for (object, before, mut after) in [
            ("contacts", &contacts, bridge.contacts()),
            ("companies", &companies, bridge.companies()),
        ] {
            records += after.len();
            if object == "companies" {
                after.retain(|id, _| !own.companies.contains(id));
            }
            let (held, promised) = (held(after, before), promised(&rows, object, before));
            assert_eq!(held, promised, "{case}: {object}");
        }
        links_stand(bridge, &rows, &before, &own, &case);
        is_empty(bridge, bridge.plan().await, &case);

        let undo = bridge.plan_undo(UndoScope::Everything).await;
        let run = bridge.begin_run("undo");
        let way = self::way(bridge, seed + 1_000_000);
        for tries in 0.. {
            let client = client_over(way.clone());
            match bridge.carry_out(&client, undo, run).await {
                Ok(undone) => {
                    assert_eq!((undone.left, undone.failed), (0, 0), "{case}");
                    break;
                }
                Err(error) => may_go_on(&error, tries, &case),
            }
            cut_off += 1;
        }
        before.stands_again(bridge, &format!("{case}: taken back"));
    }
    if worlds().len() > 1 {
        assert!(records > worlds().len(), "{records} records");
        assert!(hubspots > 0, "HubSpot made nothing by itself");
        println!(
            "{records} records, {hubspots} companies and links that HubSpot made meanwhile, \
             {cut_off} times taking back was cut off"
        );
    }
}
