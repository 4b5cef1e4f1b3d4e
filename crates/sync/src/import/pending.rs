//! What was read and waits to be committed, in the order it came, list by list.
//!
//! The next page is asked for while the lists inside the objects of the last one are still being completed. What came
//! later of the same list waits behind it, so that no cursor is ever committed before the rows it stands for.

use std::{
    future,
    task::{Context, Poll},
};

use clearsync_stripe::error::StripeError;
use futures::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesOrdered};

use super::commit::Commit;

/// How many of one list may wait before no more is asked of it: an invoice can have thousands of lines.
const MOST: usize = 16;

type Ready = Result<Commit, StripeError>;

/// Commits of each list, which become ready in any order and are given out in the order they came.
pub(super) struct Pending(Vec<FuturesOrdered<BoxFuture<'static, Ready>>>);

impl Pending {
    /// Nothing pending of so many lists.
    pub(super) fn of(lists: usize) -> Self {
        Self((0..lists).map(|_| FuturesOrdered::new()).collect())
    }

    /// Adds one that is ready.
    pub(super) fn push(&mut self, list: usize, commit: Commit) {
        self.push_later(list, future::ready(Ok(commit)));
    }

    /// Adds one that has something to read first.
    pub(super) fn push_later(
        &mut self,
        list: usize,
        commit: impl Future<Output = Ready> + Send + 'static,
    ) {
        self.0[list].push_back(commit.boxed());
    }

    /// Whether so much of the list waits that no more should be asked of it.
    pub(super) fn is_full(&self, list: usize) -> bool {
        self.0[list].len() >= MOST
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(FuturesOrdered::is_empty)
    }

    /// Drops what waits of the list.
    pub(super) fn drop_all(&mut self, list: usize) {
        self.0[list].clear();
    }

    /// The next one that is ready, with the number of its list. Never, while nothing waits.
    pub(super) async fn next(&mut self) -> (usize, Ready) {
        future::poll_fn(|context| self.poll_next(context)).await
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<(usize, Ready)> {
        for (list, commits) in self.0.iter_mut().enumerate() {
            if let Poll::Ready(Some(commit)) = commits.poll_next_unpin(context) {
                return Poll::Ready((list, commit));
            }
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use clearsync_store::ImportCursor;

    use super::*;

    fn cut(shard: u32) -> Commit {
        let cursor = |shard| ImportCursor {
            list: "invoices".into(),
            shard,
            range: None,
            after_id: None,
            read_count: 0,
            done: false,
        };
        Commit::Cut([cursor(shard), cursor(shard)])
    }

    async fn next(pending: &mut Pending) -> (usize, u32) {
        match pending.next().await {
            (list, Ok(Commit::Cut([cursor, _]))) => (list, cursor.shard),
            _ => panic!("only cuts are pending"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_came_first_of_a_list_is_given_first_however_long_it_takes() {
        let mut pending = Pending::of(2);
        for (shard, seconds) in [(0, 9), (1, 0), (2, 3)] {
            pending.push_later(0, async move {
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                Ok(cut(shard))
            });
        }
        pending.push(0, cut(3));
        pending.push(1, cut(4));
        assert_eq!(
            next(&mut pending).await,
            (1, 4),
            "another list waits for nobody"
        );
        for expected in 0..4 {
            assert_eq!(next(&mut pending).await, (0, expected));
        }
        assert!(pending.is_empty());
    }
}
