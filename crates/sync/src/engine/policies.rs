use std::{cmp::Reverse, collections::BTreeMap};

use clearsync_billing::{
    Amount, Bridge, BridgeSpan, Cause, Fraction, Policy, Subscription, SubscriptionId, bridges, mrr,
};
use clearsync_store::{AccountId, PlanState, Purpose, Reader, Scope, Store, StoreError, Target};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Engine, book::names};
use crate::{
    blocking::blocking,
    derive::{self, derive},
    matching::SharedDomains,
    view::{
        BridgeCause, BridgeView, CauseCode, PolicyChoices, PolicyId, PolicyPreview,
        PolicyPreviewRow, PolicySwitches, PolicyTotals, PolicyView, Problem, ProblemCode, RunKind,
        RunStep,
    },
};

const CHOSEN: &str = "policy";
const OWN_NAME: &str = "Own rules";
const PREVIEW_ROWS: usize = 500;

/// The choice as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Chosen {
    id: PolicyId,
    own: Option<Own>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Own {
    version: u32,
    switches: PolicySwitches,
}

impl Own {
    fn policy(&self) -> Policy {
        self.switches.policy(OWN_NAME, self.version)
    }
}

impl Chosen {
    fn read(reader: &Reader, account: AccountId) -> Result<Self, StoreError> {
        let chosen = reader.setting(Scope::Account(account), CHOSEN)?;
        Ok(chosen.unwrap_or(Self {
            id: PolicyId::Clearsync,
            own: None,
        }))
    }

    fn policy(&self, id: PolicyId) -> Option<Policy> {
        Some(match id {
            PolicyId::Clearsync => Policy::clearsync(),
            PolicyId::Stripe => Policy::stripe(),
            PolicyId::StripeAllDiscounts => Policy::stripe_all_discounts(),
            PolicyId::ChartMogul => Policy::chartmogul_like(),
            PolicyId::Conservative => Policy::conservative(),
            PolicyId::Own => self.own.as_ref()?.policy(),
        })
    }

    fn view(&self) -> PolicyChoices {
        let view = |id| {
            self.policy(id).map(|policy| PolicyView {
                id,
                switches: PolicySwitches::from(&policy),
                name: policy.name,
                version: policy.version,
            })
        };
        let presets = [
            PolicyId::Clearsync,
            PolicyId::Stripe,
            PolicyId::StripeAllDiscounts,
            PolicyId::ChartMogul,
            PolicyId::Conservative,
        ];
        let presets: Vec<_> = presets.into_iter().filter_map(view).collect();
        PolicyChoices {
            active: view(self.id).unwrap_or_else(|| presets[0].clone()),
            own: view(PolicyId::Own),
            presets,
        }
    }
}

/// The policy by which the account's figures are counted.
pub(super) fn active(reader: &Reader, account: AccountId) -> Result<Policy, StoreError> {
    let chosen = Chosen::read(reader, account)?;
    Ok(chosen.policy(chosen.id).unwrap_or_default())
}

/// The policy `id`, or the active one; `None` when the user has made none of their own yet.
pub(super) fn wanted(
    reader: &Reader,
    account: AccountId,
    id: Option<PolicyId>,
) -> Result<Option<Policy>, StoreError> {
    let chosen = Chosen::read(reader, account)?;
    Ok(chosen.policy(id.unwrap_or(chosen.id)))
}

impl Engine {
    /// The policies there are, and the one that counts.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read.
    pub async fn policies(&self) -> Result<PolicyChoices, Problem> {
        let account = self.account().await?;
        self.with_store(move |store| store.read(|reader| Ok(Chosen::read(reader, account)?.view())))
            .await
    }

    /// What other rules would change now, subscription by subscription.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read.
    pub async fn policy_preview(&self, switches: PolicySwitches) -> Result<PolicyPreview, Problem> {
        let (account, now) = (self.account().await?, self.now());
        self.with_store(move |store| {
            store.read(|reader| {
                let before = active(reader, account)?;
                let after = switches.policy(OWN_NAME, 0);
                let presents = presents(reader, account)?;
                let names = names(reader, account)?;
                Ok(preview(&presents, now, &before, &after, &names))
            })
        })
        .await
    }

    /// The way from our MRR to another set of rules', for the whole company or one subscription.
    ///
    /// # Errors
    /// A [`Problem`] when there is no such subscription or set of rules.
    pub async fn bridge(
        &self,
        subscription: Option<String>,
        against: PolicyId,
    ) -> Result<Vec<BridgeView>, Problem> {
        let (account, now) = (self.account().await?, self.now());
        let found = self
            .with_store(move |store| {
                store.read(|reader| {
                    let ours = active(reader, account)?;
                    let theirs = wanted(reader, account, Some(against))?;
                    let of = match subscription {
                        None => presents(reader, account)?,
                        Some(id) => {
                            let life = reader.life(account, &id)?;
                            life.as_ref()
                                .and_then(derive::present)
                                .into_iter()
                                .collect()
                        }
                    };
                    Ok(theirs.map(|theirs| bridges(&of, now, &ours, &theirs)))
                })
            })
            .await?;
        let found = found.ok_or_else(|| Problem::new(ProblemCode::OwnPolicyMissing))?;
        Ok(found.iter().map(bridge_view).collect())
    }

    /// Chooses the rules by which everything is counted, and works every figure out anew. A plan made before is dropped.
    ///
    /// # Errors
    /// A [`Problem`] when a run is under way or the store cannot be written.
    pub async fn choose_policy(
        &self,
        id: PolicyId,
        switches: PolicySwitches,
    ) -> Result<PolicyChoices, Problem> {
        let account = self.account().await?;
        let taken = self.run.take()?;
        let lease = self.with_store(Store::lease).await?;
        self.show_step(RunKind::Sync, RunStep::Computing);
        let (store, now) = (self.store.clone(), self.now());
        let chosen = blocking(move || choose(&store, account, id, switches, now)).await;
        drop(lease);
        self.live().progress = None;
        drop(taken);
        self.data_changed(&Self::ALL_DATA);
        Ok(chosen?)
    }
}

fn choose(
    store: &Store,
    account: AccountId,
    id: PolicyId,
    switches: PolicySwitches,
    now: Timestamp,
) -> Result<PolicyChoices, StoreError> {
    let chosen = store.write(|writer| {
        let mut chosen = Chosen::read(writer, account)?;
        chosen.id = id;
        if id == PolicyId::Own {
            let version = match &chosen.own {
                Some(own) if own.switches == switches => own.version,
                Some(own) => own.version.saturating_add(1),
                None => 1,
            };
            chosen.own = Some(Own { version, switches });
        }
        writer.set_setting(Scope::Account(account), CHOSEN, &chosen)?;
        if let Some(portal) = writer.account(account)?.portal
            && let Some(plan) = writer.current_plan(Target { account, portal }, Purpose::Sync)?
        {
            writer.set_plan_state(plan.id, PlanState::Dropped)?;
        }
        Ok::<_, StoreError>(chosen)
    })?;
    let policy = chosen.policy(id).unwrap_or_default();
    let shared = store.read(|reader| SharedDomains::read(reader, account))?;
    derive(store, account, &policy, &shared, now)?;
    Ok(chosen.view())
}

/// Every subscription as it stands.
pub(super) fn presents(
    reader: &Reader,
    account: AccountId,
) -> Result<Vec<Subscription>, StoreError> {
    let mut presents = Vec::new();
    reader.each_life(account, |life| {
        presents.extend(derive::present(&life));
        Ok::<_, StoreError>(())
    })?;
    Ok(presents)
}

/// What another policy changes of one subscription.
#[derive(Default)]
struct Shift {
    change: Fraction,
    causes: Vec<CauseCode>,
}

fn preview(
    presents: &[Subscription],
    now: Timestamp,
    before: &Policy,
    after: &Policy,
    names: &BTreeMap<String, String>,
) -> PolicyPreview {
    let bridges = bridges(presents, now, before, after);
    let mut shifts: BTreeMap<&SubscriptionId, Shift> = BTreeMap::new();
    for span in bridges.iter().flat_map(rules) {
        for (subscription, change) in &span.subscriptions {
            let shift = shifts.entry(subscription).or_default();
            shift.change += &change.minor;
            shift.causes.push(span.cause.into());
        }
    }
    shifts.retain(|_, shift| !shift.change.is_zero());
    let mut changed: Vec<_> = presents
        .iter()
        .filter_map(|subscription| Some((subscription, shifts.get(&subscription.id)?)))
        .collect();
    let mut totals: Vec<_> = bridges
        .iter()
        .map(|bridge| totals(bridge, presents, &changed))
        .collect();
    totals.sort_by_key(|(used, _)| Reverse(*used));
    changed.sort_by(|(one, one_shift), (other, other_shift)| {
        let (size, other_size) = (one_shift.change.abs(), other_shift.change.abs());
        other_size.cmp(&size).then_with(|| one.id.cmp(&other.id))
    });
    let rows = changed
        .iter()
        .take(PREVIEW_ROWS)
        .map(|(subscription, shift)| {
            let customer = subscription.customer.as_str();
            let amount = mrr(subscription, now, before).amount;
            PolicyPreviewRow {
                subscription: subscription.id.to_string(),
                customer: names
                    .get(customer)
                    .map_or(customer, String::as_str)
                    .to_owned(),
                before: amount.round().into(),
                after: plus(&amount, &shift.change).round().into(),
                causes: shift.causes.clone(),
            }
        });
    PolicyPreview {
        totals: totals.into_iter().map(|(_, totals)| totals).collect(),
        rows: rows.collect(),
        total: number(changed.len()),
    }
}

/// The totals of one currency, and how many subscriptions use it.
fn totals(
    bridge: &Bridge,
    presents: &[Subscription],
    changed: &[(&Subscription, &Shift)],
) -> (usize, PolicyTotals) {
    let currency = bridge.ours.currency;
    let of_currency = |subscription: &Subscription| subscription.currency == currency;
    let used = presents.iter().filter(|one| of_currency(one)).count();
    let moved = changed.iter().filter(|(one, _)| of_currency(one)).count();
    let change: Fraction = rules(bridge).map(|span| &span.change.minor).sum();
    let totals = PolicyTotals {
        currency: currency.to_string(),
        before: bridge.ours.round().into(),
        after: plus(&bridge.ours, &change).round().into(),
        subscriptions: number(moved),
    };
    (used, totals)
}

/// What rules change. Rounding each subscription is the other tool's habit, not a rule.
fn rules(bridge: &Bridge) -> impl Iterator<Item = &BridgeSpan> {
    let spans = bridge.spans.iter();
    spans.filter(|span| span.cause != Cause::Rounding)
}

fn bridge_view(bridge: &Bridge) -> BridgeView {
    BridgeView {
        ours: bridge.ours.round().into(),
        theirs: bridge.theirs.round().into(),
        causes: bridge
            .spans
            .iter()
            .map(|span| BridgeCause {
                cause: span.cause.into(),
                amount: span.change.round().into(),
                subscriptions: number(span.subscriptions.len()),
            })
            .collect(),
    }
}

fn plus(amount: &Amount, change: &Fraction) -> Amount {
    Amount::new(&amount.minor + change, amount.currency)
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
