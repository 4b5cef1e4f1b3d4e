use serde::{Deserialize, Serialize};
use specta::Type;

use super::{CauseCode, Money};

/// Our MRR per subscriber and month against a table of another's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ReconcileReport {
    /// The months compared, oldest first.
    pub months: Vec<String>,
    /// Months of subscribers on which both agree.
    pub matched: u32,
    /// Those on which they differ.
    pub off: u32,
    /// Those that only ClearSync has.
    pub missing_there: u32,
    /// Those that only the table has.
    pub missing_here: u32,
    /// What was found, the matched ones last, at most 5000.
    pub rows: Vec<ReconcileRow>,
    /// Lines of the table that could not be read and were left out.
    pub unread_rows: Vec<UnreadRow>,
}

/// How one subscriber's month compares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ReconcileRow {
    /// `cus_…`.
    pub customer_id: String,
    /// Customer's name or e-mail, where it is known.
    pub customer: Option<String>,
    /// Such as `2026-11`.
    pub month: String,
    /// What was found.
    pub finding: FindingCode,
    /// Our amount.
    pub ours: Option<Money>,
    /// The table's amount.
    pub theirs: Option<Money>,
    /// Theirs less ours.
    pub difference: Option<Money>,
    /// Why, the largest part first; empty when no rule of Stripe's explains it.
    pub causes: Vec<CauseCode>,
}

/// How a month compares; the words are under `finding.<code>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum FindingCode {
    /// Both know the subscriber and say different amounts.
    Off,
    /// Only ClearSync knows the subscriber.
    MissingThere,
    /// Only the table knows the subscriber.
    MissingHere,
    /// Both say the same.
    Matched,
}

/// A line of the table that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UnreadRow {
    /// Which, from 1; the header is the first.
    pub line: u32,
    /// Why.
    pub why: UnreadCode,
}

/// Why a line could not be read; the words are under `reconcile.unread.<code>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum UnreadCode {
    /// A cell holds no amount.
    Amount,
    /// The currency is no currency.
    Currency,
    /// It names no customer.
    Customer,
    /// Its columns cannot be told apart.
    Columns,
}
