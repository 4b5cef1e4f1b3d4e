use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

/// Something that went wrong, as a code with its parameters and the one action that helps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// What happened. The words are found by it under `problem.<code>.title` and `problem.<code>.text`.
    pub code: ProblemCode,
    /// What the words name, such as an account id. Never a secret, never text of a provider.
    pub params: BTreeMap<String, String>,
    /// What the user can do about it.
    pub action: Option<Action>,
    /// The provider's id of the request, for its support.
    pub request_id: Option<String>,
}

impl Problem {
    /// A problem without parameters.
    #[must_use]
    pub fn new(code: ProblemCode) -> Self {
        Self {
            code,
            params: BTreeMap::new(),
            action: None,
            request_id: None,
        }
    }

    /// Adds what the words name.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.params.insert(name.to_owned(), value.into());
        self
    }

    /// Adds what the user can do.
    #[must_use]
    pub fn act(mut self, action: Action) -> Self {
        self.action = Some(action);
        self
    }
}

/// What a button beside a problem does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Action {
    /// Do the same again.
    TryAgain,
    /// Paste another Stripe key.
    ReplaceStripeKey,
    /// Paste another HubSpot key.
    ReplaceHubSpotKey,
    /// Open a page that was checked to be one of the allowed hosts.
    Open {
        /// The address.
        url: String,
    },
    /// Keep the key in memory until ClearSync quits, since the keychain cannot take it.
    KeepKeyForThisRun,
    /// Look at the plan again, since what it was made from has changed.
    ReviewPlan,
    /// Show the folder with ClearSync's data.
    ShowDataFolder,
}

/// Every problem a user can meet. Stable: the words of every language are keyed by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
#[expect(
    missing_docs,
    reason = "the catalogue of words explains each code, and a test holds the two together"
)]
pub enum ProblemCode {
    StripeKeyPublishable,
    StripeKeyWebhookSecret,
    StripeKeyAccountId,
    StripeKeyClientId,
    StripeKeyOrganisation,
    StripeKeyMasked,
    StripeKeyIncomplete,
    StripeKeyStrayCharacters,
    StripeKeyUnknown,
    StripeKeyIsHubSpotToken,
    StripeKeyRefused,
    StripeKeyExpired,
    StripeKeyIpNotAllowed,
    StripeKeyOtherAccount,
    /// Another workspace brings the same account in the same mode.
    StripeAccountElsewhere,
    StripePermissionMissing,
    /// The key may not read `row`, on which everything else builds.
    StripeCoreMissing,
    StripeNotConnected,
    /// The new key is the one in use.
    KeyIsInUse,
    /// The new key belongs to `after`, and the one in use to `before`.
    NewKeyOtherAccount,
    /// No new key waits to be taken.
    NewKeyMissing,
    /// The old key is not in memory any more.
    FormerKeyGone,
    /// A file could not be removed.
    FileNotRemoved,
    /// The entry that starts ClearSync with the computer could not be removed.
    AutostartNotRemoved,
    HubSpotTokenUnknown,
    HubSpotTokenIsStripeKey,
    HubSpotTokenRefused,
    HubSpotOtherPortal,
    HubSpotScopeMissing,
    /// The key may not read HubSpot's exchange rates; `scope` lets it.
    HubSpotRatesScopeMissing,
    HubSpotPlanLacksFeature,
    HubSpotDailyLimit,
    HubSpotShareKept,
    HubSpotRecordNotFound,
    HubSpotPropertyUnusable,
    HubSpotNoRoomForDeals,
    HubSpotNoRoomForObjects,
    HubSpotObjectRemoved,
    WritingRefused,
    MailDomainUnreadable,
    HubSpotNotConnected,
    HostNotFound,
    NotConnected,
    NotSecure,
    NotTheService,
    ServiceBusy,
    ServiceDown,
    TimedOut,
    ServiceRefused,
    ClipboardEmpty,
    KeychainMissing,
    KeychainLocked,
    KeychainRefused,
    /// The keychain that holds the key of the data is not there.
    DataKeychainMissing,
    DataKeychainLocked,
    DataKeychainRefused,
    /// There is data, and no key for it in the keychain or in its file.
    DataKeyMissing,
    /// The key does not open the data.
    DataKeyOther,
    /// Others can read the file of the data key at `path`.
    DataKeyFileOpen,
    /// No key can be read from, or put into, the file at `path`.
    DataKeyFileUnusable,
    /// The data is not open yet.
    DataClosed,
    DiskFull,
    DatabaseBusy,
    DatabaseSetAside,
    DatabaseNewer,
    DatabaseReadOnly,
    BackupUnusable,
    AnotherSyncRunning,
    /// No workspace has this id.
    WorkspaceGone,
    ClockSetBack,
    PlanOutdated,
    NothingToPush,
    AlreadyRunning,
    Stopped,
    LinkNotAllowed,
    SubscriptionUnknown,
    MomentUnreadable,
    CurrencyUnknown,
    RateUnreadable,
    RateWithoutReporting,
    OwnPolicyMissing,
    TableEmpty,
    TableTooLarge,
    TableNotCsv,
    TableWithoutCustomers,
    TableWithoutMonths,
    TableMonthsApart,
    FileNotWritten,
    RealtimeAddressNotPublic,
    RealtimePortTaken,
    RealtimeSecretMissing,
    Unexpected,
}

impl ProblemCode {
    /// Whether the same may work later without the user doing anything: the network and the services being busy.
    #[must_use]
    pub fn passes_by_itself(self) -> bool {
        matches!(
            self,
            Self::HostNotFound
                | Self::NotConnected
                | Self::NotSecure
                | Self::NotTheService
                | Self::ServiceBusy
                | Self::ServiceDown
                | Self::TimedOut
                | Self::HubSpotDailyLimit
                | Self::HubSpotShareKept
                | Self::DatabaseBusy
                | Self::AnotherSyncRunning
        )
    }

    /// Whether the next run starts by itself all the same: what passes by itself, and what is mended outside of
    /// ClearSync, where nobody could press a button.
    #[must_use]
    pub fn is_tried_again(self) -> bool {
        self.passes_by_itself() || self == Self::DiskFull
    }

    /// Whether the keychain could not be asked.
    #[must_use]
    pub fn is_about_the_keychain(self) -> bool {
        matches!(
            self,
            Self::KeychainMissing | Self::KeychainLocked | Self::KeychainRefused
        )
    }

    /// Whether it is mended where the key is kept, and the same key may work again then. It needs the user, and is tried
    /// again now and then.
    #[must_use]
    pub fn is_mended_at_the_service(self) -> bool {
        matches!(
            self,
            Self::StripeCoreMissing
                | Self::StripePermissionMissing
                | Self::StripeKeyIpNotAllowed
                | Self::HubSpotScopeMissing
        )
    }
}
