//! The lists of one import and how each stands.

use std::{cmp::Reverse, collections::BTreeMap, sync::Arc};

use clearsync_store::{Feed, FetchTime, ImportCursor, Store};
use clearsync_stripe::{catalog::Held, key::Mode, list::List, object::Kind, span::Span};
use jiff::Timestamp;

use super::{
    ImportError, Source,
    parts::{PageWanted, Parts},
    pending::Pending,
    progress::{ImportProgress, Meter, minutes},
    unread,
};
use crate::{
    blocking::blocking,
    clock::Clock,
    view::{ListName, ListProgress, ListState},
};

/// An import that was not finished within this time is begun again: events that old are not kept by Stripe.
const LONGEST_IMPORT: jiff::SignedDuration = jiff::SignedDuration::from_hours(25 * 24);

// With round trips of 80 ms, 8 requests under way use up the 100 a second of live mode, and 3 the 25 of test mode. Live
// mode has two more, for pages that wait for their endpoint's turn.
const AT_ONCE_LIVE: usize = 10;
const AT_ONCE_TEST: usize = 3;

/// 2100-01-01, after everything that Stripe has made.
const END_OF_TIME_S: i64 = 4_102_444_800;

/// What is read, in the order it is shown.
pub(super) const KINDS: [(Kind, ListName); 10] = [
    (Kind::Product, ListName::Products),
    (Kind::Price, ListName::Prices),
    (Kind::Coupon, ListName::Coupons),
    (Kind::Customer, ListName::Customers),
    (Kind::Subscription, ListName::Subscriptions),
    (Kind::Invoice, ListName::Invoices),
    (Kind::Charge, ListName::Charges),
    (Kind::PaymentIntent, ListName::PaymentIntents),
    (Kind::PaymentMethod, ListName::PaymentMethods),
    (Kind::Account, ListName::Accounts),
];

/// In which order lists begin: first those that grow with every bill, which are the longest, and those that cannot be cut.
const READING_ORDER: [Kind; 10] = [
    Kind::Invoice,
    Kind::Charge,
    Kind::PaymentIntent,
    Kind::PaymentMethod,
    Kind::Subscription,
    Kind::Customer,
    Kind::Price,
    Kind::Product,
    Kind::Coupon,
    Kind::Account,
];

/// Every list of an import.
pub(super) struct Lists {
    pub(super) reading: Vec<Reading>,
    pub(super) started: Timestamp,
    at_once: usize,
    former_counts: BTreeMap<String, u64>,
    meters: BTreeMap<Kind, Meter>,
    meter: Meter,
}

/// What to do next.
#[derive(Debug)]
pub(super) enum Step {
    /// Ask for a page of the list of this number.
    Ask(usize, PageWanted),
    /// Note that a part of the list of this number was cut in two, both at once, and see what is next again.
    Cut(usize, [ImportCursor; 2]),
}

/// One list of Stripe's and how it stands.
pub(super) struct Reading {
    pub(super) list: List,
    pub(super) parts: Parts,
    pub(super) left_out: bool,
    /// Whether it is asked for without what needs further permissions.
    pub(super) bare: bool,
    /// Whether the checklist says that some of that is missing.
    pub(super) cut: bool,
}

impl Lists {
    /// Takes up an import that was stopped, or notes the beginning of a new one.
    pub(super) async fn begin_or_resume(
        source: &Source,
        store: &Store,
        clock: &Clock,
    ) -> Result<Self, ImportError> {
        let account = source.account();
        let now = clock.now();
        let begun = store.begin_fetch(now);
        let (reader, held) = (store.clone(), source.held().clone());
        let (feed, cursors, counts) = blocking(move || {
            reader.read(|view| {
                let counts = view.object_counts(account)?;
                Ok::<_, ImportError>((view.feed(account)?, view.import_cursors(account)?, counts))
            })
        })
        .await?;
        let unfinished = feed.filter(|feed| {
            feed.import_done.is_none() && now.duration_since(feed.import_started) < LONGEST_IMPORT
        });
        let mut lists = Self {
            reading: readings(&held, unfinished.map_or(&[], |_| &cursors)),
            started: unfinished.map_or(begun.at(), |feed| feed.import_started),
            at_once: match source.client().key().mode() {
                Mode::Live => AT_ONCE_LIVE,
                Mode::Test => AT_ONCE_TEST,
            },
            former_counts: counts.into_iter().collect(),
            meters: BTreeMap::new(),
            meter: Meter::default(),
        };
        if unfinished.is_none() {
            lists.begin(source, store, begun).await?;
        }
        lists.measure();
        Ok(lists)
    }

    /// Notes where the events begin that follow this import, before anything is read.
    async fn begin(
        &mut self,
        source: &Source,
        store: &Store,
        begun: FetchTime,
    ) -> Result<(), ImportError> {
        let account = source.account();
        let newest_s = super::follow::first_cursor(source).await?;
        let feed = Feed {
            cursor_s: newest_s.unwrap_or(begun.at().as_second()),
            import_started: begun.at(),
            import_done: None,
            read_at: Some(begun.at()),
        };
        let cursors: Vec<ImportCursor> = self
            .reading
            .iter()
            .flat_map(|reading| reading.parts.cursors())
            .collect();
        let store = store.clone();
        blocking(move || {
            store.write(|writer| {
                writer.forget_import(account)?;
                unread::forget(writer, account)?;
                if newest_s.is_none() {
                    unread::note_events(writer, account, begun.at())?;
                }
                writer.set_feed(account, &feed)?;
                cursors
                    .iter()
                    .try_for_each(|cursor| writer.set_import_cursor(account, cursor))
            })
        })
        .await?;
        Ok(())
    }

    /// Notes that all that can be read has been read, and what was left out.
    pub(super) async fn finish(
        &self,
        source: &Source,
        store: &Store,
        clock: &Clock,
    ) -> Result<(), ImportError> {
        let (store, account, now) = (store.clone(), source.account(), clock.now());
        let states: Vec<(Kind, bool)> = self
            .reading
            .iter()
            .map(|reading| (reading.list.kind(), reading.left_out))
            .collect();
        blocking(move || {
            store.write(|writer| {
                if let Some(feed) = writer.feed(account)? {
                    let done = Feed {
                        import_done: Some(now),
                        ..feed
                    };
                    writer.set_feed(account, &done)?;
                }
                let left_out = states.iter().filter(|(_, left_out)| *left_out);
                unread::note(writer, account, &left_out.map(|(kind, _)| *kind).collect())?;
                for (kind, left_out) in states {
                    unread::set_refused(writer, account, kind, left_out, now)?;
                }
                unread::settle_events(writer, account, now)?;
                Ok::<_, ImportError>(())
            })
        })
        .await
    }

    /// What to do next; nothing while enough is under way.
    pub(super) fn next(&mut self, pending: &Pending) -> Option<Step> {
        let readable = |(number, reading): &(usize, &mut Reading)| {
            !reading.left_out && !pending.is_full(*number)
        };
        let mut asked = self.reading.iter_mut().enumerate().filter(readable);
        let ask = asked.find_map(|(number, reading)| Some(Step::Ask(number, reading.parts.ask()?)));
        if ask.is_some() {
            return ask;
        }
        // A cut costs a request, so lists are cut only where Stripe would let more be asked at once.
        let busy: usize = self
            .reading
            .iter()
            .map(|reading| reading.parts.busy())
            .sum();
        if busy >= self.at_once {
            return None;
        }
        // Of those the one with the fewest pages under way, so that the long lists end together.
        let cuttable = self.reading.iter_mut().enumerate().filter(readable);
        let ranked = cuttable.filter_map(|(number, reading)| {
            let left = reading.parts.worth_cutting()?;
            Some((
                (Reverse(reading.parts.busy()), left, Reverse(number)),
                number,
                reading,
            ))
        });
        let (_, number, longest) = ranked.max_by_key(|(rank, ..)| *rank)?;
        Some(Step::Cut(number, longest.parts.cut()?))
    }

    /// Notes the counts for the rates.
    pub(super) fn measure(&mut self) {
        let mut counts: BTreeMap<Kind, u64> = BTreeMap::new();
        for reading in &self.reading {
            *counts.entry(reading.list.kind()).or_default() += reading.parts.read_count();
        }
        self.meter.note(counts.values().sum());
        for (kind, count) in counts {
            self.meters.entry(kind).or_default().note(count);
        }
    }

    /// Names of the lists that the key may not read.
    pub(super) fn left_out(&self) -> Vec<ListName> {
        let left_out = |kind| {
            let mut of_kind = self
                .reading
                .iter()
                .filter(|reading| reading.list.kind() == kind);
            of_kind.any(|reading| reading.left_out)
        };
        let named = KINDS.iter().filter(|(kind, _)| left_out(*kind));
        named.map(|(_, name)| *name).collect()
    }

    /// How far it has come, for the window.
    pub(super) fn progress(&self, held: bool) -> ImportProgress {
        let lists: Vec<_> = KINDS
            .iter()
            .map(|(kind, name)| self.list_progress(*kind, *name))
            .collect();
        let per_second = self.meter.per_second();
        let left: Option<u64> = lists
            .iter()
            .filter(|list| !matches!(list.state, ListState::Done | ListState::Skipped))
            .map(|list| Some(u64::from(list.total?.saturating_sub(list.done))))
            .sum();
        ImportProgress {
            lists,
            per_second,
            minutes_left: left.and_then(|left| minutes(left, per_second)),
            held,
        }
    }

    fn list_progress(&self, kind: Kind, name: ListName) -> ListProgress {
        let of_kind: Vec<&Reading> = self
            .reading
            .iter()
            .filter(|reading| reading.list.kind() == kind)
            .collect();
        let done: u64 = of_kind
            .iter()
            .map(|reading| reading.parts.read_count())
            .sum();
        let all_done = of_kind.iter().all(|reading| reading.parts.done());
        let state = match () {
            () if of_kind.iter().any(|reading| reading.left_out) => ListState::Skipped,
            () if all_done => ListState::Done,
            () if of_kind.iter().any(|reading| reading.parts.begun()) => ListState::Reading,
            () => ListState::Waiting,
        };
        let former = self.former_counts.get(kind.object()).copied();
        let total = match state {
            ListState::Done => Some(done),
            ListState::Waiting | ListState::Reading => former.map(|former| former.max(done)),
            ListState::Skipped => None,
        };
        let meter = self
            .meters
            .get(&kind)
            .filter(|_| state == ListState::Reading);
        ListProgress {
            list: name,
            state,
            done: shown(done),
            total: total.map(shown),
            per_second: meter.map_or(0, Meter::per_second),
        }
    }
}

/// A span of creation times; open ends reach beyond everything. `None` when it holds no time at all.
pub(super) fn seconds(from_s: Option<i64>, before_s: Option<i64>) -> Option<Span> {
    Span::of_seconds(
        from_s.unwrap_or(0).max(0),
        before_s.unwrap_or(END_OF_TIME_S),
    )
}

fn readings(held: &Held, cursors: &[ImportCursor]) -> Vec<Reading> {
    let lists = READING_ORDER.iter().flat_map(|kind| List::whole(*kind));
    lists
        .map(|list| {
            let name: Arc<str> = list.name().into();
            let mut begun = cursors
                .iter()
                .filter(|cursor| *cursor.list == *name)
                .peekable();
            let by_created = list.kind().is_filtered_by_time();
            let parts = match begun.peek() {
                Some(_) => Parts::resumed(name.clone(), by_created, begun.cloned()),
                None => Parts::new(name.clone(), by_created),
            };
            Reading {
                cut: !list.kind().is_whole_with(held),
                list: list.expanding_only(held),
                parts,
                left_out: false,
                bare: false,
            }
        })
        .collect()
}

fn shown(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
