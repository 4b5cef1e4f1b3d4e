//! A store with customers, a simulated portal, and the way from one to the other.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use clearsync_billing::Policy;
use clearsync_hubspot::{API_VERSION, BaseUrl, Client, HubSpotToken, Mode as Scopes, scopes_for};
use clearsync_sandbox::{
    Clock as _, VirtualClock,
    hubspot::{HubSpotSandbox, PortalShape},
};
use clearsync_store::{
    AccountId, AccountProfile, Grain, Mode, PlanId, PlanRow, Reader, Rollup, RunId, Store,
    StoreError, Target,
};
use clearsync_sync::{
    Clock,
    derive::{Summary, derive},
    import::Wish,
    matching::SharedDomains,
    plan::{self, Installation, LAST_SYNCED, Looking, Rules},
    push::{self, Order, PushError, PushProgress, Pushed},
    undo::{self, UndoScope, Undone},
    view::{Choices, Writing},
};
use clearsync_transport::{InProcess, Secret, Transport};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::world::{Home, World, go};

pub(crate) const TOKEN: &str = "pat-na1-0b5e8f6a-1c2d-4e3f-8a9b-aabbccddeeff";
pub(crate) const ALL: Choices = Choices {
    create_contacts: true,
    create_companies: true,
};

/// The HubSpot side of a run.
pub(crate) struct Bridge {
    pub(crate) home: Home,
    pub(crate) portal: HubSpotSandbox,
    pub(crate) clock: Arc<VirtualClock>,
    pub(crate) target: Target,
    /// How it is written, and about whom.
    pub(crate) writing: Writing,
}

/// Whatever a test is about, every body must have had the shape HubSpot publishes.
impl Drop for Bridge {
    fn drop(&mut self) {
        keeps_to_published_shapes(&self.portal);
    }
}

pub(crate) fn keeps_to_published_shapes(portal: &HubSpotSandbox) {
    if std::thread::panicking() {
        return;
    }
    for request in portal.requests() {
        assert_eq!(
            request.unlike_published, None,
            "{} {}",
            request.method, request.path
        );
    }
}

pub(crate) type Records = BTreeMap<String, BTreeMap<String, String>>;

impl Bridge {
    /// An account without customers, and an empty portal.
    pub(crate) fn new(shape: PortalShape) -> Self {
        let start = "2026-06-01T12:00:00Z".parse().unwrap();
        let clock = Arc::new(VirtualClock::starting_at(start));
        let home = Home::new();
        let account = home
            .open()
            .write::<_, StoreError>(|writer| {
                writer.add_account(
                    Some("acct_1"),
                    Mode::Live,
                    &AccountProfile::default(),
                    start,
                )
            })
            .unwrap();
        Self::with(home, clock, account, shape)
    }

    /// The customers of a business, and an empty portal.
    pub(crate) async fn of_business(world: &World, shape: PortalShape) -> Self {
        let home = Home::new();
        let store = home.open();
        let source = world.plain_source(&store).await;
        world.import(&source, &store).await.unwrap();
        let bridge = Self::with(home, world.clock.clone(), source.account(), shape);
        bridge.work_out();
        bridge
    }

    /// The customers of another business, on the same portal.
    pub(crate) async fn beside_business(&self, world: &World) -> Self {
        let home = Home::new();
        let store = home.open();
        let source = world.plain_source(&store).await;
        world.import(&source, &store).await.unwrap();
        store
            .write(|writer| Installation::ensure(writer, "there"))
            .unwrap();
        let account = source.account();
        let bridge = Self {
            home,
            portal: self.portal.clone(),
            clock: self.clock.clone(),
            target: Target {
                account,
                ..self.target
            },
            writing: Writing::default(),
        };
        bridge.work_out();
        bridge
    }

    fn with(home: Home, clock: Arc<VirtualClock>, account: AccountId, shape: PortalShape) -> Self {
        let target = Target {
            account,
            portal: i64::try_from(shape.portal_id).unwrap(),
        };
        home.open()
            .write(|writer| Installation::ensure(writer, "here"))
            .unwrap();
        let portal = HubSpotSandbox::new(shape, clock.clone(), 7);
        portal.add_token(TOKEN, scopes_for(Scopes::Summary).map(|scope| scope.name));
        Self {
            home,
            portal,
            clock,
            target,
            writing: Writing::default(),
        }
    }

    pub(crate) fn store(&self) -> Store {
        self.home.open()
    }

    pub(crate) fn clock(&self) -> Clock {
        let clock = self.clock.clone();
        Clock::new(move || clock.now())
    }

    pub(crate) fn work_out(&self) {
        let policy = Policy::clearsync();
        derive(
            &self.store(),
            self.target.account,
            &policy,
            &SharedDomains::default(),
            self.clock.now(),
        )
        .unwrap();
    }

    /// Puts customers in place, with what else their summaries hold; companies are summed up as the app does.
    pub(crate) fn customers(&self, customers: &[Value]) {
        let store = self.store();
        store
            .write::<_, StoreError>(|writer| {
                let mut companies: BTreeMap<String, Vec<Summary>> = BTreeMap::new();
                for customer in customers {
                    let summary = summary(customer);
                    let rollup = Rollup {
                        grain: Grain::Customer,
                        id: summary.customers[0].clone(),
                        company: summary.domain.clone(),
                        facts: json!(summary),
                        revision: 1,
                    };
                    writer.put_rollup(self.target.account, &rollup)?;
                }
                for former in writer.rollups(self.target.account, Grain::Company)? {
                    writer.remove_rollup(self.target.account, Grain::Company, &former.id)?;
                }
                for rollup in writer.rollups(self.target.account, Grain::Customer)? {
                    let summary = Summary::of(&rollup).unwrap();
                    if let Some(domain) = &summary.domain {
                        companies.entry(domain.clone()).or_default().push(summary);
                    }
                }
                for (domain, summaries) in companies {
                    let mut facts = json!(summaries[0]);
                    facts["customers"] = json!(
                        summaries
                            .iter()
                            .flat_map(|one| &one.customers)
                            .collect::<Vec<_>>()
                    );
                    facts["name"] = Value::Null;
                    facts["deleted"] = json!(summaries.iter().all(|one| one.deleted));
                    let mrr_minor = summaries
                        .iter()
                        .flat_map(|one| &one.sums)
                        .map(|sum| sum.mrr_minor)
                        .sum();
                    facts["sums"] = json!([sum("usd", mrr_minor)]);
                    let rollup = Rollup {
                        grain: Grain::Company,
                        id: domain,
                        company: None,
                        facts,
                        revision: 1,
                    };
                    writer.put_rollup(self.target.account, &rollup)?;
                }
                Ok(())
            })
            .unwrap();
    }

    pub(crate) fn client(&self) -> Client {
        client_over(Arc::new(InProcess::new(self.portal.router())))
    }

    pub(crate) async fn plan(&self) -> PlanId {
        self.plan_with(ALL).await
    }

    pub(crate) async fn plan_anew(&self) -> PlanId {
        self.plan_looking(ALL, Looking::Anew).await
    }

    pub(crate) async fn plan_with(&self, choices: Choices) -> PlanId {
        self.plan_looking(choices, Looking::AsNeeded).await
    }

    async fn plan_looking(&self, choices: Choices, looking: Looking) -> PlanId {
        let now = self.clock.now();
        let rules = Rules {
            choices,
            writing: self.writing.clone(),
        };
        plan::make(
            &self.store(),
            &self.client(),
            self.target,
            &rules,
            looking,
            now,
        )
        .await
        .unwrap()
    }

    pub(crate) async fn push(&self, plan: PlanId) -> Result<Pushed, PushError> {
        self.push_over(&self.client(), plan).await
    }

    pub(crate) async fn push_over(
        &self,
        client: &Client,
        plan: PlanId,
    ) -> Result<Pushed, PushError> {
        self.push_wishing(client, plan, go()).await
    }

    pub(crate) async fn push_wishing(
        &self,
        client: &Client,
        plan: PlanId,
        wish: watch::Receiver<Wish>,
    ) -> Result<Pushed, PushError> {
        let order = Order {
            target: self.target,
            plan,
            run: None,
        };
        let progress = watch::Sender::new(PushProgress::default());
        push::push(&self.store(), client, order, &self.clock(), wish, &progress).await
    }

    /// Plans and pushes in a run of its own.
    pub(crate) async fn sync_in_run(&self) -> (RunId, Pushed) {
        self.sync_in_run_with(ALL).await
    }

    pub(crate) async fn sync_in_run_with(&self, choices: Choices) -> (RunId, Pushed) {
        let plan = self.plan_with(choices).await;
        let run = self.begin_run("sync");
        let order = self.order(plan, Some(run));
        let progress = watch::Sender::new(PushProgress::default());
        let (store, client, clock) = (self.store(), self.client(), self.clock());
        let pushed = push::push(&store, &client, order, &clock, go(), &progress);
        (run, pushed.await.unwrap())
    }

    pub(crate) fn begin_run(&self, kind: &str) -> RunId {
        let (account, now) = (self.target.account, self.clock.now());
        self.store()
            .write::<_, StoreError>(|writer| writer.begin_run(account, kind, now))
            .unwrap()
    }

    pub(crate) fn order(&self, plan: PlanId, run: Option<RunId>) -> Order {
        let target = self.target;
        Order { target, plan, run }
    }

    pub(crate) async fn plan_undo(&self, scope: UndoScope) -> PlanId {
        let (store, client) = (self.store(), self.client());
        let now = self.clock.now();
        undo::make(&store, &client, self.target, scope, now)
            .await
            .unwrap()
    }

    /// Takes something back in a run of its own.
    pub(crate) async fn undo(&self, scope: UndoScope) -> (RunId, Undone) {
        let plan = self.plan_undo(scope).await;
        let run = self.begin_run(undo::RUN_KIND);
        let undone = self.carry_out(&self.client(), plan, run).await.unwrap();
        (run, undone)
    }

    pub(crate) async fn carry_out(
        &self,
        client: &Client,
        plan: PlanId,
        run: RunId,
    ) -> Result<Undone, PushError> {
        let order = self.order(plan, Some(run));
        let progress = watch::Sender::new(PushProgress::default());
        undo::carry_out(&self.store(), client, order, &self.clock(), go(), &progress).await
    }

    /// Plans and pushes, and gives what was done.
    pub(crate) async fn sync(&self) -> Pushed {
        let plan = self.plan().await;
        self.push(plan).await.unwrap()
    }

    pub(crate) fn read<T>(&self, look: impl FnOnce(&Reader) -> Result<T, StoreError>) -> T {
        self.store().read(look).unwrap()
    }

    pub(crate) fn rows(&self, plan: PlanId) -> Vec<PlanRow> {
        self.read(|view| view.plan_rows(plan, None, 0, u32::MAX))
    }

    /// How many rows have each action.
    pub(crate) fn actions(&self, plan: PlanId) -> BTreeMap<String, usize> {
        let mut actions = BTreeMap::new();
        for row in self.rows(plan) {
            *actions.entry(row.action).or_default() += 1;
        }
        actions
    }

    pub(crate) fn contacts(&self) -> Records {
        self.portal.records("contacts").unwrap()
    }

    pub(crate) fn companies(&self) -> Records {
        self.portal.records("companies").unwrap()
    }

    /// Codes of open items, with what they are about.
    pub(crate) fn open_items(&self) -> BTreeSet<(String, String)> {
        self.read(|view| view.attention(self.target.account))
            .into_iter()
            .map(|item| (item.code, item.subject))
            .collect()
    }
}

pub(crate) fn client_over(transport: Arc<dyn Transport>) -> Client {
    let token = HubSpotToken::new(&Secret::new(TOKEN.to_owned())).unwrap();
    let base = BaseUrl::parse(BaseUrl::DEFAULT).unwrap();
    Client::new(transport, base, API_VERSION, token)
}

fn summary(customer: &Value) -> Summary {
    let mut facts = json!(Summary::default());
    let email = customer["email"].as_str();
    facts["domain"] = json!(email.and_then(|email| SharedDomains::default().company_of(email)));
    facts["customers"] = json!([customer["id"]]);
    facts["status"] = json!("active");
    for (name, value) in customer.as_object().unwrap() {
        if name != "id" {
            facts[name] = value.clone();
        }
    }
    if facts["deleted"] == json!(true) {
        facts["domain"] = Value::Null;
    }
    serde_json::from_value(facts).unwrap()
}

/// A customer with an e-mail.
pub(crate) fn customer(id: &str, email: &str) -> Value {
    json!({ "id": id, "email": email, "name": "Jenny Rosen" })
}

/// A customer that pays so much a month, in cents.
pub(crate) fn paying(id: &str, email: &str, currency: &str, mrr_minor: i64) -> Value {
    let mut customer = customer(id, email);
    customer["sums"] = json!([sum(currency, mrr_minor)]);
    customer
}

pub(crate) fn sum(currency: &str, mrr_minor: i64) -> Value {
    json!({
        "currency": currency, "mrr": mrr_minor.to_string(), "mrr_minor": mrr_minor,
        "paid_minor": 0, "paid_invoices": 0, "open_minor": 0,
    })
}

/// What HubSpot keeps by itself, and what says when a record was written.
const NOT_PROMISED: [&str; 10] = [
    "hs_object_id",
    "createdate",
    "hs_createdate",
    "lastmodifieddate",
    "hs_lastmodifieddate",
    "hs_object_source",
    "hs_marketable_status",
    "hs_additional_emails",
    "associatedcompanyid",
    LAST_SYNCED,
];

/// Records without what no plan promises.
pub(crate) fn promised_part(records: Records) -> Records {
    let mut records = records;
    for values in records.values_mut() {
        values.retain(|name, _| !NOT_PROMISED.contains(&name.as_str()));
    }
    records
}

/// What a portal should hold once `rows` are carried out, given what it held; records to be made stand under their key.
pub(crate) fn promised(rows: &[PlanRow], object: &str, before: &Records) -> Records {
    let mut after = promised_part(before.clone());
    for row in rows.iter().filter(|row| row.object == object) {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        match row.action.as_str() {
            "create" => {
                let all = [&row.details["at_birth"], &row.details["values"]];
                let values = all
                    .iter()
                    .flat_map(|values| values.as_object().unwrap())
                    .map(|(name, value)| (name.clone(), text(value)));
                after.insert(text(&row.details["key"]), values.collect());
            }
            "update" => {
                let record = after
                    .get_mut(row.details["record"].as_str().unwrap())
                    .unwrap();
                for change in row.details["changes"].as_array().unwrap() {
                    let (name, value) = (text(&change["property"]), text(&change["after"]));
                    assert_eq!(
                        record.get(&name).map(String::as_str),
                        change["before"].as_str(),
                        "what was shown as before stood there: {name} of {}",
                        row.subject
                    );
                    if value.is_empty() {
                        record.remove(&name);
                    } else {
                        record.insert(name, value);
                    }
                }
            }
            _ => {}
        }
    }
    after
}

/// The portal's records, those that were not there `before` under their key.
pub(crate) fn held(after: Records, before: &Records) -> Records {
    promised_part(after)
        .into_iter()
        .map(|(id, values)| {
            let made = !before.contains_key(&id);
            let name = if made {
                values["clearsync_stripe_customer_id"].clone()
            } else {
                id
            };
            (name, values)
        })
        .collect()
}
