use std::collections::BTreeMap;

use clearsync_hubspot::{LARGEST_BATCH, Quota};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    history::UndoScope,
    row::{Deed, Row},
};

/// HubSpot documents this as the most links one request makes or takes away.
pub(super) const LARGEST_LINK_BATCH: usize = 2_000;

/// The rows of a plan that takes something back, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub(crate) scope: UndoScope,
    /// Whether what is taken back took something back itself.
    pub(crate) redo: bool,
    pub(crate) put_back: u32,
    pub(crate) archived: u32,
    pub(crate) made_again: u32,
    pub(crate) links: u32,
    pub(crate) definitions: u32,
    pub(crate) left: u32,
    pub(crate) requests: u32,
    pub(crate) daily_limit: Option<u64>,
    pub(crate) daily_left: Option<u64>,
}

impl Counts {
    pub(super) fn of(rows: &[Row], scope: UndoScope, redo: bool, quota: Quota) -> Self {
        let mut counts = Self {
            scope,
            redo,
            put_back: 0,
            archived: 0,
            made_again: 0,
            links: 0,
            definitions: 0,
            left: 0,
            requests: 0,
            daily_limit: quota.daily_limit,
            daily_left: quota.daily_remaining,
        };
        let mut batches: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for row in rows {
            let count = match row.deed {
                Deed::PutBack { .. } => &mut counts.put_back,
                Deed::Archive { .. } => &mut counts.archived,
                Deed::MakeAgain { .. } => &mut counts.made_again,
                Deed::Unlink { .. } | Deed::LinkAgain => &mut counts.links,
                Deed::Remove { .. } | Deed::DefineAgain { .. } => &mut counts.definitions,
                Deed::Leave { .. } => &mut counts.left,
            };
            *count += 1;
            *batches.entry((row.deed.word(), &row.object)).or_default() += 1;
        }
        for ((word, _), count) in batches {
            let requests = match word {
                // What is there is looked at once more right before it is written.
                super::row::PUT_BACK | super::row::ARCHIVE => 2 * count.div_ceil(LARGEST_BATCH),
                super::row::MAKE_AGAIN => count.div_ceil(LARGEST_BATCH),
                super::row::UNLINK | super::row::LINK_AGAIN => count.div_ceil(LARGEST_LINK_BATCH),
                // Properties of a kind go in one request, groups in one each; making them looks first.
                super::row::REMOVE => 1,
                super::row::DEFINE_AGAIN => 3,
                _ => 0,
            };
            counts.requests += u32::try_from(requests).unwrap_or(u32::MAX);
        }
        counts
    }

    pub(super) fn to_json(&self) -> Value {
        // Numbers and text always have a JSON form.
        serde_json::to_value(self).unwrap_or(Value::Null)
    }

    /// From a stored plan; nothing where another version wrote it.
    pub(crate) fn read(counts: &Value) -> Option<Self> {
        Self::deserialize(counts).ok()
    }
}
