use jiff::Timestamp;
use serde::Deserialize;

use crate::{Client, HubSpotError, ObjectType, client::Call, path::Api};

/// How many custom properties the account may have, and has.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomPropertyLimits {
    /// Allowed in all.
    pub overall_limit: u64,
    /// Used in all.
    pub overall_usage: u64,
    /// By object type.
    #[serde(default)]
    pub by_object_type: Vec<ObjectLimit>,
}

/// How many custom properties one object type may have, and has.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ObjectLimit {
    /// The object type's id, such as `0-1`.
    pub object_type_id: String,
    /// Allowed.
    pub limit: u64,
    /// Used.
    pub usage: u64,
}

impl CustomPropertyLimits {
    /// How many more properties the account may have in all.
    #[must_use]
    pub fn free(&self) -> u64 {
        self.overall_limit.saturating_sub(self.overall_usage)
    }

    /// How many more properties `object` may have; no more than the account may have.
    #[must_use]
    pub fn free_for(&self, object: &ObjectType) -> u64 {
        let own = self
            .by_object_type
            .iter()
            .find(|limit| limit.object_type_id == object.type_id())
            .map_or(u64::MAX, |limit| limit.limit.saturating_sub(limit.usage));
        own.min(self.free())
    }
}

/// The requests of a day, as the usage page counts them. HubSpot's count lags, and leaves requests with service keys out:
/// [`Client::quota`] is the better source once something was asked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DailyUsage {
    /// Requests the account has a day.
    pub usage_limit: u64,
    /// Requests counted so far.
    #[serde(default)]
    pub current_usage: u64,
    /// When the count starts again.
    #[serde(default)]
    pub resets_at: Option<Timestamp>,
}

impl Client {
    /// How many custom properties the account may have. Needs one scope `crm.objects.….read`.
    ///
    /// # Errors
    /// Any [`HubSpotError`].
    pub async fn custom_property_limits(&self) -> Result<CustomPropertyLimits, HubSpotError> {
        self.call(Call::get(Api::Limits, ["custom-properties"]))
            .await
    }

    /// The requests of this day; `None` when HubSpot has no count.
    ///
    /// # Errors
    /// Any [`HubSpotError`].
    pub async fn daily_usage(&self) -> Result<Option<DailyUsage>, HubSpotError> {
        #[derive(Deserialize)]
        struct Wire {
            #[serde(default)]
            results: Vec<DailyUsage>,
        }
        let wire: Wire = self.call(Call::get(Api::DailyUsage, [])).await?;
        Ok(wire.results.into_iter().next())
    }
}
