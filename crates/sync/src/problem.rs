//! What each fault of the parts below is called towards a user.

use clearsync_hubspot::{HubSpotError, Misfit, Reason, SchemaError};
use clearsync_store::StoreError;
use clearsync_stripe::error::{StripeError, Unauthorized};
use clearsync_transport::TransportError;
use clearsync_vault::VaultError;

use crate::{
    drift::DriftError,
    import::{ConnectError, ImportError},
    plan::PlanError,
    push::PushError,
    undo::UndoError,
    view::{Action, Problem, ProblemCode},
};

impl From<TransportError> for Problem {
    fn from(error: TransportError) -> Self {
        let code = match error {
            TransportError::HostNotFound => ProblemCode::HostNotFound,
            TransportError::NotConnected | TransportError::Broken => ProblemCode::NotConnected,
            TransportError::NotSecure => ProblemCode::NotSecure,
            TransportError::TimedOut { .. } => ProblemCode::TimedOut,
            TransportError::TooLarge { .. } | TransportError::Unsendable => {
                ProblemCode::NotTheService
            }
        };
        Self::new(code).act(Action::TryAgain)
    }
}

impl From<StripeError> for Problem {
    fn from(error: StripeError) -> Self {
        let request_id = error.request_id().map(|id| id.as_str().to_owned());
        let problem = match error {
            StripeError::Unauthorized { reason, .. } => {
                let code = match reason {
                    Unauthorized::Expired => ProblemCode::StripeKeyExpired,
                    Unauthorized::IpNotAllowed => ProblemCode::StripeKeyIpNotAllowed,
                    Unauthorized::UnknownKey | Unauthorized::NoKey | Unauthorized::Other => {
                        ProblemCode::StripeKeyRefused
                    }
                };
                Self::new(code).act(Action::ReplaceStripeKey)
            }
            StripeError::Publishable { .. } => {
                Self::new(ProblemCode::StripeKeyPublishable).act(Action::ReplaceStripeKey)
            }
            StripeError::PermissionMissing { refusal, .. } => {
                let problem = Self::new(ProblemCode::StripePermissionMissing);
                match &refusal.edit_link {
                    Some(link) => problem.act(Action::Open {
                        url: link.as_str().to_owned(),
                    }),
                    None => problem,
                }
            }
            StripeError::AccountNotOpen { .. } => Self::new(ProblemCode::StripePermissionMissing),
            StripeError::RateLimited { .. } | StripeError::Locked { .. } => {
                service(ProblemCode::ServiceBusy, "Stripe").act(Action::TryAgain)
            }
            StripeError::Unavailable { .. } => {
                service(ProblemCode::ServiceDown, "Stripe").act(Action::TryAgain)
            }
            StripeError::NotStripe(_) => {
                service(ProblemCode::NotTheService, "Stripe").act(Action::TryAgain)
            }
            StripeError::NotFound { .. } | StripeError::Rejected { .. } => {
                service(ProblemCode::ServiceRefused, "Stripe")
            }
            StripeError::Unreachable(error) => Self::from(error).with("service", "Stripe"),
        };
        Self {
            request_id,
            ..problem
        }
    }
}

impl From<HubSpotError> for Problem {
    fn from(error: HubSpotError) -> Self {
        let request_id = error
            .correlation_id
            .as_ref()
            .map(|id| id.as_str().to_owned());
        let problem = match error.reason {
            Reason::TokenRefused { .. } => {
                Self::new(ProblemCode::HubSpotTokenRefused).act(Action::ReplaceHubSpotKey)
            }
            Reason::MissingScopes { any_of } => {
                Self::new(ProblemCode::HubSpotScopeMissing).with("scopes", any_of.join(", "))
            }
            Reason::ScopeNotOffered | Reason::PlanLacksFeature { .. } => {
                Self::new(ProblemCode::HubSpotPlanLacksFeature)
            }
            Reason::DailyLimit { resets_at } => {
                until(Self::new(ProblemCode::HubSpotDailyLimit), resets_at)
            }
            Reason::ShareKept { resets_at } => {
                until(Self::new(ProblemCode::HubSpotShareKept), resets_at)
            }
            Reason::RateLimited { .. } | Reason::Locked | Reason::PortalMoving { .. } => {
                service(ProblemCode::ServiceBusy, "HubSpot").act(Action::TryAgain)
            }
            Reason::Unavailable { .. } => {
                service(ProblemCode::ServiceDown, "HubSpot").act(Action::TryAgain)
            }
            Reason::NotHubSpot { .. } => {
                service(ProblemCode::NotTheService, "HubSpot").act(Action::TryAgain)
            }
            Reason::Unreachable(error) => Self::from(error).with("service", "HubSpot"),
            Reason::Conflict { .. }
            | Reason::UniqueValueHeld { .. }
            | Reason::AlreadyExists
            | Reason::LabelTaken
            | Reason::PropertyInUse
            | Reason::UnknownProperty { .. }
            | Reason::NotUnique { .. }
            | Reason::ValueRefused { .. }
            | Reason::DuplicateInputs
            | Reason::NotFound
            | Reason::Rejected { .. } => service(ProblemCode::ServiceRefused, "HubSpot"),
        };
        Self {
            request_id,
            ..problem
        }
    }
}

impl From<ConnectError> for Problem {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::OtherAccount { expected, found } => {
                Self::new(ProblemCode::StripeKeyOtherAccount)
                    .with("before", expected)
                    .with("after", found)
                    .act(Action::ReplaceStripeKey)
            }
            ConnectError::OtherMode { .. } => {
                Self::new(ProblemCode::StripeKeyOtherAccount).act(Action::ReplaceStripeKey)
            }
            ConnectError::Stripe(error) => error.into(),
            ConnectError::Store(error) => error.into(),
        }
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Stopped => Self::new(ProblemCode::Stopped),
            ImportError::CoreRefused { row, refusal } => {
                let name = clearsync_stripe::catalog::row(row).map_or(row, |row| row.name);
                Self {
                    code: ProblemCode::StripeCoreMissing,
                    ..Self::from(refusal)
                }
                .with("row", name)
            }
            ImportError::Stripe(error) => error.into(),
            ImportError::Store(error) => error.into(),
        }
    }
}

impl From<PlanError> for Problem {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::HubSpot(error) => error.into(),
            PlanError::Store(error) => error.into(),
            PlanError::OtherPortal { before, after } => Self::new(ProblemCode::HubSpotOtherPortal)
                .with("before", before.to_string())
                .with("after", after.to_string())
                .act(Action::ReplaceHubSpotKey),
            PlanError::KeyUnusable { property } => {
                Self::new(ProblemCode::HubSpotPropertyUnusable).with("property", property)
            }
            PlanError::NoRoom => Self::new(ProblemCode::HubSpotPropertyUnusable)
                .with("property", clearsync_hubspot::CUSTOMER_ID),
            PlanError::NoRoomForPipeline { limit } => {
                Self::new(ProblemCode::HubSpotNoRoomForDeals).with("limit", limit.to_string())
            }
            PlanError::NoRoomForObjects { limit } => {
                Self::new(ProblemCode::HubSpotNoRoomForObjects).with("limit", limit.to_string())
            }
            PlanError::ObjectRemoved { name } => {
                Self::new(ProblemCode::HubSpotObjectRemoved).with("name", name)
            }
        }
    }
}

impl From<PushError> for Problem {
    fn from(error: PushError) -> Self {
        match error {
            PushError::Stopped => Self::new(ProblemCode::Stopped),
            PushError::Outdated => Self::new(ProblemCode::PlanOutdated).act(Action::ReviewPlan),
            PushError::HubSpot(error) => error.into(),
            PushError::Properties(error) => error.into(),
            PushError::Store(error) => error.into(),
        }
    }
}

impl From<DriftError> for Problem {
    fn from(error: DriftError) -> Self {
        match error {
            DriftError::HubSpot(error) => error.into(),
            DriftError::Store(error) => error.into(),
        }
    }
}

impl From<UndoError> for Problem {
    fn from(error: UndoError) -> Self {
        match error {
            UndoError::HubSpot(error) => error.into(),
            UndoError::Store(error) => error.into(),
            UndoError::Unsettled => Self::new(ProblemCode::PlanOutdated).act(Action::TryAgain),
        }
    }
}

impl From<SchemaError> for Problem {
    fn from(error: SchemaError) -> Self {
        match error {
            SchemaError::Misfits(misfits) => {
                let name = |misfit: Misfit| match misfit {
                    Misfit::Type { name, .. } | Misfit::NotUnique { name } => name,
                };
                let names: Vec<String> = misfits.into_iter().map(name).collect();
                Self::new(ProblemCode::HubSpotPropertyUnusable).with("property", names.join(", "))
            }
            SchemaError::NotCreated { source, .. } => source.into(),
            SchemaError::NotSeen(_) => {
                service(ProblemCode::ServiceBusy, "HubSpot").act(Action::TryAgain)
            }
            SchemaError::HubSpot(error) => error.into(),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let folder = Action::ShowDataFolder;
        match error {
            StoreError::InUse => Self::new(ProblemCode::AnotherSyncRunning),
            StoreError::Locked => Self::new(ProblemCode::DatabaseBusy).act(Action::TryAgain),
            StoreError::DiskFull => Self::new(ProblemCode::DiskFull).act(folder),
            StoreError::ReadOnly | StoreError::Unreachable { .. } => {
                Self::new(ProblemCode::DatabaseReadOnly).act(folder)
            }
            StoreError::NotACopy { path } => {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                Self::new(ProblemCode::BackupUnusable).with("name", name)
            }
            StoreError::OtherKey => Self::new(ProblemCode::DataKeyOther).act(Action::TryAgain),
            StoreError::Newer { .. } => Self::new(ProblemCode::DatabaseNewer),
            StoreError::DiskFailed
            | StoreError::Corrupt
            | StoreError::Unreadable(_)
            | StoreError::Missing { .. }
            | StoreError::Failed(_) => {
                tracing::error!(%error, "the database failed");
                Self::new(ProblemCode::Unexpected).act(folder)
            }
        }
    }
}

impl From<VaultError> for Problem {
    fn from(error: VaultError) -> Self {
        let code = match error {
            VaultError::Missing => ProblemCode::KeychainMissing,
            VaultError::Locked => ProblemCode::KeychainLocked,
            VaultError::Refused => ProblemCode::KeychainRefused,
        };
        Self::new(code).act(Action::KeepKeyForThisRun)
    }
}

/// Names the moment from which on the same may work.
fn until(problem: Problem, moment: Option<jiff::Timestamp>) -> Problem {
    match moment {
        Some(moment) => problem.with("until", moment.to_string()),
        None => problem,
    }
}

fn service(code: ProblemCode, name: &str) -> Problem {
    Problem::new(code).with("service", name)
}
