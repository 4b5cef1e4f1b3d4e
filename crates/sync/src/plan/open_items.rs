//! What a plan leaves to the user, kept as open items for as long as it is so.

use std::collections::{BTreeMap, BTreeSet};

use clearsync_hubspot::RecordId;
use clearsync_store::{StoreError, Target, Writer};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    Draft,
    kind::Kind,
    mark::{self, Rival},
    row::Deed,
};
use crate::{push, view::SkipReason};

const AREA: &str = "plan";
/// The code of an open item about a customer no record fits; `params` hold `object`, `key` and `reason`.
pub const CUSTOMER_UNMATCHED: &str = "customer_unmatched";
/// The code of an open item about several records that fit; `params` hold `candidates` too.
pub const MATCH_AMBIGUOUS: &str = "match_ambiguous";
/// The code of an open item about a record on which another Stripe account's figures stand; `params` hold `account`, its id
/// and mode, too.
pub const OTHER_ACCOUNT: &str = "other_account";
/// The code of an open item about another installation that writes for the same account; `params` hold how many `records`.
pub(crate) const OTHER_INSTALLATION: &str = "other_installation";
/// The code of an open item about a kind of record whose scopes the key lacks; `params` hold `scopes`.
pub(crate) const SCOPE_MISSING: &str = "scope_missing";

impl Draft<'_> {
    /// Keeps what is open now, and closes what no longer is.
    pub(super) fn keep_open_items(&self, writer: &Writer) -> Result<(), StoreError> {
        let account = self.target.account;
        let open = self.open_items();
        let former = self.known.attention.iter().filter(|item| item.area == AREA);
        for item in former.filter(|item| !open.contains_key(item.subject.as_str())) {
            writer.set_attention(account, AREA, &item.subject, &[], self.now)?;
        }
        for (subject, item) in open {
            writer.set_attention(account, AREA, subject, &[item], self.now)?;
        }
        let rows = self.rows.iter().filter(|row| match &row.deed {
            Deed::Create { .. } | Deed::Update { .. } | Deed::Remove { .. } => true,
            Deed::Skip { reason, .. } => *reason == SkipReason::Refused,
            Deed::Keep { .. } | Deed::Associate { .. } => false,
        });
        let waiting: BTreeSet<&str> = rows.map(|row| row.label.as_str()).collect();
        push::close_items_but_of(
            writer,
            self.target,
            &self.known.attention,
            &waiting,
            self.now,
        )
    }

    /// Code and parameters of each open item, by what it is about.
    fn open_items(&self) -> BTreeMap<&str, (&'static str, Value)> {
        let mut open = BTreeMap::new();
        for row in self.rows {
            let Deed::Skip {
                reason,
                candidates,
                account: other,
            } = &row.deed
            else {
                continue;
            };
            let Some(code) = code_of(*reason) else {
                continue;
            };
            let candidates: Vec<String> = candidates.iter().map(RecordId::to_string).collect();
            let mut params = json!({
                "object": row.object, "key": row.subject, "reason": reason, "candidates": candidates.join(", "),
            });
            if let Some(other) = other {
                params["account"] = json!(other);
            }
            open.insert(row.label.as_str(), (code, params));
        }
        if let Some(rival) = &self.counts.rival {
            let params = json!({ "records": rival.records });
            open.insert(rival.installation.as_str(), (OTHER_INSTALLATION, params));
        }
        let blind = self.rows.iter().filter(|row| push::is_blind(row));
        for kind in blind.filter_map(|row| Kind::named(&row.object)) {
            let params = json!({ "scopes": kind.scopes().join(", ") });
            open.insert(kind.name(), (SCOPE_MISSING, params));
        }
        for (kind, any_of) in self.barred.kinds() {
            open.insert(kind.name(), (SCOPE_MISSING, scopes_missing(kind, any_of)));
        }
        open
    }
}

/// The code of the open item about a record that is left out; `None` where leaving it out is what the user wants, or is told
/// by another item.
fn code_of(reason: SkipReason) -> Option<&'static str> {
    match reason {
        SkipReason::Ambiguous => Some(MATCH_AMBIGUOUS),
        SkipReason::OtherAccount => Some(OTHER_ACCOUNT),
        SkipReason::NoEmail | SkipReason::EmailRefused | SkipReason::ContactsNotCreated => {
            Some(CUSTOMER_UNMATCHED)
        }
        SkipReason::FreeMail
        | SkipReason::CompaniesNotCreated
        | SkipReason::CustomerDeleted
        | SkipReason::LeftOut
        | SkipReason::Refused
        | SkipReason::ScopeMissing
        | SkipReason::FilteredTrial
        | SkipReason::FilteredFree
        | SkipReason::FilteredStatus
        | SkipReason::FilteredProduct
        | SkipReason::FilteredPrice
        | SkipReason::FilteredCurrency
        | SkipReason::FilteredMrr
        | SkipReason::FilteredMetadata => None,
    }
}

/// Notes that a push takes over what another installation writes.
pub(crate) fn take_over(
    writer: &Writer,
    target: Target,
    rival: &Rival,
    now: Timestamp,
) -> Result<(), StoreError> {
    mark::begin_term(writer, rival.term)?;
    writer.set_attention(target.account, AREA, &rival.installation, &[], now)
}

/// The parameters of an open item about a kind of record that may not be written.
pub(crate) fn scopes_missing(kind: Kind, any_of: &[String]) -> Value {
    let scopes = match any_of {
        [] => kind.scopes().join(", "),
        named => named.join(", "),
    };
    json!({ "scopes": scopes })
}
