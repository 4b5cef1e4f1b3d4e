//! What a push would do: records as they should be, against what ClearSync wrote last or HubSpot holds now.
//!
//! [`make`] gathers, the pure core in [`row`](self) decides, and the store keeps the plan. HubSpot is asked only about
//! records nothing was written of: a plan with nothing new sends no request.

mod companies;
mod contacts;
mod counts;
mod guard;
mod known;
mod portal;
mod row;
mod standing;
mod vain;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use clearsync_hubspot::{Client, HubSpotError, ObjectType, Pair, RecordId};
use clearsync_store::{PlanId, PlanState, Purpose, Store, StoreError, Target, Writer};
use jiff::Timestamp;

pub(crate) use counts::Counts;
pub use guard::Guard;
pub(crate) use known::settings_changed;
pub(crate) use portal::{Portal, look_at_properties};
pub(crate) use row::{
    ASSOCIATE, ASSOCIATION, CREATE, Change, Deed, Row, SKIP, UNCHANGED, UPDATE, Values,
    pair_subject,
};
pub(crate) use standing::{Confirmed, confirm};
pub use values::LAST_SYNCED;
pub(crate) use values::same;

use self::{known::Known, row::Standing, vain::Vain};
use crate::{blocking::blocking, matching::Sought, push, view::Choices, view::SkipReason};

/// Why no plan could be made. The plan before stays.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// HubSpot could not be asked.
    #[error(transparent)]
    HubSpot(#[from] HubSpotError),
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The token belongs to another portal than the one that was connected.
    #[error("the token belongs to portal {after}, not {before}")]
    OtherPortal {
        /// The connected portal.
        before: i64,
        /// The token's.
        after: u64,
    },
    /// The unique property by which records are found again exists with another shape.
    #[error("the property {property} exists with another shape")]
    KeyUnusable {
        /// Its name.
        property: String,
    },
    /// The portal's limit leaves no room for the property by which records are found again.
    #[error("the portal has no room for the properties")]
    NoRoom,
}

/// How a plan looks at HubSpot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looking {
    /// Only for what was not looked for lately.
    AsNeeded,
    /// For everything that is not linked, and at the portal's properties: a person who just changed HubSpot wants to see it.
    Anew,
}

/// Makes the plan for a portal from what has been worked out, and keeps it to be shown. When it would be the same as the
/// plan that is shown already, that one stays.
///
/// # Errors
/// [`PlanError`].
pub async fn make(
    store: &Store,
    hubspot: &Client,
    target: Target,
    choices: Choices,
    looking: Looking,
    now: Timestamp,
) -> Result<PlanId, PlanError> {
    let mut known = {
        let store = store.clone();
        blocking(move || store.read(|view| Known::load(view, target, now))).await?
    };
    if looking == Looking::Anew {
        known.portal = None;
        known.vain = Vain::empty(target);
    }
    let portal = match known.portal.clone() {
        Some(portal) => portal,
        None => Portal::look(hubspot, target, now).await?,
    };
    portal.check_keys()?;
    let mut gathering = Gathering {
        hubspot,
        known: &known,
        portal: &portal,
        choices,
        vain: Vain::empty(target),
        now,
    };
    let companies = companies::gather(&mut gathering).await?;
    let contacts = contacts::gather(&mut gathering, &companies.aliases).await?;
    let vain = gathering.vain;
    let records = companies.records.into_iter().chain(contacts.records);
    let mut rows = row::rows(records.collect(), choices, &known.guard, &known.refused);
    let standing = links(hubspot, &known, &rows, &contacts.companies_of).await?;
    let pairs = standing.keys().cloned().collect();
    rows.extend(row::associations(&rows, &contacts.companies_of, &pairs));
    let counts = Counts::of(&rows, &portal, hubspot.quota(), &known);
    let store = store.clone();
    blocking(move || {
        store.write(|writer| {
            let draft = Draft {
                target,
                known: &known,
                portal: &portal,
                rows: &rows,
                standing: &standing,
                vain: &vain,
                counts: &counts,
                now,
            };
            draft.keep(writer)
        })
    })
    .await
}

/// What records are gathered from.
struct Gathering<'a> {
    hubspot: &'a Client,
    known: &'a Known,
    portal: &'a Portal,
    choices: Choices,
    /// What is looked for in vain now.
    vain: Vain,
    now: Timestamp,
}

impl Gathering<'_> {
    /// What an earlier search that is remembered found.
    fn recall(&self, object: &ObjectType, subject: &str, by: &[String]) -> Option<Standing> {
        let vain = &self.known.vain;
        vain.recall(object, subject, by, self.choices, self.now)
    }

    fn note(&mut self, object: &ObjectType, subject: &str, by: Vec<String>, found: &Standing) {
        let since = (&self.known.vain, self.now);
        self.vain
            .note(object, subject, by, found, self.choices, since);
    }
}

/// What HubSpot was found to hold, as far as it is ClearSync's own.
fn standing_of(sought: Sought, own: &[&str]) -> Standing {
    match sought {
        Sought::Absent => Standing::Absent,
        Sought::Ambiguous(candidates) => Standing::Ambiguous(candidates),
        Sought::Refused => Standing::Refused,
        Sought::Found { record, by } => Standing::Stands {
            record: record.id,
            found_by: Some(by.to_owned()),
            values: own
                .iter()
                .filter_map(|name| Some(((*name).to_owned(), record.value(name)?.to_owned())))
                .filter(|(name, _)| name != LAST_SYNCED)
                .collect(),
        },
    }
}

type Pairs = BTreeMap<(String, String), Pair>;

/// The links from contacts to companies that stand, as contact and domain. Those that were never made are looked for.
async fn links(
    hubspot: &Client,
    known: &Known,
    rows: &[Row],
    companies_of: &BTreeMap<String, BTreeSet<String>>,
) -> Result<Pairs, HubSpotError> {
    let ids = |object: &ObjectType| -> BTreeMap<&str, RecordId> {
        let name = object.path_name();
        rows.iter()
            .filter(|row| row.object == name)
            .filter_map(|row| Some((row.subject.as_str(), row.deed.record()?)))
            .collect()
    };
    let (contacts, companies) = (ids(&ObjectType::Contacts), ids(&ObjectType::Companies));
    let mut standing = Pairs::new();
    let mut unknown = Pairs::new();
    for (contact, domains) in companies_of {
        for domain in domains {
            let records = contacts
                .get(contact.as_str())
                .zip(companies.get(domain.as_str()));
            let Some((from, to)) = records else { continue };
            let pair = Pair {
                from: *from,
                to: *to,
            };
            let written = known.associated.get(&pair_subject(contact, domain));
            let place = if written == Some(&pair_values(pair)) {
                &mut standing
            } else {
                &mut unknown
            };
            place.insert((contact.clone(), domain.clone()), pair);
        }
    }
    if unknown.is_empty() {
        return Ok(standing);
    }
    let from: BTreeSet<RecordId> = unknown.values().map(|pair| pair.from).collect();
    let held = hubspot
        .associated(&ObjectType::Contacts, &ObjectType::Companies, &from)
        .await?;
    let stands = |pair: &Pair| held.get(&pair.from).is_some_and(|to| to.contains(&pair.to));
    standing.extend(unknown.into_iter().filter(|(_, pair)| stands(pair)));
    Ok(standing)
}

/// The kinds of record that a kind of link joins; `None` when it is no kind of link.
pub(crate) fn link_ends(kind: &str) -> Option<(&'static str, &'static str)> {
    (kind == ASSOCIATION).then_some(("contacts", "companies"))
}

/// A pair as it is kept among what was written.
pub(crate) fn pair_values(pair: Pair) -> Values {
    Values::from([
        ("contact".to_owned(), pair.from.to_string()),
        ("company".to_owned(), pair.to.to_string()),
    ])
}

/// A plan that is about to be kept.
struct Draft<'a> {
    target: Target,
    known: &'a Known,
    portal: &'a Portal,
    rows: &'a [Row],
    standing: &'a Pairs,
    vain: &'a Vain,
    counts: &'a Counts,
    now: Timestamp,
}

impl Draft<'_> {
    fn keep(&self, writer: &Writer) -> Result<PlanId, PlanError> {
        if self.known.portal.is_none() {
            self.portal.remember(writer, self.target)?;
        }
        if *self.vain != self.known.vain {
            self.vain.keep(writer, self.target)?;
        }
        self.confirm_found(writer)?;
        push::settle_former(writer, self.target, &self.known.open, self.rows, self.now)?;
        self.set_attention(writer)?;
        let rows: Vec<_> = self.rows.iter().map(Row::stored).collect();
        let counts = self.counts.to_json();
        if let Some(current) = writer.current_plan(self.target, Purpose::Sync)?
            && current.state == PlanState::Shown
            && Counts::read(&current.counts).says_the_same(self.counts)
            && same_rows(&writer.plan_rows(current.id, None, 0, u32::MAX)?, &rows)
        {
            return Ok(current.id);
        }
        let revision = self.known.revision;
        let of = (self.target, Purpose::Sync);
        let id = writer.add_plan(of, revision, self.now, &counts, &rows)?;
        writer.forget_dropped_plans(self.target.account)?;
        Ok(id)
    }

    /// Remembers what was found to be right already, so that it is not looked for again.
    fn confirm_found(&self, writer: &Writer) -> Result<(), StoreError> {
        for row in self.rows {
            let Deed::Keep {
                record,
                linked,
                found_by: Some(found_by),
                values,
            } = &row.deed
            else {
                continue;
            };
            let confirmed = Confirmed {
                object: &row.object,
                subject: &row.subject,
                record: *record,
                linked,
                found_by: Some(found_by),
                values,
            };
            confirm(writer, self.target, &confirmed, self.now)?;
        }
        for ((contact, domain), pair) in self.standing {
            let subject = pair_subject(contact, domain);
            let values = pair_values(*pair);
            if self.known.associated.get(&subject) != Some(&values) {
                standing::put(writer, self.target, ASSOCIATION, &subject, values, self.now)?;
            }
        }
        Ok(())
    }

    /// Customers without a usable match are open items for as long as it is so.
    fn set_attention(&self, writer: &Writer) -> Result<(), StoreError> {
        let account = self.target.account;
        let mut open: BTreeMap<&str, (&str, serde_json::Value)> = BTreeMap::new();
        for row in self.rows {
            let Deed::Skip { reason, candidates } = &row.deed else {
                continue;
            };
            let code = match reason {
                SkipReason::Ambiguous => MATCH_AMBIGUOUS,
                SkipReason::NoEmail | SkipReason::EmailRefused | SkipReason::ContactsNotCreated => {
                    CUSTOMER_UNMATCHED
                }
                SkipReason::FreeMail
                | SkipReason::CompaniesNotCreated
                | SkipReason::CustomerDeleted
                | SkipReason::LeftOut
                | SkipReason::Refused => continue,
            };
            let candidates: Vec<String> = candidates.iter().map(RecordId::to_string).collect();
            let params = serde_json::json!({
                "object": row.object, "key": row.subject, "reason": reason, "candidates": candidates.join(", "),
            });
            open.insert(&row.label, (code, params));
        }
        let former = self.known.attention.iter().filter(|item| item.area == AREA);
        for item in former.filter(|item| !open.contains_key(item.subject.as_str())) {
            writer.set_attention(account, AREA, &item.subject, &[], self.now)?;
        }
        for (subject, item) in open {
            writer.set_attention(account, AREA, subject, &[item], self.now)?;
        }
        let rows = self.rows.iter().filter(|row| match &row.deed {
            Deed::Create { .. } | Deed::Update { .. } => true,
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
}

const AREA: &str = "plan";
/// The code of an open item about a customer no record fits; `params` hold `object`, `key` and `reason`.
pub const CUSTOMER_UNMATCHED: &str = "customer_unmatched";
/// The code of an open item about several records that fit; `params` hold `candidates` too.
pub const MATCH_AMBIGUOUS: &str = "match_ambiguous";

fn same_rows(one: &[clearsync_store::PlanRow], other: &[clearsync_store::PlanRow]) -> bool {
    let same = |(one, other): (&clearsync_store::PlanRow, &clearsync_store::PlanRow)| {
        (
            &one.object,
            &one.subject,
            &one.action,
            &one.label,
            &one.details,
        ) == (
            &other.object,
            &other.subject,
            &other.action,
            &other.label,
            &other.details,
        )
    };
    one.len() == other.len() && one.iter().zip(other).all(same)
}
