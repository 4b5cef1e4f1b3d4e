use std::{
    collections::{BTreeMap, HashMap},
    iter,
    ops::Bound,
};

use serde_json::Value;

/// What the simulated Stripe account holds: whole Stripe-shaped objects, newest knowledge only, and the events that
/// told of each change. The business writes it, the simulated API reads it.
///
/// Objects are whole: `subscription.items.data` and `invoice.lines.data` hold every entry, a price holds its tiers.
/// Discounts stand under kind `discount`, and their owners hold the ids. The API cuts and hides what Stripe would.
#[derive(Debug, Clone, Default)]
pub struct StripeData {
    collections: BTreeMap<String, Collection>,
    events: Vec<Value>,
    events_by_id: HashMap<String, (Rank, usize)>,
    events_by_rank: BTreeMap<Rank, usize>,
    arrivals: u64,
}

/// The place of an object in Stripe's lists: by creation, and among those of one second by arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    pub(crate) created: i64,
    pub(crate) arrival: u64,
}

impl Rank {
    /// Before everything.
    pub(crate) const OLDEST: Self = Self {
        created: i64::MIN,
        arrival: 0,
    };
    /// After everything.
    pub(crate) const NEWEST: Self = Self {
        created: i64::MAX,
        arrival: u64::MAX,
    };

    /// Just before the second `created` begins.
    pub(crate) fn before(created: i64) -> Self {
        Self {
            created,
            arrival: 0,
        }
    }

    /// Just after the second `created` ends.
    pub(crate) fn after(created: i64) -> Self {
        Self {
            created,
            arrival: u64::MAX,
        }
    }
}

#[derive(Debug, Clone, Default)]
struct Collection {
    objects: BTreeMap<String, (Rank, Value)>,
    order: BTreeMap<Rank, String>,
}

impl StripeData {
    /// Puts an object in place of its older self. `object["object"]` and `object["id"]` name it; anything without them
    /// is left out. A tombstone (`"deleted": true`) keeps the place of the object it stands for.
    pub fn upsert(&mut self, object: Value) {
        let (Some(kind), Some(id)) = (text(&object, "object"), text(&object, "id")) else {
            return;
        };
        let collection = self.collections.entry(kind).or_default();
        let older = collection.objects.get(&id).map(|(rank, _)| *rank);
        let created = created(&object).or(older.map(|rank| rank.created));
        self.arrivals += 1;
        let arrival = older.map_or(self.arrivals, |rank| rank.arrival);
        let rank = Rank {
            created: created.unwrap_or(0),
            arrival,
        };
        if let Some(older) = older {
            collection.order.remove(&older);
        }
        collection.order.insert(rank, id.clone());
        collection.objects.insert(id, (rank, object));
    }

    /// Takes an object away and gives it back.
    pub fn remove(&mut self, kind: &str, id: &str) -> Option<Value> {
        let collection = self.collections.get_mut(kind)?;
        let (rank, object) = collection.objects.remove(id)?;
        collection.order.remove(&rank);
        Some(object)
    }

    /// One object, such as `get("customer", "cus_1")`.
    #[must_use]
    pub fn get(&self, kind: &str, id: &str) -> Option<&Value> {
        self.ranked(kind, id).map(|(_, object)| object)
    }

    /// All objects of a kind, in order of id.
    pub fn all(&self, kind: &str) -> impl Iterator<Item = &Value> {
        self.collections
            .get(kind)
            .into_iter()
            .flat_map(|collection| collection.objects.values())
            .map(|(_, object)| object)
    }

    /// Adds an event to the account's log. Events are kept in the order they are added.
    pub fn record(&mut self, event: Value) {
        self.arrivals += 1;
        let rank = Rank {
            created: created(&event).unwrap_or(0),
            arrival: self.arrivals,
        };
        let place = self.events.len();
        if let Some(id) = text(&event, "id") {
            self.events_by_id.insert(id, (rank, place));
        }
        self.events_by_rank.insert(rank, place);
        self.events.push(event);
    }

    /// Moves everything to live mode or to test mode. What is written later brings its own mode.
    pub fn set_livemode(&mut self, livemode: bool) {
        let collections = self.collections.values_mut();
        let objects = collections.flat_map(|collection| collection.objects.values_mut());
        let objects = objects.map(|(_, object)| object);
        for object in objects.chain(&mut self.events) {
            move_to_mode(object, livemode);
        }
    }

    /// The account's log, oldest first, however old.
    #[must_use]
    pub fn events(&self) -> &[Value] {
        &self.events
    }

    /// An object or, under kind `event`, an event, with its place in the lists.
    pub(crate) fn ranked(&self, kind: &str, id: &str) -> Option<(Rank, &Value)> {
        if kind == "event" {
            let (rank, place) = self.events_by_id.get(id)?;
            return Some((*rank, self.events.get(*place)?));
        }
        let (rank, object) = self.collections.get(kind)?.objects.get(id)?;
        Some((*rank, object))
    }

    /// What of a kind stands strictly between two places, newest first.
    pub(crate) fn newest_first(
        &self,
        kind: &str,
        after: Rank,
        before: Rank,
    ) -> Box<dyn DoubleEndedIterator<Item = &Value> + '_> {
        if after >= before {
            return Box::new(iter::empty());
        }
        let range = (Bound::Excluded(after), Bound::Excluded(before));
        if kind == "event" {
            let places = self.events_by_rank.range(range).rev();
            return Box::new(places.map(|(_, place)| &self.events[*place]));
        }
        match self.collections.get(kind) {
            Some(collection) => Box::new(
                collection
                    .order
                    .range(range)
                    .rev()
                    .filter_map(|(_, id)| collection.objects.get(id).map(|(_, object)| object)),
            ),
            None => Box::new(iter::empty()),
        }
    }
}

fn move_to_mode(value: &mut Value, livemode: bool) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::Bool(is) if name == "livemode" => *is = livemode,
                    field => move_to_mode(field, livemode),
                }
            }
        }
        Value::Array(entries) => entries
            .iter_mut()
            .for_each(|entry| move_to_mode(entry, livemode)),
        _ => {}
    }
}

fn text(object: &Value, field: &str) -> Option<String> {
    object.get(field)?.as_str().map(str::to_owned)
}

fn created(object: &Value) -> Option<i64> {
    object.get("created")?.as_i64()
}
