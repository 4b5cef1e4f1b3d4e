//! Which scopes a call needs.

use std::collections::BTreeSet;

use super::{
    call::{AssociationCall, Call, ObjectCall, PipelineCall, PropertyCall, SchemaCall},
    reply::Refusal,
};

/// The scopes of one token.
#[derive(Debug, Clone, Default)]
pub(super) struct Scopes(BTreeSet<String>);

impl Scopes {
    pub(super) fn new(scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(scopes.into_iter().map(Into::into).collect())
    }

    /// As introspection lists them. HubSpot adds `oauth` by itself.
    pub(super) fn listed(&self) -> Vec<&str> {
        let own = self.0.iter().map(String::as_str);
        let mut listed: Vec<&str> = own.filter(|scope| *scope != "oauth").collect();
        listed.push("oauth");
        listed
    }

    fn has(&self, scope: &str) -> bool {
        self.0
            .iter()
            .any(|held| held.strip_suffix(".v2").unwrap_or(held) == scope)
    }

    fn has_any(&self, any_of: &[String]) -> bool {
        any_of.iter().any(|scope| self.has(scope))
    }

    /// Whether a call may be made. `scope_name` gives an object type's name in scopes, such as `contacts`.
    pub(super) fn permit(
        &self,
        call: &Call,
        scope_name: impl Fn(&str) -> Option<String>,
    ) -> Result<(), Refusal> {
        for any_of in needed(call, scope_name) {
            if self.has_any(&any_of) {
                continue;
            }
            return Err(self.refuse(&any_of));
        }
        Ok(())
    }

    /// A key that may write but not read is told that scopes are missing and not which.
    fn refuse(&self, any_of: &[String]) -> Refusal {
        let write_only = any_of
            .iter()
            .filter(|scope| scope.starts_with("crm.objects."))
            .filter_map(|scope| scope.strip_suffix(".read"))
            .any(|object| self.has(&format!("{object}.write")));
        Refusal::missing_scopes(if write_only { &[] } else { any_of })
    }
}

/// Every entry must be met; an entry is met by any one of its scopes.
fn needed(call: &Call, scope_name: impl Fn(&str) -> Option<String>) -> Vec<Vec<String>> {
    let name = |object_type: &str| scope_name(object_type);
    match call {
        Call::Introspect | Call::AccountDetails | Call::ApiUsage => Vec::new(),
        Call::ExchangeRates => vec![
            ["read", "write"]
                .map(|action| format!("settings.currencies.{action}"))
                .to_vec(),
        ],
        Call::Owners => vec![vec!["crm.objects.owners.read".to_owned()]],
        Call::Limits(_) => vec![
            ["contacts", "companies", "deals", "custom"]
                .map(|object| format!("crm.objects.{object}.read"))
                .to_vec(),
        ],
        Call::Objects(object_type, call) => name(object_type)
            .map(|object| vec![records(&object, reads_records(call))])
            .unwrap_or_default(),
        Call::Properties(object_type, call) => name(object_type)
            .map(|object| vec![definitions(&object, reads_properties(call))])
            .unwrap_or_default(),
        Call::Pipelines(object_type, call) => {
            let reads = matches!(
                call,
                PipelineCall::List
                    | PipelineCall::Get(_)
                    | PipelineCall::ListStages(_)
                    | PipelineCall::GetStage(..)
            );
            name(object_type)
                .map(|object| vec![definitions(&object, reads)])
                .unwrap_or_default()
        }
        Call::Schemas(call) => vec![vec![match call {
            SchemaCall::List | SchemaCall::Get(_) => "crm.schemas.custom.read".to_owned(),
            _ => "crm.schemas.custom.write".to_owned(),
        }]],
        Call::Associations(from, to, call) => [from, to]
            .into_iter()
            .filter_map(|object_type| name(object_type))
            .map(|object| match call {
                AssociationCall::List { .. } | AssociationCall::BatchRead => records(&object, true),
                AssociationCall::ListLabels => definitions(&object, true),
                AssociationCall::CreateLabel
                | AssociationCall::UpdateLabel
                | AssociationCall::ArchiveLabel(_) => definitions(&object, false),
                _ => records(&object, false),
            })
            .collect(),
    }
}

fn reads_records(call: &ObjectCall) -> bool {
    matches!(
        call,
        ObjectCall::List | ObjectCall::Get(_) | ObjectCall::BatchRead | ObjectCall::Search
    )
}

fn reads_properties(call: &PropertyCall) -> bool {
    matches!(
        call,
        PropertyCall::List
            | PropertyCall::Get(_)
            | PropertyCall::BatchRead
            | PropertyCall::ListGroups
            | PropertyCall::GetGroup(_)
    )
}

fn records(object: &str, reads: bool) -> Vec<String> {
    let action = if reads { "read" } else { "write" };
    let mut any_of = vec![format!("crm.objects.{object}.{action}")];
    if matches!(object, "line_items" | "products") {
        any_of.push("e-commerce".to_owned());
    }
    any_of
}

fn definitions(object: &str, reads: bool) -> Vec<String> {
    if reads {
        vec![
            format!("crm.schemas.{object}.read"),
            format!("crm.objects.{object}.read"),
            format!("crm.schemas.{object}.write"),
            format!("crm.objects.{object}.write"),
        ]
    } else {
        vec![format!("crm.schemas.{object}.write")]
    }
}
