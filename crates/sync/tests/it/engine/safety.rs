//! Approvals, the review queue, undo, history and the quota, as the window uses them.

use std::collections::BTreeMap;

use clearsync_sync::view::{
    Filters, NeedsApproval, ObjectType, PlanAction, PlanQuery, ReviewChoice, ReviewDecision,
    RowFilter, RowSelection, RunChangesQuery, SkipReason, UndoAction, UndoQuery, UndoTarget,
    WriteAction, WriteState,
};

use super::*;

fn rows(object: Option<ObjectType>, action: Option<PlanAction>) -> PlanQuery {
    PlanQuery {
        action,
        object,
        property: None,
        search: String::new(),
        offset: 0,
        limit: 500,
    }
}

/// A contact that is held back keeps its properties and their group; released, everything goes.
async fn holding_back_holds_what_is_needed(engine: &Engine) {
    let rows = engine.undo_rows(undo_rows(None)).await.unwrap().rows;
    let contact = rows
        .iter()
        .find(|row| row.object == "contacts" && row.action == UndoAction::Archive);
    let one = RowSelection::Rows {
        ids: vec![contact.unwrap().id],
    };
    let held = engine.hold_undo(one.clone(), true).await.unwrap().unwrap();
    let rows = engine.undo_rows(undo_rows(None)).await.unwrap().rows;
    let stays = |object: &str| {
        let of = rows.iter().filter(|row| row.object == object);
        of.filter(|row| row.waits).count()
    };
    assert!(stays("properties") > 5, "{held:?}");
    assert_eq!((stays("contacts"), stays("companies")), (1, 0));
    assert_eq!(stays("groups"), 1);
    assert_eq!(rows.iter().filter(|row| row.held).count(), 1);
    let waiting = rows.iter().filter(|row| row.waits).count();
    assert_eq!(usize::try_from(held.waiting).unwrap(), waiting);
    let released = engine.hold_undo(one, false).await.unwrap().unwrap();
    assert_eq!(released.waiting, 0);
}

fn undo_rows(action: Option<UndoAction>) -> UndoQuery {
    UndoQuery {
        action,
        object: None,
        search: String::new(),
        offset: 0,
        limit: 500,
    }
}

fn changes_of(run: u32, action: WriteAction) -> RunChangesQuery {
    RunChangesQuery {
        run,
        object: Some("contacts".to_owned()),
        action: Some(action),
        state: Some(WriteState::Done),
        search: String::new(),
        offset: 0,
        limit: 500,
    }
}

#[tokio::test(start_paused = true)]
async fn only_what_was_approved_is_pushed_also_in_the_background() {
    let world = World::new();
    let engine = world.imported().await;
    let plan = engine.make_plan().await.unwrap();
    assert_eq!(
        (plan.needs_approval, plan.waiting),
        (Some(NeedsApproval::FirstPush), 0)
    );
    let none = engine
        .approve(RowSelection::All, false)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        none.waiting,
        plan.creates + plan.updates + plan.associations
    );
    let companies = RowFilter {
        action: None,
        object: Some(ObjectType::Company),
        property: Some("clearsync_mrr".to_owned()),
        search: String::new(),
    };
    let filter = companies;
    engine
        .approve(RowSelection::Matching { filter }, true)
        .await
        .unwrap();
    let contacts = rows(Some(ObjectType::Contact), Some(PlanAction::Create));
    let contacts = engine.plan_rows(contacts).await.unwrap();
    assert!(contacts.rows.iter().all(|row| row.waits));
    let ids = vec![contacts.rows[0].id];
    engine
        .approve(RowSelection::Rows { ids }, true)
        .await
        .unwrap();
    engine.push(plan.id).await.unwrap();
    assert_eq!(ended(&engine).await.outcome, Some(RunOutcome::Done));
    assert_eq!(world.hubspot.records("contacts").unwrap().len(), 1);
    assert!(!world.hubspot.records("companies").unwrap().is_empty());

    engine.sync_now().await.unwrap();
    assert_eq!(ended(&engine).await.outcome, Some(RunOutcome::Done));
    assert_eq!(world.hubspot.records("contacts").unwrap().len(), 1);
    let plan = engine.plan_summary().await.unwrap().unwrap();
    assert!(plan.creates >= contacts.total - 1);
    assert_eq!(
        plan.waiting,
        plan.creates + plan.updates + plan.associations
    );
}

#[tokio::test(start_paused = true)]
async fn a_decision_in_the_queue_is_followed_by_the_next_plan() {
    let world = World::new();
    let engine = world.imported().await;
    engine.make_plan().await.unwrap();
    let companies = rows(Some(ObjectType::Company), Some(PlanAction::Create));
    let domain = engine.plan_rows(companies).await.unwrap().rows[0]
        .name
        .clone();
    let seed = |name: &str| {
        let values = [("domain", domain.as_str()), ("name", name)];
        world.hubspot.seed("companies", &values).unwrap()
    };
    let (one, two) = (seed("One"), seed("Two"));
    // HubSpot's search knows new records a few moments later.
    tokio::time::sleep(Duration::from_mins(1)).await;
    engine.make_plan().await.unwrap();
    let queue = engine.review().await.unwrap();
    let item = queue.iter().find(|item| item.key == domain).unwrap();
    assert_eq!(
        (item.reason, item.candidates),
        (Some(SkipReason::Ambiguous), 2)
    );
    assert_eq!(
        item.choices,
        [
            ReviewChoice::Link,
            ReviewChoice::Create,
            ReviewChoice::LeaveOut
        ]
    );
    let found = engine.review_candidates("companies".to_owned(), domain.clone());
    let found = found.await.unwrap();
    let names: Vec<_> = found.iter().filter_map(|one| one.name.as_deref()).collect();
    assert_eq!(names, ["One", "Two"]);
    let url = found[1].url.clone().unwrap();
    assert!(url.ends_with(&format!("/record/0-2/{two}")), "{url}");

    let decide = |record: &str| {
        let record = record.to_owned();
        let decision = ReviewDecision::Link { record };
        engine.decide("companies".to_owned(), domain.clone(), decision)
    };
    assert_eq!(
        code(decide("999999").await),
        ProblemCode::HubSpotRecordNotFound
    );
    assert_eq!(
        code(decide("no id").await),
        ProblemCode::HubSpotRecordNotFound
    );
    decide(&url).await.unwrap();
    let row = async || {
        engine.make_plan().await.unwrap();
        let rows = engine
            .plan_rows(rows(Some(ObjectType::Company), None))
            .await
            .unwrap();
        let mut rows = rows.rows.into_iter();
        let row = rows.find(|row| row.name == domain).unwrap();
        (row.action, row.hubspot_id)
    };
    assert_eq!(row().await, (PlanAction::Update, Some(two.clone())));
    let queue = engine.review().await.unwrap();
    let item = queue.iter().find(|item| item.key == domain).unwrap();
    assert_eq!(item.decision, Some(ReviewDecision::Link { record: two }));

    let back = engine.take_decision_back("companies".to_owned(), domain.clone());
    back.await.unwrap();
    assert_eq!(row().await, (PlanAction::Skip, None));
    world.hubspot.delete("companies", &one).unwrap();
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(row().await.0, PlanAction::Update);
}

#[tokio::test(start_paused = true)]
async fn a_run_is_seen_in_history_and_taken_back() {
    let world = World::new();
    let before = world.hubspot.snapshot();
    let engine = world.imported().await;
    let plan = engine.make_plan().await.unwrap();
    engine.push(plan.id).await.unwrap();
    let run = ended(&engine).await;
    let made = engine
        .run_changes(changes_of(run.id, WriteAction::Create))
        .await
        .unwrap();
    assert_eq!(
        usize::try_from(made.total),
        Ok(world.hubspot.records("contacts").unwrap().len())
    );
    let first = &made.rows[0];
    assert!(first.can_be_undone && first.name.contains('@') && first.url.is_some());
    let mrr = first
        .changes
        .iter()
        .find(|change| change.property == "clearsync_mrr");
    assert_eq!(mrr.unwrap().before, None);

    let target = UndoTarget::Run { run: run.id };
    let undo = engine.plan_undo(target.clone()).await.unwrap();
    assert_eq!((undo.target, undo.archived), (target, plan.creates));
    let kept = engine
        .undo_rows(undo_rows(Some(UndoAction::Archive)))
        .await
        .unwrap();
    assert_eq!(kept.total, plan.creates);
    holding_back_holds_what_is_needed(&engine).await;
    engine.undo(undo.id).await.unwrap();
    let undone = ended(&engine).await;
    assert_eq!(
        (undone.kind, undone.outcome),
        (RunKind::Undo, Some(RunOutcome::Done))
    );
    assert_eq!(undone.removed, plan.creates);
    assert!(world.hubspot.snapshot() == before, "as before the push");
    assert_eq!(engine.undo_summary().await.unwrap(), None);

    // What was taken back waits.
    engine.sync_now().await.unwrap();
    ended(&engine).await;
    assert!(
        world.hubspot.snapshot() == before,
        "a sync writes nothing of it"
    );
    let waiting = engine.plan_summary().await.unwrap().unwrap();
    assert_eq!(
        waiting.waiting,
        waiting.creates + waiting.updates + waiting.associations
    );

    // And the undo is itself taken back.
    let target = UndoTarget::Run { run: undone.id };
    let redo = engine.plan_undo(target).await.unwrap();
    assert!(redo.redo && redo.made_again == plan.creates);
    engine.undo(redo.id).await.unwrap();
    assert_eq!(ended(&engine).await.outcome, Some(RunOutcome::Done));
    let all = usize::try_from(plan.creates).unwrap();
    let contacts = world.hubspot.records("contacts").unwrap().len();
    assert_eq!(
        contacts + world.hubspot.records("companies").unwrap().len(),
        all
    );
}

/// With less than a tenth of the day left nothing is written.
#[tokio::test(start_paused = true)]
async fn the_share_of_others_is_left_to_them() {
    let world = World::new();
    let engine = world.imported().await;
    let plan = engine.make_plan().await.unwrap();
    // Of 250,000 a tenth is left to others.
    world.hubspot.use_up(226_000);
    engine.push(plan.id).await.unwrap();
    let run = ended(&engine).await;
    let problem = run.problem.unwrap();
    assert_eq!(problem.code, ProblemCode::HubSpotShareKept);
    let quota = engine.quota().await.unwrap();
    assert_eq!((quota.daily_limit, quota.free_percent), (Some(250_000), 10));
    assert!(quota.daily_left.is_some_and(|left| left <= 25_000));
    let written = world.hubspot.records("contacts").unwrap();
    assert!(written.is_empty(), "nothing was written");
}

#[tokio::test(start_paused = true)]
async fn filters_are_chosen_by_name_and_their_effect_is_told_before_they_are_kept() {
    let world = World::new();
    let engine = world.imported().await;
    let (names, sold) = {
        let data = world.data.read().unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let names: BTreeMap<String, String> = data
            .all("product")
            .map(|product| (text(&product["id"]), text(&product["name"])))
            .collect();
        let products_of = |subscription: &serde_json::Value| {
            let items = subscription["items"]["data"].as_array().unwrap().iter();
            items
                .map(|item| text(&item["price"]["product"]))
                .collect::<Vec<_>>()
        };
        let sold: Vec<Vec<String>> = data.all("subscription").map(products_of).collect();
        (names, sold)
    };
    let choices = engine.filter_choices().await.unwrap();
    assert!(!choices.products.is_empty());
    for product in &choices.products {
        assert_eq!(product.name.as_ref(), names.get(&product.id));
        let items = sold.iter().flatten().filter(|id| **id == product.id);
        assert_eq!(product.uses as usize, items.count(), "{}", product.id);
        let effect = engine
            .filter_effect(Filters {
                products: vec![product.id.clone()],
                ..Filters::default()
            })
            .await
            .unwrap();
        let without = sold.iter().filter(|ids| !ids.contains(&product.id));
        assert_eq!(effect.subscriptions as usize, sold.len());
        assert_eq!(effect.left_out as usize, without.count(), "{}", product.id);
    }
    let price = choices.prices.iter().find(|price| price.name.is_some());
    let shown = price.unwrap().name.as_ref().unwrap();
    assert!(
        names.values().any(|name| shown.starts_with(name)),
        "{shown}"
    );
}
