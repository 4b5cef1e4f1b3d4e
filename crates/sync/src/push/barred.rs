//! What the key may not write waits: a scope that is lost stops the kinds of record that need it, and nothing else.

use std::sync::PoisonError;

use clearsync_hubspot::{Reason, SchemaError};

use super::{PushError, Work, journal};
use crate::plan::{Barred, Kind, LinkKind, SCOPE_MISSING, scopes_missing};

impl Work<'_> {
    /// Whether records of this kind may not be written, as far as this push found.
    pub(super) fn is_barred(&self, kind: Kind) -> bool {
        self.with_barred(|barred| barred.bars(kind))
    }

    pub(super) fn is_link_barred(&self, link: &LinkKind) -> bool {
        self.with_barred(|barred| barred.bars_link(link))
    }

    /// Whether nothing was found that the key may not write.
    pub(super) fn may_all(&self) -> bool {
        self.with_barred(|barred| barred.is_empty())
    }

    fn with_barred<T>(&self, look: impl FnOnce(&mut Barred) -> T) -> T {
        look(&mut self.barred.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Notes that a kind waits where it was refused for want of a scope, so that the push goes on without it. Nothing makes
    /// sense without contacts.
    pub(super) async fn wait_if_barred<T: Default>(
        &self,
        kind: Kind,
        outcome: Result<T, PushError>,
    ) -> Result<T, PushError> {
        let any_of = match outcome.as_ref().err().and_then(missing) {
            Some(any_of) if kind != Kind::Contacts => any_of.to_vec(),
            _ => return outcome,
        };
        let barred = self.with_barred(|barred| {
            barred.add(kind, any_of.clone());
            barred.clone()
        });
        self.journal
            .write(move |writer, order, now| {
                barred.keep(writer, order.target)?;
                let params = scopes_missing(kind, &any_of);
                let items = [(SCOPE_MISSING, params)];
                let account = order.target.account;
                writer.set_attention(account, journal::AREA, kind.name(), &items, now)
            })
            .await?;
        Ok(T::default())
    }

    /// As [`wait_if_barred`](Self::wait_if_barred) for links: the kind waits of which the missing scope is.
    pub(super) async fn wait_if_link_barred<T: Default>(
        &self,
        link: &LinkKind,
        outcome: Result<T, PushError>,
    ) -> Result<T, PushError> {
        let any_of = outcome.as_ref().err().and_then(missing).unwrap_or_default();
        let ends = [link.from, link.to];
        let named = ends.into_iter().find(|kind| kind.is_of_any(any_of));
        // Where HubSpot names none, the end that is not the contacts waits.
        let own = if link.from == Kind::Contacts {
            link.to
        } else {
            link.from
        };
        self.wait_if_barred(named.unwrap_or(own), outcome).await
    }
}

/// Whether HubSpot refused for want of a scope, so that it did nothing of what it was asked.
pub(super) fn lacks_scope(error: &PushError) -> bool {
    missing(error).is_some()
}

/// The scopes of which HubSpot wanted one.
fn missing(error: &PushError) -> Option<&[String]> {
    let (PushError::HubSpot(error)
    | PushError::Properties(
        SchemaError::HubSpot(error) | SchemaError::NotCreated { source: error, .. },
    )) = error
    else {
        return None;
    };
    match &error.reason {
        Reason::MissingScopes { any_of } => Some(any_of),
        _ => None,
    }
}
