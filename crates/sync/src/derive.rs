//! From stored Stripe objects to figures: MRR and facts per subscription, summed up per customer and company.
//!
//! Only customers with something new, or with a date that has come, are worked out again. Objects that cannot be
//! understood go to the open items and never stop the rest.

mod facts;
mod known;
mod summary;

use std::collections::BTreeSet;

use clearsync_billing::{Policy, mrr};
use clearsync_store::{
    AccountId, Figure, Grain, Reader, Rollup, Scope, Store, StoreError, StoredObject, Writer,
};
use clearsync_stripe::decode;
use jiff::Timestamp;
use serde_json::{Value, json};

pub use facts::{PaymentMethod, SubscriptionFacts};
pub use summary::{CurrencySum, Summary};

use known::{Customer, Known};

const AREA: &str = "derive";
const POLICY_SETTING: &str = "derived_policy";
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
/// `company_of` tells the domain of the company behind an e-mail address, if there is one.
///
/// # Errors
/// What keeps the store from being read or written. What was worked out until then is kept, and the next call goes on.
pub fn derive(
    store: &Store,
    account: AccountId,
    policy: &Policy,
    company_of: &dyn Fn(&str) -> Option<String>,
    now: Timestamp,
) -> Result<Derived, StoreError> {
    let work = store.read(|view| Work::find(view, account, policy, now))?;
    let revision = work.revision;
    let mut derived = Derived {
        not_understood: work.orphans.len(),
        ..Derived::default()
    };
    if !work.customers.is_empty() {
        let known = store.read(|view| Known::load(view, account))?;
        for some in work.customers.chunks(CUSTOMERS_AT_ONCE) {
            let outcomes: Vec<Outcome> = store.read(|view| {
                let one =
                    |id: &String| work_out(view, account, &known, policy, company_of, id, now);
                some.iter().map(one).collect::<Result<_, StoreError>>()
            })?;
            store.write(|writer| keep(writer, account, revision, now, &outcomes, &mut derived))?;
        }
    }
    store.write(|writer| {
        for orphan in &work.orphans {
            let problem = json!({ "kind": "subscription", "field": "customer" });
            let open = [(OBJECT_NOT_UNDERSTOOD, problem)];
            writer.set_attention(account, AREA, orphan, &open, now)?;
        }
        writer.set_derived(account, revision)?;
        writer.set_setting(Scope::Account(account), POLICY_SETTING, policy)
    })?;
    Ok(derived)
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
        policy: &Policy,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let stored = view.account(account)?;
        let worked_out_by: Option<Policy> =
            view.setting(Scope::Account(account), POLICY_SETTING)?;
        let since = match worked_out_by {
            Some(former) if former == *policy => stored.derived_revision,
            _ => 0,
        };
        let mut customers: BTreeSet<_> = view.customers_due(account, now)?.into_iter().collect();
        let mut ingredients = BTreeSet::new();
        let mut orphans = Vec::new();
        for (kind, id, customer) in view.changed_objects(account, since)? {
            match (kind.as_str(), customer) {
                ("customer", _) => _ = customers.insert(id),
                ("price" | "product" | "coupon", _) => _ = ingredients.insert(id),
                ("subscription", None) => orphans.push(id),
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

/// One customer, worked out.
struct Outcome {
    rollup: Rollup,
    figures: Vec<Figure>,
    /// Open items by subject; subjects without any are named too, so that what is mended is closed.
    open: Vec<(String, Vec<(&'static str, Value)>)>,
}

fn work_out(
    view: &Reader,
    account: AccountId,
    known: &Known,
    policy: &Policy,
    company_of: &dyn Fn(&str) -> Option<String>,
    id: &str,
    now: Timestamp,
) -> Result<Outcome, StoreError> {
    let customer = Customer::load(view, account, id)?;
    let mut figures = Vec::new();
    let mut open = vec![(id.to_owned(), customer.problems.clone())];
    for object in view.objects_of_customer(account, id, "subscription")? {
        let (figure, problems) = figure(&object, &customer, known, policy, now);
        figures.extend(figure);
        open.push((object.id, problems));
    }
    let company = customer
        .email
        .as_deref()
        .filter(|_| !customer.deleted)
        .and_then(company_of);
    let summary = Summary::of_customer(&customer, company.as_deref(), &figures);
    let rollup = Rollup {
        grain: Grain::Customer,
        id: id.to_owned(),
        company,
        facts: to_json(&summary),
        revision: 0,
    };
    Ok(Outcome {
        rollup,
        figures,
        open,
    })
}

fn figure(
    object: &StoredObject,
    customer: &Customer,
    known: &Known,
    policy: &Policy,
    now: Timestamp,
) -> (Option<Figure>, Vec<(&'static str, Value)>) {
    let value = serde_json::from_str(&object.json).unwrap_or(Value::Null);
    let mut subscription = match decode::subscription(&value) {
        Ok(subscription) => subscription,
        Err(error) => return (None, vec![not_understood("subscription", &error)]),
    };
    subscription
        .customer_discount
        .clone_from(&customer.discount);
    known.catalog.complete(&mut subscription);
    let figure = mrr(&subscription, now, policy);
    let assumed: Vec<_> = figure
        .notes
        .iter()
        .filter(|note| note.needs_attention())
        .collect();
    let problems = match assumed.as_slice() {
        [] => Vec::new(),
        notes => vec![(FIGURE_ASSUMED, json!({ "notes": notes }))],
    };
    let facts = SubscriptionFacts::new(&subscription, &figure, customer, known);
    let status = value.get("status").and_then(Value::as_str);
    let kept = Figure {
        subscription: object.id.clone(),
        customer: subscription.customer.as_str().to_owned(),
        currency: figure.rounded.currency.code().to_lowercase(),
        exact: figure.amount.minor.to_string(),
        rounded_minor: figure.rounded.amount_minor,
        status: status.unwrap_or_default().to_owned(),
        notes: to_json(&figure.notes),
        explanation: to_json(&figure),
        due_at: facts::next_date(&subscription, now),
        facts: to_json(&facts),
        revision: 0,
    };
    (Some(kept), problems)
}

fn keep(
    writer: &Writer,
    account: AccountId,
    revision: i64,
    now: Timestamp,
    outcomes: &[Outcome],
    derived: &mut Derived,
) -> Result<(), StoreError> {
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
            let figure = Figure {
                revision,
                ..figure.clone()
            };
            writer.put_figure(account, &figure)?;
        }
        let rollup = Rollup {
            revision,
            ..outcome.rollup.clone()
        };
        writer.put_rollup(account, &rollup)?;
        for (subject, problems) in &outcome.open {
            writer.set_attention(account, AREA, subject, problems, now)?;
            let refused = |(code, _): &&(&str, Value)| *code == OBJECT_NOT_UNDERSTOOD;
            derived.not_understood += problems.iter().filter(refused).count();
        }
        derived.customers += 1;
        derived.subscriptions += outcome.figures.len();
    }
    derived.companies += companies.len();
    companies
        .iter()
        .try_for_each(|domain| sum_company(writer, account, revision, domain))
}

fn sum_company(
    writer: &Writer,
    account: AccountId,
    revision: i64,
    domain: &str,
) -> Result<(), StoreError> {
    let customers = writer.customers_of_company(account, domain)?;
    if customers.is_empty() {
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
