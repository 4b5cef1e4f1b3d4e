use std::collections::HashSet;

use serde_json::Value;

use super::{
    params::Params,
    refusal::Refusal,
    resource::{Filter, Resource, Test},
};
use crate::stripe_data::Rank;

const SUBSCRIPTION_STATUSES: &[&str] = &[
    "active",
    "all",
    "canceled",
    "ended",
    "incomplete",
    "incomplete_expired",
    "past_due",
    "paused",
    "trialing",
    "unpaid",
];
const MOST_EVENT_TYPES: usize = 20;

/// What a request asks of every object of a list.
pub(super) struct Checks {
    all: Vec<Check>,
    after: Rank,
    before: Rank,
}

enum Check {
    Is(&'static str, String),
    Flag(&'static str, bool),
    Span(&'static str, Span),
    Ids(Vec<String>),
    Among(&'static str, Vec<String>),
    NotCanceled,
    Ended,
    ItemPrice(String),
    EventTypes(Vec<String>),
    Undelivered(HashSet<String>, bool),
    Livemode(bool),
    NotDeleted,
    NoTestClock,
}

/// Whole seconds from `from` to `to`, both included.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    from: i64,
    to: i64,
}

impl Checks {
    /// The checks of every list: of the key's mode and not deleted.
    pub(super) fn of_mode(livemode: bool) -> Self {
        Self {
            all: vec![Check::Livemode(livemode), Check::NotDeleted],
            after: Rank::OLDEST,
            before: Rank::NEWEST,
        }
    }

    /// The checks that the parameters of a list ask for. `undelivered`: the events that wait for a delivery.
    pub(super) fn read(
        resource: &Resource,
        params: &Params,
        livemode: bool,
        undelivered: &HashSet<String>,
    ) -> Result<Self, Refusal> {
        let mut checks = Self::of_mode(livemode);
        for filter in resource.filters {
            checks.add(filter, params, undelivered)?;
        }
        let narrowed = ["test_clock", "customer", "subscription"];
        if !narrowed.iter().any(|name| params.has(name)) {
            checks.all.push(Check::NoTestClock);
        }
        Ok(checks)
    }

    /// Keeps to what was created in `from..=to`, in seconds.
    pub(super) fn between(&mut self, from: i64, to: i64) {
        self.after = self.after.max(Rank::before(from));
        self.before = self.before.min(Rank::after(to));
    }

    /// Keeps to what belongs to the object `id` named in `field`.
    pub(super) fn belonging_to(mut self, field: &'static str, id: &str) -> Self {
        self.all.push(Check::Is(field, id.to_owned()));
        self
    }

    /// The places between which, exclusively, the list lies.
    pub(super) fn ranks(&self) -> (Rank, Rank) {
        (self.after, self.before)
    }

    pub(super) fn pass(&self, object: &Value) -> bool {
        self.all.iter().all(|check| check.pass(object))
    }

    fn add(
        &mut self,
        filter: &Filter,
        params: &Params,
        undelivered: &HashSet<String>,
    ) -> Result<(), Refusal> {
        let name = filter.name;
        let text = params.text(name);
        let owned = || text.map(str::to_owned);
        let check = match filter.test {
            Test::Is(field) => owned().map(|text| Check::Is(field, text)),
            Test::OneOf(field, words) => text
                .map(|text| one_of(name, text, words))
                .transpose()?
                .map(|text| Check::Is(field, text)),
            Test::Flag(field) => flag(params, name)?.map(|flag| Check::Flag(field, flag)),
            Test::ActivePrice => Some(Check::Flag("active", flag(params, name)?.unwrap_or(true))),
            Test::Span(field) => match Span::read(params, name)? {
                Some(span) if field == "created" => {
                    self.between(span.from, span.to);
                    None
                }
                span => span.map(|span| Check::Span(field, span)),
            },
            Test::Ids => params.has(name).then(|| Check::Ids(texts(params, name))),
            Test::Among(field) => params
                .has(name)
                .then(|| Check::Among(field, texts(params, name))),
            Test::Keyed(field) => {
                for (key, value) in params.keyed(name) {
                    let check = Check::keyed(field, key, value);
                    self.all.push(
                        check.ok_or_else(|| {
                            Refusal::parameter_unknown(&[&format!("{name}[{key}]")])
                        })?,
                    );
                }
                None
            }
            Test::SubscriptionStatus => subscription_status(text)?,
            Test::ItemPrice => owned().map(Check::ItemPrice),
            Test::EventType => owned().map(|text| Check::EventTypes(vec![text])),
            Test::EventTypes => event_types(params, name)?,
            Test::Delivered => flag(params, name)?
                .map(|delivered| Check::Undelivered(undelivered.clone(), !delivered)),
        };
        self.all.extend(check);
        Ok(())
    }
}

fn subscription_status(text: Option<&str>) -> Result<Option<Check>, Refusal> {
    let Some(text) = text else {
        return Ok(Some(Check::NotCanceled));
    };
    Ok(
        match one_of("status", text, SUBSCRIPTION_STATUSES)?.as_str() {
            "all" => None,
            "ended" => Some(Check::Ended),
            status => Some(Check::Is("status", status.to_owned())),
        },
    )
}

fn event_types(params: &Params, name: &str) -> Result<Option<Check>, Refusal> {
    let types = texts(params, name);
    if types.len() > MOST_EVENT_TYPES {
        let message = format!("You may pass up to {MOST_EVENT_TYPES} event types.");
        return Err(Refusal::bad(message, name));
    }
    Ok(params.has(name).then_some(Check::EventTypes(types)))
}

fn texts(params: &Params, name: &str) -> Vec<String> {
    params.texts(name).into_iter().map(str::to_owned).collect()
}

fn one_of(name: &str, text: &str, words: &[&str]) -> Result<String, Refusal> {
    if words.contains(&text) {
        return Ok(text.to_owned());
    }
    let message = format!("Invalid {name}: must be one of {}", words.join(", "));
    Err(Refusal::bad(message, name))
}

fn flag(params: &Params, name: &str) -> Result<Option<bool>, Refusal> {
    match params.text(name) {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(text) => Err(Refusal::bad(format!("Invalid boolean: {text}"), name)),
    }
}

impl Span {
    fn read(params: &Params, name: &str) -> Result<Option<Self>, Refusal> {
        if !params.has(name) {
            return Ok(None);
        }
        let seconds = |text: &str| {
            text.parse::<i64>()
                .map_err(|_| Refusal::not_an_integer(text, name))
        };
        let mut span = Self {
            from: i64::MIN,
            to: i64::MAX,
        };
        if let Some(text) = params.text(name) {
            let at = seconds(text)?;
            span = Self { from: at, to: at };
        }
        for (key, text) in params.keyed(name) {
            let at = seconds(text)?;
            match key {
                "gt" => span.from = span.from.max(at.saturating_add(1)),
                "gte" => span.from = span.from.max(at),
                "lt" => span.to = span.to.min(at.saturating_sub(1)),
                "lte" => span.to = span.to.min(at),
                _ => return Err(Refusal::parameter_unknown(&[&format!("{name}[{key}]")])),
            }
        }
        Ok(Some(span))
    }

    fn holds(self, seconds: i64) -> bool {
        (self.from..=self.to).contains(&seconds)
    }
}

impl Check {
    fn keyed(field: &str, key: &str, value: &str) -> Option<Self> {
        let path = match (field, key) {
            ("automatic_tax", "enabled") => "automatic_tax.enabled",
            ("payment", "type") => "payment.type",
            ("payment", "payment_intent") => "payment.payment_intent",
            ("recurring", "interval") => "recurring.interval",
            ("recurring", "meter") => "recurring.meter",
            ("recurring", "usage_type") => "recurring.usage_type",
            _ => return None,
        };
        Some(match value {
            "true" => Self::Flag(path, true),
            "false" => Self::Flag(path, false),
            text => Self::Is(path, text.to_owned()),
        })
    }

    fn pass(&self, object: &Value) -> bool {
        match self {
            Self::Is(path, text) => any(object, path, &|field| is(field, text)),
            Self::Flag(path, flag) => any(object, path, &|field| field.as_bool() == Some(*flag)),
            Self::Span(path, span) => any(object, path, &|field| {
                field.as_i64().is_some_and(|seconds| span.holds(seconds))
            }),
            Self::Ids(ids) => ids.iter().any(|id| object["id"] == id.as_str()),
            Self::Among(field, texts) => texts.iter().any(|text| object[*field] == text.as_str()),
            Self::NotCanceled => object["status"] != "canceled",
            Self::Ended => {
                object["status"] == "canceled" || object["status"] == "incomplete_expired"
            }
            Self::ItemPrice(price) => any(object, "items.data.price", &|field| is(field, price)),
            Self::EventTypes(types) => object["type"]
                .as_str()
                .is_some_and(|is| types.iter().any(|pattern| event_matches(pattern, is))),
            Self::Undelivered(waiting, wanted) => {
                let waits = object["id"].as_str().is_some_and(|id| waiting.contains(id));
                waits == *wanted
            }
            Self::Livemode(livemode) => object["livemode"]
                .as_bool()
                .is_none_or(|is| is == *livemode),
            Self::NotDeleted => object["deleted"] != true,
            Self::NoTestClock => object["test_clock"].is_null(),
        }
    }
}

/// Whether an event's type is `pattern`, whose `*` stands for any rest.
pub(super) fn event_matches(pattern: &str, event_type: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => event_type.starts_with(start),
        None => event_type == pattern,
    }
}

/// Whether a field is the text, a number written so, or an object with that id.
fn is(field: &Value, text: &str) -> bool {
    match field {
        Value::Object(object) => object.get("id").is_some_and(|id| id == text),
        Value::Number(number) => number.to_string() == text,
        _ => field == text,
    }
}

/// Whether any value at a dotted path passes; arrays on the way are looked through.
fn any(value: &Value, path: &str, test: &impl Fn(&Value) -> bool) -> bool {
    if let Value::Array(entries) = value {
        return entries.iter().any(|entry| any(entry, path, test));
    }
    match path.split_once('.') {
        Some((head, rest)) => any(&value[head], rest, test),
        None if path.is_empty() => test(value),
        None => match &value[path] {
            Value::Array(entries) => entries.iter().any(test),
            field => test(field),
        },
    }
}
