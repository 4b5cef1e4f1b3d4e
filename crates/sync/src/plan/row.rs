use std::collections::{BTreeMap, BTreeSet};

use clearsync_hubspot::{MARK, RecordId};
use clearsync_store::PlanRow;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    barred::Barred,
    guard::Guard,
    kind::{Kind, LinkKind},
    portal::Portal,
    vain::may_create,
    values::same,
};
use crate::view::{Choices, OtherAccount, SkipReason};

/// Values by property, as text the way HubSpot takes them.
pub(crate) type Values = BTreeMap<String, String>;

/// A record as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) kind: Kind,
    /// Stripe's id of the customer, subscription or part of one it stands for, a movement's id, or a company's domain.
    pub(crate) subject: String,
    /// What a person recognises it by.
    pub(crate) label: String,
    /// The subjects that the store links to it: itself, and customers whose contact it has become.
    pub(crate) linked: Vec<String>,
    /// Every property of ClearSync's own that can be written; empty text clears.
    pub(crate) values: Values,
    /// What is only written when the record is made.
    pub(crate) at_birth: Values,
}

/// What is known of a record in HubSpot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It stands there.
    Stands {
        record: RecordId,
        /// ClearSync's own properties that are not empty, as last written or just read.
        values: Values,
        /// How it was found; `None` when it is what ClearSync wrote last.
        found_by: Option<String>,
    },
    Absent,
    /// A new one is to be made, whatever else stands there.
    New,
    Ambiguous(Vec<RecordId>),
    /// It stands there, with the figures of another Stripe account in it.
    OtherAccount(RecordId, OtherAccount),
    /// HubSpot does not take the address.
    Refused,
    /// There is nothing to look for.
    LeftOut(SkipReason),
}

impl Standing {
    /// It stands there, with nothing of ClearSync's in it.
    pub(crate) fn stands(record: RecordId) -> Self {
        Self::Stands {
            record,
            values: Values::new(),
            found_by: None,
        }
    }

    /// Whether HubSpot was asked for it just now.
    pub(crate) fn is_read(&self) -> bool {
        matches!(
            self,
            Self::Stands {
                found_by: Some(_),
                ..
            }
        )
    }
}

/// One property before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Change {
    pub(crate) property: String,
    /// `None` when it is empty.
    pub(crate) before: Option<String>,
    /// Empty text clears.
    pub(crate) after: String,
}

/// What is to be done about a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub(crate) enum Deed {
    /// It is made, found again by its key.
    Create {
        key: String,
        linked: Vec<String>,
        at_birth: Values,
        values: Values,
        /// Whether the user said that a new one is to be made, so that none that stands may take its place.
        #[serde(default)]
        decided: bool,
    },
    /// It is changed.
    Update {
        record: RecordId,
        linked: Vec<String>,
        found_by: Option<String>,
        changes: Vec<Change>,
        /// Own values that stand there afterwards.
        values: Values,
    },
    /// It is right already.
    Keep {
        record: RecordId,
        linked: Vec<String>,
        found_by: Option<String>,
        values: Values,
    },
    /// It is left out.
    Skip {
        reason: SkipReason,
        candidates: Vec<RecordId>,
        /// The Stripe account whose figures stand there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<OtherAccount>,
    },
    /// Two records are linked.
    Associate {
        /// The subject of the one.
        #[serde(alias = "contact")]
        from: String,
        /// The subject of the other.
        #[serde(alias = "company")]
        to: String,
    },
    /// A record that ClearSync made in another mode goes to the recycle bin.
    Remove {
        record: RecordId,
        /// Own values that stand in it.
        values: Values,
    },
}

/// One row of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// The name of a [`Kind`] or [`LinkKind`].
    pub(crate) object: String,
    pub(crate) subject: String,
    pub(crate) label: String,
    pub(crate) deed: Deed,
}

/// The rows for records, one each: wanted against what stands there. Nothing else is looked at.
///
/// `refused` holds, by kind and subject, what HubSpot refused last: the same is not tried again.
pub(crate) fn rows(
    records: Vec<(Record, Standing)>,
    portal: &Portal,
    choices: Choices,
    guard: &Guard,
    refused: &BTreeMap<(String, String), Values>,
) -> Vec<Row> {
    let row = |(mut record, standing): (Record, Standing)| {
        guard.narrow(&mut record, &standing);
        let object = record.kind.name().to_owned();
        let (subject, label) = (record.subject.clone(), record.label.clone());
        let mut deed = deed(record, standing, portal, choices);
        let body = deed.body();
        if !body.is_empty() && refused.get(&(object.clone(), subject.clone())) == Some(&body) {
            deed = Deed::skip(SkipReason::Refused);
        }
        Row {
            object,
            subject,
            label,
            deed,
        }
    };
    records.into_iter().map(row).collect()
}

/// Lets what is to be done about records wait that HubSpot does not let the key write.
pub(super) fn wait_for_scopes(rows: &mut [Row], barred: &Barred) {
    for row in rows {
        let writes = matches!(row.deed, Deed::Create { .. } | Deed::Update { .. });
        if writes && barred.bars_object(&row.object) {
            row.deed = Deed::skip(SkipReason::ScopeMissing);
        }
    }
}

fn deed(wanted: Record, standing: Standing, portal: &Portal, choices: Choices) -> Deed {
    let may_create = may_create(wanted.kind, choices);
    match standing {
        Standing::LeftOut(reason) => Deed::skip(reason),
        Standing::Refused => Deed::skip(SkipReason::EmailRefused),
        Standing::Ambiguous(candidates) => Deed::Skip {
            reason: SkipReason::Ambiguous,
            candidates,
            account: None,
        },
        Standing::OtherAccount(record, account) => Deed::Skip {
            reason: SkipReason::OtherAccount,
            candidates: vec![record],
            account: Some(account),
        },
        Standing::Absent if !may_create => Deed::skip(match wanted.kind {
            Kind::Companies => SkipReason::CompaniesNotCreated,
            _ => SkipReason::ContactsNotCreated,
        }),
        Standing::Absent => create(wanted, false),
        Standing::New => create(wanted, true),
        Standing::Stands {
            record,
            values: held,
            found_by,
        } => {
            let changes = changes(&wanted, &held, portal);
            let linked = wanted.linked;
            if changes.is_empty() {
                return Deed::Keep {
                    record,
                    linked,
                    found_by,
                    values: held,
                };
            }
            let mut values = held;
            for change in &changes {
                values.insert(change.property.clone(), change.after.clone());
            }
            Deed::Update {
                record,
                linked,
                found_by,
                changes,
                values: filled(values),
            }
        }
    }
}

fn create(wanted: Record, decided: bool) -> Deed {
    Deed::Create {
        key: wanted
            .values
            .get(wanted.kind.key())
            .cloned()
            .unwrap_or_default(),
        linked: wanted.linked,
        at_birth: wanted.at_birth,
        values: filled(wanted.values),
        decided,
    }
}

fn changes(wanted: &Record, held: &Values, portal: &Portal) -> Vec<Change> {
    let before = |property: &str| held.get(property).filter(|before| !before.is_empty());
    let change = |(property, after): (&String, &String)| Change {
        property: property.clone(),
        before: before(property).cloned(),
        after: after.clone(),
    };
    let differs = |(property, after): &(&String, &String)| {
        let text = before(property).map_or("", String::as_str);
        !same(portal.holds(wanted.kind, property), text, after)
    };
    let mut changes: Vec<Change> = wanted.values.iter().filter(differs).map(change).collect();
    let together: BTreeSet<&str> = changes
        .iter()
        .filter_map(|change| wanted.kind.sent_with(&change.property))
        .collect();
    let missing = together.into_iter().filter_map(|property| {
        let is_sent = changes.iter().any(|change| change.property == property);
        let wanted = wanted.values.get_key_value(property)?;
        (!is_sent).then(|| change(wanted))
    });
    let missing: Vec<Change> = missing.collect();
    changes.extend(missing);
    // A record without a mark gets it with its next change.
    let only_marks = |change: &Change| change.property == MARK && change.before.is_none();
    if changes.iter().all(only_marks) {
        changes.clear();
    }
    changes
}

fn filled(mut values: Values) -> Values {
    values.retain(|_, value| !value.is_empty());
    values
}

/// Links that are wanted: of a record's subject to others'.
pub(crate) type Links = BTreeMap<String, BTreeSet<String>>;

/// The links of one kind that are missing between records that stand or will stand. `standing` are those that stand.
pub(crate) fn associations(
    rows: &[Row],
    kind: &LinkKind,
    wanted: &Links,
    standing: &BTreeSet<(String, String)>,
) -> Vec<Row> {
    let stands = |kind: Kind| {
        rows.iter().filter(move |row| {
            let written = !matches!(row.deed, Deed::Skip { .. } | Deed::Remove { .. });
            row.object == kind.name() && written
        })
    };
    let to: BTreeMap<&String, &String> = stands(kind.to)
        .map(|row| (&row.subject, &row.label))
        .collect();
    let mut missing = Vec::new();
    for from in stands(kind.from) {
        for other in wanted.get(&from.subject).into_iter().flatten() {
            let pair = (from.subject.clone(), other.clone());
            let Some(label) = to.get(other).filter(|_| !standing.contains(&pair)) else {
                continue;
            };
            missing.push(Row {
                object: kind.name.to_owned(),
                subject: pair_subject(&pair.0, &pair.1),
                label: format!("{} – {label}", from.label),
                deed: Deed::Associate {
                    from: pair.0,
                    to: pair.1,
                },
            });
        }
    }
    missing
}

/// How a link between two records is named in the store.
pub(crate) fn pair_subject(from: &str, to: &str) -> String {
    format!("{from} {to}")
}

impl Deed {
    fn skip(reason: SkipReason) -> Self {
        Self::Skip {
            reason,
            candidates: Vec::new(),
            account: None,
        }
    }

    /// The word the deed is stored under.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Create { .. } => CREATE,
            Self::Update { .. } => UPDATE,
            Self::Keep { .. } => UNCHANGED,
            Self::Skip { .. } => SKIP,
            Self::Associate { .. } => ASSOCIATE,
            Self::Remove { .. } => REMOVE,
        }
    }

    /// What is sent; nothing when nothing is.
    pub(crate) fn body(&self) -> Values {
        match self {
            Self::Create {
                at_birth, values, ..
            } => at_birth.clone().into_iter().chain(values.clone()).collect(),
            Self::Update { changes, .. } => changes
                .iter()
                .map(|change| (change.property.clone(), change.after.clone()))
                .collect(),
            Self::Keep { .. }
            | Self::Skip { .. }
            | Self::Associate { .. }
            | Self::Remove { .. } => Values::new(),
        }
    }

    /// Field by field, as it is shown.
    pub(crate) fn changes(&self) -> Vec<Change> {
        match self {
            Self::Create {
                at_birth, values, ..
            } => at_birth
                .iter()
                .chain(values)
                .map(|(property, after)| Change {
                    property: property.clone(),
                    before: None,
                    after: after.clone(),
                })
                .collect(),
            Self::Update { changes, .. } => changes.clone(),
            Self::Keep { .. }
            | Self::Skip { .. }
            | Self::Associate { .. }
            | Self::Remove { .. } => Vec::new(),
        }
    }

    /// What stands in a property of ClearSync's own after the deed.
    pub(crate) fn after(&self, property: &str) -> Option<&str> {
        match self {
            Self::Create { values, .. } | Self::Update { values, .. } => {
                values.get(property).map(String::as_str)
            }
            _ => None,
        }
    }

    /// What stands in a property before the deed; empty text when nothing does.
    pub(crate) fn held(&self, property: &str) -> &str {
        let (changes, values): (&[Change], &Values) = match self {
            Self::Update {
                changes, values, ..
            } => (changes, values),
            Self::Keep { values, .. } | Self::Remove { values, .. } => (&[], values),
            Self::Create { .. } | Self::Skip { .. } | Self::Associate { .. } => return "",
        };
        match changes.iter().find(|change| change.property == property) {
            Some(change) => change.before.as_deref().unwrap_or_default(),
            None => values.get(property).map_or("", String::as_str),
        }
    }

    /// The record it is about, where one stands.
    pub(crate) fn record(&self) -> Option<RecordId> {
        match self {
            Self::Update { record, .. }
            | Self::Keep { record, .. }
            | Self::Remove { record, .. } => Some(*record),
            Self::Create { .. } | Self::Skip { .. } | Self::Associate { .. } => None,
        }
    }

    /// Whether it takes the key a record stood under away from it, so that another may get it.
    pub(crate) fn frees_key(&self, key: &str) -> bool {
        let frees = |change: &Change| change.property == key && change.before.is_some();
        matches!(self, Self::Update { changes, .. } if changes.iter().any(frees))
    }
}

pub(crate) const CREATE: &str = "create";
pub(crate) const UPDATE: &str = "update";
pub(crate) const UNCHANGED: &str = "unchanged";
pub(crate) const SKIP: &str = "skip";
pub(crate) const ASSOCIATE: &str = "associate";
pub(crate) const REMOVE: &str = "remove";

impl Row {
    /// The rows, as kind and subject, that must not wait for the user's word when this one is carried out.
    pub(crate) fn concerns(&self) -> Vec<(String, String)> {
        let mut keys = vec![(self.object.clone(), self.subject.clone())];
        if let Deed::Associate { from, to } = &self.deed
            && let Some(link) = LinkKind::named(&self.object)
        {
            keys.push((link.from.name().to_owned(), from.clone()));
            keys.push((link.to.name().to_owned(), to.clone()));
        }
        keys
    }

    /// As it is stored.
    pub(crate) fn stored(&self) -> PlanRow {
        PlanRow {
            number: 0,
            object: self.object.clone(),
            subject: self.subject.clone(),
            action: self.deed.word().to_owned(),
            label: self.label.clone(),
            // A deed holds text, numbers and lists only, which always have a JSON form.
            details: serde_json::to_value(&self.deed).unwrap_or(Value::Null),
        }
    }

    /// From what is stored; `None` when another version wrote it.
    pub(crate) fn read(stored: &PlanRow) -> Option<Self> {
        Some(Self {
            object: stored.object.clone(),
            subject: stored.subject.clone(),
            label: stored.label.clone(),
            deed: Deed::deserialize(&stored.details).ok()?,
        })
    }
}
