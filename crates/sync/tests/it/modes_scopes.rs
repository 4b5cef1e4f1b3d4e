//! A scope to write that is lost stops what needs it and nothing else, in each way of writing.

use std::collections::{BTreeMap, BTreeSet};

use clearsync_sandbox::hubspot::{PortalShape, Tier};
use clearsync_sync::view::WriteMode;

use crate::{
    modes::{bridge, is_in_sync, scopes},
    push_world::{Bridge, TOKEN, promised_part},
};

/// Scopes that are lost once the plan was shown, with what then waits: kinds of record, by the names of the store.
const LOST: [(WriteMode, &str, &[&str]); 9] = [
    (
        WriteMode::Summary,
        "crm.objects.companies.write",
        &["companies"],
    ),
    (
        WriteMode::Summary,
        "crm.schemas.companies.write",
        &["companies"],
    ),
    (
        WriteMode::Deals,
        "crm.objects.companies.write",
        &["companies"],
    ),
    (WriteMode::Deals, "crm.objects.deals.write", &["deals"]),
    (WriteMode::Deals, "crm.schemas.deals.write", &["deals"]),
    (
        WriteMode::Deals,
        "crm.objects.line_items.write",
        &["line_items"],
    ),
    (
        WriteMode::CustomObjects,
        "crm.objects.custom.write",
        &["events", "subscriptions"],
    ),
    (
        WriteMode::CustomObjects,
        "crm.schemas.custom.write",
        &["events", "subscriptions"],
    ),
    (
        WriteMode::CustomObjects,
        "crm.schemas.companies.write",
        &["companies"],
    ),
];

async fn portal(mode: WriteMode) -> Bridge {
    let shape = PortalShape {
        tier: Tier::Enterprise,
        ..PortalShape::default()
    };
    bridge(3, mode, shape).await
}

/// What the portal holds, without the numbers it gave: records by kind, and how many links join two kinds.
fn content(bridge: &Bridge) -> (BTreeMap<String, Vec<String>>, BTreeMap<String, usize>) {
    let snapshot = bridge.portal.snapshot();
    let mut records = BTreeMap::new();
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    for object in snapshot["objects"].as_object().unwrap().keys() {
        let held = promised_part(bridge.portal.records(object).unwrap());
        let is_event =
            |values: &BTreeMap<String, String>| values.contains_key("clearsync_event_id");
        let name = match object.starts_with("2-") {
            true if held.values().any(is_event) => "event",
            true => "subscription",
            false => object,
        };
        let mut held: Vec<String> = held.values().map(|values| format!("{values:?}")).collect();
        held.sort();
        names.insert(object, name);
        records.insert(name.to_owned(), held);
    }
    let mut links = BTreeMap::new();
    for link in bridge.portal.associations().as_array().unwrap() {
        let end = |end: &str| names[link[end]["objectTypeId"].as_str().unwrap()];
        let mut ends = [end("from"), end("to")];
        ends.sort_unstable();
        let types = link["types"].as_array().unwrap().len();
        *links.entry(format!("{ends:?}, {types} types")).or_default() += 1;
    }
    (records, links)
}

/// How many records of a kind stand.
fn count(bridge: &Bridge, kind: &str) -> usize {
    let links = bridge.read(|view| view.links(bridge.target, kind));
    links.len()
}

#[tokio::test(start_paused = true)]
async fn what_needs_a_lost_scope_waits_and_all_else_goes_on() {
    for (mode, lost, waits) in LOST {
        let case = format!("{mode:?} without {lost}");
        let whole = portal(mode).await;
        whole.sync().await;
        let bridge = portal(mode).await;
        let plan = bridge.plan().await;
        let left = scopes(mode).filter(|scope| *scope != lost);
        bridge.portal.set_scopes(TOKEN, left);
        let pushed = bridge.push(plan).await.unwrap();
        assert!(pushed.waits_for_scopes, "{case}");
        for kind in ["companies", "contacts", "deals", "subscriptions", "events"] {
            let expected = if waits.contains(&kind) {
                0
            } else {
                count(&whole, kind)
            };
            assert_eq!(count(&bridge, kind), expected, "{case}: {kind}");
        }
        let missing = |kind: &&&str| ("scope_missing".to_owned(), (**kind).to_owned());
        let open = bridge.open_items();
        assert!(
            waits.iter().all(|kind| open.contains(&missing(&kind))),
            "{case}: {open:?}"
        );

        bridge.portal.forget_requests();
        let plan = bridge.plan().await;
        let waiting: BTreeSet<String> = bridge
            .rows(plan)
            .into_iter()
            .filter(|row| row.details["reason"] == "scopeMissing")
            .map(|row| row.object)
            .collect();
        assert!(
            waits.iter().all(|kind| waiting.contains(*kind)),
            "{case}: {waiting:?}"
        );
        let again = bridge.push(plan).await.unwrap();
        assert_eq!((again.created, again.associated), (0, 0), "{case}");
        let refused = bridge.portal.requests();
        assert!(
            refused.iter().all(|request| request.status != Some(403)),
            "{case}: nothing is asked for that is known to be refused"
        );
        let open = bridge.open_items();
        assert!(
            waits.iter().all(|kind| open.contains(&missing(&kind))),
            "{case}: it is still open"
        );

        bridge.portal.set_scopes(TOKEN, scopes(mode));
        bridge.sync().await;
        let (held, wanted) = (content(&bridge), content(&whole));
        assert_eq!(held.1, wanted.1, "{case}: links");
        for (object, records) in wanted.0 {
            assert!(held.0[&object] == records, "{case}: {object}");
        }
        let open = bridge.open_items();
        assert!(
            !waits.iter().any(|kind| open.contains(&missing(&kind))),
            "{case}: it is over"
        );
        is_in_sync(&bridge, &case).await;
    }
}

/// Without contacts nothing makes sense.
#[tokio::test(start_paused = true)]
async fn without_the_scope_to_write_contacts_all_waits() {
    let bridge = portal(WriteMode::Summary).await;
    let plan = bridge.plan().await;
    let left = scopes(WriteMode::Summary).filter(|scope| *scope != "crm.objects.contacts.write");
    bridge.portal.set_scopes(TOKEN, left);
    bridge.push(plan).await.unwrap_err();
    assert_eq!(count(&bridge, "contacts"), 0);
    bridge.portal.set_scopes(TOKEN, scopes(WriteMode::Summary));
    bridge.sync().await;
    is_in_sync(&bridge, "the scope is back").await;
}
