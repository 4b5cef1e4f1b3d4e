use serde_json::json;

use crate::{
    desktop::{Desktop, wait_for},
    walk::{self, Accounts},
    web_driver::Window,
};

/// After setup: rates of exchange are kept, and MRR is held against a table of another's.
#[tokio::test(flavor = "multi_thread")]
async fn rates_are_kept_and_a_table_is_compared() {
    let desktop = Desktop::start().await;
    let accounts = Accounts::serve().await;
    let window = accounts.open_window(&desktop).await;
    walk::from_the_welcome_to_hubspot(&window, walk::STRIPE_KEY).await;
    walk::from_hubspot_to_the_overview(&window, walk::HUBSPOT_KEY).await;
    rates_are_kept(&window).await;
    a_table_is_compared(&window).await;
}

async fn rates_are_kept(window: &Window) {
    window.press("Settings").await;
    window.press("Exchange rates").await;
    window.type_into("Reporting currency", "CHF").await;
    let choose = "const option = [...document.querySelectorAll('[role=option]')] \
        .find((e) => e.innerText.startsWith('CHF')); option?.click(); return option !== undefined";
    wait_for("the currency", async || {
        (window.run(choose, &[]).await == true).then_some(())
    })
    .await;
    window.press("Save rates").await;
    window.press("Add rate of").await;
    let find = "return [...document.querySelectorAll('[aria-label]')] \
        .map((e) => e.getAttribute('aria-label')).find((label) => /^1 [A-Z]{3} in CHF$/.test(label))";
    let field = wait_for("the field of the rate", async || {
        window.run(find, &[]).await.as_str().map(str::to_owned)
    })
    .await;
    window.type_into(&field, "1.25").await;
    window.press("Save rates").await;
    window.sees("Set by you").await;
    window.picture("rates").await;
}

async fn a_table_is_compared(window: &Window) {
    window.press("Settings").await;
    window.press("Reconciliation").await;
    window.sees("Drop a CSV here").await;
    let csv = "Customer ID,2026-08,2026-09\ncus_NobodyKnows,49.00,49.00\n";
    let give = "const [csv] = arguments; const input = document.querySelector('input[type=file]'); \
        const files = new DataTransfer(); \
        files.items.add(new File([csv], 'mrr.csv', { type: 'text/csv' })); \
        input.files = files.files; input.dispatchEvent(new Event('change', { bubbles: true }));";
    window.run(give, &[json!(csv)]).await;
    window.sees("mrr.csv").await;
    window.sees("Missing here").await;
    window.picture("reconciliation").await;
}
