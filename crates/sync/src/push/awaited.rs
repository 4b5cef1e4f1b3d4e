use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

use super::Numbered;
use crate::plan::{Deed, LinkKind, Row};

/// Links that wait for the records they join to be written.
pub(super) struct Awaited {
    state: Mutex<State>,
    changed: Notify,
}

struct State {
    /// The places of the links that wait for a record, by its kind and subject.
    places: HashMap<(String, String), Vec<usize>>,
    /// Links, each with the number of records it waits for.
    waiting: Vec<Option<(Numbered, usize)>>,
    /// Links that need not wait any more, by kind.
    ready: BTreeMap<String, Vec<Numbered>>,
    is_over: bool,
}

impl Awaited {
    /// `links` between records of which some are still to be written.
    pub(super) fn new(records: &[Numbered], links: Vec<Numbered>) -> Self {
        let records = records.iter().map(|(_, row)| (key(row), Vec::new()));
        let mut state = State {
            places: records.collect(),
            waiting: Vec::new(),
            ready: BTreeMap::new(),
            is_over: false,
        };
        for link in links {
            state.add(link);
        }
        Self {
            state: Mutex::new(state),
            changed: Notify::new(),
        }
    }

    /// Notes that these records are written, or will not be.
    pub(super) fn settled(&self, records: &[Numbered]) {
        let mut state = self.state();
        for (_, row) in records {
            for place in state.places.remove(&key(row)).unwrap_or_default() {
                state.one_less(place);
            }
        }
        drop(state);
        self.changed.notify_one();
    }

    /// Notes that no more records will be written: whatever still waits need not.
    pub(super) fn nothing_more(&self) {
        let mut state = self.state();
        state.is_over = true;
        let left: Vec<_> = state.waiting.drain(..).flatten().collect();
        for (link, _) in left {
            state.is_ready(link);
        }
        drop(state);
        self.changed.notify_one();
    }

    pub(super) fn is_over(&self) -> bool {
        self.state().is_over
    }

    /// Links of one kind that need not wait: `most` of them, and less only when no more will come.
    pub(super) fn take(&self, kind: &LinkKind, most: usize) -> Option<Vec<Numbered>> {
        let mut state = self.state();
        let is_over = state.is_over;
        let ready = state.ready.get_mut(kind.name)?;
        if ready.is_empty() || (ready.len() < most && !is_over) {
            return None;
        }
        let most = most.min(ready.len());
        Some(ready.drain(..most).collect())
    }

    /// Waits until there may be more to take.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn add(&mut self, link: Numbered) {
        let place = self.waiting.len();
        let mut waits_for = 0;
        if let Deed::Associate { .. } = &link.1.deed {
            for record in link.1.concerns() {
                if let Some(places) = self.places.get_mut(&record) {
                    places.push(place);
                    waits_for += 1;
                }
            }
        }
        if waits_for == 0 {
            return self.is_ready(link);
        }
        self.waiting.push(Some((link, waits_for)));
    }

    fn one_less(&mut self, place: usize) {
        let Some(Some((_, waits_for))) = self.waiting.get_mut(place) else {
            return;
        };
        *waits_for -= 1;
        if *waits_for == 0
            && let Some((link, _)) = self.waiting.get_mut(place).and_then(Option::take)
        {
            self.is_ready(link);
        }
    }

    fn is_ready(&mut self, link: Numbered) {
        let kind = link.1.object.clone();
        self.ready.entry(kind).or_default().push(link);
    }
}

fn key(row: &Row) -> (String, String) {
    (row.object.clone(), row.subject.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Values;

    fn row(object: &str, subject: &str, deed: Deed) -> Numbered {
        let row = Row {
            object: object.to_owned(),
            subject: subject.to_owned(),
            label: String::new(),
            deed,
        };
        (0, row)
    }

    fn record(object: &str, subject: &str) -> Numbered {
        let deed = Deed::Create {
            key: subject.to_owned(),
            linked: Vec::new(),
            at_birth: Values::new(),
            values: Values::new(),
            decided: false,
        };
        row(object, subject, deed)
    }

    fn link(from: &str, to: &str) -> Numbered {
        let (from, to) = (from.to_owned(), to.to_owned());
        row(
            "contacts_companies",
            &from.clone(),
            Deed::Associate { from, to },
        )
    }

    #[test]
    fn links_wait_for_both_records_and_go_in_full_batches() {
        let kind = LinkKind::named("contacts_companies").unwrap();
        let contacts = [record("contacts", "cus_1"), record("contacts", "cus_2")];
        let companies = [record("companies", "a.com")];
        let links = vec![
            link("cus_1", "a.com"),
            link("cus_2", "a.com"),
            link("cus_3", "b.com"),
        ];
        let awaited = Awaited::new(&[&contacts[..], &companies[..]].concat(), links);
        let take = |most| awaited.take(kind, most).map_or(0, |links| links.len());
        assert_eq!(
            (take(2), take(1), take(1)),
            (0, 1, 0),
            "only what stands already"
        );
        awaited.settled(&contacts);
        assert_eq!(take(1), 0, "the company is missing");
        awaited.settled(&companies);
        assert_eq!((take(3), take(2), take(1)), (0, 2, 0));

        let awaited = Awaited::new(
            &contacts,
            vec![link("cus_1", "a.com"), link("cus_2", "a.com")],
        );
        awaited.settled(&contacts[..1]);
        assert_eq!(awaited.take(kind, 3), None);
        awaited.nothing_more();
        let left = awaited.take(kind, 3).unwrap_or_default();
        assert_eq!(
            left.len(),
            2,
            "what is left goes in the end, whatever became of its records"
        );
        assert_eq!(awaited.take(kind, 3), None);
    }
}
