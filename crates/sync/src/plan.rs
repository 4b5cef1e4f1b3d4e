//! What a push would do: records as they should be, against what ClearSync wrote last or HubSpot holds now.
//!
//! [`make`] gathers, the pure core in [`row`](self) decides, and the store keeps the plan. HubSpot is asked only about
//! records nothing was written of: a plan with nothing new sends no request.

mod barred;
mod bills;
mod companies;
mod contacts;
mod counts;
mod event;
mod filter;
mod filter_choices;
mod former;
mod guard;
mod kind;
mod known;
mod links;
mod look;
mod mark;
mod metadata;
mod open_items;
mod own_records;
mod portal;
mod row;
mod standing;
mod subscription;
mod subscription_values;
mod vain;
mod values;

use clearsync_hubspot::{Client, HubSpotError, Reason};
use clearsync_store::{PlanId, PlanState, Purpose, Store, StoreError, Target, Writer};
use futures::future::try_join;
use jiff::Timestamp;

pub(crate) use barred::Barred;
pub(crate) use counts::Counts;
pub(crate) use filter_choices::{filter_choices, filter_effect};
pub(crate) use former::former_records;
pub use guard::Guard;
pub(crate) use kind::{Kind, LinkKind, PIPELINE};
pub(crate) use known::settings_changed;
pub(crate) use links::{link_ends, pair_values};
pub(crate) use look::{LINE_ITEM_SCOPES, check_room, look_at_properties};
pub use mark::Installation;
pub(crate) use mark::{Mark, Whose};
pub use open_items::{CUSTOMER_UNMATCHED, MATCH_AMBIGUOUS, OTHER_ACCOUNT};
pub(crate) use open_items::{OTHER_INSTALLATION, SCOPE_MISSING, scopes_missing, take_over};
pub(crate) use portal::Portal;
pub(crate) use row::{
    ASSOCIATE, CREATE, Change, Deed, REMOVE, Row, SKIP, UNCHANGED, UPDATE, Values, pair_subject,
};
pub(crate) use standing::{Confirmed, confirm};
pub(crate) use subscription::metadata_keys;
pub(crate) use vain::companies_sought_at;
pub use values::LAST_SYNCED;
pub(crate) use values::same_in;

use self::{
    known::Known,
    mark::{Marked, mark},
    row::Standing,
    subscription::Subscription,
    vain::Vain,
};
use crate::{
    blocking::blocking,
    matching::Sought,
    push,
    view::{Choices, Filters, SkipReason, Writing},
};

/// What the user decided about what is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// What may be made.
    pub choices: Choices,
    /// How, and about whom.
    pub writing: Writing,
}

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
    /// Deals need a pipeline of ClearSync's own, and the portal has no room for one.
    #[error("the portal may have {limit} pipelines, and has them")]
    NoRoomForPipeline {
        /// How many pipelines it may have.
        limit: u64,
    },
    /// Own kinds of record do not fit, or the portal's plan has none.
    #[error("the portal may have {limit} kinds of record of its own")]
    NoRoomForObjects {
        /// How many it may have.
        limit: u64,
    },
    /// An own kind of record was removed from the portal. Making it again would delete its records for good.
    #[error("the kind of record {name} was removed from the portal")]
    ObjectRemoved {
        /// The name ClearSync gave it.
        name: String,
    },
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
    rules: &Rules,
    looking: Looking,
    now: Timestamp,
) -> Result<PlanId, PlanError> {
    let mut known = {
        let (store, rules) = (store.clone(), rules.clone());
        blocking(move || store.read(|view| Known::load(view, target, &rules, now))).await?
    };
    if looking == Looking::Anew {
        known.portal = None;
        known.vain = Vain::empty(target);
    }
    let portal = if let Some(portal) = known.portal.clone() {
        portal
    } else {
        let former = known.kept.as_ref();
        Portal::look(hubspot, target, &rules.writing, former, now).await?
    };
    portal.check_keys()?;
    let barred = known.barred.clone().still(hubspot).await;
    let mut gathering = Gathering {
        hubspot,
        known: &known,
        portal: &portal,
        choices: rules.choices,
        filters: &rules.writing.filters,
        vain: Vain::empty(target),
        now,
    };
    let (companies, people) =
        try_join(companies::look(&gathering), contacts::look(&gathering)).await?;
    let companies = companies::gather(&mut gathering, companies);
    let contacts = contacts::gather(&mut gathering, people, &companies.aliases);
    let own = own_records::gather(&gathering, &contacts).await?;
    let records = companies.records.into_iter().chain(contacts.records);
    let records = records.chain(own.records);
    let mut wanted_links = own.links;
    wanted_links.insert("contacts_companies", contacts.companies_of);
    let Marked { records, rival } = mark(records, &known, &portal);
    let mut rows = row::rows(
        records,
        &portal,
        rules.choices,
        &known.guard,
        &known.refused,
    );
    row::wait_for_scopes(&mut rows, &barred);
    let (standing, missing) = links::look(&gathering, &rows, &wanted_links, &barred).await?;
    rows.extend(missing);
    let gone = known.former.iter().cloned().chain(own.strays);
    rows.extend(gone.filter(|row| !barred.bars_object(&row.object)));
    let vain = gathering.vain;
    let counts = Counts::of(&rows, &portal, hubspot.quota(), &known, rival);
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
                barred: &barred,
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
    filters: &'a Filters,
    /// What is looked for in vain now.
    vain: Vain,
    now: Timestamp,
}

impl Gathering<'_> {
    /// Why a subscription that was never written gets no record; `None` when it gets one.
    fn left_out(&self, subscription: &Subscription) -> Option<SkipReason> {
        let customer = self.known.customers.get(&subscription.figure.customer);
        let deleted = customer.is_some_and(|customer| customer.deleted);
        let deleted = deleted.then_some(SkipReason::CustomerDeleted);
        deleted.or_else(|| filter::left_out(self.filters, subscription))
    }

    /// What an earlier search that is remembered found.
    fn recall(&self, kind: Kind, subject: &str, by: &[String]) -> Option<Standing> {
        let vain = &self.known.vain;
        vain.recall(kind, subject, by, self.choices, self.now)
    }

    fn note(&mut self, kind: Kind, subject: &str, by: Vec<String>, found: &Standing) {
        let since = (&self.known.vain, self.now);
        self.vain
            .note(kind, subject, by, found, self.choices, since);
    }
}

/// What was found of records of a kind; where the key lacks its scope, none of them can be told. Without contacts there is
/// no plan.
pub(crate) fn found_or_blind<T>(
    kind: Kind,
    found: Result<T, HubSpotError>,
) -> Result<Option<T>, HubSpotError> {
    match found {
        Err(error) if kind != Kind::Contacts && is_scope_missing(&error) => Ok(None),
        found => found.map(Some),
    }
}

/// Whether HubSpot refused for want of a scope.
fn is_scope_missing(error: &HubSpotError) -> bool {
    matches!(error.reason, Reason::MissingScopes { .. })
}

/// What HubSpot was found to hold, as far as it is ClearSync's own.
fn standing_of(sought: Sought, own: &[String]) -> Standing {
    match sought {
        Sought::Absent => Standing::Absent,
        Sought::Ambiguous(candidates) => Standing::Ambiguous(candidates),
        Sought::OtherAccount(record, account) => Standing::OtherAccount(record, account),
        Sought::Refused => Standing::Refused,
        Sought::Found { record, by } => Standing::Stands {
            record: record.id,
            found_by: Some(by.to_owned()),
            values: own
                .iter()
                .filter_map(|name| Some((name.clone(), record.value(name)?.to_owned())))
                .filter(|(name, _)| name != LAST_SYNCED)
                .collect(),
        },
    }
}

/// A plan that is about to be kept.
struct Draft<'a> {
    target: Target,
    known: &'a Known,
    portal: &'a Portal,
    rows: &'a [Row],
    /// The links that stand, by kind.
    standing: &'a [(&'static LinkKind, links::Pairs)],
    vain: &'a Vain,
    barred: &'a Barred,
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
        if *self.barred != self.known.barred {
            self.barred.keep(writer, self.target)?;
        }
        self.confirm_found(writer)?;
        let open = self.known.open.iter();
        let open = open.filter(|entry| !self.barred.bars_object(&entry.entry.object));
        push::settle_former(writer, open, self.rows, self.now)?;
        self.keep_open_items(writer)?;
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
        for (link, pairs) in self.standing {
            for ((from, to), pair) in pairs {
                let subject = pair_subject(from, to);
                let values = pair_values(*pair);
                if self.known.associated(link, &subject) != Some(&values) {
                    standing::put(writer, self.target, link.name, &subject, values, self.now)?;
                }
            }
        }
        Ok(())
    }
}

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
