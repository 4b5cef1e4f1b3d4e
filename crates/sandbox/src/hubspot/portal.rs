//! The whole state of a portal, and the one way in: a call, permitted and counted, is carried out or refused.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{Timestamp, tz::TimeZone};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::SliceRandom};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::{
    association::Associations,
    call::{Call, Version, Versioned},
    company::{OwnWork, PendingCompany},
    instant,
    object_type::ObjectType,
    rate::Rate,
    record::Source,
    reply::{Answer, Refusal},
    scope::Scopes,
    shape::PortalShape,
    standard,
    write::{HeldAddress, Rule, Writer},
};
use crate::Clock;

/// A portal and everything in it.
pub(super) struct Portal {
    pub(super) shape: PortalShape,
    pub(super) time_zone: TimeZone,
    pub(super) types: BTreeMap<String, ObjectType>,
    pub(super) associations: Associations,
    pub(super) tokens: BTreeMap<String, Scopes>,
    pub(super) rate: Rate,
    pub(super) rules: Vec<Rule>,
    pub(super) pending_companies: Vec<PendingCompany>,
    pub(super) own_work: OwnWork,
    /// Object types that answer 423 until then.
    pub(super) locked_until: BTreeMap<String, Timestamp>,
    clock: Arc<dyn Clock>,
    rng: StdRng,
    next_id: u64,
    next_type_number: u64,
}

/// What was sent with a call.
pub(super) struct Sent<'a> {
    pub(super) version: Version,
    pub(super) query: &'a [(String, String)],
    pub(super) body: &'a [u8],
}

impl Sent<'_> {
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        serde_json::from_slice(self.body)
            .map_err(|error| Refusal::unreadable(in_words(error.classify())))
    }

    /// The first value of a query parameter.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }

    /// A parameter that lists names, parted by commas or given several times.
    pub(super) fn listed(&self, name: &str) -> Vec<String> {
        self.query
            .iter()
            .filter(|(own, _)| own == name)
            .flat_map(|(_, value)| value.split(','))
            .filter(|value| !value.is_empty())
            .map(str::to_owned)
            .collect()
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.parameter(name) == Some("true")
    }

    pub(super) fn writer(&self, held_address: HeldAddress) -> Writer {
        Writer {
            source: Source::Integration,
            keeps_rules: self.version == Version::September2026,
            held_address,
        }
    }
}

fn in_words(category: Category) -> &'static str {
    match category {
        Category::Data => "a field is missing or has the wrong type",
        Category::Eof => "the body ends too early",
        Category::Io | Category::Syntax => "the body is not JSON",
    }
}

impl Portal {
    pub(super) fn new(shape: PortalShape, clock: Arc<dyn Clock>, seed: u64) -> Self {
        let now = clock.now();
        let time_zone = TimeZone::get(&shape.time_zone).unwrap_or(TimeZone::UTC);
        let types = standard::object_types(&shape, now)
            .into_iter()
            .map(|object_type| (object_type.id.clone(), object_type))
            .collect();
        Self {
            rate: Rate::new(shape.tier, time_zone.clone()),
            shape,
            time_zone,
            types,
            associations: Associations::default(),
            tokens: BTreeMap::new(),
            rules: Vec::new(),
            pending_companies: Vec::new(),
            own_work: OwnWork::default(),
            locked_until: BTreeMap::new(),
            clock,
            rng: StdRng::seed_from_u64(seed),
            next_id: 512,
            next_type_number: 7_282_133,
        }
    }

    /// Carries a call out, or says why not. What was due by now has happened before.
    pub(super) fn answer(&mut self, token: Option<&str>, asked: &Versioned, sent: &Sent) -> Answer {
        self.catch_up();
        if asked.call == Call::Introspect {
            return self.introspect(token, sent);
        }
        let token = token
            .filter(|token| self.tokens.contains_key(*token))
            .ok_or_else(Refusal::unauthenticated)?
            .to_owned();
        let now = self.now();
        self.rate.admit(&token, &asked.call, now)?;
        self.check_lock(&asked.call)?;
        let scopes = self.tokens.get(&token).cloned().unwrap_or_default();
        let scope_name = |name: &str| Some(self.object_type(name).ok()?.scope_name.clone());
        scopes.permit(&asked.call, scope_name)?;
        match &asked.call {
            Call::Introspect => self.introspect(Some(&token), sent),
            Call::AccountDetails => Ok(self.account_details()),
            Call::ApiUsage => Ok(self.api_usage()),
            Call::ExchangeRates => Ok(self.exchange_rates(sent)),
            Call::Owners => Ok(self.owners()),
            Call::Limits(call) => self.limits(call),
            Call::Objects(object_type, call) => self.objects(object_type, call, sent),
            Call::Properties(object_type, call) => self.properties(object_type, call, sent),
            Call::Schemas(call) => self.schemas(call, sent),
            Call::Pipelines(object_type, call) => self.pipelines(object_type, call, sent),
            Call::Associations(from, to, call) => self.associate(from, to, call, sent),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn now_text(&self) -> String {
        instant(self.now())
    }

    /// The object type a path names.
    pub(super) fn object_type(&self, name: &str) -> Result<&ObjectType, Refusal> {
        self.types
            .values()
            .find(|object_type| object_type.goes_by(name))
            .ok_or_else(|| Refusal::unknown_object_type(name))
    }

    pub(super) fn object_type_mut(&mut self, name: &str) -> Result<&mut ObjectType, Refusal> {
        self.types
            .values_mut()
            .find(|object_type| object_type.goes_by(name))
            .ok_or_else(|| Refusal::unknown_object_type(name))
    }

    pub(super) fn allocate_id(&mut self) -> u64 {
        let id = self.next_id;
        self.next_id += self.rng.random_range(1..40);
        id
    }

    pub(super) fn allocate_type_number(&mut self) -> u64 {
        let number = self.next_type_number;
        self.next_type_number += self.rng.random_range(1..40);
        number
    }

    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        items.shuffle(&mut self.rng);
    }

    /// A new correlation id, a UUID.
    pub(super) fn correlation_id(&mut self) -> String {
        let hex = format!("{:032x}", self.rng.random::<u128>());
        format!(
            "{}-{}-{}-{}-{}",
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..]
        )
    }

    fn check_lock(&self, call: &Call) -> Result<(), Refusal> {
        let Some(object_type) = call
            .writes_records_of()
            .and_then(|name| self.object_type(name).ok())
        else {
            return Ok(());
        };
        match self.locked_until.get(&object_type.id) {
            Some(until) if self.now() < *until => Err(Refusal::locked()),
            _ => Ok(()),
        }
    }
}
