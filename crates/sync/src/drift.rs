//! Looks whether HubSpot holds what was last written: a part of the records at a time, in turn, 100 a request; and once a
//! round whether what they stand in is as it was made.
//!
//! What differs is listed. It also takes the place of what was last written, so that the next plan sees it and puts right
//! what is ClearSync's to put right, shown and approved like any other change.

mod definitions;

use std::collections::{BTreeMap, BTreeSet};

use clearsync_hubspot::{Client, HubSpotError, LARGEST_BATCH, RecordId};
use clearsync_store::{
    Drift, DriftFinding, Link, Reader, Scope, Store, StoreError, Target, Writer, Written,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    blocking::blocking,
    plan::{LAST_SYNCED, Portal, Values, link_ends, same_in},
    undo::{Found, Types, find},
};

pub(crate) use definitions::is_definition;

const SETTING: &str = "drift";
/// A background run looks again after this time.
const BETWEEN_LOOKS: SignedDuration = SignedDuration::from_hours(1);
/// So many looks go round all records, if they are many.
const LOOKS_A_ROUND: usize = 24;
const MOST_A_LOOK: usize = 1_000;

/// How much is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// The next part, unless one was looked at within the hour.
    NextPart,
    /// Everything.
    All,
}

/// How far the looks have come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    portal: i64,
    /// Where the last look ended, as kind and subject.
    after: Option<(String, String)>,
    /// When that was.
    pub looked_at: Option<Timestamp>,
    /// Records looked at in this round.
    pub in_round: usize,
    /// Records there are to look at.
    pub total: usize,
}

/// Why it could not be looked.
#[derive(Debug, thiserror::Error)]
pub enum DriftError {
    /// HubSpot could not be asked.
    #[error(transparent)]
    HubSpot(#[from] HubSpotError),
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Looks at a share of the records, and gives how many differ.
///
/// # Errors
/// [`DriftError`].
pub async fn look(
    store: &Store,
    hubspot: &Client,
    target: Target,
    share: Share,
    now: Timestamp,
) -> Result<usize, DriftError> {
    let part = {
        let store = store.clone();
        blocking(move || store.write(|writer| Part::take(writer, target, share, now))).await?
    };
    let mut definitions = None;
    if let Some(portal) = part.portal.as_ref().filter(|_| part.begins) {
        definitions = Some(definitions::look(hubspot, portal).await?);
    }
    let gone = |kind: &str| {
        let differs = definitions.iter().flatten();
        let mut gone = differs.filter_map(definitions::Differs::gone_kind);
        gone.any(|gone| gone.name() == kind)
    };
    let mut differing = Vec::new();
    for (kind, records) in &part.records {
        let Some(object) = part.types.of(kind).filter(|_| !gone(kind)) else {
            continue;
        };
        let ids: BTreeSet<RecordId> = records.iter().map(|record| record.id).collect();
        let names: BTreeSet<&str> = records
            .iter()
            .flat_map(|record| record.written.keys().map(String::as_str))
            .chain(
                part.present
                    .get(kind)
                    .into_iter()
                    .flatten()
                    .map(String::as_str),
            )
            .filter(|name| *name != LAST_SYNCED)
            .collect();
        let names: Vec<&str> = names.into_iter().collect();
        let found = find(hubspot, &object, &ids, &names).await?;
        for record in records {
            let state = found.get(&record.id);
            differing.extend(state.map(|state| (record.clone(), compare(record, state))));
        }
    }
    let store = store.clone();
    blocking(move || {
        store.write(|writer| {
            let records = keep(writer, target, &part, differing, now)?;
            let Some((portal, differs)) = part.portal.as_ref().zip(definitions) else {
                return Ok(records);
            };
            Ok(records + definitions::keep(writer, target, portal, &differs, now)?)
        })
    })
    .await
}

/// How far the looks at a portal have come.
///
/// # Errors
/// What keeps the file from being read.
pub fn progress(view: &Reader, target: Target) -> Result<Progress, StoreError> {
    let kept: Option<Progress> = view.setting(Scope::Account(target.account), SETTING)?;
    let same = kept.filter(|kept| kept.portal == target.portal);
    Ok(same.unwrap_or_else(|| Progress {
        portal: target.portal,
        ..Progress::default()
    }))
}

/// The records that are looked at.
struct Part {
    records: BTreeMap<String, Vec<Remembered>>,
    /// ClearSync's own properties that the portal has, by kind.
    present: BTreeMap<String, Vec<String>>,
    types: Types,
    /// What the portal has of ClearSync's own, where a push made it all.
    portal: Option<Portal>,
    /// Whether a round begins, and definitions are looked at with it.
    begins: bool,
    progress: Progress,
}

/// A record as it was last written.
#[derive(Debug, Clone)]
struct Remembered {
    kind: String,
    subject: String,
    id: RecordId,
    written: Values,
}

impl Part {
    fn take(
        writer: &Writer,
        target: Target,
        share: Share,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let mut progress = progress(writer, target)?;
        let mut part = Self {
            records: BTreeMap::new(),
            present: BTreeMap::new(),
            types: Types::load(writer, target)?,
            portal: None,
            begins: false,
            progress: progress.clone(),
        };
        let lately = |at: Timestamp| now.duration_since(at).abs() < BETWEEN_LOOKS;
        if share == Share::NextPart && progress.looked_at.is_none_or(lately) {
            // What was written just now need not be looked at: the first look comes an hour after the first run.
            part.progress.looked_at = progress.looked_at.or(Some(now));
            return Ok(part);
        }
        let all = remembered(writer, target)?;
        progress.total = all.len();
        let start = match (share, &progress.after) {
            (Share::NextPart, Some((kind, subject))) => all
                .iter()
                .position(|record| (&record.kind, &record.subject) > (kind, subject))
                .unwrap_or_default(),
            _ => 0,
        };
        if start == 0 {
            progress.in_round = 0;
        }
        let most = match share {
            Share::All => all.len(),
            Share::NextPart => all
                .len()
                .div_ceil(LOOKS_A_ROUND)
                .next_multiple_of(LARGEST_BATCH)
                .min(MOST_A_LOOK),
        };
        let chosen: Vec<Remembered> = all.into_iter().skip(start).take(most).collect();
        progress.in_round += chosen.len();
        progress.looked_at = Some(now);
        progress.after = chosen
            .last()
            .map(|last| (last.kind.clone(), last.subject.clone()));
        let portal = Portal::kept(writer, target)?;
        if let Some(portal) = portal.filter(|portal| portal.is_current(now)) {
            for kind in portal.kinds() {
                let present = portal.present(*kind).into_iter().collect();
                part.present.insert(kind.name().to_owned(), present);
            }
            part.portal = Some(portal).filter(|portal| portal.ensured);
        }
        part.begins = start == 0;
        for record in chosen {
            part.records
                .entry(record.kind.clone())
                .or_default()
                .push(record);
        }
        part.progress = progress;
        Ok(part)
    }
}

/// Everything that was written to records, in order of kind and subject.
fn remembered(view: &Reader, target: Target) -> Result<Vec<Remembered>, StoreError> {
    let mut all = Vec::new();
    for kind in view.written_kinds(target)? {
        if link_ends(&kind).is_some() {
            continue;
        }
        let links: BTreeMap<String, Link> = view
            .links(target, &kind)?
            .into_iter()
            .map(|link| (link.subject.clone(), link))
            .collect();
        for written in view.all_written(target, &kind)? {
            let link = links.get(&written.subject);
            if let Some(id) = link.and_then(|link| link.record.parse().ok()) {
                all.push(Remembered {
                    kind: kind.clone(),
                    subject: written.subject,
                    id,
                    written: written.properties,
                });
            }
        }
    }
    Ok(all)
}

/// What HubSpot holds of a record, and in what it differs.
enum Compared {
    Same,
    Changed {
        differences: BTreeMap<String, (String, String)>,
        held: Values,
    },
    Merged,
    Gone,
}

fn compare(record: &Remembered, found: &Found) -> Compared {
    let held = match found {
        Found::Stands(held) => held,
        Found::Merged => return Compared::Merged,
        Found::Gone => return Compared::Gone,
    };
    let names: BTreeSet<&String> = record.written.keys().chain(held.keys()).collect();
    let text = |values: &Values, name: &str| values.get(name).cloned().unwrap_or_default();
    let differences: BTreeMap<String, (String, String)> = names
        .into_iter()
        .map(|name| {
            (
                name.clone(),
                (text(&record.written, name), text(held, name)),
            )
        })
        .filter(|(name, (written, held))| !same_in(&record.kind, name, written, held))
        .collect();
    if differences.is_empty() {
        Compared::Same
    } else {
        let held = held.clone();
        Compared::Changed { differences, held }
    }
}

fn keep(
    writer: &Writer,
    target: Target,
    part: &Part,
    compared: Vec<(Remembered, Compared)>,
    now: Timestamp,
) -> Result<usize, DriftError> {
    let mut differing = 0;
    for (record, compared) in compared {
        let (kind, subject) = (record.kind.as_str(), record.subject.as_str());
        let (finding, differences) = match compared {
            Compared::Same => {
                writer.remove_drift(target, kind, subject)?;
                continue;
            }
            Compared::Changed { differences, held } => {
                let written = Written {
                    object: record.kind.clone(),
                    subject: record.subject.clone(),
                    properties: held,
                    written_at: now,
                };
                writer.put_written(target, &written)?;
                (DriftFinding::Changed, differences)
            }
            Compared::Merged => {
                // The next plan asks by the old id, and finds the record it was merged into.
                writer.remove_written(target, kind, subject)?;
                (DriftFinding::Merged, BTreeMap::new())
            }
            Compared::Gone => {
                writer.remove_written(target, kind, subject)?;
                writer.remove_link(target, kind, subject)?;
                (DriftFinding::Gone, BTreeMap::new())
            }
        };
        differing += 1;
        let drift = Drift {
            object: record.kind,
            subject: record.subject,
            record: record.id.to_string(),
            finding,
            differences,
            seen_at: now,
        };
        writer.put_drift(target, &drift)?;
    }
    writer.set_setting(Scope::Account(target.account), SETTING, &part.progress)?;
    Ok(differing)
}
