//! Keeps ClearSync inside HubSpot's limits: what HubSpot's headers allow, counted on tokio's clock.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use clearsync_transport::{Request, Response, Transport, TransportError, retry_after};
use http::{HeaderMap, StatusCode};
use tokio::{sync::Notify, time::Instant};

use crate::{Policy, refusal};

/// What HubSpot last said about the account's requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Requests this token may send in any [`Quota::burst_interval`].
    pub burst_limit: usize,
    /// The time over which requests are counted.
    pub burst_interval: Duration,
    /// Requests the account has a day, once a header said so.
    pub daily_limit: Option<u64>,
    /// What is left of them.
    pub daily_remaining: Option<u64>,
}

/// Which of HubSpot's limits a request counts against, beside the one all requests share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meter {
    Plain,
    Search,
    Associations,
}

/// Which requests go first where not all may go at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rank {
    First,
    Later,
}

pub(crate) struct Budget {
    shared: Window,
    search: Window,
    associations: Window,
    daily: Mutex<Daily>,
}

#[derive(Clone, Copy, Default)]
struct Daily {
    limit: Option<u64>,
    remaining: Option<u64>,
    /// The share of the limit that is left to others.
    kept_percent: u64,
    /// When what is known of the day is over.
    over_at: Option<Instant>,
}

/// How long the count of a day is believed when its end is not known.
const BELIEVED: Duration = Duration::from_hours(1);

const SECOND: Duration = Duration::from_secs(1);
const TEN_SECONDS: Duration = Duration::from_secs(10);
/// 80 % of the smallest documented limit, until HubSpot's headers say what really holds.
const FIRST_LIMIT_PER_SECOND: usize = 8;
/// HubSpot documents five searches a second, shared by all integrations of the account.
const SEARCHES_PER_SECOND: usize = 5;

impl Budget {
    pub(crate) fn new() -> Self {
        Self {
            shared: Window::new(FIRST_LIMIT_PER_SECOND, SECOND),
            search: Window::new(SEARCHES_PER_SECOND, SECOND),
            associations: Window::new(association_limit(0), TEN_SECONDS),
            daily: Mutex::default(),
        }
    }

    pub(crate) fn quota(&self) -> Quota {
        let (burst_limit, burst_interval) = self.shared.size();
        let daily = *lock(&self.daily);
        Quota {
            burst_limit,
            burst_interval,
            daily_limit: daily.limit,
            daily_remaining: daily.remaining,
        }
    }

    /// Leaves a share of the day's requests to others.
    pub(crate) fn keep_free(&self, percent: u64) {
        lock(&self.daily).kept_percent = percent;
    }

    /// Whether only the share that is left to others is left of the day.
    pub(crate) fn is_used_up(&self) -> bool {
        let mut daily = lock(&self.daily);
        if daily.over_at.is_some_and(|over| over <= Instant::now()) {
            daily.remaining = None;
            daily.over_at = None;
        }
        let kept = |limit: u64| limit.saturating_mul(daily.kept_percent) / 100;
        let left = daily.remaining.zip(daily.limit);
        daily.kept_percent > 0 && left.is_some_and(|(left, limit)| left <= kept(limit))
    }

    /// Notes how long HubSpot's day still lasts.
    pub(crate) fn day_lasts(&self, wait: Option<Duration>) {
        lock(&self.daily).over_at = Some(Instant::now() + wait.unwrap_or(BELIEVED));
    }

    fn own_window(&self, meter: Meter) -> Option<&Window> {
        match meter {
            Meter::Plain => None,
            Meter::Search => Some(&self.search),
            Meter::Associations => Some(&self.associations),
        }
    }

    fn observe(&self, meter: Meter, response: &Response) {
        let headers = response.headers();
        self.observe_daily(headers);
        if meter == Meter::Plain
            && let Some(count) = Count::read(headers)
        {
            self.shared.adopt(count);
            self.associations.resize(association_limit(count.max));
        }
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            self.pause(meter, response);
        }
    }

    fn observe_daily(&self, headers: &HeaderMap) {
        let mut daily = lock(&self.daily);
        daily.limit = number(headers, "x-hubspot-ratelimit-daily").or(daily.limit);
        daily.remaining =
            number(headers, "x-hubspot-ratelimit-daily-remaining").or(daily.remaining);
    }

    fn pause(&self, meter: Meter, response: &Response) {
        let window = self.own_window(meter).unwrap_or(&self.shared);
        let (window, wait) = match refusal::policy(response) {
            Policy::Day => return,
            Policy::Second => (window, SECOND),
            Policy::TenSeconds if meter == Meter::Search => (&self.shared, self.shared.size().1),
            Policy::TenSeconds | Policy::Unnamed => (window, window.size().1),
        };
        window.block(retry_after(response.headers()).unwrap_or(wait));
    }
}

/// HubSpot documents 100 association requests in ten seconds, 150 where the plan allows 190 requests, 200 with a raised
/// limit of 250.
fn association_limit(shared_limit: usize) -> usize {
    match shared_limit {
        250.. => 200,
        190..250 => 150,
        _ => 100,
    }
}

/// A transport that sends nothing the budget does not allow.
pub(crate) struct Metered {
    pub(crate) inner: Arc<dyn Transport>,
    pub(crate) budget: Arc<Budget>,
}

#[async_trait]
impl Transport for Metered {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let meter = *request.extensions().get::<Meter>().unwrap_or(&Meter::Plain);
        let rank = *request.extensions().get::<Rank>().unwrap_or(&Rank::Later);
        let _own = match self.budget.own_window(meter) {
            Some(window) => Some(window.place(rank).await),
            None => None,
        };
        let shared = self.budget.shared.place(rank).await;
        let response = self.inner.send(request).await;
        drop(shared);
        if let Ok(response) = &response {
            self.budget.observe(meter, response);
        }
        response
    }
}

/// At most so many requests in any interval. A request holds its place from before it is sent until one interval after
/// its answer: the moment HubSpot counted it lies between, so that the count here is never below HubSpot's.
struct Window {
    state: Mutex<State>,
    first: Queue,
    later: Queue,
}

/// Requests of one rank that wait for a place; first come, first served.
#[derive(Default)]
struct Queue {
    head: tokio::sync::Mutex<()>,
    changed: Notify,
}

struct State {
    limit: usize,
    interval: Duration,
    in_flight: usize,
    /// When the places of answered requests become free.
    leaving: VecDeque<Instant>,
    blocked_until: Option<Instant>,
    last_taken: Option<Instant>,
    /// Whether a request of the first rank waits.
    first_waits: bool,
}

/// What HubSpot's headers say of the requests in an interval.
#[derive(Clone, Copy)]
struct Count {
    max: usize,
    remaining: usize,
    interval: Duration,
}

impl Count {
    fn read(headers: &HeaderMap) -> Option<Self> {
        let max = number(headers, "x-hubspot-ratelimit-max")?;
        let remaining = number(headers, "x-hubspot-ratelimit-remaining")?;
        let interval_ms =
            number(headers, "x-hubspot-ratelimit-interval-milliseconds").unwrap_or(10_000);
        let sound = (1..=10_000).contains(&max)
            && remaining <= max
            && (100..=60_000).contains(&interval_ms);
        sound.then_some(Self {
            max: usize::try_from(max).ok()?,
            remaining: usize::try_from(remaining).ok()?,
            interval: Duration::from_millis(interval_ms),
        })
    }
}

/// One request's place in a window, given back by dropping.
struct Place<'a>(&'a Window);

impl Window {
    fn new(limit: usize, interval: Duration) -> Self {
        Self {
            state: Mutex::new(State {
                limit,
                interval,
                in_flight: 0,
                leaving: VecDeque::new(),
                blocked_until: None,
                last_taken: None,
                first_waits: false,
            }),
            first: Queue::default(),
            later: Queue::default(),
        }
    }

    /// Waits for a place.
    async fn place(&self, rank: Rank) -> Place<'_> {
        let queue = match rank {
            Rank::First => &self.first,
            Rank::Later => &self.later,
        };
        let _head = queue.head.lock().await;
        let _waiting = (rank == Rank::First).then(|| FirstWaits::of(self));
        loop {
            let free_at = match lock(&self.state).take(Instant::now(), rank) {
                Taken::Place => return Place(self),
                Taken::FullUntil(free_at) => free_at,
            };
            match free_at {
                Some(free_at) => tokio::select! {
                    () = tokio::time::sleep_until(free_at) => {}
                    () = queue.changed.notified() => {}
                },
                None => queue.changed.notified().await,
            }
        }
    }

    fn notify(&self) {
        self.first.changed.notify_one();
        self.later.changed.notify_one();
    }

    fn size(&self) -> (usize, Duration) {
        let state = lock(&self.state);
        (state.limit, state.interval)
    }

    fn resize(&self, limit: usize) {
        lock(&self.state).limit = limit;
        self.notify();
    }

    /// Takes over what HubSpot counts. Where that is more than was sent from here, someone else uses the same token.
    fn adopt(&self, count: Count) {
        {
            let mut state = lock(&self.state);
            let now = Instant::now();
            state.limit = count.max;
            state.stretch(count.interval);
            state.forget(now);
            let known = state.in_flight + state.leaving.len();
            let foreign = (count.max - count.remaining).saturating_sub(known);
            let leaves_at = now + count.interval;
            state
                .leaving
                .extend(std::iter::repeat_n(leaves_at, foreign));
        }
        self.notify();
    }

    fn block(&self, wait: Duration) {
        let until = Instant::now() + wait;
        let mut state = lock(&self.state);
        state.blocked_until = state.blocked_until.max(Some(until));
    }
}

/// A request of the first rank that waits: others let it go before them.
struct FirstWaits<'a>(&'a Window);

impl<'a> FirstWaits<'a> {
    fn of(window: &'a Window) -> Self {
        lock(&window.state).first_waits = true;
        Self(window)
    }
}

impl Drop for FirstWaits<'_> {
    fn drop(&mut self) {
        lock(&self.0.state).first_waits = false;
        self.0.later.changed.notify_one();
    }
}

enum Taken {
    Place,
    /// No place is free before this moment; `None` when none frees by time alone.
    FullUntil(Option<Instant>),
}

impl State {
    fn take(&mut self, now: Instant, rank: Rank) -> Taken {
        self.forget(now);
        if rank == Rank::Later && self.first_waits {
            return Taken::FullUntil(None);
        }
        if let Some(until) = self.blocked_until {
            return Taken::FullUntil(Some(until));
        }
        let used = self.in_flight + self.leaving.len();
        if used >= self.limit {
            return Taken::FullUntil(self.leaving.front().copied());
        }
        if let Some(turn) = self.next_turn(used).filter(|turn| *turn > now) {
            return Taken::FullUntil(Some(turn));
        }
        self.last_taken = Some(now);
        self.in_flight += 1;
        Taken::Place
    }

    /// The first half of a window may go at once, so that a short errand is quick. The second half goes at an even pace,
    /// a tenth faster than the limit so that timers rounded up cost nothing: should someone else use the same token, their
    /// share is seen in the headers before both run into the limit.
    fn next_turn(&self, used: usize) -> Option<Instant> {
        let even = (self.interval * 9 / 10).checked_div(u32::try_from(self.limit).ok()?)?;
        (used * 2 >= self.limit).then_some(self.last_taken? + even)
    }

    /// Requests answered so far hold their places as long as the new interval wants.
    fn stretch(&mut self, interval: Duration) {
        let longer = interval.saturating_sub(self.interval);
        self.interval = interval;
        for leaves_at in &mut self.leaving {
            *leaves_at += longer;
        }
    }

    fn forget(&mut self, now: Instant) {
        self.blocked_until = self.blocked_until.filter(|until| *until > now);
        while self.leaving.front().is_some_and(|left| *left <= now) {
            self.leaving.pop_front();
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        {
            let mut state = lock(&self.0.state);
            state.in_flight -= 1;
            let leaves_at = Instant::now() + state.interval;
            state.leaving.push_back(leaves_at);
        }
        self.0.notify();
    }
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
