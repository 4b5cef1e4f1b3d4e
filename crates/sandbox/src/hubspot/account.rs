//! The account itself: what a token may do, details, usage, owners and limits.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    call::LimitsCall,
    instant,
    object_type::ObjectType,
    portal::{Portal, Sent},
    reply::{Answer, Refusal, Reply},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Introspection {
    token_key: String,
}

impl Portal {
    /// Answers without a credential too, but never to a wrong one.
    pub(super) fn introspect(&self, token: Option<&str>, sent: &Sent) -> Answer {
        let asked: Introspection = sent.read()?;
        if token.is_some_and(|token| !self.tokens.contains_key(token)) {
            return Err(Refusal::unauthenticated());
        }
        let scopes = self
            .tokens
            .get(&asked.token_key)
            .ok_or_else(Refusal::unauthenticated)?;
        Ok(Reply::ok(json!({
            "userId": 101,
            "hubId": self.shape.portal_id,
            "appId": 303,
            "scopes": scopes.listed(),
        })))
    }

    pub(super) fn account_details(&self) -> Reply {
        let offset_s = self
            .now()
            .to_zoned_datetime(self.time_zone.clone())
            .offset()
            .seconds();
        let (hours, minutes) = (offset_s.abs() / 3600, offset_s.abs() % 3600 / 60);
        let sign = if offset_s < 0 { '-' } else { '+' };
        Reply::ok(json!({
            "portalId": self.shape.portal_id,
            "accountType": "STANDARD",
            "timeZone": self.shape.time_zone,
            "companyCurrency": self.shape.currency,
            "additionalCurrencies": self.shape.additional_currencies,
            "utcOffset": format!("{sign}{hours:02}:{minutes:02}"),
            "utcOffsetMilliseconds": i64::from(offset_s) * 1000,
            "uiDomain": "app.hubspot.com",
            "dataHostingLocation": "na1",
        }))
    }

    /// HubSpot does not count the calls of service keys here.
    pub(super) fn api_usage(&self) -> Reply {
        Reply::ok(json!({"results": [{
            "name": "private-apps-api-calls-daily",
            "usageLimit": self.rate.daily_max(),
            "currentUsage": 0,
            "collectedAt": self.now_text(),
            "fetchStatus": "SUCCESS",
            "resetsAt": instant(self.rate.resets_at(self.now())),
        }]}))
    }

    /// A page of the rates, past ones too, in the order they were entered.
    pub(super) fn exchange_rates(&self, sent: &Sent) -> Reply {
        let number = |name: &str| sent.parameter(name)?.parse::<usize>().ok();
        let limit = number("limit").unwrap_or(100).clamp(1, 100);
        let begin = number("after").unwrap_or(0);
        let rates = self.shape.exchange_rates.iter().enumerate();
        let results: Vec<Value> = rates
            .skip(begin)
            .take(limit)
            .map(|(place, rate)| {
                let at = instant(rate.effective_at);
                json!({
                    "id": (place + 1).to_string(),
                    "fromCurrencyCode": rate.from,
                    "toCurrencyCode": self.shape.currency,
                    "conversionRate": rate.rate.parse::<f64>().unwrap_or_default(),
                    "visibleInUI": true,
                    "createdAt": at,
                    "updatedAt": at,
                    "effectiveAt": at,
                })
            })
            .collect();
        let next = begin + results.len();
        let mut body = json!({ "results": results });
        if next < self.shape.exchange_rates.len() {
            body["paging"] = json!({ "next": { "after": next.to_string() } });
        }
        Reply::ok(body)
    }

    pub(super) fn owners(&self) -> Reply {
        let at = self.now_text();
        Reply::ok(json!({"results": [{
            "id": "41629779",
            "email": "owner@example.com",
            "type": "PERSON",
            "firstName": "Olga",
            "lastName": "Owner",
            "userId": 101,
            "userIdIncludingInactive": 101,
            "createdAt": at,
            "updatedAt": at,
            "archived": false,
            "teams": [],
        }]}))
    }

    pub(super) fn limits(&self, call: &LimitsCall) -> Answer {
        let body = match call {
            LimitsCall::CustomProperties => self.custom_property_limits(),
            LimitsCall::CustomObjectTypes => {
                let usage = self.custom_types().count();
                limit_and_usage(self.shape.tier.custom_object_types(), usage)
            }
            LimitsCall::CalculatedProperties => {
                let by_type =
                    |object_type: &ObjectType| with_labels(object_type, json!({"usage": 0}));
                overall(5, 0, self.types.values().map(by_type).collect())
            }
            LimitsCall::Pipelines => self.pipeline_limits(),
            LimitsCall::Records => self.record_limits(),
            LimitsCall::AssociationLabels => self.label_limits(),
            LimitsCall::AssociationRecordsFrom => json!({"results": []}),
            LimitsCall::AssociationRecordsBetween(from, to) => {
                self.object_type(from)?;
                self.object_type(to)?;
                json!({
                    "limit": 50_000,
                    "totalRecordsAtLimit": 0,
                    "totalRecordsNearLimit": 0,
                    "atLimitFromRecordSamples": [],
                    "nearLimitFromRecordSamples": [],
                })
            }
        };
        Ok(Reply::ok(body))
    }

    fn custom_types(&self) -> impl Iterator<Item = &ObjectType> {
        self.types.values().filter(|object_type| {
            object_type
                .schema
                .as_ref()
                .is_some_and(|schema| schema.archived_at.is_none())
        })
    }

    fn custom_property_limits(&self) -> Value {
        let tier = self.shape.tier;
        let max = tier.custom_properties_per_object();
        let usage: usize = self.types.values().map(ObjectType::custom_properties).sum();
        let by_type = |object_type: &ObjectType| {
            let used = object_type.custom_properties();
            with_labels(object_type, limit_and_usage(max, used))
        };
        overall(
            tier.custom_properties_overall(),
            usage,
            self.types.values().map(by_type).collect(),
        )
    }

    fn pipeline_limits(&self) -> Value {
        let max = self.shape.tier.pipelines();
        let standard: Vec<Value> = self
            .types
            .values()
            .filter(|object_type| object_type.schema.is_none() && !object_type.pipelines.is_empty())
            .map(|object_type| {
                with_labels(
                    object_type,
                    limit_and_usage(max, object_type.pipelines.len()),
                )
            })
            .collect();
        let custom: Vec<Value> = self
            .custom_types()
            .map(|object_type| {
                with_labels(object_type, json!({"usage": object_type.pipelines.len()}))
            })
            .collect();
        json!({"hubspotDefinedObjectTypes": standard, "customObjectTypes": overall(100, 0, custom)})
    }

    fn record_limits(&self) -> Value {
        let max = 15_000_000;
        let standard: Vec<Value> = self
            .types
            .values()
            .filter(|object_type| object_type.schema.is_none())
            .map(|object_type| {
                with_labels(
                    object_type,
                    limit_and_usage(max, object_type.records().count()),
                )
            })
            .collect();
        let usage = self.custom_types().map(|t| t.records().count()).sum();
        let custom: Vec<Value> = self
            .custom_types()
            .map(|object_type| {
                with_labels(object_type, json!({"usage": object_type.records().count()}))
            })
            .collect();
        json!({
            "hubspotDefinedObjectTypes": standard,
            "customObjectTypes": overall(1_500_000, usage, custom),
        })
    }

    fn label_limits(&self) -> Value {
        let mut results = Vec::new();
        for from in self.types.values() {
            for to in self.types.values() {
                let labels: Vec<String> = self
                    .associations
                    .types(&from.id, &to.id)
                    .into_iter()
                    .filter_map(|(_, label)| label)
                    .collect();
                if labels.is_empty() {
                    continue;
                }
                let mut pair = limit_and_usage(50, labels.len());
                pair["allLabels"] = json!(labels);
                pair["fromObjectType"] = with_labels(from, json!({}));
                pair["toObjectType"] = with_labels(to, json!({}));
                results.push(pair);
            }
        }
        json!({"results": results})
    }
}

fn overall(limit: usize, usage: usize, by_type: Vec<Value>) -> Value {
    let mut body = json!({
        "overallLimit": limit,
        "overallUsage": usage,
        "overallPercentage": percentage(limit, usage),
    });
    body["byObjectType"] = Value::Array(by_type);
    body
}

fn limit_and_usage(limit: usize, usage: usize) -> Value {
    json!({"limit": limit, "usage": usage, "percentage": percentage(limit, usage)})
}

fn with_labels(object_type: &ObjectType, mut body: Value) -> Value {
    body["objectTypeId"] = json!(object_type.id);
    body["singularLabel"] = json!(object_type.singular_label);
    body["pluralLabel"] = json!(object_type.plural_label);
    body
}

/// With one digit after the point.
fn percentage(limit: usize, usage: usize) -> Value {
    let tenths = (usage * 1000).checked_div(limit).unwrap_or(0);
    let text = format!("{}.{}", tenths / 10, tenths % 10);
    json!(text.parse::<f64>().unwrap_or_default())
}
