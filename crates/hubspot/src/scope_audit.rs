use http::Method;

use crate::{
    Client, EXCHANGE_RATES_SCOPE, HubSpotError, Mode, ObjectType, PortalId, Reason, Scope,
    client::{Call, Lane},
    path::Api,
    scope::{Access, Subject},
    scopes_for,
};

/// Whether the token holds a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It does.
    Held,
    /// It does not.
    Missing,
    /// It could not be found out. Never to be shown as missing.
    Unverified(Unverified),
}

/// Why a scope could not be found out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unverified {
    /// HubSpot did not answer the question, or was too busy to.
    NoAnswer(Reason),
    /// Without introspection no harmless request tells.
    NoProbe,
}

/// How the scopes were found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// HubSpot listed them.
    Introspection,
    /// By harmless requests, as HubSpot did not list them.
    Probes,
}

/// What the token can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeAudit {
    /// The account the token belongs to, when HubSpot said so.
    pub portal_id: Option<PortalId>,
    /// How the scopes were found out.
    pub source: Source,
    /// One verdict per scope of the mode, in the catalogue's order.
    pub verdicts: Vec<(&'static Scope, Verdict)>,
    /// Scopes the token holds and neither the mode nor reading exchange rates needs.
    pub excess: Vec<String>,
}

impl ScopeAudit {
    /// Whether every scope is held.
    #[must_use]
    pub fn complete(&self) -> bool {
        self.verdicts
            .iter()
            .all(|(_, verdict)| *verdict == Verdict::Held)
    }
}

/// HubSpot adds this one to every service key by itself.
const ALWAYS_GRANTED: &str = "oauth";

impl Client {
    /// Finds out which scopes of `mode` the token holds and tells each verdict as soon as it stands. Changes nothing in
    /// the account.
    ///
    /// # Errors
    /// [`Reason::TokenRefused`] when the token itself is not accepted: then no scope can be found out. Nothing else ends an
    /// audit.
    pub async fn audit(
        &self,
        mode: Mode,
        mut on_verdict: impl FnMut(&'static Scope, &Verdict),
    ) -> Result<ScopeAudit, HubSpotError> {
        let listed = match self.introspect().await {
            Ok(listed) => Some(listed),
            Err(error) if matches!(error.reason, Reason::TokenRefused { .. }) => {
                // HubSpot may refuse this question alone; whether the token works is asked of the account.
                self.account().await?;
                None
            }
            Err(_) => None,
        };
        let mut verdicts = Vec::new();
        for scope in scopes_for(mode) {
            let verdict = match &listed {
                Some(listed) if listed.scopes.iter().any(|held| held == scope.name) => {
                    Verdict::Held
                }
                Some(_) => Verdict::Missing,
                None => self.probe(scope).await?,
            };
            on_verdict(scope, &verdict);
            verdicts.push((scope, verdict));
        }
        let needed = |name: &str| {
            [ALWAYS_GRANTED, EXCHANGE_RATES_SCOPE].contains(&name)
                || scopes_for(mode).any(|scope| scope.name == name)
        };
        Ok(ScopeAudit {
            portal_id: listed.as_ref().map(|listed| listed.portal_id),
            source: listed
                .as_ref()
                .map_or(Source::Probes, |_| Source::Introspection),
            excess: listed
                .map(|listed| listed.scopes)
                .unwrap_or_default()
                .into_iter()
                .filter(|name| !needed(name))
                .collect(),
            verdicts,
        })
    }

    /// Tries a request that does nothing but needs the scope.
    async fn probe(&self, scope: &'static Scope) -> Result<Verdict, HubSpotError> {
        let object = match scope.subject {
            Subject::Contacts => ObjectType::Contacts,
            Subject::Companies => ObjectType::Companies,
            Subject::Deals => ObjectType::Deals,
            Subject::Custom => return Ok(Verdict::Unverified(Unverified::NoProbe)),
        };
        match self.call_silent(probe_call(&object, scope.access)).await {
            Ok(()) => Ok(Verdict::Held),
            Err(error) => match error.reason {
                Reason::TokenRefused { .. } => Err(error),
                Reason::MissingScopes { .. } | Reason::ScopeNotOffered => Ok(Verdict::Missing),
                // HubSpot asks for scopes first: a refusal for any other reason of ours shows that they are held.
                Reason::NotFound | Reason::Rejected { status: 400, .. } => Ok(Verdict::Held),
                reason => Ok(Verdict::Unverified(Unverified::NoAnswer(reason))),
            },
        }
    }
}

fn probe_call(object: &ObjectType, access: Access) -> Call<'_> {
    let lane = Lane::Records(object.clone());
    match access {
        Access::ReadRecords => Call::get(Api::Objects(object), []).query("limit", "1"),
        Access::WriteRecords => Call::write(
            Method::POST,
            Api::Objects(object),
            ["batch", "update"],
            &serde_json::json!({ "inputs": [] }),
            lane,
        ),
        Access::ReadSchema => Call::get(Api::Properties(object), ["groups"]),
        Access::WriteSchema => Call::write(
            Method::PATCH,
            Api::Properties(object),
            ["clearsync_no_such_property"],
            &serde_json::json!({}),
            lane,
        ),
    }
}
