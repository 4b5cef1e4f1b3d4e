use serde_json::{Map, Value, json};

/// What a call is answered with.
pub(super) type Answer = Result<Reply, Refusal>;

/// An answer that carries out what was asked.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Option<Value>,
}

impl Reply {
    pub(super) fn ok(body: Value) -> Self {
        Self {
            status: 200,
            body: Some(body),
        }
    }

    pub(super) fn created(body: Value) -> Self {
        Self {
            status: 201,
            body: Some(body),
        }
    }

    pub(super) fn no_content() -> Self {
        Self {
            status: 204,
            body: None,
        }
    }
}

/// A refusal in HubSpot's words.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) message: String,
    category: Option<&'static str>,
    details: Box<Details>,
}

#[derive(Debug, Clone, Default)]
struct Details {
    sub_category: Option<&'static str>,
    context: Map<String, Value>,
    errors: Vec<Value>,
    /// Members that only this kind of refusal has.
    further: Map<String, Value>,
    /// Members of `context` that only stand in a batch's list of errors.
    batch_context: Map<String, Value>,
    retry_after_s: Option<u64>,
}

impl Refusal {
    pub(super) fn new(status: u16, category: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            category: Some(category),
            details: Box::default(),
        }
    }

    pub(super) fn validation(message: impl Into<String>) -> Self {
        Self::new(400, "VALIDATION_ERROR", message)
    }

    pub(super) fn conflict(message: impl Into<String>) -> Self {
        Self::new(409, "CONFLICT", message)
    }

    /// A resource that is not there, such as a property or a record.
    pub(super) fn not_found() -> Self {
        Self::new(404, "OBJECT_NOT_FOUND", "resource not found")
    }

    /// A path HubSpot does not know: answered with a page, not with JSON.
    pub(super) fn no_such_path() -> Self {
        Self {
            category: None,
            ..Self::new(404, "", "")
        }
    }

    pub(super) fn unreadable(reason: &str) -> Self {
        Self {
            category: None,
            ..Self::validation(format!("Invalid input JSON on line 1, column 1: {reason}"))
        }
    }

    pub(super) fn unknown_object_type(name: &str) -> Self {
        Self {
            category: None,
            ..Self::validation(format!("Unable to infer object type from: {name}"))
        }
    }

    pub(super) fn unauthenticated() -> Self {
        Self::new(
            401,
            "INVALID_AUTHENTICATION",
            "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more \
             details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
        )
    }

    pub(super) fn missing_scopes(any_of: &[String]) -> Self {
        let mut refusal = Self::new(
            403,
            "MISSING_SCOPES",
            "This app hasn't been granted all required scopes to make this call. Read more about required scopes \
             here: https://developers.hubspot.com/scopes.",
        );
        if !any_of.is_empty() {
            refusal.details.errors.push(json!({
                "message": "One or more of the following scopes are required.",
                "context": {"requiredGranularScopes": any_of},
            }));
        }
        refusal.details.further.insert(
            "links".to_owned(),
            json!({"scopes": "https://developers.hubspot.com/scopes"}),
        );
        refusal
    }

    /// Another write holds the records. HubSpot documents that a lock lasts two seconds.
    pub(super) fn locked() -> Self {
        Self::new(
            423,
            "LOCKED",
            "The resource is locked. Wait before trying again.",
        )
    }

    /// The portal is being moved between data centres.
    pub(super) fn moving(retry_after_s: u64) -> Self {
        let message = "This account is being migrated between data centers.";
        let mut refusal = Self::new(477, "MIGRATION_IN_PROGRESS", message);
        refusal.details.retry_after_s = Some(retry_after_s);
        refusal
    }

    pub(super) fn broken(status: u16) -> Self {
        Self::new(status, "INTERNAL_ERROR", "internal error")
    }

    pub(super) fn rate_limited(limit: &str, policy: &str) -> Self {
        let mut refusal = Self {
            category: None,
            ..Self::new(429, "", format!("You have reached your {limit} limit."))
        };
        refusal
            .details
            .further
            .insert("errorType".to_owned(), json!("RATE_LIMIT"));
        refusal
            .details
            .further
            .insert("policyName".to_owned(), json!(policy));
        refusal
    }

    pub(super) fn with_code(mut self, code: &str) -> Self {
        self.details
            .errors
            .push(json!({"message": self.message, "code": code}));
        self
    }

    pub(super) fn with_context(mut self, name: &str, values: Value) -> Self {
        self.details.context.insert(name.to_owned(), values);
        self
    }

    /// A member of `context` that only stands in a batch's list of errors.
    pub(super) fn with_batch_context(mut self, name: &str, values: Value) -> Self {
        self.details.batch_context.insert(name.to_owned(), values);
        self
    }

    pub(super) fn with_errors(mut self, errors: Vec<Value>) -> Self {
        self.details.errors = errors;
        self
    }

    /// `Retry-After`, in seconds.
    pub(super) fn retry_after_s(&self) -> Option<u64> {
        self.details.retry_after_s
    }

    pub(super) fn with_sub_category(mut self, sub_category: &'static str) -> Self {
        self.details.sub_category = Some(sub_category);
        self
    }

    /// Whether the answer is a web page and not JSON.
    pub(super) fn is_page(&self) -> bool {
        self.status == 404 && self.category.is_none()
    }

    /// The whole answer's body.
    pub(super) fn body(&self, correlation_id: &str) -> Value {
        let mut body = self.members();
        body.insert("correlationId".to_owned(), json!(correlation_id));
        if self.status == 429 {
            body.insert("requestId".to_owned(), json!(correlation_id));
        }
        Value::Object(body)
    }

    /// One entry of `errors` in the answer to a batch.
    pub(super) fn entry(&self, trace_id: Option<&str>) -> Value {
        let mut context = self.details.context.clone();
        context.extend(self.details.batch_context.clone());
        if let Some(trace_id) = trace_id {
            context.insert("objectWriteTraceId".to_owned(), json!([trace_id]));
        }
        let mut entry = self.members();
        if !context.is_empty() {
            entry.insert("context".to_owned(), Value::Object(context));
        }
        Value::Object(entry)
    }

    fn members(&self) -> Map<String, Value> {
        let mut members = Map::new();
        members.insert("status".to_owned(), json!("error"));
        members.insert("message".to_owned(), json!(self.message));
        if let Some(category) = self.category {
            members.insert("category".to_owned(), json!(category));
        }
        if let Some(sub_category) = self.details.sub_category {
            members.insert("subCategory".to_owned(), json!(sub_category));
        }
        if !self.details.context.is_empty() {
            members.insert("context".to_owned(), json!(self.details.context));
        }
        if !self.details.errors.is_empty() {
            members.insert("errors".to_owned(), json!(self.details.errors));
        }
        members.extend(self.details.further.clone());
        members
    }
}
