use std::collections::HashSet;

use jiff::SignedDuration;
use serde_json::{Map, Value, json};

use super::{
    account,
    answer::Call,
    expand::{Asker, Expansion, shown},
    filter::Checks,
    list::{self, Page, Paging},
    refusal::Refusal,
    resource::{Resource, of_kind},
    route::Route,
    webhook,
};
use crate::StripeData;

impl Call<'_> {
    /// Does what the route asks for, permission first.
    pub(super) fn act(
        &self,
        route: &Route<'_>,
        asker: &Asker<'_>,
        account: &Value,
    ) -> Result<Value, Refusal> {
        asker.need(route.permission())?;
        match route {
            Route::List(resource) => self.list(resource, asker),
            Route::Retrieve(resource, id) if resource.kind == "account" && *id == asker.account => {
                self.single(account.clone())
            }
            Route::Retrieve(resource, id) => self.retrieve(resource, id, asker),
            Route::Create(resource) if resource.kind == "webhook_endpoint" => {
                self.create_endpoint(asker)
            }
            Route::Create(resource) => self.create(resource, asker),
            Route::Update(resource, id) => self.update(resource, id, asker),
            Route::Delete(resource, id) => self.delete(resource, id, asker),
            Route::Account => self.single(account.clone()),
            Route::Single(kind, _) => {
                self.single(account::single(kind, account, asker.key.is_live()))
            }
            Route::InvoiceLines(id) => self.invoice_lines(id, asker),
            Route::SubscriptionItems => self.subscription_items(asker),
            Route::CustomerPaymentMethods(id) => {
                self.owned("customer", id, "payment_method", asker)
            }
            Route::ChargeRefunds(id) => self.owned("charge", id, "refund", asker),
        }
    }

    fn single(&self, object: Value) -> Result<Value, Refusal> {
        self.params.only(&["expand"])?;
        Ok(object)
    }

    fn list(&self, resource: &'static Resource, asker: &Asker<'_>) -> Result<Value, Refusal> {
        self.params.only(&list::known(resource))?;
        let expansion = Expansion::of_list(&self.params, resource.kind, asker)?;
        let paging = Paging::read(&self.params)?;
        let waiting = match resource.kind {
            "event" => self.sandbox.undelivered(),
            _ => HashSet::new(),
        };
        let mut checks = Checks::read(resource, &self.params, asker.key.is_live(), &waiting)?;
        if resource.kind == "event" {
            let (from, to) = self.event_window();
            checks.between(from, to);
        }
        let data = self.sandbox.data();
        let page = list::page(&data, resource, &checks, &paging)?;
        Ok(self.show_page(&data, resource.kind, &page, &expansion))
    }

    /// Events are kept for a while, and may be shown late.
    fn event_window(&self) -> (i64, i64) {
        let now = self.sandbox.now();
        let (kept, lag) = {
            let control = self.sandbox.control();
            (control.events_kept, control.event_lag)
        };
        let seconds_ago = |ago: SignedDuration| now.as_second() - ago.as_secs();
        (seconds_ago(kept), seconds_ago(lag))
    }

    fn show_page(
        &self,
        data: &StripeData,
        kind: &str,
        page: &Page<'_>,
        expansion: &Expansion,
    ) -> Value {
        let mut objects: Vec<Value> = page
            .data
            .iter()
            .map(|object| shown(data, kind, object, expansion))
            .collect();
        if kind == "event" {
            self.sandbox.count_pending(&mut objects);
        }
        json!({
            "object": "list",
            "url": self.path,
            "has_more": page.has_more,
            "data": objects,
        })
    }

    fn retrieve(
        &self,
        resource: &'static Resource,
        id: &str,
        asker: &Asker<'_>,
    ) -> Result<Value, Refusal> {
        self.params.only(&["expand"])?;
        let expansion = Expansion::of_object(&self.params, resource.kind, asker)?;
        let data = self.sandbox.data();
        let object = self.find(&data, resource, id, asker)?;
        if object["deleted"] == true && resource.kind != "customer" {
            return Err(Refusal::no_such(resource.noun(), id));
        }
        Ok(shown(&data, resource.kind, object, &expansion))
    }

    fn find<'d>(
        &self,
        data: &'d StripeData,
        resource: &Resource,
        id: &str,
        asker: &Asker<'_>,
    ) -> Result<&'d Value, Refusal> {
        let missing = || Refusal::no_such(resource.noun(), id);
        let (rank, object) = data.ranked(resource.kind, id).ok_or_else(missing)?;
        let live = asker.key.is_live();
        if object["livemode"].as_bool().is_some_and(|is| is != live) {
            return Err(Refusal::other_mode(resource.noun(), id, live));
        }
        if resource.kind == "event" && rank.created < self.event_window().0 {
            return Err(missing());
        }
        Ok(object)
    }

    fn create_endpoint(&self, asker: &Asker<'_>) -> Result<Value, Refusal> {
        let number = self.sandbox.next_number();
        let again = self.idempotency_key().and_then(|key| {
            let control = self.sandbox.control();
            control.endpoints_made.get(key).cloned()
        });
        if let Some(made) = again {
            return Ok(made);
        }
        let id = format!("we_1Sandbox{number:014}");
        let mut data = self.sandbox.data_mut();
        let live = asker.key.is_live();
        let endpoint = webhook::create(&data, &self.params, live, &id, self.sandbox.now())?;
        data.upsert(endpoint.clone());
        drop(data);
        let secret = format!("whsec_Sandbox{number:026}");
        let mut shown_once = endpoint;
        shown_once["secret"] = secret.clone().into();
        let mut control = self.sandbox.control();
        control.endpoint_secrets.insert(id, secret);
        if let Some(key) = self.idempotency_key() {
            control
                .endpoints_made
                .insert(key.to_owned(), shown_once.clone());
        }
        Ok(shown_once)
    }

    /// Stripe makes an object out of nothing for a few kinds; a probe must not do that by accident.
    fn create(&self, resource: &Resource, asker: &Asker<'_>) -> Result<Value, Refusal> {
        if let Some(required) = resource.required
            && !self.params.has(required)
        {
            return Err(Refusal::parameter_missing(required));
        }
        let mut object = Map::new();
        let number = self.sandbox.next_number();
        object.insert(
            "id".into(),
            format!("{}_1Sandbox{number:014}", resource.kind).into(),
        );
        object.insert("object".into(), resource.kind.into());
        object.insert("created".into(), self.sandbox.now().as_second().into());
        object.insert("livemode".into(), asker.key.is_live().into());
        object.insert("metadata".into(), json!({}));
        let object = Value::Object(object);
        self.sandbox.data_mut().upsert(object.clone());
        Ok(object)
    }

    fn update(
        &self,
        resource: &'static Resource,
        id: &str,
        asker: &Asker<'_>,
    ) -> Result<Value, Refusal> {
        let mut data = self.sandbox.data_mut();
        let object = self.find(&data, resource, id, asker)?;
        if resource.kind != "webhook_endpoint" {
            return Ok(shown(&data, resource.kind, object, &Expansion::default()));
        }
        let changed = webhook::update(object, &self.params, asker.key.is_live())?;
        data.upsert(changed.clone());
        Ok(changed)
    }

    fn delete(
        &self,
        resource: &'static Resource,
        id: &str,
        asker: &Asker<'_>,
    ) -> Result<Value, Refusal> {
        let mut data = self.sandbox.data_mut();
        self.find(&data, resource, id, asker)?;
        if resource.kind != "webhook_endpoint" {
            return Err(Refusal::unrecognized_url(self.method, self.path));
        }
        data.remove(resource.kind, id);
        drop(data);
        self.sandbox.control().endpoint_secrets.remove(id);
        Ok(json!({ "id": id, "object": resource.kind, "deleted": true }))
    }

    fn invoice_lines(&self, id: &str, asker: &Asker<'_>) -> Result<Value, Refusal> {
        self.params.only(&list::PAGING)?;
        let expansion = Expansion::of_list(&self.params, "line_item", asker)?;
        let paging = Paging::read(&self.params)?;
        let data = self.sandbox.data();
        let invoice = self.find_kind(&data, "invoice", id, asker)?;
        let lines = entries(&invoice["lines"]);
        let page = list::page_of_entries(lines, "line item", &paging)?;
        Ok(self.show_page(&data, "line_item", &page, &expansion))
    }

    fn subscription_items(&self, asker: &Asker<'_>) -> Result<Value, Refusal> {
        let mut known = list::PAGING.to_vec();
        known.push("subscription");
        self.params.only(&known)?;
        let id = self.params.text("subscription");
        let id = id.ok_or_else(|| Refusal::parameter_missing("subscription"))?;
        let expansion = Expansion::of_list(&self.params, "subscription_item", asker)?;
        let paging = Paging::read(&self.params)?;
        let data = self.sandbox.data();
        let subscription = self
            .find_kind(&data, "subscription", id, asker)
            .map_err(|_| Refusal::no_such_in("subscription", id, "subscription"))?;
        let items = entries(&subscription["items"]);
        let page = list::page_of_entries(items, "subscription item", &paging)?;
        Ok(self.show_page(&data, "subscription_item", &page, &expansion))
    }

    /// The objects of `kind` that belong to one `owner`.
    fn owned(
        &self,
        owner: &'static str,
        id: &str,
        kind: &'static str,
        asker: &Asker<'_>,
    ) -> Result<Value, Refusal> {
        let resource = of_kind(kind).ok_or_else(|| Refusal::no_such(kind, id))?;
        self.params.only(&list::known(resource))?;
        let expansion = Expansion::of_list(&self.params, kind, asker)?;
        let paging = Paging::read(&self.params)?;
        let data = self.sandbox.data();
        self.find_kind(&data, owner, id, asker)?;
        let live = asker.key.is_live();
        let checks = Checks::read(resource, &self.params, live, &HashSet::new())?;
        let checks = checks.belonging_to(owner, id);
        let page = list::page(&data, resource, &checks, &paging)?;
        Ok(self.show_page(&data, kind, &page, &expansion))
    }

    fn find_kind<'d>(
        &self,
        data: &'d StripeData,
        kind: &'static str,
        id: &str,
        asker: &Asker<'_>,
    ) -> Result<&'d Value, Refusal> {
        let resource = of_kind(kind).ok_or_else(|| Refusal::no_such(kind, id))?;
        self.find(data, resource, id, asker)
    }
}

fn entries(list: &Value) -> &[Value] {
    list["data"].as_array().map_or(&[], Vec::as_slice)
}
