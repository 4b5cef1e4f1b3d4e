use clearsync_hubspot::{Pair, RecordId};
use clearsync_store::PlanRow;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    plan::{Change, Values},
    view::LeaveReason,
};

/// How definitions are named where kinds of record are.
pub(crate) const PROPERTIES: &str = "properties";
pub(crate) const GROUPS: &str = "groups";
pub(crate) use crate::push::{OBJECT_TYPE as OBJECT_TYPES, PIPELINES};

pub(crate) const PUT_BACK: &str = "put_back";
pub(crate) const ARCHIVE: &str = "archive";
pub(crate) const MAKE_AGAIN: &str = "make_again";
pub(crate) const UNLINK: &str = "unlink";
pub(crate) const LINK_AGAIN: &str = "link_again";
pub(crate) const REMOVE: &str = "remove";
pub(crate) const DEFINE_AGAIN: &str = "define_again";
pub(crate) const LEAVE: &str = "leave";

/// What is done to take something back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub(crate) enum Deed {
    /// Values are put back as they stood before.
    PutBack {
        record: RecordId,
        changes: Vec<Change>,
    },
    /// A record that ClearSync made goes to the recycle bin.
    Archive {
        record: RecordId,
        /// Everything in it, so that it can be made again.
        values: Values,
    },
    /// A record that ClearSync put in the recycle bin is made again, under another id.
    MakeAgain { linked: Vec<String>, values: Values },
    /// A link that ClearSync made is taken away.
    Unlink { from: RecordId, to: RecordId },
    /// A link that ClearSync took away is made again.
    LinkAgain,
    /// A definition that ClearSync made is removed.
    Remove { on: String, name: String },
    /// A definition that ClearSync removed is made again.
    DefineAgain { on: String, name: String },
    /// It is left as it is.
    Leave {
        reason: LeaveReason,
        record: Option<RecordId>,
        /// The properties for the sake of which it is left.
        properties: Vec<String>,
    },
}

/// One row of a plan that takes something back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// A kind of record or of link, [`PROPERTIES`], [`GROUPS`], [`PIPELINES`] or [`OBJECT_TYPES`].
    pub(crate) object: String,
    pub(crate) subject: String,
    pub(crate) label: String,
    pub(crate) deed: Deed,
}

impl Deed {
    /// The word the deed is stored under.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::PutBack { .. } => PUT_BACK,
            Self::Archive { .. } => ARCHIVE,
            Self::MakeAgain { .. } => MAKE_AGAIN,
            Self::Unlink { .. } => UNLINK,
            Self::LinkAgain => LINK_AGAIN,
            Self::Remove { .. } => REMOVE,
            Self::DefineAgain { .. } => DEFINE_AGAIN,
            Self::Leave { .. } => LEAVE,
        }
    }

    /// The record it is about, where one stands.
    pub(crate) fn record(&self) -> Option<RecordId> {
        match self {
            Self::PutBack { record, .. } | Self::Archive { record, .. } => Some(*record),
            Self::Leave { record, .. } => *record,
            Self::MakeAgain { .. }
            | Self::Unlink { .. }
            | Self::LinkAgain
            | Self::Remove { .. }
            | Self::DefineAgain { .. } => None,
        }
    }

    /// The pair whose link is taken away.
    pub(super) fn pair(&self) -> Option<Pair> {
        match *self {
            Self::Unlink { from, to } => Some(Pair { from, to }),
            _ => None,
        }
    }

    /// Field by field, as it is shown.
    pub(crate) fn changes(&self) -> Vec<Change> {
        let change = |(property, value): (&String, &String), emptied: bool| Change {
            property: property.clone(),
            before: emptied.then(|| value.clone()),
            after: if emptied {
                String::new()
            } else {
                value.clone()
            },
        };
        match self {
            Self::PutBack { changes, .. } => changes.clone(),
            Self::Archive { values, .. } => values.iter().map(|one| change(one, true)).collect(),
            Self::MakeAgain { values, .. } => values.iter().map(|one| change(one, false)).collect(),
            _ => Vec::new(),
        }
    }
}

impl Row {
    /// As it is stored.
    pub(super) fn stored(&self) -> PlanRow {
        PlanRow {
            number: 0,
            object: self.object.clone(),
            subject: self.subject.clone(),
            action: self.deed.word().to_owned(),
            label: self.label.clone(),
            // A deed holds text, numbers and lists only, which always have a JSON form.
            details: serde_json::to_value(&self.deed).unwrap_or(Value::Null),
        }
    }

    /// From what is stored; `None` when another version wrote it.
    pub(crate) fn read(stored: &PlanRow) -> Option<Self> {
        Some(Self {
            object: stored.object.clone(),
            subject: stored.subject.clone(),
            label: stored.label.clone(),
            deed: Deed::deserialize(&stored.details).ok()?,
        })
    }
}
