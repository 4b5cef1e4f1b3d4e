use std::collections::{BTreeMap, BTreeSet};

use clearsync_billing::{
    BridgeSpan, Cause, Currency, Difference, Finding, Fraction, Money as BillingMoney, Month,
    MonthlyMrr, NotATable, Policy, Subscription, Timeline, bridges, monthly_mrr, reconcile,
};
use clearsync_store::{AccountId, Reader, Store, StoreError};
use jiff::Timestamp;

use super::{Engine, book::Book, exchange::Exchange};
use crate::{
    derive::{self, Lived},
    view::{
        FindingCode, PolicyId, Problem, ProblemCode, ReconcileReport, ReconcileRow, UnreadCode,
        UnreadRow,
    },
};

/// Stripe's largest export is far smaller; beyond it somebody dropped another file.
const LARGEST_TABLE_BYTES: usize = 32 * 1024 * 1024;
const MOST_ROWS: usize = 5_000;
const MOST_UNREAD: usize = 1_000;

impl Engine {
    /// Holds our MRR per customer and month against the table `csv`.
    ///
    /// # Errors
    /// A [`Problem`] that says what is wrong with the table.
    pub async fn reconcile(
        &self,
        csv: String,
        against: Option<PolicyId>,
    ) -> Result<ReconcileReport, Problem> {
        let (account, now) = (self.account().await?, self.now());
        if csv.len() > LARGEST_TABLE_BYTES {
            return Err(Problem::new(ProblemCode::TableTooLarge));
        }
        if csv.trim().is_empty() {
            return Err(Problem::new(ProblemCode::TableEmpty));
        }
        self.with_store(move |store| Ok(report(store, account, now, &csv, against)))
            .await?
    }

    /// MRR per customer and month as a table, under the active policy or another.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read, or there is no such policy.
    pub async fn mrr_csv(&self, policy: Option<PolicyId>) -> Result<String, Problem> {
        let (account, now) = (self.account().await?, self.now());
        self.with_store(move |store| {
            Ok(store.read(|reader| {
                let ours = Book::read(reader, account, now, policy)?;
                let months = ours.calendar.months_since(ours.first_month(), now);
                Ok::<_, Problem>(ours.table(&months).to_csv())
            }))
        })
        .await?
    }
}

fn report(
    store: &Store,
    account: AccountId,
    now: Timestamp,
    csv: &str,
    against: Option<PolicyId>,
) -> Result<ReconcileReport, Problem> {
    store.read(|reader| {
        let (theirs, unread) = MonthlyMrr::read_csv(csv, default_currency(reader, account)?)
            .map_err(|error| not_a_table(&error))?;
        let ours = Book::read(reader, account, now, against)?;
        let present = ours.calendar.month(now);
        let months: BTreeSet<Month> = theirs
            .months
            .iter()
            .copied()
            .filter(|month| *month <= present)
            .collect();
        if months.is_empty() {
            return Err(Problem::new(ProblemCode::TableMonthsApart));
        }
        let months: Vec<_> = months.into_iter().collect();
        let table = ours.table(&months);
        let findings = reconcile(&table, &theirs, |_, _| Vec::new());
        Ok(ReconcileReport {
            rows: rows(reader, account, &ours, &findings)?,
            months: months.iter().map(ToString::to_string).collect(),
            matched: count(&findings, FindingCode::Matched),
            off: count(&findings, FindingCode::Off),
            missing_there: count(&findings, FindingCode::MissingThere),
            missing_here: count(&findings, FindingCode::MissingHere),
            unread_rows: unread.iter().take(MOST_UNREAD).map(unread_row).collect(),
        })
    })
}

/// Our side, as a table can be made of it.
impl Book {
    fn table(&self, months: &[Month]) -> MonthlyMrr {
        let ends: Vec<_> = months
            .iter()
            .map(|month| (*month, self.calendar.end(*month, self.now)))
            .collect();
        monthly_mrr(&self.timelines, &ends)
    }

    /// The month of the first MRR there ever was.
    fn first_month(&self) -> Month {
        let begins = self.timelines.iter().filter_map(Timeline::first_mrr_at);
        self.calendar.month(begins.min().unwrap_or(self.now))
    }
}

/// What was found, what needs a look first.
fn rows(
    reader: &Reader,
    account: AccountId,
    ours: &Book,
    findings: &[Finding],
) -> Result<Vec<ReconcileRow>, StoreError> {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| {
        let size = sides(finding).map(|(ours, theirs)| ours.abs_diff(theirs));
        (code(finding), std::cmp::Reverse(size))
    });
    sorted.truncate(MOST_ROWS);
    let mut causes = causes(reader, account, ours, &sorted)?;
    let row = |(place, finding): (usize, &&Finding)| {
        let id = finding.customer.as_str();
        let money = |amount_minor| BillingMoney {
            amount_minor,
            currency: finding.currency,
        };
        let (mine, other) = match &finding.difference {
            Difference::Matched { mrr } => (Some(*mrr), Some(*mrr)),
            Difference::Off { ours, theirs, .. } => (Some(*ours), Some(*theirs)),
            Difference::MissingThere { ours } => (Some(*ours), None),
            Difference::MissingHere { theirs } => (None, Some(*theirs)),
        };
        let difference = sides(finding).map(|(ours, theirs)| money(theirs.saturating_sub(ours)));
        ReconcileRow {
            customer_id: id.to_owned(),
            customer: ours.names.get(id).cloned(),
            month: finding.month.to_string(),
            finding: code(finding),
            ours: mine.map(Into::into),
            theirs: other.map(Into::into),
            difference: difference.map(Into::into),
            causes: causes
                .remove(&place)
                .unwrap_or_default()
                .into_iter()
                .map(Into::into)
                .collect(),
        }
    };
    Ok(sorted.iter().enumerate().map(row).collect())
}

/// Why amounts differ, by the place of the finding, for those that another policy explains.
fn causes(
    reader: &Reader,
    account: AccountId,
    ours: &Book,
    findings: &[&Finding],
) -> Result<BTreeMap<usize, Vec<Cause>>, StoreError> {
    let mut of_customer: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, finding) in findings.iter().enumerate() {
        if code(finding) != FindingCode::Matched {
            let places = of_customer.entry(finding.customer.as_str()).or_default();
            places.push(place);
        }
    }
    let customers: Vec<_> = of_customer.keys().map(ToString::to_string).collect();
    let mut pasts = Vec::new();
    derive::each_past(reader, account, customers, |lives| pasts.push(lives))?;
    let mut causes = BTreeMap::new();
    for (places, lives) in of_customer.into_values().zip(&pasts) {
        for place in places {
            let finding = findings[place];
            let at = ours.calendar.last_moment(finding.month, ours.now);
            let subscriptions = standing_at(lives, finding.currency, at);
            if let Some(why) = why(finding, &subscriptions, at, &ours.policy) {
                causes.insert(place, why);
            }
        }
    }
    Ok(causes)
}

/// The subscriptions of one currency as they stood at `at`.
fn standing_at(lives: &[Lived], currency: Currency, at: Timestamp) -> Vec<Subscription> {
    let states = lives.iter().filter_map(|lived| {
        let states = &lived.history.states;
        let begun = states.partition_point(|state| state.from <= at);
        Some(&states.get(begun.checked_sub(1)?)?.subscription)
    });
    states
        .filter(|subscription| subscription.currency == currency)
        .cloned()
        .collect()
}

/// The fewest rules of another policy that make our amount theirs, the one that moves most first.
fn why(
    finding: &Finding,
    subscriptions: &[Subscription],
    at: Timestamp,
    policy: &Policy,
) -> Option<Vec<Cause>> {
    let (ours, theirs) = sides(finding)?;
    let wanted = theirs.saturating_sub(ours);
    let others = [
        Policy::stripe(),
        Policy::stripe_all_discounts(),
        Policy::chartmogul_like(),
        Policy::conservative(),
    ];
    let explained = others.iter().filter_map(|other| {
        let bridge = bridges(subscriptions, at, policy, other)
            .into_iter()
            .next()?;
        fewest(&bridge.spans, wanted)
    });
    explained.min_by_key(Vec::len)
}

/// The fewest spans that add up to `wanted` minor units, to the nearest one on either side: both amounts were rounded.
fn fewest(spans: &[BridgeSpan], wanted: i64) -> Option<Vec<Cause>> {
    let wanted = Fraction::from(wanted);
    let mut sets: Vec<u32> = (1..1_u32 << spans.len().min(Cause::ALL.len())).collect();
    sets.sort_by_key(|set| set.count_ones());
    let of = |set: u32| {
        let chosen = spans.iter().enumerate();
        chosen
            .filter(move |(place, _)| set & (1 << place) != 0)
            .map(|(_, span)| span)
    };
    let fits = |set: &u32| {
        let sum: Fraction = of(*set).map(|span| &span.change.minor).sum();
        (&sum - &wanted).abs() <= Fraction::one()
    };
    let set = sets.into_iter().find(fits)?;
    let mut chosen: Vec<_> = of(set).collect();
    chosen.sort_by_key(|span| std::cmp::Reverse(span.change.minor.abs()));
    Some(chosen.into_iter().map(|span| span.cause).collect())
}

/// Our amount and theirs in minor units, where they differ; a missing one is nothing.
fn sides(finding: &Finding) -> Option<(i64, i64)> {
    match &finding.difference {
        Difference::Matched { .. } => None,
        Difference::Off { ours, theirs, .. } => Some((ours.amount_minor, theirs.amount_minor)),
        Difference::MissingThere { ours } => Some((ours.amount_minor, 0)),
        Difference::MissingHere { theirs } => Some((0, theirs.amount_minor)),
    }
}

fn code(finding: &Finding) -> FindingCode {
    match &finding.difference {
        Difference::Matched { .. } => FindingCode::Matched,
        Difference::Off { .. } => FindingCode::Off,
        Difference::MissingThere { .. } => FindingCode::MissingThere,
        Difference::MissingHere { .. } => FindingCode::MissingHere,
    }
}

fn count(findings: &[Finding], wanted: FindingCode) -> u32 {
    let found = findings.iter().filter(|finding| code(finding) == wanted);
    u32::try_from(found.count()).unwrap_or(u32::MAX)
}

/// Rows without a currency are taken in the reporting currency, or else in the account's own.
fn default_currency(reader: &Reader, account: AccountId) -> Result<Currency, StoreError> {
    let reporting = Exchange::read(reader, account)?.reporting;
    let own = reader.account(account)?.profile.currency;
    let own = own.and_then(|code| code.parse().ok());
    Ok(reporting.or(own).unwrap_or(Currency::USD))
}

fn not_a_table(error: &NotATable) -> Problem {
    match error {
        NotATable::NoCustomers => Problem::new(ProblemCode::TableWithoutCustomers),
        NotATable::NoMonths | NotATable::NotAMonth { .. } => {
            Problem::new(ProblemCode::TableWithoutMonths)
        }
        NotATable::NotCsv { line: at }
        | NotATable::NotACurrency { line: at, .. }
        | NotATable::NoCustomer { line: at }
        | NotATable::NotAnAmount { line: at, .. } => {
            Problem::new(ProblemCode::TableNotCsv).with("line", at.to_string())
        }
    }
}

fn unread_row(why: &NotATable) -> UnreadRow {
    let (line, why) = match why {
        NotATable::NotAnAmount { line, .. } => (line, UnreadCode::Amount),
        NotATable::NotACurrency { line, .. } => (line, UnreadCode::Currency),
        NotATable::NoCustomer { line } => (line, UnreadCode::Customer),
        NotATable::NotCsv { line } => (line, UnreadCode::Columns),
        NotATable::NoCustomers | NotATable::NoMonths | NotATable::NotAMonth { .. } => {
            (&1, UnreadCode::Columns)
        }
    };
    UnreadRow {
        line: u32::try_from(*line).unwrap_or(u32::MAX),
        why,
    }
}
