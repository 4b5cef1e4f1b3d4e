//! The whole job on the sample accounts, in the terminal, with its result held against what truly happened in the sample
//! business.

mod months;
mod truth;

use std::collections::BTreeMap;

use clearsync_sandbox::{Sample, business::Business};
use clearsync_sync::view::{RunOutcome, Service};
use clearsync_vault::Secret;
use jiff::Timestamp;

use self::truth::Mrr;
use crate::{
    cli::{At, CliError},
    sample::SampleKeys,
    terminal::Terminal,
};

/// A sync with nothing new may ask Stripe for its events, and twice more.
const QUIET_SYNC_REQUESTS: usize = 3;

/// Runs the job; an error says what did not hold.
pub(crate) async fn run(at: &At<'_>, terminal: &Terminal) -> Result<(), CliError> {
    let engine = &at.engine;
    let Some(sample) = at.sample else {
        return Err(CliError::NotHeld(
            "The demo runs on sample data.".to_owned(),
        ));
    };
    let sample = &*sample.accounts;
    terminal.say("Sample data: nothing leaves this computer.\n")?;

    terminal.say("1. Keys and their permissions")?;
    engine
        .connect_stripe(Secret::new(SampleKeys::OWN.stripe.to_owned()), true, false)
        .await?;
    engine
        .connect_hubspot(Secret::new(SampleKeys::OWN.hubspot.to_owned()), true, false)
        .await?;
    for service in [Service::Stripe, Service::HubSpot] {
        engine.check_all(service).await?;
        let checklist = engine.checklist(service);
        terminal.checklist(&checklist)?;
        held(checklist.complete, "every permission is held")?;
    }

    terminal.say("\n2. Import")?;
    engine.start_import().await?;
    finish(at, terminal, RunOutcome::Done).await?;

    terminal.say("\n3. MRR")?;
    terminal.overview(&engine.overview().await?)?;
    months::show(engine, terminal).await?;
    months::hold_against_ledger(engine, sample, terminal).await?;

    terminal.say("\n4. Plan")?;
    let plan = engine.make_plan().await?;
    terminal.plan(&plan)?;
    held(plan.creates > 0, "the plan brings new records")?;

    terminal.say("\n5. Push")?;
    engine.push(plan.id).await?;
    finish(at, terminal, RunOutcome::Done).await?;
    let compared = compare_mrr(sample)?;
    terminal.say(&format!(
        "  {compared} HubSpot contacts hold the MRR of the business's own ledger"
    ))?;

    terminal.say("\n6. A sync that looks at what happened meanwhile, and one with nothing new")?;
    engine.sync_now().await?;
    finish(at, terminal, RunOutcome::Done).await?;
    sample.stripe.forget_requests();
    sample.hubspot.forget_requests();
    engine.sync_now().await?;
    finish(at, terminal, RunOutcome::Done).await?;
    let (asked, written) = (sample.stripe.requests().len(), writes(sample));
    terminal.say(&format!(
        "  {asked} Stripe requests, {written} HubSpot writes"
    ))?;
    held(
        asked <= QUIET_SYNC_REQUESTS,
        "a sync with nothing new asks Stripe no more than three times",
    )?;
    held(written == 0, "a sync with nothing new writes nothing")?;
    terminal.say("\nAll of it held.")?;
    Ok(())
}

/// Follows the run to its end, which must be the wanted one, or one with refusals that were named.
async fn finish(at: &At<'_>, terminal: &Terminal, wanted: RunOutcome) -> Result<(), CliError> {
    let engine = &at.engine;
    terminal.show_run(engine, false).await?;
    let Some(run) = engine.runs().await?.into_iter().next() else {
        return Err(CliError::NotHeld("No run was noted.".to_owned()));
    };
    terminal.run(&run, None)?;
    if let Some(problem) = run.problem {
        return Err(problem.into());
    }
    let ended_well =
        run.outcome == Some(wanted) || run.outcome == Some(RunOutcome::DoneWithRefusals);
    held(ended_well, "the run ended well")
}

/// Holds each contact's MRR against the ledger, for contacts whose subscriptions are all plainly priced. Gives how many.
fn compare_mrr(sample: &Sample) -> Result<usize, CliError> {
    let now = Timestamp::now();
    let records = sample
        .hubspot
        .records("contacts")
        .map_err(|_| CliError::NotHeld("The portal has no contacts.".to_owned()))?;
    let customers = sample.with_business(|business| plain_customers(business, now));
    let mut compared = 0;
    for record in records.values() {
        let text = |name: &str| record.get(name).cloned().unwrap_or_default();
        // A contact may stand for several customers with one e-mail; their MRR is added up then.
        let (key, all) = (
            text("clearsync_stripe_customer_id"),
            text("clearsync_stripe_customer_ids"),
        );
        let ids = if all.is_empty() { key } else { all };
        let sums: Option<Vec<Mrr>> = ids
            .split(", ")
            .map(|id| customers.get(id).copied())
            .collect();
        let Some(expected) = sums.and_then(|sums| Mrr::sum(&sums)) else {
            continue;
        };
        let (expected, found) = (expected.decimal(), text("clearsync_mrr"));
        held(
            same_number(&found, &expected),
            &format!(
                "the MRR of {} is {expected}, and {found} stands in HubSpot",
                text("email")
            ),
        )?;
        compared += 1;
    }
    held(compared > 0, "some contacts can be compared")?;
    Ok(compared)
}

/// The MRR of every customer whose subscriptions are all plainly priced.
fn plain_customers(business: &Business, now: Timestamp) -> BTreeMap<String, Mrr> {
    let mut customers: BTreeMap<String, Option<Mrr>> = BTreeMap::new();
    let ledger = business.ledger();
    for (subscription, life) in ledger.lives() {
        let sum = customers
            .entry(life.customer_id.clone())
            .or_insert_with(|| Some(Mrr::none(life.currency)));
        let mrr = ledger
            .mrr_at(subscription, now)
            .filter(|_| ledger.is_plain(subscription));
        *sum = sum.zip(mrr).map(|(sum, mrr)| sum.plus(mrr));
    }
    customers
        .into_iter()
        .filter_map(|(customer, sum)| Some((customer, sum?)))
        .collect()
}

/// Whether two decimal texts mean the same number: HubSpot keeps numbers, not their zeros.
fn same_number(one: &str, other: &str) -> bool {
    let plain = |text: &str| match text.split_once('.') {
        Some((whole, part)) => format!("{whole}.{}", part.trim_end_matches('0')),
        None => format!("{text}."),
    };
    plain(one) == plain(other)
}

/// Requests that wrote something into the portal.
fn writes(sample: &Sample) -> usize {
    let reads = ["batch/read", "search", "access-token-info"];
    sample
        .hubspot
        .requests()
        .iter()
        .filter(|request| {
            request.method != "GET" && !reads.iter().any(|read| request.path.ends_with(read))
        })
        .count()
}

fn held(holds: bool, what: &str) -> Result<(), CliError> {
    if holds {
        Ok(())
    } else {
        Err(CliError::NotHeld(format!("This did not hold: {what}.")))
    }
}
