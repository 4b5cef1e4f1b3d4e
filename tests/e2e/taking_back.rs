use clearsync_sandbox::Sample;

use crate::{
    desktop::{Desktop, wait_for},
    walk::{self, Accounts, HUBSPOT_KEY},
    web_driver::Window,
};

/// After setup: what was written is taken back, another way of writing is chosen, and its plan is held and approved.
#[tokio::test(flavor = "multi_thread")]
async fn a_push_is_taken_back_and_another_way_of_writing_is_previewed() {
    let desktop = Desktop::start().await;
    let accounts = Accounts::serve().await;
    let before = contacts(&accounts);
    let window = accounts.open_window(&desktop).await;
    walk::from_the_welcome_to_hubspot(&window, walk::STRIPE_KEY).await;
    walk::from_hubspot_to_the_overview(&window, walk::HUBSPOT_KEY).await;
    assert_ne!(contacts(&accounts), before, "the push has made contacts");

    take_everything_back(&window).await;
    wait_for("the portal as it was", async || {
        (contacts(&accounts) == before).then_some(())
    })
    .await;
    deals_are_chosen_and_previewed(&accounts, &window).await;
    hubspot_is_disconnected(&window).await;
}

fn contacts(accounts: &Accounts) -> usize {
    accounts.hubspot.records("contacts").unwrap().len()
}

async fn take_everything_back(window: &Window) {
    window.press("History").await;
    window.press("Take everything back").await;
    window.sees("go to the recycle bin").await;
    window.picture("undo").await;
    window.press("Take ").await;
    window.sees("Workflows may start").await;
    window.press_in_dialog("Take back").await;
    window.sees("Each run of ClearSync").await;
}

async fn deals_are_chosen_and_previewed(accounts: &Accounts, window: &Window) {
    let deals = [
        "crm.objects.deals.read",
        "crm.objects.deals.write",
        "crm.schemas.deals.read",
        "crm.schemas.deals.write",
    ];
    window.press("Settings").await;
    window.press("How ClearSync writes").await;
    window.sees("The HubSpot key lacks").await;
    window.press("Settings").await;
    accounts
        .hubspot
        .set_scopes(HUBSPOT_KEY, Sample::SCOPES.into_iter().chain(deals));
    window.press("How ClearSync writes").await;
    window.switch("Deals").await;
    window.picture("writing").await;
    window.press("Save").await;
    window.sees("Make the plan again to see what changes").await;
    window.press("Open preview").await;
    window.press("Make the plan").await;
    window.pick("Records", "Deals").await;
    wait_for("a deal in the plan", async || {
        let find = "return document.querySelector('[aria-label=Deal]') !== null";
        (window.run(find, &[]).await == true).then_some(())
    })
    .await;
    window.picture("preview-of-deals").await;
    assert!(
        accounts.hubspot.records("deals").unwrap().is_empty(),
        "a plan writes nothing"
    );
}

async fn hubspot_is_disconnected(window: &Window) {
    window.press("Settings").await;
    window.press("Disconnect HubSpot").await;
    window.sees("Disconnect HubSpot?").await;
    window.press_in_dialog("Disconnect").await;
    window.sees("Connect HubSpot").await;
}
