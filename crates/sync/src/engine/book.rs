use std::collections::BTreeMap;

use clearsync_billing::{CustomerId, Movement, Policy, Subscription, Timeline};
use clearsync_store::{AccountId, Grain, Reader, StoreError};
use jiff::Timestamp;

use super::{calendar::Calendar, policies};
use crate::{
    derive::{self, Summary},
    view::{PolicyId, Problem, ProblemCode},
};

/// Everything the company's figures are made from, as it was worked out under the active policy.
pub(super) struct Book {
    pub(super) policy: Policy,
    pub(super) calendar: Calendar,
    pub(super) now: Timestamp,
    /// MRR over time, subscription by subscription.
    pub(super) timelines: Vec<Timeline>,
    /// The subscriptions as they stand.
    pub(super) presents: Vec<Subscription>,
    /// Oldest first.
    pub(super) movements: Vec<Movement>,
    /// What customers are called, by id.
    pub(super) names: BTreeMap<String, String>,
}

impl Book {
    /// Reads it as it was worked out, or rebuilds it under a policy that is not the active one.
    pub(super) fn read(
        reader: &Reader,
        account: AccountId,
        now: Timestamp,
        policy: Option<PolicyId>,
    ) -> Result<Self, Problem> {
        let active = policies::active(reader, account)?;
        let policy = policies::wanted(reader, account, policy)?
            .ok_or_else(|| Problem::new(ProblemCode::OwnPolicyMissing))?;
        let mut book = Self {
            calendar: Calendar::of(reader, account)?,
            names: names(reader, account)?,
            policy,
            now,
            timelines: Vec::new(),
            presents: Vec::new(),
            movements: Vec::new(),
        };
        if book.policy == active {
            book.open(reader, account)?;
        } else {
            book.rebuild(reader, account)?;
        }
        Ok(book)
    }

    fn open(&mut self, reader: &Reader, account: AccountId) -> Result<(), StoreError> {
        reader.each_life(account, |life| {
            self.timelines.extend(derive::timeline(&life, &self.policy));
            self.presents.extend(derive::present(&life));
            Ok::<_, StoreError>(())
        })?;
        let movements = reader.movements(account)?;
        self.movements = movements.iter().filter_map(derive::movement).collect();
        Ok(())
    }

    fn rebuild(&mut self, reader: &Reader, account: AccountId) -> Result<(), StoreError> {
        let customers = reader.rollups(account, Grain::Customer)?;
        let ids = customers.iter().map(|customer| customer.id.clone());
        derive::each_past(reader, account, ids, |lives| {
            for lived in lives {
                let timeline = lived.history.timeline(&self.policy, self.now);
                self.timelines.extend(timeline);
                self.presents.extend(lived.present().cloned());
            }
        })?;
        let companies: BTreeMap<_, _> = customers
            .into_iter()
            .filter_map(|customer| Some((customer.id, customer.company?)))
            .collect();
        let company = |customer: &CustomerId| companies.get(customer.as_str()).cloned();
        self.movements = clearsync_billing::movements(&self.timelines, &self.policy, company);
        Ok(())
    }

    /// What a customer is called.
    pub(super) fn name(&self, customer: &str) -> String {
        let name = self.names.get(customer);
        name.map_or(customer, String::as_str).to_owned()
    }
}

/// What every customer is called: by name, or else by e-mail. Those with neither are left out.
pub(super) fn names(
    reader: &Reader,
    account: AccountId,
) -> Result<BTreeMap<String, String>, StoreError> {
    let rollups = reader.rollups(account, Grain::Customer)?;
    let named = rollups.into_iter().filter_map(|rollup| {
        let summary = Summary::of(&rollup)?;
        Some((rollup.id, summary.name.or(summary.email)?))
    });
    Ok(named.collect())
}
