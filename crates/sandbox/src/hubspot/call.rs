//! What a request asks for, read from its method and path.

use http::Method;

/// One call of HubSpot's API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Call {
    Introspect,
    AccountDetails,
    ApiUsage,
    ExchangeRates,
    Owners,
    Limits(LimitsCall),
    Objects(String, ObjectCall),
    Properties(String, PropertyCall),
    Schemas(SchemaCall),
    Pipelines(String, PipelineCall),
    Associations(String, String, AssociationCall),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LimitsCall {
    CustomProperties,
    CustomObjectTypes,
    CalculatedProperties,
    Pipelines,
    Records,
    AssociationLabels,
    AssociationRecordsFrom,
    AssociationRecordsBetween(String, String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ObjectCall {
    List,
    Create,
    Get(String),
    Update(String),
    Archive(String),
    BatchCreate,
    BatchRead,
    BatchUpdate,
    BatchUpsert,
    BatchArchive,
    Search,
    Merge,
    GdprDelete,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PropertyCall {
    List,
    Create,
    Get(String),
    Update(String),
    Archive(String),
    BatchCreate,
    BatchRead,
    BatchArchive,
    ListGroups,
    CreateGroup,
    GetGroup(String),
    UpdateGroup(String),
    ArchiveGroup(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SchemaCall {
    List,
    Create,
    Get(String),
    Update(String),
    Archive(String),
    Associate(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PipelineCall {
    List,
    Create,
    Get(String),
    Update(String),
    Replace(String),
    Archive(String),
    ListStages(String),
    CreateStage(String),
    GetStage(String, String),
    UpdateStage(String, String),
    ArchiveStage(String, String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum AssociationCall {
    AssociateDefault { from: String, to: String },
    Label { from: String, to: String },
    List { from: String },
    Remove { from: String, to: String },
    BatchDefault,
    BatchCreate,
    BatchRead,
    BatchArchive,
    BatchArchiveLabels,
    ListLabels,
    CreateLabel,
    UpdateLabel,
    ArchiveLabel(String),
}

/// A call and the version it was made in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Versioned {
    pub(super) call: Call,
    pub(super) version: Version,
}

/// A version of the API, as far as the simulation tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// `v3`, `v4` and `2026-03`.
    Earlier,
    /// `2026-09`, which enforces the validation rules of the portal's administrator.
    September2026,
}

impl Version {
    fn parse(segment: &str) -> Option<Self> {
        match segment {
            "2026-09" => Some(Self::September2026),
            "2026-03" | "v3" | "v4" => Some(Self::Earlier),
            _ => None,
        }
    }
}

impl Call {
    /// The call of a method and path; nothing when HubSpot knows no such path or version.
    pub(super) fn parse(method: &Method, path: &str) -> Option<Versioned> {
        let mut segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        if segments == ["oauth", "v2", "private-apps", "get", "access-token-info"] {
            return (method == Method::POST).then_some(Versioned {
                call: Self::Introspect,
                version: Version::Earlier,
            });
        }
        // The numbered versions stand before the API's name: `/crm/v3/objects`, not `/crm/objects/v3`.
        if let ["crm", "v3" | "v4", _, ..] = segments[..] {
            segments.swap(1, 2);
            if segments[1] == "schemas" {
                segments.splice(0..3, ["crm-object-schemas", "v3", "schemas"]);
            }
        }
        let position = if matches!(segments[0], "account-info" | "crm-object-schemas") {
            1
        } else {
            2
        };
        let version = Version::parse(segments.get(position)?)?;
        segments.remove(position);
        let call = Self::parse_unversioned(method.as_str(), &segments)?;
        Some(Versioned { call, version })
    }

    fn parse_unversioned(method: &str, segments: &[&str]) -> Option<Self> {
        match segments {
            ["account-info", "details"] if method == "GET" => Some(Self::AccountDetails),
            ["account-info", "api-usage", "daily", "private-apps"] if method == "GET" => {
                Some(Self::ApiUsage)
            }
            ["settings", "currencies", "exchange-rates"] if method == "GET" => {
                Some(Self::ExchangeRates)
            }
            ["crm", "owners"] if method == "GET" => Some(Self::Owners),
            ["crm", "limits", rest @ ..] if method == "GET" => {
                LimitsCall::parse(rest).map(Self::Limits)
            }
            [
                "crm",
                "objects",
                from_type,
                from,
                "associations",
                "default",
                to_type,
                to,
            ] if method == "PUT" => {
                let call = AssociationCall::AssociateDefault {
                    from: text(from),
                    to: text(to),
                };
                Some(Self::Associations(text(from_type), text(to_type), call))
            }
            [
                "crm",
                "objects",
                from_type,
                from,
                "associations",
                to_type,
                rest @ ..,
            ] => AssociationCall::parse_single(method, from, rest)
                .map(|call| Self::Associations(text(from_type), text(to_type), call)),
            ["crm", "objects", object_type, rest @ ..] => {
                ObjectCall::parse(method, rest).map(|call| Self::Objects(text(object_type), call))
            }
            ["crm", "properties", object_type, rest @ ..] => PropertyCall::parse(method, rest)
                .map(|call| Self::Properties(text(object_type), call)),
            ["crm-object-schemas", "schemas", rest @ ..] => {
                SchemaCall::parse(method, rest).map(Self::Schemas)
            }
            ["crm", "pipelines", object_type, rest @ ..] => PipelineCall::parse(method, rest)
                .map(|call| Self::Pipelines(text(object_type), call)),
            ["crm", "associations", from, to, rest @ ..] => AssociationCall::parse(method, rest)
                .map(|call| Self::Associations(text(from), text(to), call)),
            _ => None,
        }
    }

    /// Whether the call may change records of a type, and which.
    pub(super) fn writes_records_of(&self) -> Option<&str> {
        match self {
            Self::Objects(
                object_type,
                ObjectCall::Create
                | ObjectCall::Update(_)
                | ObjectCall::Archive(_)
                | ObjectCall::BatchCreate
                | ObjectCall::BatchUpdate
                | ObjectCall::BatchUpsert
                | ObjectCall::BatchArchive
                | ObjectCall::Merge
                | ObjectCall::GdprDelete,
            ) => Some(object_type),
            _ => None,
        }
    }
}

/// A path segment without its percent signs. In a path, unlike in a query, `+`, `=` and `&` stand for themselves.
fn text(segment: &str) -> String {
    let plain = segment
        .replace('+', "%2B")
        .replace('=', "%3D")
        .replace('&', "%26");
    url::form_urlencoded::parse(plain.as_bytes())
        .next()
        .map_or_else(String::new, |(decoded, _)| decoded.into_owned())
}

impl LimitsCall {
    fn parse(segments: &[&str]) -> Option<Self> {
        Some(match segments {
            ["custom-properties"] => Self::CustomProperties,
            ["custom-object-types"] => Self::CustomObjectTypes,
            ["calculated-properties"] => Self::CalculatedProperties,
            ["pipelines"] => Self::Pipelines,
            ["records"] => Self::Records,
            ["associations", "labels"] => Self::AssociationLabels,
            ["associations", "records", "from"] => Self::AssociationRecordsFrom,
            ["associations", "records", from, to] => {
                Self::AssociationRecordsBetween(text(from), text(to))
            }
            _ => return None,
        })
    }
}

impl ObjectCall {
    fn parse(method: &str, segments: &[&str]) -> Option<Self> {
        Some(match (method, segments) {
            ("GET", []) => Self::List,
            ("POST", []) => Self::Create,
            ("POST", ["search"]) => Self::Search,
            ("POST", ["merge"]) => Self::Merge,
            ("POST", ["gdpr-delete"]) => Self::GdprDelete,
            ("POST", ["batch", "create"]) => Self::BatchCreate,
            ("POST", ["batch", "read"]) => Self::BatchRead,
            ("POST", ["batch", "update"]) => Self::BatchUpdate,
            ("POST", ["batch", "upsert"]) => Self::BatchUpsert,
            ("POST", ["batch", "archive"]) => Self::BatchArchive,
            ("GET", [id]) => Self::Get(text(id)),
            ("PATCH", [id]) => Self::Update(text(id)),
            ("DELETE", [id]) => Self::Archive(text(id)),
            _ => return None,
        })
    }
}

impl PropertyCall {
    fn parse(method: &str, segments: &[&str]) -> Option<Self> {
        Some(match (method, segments) {
            ("GET", []) => Self::List,
            ("POST", []) => Self::Create,
            ("POST", ["batch", "create"]) => Self::BatchCreate,
            ("POST", ["batch", "read"]) => Self::BatchRead,
            ("POST", ["batch", "archive"]) => Self::BatchArchive,
            ("GET", ["groups"]) => Self::ListGroups,
            ("POST", ["groups"]) => Self::CreateGroup,
            ("GET", ["groups", name]) => Self::GetGroup(text(name)),
            ("PATCH", ["groups", name]) => Self::UpdateGroup(text(name)),
            ("DELETE", ["groups", name]) => Self::ArchiveGroup(text(name)),
            ("GET", [name]) => Self::Get(text(name)),
            ("PATCH", [name]) => Self::Update(text(name)),
            ("DELETE", [name]) => Self::Archive(text(name)),
            _ => return None,
        })
    }
}

impl SchemaCall {
    fn parse(method: &str, segments: &[&str]) -> Option<Self> {
        Some(match (method, segments) {
            ("GET", []) => Self::List,
            ("POST", []) => Self::Create,
            ("GET", [object_type]) => Self::Get(text(object_type)),
            ("PATCH", [object_type]) => Self::Update(text(object_type)),
            ("DELETE", [object_type]) => Self::Archive(text(object_type)),
            ("POST", [object_type, "associations"]) => Self::Associate(text(object_type)),
            _ => return None,
        })
    }
}

impl PipelineCall {
    fn parse(method: &str, segments: &[&str]) -> Option<Self> {
        Some(match (method, segments) {
            ("GET", []) => Self::List,
            ("POST", []) => Self::Create,
            ("GET", [id]) => Self::Get(text(id)),
            ("PATCH", [id]) => Self::Update(text(id)),
            ("PUT", [id]) => Self::Replace(text(id)),
            ("DELETE", [id]) => Self::Archive(text(id)),
            ("GET", [id, "stages"]) => Self::ListStages(text(id)),
            ("POST", [id, "stages"]) => Self::CreateStage(text(id)),
            ("GET", [id, "stages", stage]) => Self::GetStage(text(id), text(stage)),
            ("PATCH", [id, "stages", stage]) => Self::UpdateStage(text(id), text(stage)),
            ("DELETE", [id, "stages", stage]) => Self::ArchiveStage(text(id), text(stage)),
            _ => return None,
        })
    }
}

impl AssociationCall {
    fn parse(method: &str, segments: &[&str]) -> Option<Self> {
        Some(match (method, segments) {
            ("POST", ["batch", "associate", "default"]) => Self::BatchDefault,
            ("POST", ["batch", "create"]) => Self::BatchCreate,
            ("POST", ["batch", "read"]) => Self::BatchRead,
            ("POST", ["batch", "archive"]) => Self::BatchArchive,
            ("POST", ["batch", "labels", "archive"]) => Self::BatchArchiveLabels,
            ("GET", ["labels"]) => Self::ListLabels,
            ("POST", ["labels"]) => Self::CreateLabel,
            ("PUT", ["labels"]) => Self::UpdateLabel,
            ("DELETE", ["labels", type_id]) => Self::ArchiveLabel(text(type_id)),
            _ => return None,
        })
    }

    fn parse_single(method: &str, from: &str, rest: &[&str]) -> Option<Self> {
        Some(match (method, rest) {
            ("GET", []) => Self::List { from: text(from) },
            ("PUT", [to]) => Self::Label {
                from: text(from),
                to: text(to),
            },
            ("DELETE", [to]) => Self::Remove {
                from: text(from),
                to: text(to),
            },
            _ => return None,
        })
    }
}
