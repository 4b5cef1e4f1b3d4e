//! What the window and the terminal show. Everything here is already worked out: a reader formats, it never computes.
//!
//! Texts are not part of it. A view carries codes and their parameters; the words stand in the catalogue of the UI,
//! which the tray, the notifications and the terminal read too.

mod attention;
mod backup;
mod checklist;
mod company;
mod diagnostics;
mod drift;
mod exchange;
mod forget;
mod guard;
mod history;
mod mail_domains;
mod modes;
mod movements;
mod overview;
mod playbook;
mod policies;
mod preview;
mod problem;
mod realtime;
mod reconciliation;
mod review;
mod rotation;
mod settings;
mod setup;
mod status;
mod subscriptions;
mod undo;
mod workspaces;

pub use attention::{AttentionItem, AttentionKind};
pub use backup::BackupRow;
pub use checklist::{CheckRow, CheckState, Checklist, Level, Service, UnverifiedCause};
pub use company::{CohortRow, CompanyFigures, CompanyQuery, MonthFigures, Renewal};
pub use diagnostics::{
    DiagnosedCheck, DiagnosedChecklist, DiagnosedConnection, DiagnosedProblem, DiagnosedRun,
    DiagnosedSettings, DiagnosedStore, Diagnostics,
};
pub use drift::{DriftDifference, DriftFinding, DriftRow, DriftView};
pub use exchange::{ExchangeRatesInput, ExchangeRatesView, RateRow, RateSource};
pub use forget::{Forgotten, LeftTrace, Trace, TraceKind};
pub use guard::{GuardChange, GuardSettings, Ownership, PropertyGuard, QuotaView};
pub use history::{
    Compared, RunChange, RunChangesPage, RunChangesQuery, RunKind, RunOutcome, RunRow,
    WholeReadReason, WriteAction, WriteState,
};
pub use mail_domains::{MailDomainChanges, MailDomains};
pub use modes::{
    FilterChoice, FilterChoices, FilterEffect, Filters, MetadataCondition, MetadataField,
    MetadataKey, MetadataKind, MetadataOwner, ModeChoice, ModeState, PropertyPick, WriteMode,
    WriteModes, Writing,
};
pub use movements::{
    ChangeType, MovementKind, MovementPage, MovementQuery, MovementRow, OriginKind, OriginView,
    StandingCode, TimelinePoint,
};
pub use overview::{Overview, Totals};
pub use playbook::{Playbook, PlaybookProperty, PlaybookStep};
pub use policies::{
    BridgeCause, BridgeView, CancellationRule, CauseCode, CountedStatus, DiscountRule,
    ExchangeRule, FactorRule, FirstInvoiceRule, MeteredRule, MovementGrain, PauseRule,
    PolicyChoices, PolicyId, PolicyPreview, PolicyPreviewRow, PolicySwitches, PolicyTotals,
    PolicyView, ReturningRule, ToZeroRule,
};
pub use preview::{
    FieldChange, NeedsApproval, ObjectType, OtherAccount, PlanAction, PlanPage, PlanQuery, PlanRow,
    PlanSummary, PropertyChangeCount, RowFilter, RowSelection, SkipReason, ValueKind,
};
pub use problem::{Action, Problem, ProblemCode};
pub use realtime::{RealtimeState, RealtimeView};
pub use reconciliation::{FindingCode, ReconcileReport, ReconcileRow, UnreadCode, UnreadRow};
pub use review::{Candidate, ReviewChoice, ReviewDecision, ReviewItem};
pub use rotation::{FormerKey, KeyDifference, KeyKind, NewKey};
pub use settings::{Settings, SettingsChange};
pub use setup::{
    Choices, GuidePreset, GuideRow, GuideStep, HubSpotConnection, KeyFinding, KeyGuide, KeyInput,
    KeyStorage, Mode, PropertyPlan, PropertyState, Setup, SetupStep, StripeConnection,
};
pub use status::{
    ListName, ListProgress, ListState, Phase, RunProgress, RunStep, Status, TrayPresence,
};
pub use subscriptions::{
    Explanation, ExplanationLine, SubscriptionDetail, SubscriptionOrder, SubscriptionPage,
    SubscriptionQuery, SubscriptionRow,
};
pub use undo::{LeaveReason, UndoAction, UndoPage, UndoQuery, UndoRow, UndoSummary, UndoTarget};
pub use workspaces::{WorkspaceId, WorkspaceList, WorkspaceRow};

use serde::{Deserialize, Serialize};
use specta::Type;

/// An amount as text in major units with the currency's own number of decimals, such as `"48210.00"`, `"-5"` or
/// `"1.250"`, and the ISO 4217 code in upper case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Money {
    /// The amount in major units.
    pub decimal: String,
    /// ISO 4217 code, upper case.
    pub currency: String,
}

/// A moment, as RFC 3339 text in UTC.
pub type Moment = String;

/// Something the views show has changed and is to be asked for again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum DataKind {
    /// [`Setup`].
    Setup,
    /// [`Overview`] and [`SubscriptionPage`].
    Figures,
    /// [`PlanSummary`] and [`PlanPage`].
    Plan,
    /// [`RunRow`]s.
    History,
    /// [`AttentionItem`]s.
    Attention,
    /// [`Settings`].
    Settings,
}
