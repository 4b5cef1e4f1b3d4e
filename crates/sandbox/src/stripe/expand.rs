use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    key::SandboxKey,
    params::Params,
    permission::Permission,
    refusal::{Refusal, RefusalShape},
    resource,
    schema::{Field, Shape, fields},
};
use crate::stripe_data::{Rank, StripeData};

const DEEPEST: usize = 4;
const LONGEST_EMBEDDED: usize = 10;

/// What a request wants expanded, as a tree of field names.
#[derive(Debug, Default)]
pub(super) struct Expansion(BTreeMap<String, Expansion>);

/// Who asks: the key decides which objects may be expanded.
pub(super) struct Asker<'k> {
    pub(super) key: &'k SandboxKey,
    pub(super) account: &'k str,
    pub(super) shape: RefusalShape,
}

impl Asker<'_> {
    pub(super) fn need(&self, permission: Permission) -> Result<(), Refusal> {
        if self.key.holds(permission) {
            return Ok(());
        }
        Err(Refusal::permission_missing(
            self.shape,
            self.key,
            self.account,
            permission,
        ))
    }
}

impl Expansion {
    /// The expansion of a request that answers with one object of `kind`.
    pub(super) fn of_object(
        params: &Params,
        kind: &str,
        asker: &Asker<'_>,
    ) -> Result<Self, Refusal> {
        let mut tree = Self::default();
        for path in params.texts("expand") {
            not_too_deep(path)?;
            let segments: Vec<&str> = path.split('.').collect();
            check(&segments, kind, asker)?;
            tree.add(&segments);
        }
        Ok(tree)
    }

    /// The expansion of a request that answers with a list of objects of `kind`, whose paths start with `data`.
    pub(super) fn of_list(params: &Params, kind: &str, asker: &Asker<'_>) -> Result<Self, Refusal> {
        let mut tree = Self::default();
        for path in params.texts("expand") {
            not_too_deep(path)?;
            let segments: Vec<&str> = path.split('.').collect();
            let Some((&"data", segments)) = segments.split_first() else {
                let head = segments.first().copied().unwrap_or_default();
                return Err(Refusal::cannot_expand(head, Some(&format!("data.{path}"))));
            };
            check(segments, kind, asker)?;
            tree.add(segments);
        }
        Ok(tree)
    }

    fn add(&mut self, segments: &[&str]) {
        if let Some((head, rest)) = segments.split_first() {
            self.0.entry((*head).to_owned()).or_default().add(rest);
        }
    }

    fn at(&self, name: &str) -> Option<&Self> {
        self.0.get(name)
    }
}

/// `data` counts as a level like any other, so that `data.items.data.price.tiers` is one too many.
fn not_too_deep(path: &str) -> Result<(), Refusal> {
    if path.split('.').count() > DEEPEST {
        return Err(Refusal::expanded_too_deep(path));
    }
    Ok(())
}

/// Every field on the way must be expandable, and the key must be allowed to read what it leads to.
fn check(segments: &[&str], kind: &str, asker: &Asker<'_>) -> Result<(), Refusal> {
    let Some(head) = segments.first() else {
        return Err(Refusal::cannot_expand("data", None));
    };
    let Some((shape, rest)) = fields(kind).iter().find_map(|field| step(*field, segments)) else {
        return Err(Refusal::cannot_expand(head, None));
    };
    match shape {
        Shape::Reference(kind) => {
            need_kind(kind, asker)?;
            if rest.is_empty() {
                return Ok(());
            }
            check(rest, kind, asker)
        }
        Shape::Object(_) | Shape::List(_) | Shape::OnDemand if rest.is_empty() => Ok(()),
        Shape::Object(kind) => check(rest, kind, asker),
        Shape::List(kind) => check_entries(rest, kind, asker),
        Shape::Owned(kind, _) => {
            need_kind(kind, asker)?;
            if rest.is_empty() {
                return Ok(());
            }
            check_entries(rest, kind, asker)
        }
        Shape::OnDemand => Err(Refusal::cannot_expand(rest[0], None)),
    }
}

fn check_entries(segments: &[&str], kind: &str, asker: &Asker<'_>) -> Result<(), Refusal> {
    match segments.split_first() {
        Some((&"data", [])) => Ok(()),
        Some((&"data", rest)) => check(rest, kind, asker),
        _ => Err(Refusal::cannot_expand(
            segments.first().copied().unwrap_or_default(),
            None,
        )),
    }
}

/// Where `segments` lead when they go through `field`: its shape, and what is left of them. Stopping on the way to a
/// nested field is allowed and expands nothing.
fn step<'s>((path, shape): Field, segments: &'s [&'s str]) -> Option<(Shape, &'s [&'s str])> {
    let mut rest = segments;
    for name in path.split('.') {
        match rest.split_first() {
            Some((head, tail)) if *head == name => rest = tail,
            None => return Some((Shape::OnDemand, rest)),
            Some(_) => return None,
        }
    }
    Some((shape, rest))
}

/// Discounts and entries of lists come along with their owner; what has endpoints has a permission.
fn need_kind(kind: &str, asker: &Asker<'_>) -> Result<(), Refusal> {
    match resource::of_kind(kind) {
        Some(resource) => asker.need(Permission::read(resource.permission)),
        None => Ok(()),
    }
}

/// Shows a stored object of `kind` as Stripe would: references as ids unless expanded, embedded lists cut at ten,
/// fields on demand left out unless asked for.
pub(super) fn shown(data: &StripeData, kind: &str, object: &Value, expansion: &Expansion) -> Value {
    let mut object = object.clone();
    if object["deleted"] == true {
        return object;
    }
    let id = object["id"].as_str().unwrap_or_default().to_owned();
    for (path, shape) in fields(kind) {
        let view = View {
            data,
            owner: kind,
            owner_id: &id,
            shape: *shape,
        };
        view.apply(&mut object, path, Some(expansion));
    }
    object
}

/// One field of one object on its way out.
struct View<'d> {
    data: &'d StripeData,
    owner: &'d str,
    owner_id: &'d str,
    shape: Shape,
}

impl View<'_> {
    fn apply(&self, value: &mut Value, path: &str, expansion: Option<&Expansion>) {
        if let Value::Array(entries) = value {
            for entry in entries {
                self.apply(entry, path, expansion);
            }
            return;
        }
        match path.split_once('.') {
            Some((head, rest)) => {
                if let Some(child) = value.get_mut(head) {
                    self.apply(child, rest, expansion.and_then(|tree| tree.at(head)));
                }
            }
            None => self.apply_field(value, path, expansion.and_then(|tree| tree.at(path))),
        }
    }

    fn apply_field(&self, value: &mut Value, name: &str, expansion: Option<&Expansion>) {
        let Some(object) = value.as_object_mut() else {
            return;
        };
        match (self.shape, expansion) {
            (Shape::OnDemand | Shape::Owned(..), None) => {
                // Not `remove`: it would change the order of the other fields.
                object.shift_remove(name);
            }
            (Shape::OnDemand, Some(_)) => {}
            (Shape::Owned(kind, by), Some(expansion)) => {
                let list = self.owned(kind, by, expansion);
                object.insert(name.to_owned(), list);
            }
            (Shape::Reference(kind), expansion) => {
                if let Some(field) = object.get_mut(name) {
                    self.refer(kind, field, expansion);
                }
            }
            (Shape::Object(kind), expansion) => {
                if let Some(field) = object.get_mut(name) {
                    self.embed(kind, field, expansion.unwrap_or(&Expansion::default()));
                }
            }
            (Shape::List(kind), expansion) => {
                if let Some(field) = object.get_mut(name) {
                    self.cut(kind, field, expansion.and_then(|tree| tree.at("data")));
                }
            }
        }
    }

    fn refer(&self, kind: &str, field: &mut Value, expansion: Option<&Expansion>) {
        if let Value::Array(entries) = field {
            for entry in entries {
                self.refer(kind, entry, expansion);
            }
            return;
        }
        match expansion {
            Some(expansion) => self.embed(kind, field, expansion),
            None => {
                if let Some(id) = field.get("id").cloned() {
                    *field = id;
                }
            }
        }
    }

    fn embed(&self, kind: &str, field: &mut Value, expansion: &Expansion) {
        let whole = match field.as_str() {
            Some(id) => self.data.get(kind, id),
            None => field.is_object().then_some(&*field),
        };
        if let Some(whole) = whole {
            *field = shown(self.data, kind, whole, expansion);
        }
    }

    fn cut(&self, kind: &str, list: &mut Value, expansion: Option<&Expansion>) {
        let Some(entries) = list["data"].as_array() else {
            return;
        };
        let nothing = Expansion::default();
        let expansion = expansion.unwrap_or(&nothing);
        let has_more = entries.len() > LONGEST_EMBEDDED;
        let data: Vec<Value> = entries
            .iter()
            .take(LONGEST_EMBEDDED)
            .map(|entry| shown(self.data, kind, entry, expansion))
            .collect();
        *list = json!({
            "object": "list",
            "data": data,
            "has_more": has_more,
            "url": self.url(kind),
        });
    }

    fn owned(&self, kind: &str, by: &str, expansion: &Expansion) -> Value {
        let nothing = Expansion::default();
        let expansion = expansion.at("data").unwrap_or(&nothing);
        let mut entries = self
            .data
            .newest_first(kind, Rank::OLDEST, Rank::NEWEST)
            .filter(|object| object[by] == self.owner_id || object[by]["id"] == self.owner_id)
            .filter(|object| kind != "subscription" || object["status"] != "canceled");
        let data: Vec<Value> = entries
            .by_ref()
            .take(LONGEST_EMBEDDED)
            .map(|object| shown(self.data, kind, object, expansion))
            .collect();
        json!({
            "object": "list",
            "data": data,
            "has_more": entries.next().is_some(),
            "url": self.url(kind),
        })
    }

    fn url(&self, kind: &str) -> String {
        let id = self.owner_id;
        match (self.owner, kind) {
            ("subscription", "subscription_item") => {
                format!("/v1/subscription_items?subscription={id}")
            }
            ("invoice", "line_item") => format!("/v1/invoices/{id}/lines"),
            ("invoice", _) => format!("/v1/invoice_payments?invoice={id}"),
            ("charge", _) => format!("/v1/charges/{id}/refunds"),
            ("credit_note", _) => format!("/v1/credit_notes/{id}/lines"),
            _ => format!("/v1/customers/{id}/{kind}s"),
        }
    }
}
