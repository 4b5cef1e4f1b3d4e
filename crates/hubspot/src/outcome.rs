use std::collections::BTreeMap;

use crate::{HubSpotError, Reason, RecordId};

/// What became of one record of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was written.
    Written {
        /// The record.
        id: RecordId,
        /// Whether HubSpot says that this request made it. After a lost answer the request is sent again, and the record
        /// it made the first time counts as found.
        created: bool,
    },
    /// Another record holds its key or a unique value: write to that one instead.
    Conflict {
        /// The other record.
        existing_id: RecordId,
    },
    /// HubSpot does not accept it.
    Refused {
        /// Why.
        reason: Reason,
    },
    /// HubSpot accepted the batch and said nothing of this record. Read it before writing it again.
    Unconfirmed,
}

impl From<Reason> for Outcome {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Conflict {
                existing_id: Some(existing_id),
            }
            | Reason::UniqueValueHeld {
                existing_id: Some(existing_id),
                ..
            } => Self::Conflict { existing_id },
            reason => Self::Refused { reason },
        }
    }
}

/// What became of a batch, by key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchResult<K, O = Outcome> {
    /// The records whose fate is known.
    pub outcomes: BTreeMap<K, O>,
    /// What kept the others from being sent or answered. Where [`Reason::may_have_been_applied`] holds, they may have been
    /// written all the same.
    pub stopped_by: Option<HubSpotError>,
}
