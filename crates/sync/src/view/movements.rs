use clearsync_billing::{Origin, Standing};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Moment, Money};

/// Which movements to show.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MovementQuery {
    /// Part of a customer's name, e-mail, a plan or an id.
    pub search: String,
    /// Only this kind.
    pub kind: Option<MovementKind>,
    /// Only this currency, by its ISO 4217 code.
    pub currency: Option<String>,
    /// Only from this month on, such as `2026-01`.
    pub from: Option<String>,
    /// Only up to the end of this month.
    pub to: Option<String>,
    /// Rows to pass over.
    pub offset: u32,
    /// Rows to give, at most 500.
    pub limit: u32,
}

/// Some rows of all that match, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MovementPage {
    /// The rows asked for.
    pub rows: Vec<MovementRow>,
    /// How many match.
    pub total: u32,
}

/// One movement of MRR.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MovementRow {
    /// Names the movement by what it is, so that it stays when everything is worked out anew.
    pub id: String,
    /// `sub_…`; with several at once, the one that moved most.
    pub subscription: String,
    /// `cus_…`.
    pub customer_id: String,
    /// Customer's name, or e-mail, or id.
    pub customer: String,
    /// Names of the products the subscription sells now.
    pub plans: String,
    /// When it took effect; for announcements, when they were made.
    pub at: Moment,
    /// What kind it is.
    pub kind: MovementKind,
    /// What caused it.
    pub change_type: ChangeType,
    /// MRR before.
    pub before: Money,
    /// MRR after.
    pub after: Money,
    /// After less before.
    pub change: Money,
    /// For a planned cancellation, when the end will come.
    pub effective: Option<Moment>,
    /// Where the knowledge comes from.
    pub origin: OriginView,
}

/// Kinds of movement; the words are under `movement.<kind>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum MovementKind {
    /// The first MRR.
    New,
    /// More than before.
    Upgrade,
    /// Less than before.
    Downgrade,
    /// None any more.
    Churn,
    /// MRR again after there was none.
    Reactivation,
    /// An end was announced; nothing changes yet.
    PlannedCancellation,
    /// The announced end was taken back.
    PlannedCancellationWithdrawn,
}

/// What caused a movement; with several causes the first in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ChangeType {
    /// It ended, or will.
    Cancellation,
    /// Other products or another interval, also a new sale.
    Plan,
    /// Another price or other discounts.
    Price,
    /// More or fewer of the same.
    Quantity,
}

/// Where the knowledge of a date and an amount comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OriginView {
    /// From what.
    pub kind: OriginKind,
    /// Whether Stripe told it, so that nothing was rebuilt.
    pub exact: bool,
    /// The event or the invoice.
    pub id: Option<String>,
}

/// What told a date and an amount; the words are under `origin.<kind>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum OriginKind {
    /// An event.
    Event,
    /// A date on the subscription itself.
    Dates,
    /// An invoice.
    Invoice,
    /// The present state, and nothing tells when it came about.
    Present,
}

/// Why a subscription counts, or counts 0; the words are under `standing.<code>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum StandingCode {
    /// Its status counts.
    Counts,
    /// It ended, but the period paid for is not over.
    PaidUntil,
    /// It has not begun.
    NotStarted,
    /// It is in its trial.
    InTrial,
    /// It is over.
    Ended,
    /// Its cancellation was asked for, and the rules count that as the end.
    CancellationAsked,
    /// Its invoices are held back, and the rules count that as 0.
    CollectionPaused,
    /// Nothing was paid yet, and the rules wait for the first payment.
    NotPaidYet,
    /// Its status does not count under the rules.
    StatusLeftOut,
}

/// From one moment to the next, one MRR of a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TimelinePoint {
    /// Since when.
    pub from: Moment,
    /// MRR from then on.
    pub mrr: Money,
    /// Why it counts, or counts 0.
    pub standing: StandingCode,
    /// Where the knowledge comes from.
    pub origin: OriginView,
}

/// An enum of billing's under the window's own spelling, in both directions.
macro_rules! mirrored {
    ($name:ident { $($variant:ident),+ $(,)? }) => {
        impl From<clearsync_billing::$name> for $name {
            fn from(value: clearsync_billing::$name) -> Self {
                match value { $(clearsync_billing::$name::$variant => Self::$variant),+ }
            }
        }

        impl From<$name> for clearsync_billing::$name {
            fn from(value: $name) -> Self {
                match value { $($name::$variant => Self::$variant),+ }
            }
        }
    };
}

mirrored!(MovementKind {
    New,
    Upgrade,
    Downgrade,
    Churn,
    Reactivation,
    PlannedCancellation,
    PlannedCancellationWithdrawn,
});
mirrored!(ChangeType {
    Cancellation,
    Plan,
    Price,
    Quantity,
});

impl From<&Origin> for OriginView {
    fn from(origin: &Origin) -> Self {
        let (kind, id) = match origin {
            Origin::Event { event } => (OriginKind::Event, Some(event.to_string())),
            Origin::Dates => (OriginKind::Dates, None),
            Origin::Invoice { invoice } => (OriginKind::Invoice, Some(invoice.to_string())),
            Origin::Present => (OriginKind::Present, None),
        };
        Self {
            kind,
            exact: origin.is_exact(),
            id,
        }
    }
}

impl From<&Standing> for StandingCode {
    fn from(standing: &Standing) -> Self {
        match standing {
            Standing::Counts { .. } => Self::Counts,
            Standing::PaidUntil { .. } => Self::PaidUntil,
            Standing::NotStarted { .. } => Self::NotStarted,
            Standing::InTrial { .. } => Self::InTrial,
            Standing::Ended { .. } => Self::Ended,
            Standing::CancellationAsked { .. } => Self::CancellationAsked,
            Standing::CollectionPaused => Self::CollectionPaused,
            Standing::NotPaidYet => Self::NotPaidYet,
            Standing::StatusLeftOut { .. } => Self::StatusLeftOut,
        }
    }
}
