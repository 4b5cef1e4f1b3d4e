//! Reads HubSpot's refusals. All fields of an error body are optional, as HubSpot documents, and the same fact comes in
//! several shapes, so that each is looked for in turn. Messages are read, never kept.

use std::time::Duration;

use clearsync_transport::Response;
use http::{HeaderMap, StatusCode, header::RETRY_AFTER};
use serde_json::Value;

use crate::{CorrelationId, HubSpotError, Policy, Reason, RecordId, ValueCode, error::name_of};

/// HubSpot's status while it moves an account between data centres.
pub(crate) const MOVING: u16 = 477;

const LONGEST_MOVE: Duration = Duration::from_hours(24);

/// Reads an answer whose status is not a success.
pub(crate) fn read(response: &Response) -> HubSpotError {
    let status = response.status();
    let body: Option<Value> = serde_json::from_slice(response.body())
        .ok()
        .filter(Value::is_object);
    let correlation_id = body
        .as_ref()
        .and_then(|body| body.get("correlationId")?.as_str())
        .and_then(CorrelationId::read);
    HubSpotError {
        reason: reason(status, response.headers(), body.as_ref()),
        correlation_id,
    }
}

/// Reads one entry of the `errors` of a 207, which carries no status of its own.
pub(crate) fn read_entry(entry: &Value) -> Reason {
    let status = match text(entry, "category") {
        Some("OBJECT_NOT_FOUND") => StatusCode::NOT_FOUND,
        Some("CONFLICT") => StatusCode::CONFLICT,
        _ => StatusCode::BAD_REQUEST,
    };
    by_body(status, entry)
}

/// Which limit a 429 speaks of.
pub(crate) fn policy(response: &Response) -> Policy {
    serde_json::from_slice::<Value>(response.body()).map_or(Policy::Unnamed, |body| {
        let name = text(&body, "policyName").unwrap_or_default().to_owned();
        let message = text(&body, "message").unwrap_or_default();
        let named = |word: &str| {
            name.eq_ignore_ascii_case(word) || message.to_ascii_lowercase().contains(word)
        };
        if named("ten_secondly_rolling") || named("ten_secondly") {
            Policy::TenSeconds
        } else if named("daily") {
            Policy::Day
        } else if named("secondly") {
            Policy::Second
        } else {
            Policy::Unnamed
        }
    })
}

fn reason(status: StatusCode, headers: &HeaderMap, body: Option<&Value>) -> Reason {
    match status.as_u16() {
        // Some of HubSpot's 404s and 5xx have an HTML or empty body: the status alone decides.
        404 => Reason::NotFound,
        423 => Reason::Locked,
        MOVING => Reason::PortalMoving {
            retry_after: header_seconds(headers),
        },
        status @ 500..=599 => Reason::Unavailable { status },
        number => body.map_or(Reason::NotHubSpot { status: number }, |body| {
            by_body(status, body)
        }),
    }
}

fn header_seconds(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_MOVE))
}

fn by_body(status: StatusCode, body: &Value) -> Reason {
    match status {
        StatusCode::UNAUTHORIZED => Reason::TokenRefused {
            expired: text(body, "category") == Some("EXPIRED_AUTHENTICATION"),
        },
        StatusCode::FORBIDDEN => forbidden(body),
        StatusCode::NOT_FOUND => Reason::NotFound,
        StatusCode::CONFLICT => conflict(body),
        StatusCode::BAD_REQUEST => bad_request(body),
        _ => rejected(status, body),
    }
}

fn rejected(status: StatusCode, body: &Value) -> Reason {
    Reason::Rejected {
        status: status.as_u16(),
        category: text(body, "category").and_then(name_of),
    }
}

fn forbidden(body: &Value) -> Reason {
    let message = text(body, "message").unwrap_or_default();
    if message.contains("available for public use") {
        return Reason::ScopeNotOffered;
    }
    let any_of = required_scopes(body);
    let about_scopes = !any_of.is_empty()
        || text(body, "category") == Some("MISSING_SCOPES")
        || message.to_ascii_lowercase().contains("scope")
        || message.contains("view_schema");
    // A write-only token that reads gets a 403 which names no scope at all, so that scopes are the likely cause of any.
    if about_scopes || text(body, "category").is_none() {
        return Reason::MissingScopes { any_of };
    }
    rejected(StatusCode::FORBIDDEN, body)
}

fn required_scopes(body: &Value) -> Vec<String> {
    const KEYS: [&str; 3] = ["requiredGranularScopes", "requiredScopes", "missingScopes"];
    let contexts = std::iter::once(body)
        .chain(entries(body))
        .filter_map(|part| part.get("context"));
    let mut scopes: Vec<String> = Vec::new();
    for context in contexts {
        for key in KEYS {
            scopes.extend(
                context
                    .get(key)
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .filter_map(name_of),
            );
        }
        if let Some(flat) = context.as_str() {
            scopes.extend(bracketed(flat));
        }
    }
    if scopes.is_empty() {
        scopes = scopes_in_message(text(body, "message").unwrap_or_default());
    }
    scopes.sort();
    scopes.dedup();
    scopes
}

fn scopes_in_message(message: &str) -> Vec<String> {
    if let Some((_, rest)) = message.split_once("requires one of:") {
        return bracketed(rest);
    }
    let named = message.split_once("Missing required scope for:");
    named
        .map(|(_, rest)| rest.split([',', ' ']).filter_map(scope_name).collect())
        .unwrap_or_default()
}

fn bracketed(text: &str) -> Vec<String> {
    let inside = text
        .split_once('[')
        .and_then(|(_, rest)| rest.split_once(']'))
        .map(|(inside, _)| inside)
        .unwrap_or_default();
    inside.split(',').filter_map(scope_name).collect()
}

fn scope_name(text: &str) -> Option<String> {
    name_of(text.trim().trim_end_matches('.')).filter(|name| name.contains('.'))
}

fn conflict(body: &Value) -> Reason {
    let already = text(body, "category") == Some("OBJECT_ALREADY_EXISTS")
        || text(body, "subCategory").is_some_and(|sub| sub.contains("EXISTS"));
    if already {
        return Reason::AlreadyExists;
    }
    Reason::Conflict {
        existing_id: existing_id(body),
    }
}

fn existing_id(body: &Value) -> Option<RecordId> {
    let from_context = body
        .pointer("/context/existingId/0")
        .and_then(Value::as_str)
        .and_then(|id| id.parse().ok());
    from_context.or_else(|| {
        let (_, rest) = text(body, "message")?.split_once("Existing ID:")?;
        leading_id(rest.trim_start())
    })
}

fn bad_request(body: &Value) -> Reason {
    let message = text(body, "message").unwrap_or_default();
    if let Some((before, _)) = message.split_once(" already has that value") {
        return Reason::UniqueValueHeld {
            existing_id: before
                .rsplit([' ', '.'])
                .next()
                .and_then(|id| id.parse().ok()),
            property: between(before, "propertyName=", &[',', '}']),
        };
    }
    if message.contains("already exists. Existing ID") {
        return conflict(body);
    }
    if message.starts_with("Duplicate IDs found") {
        return Reason::DuplicateInputs;
    }
    if let Some((_, rest)) = message.split_once("by non-unique ") {
        let property = rest.split_whitespace().last();
        return Reason::NotUnique {
            property: property.and_then(|name| name_of(name.trim_end_matches('.'))),
        };
    }
    if mentions(body, "NON_UNIQUE_PROPERTY_LABEL") {
        return Reason::LabelTaken;
    }
    if mentions(body, "CANNOT_DELETE_PROPERTY_IN_USE") {
        return Reason::PropertyInUse;
    }
    value_refused(body, message).unwrap_or_else(|| rejected(StatusCode::BAD_REQUEST, body))
}

fn value_refused(body: &Value, message: &str) -> Option<Reason> {
    let (code, property) = entries(body)
        .find_map(|entry| {
            let property = entry.pointer("/context/propertyName/0");
            Some((
                text(entry, "code")?.to_owned(),
                property?.as_str()?.to_owned(),
            ))
        })
        .or_else(|| refused_in_message(message))?;
    let property = name_of(&property);
    if code == "PROPERTY_DOESNT_EXIST" {
        return Some(Reason::UnknownProperty { property });
    }
    Some(Reason::ValueRefused {
        property,
        code: ValueCode::named(&code),
    })
}

/// `Property values were not valid: [{"error":…,"name":…}]`: a list in JSON within the message, at times the only place.
fn refused_in_message(message: &str) -> Option<(String, String)> {
    let (_, list) = message.split_once("Property values were not valid: ")?;
    let list: Vec<Value> = serde_json::from_str(list).ok()?;
    list.iter().find_map(|refused| {
        Some((
            text(refused, "error")?.to_owned(),
            text(refused, "name")?.to_owned(),
        ))
    })
}

fn mentions(body: &Value, code: &str) -> bool {
    let names = |part: &Value| {
        ["code", "subCategory", "category", "error", "message"]
            .iter()
            .any(|key| text(part, key).is_some_and(|found| found.contains(code)))
    };
    names(body) || entries(body).any(names)
}

fn entries(body: &Value) -> impl Iterator<Item = &Value> {
    body.get("errors")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str()
}

fn between(text: &str, start: &str, ends: &[char]) -> Option<String> {
    let (_, rest) = text.split_once(start)?;
    name_of(rest.split(ends).next()?)
}

fn leading_id(text: &str) -> Option<RecordId> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    text[..digits].parse().ok()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn answer(status: u16, body: &str) -> Response {
        http::Response::builder()
            .status(status)
            .body(Bytes::copy_from_slice(body.as_bytes()))
            .unwrap()
    }

    fn reason_of(status: u16, body: &str) -> Reason {
        read(&answer(status, body)).reason
    }

    fn scopes(names: &[&str]) -> Reason {
        Reason::MissingScopes {
            any_of: names.iter().map(|&name| name.to_owned()).collect(),
        }
    }

    #[test]
    fn tokens() {
        let body = r#"{"status":"error","message":"Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview","correlationId":"aeb5f871-7f07-4993-9211-075dc63e7cbf","category":"INVALID_AUTHENTICATION"}"#;
        let error = read(&answer(401, body));
        assert_eq!(error.reason, Reason::TokenRefused { expired: false });
        assert_eq!(
            error.correlation_id.unwrap().as_str(),
            "aeb5f871-7f07-4993-9211-075dc63e7cbf"
        );
        let expired = r#"{"status":"error","message":"The OAuth token used to make this call expired 75 second(s) ago.","correlationId":"...","category":"EXPIRED_AUTHENTICATION","context":{"expire time":["2022-06-21T10:37:52.040Z"]}}"#;
        let error = read(&answer(401, expired));
        assert_eq!(error.reason, Reason::TokenRefused { expired: true });
        assert_eq!(error.correlation_id, None, "three dots are no id");
    }

    #[test]
    fn scopes_in_every_shape() {
        let documented = r#"{"status":"error","message":"This app hasn't been granted all required scopes to make this call. Read more about required scopes here: https://developers.hubspot.com/scopes.","correlationId":"dc49c0a8-0000-0000-0000-000000000000","errors":[{"message":"One or more of the following scopes are required.","context":{"requiredGranularScopes":["crm.schemas.deals.read","crm.objects.deals.read"]}}],"links":{"scopes":"https://developers.hubspot.com/scopes"},"category":"MISSING_SCOPES"}"#;
        let both = scopes(&["crm.objects.deals.read", "crm.schemas.deals.read"]);
        assert_eq!(reason_of(403, documented), both);
        let shapes = [
            r#"{"category":"MISSING_SCOPES","context":{"requiredGranularScopes":["crm.schemas.deals.read","crm.objects.deals.read"]}}"#,
            r#"{"category":"MISSING_SCOPES","context":{"requiredScopes":["crm.schemas.deals.read","crm.objects.deals.read"]}}"#,
            r#"{"category":"MISSING_SCOPES","context":{"missingScopes":["crm.schemas.deals.read","crm.objects.deals.read"]}}"#,
            r#"{"errors":[{"context":"{missingScopes=[crm.schemas.deals.read, crm.objects.deals.read]}"}]}"#,
            r#"{"message":"Insufficient scopes, requires one of: [crm.schemas.deals.read,crm.objects.deals.read]"}"#,
            r#"{"message":"Missing required scope for: crm.schemas.deals.read, crm.objects.deals.read."}"#,
        ];
        for shape in shapes {
            assert_eq!(reason_of(403, shape), both, "{shape}");
        }
        for unnamed in [
            r#"{"status":"error","message":"no"}"#,
            r#"{"category":"BANNED","message":"view_schema"}"#,
        ] {
            assert_eq!(reason_of(403, unnamed), scopes(&[]), "{unnamed}");
        }
        assert_eq!(
            reason_of(
                403,
                r#"{"message":"The scope x is not available for public use"}"#
            ),
            Reason::ScopeNotOffered
        );
    }

    #[test]
    fn limits_by_policy() {
        let cases = [
            (
                r#"{"status":"error","message":"You have reached your ten_secondly_rolling limit.","errorType":"RATE_LIMIT","correlationId":"c","policyName":"TEN_SECONDLY_ROLLING","requestId":"r"}"#,
                Policy::TenSeconds,
            ),
            (
                r#"{"message":"You have reached your daily limit.","policyName":"DAILY"}"#,
                Policy::Day,
            ),
            (
                r#"{"message":"You have reached your secondly limit.","policyName":"SECONDLY"}"#,
                Policy::Second,
            ),
            (
                r#"{"message":"You have reached your daily limit.","category":"RATE_LIMITS"}"#,
                Policy::Day,
            ),
            ("<html>", Policy::Unnamed),
        ];
        for (body, expected) in cases {
            assert_eq!(policy(&answer(429, body)), expected, "{body}");
        }
    }

    #[test]
    fn conflicts_name_the_record_to_adopt() {
        let existing_id = Some(RecordId(12345));
        assert_eq!(
            reason_of(
                409,
                r#"{"status":"error","message":"Contact already exists. Existing ID: 12345","correlationId":"c","category":"CONFLICT"}"#
            ),
            Reason::Conflict { existing_id }
        );
        let entry: Value = serde_json::from_str(r#"{"status":"error","category":"CONFLICT","message":"Contact already exists. Existing ID: 171591000198","context":{"objectWriteTraceId":["0"],"existingId":["171591000198"]}}"#).unwrap();
        assert_eq!(
            read_entry(&entry),
            Reason::Conflict {
                existing_id: Some(RecordId(171_591_000_198))
            }
        );
        assert_eq!(
            reason_of(
                400,
                r#"{"status":"error","message":"Cannot set PropertyValueCoordinates{portalId=123, objectTypeId=ObjectTypeId{legacyObjectType=CONTACT}, propertyName=email, value=a@b.co} on 552148386511. 552239500007 already has that value.","correlationId":"c","category":"VALIDATION_ERROR"}"#
            ),
            Reason::UniqueValueHeld {
                existing_id: Some(RecordId(552_239_500_007)),
                property: Some("email".to_owned())
            }
        );
        assert_eq!(
            reason_of(
                409,
                r#"{"category":"OBJECT_ALREADY_EXISTS","subCategory":"Properties.PROPERTY_WITH_NAME_EXISTS","message":"A property named 'clearsync_mrr' already exists."}"#
            ),
            Reason::AlreadyExists
        );
    }

    #[test]
    fn values_and_properties() {
        let unknown = r#"{"status":"error","message":"Property values were not valid: [{\"isValid\":false,\"message\":\"Property \\\"testproperty\\\" does not exist\",\"error\":\"PROPERTY_DOESNT_EXIST\",\"name\":\"testproperty\",\"localizedErrorMessage\":\"Property \\\"testproperty\\\" does not exist\",\"portalId\":891936587}]","correlationId":"c","errors":[{"message":"Property \"testproperty\" does not exist","code":"PROPERTY_DOESNT_EXIST","context":{"propertyName":["testproperty"]}}],"category":"VALIDATION_ERROR"}"#;
        let expected = Reason::UnknownProperty {
            property: Some("testproperty".to_owned()),
        };
        assert_eq!(reason_of(400, unknown), expected);
        let mut message_only: Value = serde_json::from_str(unknown).unwrap();
        message_only.as_object_mut().unwrap().remove("errors");
        assert_eq!(read_entry(&message_only), expected);
        let refused = |code: &str| {
            reason_of(
                400,
                &format!(
                    r#"{{"message":"Property values were not valid: [{{\"error\":\"{code}\",\"name\":\"email\"}}]","category":"VALIDATION_ERROR"}}"#
                ),
            )
        };
        let codes = [
            ("INVALID_EMAIL", ValueCode::Email),
            ("INVALID_OPTION", ValueCode::Option),
            ("INVALID_INTEGER", ValueCode::Number),
            ("INVALID_DATE", ValueCode::Date),
            ("MISSING_REQUIRED_PROPERTY", ValueCode::Required),
            ("NEW_CODE", ValueCode::Other("NEW_CODE".to_owned())),
        ];
        for (text, code) in codes {
            let property = Some("email".to_owned());
            assert_eq!(refused(text), Reason::ValueRefused { property, code });
        }
    }

    #[test]
    fn other_refusals() {
        let cases = [
            (
                400,
                r#"{"status":"error","message":"Duplicate IDs found in batch input: [12877907025]. IDs must be unique","correlationId":"c","context":{"ids":["12877907025"]},"category":"VALIDATION_ERROR"}"#,
                Reason::DuplicateInputs,
            ),
            (
                400,
                r#"{"message":"Unable to perform update/upsert by non-unique 0-3 property dealname"}"#,
                Reason::NotUnique {
                    property: Some("dealname".to_owned()),
                },
            ),
            (
                400,
                r#"{"status":"error","message":"Unable to infer object type from: butterflies","correlationId":"c"}"#,
                Reason::Rejected {
                    status: 400,
                    category: None,
                },
            ),
            (
                400,
                r#"{"message":"x","errors":[{"code":"NON_UNIQUE_PROPERTY_LABEL"}]}"#,
                Reason::LabelTaken,
            ),
            (
                400,
                r#"{"subCategory":"PropertyValidationError.CANNOT_DELETE_PROPERTY_IN_USE"}"#,
                Reason::PropertyInUse,
            ),
            (
                404,
                r#"{"status":"error","message":"resource not found","correlationId":"c","category":"OBJECT_NOT_FOUND"}"#,
                Reason::NotFound,
            ),
            (404, "<html>", Reason::NotFound),
            (423, "", Reason::Locked),
            (502, "<html>", Reason::Unavailable { status: 502 }),
            (
                403,
                "<html>Welcome to the hotel</html>",
                Reason::NotHubSpot { status: 403 },
            ),
            (302, "", Reason::NotHubSpot { status: 302 }),
            (401, "[]", Reason::NotHubSpot { status: 401 }),
        ];
        for (status, body, expected) in cases {
            assert_eq!(reason_of(status, body), expected, "{status} {body}");
        }
        let mut moving = answer(477, "");
        moving
            .headers_mut()
            .insert(RETRY_AFTER, "7200".parse().unwrap());
        assert_eq!(
            read(&moving).reason,
            Reason::PortalMoving {
                retry_after: Some(Duration::from_hours(2))
            }
        );
    }

    proptest::proptest! {
        #[test]
        fn no_message_survives(status in 400u16..500, text in "[a-z ]{12,40}") {
            let body = serde_json::json!({
                "message": format!("secretword {text} requires one of: [secretword {text}]"),
                "category": format!("secretword {text}"),
                "errors": [{"code": format!("secretword {text}"), "context": {"propertyName": [format!("secretword {text}")]}}],
            });
            let error = read(&answer(status, &body.to_string()));
            let shown = format!("{error:?} {error}");
            proptest::prop_assert!(!shown.contains("secretword"));
        }
    }
}
