//! MRR over time, its rules, other currencies and another's table, as the window asks for them.

use std::collections::BTreeSet;

use clearsync_billing::Fraction;
use clearsync_sync::view::{
    CompanyFigures, CompanyQuery, DiscountRule, ExchangeRatesInput, FindingCode, Money,
    MonthFigures, MovementQuery, MovementRow, Phase, PolicyId, RateRow, RateSource, UnreadCode,
};

use super::*;

fn number(money: &Money) -> Fraction {
    Fraction::from_decimal(&money.decimal).unwrap()
}

async fn company(engine: &Engine, currency: Option<&str>) -> CompanyFigures {
    let query = CompanyQuery {
        currency: currency.map(str::to_owned),
        months: 120,
    };
    engine.company_figures(query).await.unwrap()
}

async fn all_movements(engine: &Engine) -> Vec<MovementRow> {
    let query = MovementQuery {
        limit: 500,
        ..MovementQuery::default()
    };
    engine.movements(query).await.unwrap().rows
}

/// What a month's parts add up to, and its closing.
fn both_ends(month: &MonthFigures) -> (Fraction, Fraction) {
    let parts = [
        &month.opening,
        &month.new,
        &month.reactivation,
        &month.expansion,
        &month.contraction,
        &month.churn,
        &month.exchange,
    ];
    (parts.into_iter().map(number).sum(), number(&month.closing))
}

/// Amounts are rounded one by one, so a sum may be off by half a cent for each.
fn assert_near(one: &Fraction, other: &Fraction, about: &str) {
    let difference = (one - other).abs();
    let cents = Fraction::from_decimal("0.04").unwrap();
    assert!(difference <= cents, "{about}: {one} and {other}");
}

#[tokio::test(start_paused = true)]
async fn months_lead_from_nothing_to_what_the_overview_shows() {
    let world = World::of(&Shape::large(60));
    let engine = world.imported().await;
    let overview = engine.overview().await.unwrap();
    let figures = company(&engine, None).await;
    assert!(!figures.converted);
    assert_eq!(
        figures.currencies.len(),
        overview.totals.len().max(figures.currencies.len())
    );
    for totals in &overview.totals {
        let figures = company(&engine, Some(&totals.mrr.currency)).await;
        assert_eq!(figures.mrr, totals.mrr);
        assert_eq!(figures.arr, totals.arr);
        assert_eq!(number(&figures.months[0].opening), Fraction::zero());
        for pair in figures.months.windows(2) {
            assert_eq!(pair[0].closing, pair[1].opening, "{}", pair[1].month);
        }
        for month in &figures.months {
            let (sum, closing) = both_ends(month);
            assert_near(&sum, &closing, &month.month);
        }
        let first: Vec<_> = figures
            .cohorts
            .iter()
            .filter_map(|row| row.kept.first())
            .collect();
        assert!(first.iter().all(|share| *share == "1.000"), "{first:?}");
    }
    let refused = engine
        .company_figures(CompanyQuery {
            currency: Some("dollars".to_owned()),
            months: 12,
        })
        .await;
    assert_eq!(code(refused), ProblemCode::CurrencyUnknown);
}

#[tokio::test(start_paused = true)]
async fn movements_are_found_and_a_subscription_is_explained_at_any_moment() {
    let world = World::new();
    let engine = world.imported().await;
    let query = MovementQuery {
        limit: 500,
        ..MovementQuery::default()
    };
    let page = engine.movements(query.clone()).await.unwrap();
    assert_eq!(page.rows.len(), page.total as usize);
    assert!(page.rows.windows(2).all(|pair| pair[0].at >= pair[1].at));
    let one = &page.rows[page.rows.len() / 2];
    let some = MovementQuery {
        search: one.subscription.clone(),
        kind: Some(one.kind),
        from: Some(one.at[..7].to_owned()),
        to: Some(one.at[..7].to_owned()),
        ..query
    };
    let found = engine.movements(some).await.unwrap();
    assert!(found.rows.contains(one));
    assert!(
        found
            .rows
            .iter()
            .all(|row| row.subscription == one.subscription)
    );

    let mut explained = 0;
    for row in &page.rows {
        let Ok(detail) = engine.subscription(row.subscription.clone()).await else {
            continue;
        };
        assert!(detail.movements.contains(row));
        // Everything is called what people call it, with the id beside it.
        for line in &detail.explanation.lines {
            let name = line.name.as_deref().unwrap();
            assert_ne!(line.id, name);
            if line.id.starts_with("price_") {
                let mut plans = detail.row.plans.split(", ");
                assert!(plans.any(|plan| name.starts_with(plan)), "{line:?}");
                let sentence = &detail.explanation.sentence;
                let counts = !sentence.starts_with("MRR is 0");
                assert!(!counts || sentence.contains(name), "{sentence}");
            }
        }
        for point in &detail.timeline {
            let id = row.subscription.clone();
            let explanation = engine.explain(id, point.from.clone()).await.unwrap();
            let last = explanation.lines.last().unwrap();
            let shown = format!("{} {}", point.mrr.decimal, point.mrr.currency);
            assert_eq!(last.result, shown, "{} at {}", row.subscription, point.from);
            explained += 1;
        }
    }
    assert!(explained > 20, "{explained}");
    let nobody = engine
        .explain("sub_none".to_owned(), "2026-01-01".to_owned())
        .await;
    assert_eq!(code(nobody), ProblemCode::SubscriptionUnknown);
    let no_day = engine
        .explain("sub_none".to_owned(), "yesterday".to_owned())
        .await;
    assert_eq!(code(no_day), ProblemCode::MomentUnreadable);
}

#[tokio::test(start_paused = true)]
async fn other_rules_are_seen_before_they_count_and_make_the_plan_anew() {
    let world = World::new();
    let engine = world.imported().await;
    let plan = engine.make_plan().await.unwrap();
    let told = all_movements(&engine).await;
    let choices = engine.policies().await.unwrap();
    assert_eq!(
        (choices.active.id, choices.own.is_none()),
        (PolicyId::Clearsync, true)
    );

    let mut switches = choices.active.switches.clone();
    switches.discounts = DiscountRule::None;
    let preview = engine.policy_preview(switches.clone()).await.unwrap();
    assert!(preview.total > 0, "some have discounts");
    let totals: Vec<_> = preview
        .totals
        .iter()
        .map(|totals| (totals.before.clone(), totals.after.clone()))
        .collect();
    let own = engine.bridge(None, PolicyId::Own).await;
    assert_eq!(code(own), ProblemCode::OwnPolicyMissing);

    let choices = engine
        .choose_policy(PolicyId::Own, switches.clone())
        .await
        .unwrap();
    assert_eq!(
        (choices.active.id, choices.active.version),
        (PolicyId::Own, 1)
    );
    assert_eq!(choices.active.switches, switches);
    assert!(totals.iter().any(|(before, after)| before != after));
    for (before, after) in totals {
        let figures = company(&engine, Some(&before.currency)).await;
        assert_eq!(figures.mrr, after);
    }
    for row in &preview.rows {
        let detail = engine.subscription(row.subscription.clone()).await.unwrap();
        assert_eq!(detail.row.mrr, row.after, "{}", row.subscription);
        assert!(detail.explanation.sentence.contains("Own rules"));
    }
    assert_eq!(engine.plan_summary().await.unwrap(), None);
    engine.push(plan.id).await.unwrap();
    let run = ended(&engine).await;
    assert_eq!(run.problem.unwrap().code, ProblemCode::PlanOutdated);

    // Back again everything is as it was, movements by their ids, and a new choice of one's own has a new version.
    let bridge = engine.bridge(None, PolicyId::Clearsync).await.unwrap();
    let preset = choices.presets[0].switches.clone();
    engine
        .choose_policy(PolicyId::Clearsync, preset)
        .await
        .unwrap();
    assert_eq!(all_movements(&engine).await, told);
    let ids: BTreeSet<_> = told.iter().map(|row| &row.id).collect();
    assert_eq!(ids.len(), told.len(), "each has its own");
    for one in bridge {
        let figures = company(&engine, Some(&one.ours.currency)).await;
        assert_near(
            &number(&figures.mrr),
            &number(&one.theirs),
            &figures.currency,
        );
    }
    switches.grouping_window_min = 60;
    let choices = engine.choose_policy(PolicyId::Own, switches).await.unwrap();
    assert_eq!(choices.active.version, 2);
    assert_ne!(engine.status().phase, Phase::Syncing);
}

#[tokio::test(start_paused = true)]
async fn rates_bring_every_currency_together_and_keep_exchange_apart() {
    let world = World::of(&Shape::large(60));
    let engine = world.imported().await;
    let plain = company(&engine, None).await;
    let others: Vec<_> = plain
        .currencies
        .iter()
        .filter(|one| **one != "USD")
        .cloned()
        .collect();
    assert!(
        !others.is_empty(),
        "the business sells in several currencies"
    );
    let row = |currency: &str, since: &str, rate: &str| RateRow {
        currency: currency.to_owned(),
        since: since.to_owned(),
        rate: rate.to_owned(),
    };
    let input = |rates| ExchangeRatesInput {
        reporting: Some("usd".to_owned()),
        rates,
    };
    let refused = engine
        .set_exchange_rates(input(vec![row("EUR", "2026-01-01", "0")]))
        .await;
    assert_eq!(code(refused), ProblemCode::RateUnreadable);
    let nothing = engine.exchange_rates().await.unwrap();
    assert_eq!((nothing.reporting, nothing.rates.len()), (None, 0));

    let known = engine.set_exchange_rates(input(Vec::new())).await.unwrap();
    assert_eq!(known.missing.len(), others.len());
    let rates = others.iter().flat_map(|currency| {
        [
            row(currency, "2020-01-01", "1"),
            row(currency, "2026-05-15", "1.5"),
        ]
    });
    let known = engine
        .set_exchange_rates(input(rates.collect()))
        .await
        .unwrap();
    assert!(known.missing.is_empty());
    let figures = company(&engine, None).await;
    assert!(figures.converted);
    let mut sum = Fraction::zero();
    for totals in engine.overview().await.unwrap().totals {
        let rate = match totals.mrr.currency.as_str() {
            "USD" => "1",
            _ => "1.5",
        };
        sum += &(&number(&totals.mrr) * &Fraction::from_decimal(rate).unwrap());
    }
    let differs = (&number(&figures.mrr) - &sum).abs();
    assert!(
        differs <= Fraction::from_decimal("0.05").unwrap(),
        "{} {sum}",
        figures.mrr.decimal
    );
    for month in &figures.months {
        let (parts, closing) = both_ends(month);
        assert_near(&parts, &closing, &month.month);
        let moved = !number(&month.exchange).is_zero();
        assert_eq!(moved, month.month == "2026-05", "{}", month.month);
    }
}

#[tokio::test(start_paused = true)]
async fn hubspots_rates_are_read_when_the_key_may_and_named_when_it_may_not() {
    let world = World::of(&Shape::large(60));
    let engine = world.imported().await;
    let refused = engine.read_hubspot_rates().await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::HubSpotRatesScopeMissing);
    assert_eq!(refused.params["scope"], Sample::RATES_SCOPE);
    let before = engine.exchange_rates().await.unwrap();
    assert_eq!((before.reporting, before.source), (None, RateSource::None));

    let scopes = Sample::SCOPES.into_iter().chain([Sample::RATES_SCOPE]);
    world.hubspot.set_scopes(TOKEN, scopes);
    let read = engine.read_hubspot_rates().await.unwrap();
    assert_eq!(read.source, RateSource::Hubspot);
    assert_eq!(read.reporting.as_deref(), Some("USD"));
    // Two of the euro, one of each other currency the business sells in.
    let told: Vec<_> = read
        .rates
        .iter()
        .map(|row| (&*row.currency, &*row.since, &*row.rate))
        .collect();
    assert_eq!(
        told,
        [
            ("EUR", "2025-01-01T00:00:00Z", "1.0832"),
            ("EUR", "2026-05-15T00:00:00Z", "1.125"),
            ("JPY", "2025-01-01T00:00:00Z", "0.006735"),
            ("KWD", "2025-01-01T00:00:00Z", "3.2541"),
        ]
    );
    assert!(read.missing.is_empty(), "{:?}", read.missing);
    let figures = company(&engine, None).await;
    assert!(figures.converted);
    assert_eq!(figures.currency, "USD");

    // The user's own take their place, and only HubSpot's are ever called HubSpot's.
    let own = ExchangeRatesInput {
        reporting: Some("EUR".to_owned()),
        rates: Vec::new(),
    };
    let own = engine.set_exchange_rates(own).await.unwrap();
    assert_eq!(own.source, RateSource::Yours);
}

#[tokio::test(start_paused = true)]
async fn an_edited_export_shows_exactly_what_was_edited() {
    let world = World::new();
    let engine = world.imported().await;
    let export = engine.mrr_csv(None).await.unwrap();
    let same = engine.reconcile(export.clone(), None).await.unwrap();
    assert_eq!((same.off, same.missing_here, same.missing_there), (0, 0, 0));
    assert!(same.matched > 20 && same.unread_rows.is_empty());

    let mut lines: Vec<String> = export.lines().map(str::to_owned).collect();
    let months = lines[0].split(',').count() - 2;
    let (rest, _) = lines[1].rsplit_once(',').unwrap();
    lines[1] = format!("{rest},99999.99");
    let removed = lines.remove(2);
    lines.push(format!("cus_elsewhere,usd{}", ",12.00".repeat(months)));
    lines.push(format!("cus_odd,usd{}", ",twelve".repeat(months)));
    lines.push(format!("cus_odd,dollars{}", ",1".repeat(months)));
    let report = engine.reconcile(lines.join("\n"), None).await.unwrap();
    assert_eq!(report.off, 1);
    assert_eq!(report.missing_here as usize, months);
    assert!(report.missing_there > 0);
    let found = |finding| report.rows.iter().filter(move |row| row.finding == finding);
    let off = found(FindingCode::Off).next().unwrap();
    assert_eq!(off.theirs.as_ref().unwrap().decimal, "99999.99");
    assert!(off.causes.is_empty(), "no rule explains it");
    let here = found(FindingCode::MissingThere);
    assert!(
        here.into_iter()
            .all(|row| removed.starts_with(&row.customer_id))
    );
    let why: Vec<_> = report.unread_rows.iter().map(|row| row.why).collect();
    assert_eq!(why, [UnreadCode::Amount, UnreadCode::Currency]);

    // Another tool's rules explain the amounts of another tool.
    let stripe = engine.mrr_csv(Some(PolicyId::Stripe)).await.unwrap();
    assert_ne!(stripe, export);
    let report = engine.reconcile(stripe.clone(), None).await.unwrap();
    let differing = report
        .rows
        .iter()
        .filter(|row| row.finding != FindingCode::Matched);
    let (mut explained, mut all) = (0, 0);
    for row in differing {
        all += 1;
        explained += usize::from(!row.causes.is_empty());
    }
    println!("{explained} of {all} explained");
    assert!(all > 0 && explained * 10 >= all * 9, "{explained} of {all}");
    let agreed = engine
        .reconcile(stripe, Some(PolicyId::Stripe))
        .await
        .unwrap();
    assert_eq!(
        (agreed.off, agreed.missing_here, agreed.missing_there),
        (0, 0, 0)
    );
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_no_table_is_refused_with_its_reason() {
    let world = World::new();
    let engine = world.open();
    let before = engine
        .reconcile("Customer ID,2026-01\n".to_owned(), None)
        .await;
    assert_eq!(code(before), ProblemCode::StripeNotConnected);
    let engine = world.imported().await;
    let cases = [
        (String::new(), ProblemCode::TableEmpty),
        ("\n \n".to_owned(), ProblemCode::TableEmpty),
        (
            "Name,2026-01\nAcme,1\n".to_owned(),
            ProblemCode::TableWithoutCustomers,
        ),
        (
            "Customer ID,Amount\ncus_1,1\n".to_owned(),
            ProblemCode::TableWithoutMonths,
        ),
        (
            "Customer ID,2099-01\ncus_1,1\n".to_owned(),
            ProblemCode::TableMonthsApart,
        ),
        ("x".repeat(50 * 1024 * 1024), ProblemCode::TableTooLarge),
    ];
    for (text, expected) in cases {
        let start: String = text.chars().take(20).collect();
        assert_eq!(
            code(engine.reconcile(text, None).await),
            expected,
            "{start}"
        );
    }
}
