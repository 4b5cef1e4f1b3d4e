//! Asks for pages, as many at once as the lists want, until all is read.

use clearsync_store::{FetchTime, Store};
use clearsync_stripe::{
    catalog::Held,
    client::Client,
    error::StripeError,
    list::{Cursor, List, Page},
    object::Item,
};
use futures::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use tokio::sync::{mpsc, watch};

use super::{
    ImportError, Source, Wish,
    commit::Commit,
    core_refused,
    lists::{Lists, Reading, Step},
    parts::{PageRead, PageWanted},
    pending::Pending,
    progress::ImportProgress,
};
use crate::{blocking::blocking, clock::Clock};

/// What came of one request.
struct Answer {
    number: usize,
    wanted: PageWanted,
    bare: bool,
    fetched: FetchTime,
    page: Result<Page, StripeError>,
}

pub(super) async fn read_all(
    source: &Source,
    store: &Store,
    clock: &Clock,
    mut wish: watch::Receiver<Wish>,
    lists: &mut Lists,
    progress: &watch::Sender<ImportProgress>,
    commits: mpsc::Sender<Commit>,
) -> Result<(), ImportError> {
    let mut asked = FuturesUnordered::new();
    let mut pending = Pending::of(lists.reading.len());
    let mut may_change = true;
    loop {
        let held = match *wish.borrow_and_update() {
            Wish::Stop => return Err(ImportError::Stopped),
            Wish::Hold => may_change,
            Wish::Go => false,
        };
        while !held && let Some(step) = lists.next(&pending) {
            match step {
                Step::Ask(number, wanted) => {
                    let reading = &lists.reading[number];
                    asked.push(ask(source, store, clock, number, reading, wanted));
                }
                Step::Cut(number, cursors) => pending.push(number, Commit::Cut(cursors)),
            }
        }
        lists.measure();
        progress.send_replace(lists.progress(held));
        if asked.is_empty() && pending.is_empty() && !held {
            return Ok(());
        }
        tokio::select! {
            Some(answer) = asked.next() => take(answer, source, store, lists, &mut pending).await?,
            (number, commit) = pending.next() => match commit {
                Ok(commit) => send(&commits, commit).await?,
                Err(refusal @ StripeError::PermissionMissing { .. }) => {
                    lists.reading[number].leave_out(refusal)?;
                    pending.drop_all(number);
                }
                Err(error) => return Err(error.into()),
            },
            changed = wish.changed(), if may_change => may_change = changed.is_ok(),
        }
    }
}

fn ask<'a>(
    source: &'a Source,
    store: &'a Store,
    clock: &'a Clock,
    number: usize,
    reading: &Reading,
    wanted: PageWanted,
) -> BoxFuture<'a, Answer> {
    let (list, bare) = (reading.list_for(&wanted), reading.bare);
    async move {
        let fetched = store.begin_fetch(clock.now());
        let after = wanted.after_id.clone().map(Cursor::new);
        let page = source.client().page_as_sent(&list, after.as_ref()).await;
        Answer {
            number,
            wanted,
            bare,
            fetched,
            page,
        }
    }
    .boxed()
}

async fn take(
    answer: Answer,
    source: &Source,
    store: &Store,
    lists: &mut Lists,
    pending: &mut Pending,
) -> Result<(), ImportError> {
    let reading = &mut lists.reading[answer.number];
    let part = answer.wanted.part;
    match answer.page {
        Ok(page) => {
            let cursor = reading.parts.page_came(part, &page_read(&page));
            let (client, list) = (source.client().clone(), reading.list.clone());
            let bare = answer.bare || reading.cut;
            pending.push_later(answer.number, async move {
                let (items, completed_bare) = complete(&client, &list, page.items).await?;
                Ok(Commit::Page {
                    kind: list.kind(),
                    fetched: answer.fetched,
                    items,
                    bare: bare || completed_bare,
                    cursor,
                })
            });
        }
        Err(StripeError::PermissionMissing { .. }) if !answer.bare => {
            reading.ask_bare();
            reading.parts.page_failed(part);
        }
        Err(refusal @ StripeError::PermissionMissing { .. }) => reading.leave_out(refusal)?,
        Err(StripeError::AccountNotOpen {
            platform_required: true,
            ..
        }) => reading.parts.close(),
        Err(StripeError::NotFound { .. }) if answer.wanted.after_id.is_some() => {
            let created_s = created_s(source, store, reading, answer.wanted.after_id).await?;
            reading.parts.cursor_lost(part, created_s);
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// The objects with the lists inside them complete, without what needs a further permission where that is refused; and
/// whether it was.
async fn complete(
    client: &Client,
    list: &List,
    items: Vec<Item>,
) -> Result<(Vec<Item>, bool), StripeError> {
    match client.completed(list, items.clone()).await {
        Err(StripeError::PermissionMissing { .. }) => {
            let bare = list.clone().expanding_only(&Held::default());
            Ok((client.completed(&bare, items).await?, true))
        }
        outcome => Ok((outcome?, false)),
    }
}

/// When the object was created whose id a part was to go on after.
async fn created_s(
    source: &Source,
    store: &Store,
    reading: &Reading,
    id: Option<String>,
) -> Result<Option<i64>, ImportError> {
    let Some(id) = id else { return Ok(None) };
    let (store, account, kind) = (store.clone(), source.account(), reading.list.kind());
    let object =
        blocking(move || store.read(|view| view.object(account, kind.object(), &id))).await?;
    Ok(object.and_then(|object| object.created_s))
}

fn page_read(page: &Page) -> PageRead {
    PageRead {
        created_s: page
            .items
            .iter()
            .map(|item| item.created_at.map(jiff::Timestamp::as_second))
            .collect(),
        last_id: page.items.last().map(|item| item.id.clone()),
        has_more: page.next.is_some(),
    }
}

/// The other end is gone only when the store refused; its error is the one to report.
async fn send(commits: &mpsc::Sender<Commit>, commit: Commit) -> Result<(), ImportError> {
    commits.send(commit).await.map_err(|_| ImportError::Stopped)
}

impl Reading {
    fn list_for(&self, wanted: &PageWanted) -> List {
        let span = wanted
            .range
            .and_then(|range| super::lists::seconds(range.from_s, range.before_s));
        match span {
            Some(span) => self.list.clone().within(span),
            None => self.list.clone(),
        }
    }

    /// Goes on without the list, unless all else hangs on it.
    fn leave_out(&mut self, refusal: StripeError) -> Result<(), ImportError> {
        core_refused(self.list.kind(), refusal)?;
        self.left_out = true;
        Ok(())
    }

    /// Asks from now on for what the list's own permission gives.
    fn ask_bare(&mut self) {
        self.list = self.list.clone().expanding_only(&Held::default());
        self.bare = true;
    }
}
