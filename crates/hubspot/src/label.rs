use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    Client, HubSpotError, ObjectType,
    budget::Meter,
    client::{Call, Lane},
    path::Api,
};

/// An association label of ClearSync's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnLabel {
    /// Its name, for good.
    pub name: &'static str,
    /// What people read of it.
    pub label: &'static str,
    /// What they read from the other side.
    pub inverse: &'static str,
}

/// A label as an account numbers it, seen in one direction. The same number exists in several categories, and per
/// direction: only all of it tells a label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LabelType {
    /// Who defined it, such as `USER_DEFINED`.
    pub association_category: String,
    /// Its number.
    pub association_type_id: u64,
}

#[derive(Deserialize)]
struct List {
    #[serde(default)]
    results: Vec<Listed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    category: String,
    type_id: u64,
    #[serde(default)]
    label: Option<String>,
}

impl Client {
    /// The kinds of association from `from` to `to`, each with what people read of it; the plain ones say nothing.
    ///
    /// # Errors
    /// Any [`HubSpotError`].
    pub async fn labels(
        &self,
        from: &ObjectType,
        to: &ObjectType,
    ) -> Result<Vec<(LabelType, Option<String>)>, HubSpotError> {
        let call = Call::get(Api::Associations(from, to), ["labels"]);
        let list: List = self.call(call.meter(Meter::Associations)).await?;
        let labels = list.results.into_iter().map(|listed| {
            let label = LabelType {
                association_category: listed.category,
                association_type_id: listed.type_id,
            };
            (label, listed.label)
        });
        Ok(labels.collect())
    }

    /// The number of an own label: the one it is `known` by, whatever people call it now, or the one that is called so.
    /// `None` when the account has no such label.
    async fn label(
        &self,
        from: &ObjectType,
        to: &ObjectType,
        own: &OwnLabel,
        known: Option<&LabelType>,
    ) -> Result<Option<LabelType>, HubSpotError> {
        let standing = self.labels(from, to).await?;
        let is_known = |(label, _): &&(LabelType, Option<String>)| Some(label) == known;
        let is_called =
            |(_, text): &&(LabelType, Option<String>)| text.as_deref() == Some(own.label);
        let found = standing.iter().find(is_known);
        let found = found.or_else(|| standing.iter().find(is_called));
        Ok(found.map(|(label, _)| label.clone()))
    }

    /// Sees to it that a label stands, and gives its number. One it was `known` by before is taken, whatever people call it
    /// now. Needs a plan with association labels.
    ///
    /// # Errors
    /// Any [`HubSpotError`].
    pub async fn ensure_label(
        &self,
        from: &ObjectType,
        to: &ObjectType,
        own: &OwnLabel,
        known: Option<&LabelType>,
    ) -> Result<Option<LabelType>, HubSpotError> {
        if let Some(standing) = self.label(from, to, own, known).await? {
            return Ok(Some(standing));
        }
        let body = json!({ "name": own.name, "label": own.label, "inverseLabel": own.inverse });
        let call = Call::write(
            Method::POST,
            Api::Associations(from, to),
            ["labels"],
            &body,
            Lane::Associations,
        );
        self.call_silent(call.meter(Meter::Associations)).await?;
        self.label(from, to, own, None).await
    }
}
