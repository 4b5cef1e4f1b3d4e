use jiff::{SignedDuration, Timestamp};

/// What kind of portal is simulated.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are switches of a portal, each independent of the others"
)]
pub struct PortalShape {
    /// The portal's number, `hubId` in HubSpot's answers.
    pub portal_id: u64,
    /// The portal's own currency, an ISO code in capitals.
    pub currency: String,
    /// Further currencies. HubSpot offers them from Starter on.
    pub additional_currencies: Vec<String>,
    /// What the further currencies are worth in the portal's own, as somebody entered it.
    pub exchange_rates: Vec<ExchangeRate>,
    /// IANA name. The daily allowance starts again at midnight there.
    pub time_zone: String,
    /// The plan, which decides limits and features.
    pub tier: Tier,
    /// HubSpot's setting "Create and associate companies with contacts".
    pub auto_create_companies: bool,
    /// How much later than a write its effects can be seen.
    pub lags: Lags,
    /// Whether merging makes a record with a new id, as portals without "primary ID preservation" do.
    pub merge_makes_new_id: bool,
    /// Whether a record in the recycle bin still holds its unique values. HubSpot documents neither answer.
    pub binned_records_hold_unique_values: bool,
    /// Whether a property that was asked for and has no value is answered as `null`, as HubSpot does, or left out.
    pub absent_as_null: bool,
}

impl Default for PortalShape {
    fn default() -> Self {
        Self {
            portal_id: 20_211_234,
            currency: "USD".to_owned(),
            additional_currencies: Vec::new(),
            exchange_rates: Vec::new(),
            time_zone: "America/New_York".to_owned(),
            tier: Tier::Pro,
            auto_create_companies: false,
            lags: Lags::NONE,
            merge_makes_new_id: false,
            binned_records_hold_unique_values: false,
            absent_as_null: true,
        }
    }
}

/// What one unit of a currency is worth in the portal's own since some moment.
#[derive(Debug, Clone)]
pub struct ExchangeRate {
    /// Which currency, an ISO code in capitals.
    pub from: String,
    /// The rate, above 0, with at most six decimals.
    pub rate: String,
    /// Since when.
    pub effective_at: Timestamp,
}

/// How much later than a write its effects can be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lags {
    /// Until search finds what was written.
    pub search: SignedDuration,
    /// Until a new property can be read and written.
    pub property: SignedDuration,
    /// Until a new schema stands in the list of schemas. A single read takes fourteen times as long.
    pub schema: SignedDuration,
    /// Until HubSpot makes and associates the company of a new contact.
    pub company: SignedDuration,
}

impl Lags {
    /// Everything is visible at once.
    pub const NONE: Self = Self {
        search: SignedDuration::ZERO,
        property: SignedDuration::ZERO,
        schema: SignedDuration::ZERO,
        company: SignedDuration::ZERO,
    };

    /// What has been observed on real portals.
    pub const OBSERVED: Self = Self {
        search: SignedDuration::from_secs(5),
        property: SignedDuration::from_millis(500),
        schema: SignedDuration::from_secs(5),
        company: SignedDuration::from_secs(20),
    };
}

/// A HubSpot plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// No custom objects, ten custom properties in all.
    Free,
    /// As Free, with a thousand custom properties for each object.
    Starter,
    /// As Starter, with association labels and a higher burst.
    Pro,
    /// Everything, custom objects included.
    Enterprise,
}

impl Tier {
    pub(super) fn burst_max(self) -> usize {
        if self <= Self::Starter { 100 } else { 190 }
    }

    pub(super) fn association_burst_max(self) -> usize {
        if self <= Self::Starter { 100 } else { 150 }
    }

    pub(super) fn daily_max(self) -> u64 {
        match self {
            Self::Free | Self::Starter => 250_000,
            Self::Pro => 625_000,
            Self::Enterprise => 1_000_000,
        }
    }

    pub(super) fn custom_properties_overall(self) -> usize {
        if self == Self::Free { 10 } else { 10_000 }
    }

    pub(super) fn custom_properties_per_object(self) -> usize {
        if self == Self::Free { 10 } else { 1_000 }
    }

    pub(super) fn pipelines(self) -> usize {
        match self {
            Self::Free => 1,
            Self::Starter => 2,
            Self::Pro => 15,
            Self::Enterprise => 100,
        }
    }

    pub(super) fn custom_object_types(self) -> usize {
        if self == Self::Enterprise { 10 } else { 0 }
    }

    pub(super) fn has_custom_objects(self) -> bool {
        self == Self::Enterprise
    }

    pub(super) fn has_association_labels(self) -> bool {
        self >= Self::Pro
    }
}
