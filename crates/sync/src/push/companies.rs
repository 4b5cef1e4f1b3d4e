//! The second look for companies, right before they are made: HubSpot makes some by itself, and people do.

use std::collections::{BTreeMap, BTreeSet};

use clearsync_hubspot::Record;
use jiff::Timestamp;

use super::{GOOD_FOR, Numbered, PushError, Work, journal::Adopted, records::count};
use crate::{
    matching::{Spelled, host_of},
    plan::{CREATE, Deed, Kind, MATCH_AMBIGUOUS},
};

/// Splits contacts into those that are made while a company of their address's domain is to be made too, and the others.
pub(super) fn with_new_company(
    contacts: Vec<Numbered>,
    companies: &[Numbered],
) -> (Vec<Numbered>, Vec<Numbered>) {
    let new: BTreeSet<&str> = companies
        .iter()
        .filter(|(_, row)| row.deed.word() == CREATE)
        .map(|(_, row)| row.subject.as_str())
        .collect();
    contacts.into_iter().partition(|(_, row)| {
        let Deed::Create { at_birth, .. } = &row.deed else {
            return false;
        };
        let host = at_birth.get("email").and_then(|email| host_of(email));
        let parents = std::iter::successors(host.as_deref(), |host| {
            host.split_once('.').map(|(_, parent)| parent)
        });
        parents.into_iter().any(|parent| new.contains(parent))
    })
}

/// What was seen of companies that are to be made.
#[derive(Default)]
pub(super) struct Look {
    at: Option<Timestamp>,
    /// A moment before it, by HubSpot's clock.
    since: Option<Timestamp>,
    /// The companies that stand, by domain.
    standing: BTreeMap<String, Vec<Record>>,
}

impl Work<'_> {
    /// Looks for the companies that `rows` would make, unless that was just done. The plan has looked for each, so that
    /// only those matter that changed since then.
    pub(super) async fn look_once_more(
        &self,
        look: &mut Look,
        rows: &[Numbered],
    ) -> Result<(), PushError> {
        let now = self.journal.now();
        let is_good = |at: Timestamp| now.duration_since(at).abs() < GOOD_FOR;
        let domains: BTreeSet<String> = rows
            .iter()
            .filter(|(_, row)| matches!(row.deed, Deed::Create { decided: false, .. }))
            .map(|(_, row)| row.subject.clone())
            .collect();
        if domains.is_empty() || look.at.is_some_and(is_good) {
            return Ok(());
        }
        let properties = self.portal.present(Kind::Companies);
        let properties: Vec<&str> = properties.iter().map(String::as_str).collect();
        let told_at = self.hubspot.answered_at();
        let spelled = Spelled::of(&domains);
        let all = spelled.all();
        let found = match look.since.or(self.sought_at) {
            Some(since) => {
                let changed = self
                    .hubspot
                    .companies_changed_since(since, &all, &properties);
                changed.await?
            }
            None => self.hubspot.companies_by_domain(&all, &properties).await?,
        };
        look.standing.extend(spelled.united(found));
        look.at = Some(now);
        look.since = told_at;
        Ok(())
    }

    /// Takes companies that were seen in place of those that were to be made.
    pub(super) async fn adopt_seen(
        &self,
        look: &Look,
        rows: Vec<Numbered>,
    ) -> Result<(Vec<Numbered>, BTreeMap<i64, Adopted>), PushError> {
        if look.standing.is_empty() {
            return Ok((rows, BTreeMap::new()));
        }
        let (mut fresh, mut found, mut several) = (Vec::new(), Vec::new(), Vec::new());
        for (number, row) in rows {
            let decides = matches!(row.deed, Deed::Create { decided: false, .. });
            let same = look.standing.get(&row.subject).filter(|_| decides);
            match same.map_or(&[][..], Vec::as_slice) {
                [] => fresh.push((number, row)),
                [only] => found.push(((number, row), only.clone())),
                _ => several.push((number, row)),
            }
        }
        self.count(|pushed| pushed.failed += count(several.len()));
        let params = serde_json::json!({ "object": Kind::Companies.name() });
        self.journal
            .leave_open(several, MATCH_AMBIGUOUS, params)
            .await?;
        let adoptions = self.journal.adopt(found, "domain", false).await?;
        self.count(|pushed| pushed.failed += count(adoptions.taken));
        fresh.extend(adoptions.rows);
        Ok((fresh, adoptions.adopted))
    }
}
