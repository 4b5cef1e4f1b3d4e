//! Ways of writing in the terminal.

use clearsync_sandbox::Sample;

use crate::{TOKEN, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_way_of_writing_is_chosen_carried_out_and_taken_back() {
    let world = World::new().await;
    let portal = &world.sample.hubspot;
    let shown = world.run_with_keys(&["modes"]).await;
    assert_eq!(shown.code, 0, "{} {}", shown.output, shown.errors);
    println!("{}", shown.output);
    shown.line("● Summary");
    assert!(shown.line("lacks").contains("crm.objects.deals"));

    let deals = [
        "crm.objects.deals.read",
        "crm.objects.deals.write",
        "crm.schemas.deals.read",
        "crm.schemas.deals.write",
    ];
    portal.set_scopes(TOKEN, Sample::SCOPES.into_iter().chain(deals));
    let before = portal.snapshot();
    let chosen = world.run_with_keys(&["modes", "--choose", "deals"]).await;
    assert_eq!(chosen.code, 0, "{} {}", chosen.output, chosen.errors);
    println!("{}", chosen.output);
    chosen.line("● Deals");
    chosen.line("no line items");
    let synced = world.run_with_keys(&["sync", "--once", "--approve"]).await;
    assert_eq!(synced.code, 0, "{} {}", synced.output, synced.errors);
    let made = portal.records("deals").unwrap().len();
    assert!(made > 3, "{made}");
    let plan = ["plan", "--object", "deals", "--json"];
    let plan = world.run_with_keys(&plan).await.json();
    let rows = plan["rows"].as_array().unwrap();
    assert!(rows.len() >= made, "{} of {made}", rows.len());
    assert!(rows.iter().all(|row| row["object"] == "deal"));

    let undo = ["undo", "--all", "--approve"];
    let undone = world.run_with_keys(&undo).await;
    assert_eq!(undone.code, 0, "{} {}", undone.output, undone.errors);
    assert!(portal.snapshot() == before, "the portal is as it was");
}
