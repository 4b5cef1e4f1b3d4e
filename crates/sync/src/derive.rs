//! From stored Stripe objects to figures: MRR and facts per subscription, summed up per customer and company.
//!
//! Only customers with something new, or with a date that has come, are worked out again. Objects that cannot be
//! understood go to the open items and never stop the rest.

mod facts;
mod known;
mod lives;
mod movements;
mod summary;

use std::collections::{BTreeMap, BTreeSet};

use clearsync_billing::{Note, Policy, Subscription, Timeline, mrr};
use clearsync_store::{
    AccountId, Figure, Grain, Life, Movement, Reader, Rollup, Scope, Sighting, Store, StoreError,
    Writer,
};
use clearsync_stripe::decode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use facts::{PaymentMethod, SubscriptionFacts};
pub use movements::LastMovement;
pub use summary::{CurrencySum, Summary};

pub(crate) use lives::{Lived, present, steps, timeline};
pub(crate) use movements::{ids, movement};

use self::known::{Customer, Known};
use crate::matching::SharedDomains;

const AREA: &str = "derive";
const DERIVED_BY: &str = "derived_by";
/// Rises when what is kept of a figure changes, so that everything is worked out anew.
const FORM: u32 = 2;
const CUSTOMERS_AT_ONCE: usize = 200;

/// The code of an open item about an object that could not be understood; `params` hold its `kind`, and `field` or `ids`.
pub const OBJECT_NOT_UNDERSTOOD: &str = "object_not_understood";
/// The code of an open item about a figure that rests on an assumption; `params` hold `notes`.
pub const FIGURE_ASSUMED: &str = "figure_assumed";

/// What was worked out again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Derived {
    /// Subscriptions.
    pub subscriptions: usize,
    /// Customers.
    pub customers: usize,
    /// Companies.
    pub companies: usize,
    /// Objects that could not be understood.
    pub not_understood: usize,
}

/// Works out everything that has changed since the last time, as of `now` under `policy`. Blocks.
///
/// `shared` are the mail domains that are nobody's company.
///
/// # Errors
/// What keeps the store from being read or written. What was worked out until then is kept, and the next call goes on.
pub fn derive(
    store: &Store,
    account: AccountId,
    policy: &Policy,
    shared: &SharedDomains,
    now: Timestamp,
) -> Result<Derived, StoreError> {
    let work = store.read(|view| Work::find(view, account, (policy, shared), now))?;
    let revision = work.revision;
    let mut derived = Derived {
        not_understood: work.orphans.len(),
        ..Derived::default()
    };
    if !work.customers.is_empty() {
        let known = store.read(|view| Known::load(view, account))?;
        let mut task = Task {
            account,
            known,
            policy,
            shared,
            revision,
            now,
        };
        task.work_all_out(store, &work.customers, &mut derived)?;
    }
    store.write(|writer| {
        for orphan in &work.orphans {
            let problem = json!({ "kind": "subscription", "field": "customer" });
            let open = [(OBJECT_NOT_UNDERSTOOD, problem)];
            writer.set_attention(account, AREA, orphan, &open, now)?;
        }
        if policy.grain != clearsync_billing::Grain::Company {
            writer.remove_movements_of_companies(account)?;
        }
        writer.set_derived(account, revision)?;
        let derived_by = DerivedBy {
            form: FORM,
            policy: policy.clone(),
            shared: shared.clone(),
            as_of: Some(now),
        };
        writer.set_setting(Scope::Account(account), DERIVED_BY, &derived_by)
    })?;
    Ok(derived)
}

/// Rebuilds the past of these customers' subscriptions from what is stored, one customer at a time.
pub(crate) fn each_past(
    view: &Reader,
    account: AccountId,
    customers: impl IntoIterator<Item = String>,
    mut see: impl FnMut(Vec<Lived>),
) -> Result<(), StoreError> {
    let mut known = Known::load(view, account)?;
    for id in customers {
        let customer = Customer::load(view, account, &id)?;
        see(lives::of_customer(view, account, &mut known, &customer)?.0);
    }
    Ok(())
}

/// By what everything in the store was worked out.
#[derive(Serialize, Deserialize)]
struct DerivedBy {
    form: u32,
    policy: Policy,
    #[serde(default)]
    shared: SharedDomains,
    #[serde(default)]
    as_of: Option<Timestamp>,
}

impl DerivedBy {
    /// Whether what has not changed since would be worked out the same. Dates that have come are known one by one; those
    /// that came while the clock was wrong, and have not come now, are not.
    fn still_holds(&self, policy: &Policy, shared: &SharedDomains, now: Timestamp) -> bool {
        let clock_set_back = self.as_of.is_some_and(|then| then > now);
        self.form == FORM && self.policy == *policy && self.shared == *shared && !clock_set_back
    }
}

/// What is to be worked out.
struct Work {
    /// The revision that everything then stands for.
    revision: i64,
    customers: Vec<String>,
    /// Subscriptions that do not say whose they are.
    orphans: Vec<String>,
}

impl Work {
    fn find(
        view: &Reader,
        account: AccountId,
        (policy, shared): (&Policy, &SharedDomains),
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let stored = view.account(account)?;
        let derived_by: Option<DerivedBy> = view.setting(Scope::Account(account), DERIVED_BY)?;
        let since = match derived_by {
            Some(by) if by.still_holds(policy, shared, now) => stored.derived_revision,
            _ => 0,
        };
        let mut customers: BTreeSet<_> = view.customers_due(account, now)?.into_iter().collect();
        customers.extend(view.customers_with_events(account, since)?);
        let mut ingredients = BTreeSet::new();
        let mut orphans = Vec::new();
        for (kind, id, customer) in view.changed_objects(account, since)? {
            match (kind.as_str(), customer) {
                ("customer", _) => _ = customers.insert(id),
                ("price" | "product" | "coupon", _) => _ = ingredients.insert(id),
                ("subscription", None) => {
                    // Whoever it belonged to until now no longer has it.
                    let former = view.figure(account, &id)?;
                    customers.extend(former.map(|figure| figure.customer));
                    orphans.push(id);
                }
                (_, customer) => customers.extend(customer),
            }
        }
        customers.extend(customers_using(view, account, &ingredients)?);
        Ok(Self {
            revision: stored.revision,
            customers: customers.into_iter().collect(),
            orphans,
        })
    }
}

/// Customers whose figures are made from one of these prices, products or coupons.
fn customers_using(
    view: &Reader,
    account: AccountId,
    ingredients: &BTreeSet<String>,
) -> Result<Vec<String>, StoreError> {
    if ingredients.is_empty() {
        return Ok(Vec::new());
    }
    let uses_one = |figure: &Figure| {
        SubscriptionFacts::of(figure)
            .is_none_or(|facts| facts.ingredients().any(|id| ingredients.contains(id)))
    };
    let figures = view.figures(account)?.into_iter().filter(uses_one);
    Ok(figures.map(|figure| figure.customer).collect())
}

/// One pass over customers.
struct Task<'a> {
    account: AccountId,
    known: Known,
    policy: &'a Policy,
    shared: &'a SharedDomains,
    revision: i64,
    now: Timestamp,
}

/// One customer, worked out.
struct Outcome {
    rollup: Rollup,
    figures: Vec<Figure>,
    lives: Vec<Life>,
    movements: Vec<Movement>,
    sightings: Vec<Sighting>,
    /// Open items by subject; subjects without any are named too, so that what is mended is closed.
    open: Vec<(String, Vec<(&'static str, Value)>)>,
}

impl Task<'_> {
    fn work_all_out(
        &mut self,
        store: &Store,
        customers: &[String],
        derived: &mut Derived,
    ) -> Result<(), StoreError> {
        let mut companies = BTreeSet::new();
        for some in customers.chunks(CUSTOMERS_AT_ONCE) {
            let outcomes: Vec<Outcome> = store.read(|view| {
                let outcomes = some.iter().map(|id| self.work_out(view, id));
                outcomes.collect::<Result<_, StoreError>>()
            })?;
            companies.extend(store.write(|writer| self.keep(writer, &outcomes, derived))?);
        }
        if self.policy.grain == clearsync_billing::Grain::Company {
            for domain in &companies {
                let moved = store.read(|view| self.company_movements(view, domain))?;
                store.write(|writer| writer.put_movements(self.account, domain, &moved))?;
            }
        }
        Ok(())
    }

    fn work_out(&mut self, view: &Reader, id: &str) -> Result<Outcome, StoreError> {
        let customer = Customer::load(view, self.account, id)?;
        let (lives, mut open) = lives::of_customer(view, self.account, &mut self.known, &customer)?;
        open.push((id.to_owned(), customer.problems.clone()));
        let company = customer
            .email
            .as_deref()
            .filter(|_| !customer.deleted)
            .and_then(|email| self.shared.company_of(email));
        let (mut figures, mut kept, mut timelines) = (Vec::new(), Vec::new(), Vec::new());
        for lived in &lives {
            let Some((present, timeline)) = lived
                .present()
                .zip(lived.history.timeline(self.policy, self.now))
            else {
                continue;
            };
            let figure = mrr(present, self.now, self.policy);
            open.push((lived.id.clone(), assumptions(&figure.notes)));
            kept.push(lives::stored(&timeline, present));
            if !lived.is_deleted {
                figures.push(self.figure(lived, present, &figure, &customer));
            }
            timelines.push(timeline);
        }
        let moved = clearsync_billing::movements(&timelines, self.policy, |_| None);
        let summary = Summary::of_customer(&customer, company.as_deref(), &figures, &moved);
        let told_by_company =
            self.policy.grain == clearsync_billing::Grain::Company && company.is_some();
        Ok(Outcome {
            sightings: lives
                .into_iter()
                .filter_map(|lived| lived.sighting)
                .collect(),
            movements: if told_by_company {
                Vec::new()
            } else {
                movements::stored(id, &moved)
            },
            rollup: Rollup {
                grain: Grain::Customer,
                id: id.to_owned(),
                company,
                facts: to_json(&summary),
                revision: self.revision,
            },
            lives: kept,
            figures,
            open: by_subject(open),
        })
    }

    fn figure(
        &self,
        lived: &Lived,
        present: &Subscription,
        figure: &clearsync_billing::Figure,
        customer: &Customer,
    ) -> Figure {
        let facts = SubscriptionFacts::new(present, figure, customer, &self.known);
        Figure {
            subscription: lived.id.clone(),
            customer: present.customer.as_str().to_owned(),
            currency: figure.rounded.currency.code().to_lowercase(),
            exact: figure.amount.minor.to_string(),
            rounded_minor: figure.rounded.amount_minor,
            status: lived.status.clone(),
            notes: to_json(&figure.notes),
            explanation: to_json(figure),
            due_at: facts::next_date(present, self.now),
            facts: to_json(&facts),
            revision: self.revision,
        }
    }

    /// The movements of a company's customers taken together.
    fn company_movements(
        &mut self,
        view: &Reader,
        domain: &str,
    ) -> Result<Vec<Movement>, StoreError> {
        let mut timelines: Vec<Timeline> = Vec::new();
        for customer in view.customers_of_company(self.account, domain)? {
            let customer = Customer::load(view, self.account, &customer.id)?;
            let (lives, _) = lives::of_customer(view, self.account, &mut self.known, &customer)?;
            let of_one = lives
                .iter()
                .filter_map(|lived| lived.history.timeline(self.policy, self.now));
            timelines.extend(of_one);
        }
        let company = |_: &_| Some(domain.to_owned());
        let moved = clearsync_billing::movements(&timelines, self.policy, company);
        Ok(movements::stored(domain, &moved))
    }

    /// Keeps what was worked out, and gives back the companies it touches.
    fn keep(
        &self,
        writer: &Writer,
        outcomes: &[Outcome],
        derived: &mut Derived,
    ) -> Result<BTreeSet<String>, StoreError> {
        let account = self.account;
        let mut companies = BTreeSet::new();
        for outcome in outcomes {
            let id = &outcome.rollup.id;
            let before = writer.rollup(account, Grain::Customer, id)?;
            companies.extend(before.and_then(|rollup| rollup.company));
            companies.extend(outcome.rollup.company.clone());
            for former in writer.figures_of_customer(account, id)? {
                let stays = |figure: &Figure| figure.subscription == former.subscription;
                if !outcome.figures.iter().any(stays) {
                    writer.remove_figure(account, &former.subscription)?;
                }
            }
            for figure in &outcome.figures {
                writer.put_figure(account, figure)?;
            }
            writer.put_rollup(account, &outcome.rollup)?;
            writer.put_lives(account, id, &outcome.lives)?;
            writer.put_movements(account, id, &outcome.movements)?;
            for sighting in &outcome.sightings {
                writer.keep_sighting(account, sighting)?;
            }
            for (subject, problems) in &outcome.open {
                writer.set_attention(account, AREA, subject, problems, self.now)?;
                let refused = |(code, _): &&(&str, Value)| *code == OBJECT_NOT_UNDERSTOOD;
                derived.not_understood += problems.iter().filter(refused).count();
            }
            derived.customers += 1;
            derived.subscriptions += outcome.figures.len();
        }
        derived.companies += companies.len();
        for domain in &companies {
            sum_company(writer, account, self.revision, domain)?;
        }
        Ok(companies)
    }
}

/// What was assumed in a figure, as an open item.
fn assumptions(notes: &[Note]) -> Vec<(&'static str, Value)> {
    let assumed: Vec<_> = notes.iter().filter(|note| note.needs_attention()).collect();
    match assumed.as_slice() {
        [] => Vec::new(),
        notes => vec![(FIGURE_ASSUMED, json!({ "notes": notes }))],
    }
}

/// What is open about one subject is set at once, so it has to stand together.
fn by_subject(open: Vec<lives::Open>) -> Vec<lives::Open> {
    let mut subjects: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for (subject, problems) in open {
        subjects.entry(subject).or_default().extend(problems);
    }
    subjects.into_iter().collect()
}

fn sum_company(
    writer: &Writer,
    account: AccountId,
    revision: i64,
    domain: &str,
) -> Result<(), StoreError> {
    let customers = writer.customers_of_company(account, domain)?;
    if customers.is_empty() {
        writer.put_movements(account, domain, &[])?;
        return writer.remove_rollup(account, Grain::Company, domain);
    }
    let summary = Summary::of_company(domain, customers.iter().filter_map(Summary::of));
    let rollup = Rollup {
        grain: Grain::Company,
        id: domain.to_owned(),
        company: None,
        facts: to_json(&summary),
        revision,
    };
    writer.put_rollup(account, &rollup)
}

fn not_understood(kind: &str, error: &decode::DecodeError) -> (&'static str, Value) {
    let field = match error {
        decode::DecodeError::Missing { field, .. } => Some(*field),
        decode::DecodeError::NotAnObject { .. } | decode::DecodeError::OtherKind { .. } => None,
    };
    (
        OBJECT_NOT_UNDERSTOOD,
        json!({ "kind": kind, "field": field }),
    )
}

/// Facts hold text, numbers and lists only, so this cannot fail; if it did, they would read as unknown.
fn to_json(facts: &impl serde::Serialize) -> Value {
    serde_json::to_value(facts).unwrap_or(Value::Null)
}
