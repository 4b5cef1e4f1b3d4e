use std::collections::BTreeMap;

use clearsync_hubspot::{LARGEST_BATCH, Quota};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    kind::Kind,
    known::Known,
    mark::Rival,
    portal::Portal,
    row::{ASSOCIATE, CREATE, Deed, Row},
};
use crate::view::{NeedsApproval, SkipReason};

/// HubSpot documents this as the most links one request makes.
const LARGEST_ASSOCIATION_BATCH: usize = 2_000;

/// A plan's rows, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Counts {
    pub(crate) creates: u32,
    pub(crate) updates: u32,
    pub(crate) unchanged: u32,
    pub(crate) skipped: u32,
    pub(crate) failing: u32,
    pub(crate) associations: u32,
    pub(crate) removals: u32,
    pub(crate) properties: u32,
    pub(crate) requests: u32,
    pub(crate) daily_limit: Option<u32>,
    pub(crate) daily_left: Option<u32>,
    /// Kind of record, property, and on how many records it changes.
    pub(crate) by_property: Vec<(String, String, u32)>,
    pub(crate) needs_approval: Option<NeedsApproval>,
    /// The other installation that is taken over.
    pub(crate) rival: Option<Rival>,
}

impl Counts {
    pub(super) fn of(
        rows: &[Row],
        portal: &Portal,
        quota: Quota,
        known: &Known,
        rival: Option<Rival>,
    ) -> Self {
        let kinds = portal.kinds();
        let mut tally = Tally::default();
        let mut by_property: BTreeMap<(&str, String), u32> = BTreeMap::new();
        for row in rows {
            tally.add(row);
            for change in row.deed.changes() {
                *by_property
                    .entry((&row.object, change.property))
                    .or_default() += 1;
            }
        }
        let to_create = kinds.iter().map(|kind| portal.to_create(*kind).len());
        let properties: usize = to_create.clone().sum();
        let written = tally.creates + tally.updates + tally.removals;
        let free = rows.iter().filter(|row| {
            let writes = matches!(
                row.deed,
                Deed::Create { .. } | Deed::Update { .. } | Deed::Remove { .. }
            );
            writes && row.concerns().iter().all(|key| !known.holds.contains(key))
        });
        let broad = known
            .guard
            .needs_word(free.count(), written + tally.unchanged);
        let for_properties: usize = to_create
            .map(|missing| match (missing, portal.ensured) {
                (0, true) => 0,
                (0, false) => 1,
                // A group, all properties at once, and the properties again.
                _ => 3,
            })
            .sum();
        let something = written + tally.associations > 0;
        Self {
            creates: number(tally.creates),
            updates: number(tally.updates),
            unchanged: number(tally.unchanged),
            skipped: number(tally.skipped),
            failing: number(tally.failing),
            associations: number(tally.associations),
            removals: number(tally.removals),
            properties: number(properties),
            requests: number(if something {
                tally.requests() + for_properties
            } else {
                0
            }),
            daily_limit: quota
                .daily_limit
                .map(|limit| u32::try_from(limit).unwrap_or(u32::MAX)),
            daily_left: quota
                .daily_remaining
                .map(|left| u32::try_from(left).unwrap_or(u32::MAX)),
            by_property: by_property
                .into_iter()
                .map(|((object, property), count)| (object.to_owned(), property, count))
                .collect(),
            needs_approval: needs_approval(rival.is_some(), known.pushed, broad)
                .filter(|_| something),
            rival,
        }
    }

    /// Whether a push would do the same; what is left of the day's requests does not matter.
    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        let without_quota = |counts: &Self| Self {
            daily_limit: None,
            daily_left: None,
            ..counts.clone()
        };
        without_quota(self) == without_quota(other)
    }

    /// How many records and links the push writes.
    pub(crate) fn changes(&self) -> u32 {
        self.creates
            .saturating_add(self.updates)
            .saturating_add(self.associations)
            .saturating_add(self.removals)
    }

    pub(super) fn to_json(&self) -> Value {
        // Numbers and text always have a JSON form.
        serde_json::to_value(self).unwrap_or(Value::Null)
    }

    /// From a stored plan; nothing where another version wrote it.
    pub(crate) fn read(counts: &Value) -> Self {
        Self::deserialize(counts).unwrap_or_default()
    }
}

/// Why writing something waits for the user's word.
fn needs_approval(takes_over: bool, pushed_before: bool, broad: bool) -> Option<NeedsApproval> {
    match (takes_over, pushed_before, broad) {
        (true, ..) => Some(NeedsApproval::OtherInstallation),
        (false, false, _) => Some(NeedsApproval::FirstPush),
        (false, true, true) => Some(NeedsApproval::ManyRecords),
        (false, true, false) => None,
    }
}

#[derive(Default)]
struct Tally {
    creates: usize,
    updates: usize,
    unchanged: usize,
    skipped: usize,
    /// Of the skipped.
    failing: usize,
    removals: usize,
    associations: usize,
    /// Records to make, change and remove, and links to make, by kind.
    batches: BTreeMap<(String, &'static str), usize>,
}

impl Tally {
    fn add(&mut self, row: &Row) {
        let count = match row.deed {
            Deed::Create { .. } => &mut self.creates,
            Deed::Update { .. } => &mut self.updates,
            Deed::Keep { .. } => &mut self.unchanged,
            Deed::Skip { .. } => &mut self.skipped,
            Deed::Associate { .. } => &mut self.associations,
            Deed::Remove { .. } => &mut self.removals,
        };
        *count += 1;
        let refused = matches!(
            row.deed,
            Deed::Skip {
                reason: SkipReason::Refused,
                ..
            }
        );
        self.failing += usize::from(refused);
        if !matches!(row.deed, Deed::Keep { .. } | Deed::Skip { .. }) {
            let batch = (row.object.clone(), row.deed.word());
            *self.batches.entry(batch).or_default() += 1;
        }
    }

    fn requests(&self) -> usize {
        let batches = |((object, deed), count): (&(String, &str), &usize)| match *deed {
            ASSOCIATE => count.div_ceil(LARGEST_ASSOCIATION_BATCH),
            // New companies are looked for once more right before they are made.
            CREATE if object == Kind::Companies.name() => 2 * count.div_ceil(LARGEST_BATCH),
            _ => count.div_ceil(LARGEST_BATCH),
        };
        self.batches.iter().map(batches).sum()
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
