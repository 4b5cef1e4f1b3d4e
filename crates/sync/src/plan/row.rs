use std::collections::{BTreeMap, BTreeSet};

use clearsync_hubspot::{CUSTOMER_ID, ObjectType, RecordId};
use clearsync_store::PlanRow;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{guard::Guard, vain::may_create, values::same};
use crate::view::{Choices, SkipReason};

/// How contact-to-company links are named where kinds of record are.
pub(crate) const ASSOCIATION: &str = "contacts_companies";

/// Values by property, as text the way HubSpot takes them.
pub(crate) type Values = BTreeMap<String, String>;

/// A record as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) object: ObjectType,
    /// Stripe's id of the customer whose contact it is, or a company's domain.
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
    },
    /// A contact, the row's subject, is linked to a company.
    Associate { contact: String, company: String },
}

/// One row of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// `contacts`, `companies` or [`ASSOCIATION`].
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
    choices: Choices,
    guard: &Guard,
    refused: &BTreeMap<(String, String), Values>,
) -> Vec<Row> {
    let row = |(mut record, standing): (Record, Standing)| {
        guard.narrow(&mut record, &standing);
        let object = record.object.path_name().to_owned();
        let (subject, label) = (record.subject.clone(), record.label.clone());
        let mut deed = deed(record, standing, choices);
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

fn deed(wanted: Record, standing: Standing, choices: Choices) -> Deed {
    let may_create = may_create(&wanted.object, choices);
    match standing {
        Standing::LeftOut(reason) => Deed::skip(reason),
        Standing::Refused => Deed::skip(SkipReason::EmailRefused),
        Standing::Ambiguous(candidates) => Deed::Skip {
            reason: SkipReason::Ambiguous,
            candidates,
        },
        Standing::Absent if !may_create => Deed::skip(match wanted.object {
            ObjectType::Companies => SkipReason::CompaniesNotCreated,
            _ => SkipReason::ContactsNotCreated,
        }),
        Standing::Absent => create(wanted, false),
        Standing::New => create(wanted, true),
        Standing::Stands {
            record,
            values: held,
            found_by,
        } => {
            let changes = changes(&wanted.values, &held);
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
        key: wanted.values.get(CUSTOMER_ID).cloned().unwrap_or_default(),
        linked: wanted.linked,
        at_birth: wanted.at_birth,
        values: filled(wanted.values),
        decided,
    }
}

fn changes(wanted: &Values, held: &Values) -> Vec<Change> {
    let change = |(property, after): (&String, &String)| {
        let before = held.get(property).filter(|before| !before.is_empty());
        let text = before.map_or("", String::as_str);
        (!same(property, text, after)).then(|| Change {
            property: property.clone(),
            before: before.cloned(),
            after: after.clone(),
        })
    };
    wanted.iter().filter_map(change).collect()
}

fn filled(mut values: Values) -> Values {
    values.retain(|_, value| !value.is_empty());
    values
}

/// The links that are missing: of every contact that stands or will stand, to every company that does. `companies_of`
/// names the domains of a contact's customers; `standing` those links that stand, as contact and domain.
pub(crate) fn associations(
    rows: &[Row],
    companies_of: &BTreeMap<String, BTreeSet<String>>,
    standing: &BTreeSet<(String, String)>,
) -> Vec<Row> {
    let stands = |object: ObjectType| {
        rows.iter().filter(move |row| {
            row.object == object.path_name() && !matches!(row.deed, Deed::Skip { .. })
        })
    };
    let companies: BTreeSet<&String> = stands(ObjectType::Companies)
        .map(|row| &row.subject)
        .collect();
    let mut missing = Vec::new();
    for contact in stands(ObjectType::Contacts) {
        for company in companies_of.get(&contact.subject).into_iter().flatten() {
            let pair = (contact.subject.clone(), company.clone());
            if !companies.contains(company) || standing.contains(&pair) {
                continue;
            }
            missing.push(Row {
                object: ASSOCIATION.to_owned(),
                subject: pair_subject(&pair.0, &pair.1),
                label: format!("{} – {company}", contact.label),
                deed: Deed::Associate {
                    contact: pair.0,
                    company: pair.1,
                },
            });
        }
    }
    missing
}

/// How a contact's link to a company is named in the store.
pub(crate) fn pair_subject(contact: &str, company: &str) -> String {
    format!("{contact} {company}")
}

impl Deed {
    fn skip(reason: SkipReason) -> Self {
        Self::Skip {
            reason,
            candidates: Vec::new(),
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
            Self::Keep { .. } | Self::Skip { .. } | Self::Associate { .. } => Values::new(),
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
            Self::Keep { .. } | Self::Skip { .. } | Self::Associate { .. } => Vec::new(),
        }
    }

    /// What stands in a property before the deed; empty text when nothing does.
    pub(crate) fn held(&self, property: &str) -> &str {
        let (changes, values): (&[Change], &Values) = match self {
            Self::Update {
                changes, values, ..
            } => (changes, values),
            Self::Keep { values, .. } => (&[], values),
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
            Self::Update { record, .. } | Self::Keep { record, .. } => Some(*record),
            Self::Create { .. } | Self::Skip { .. } | Self::Associate { .. } => None,
        }
    }

    /// Whether it takes the customer's id a company stood under away from it, so that another may get it.
    pub(crate) fn frees_key(&self) -> bool {
        let frees = |change: &Change| change.property == CUSTOMER_ID && change.before.is_some();
        matches!(self, Self::Update { changes, .. } if changes.iter().any(frees))
    }
}

pub(crate) const CREATE: &str = "create";
pub(crate) const UPDATE: &str = "update";
pub(crate) const UNCHANGED: &str = "unchanged";
pub(crate) const SKIP: &str = "skip";
pub(crate) const ASSOCIATE: &str = "associate";

impl Row {
    /// The rows, as kind and subject, that must not wait for the user's word when this one is carried out.
    pub(crate) fn concerns(&self) -> Vec<(String, String)> {
        let mut keys = vec![(self.object.clone(), self.subject.clone())];
        if let Deed::Associate { contact, company } = &self.deed {
            keys.push((ObjectType::Contacts.path_name().to_owned(), contact.clone()));
            keys.push((
                ObjectType::Companies.path_name().to_owned(),
                company.clone(),
            ));
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
