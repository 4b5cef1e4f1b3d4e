//! The links between records: which stand, and how a pair is named and kept.

use std::collections::{BTreeMap, BTreeSet};

use clearsync_hubspot::{HubSpotError, Pair, RecordId};

use super::{
    Gathering,
    barred::Barred,
    is_scope_missing,
    kind::{Kind, LinkKind},
    row::{self, Links, Row, Values, pair_subject},
};

/// Links of one kind, by the subjects they join.
pub(super) type Pairs = BTreeMap<(String, String), Pair>;

/// The links that stand, by kind, and those that are to be made.
pub(super) async fn look(
    gathering: &Gathering<'_>,
    rows: &[Row],
    wanted: &BTreeMap<&'static str, Links>,
    barred: &Barred,
) -> Result<(Vec<(&'static LinkKind, Pairs)>, Vec<Row>), HubSpotError> {
    let (mut standing, mut missing) = (Vec::new(), Vec::new());
    let kinds = gathering.portal.links();
    for link in kinds.filter(|link| !barred.bars_link(link)) {
        let Some(wanted) = wanted.get(link.name) else {
            continue;
        };
        let found = standing_of_kind(gathering, rows, link, wanted).await?;
        let pairs = found.keys().cloned().collect();
        missing.extend(row::associations(rows, link, wanted, &pairs));
        standing.push((link, found));
    }
    Ok((standing, missing))
}

/// The links of one kind that stand. Those that were never made are looked for.
async fn standing_of_kind(
    gathering: &Gathering<'_>,
    rows: &[Row],
    kind: &LinkKind,
    wanted: &Links,
) -> Result<Pairs, HubSpotError> {
    let records = |kind: Kind| -> BTreeMap<&str, RecordId> {
        rows.iter()
            .filter(|row| row.object == kind.name())
            .filter_map(|row| Some((row.subject.as_str(), row.deed.record()?)))
            .collect()
    };
    // Without its label a link is to be made again; the plain one may stand.
    let unlabelled = kind.label.is_some() && gathering.portal.label(kind).is_none();
    let (from, to) = (records(kind.from), records(kind.to));
    let (mut standing, mut unknown) = (Pairs::new(), Pairs::new());
    for (subject, others) in wanted {
        for other in others {
            let Some((from, to)) = from.get(subject.as_str()).zip(to.get(other.as_str())) else {
                continue;
            };
            let pair = Pair {
                from: *from,
                to: *to,
            };
            let written = gathering
                .known
                .associated(kind, &pair_subject(subject, other));
            let place = if written == Some(&pair_values(pair)) {
                &mut standing
            } else {
                &mut unknown
            };
            place.insert((subject.clone(), other.clone()), pair);
        }
    }
    let types = gathering
        .portal
        .object_type(kind.from)
        .zip(gathering.portal.object_type(kind.to));
    let Some((from, to)) = types.filter(|_| !unknown.is_empty() && !unlabelled) else {
        return Ok(standing);
    };
    let ids: BTreeSet<RecordId> = unknown.values().map(|pair| pair.from).collect();
    let held = match gathering.hubspot.associated(&from, &to, &ids).await {
        // What stands is not known. To link again what is linked changes nothing.
        Err(error) if is_scope_missing(&error) => return Ok(standing),
        held => held?,
    };
    let stands = |pair: &Pair| held.get(&pair.from).is_some_and(|to| to.contains(&pair.to));
    standing.extend(unknown.into_iter().filter(|(_, pair)| stands(pair)));
    Ok(standing)
}

/// The kinds of record that a kind of link joins; `None` when it is no kind of link.
pub(crate) fn link_ends(kind: &str) -> Option<(&'static str, &'static str)> {
    LinkKind::named(kind).map(|link| (link.from.name(), link.to.name()))
}

/// A pair as it is kept among what was written.
pub(crate) fn pair_values(pair: Pair) -> Values {
    Values::from([
        ("from".to_owned(), pair.from.to_string()),
        ("to".to_owned(), pair.to.to_string()),
    ])
}
