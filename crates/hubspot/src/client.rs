use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use clearsync_transport::{Request, Response, Retried, Transport, TransportError};
use http::{
    HeaderValue, Method, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE},
};
use jiff::{Timestamp, tz::TimeZone};
use serde::{
    Serialize,
    de::{DeserializeOwned, IgnoredAny},
};

use crate::{
    ApiVersion, BaseUrl, HubSpotError, HubSpotToken, ObjectType, Policy, Quota, Reason,
    account::next_midnight,
    budget::{Budget, Meter, Metered, Rank},
    path::{Api, path},
    refusal,
    resend::{HubSpotRule, Resend, cut_short},
};

/// The connection to one HubSpot account. Every request of this crate goes through it: it keeps the budget, sends again
/// what may be sent again, and lets one write per object type be in flight.
pub struct Client {
    transport: Retried<Metered, HubSpotRule>,
    budget: Arc<Budget>,
    base_url: BaseUrl,
    version: ApiVersion,
    token: HubSpotToken,
    lanes: Mutex<BTreeMap<Lane, Arc<tokio::sync::Mutex<()>>>>,
    learned: Mutex<Learned>,
}

/// What earlier answers told, and refusals are read by.
#[derive(Default)]
struct Learned {
    scopes: BTreeSet<String>,
    time_zone: Option<TimeZone>,
    /// When the last answer was given, by HubSpot's clock.
    answered_at: Option<Timestamp>,
    /// The object type whose writes go first.
    first: Option<ObjectType>,
    /// When the day of the last answer ends.
    day_ends: Option<Timestamp>,
}

/// Writes of one lane wait for each other: HubSpot locks records that two requests write at once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lane {
    Records(ObjectType),
    Associations,
}

/// One request to be made.
pub(crate) struct Call<'a> {
    method: Method,
    api: Api<'a>,
    tail: Vec<&'a str>,
    query: Vec<(&'a str, &'a str)>,
    body: Bytes,
    meter: Meter,
    resend: Resend,
    lane: Option<Lane>,
}

impl Client {
    /// A connection to the account `token` belongs to. Sends nothing yet.
    #[must_use]
    pub fn new(
        transport: Arc<dyn Transport>,
        base_url: BaseUrl,
        version: ApiVersion,
        token: HubSpotToken,
    ) -> Self {
        let budget = Arc::new(Budget::new());
        let metered = Metered {
            inner: transport,
            budget: budget.clone(),
        };
        Self {
            transport: Retried::new(metered, HubSpotRule),
            budget,
            base_url,
            version,
            token,
            lanes: Mutex::default(),
            learned: Mutex::default(),
        }
    }

    /// What HubSpot last said about the account's limits.
    #[must_use]
    pub fn quota(&self) -> Quota {
        self.budget.quota()
    }

    pub(crate) fn token(&self) -> &HubSpotToken {
        &self.token
    }

    pub(crate) fn learn_scopes(&self, scopes: impl IntoIterator<Item = String>) {
        self.learned().scopes = scopes.into_iter().collect();
    }

    /// Leaves a share of the account's daily requests, in percent, to others: once no more is left, nothing but questions
    /// about the account is sent until the day is over. Nothing is left to others until this is called.
    pub fn keep_free(&self, percent: u32) {
        self.budget.keep_free(percent.into());
    }

    /// Lets writes of one object type go first wherever not every request may go at once. Writes of a type wait for each
    /// other, so that the type with the most to write decides how long all takes.
    pub fn write_first(&self, object: Option<ObjectType>) {
        self.learned().first = object;
    }

    /// Takes the account's time zone, an IANA name, where it is known already. It says when a day ends.
    pub fn assume_time_zone(&self, name: &str) {
        self.learn_time_zone(TimeZone::get(name).ok());
    }

    /// When the account's requests are counted anew, as far as answers told.
    #[must_use]
    pub fn day_ends(&self) -> Option<Timestamp> {
        self.learned().day_ends
    }

    /// When HubSpot last answered, by HubSpot's own clock, which need not agree with this computer's.
    #[must_use]
    pub fn answered_at(&self) -> Option<Timestamp> {
        self.learned().answered_at
    }

    pub(crate) fn learn_time_zone(&self, time_zone: Option<TimeZone>) {
        self.learned().time_zone = time_zone;
    }

    /// Makes the request and reads its answer.
    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        call: Call<'_>,
    ) -> Result<T, HubSpotError> {
        let response = self.answer(call).await?;
        serde_json::from_slice(response.body()).map_err(|_| {
            if cut_short(&response) {
                return TransportError::Broken.into();
            }
            let status = response.status().as_u16();
            Reason::NotHubSpot { status }.into()
        })
    }

    /// Makes a request whose answer says nothing beyond its status. A page of a captive portal also says 200.
    pub(crate) async fn call_silent(&self, call: Call<'_>) -> Result<(), HubSpotError> {
        let response = self.answer(call).await?;
        let body = response.body().trim_ascii();
        if body.is_empty() || serde_json::from_slice::<IgnoredAny>(body).is_ok() {
            return Ok(());
        }
        let status = response.status().as_u16();
        Err(Reason::NotHubSpot { status }.into())
    }

    async fn answer(&self, call: Call<'_>) -> Result<Response, HubSpotError> {
        let lane = call.lane.clone().map(|lane| self.lane(lane));
        let _turn = match &lane {
            Some(lane) => Some(lane.lock().await),
            None => None,
        };
        let about_the_account = matches!(
            call.api,
            Api::TokenInfo | Api::AccountDetails | Api::DailyUsage
        );
        if !about_the_account && self.budget.is_used_up() {
            let resets_at = self.day_ends();
            return Err(Reason::ShareKept { resets_at }.into());
        }
        let request = self.request(call)?;
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.transport.send(request).await?;
        self.learn_day(&response);
        let status = response.status();
        tracing::debug!(%method, path, status = status.as_u16(), "HubSpot answered");
        if status.is_success() {
            return Ok(response);
        }
        Err(self.refusal(&response))
    }

    fn learn_day(&self, response: &Response) {
        let Some(date) = date_of(response) else {
            return self.budget.day_lasts(None);
        };
        let mut learned = self.learned();
        learned.answered_at = Some(date);
        let zone = learned.time_zone.as_ref();
        learned.day_ends = zone.and_then(|zone| next_midnight(date, zone));
        let lasts = learned.day_ends.map(|ends| ends.duration_since(date));
        self.budget
            .day_lasts(lasts.and_then(|lasts| lasts.try_into().ok()));
    }

    fn request(&self, call: Call<'_>) -> Result<Request, TransportError> {
        let rank = match (&call.lane, &self.learned().first) {
            (Some(Lane::Records(object)), Some(first)) if object == first => Rank::First,
            _ => Rank::Later,
        };
        let segments = path(call.api, self.version).into_iter().chain(call.tail);
        let url = self.base_url.join(segments, &call.query);
        let authorization = self
            .token
            .secret()
            .bearer()
            .ok_or(TransportError::Unsendable)?;
        let json = HeaderValue::from_static("application/json");
        let mut request = Request::new(call.body);
        *request.method_mut() = call.method;
        *request.uri_mut() = url
            .as_str()
            .parse()
            .map_err(|_| TransportError::Unsendable)?;
        if !request.body().is_empty() {
            request.headers_mut().insert(CONTENT_TYPE, json.clone());
        }
        request.headers_mut().insert(ACCEPT, json);
        request.headers_mut().insert(AUTHORIZATION, authorization);
        request.extensions_mut().insert(rank);
        request.extensions_mut().insert(call.meter);
        request.extensions_mut().insert(call.resend);
        Ok(request)
    }

    fn refusal(&self, response: &Response) -> HubSpotError {
        let mut error = refusal::read(response);
        let learned = self.learned();
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            error.reason = match refusal::policy(response) {
                Policy::Day => Reason::DailyLimit {
                    resets_at: learned
                        .time_zone
                        .as_ref()
                        .and_then(|zone| next_midnight(date_of(response)?, zone)),
                },
                policy => Reason::RateLimited { policy },
            };
        }
        // HubSpot names a scope as missing although the token holds it when the plan lacks the feature.
        if let Reason::MissingScopes { any_of } = &error.reason
            && any_of.iter().any(|scope| learned.scopes.contains(scope))
        {
            error.reason = Reason::PlanLacksFeature {
                any_of: any_of.clone(),
            };
        }
        error
    }

    fn lane(&self, lane: Lane) -> Arc<tokio::sync::Mutex<()>> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        lanes.entry(lane).or_default().clone()
    }

    fn learned(&self) -> std::sync::MutexGuard<'_, Learned> {
        self.learned.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Client")
            .field("base_url", &self.base_url)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

fn date_of(response: &Response) -> Option<Timestamp> {
    let text = response.headers().get(DATE)?.to_str().ok()?;
    jiff::fmt::rfc2822::parse(text)
        .ok()
        .map(|date| date.timestamp())
}

impl<'a> Call<'a> {
    /// A request that reads.
    pub(crate) fn get(api: Api<'a>, tail: impl IntoIterator<Item = &'a str>) -> Self {
        Self::new(Method::GET, api, tail, Bytes::new())
    }

    /// A request that reads, with a question too large for an address.
    pub(crate) fn ask(
        api: Api<'a>,
        tail: impl IntoIterator<Item = &'a str>,
        body: &impl Serialize,
    ) -> Self {
        Self::new(Method::POST, api, tail, json(body))
    }

    /// A request that writes.
    pub(crate) fn write(
        method: Method,
        api: Api<'a>,
        tail: impl IntoIterator<Item = &'a str>,
        body: &impl Serialize,
        lane: Lane,
    ) -> Self {
        Self {
            lane: Some(lane),
            ..Self::new(method, api, tail, json(body))
        }
    }

    /// A request that removes.
    pub(crate) fn delete(
        api: Api<'a>,
        tail: impl IntoIterator<Item = &'a str>,
        lane: Lane,
    ) -> Self {
        Self {
            lane: Some(lane),
            ..Self::new(Method::DELETE, api, tail, Bytes::new())
        }
    }

    pub(crate) fn query(mut self, name: &'a str, value: &'a str) -> Self {
        self.query.push((name, value));
        self
    }

    pub(crate) fn meter(mut self, meter: Meter) -> Self {
        self.meter = meter;
        self
    }

    /// Says that sending it twice would make two of something.
    pub(crate) fn once(mut self) -> Self {
        self.resend = Resend::UnlessApplied;
        self
    }

    fn new(
        method: Method,
        api: Api<'a>,
        tail: impl IntoIterator<Item = &'a str>,
        body: Bytes,
    ) -> Self {
        Self {
            method,
            api,
            tail: tail.into_iter().collect(),
            query: Vec::new(),
            body,
            meter: Meter::Plain,
            resend: Resend::Always,
            lane: None,
        }
    }
}

/// Our request types hold text, numbers and lists only, which always have a JSON form.
fn json(body: &impl Serialize) -> Bytes {
    serde_json::to_vec(body).unwrap_or_default().into()
}
