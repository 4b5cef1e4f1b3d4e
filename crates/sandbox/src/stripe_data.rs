use std::collections::BTreeMap;

use serde_json::Value;

/// What the simulated Stripe account holds: whole Stripe-shaped objects, newest knowledge only, and the events that
/// told of each change. The business writes it, the simulated API reads it.
#[derive(Debug, Clone, Default)]
pub struct StripeData {
    objects: BTreeMap<String, BTreeMap<String, Value>>,
    events: Vec<Value>,
}

impl StripeData {
    /// Puts an object in place of its older self. `object["object"]` and `object["id"]` name it; anything without them
    /// is left out.
    pub fn upsert(&mut self, object: Value) {
        let (Some(kind), Some(id)) = (text(&object, "object"), text(&object, "id")) else {
            return;
        };
        self.objects.entry(kind).or_default().insert(id, object);
    }

    /// Takes an object away and gives it back.
    pub fn remove(&mut self, kind: &str, id: &str) -> Option<Value> {
        self.objects.get_mut(kind)?.remove(id)
    }

    /// One object, such as `get("customer", "cus_1")`.
    #[must_use]
    pub fn get(&self, kind: &str, id: &str) -> Option<&Value> {
        self.objects.get(kind)?.get(id)
    }

    /// All objects of a kind, in order of id.
    pub fn all(&self, kind: &str) -> impl Iterator<Item = &Value> {
        self.objects
            .get(kind)
            .into_iter()
            .flat_map(BTreeMap::values)
    }

    /// Adds an event to the account's log. Events are kept in the order they are added.
    pub fn record(&mut self, event: Value) {
        self.events.push(event);
    }

    /// The account's log, oldest first, however old.
    #[must_use]
    pub fn events(&self) -> &[Value] {
        &self.events
    }
}

fn text(object: &Value, field: &str) -> Option<String> {
    object.get(field)?.as_str().map(str::to_owned)
}
