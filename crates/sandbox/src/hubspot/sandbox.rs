//! The handle of a simulated portal.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{
    company::OwnWork,
    disturbance::{Disturbance, Planned},
    portal::Portal,
    record::Values,
    reply::Refusal,
    scope::Scopes,
    shape::PortalShape,
    write::{Rule, Writer},
};
use crate::Clock;

/// A simulated portal. Clones are handles to the same portal.
#[derive(Clone)]
pub struct HubSpotSandbox {
    state: Arc<Mutex<State>>,
}

/// The portal and what is around it.
pub(super) struct State {
    pub(super) portal: Portal,
    pub(super) planned: Vec<Planned>,
    pub(super) received: Vec<Received>,
}

impl fmt::Debug for HubSpotSandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let portal_id = self.state().portal.shape.portal_id;
        f.debug_struct("HubSpotSandbox")
            .field("portal_id", &portal_id)
            .finish_non_exhaustive()
    }
}

/// A request the portal received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// When it came.
    pub at: Timestamp,
    /// Its method, such as `POST`.
    pub method: String,
    /// Its path, without the query.
    pub path: String,
    /// How many entries its `inputs` held; none when it had no such list.
    pub inputs: Option<usize>,
    /// What it was answered with. Nothing when the connection was broken instead.
    pub status: Option<u16>,
    /// How its body differs from the shape HubSpot publishes for the call. The simulation, as HubSpot, answers all the same.
    pub unlike_published: Option<String>,
}

/// Why the portal did not do what the simulation wanted of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the portal refused with status {status}: {message}")]
pub struct ActError {
    /// The status HubSpot would have answered.
    pub status: u16,
    /// The message HubSpot would have answered.
    pub message: String,
}

impl From<Refusal> for ActError {
    fn from(refusal: Refusal) -> Self {
        Self {
            status: refusal.status,
            message: refusal.message,
        }
    }
}

impl HubSpotSandbox {
    /// A fresh portal. The same seed gives the same ids and the same order of results.
    #[must_use]
    pub fn new(shape: PortalShape, clock: Arc<dyn Clock>, seed: u64) -> Self {
        Self {
            state: Arc::new(Mutex::new(State {
                portal: Portal::new(shape, clock, seed),
                planned: Vec::new(),
                received: Vec::new(),
            })),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a token in, with these scopes.
    pub fn add_token<S: Into<String>>(
        &self,
        token: impl Into<String>,
        scopes: impl IntoIterator<Item = S>,
    ) {
        let scopes = Scopes::new(scopes);
        self.state().portal.tokens.insert(token.into(), scopes);
    }

    /// Lets a token in no more.
    pub fn revoke_token(&self, token: &str) {
        self.state().portal.tokens.remove(token);
    }

    /// Gives a token other scopes, as a person editing the key would.
    pub fn set_scopes<S: Into<String>>(&self, token: &str, scopes: impl IntoIterator<Item = S>) {
        self.add_token(token, scopes);
    }

    /// Changes the portal's shape from now on. Tier limits of the allowances stay as they were.
    pub fn reshape(&self, change: impl FnOnce(&mut PortalShape)) {
        change(&mut self.state().portal.shape);
    }

    /// Makes a record as a person would, and gives back its id.
    ///
    /// # Errors
    /// [`ActError`] when HubSpot would refuse the values.
    pub fn seed(&self, object_type: &str, properties: &[(&str, &str)]) -> Result<String, ActError> {
        let mut state = self.state();
        let type_id = state.portal.object_type(object_type)?.id.clone();
        let values = values(properties);
        let id = state
            .portal
            .create_record(&type_id, &values, Writer::person())?;
        Ok(id.to_string())
    }

    /// Changes a record as a person would. An empty value clears.
    ///
    /// # Errors
    /// [`ActError`] when there is no such record or HubSpot would refuse the values.
    pub fn edit(
        &self,
        object_type: &str,
        id: &str,
        properties: &[(&str, &str)],
    ) -> Result<(), ActError> {
        let mut state = self.state();
        let (type_id, id) = state.known(object_type, id)?;
        let values = values(properties);
        state
            .portal
            .update_record(&type_id, id, &values, Writer::person())?;
        Ok(())
    }

    /// Puts a record in the recycle bin.
    ///
    /// # Errors
    /// [`ActError`] when there is no such record.
    pub fn delete(&self, object_type: &str, id: &str) -> Result<(), ActError> {
        let mut state = self.state();
        let (type_id, id) = state.known(object_type, id)?;
        Ok(state.portal.archive_record(&type_id, id)?)
    }

    /// Merges `other` into `primary` and gives back the id of the record that is left.
    ///
    /// # Errors
    /// [`ActError`] when one of the records is not there.
    pub fn merge(&self, object_type: &str, primary: &str, other: &str) -> Result<String, ActError> {
        let mut state = self.state();
        let (type_id, primary) = state.known(object_type, primary)?;
        let (_, other) = state.known(object_type, other)?;
        let id = state.portal.merge_records(&type_id, primary, other)?;
        Ok(id.to_string())
    }

    /// Associates two records without a label.
    ///
    /// # Errors
    /// [`ActError`] when one of the records is not there.
    pub fn associate(&self, from: (&str, &str), to: (&str, &str)) -> Result<(), ActError> {
        let mut state = self.state();
        let (from_type, from_id) = state.known(from.0, from.1)?;
        let (to_type, to_id) = state.known(to.0, to.1)?;
        let portal = &mut state.portal;
        portal.associate_default(&from_type, from_id, &to_type, to_id);
        Ok(())
    }

    /// Sets a rule that a property must have a value: always, or when another property has the given one. Enforced
    /// from version 2026-09 on.
    ///
    /// # Errors
    /// [`ActError`] when there is no such object type.
    pub fn require(
        &self,
        object_type: &str,
        property: &str,
        when: Option<(&str, &str)>,
    ) -> Result<(), ActError> {
        let mut state = self.state();
        let object_type = state.portal.object_type(object_type)?.id.clone();
        state.portal.rules.push(Rule {
            object_type,
            property: property.to_owned(),
            when: when.map(|(name, value)| (name.to_owned(), value.to_owned())),
        });
        Ok(())
    }

    /// Takes back every rule set by [`require`](Self::require).
    pub fn require_nothing(&self) {
        self.state().portal.rules.clear();
    }

    /// Enforces HubSpot's allowances, or only counts.
    pub fn enforce_limits(&self, enforced: bool) {
        self.state().portal.rate.enforce(enforced);
    }

    /// Sets how many calls a token may make in ten seconds.
    pub fn set_burst_max(&self, burst_max: usize) {
        self.state().portal.rate.set_burst_max(burst_max);
    }

    /// Sets how many calls the account may make in a day.
    pub fn set_daily_max(&self, daily_max: u64) {
        self.state().portal.rate.set_daily_max(daily_max);
    }

    /// Counts calls that other integrations of the account made today.
    pub fn use_up(&self, calls: u64) {
        self.state().portal.rate.use_up(calls);
    }

    /// How many calls of today's allowance are used.
    #[must_use]
    pub fn used_today(&self) -> u64 {
        self.state().portal.rate.used_today()
    }

    /// Locks an object type: writes to it answer 423 for two seconds.
    ///
    /// # Errors
    /// [`ActError`] when there is no such object type.
    pub fn lock(&self, object_type: &str) -> Result<(), ActError> {
        let mut state = self.state();
        let type_id = state.portal.object_type(object_type)?.id.clone();
        let now = state.portal.now();
        let until = now
            .saturating_add(SignedDuration::from_secs(2))
            .unwrap_or(now);
        state.portal.locked_until.insert(type_id, until);
        Ok(())
    }

    /// Disturbs the next `times` requests whose path holds `path_part`.
    pub fn disturb(&self, disturbance: Disturbance, path_part: &str, times: usize) {
        if times > 0 {
            self.state().planned.push(Planned {
                disturbance,
                path_part: path_part.to_owned(),
                times,
            });
        }
    }

    /// Forgets every planned disturbance.
    pub fn calm(&self) {
        self.state().planned.clear();
    }

    /// All records of a type that are not in the recycle bin: id and properties.
    ///
    /// # Errors
    /// [`ActError`] when there is no such object type.
    pub fn records(
        &self,
        object_type: &str,
    ) -> Result<BTreeMap<String, BTreeMap<String, String>>, ActError> {
        let mut state = self.state();
        state.portal.catch_up();
        let object_type = state.portal.object_type(object_type)?;
        Ok(object_type
            .records()
            .map(|record| (record.id.to_string(), record.values.clone()))
            .collect())
    }

    /// All properties of a type that are not archived, as HubSpot answers them.
    ///
    /// # Errors
    /// [`ActError`] when there is no such object type.
    pub fn properties(&self, object_type: &str) -> Result<BTreeMap<String, Value>, ActError> {
        let state = self.state();
        let object_type = state.portal.object_type(object_type)?;
        Ok(object_type
            .properties
            .values()
            .filter(|property| property.archived_at.is_none())
            .map(|property| (property.name.clone(), property.to_json()))
            .collect())
    }

    /// Every association once, each with its types.
    #[must_use]
    pub fn associations(&self) -> Value {
        let mut state = self.state();
        state.portal.catch_up();
        state.portal.associations_json()
    }

    /// What HubSpot made by itself so far: companies of contacts, and the links to them.
    #[must_use]
    pub fn own_work(&self) -> OwnWork {
        let mut state = self.state();
        state.portal.catch_up();
        state.portal.own_work.clone()
    }

    /// The whole portal without what HubSpot keeps by itself: two equal snapshots mean that nothing of the portal
    /// differs. The recycle bin is left out.
    #[must_use]
    pub fn snapshot(&self) -> Value {
        let mut state = self.state();
        state.portal.catch_up();
        state.portal.snapshot()
    }

    /// Every request so far, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<Received> {
        self.state().received.clone()
    }

    /// Forgets the requests so far.
    pub fn forget_requests(&self) {
        self.state().received.clear();
    }
}

impl State {
    fn known(&self, object_type: &str, id: &str) -> Result<(String, u64), ActError> {
        let object_type = self.portal.object_type(object_type)?;
        id.parse()
            .ok()
            .and_then(|id| object_type.record(id))
            .map(|record| (object_type.id.clone(), record.id))
            .ok_or_else(|| Refusal::not_found().into())
    }
}

fn values(properties: &[(&str, &str)]) -> Values {
    properties
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// How many entries a body's `inputs` hold.
pub(super) fn count_inputs(body: &[u8]) -> Option<usize> {
    let body: Value = serde_json::from_slice(body).unwrap_or_else(|_| json!(null));
    body.get("inputs")?.as_array().map(Vec::len)
}
