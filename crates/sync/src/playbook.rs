//! What can be built in HubSpot on ClearSync's properties, step by step. The words stand in the catalogue of the UI, under
//! `playbook.<id>.title`, `playbook.<id>.text` and `playbook.<id>.<step>`, with `{{first}}`, `{{second}}` and `{{third}}`
//! for the labels of a step's properties.

use clearsync_hubspot::{OwnProperty, SUMMARY};

use crate::view::{Playbook, PlaybookProperty, PlaybookStep};

const STATUS: &str = "clearsync_status";
const MRR: &str = "clearsync_mrr";
const PAID_EVENTS: &str = "clearsync_paid_mrr_events";
const PAST_DUE: &str = "clearsync_past_due";
const OPEN_BALANCE: &str = "clearsync_open_balance";
const TRIAL_END: &str = "clearsync_trial_end";
const CANCELLATION: &str = "clearsync_cancellation_date";
const RENEWAL: &str = "clearsync_next_renewal";
const PLANS: &str = "clearsync_plans";

type Step = (&'static str, &'static [&'static str]);

const PLAYBOOKS: [(&str, &[Step]); 5] = [
    (
        "lifecycle",
        &[
            ("stage", &[]),
            ("workflow", &[STATUS, MRR]),
            ("trial", &[STATUS]),
            ("customer", &[STATUS, MRR]),
            ("subscriber", &[STATUS, MRR]),
            ("former", &[STATUS, PAID_EVENTS]),
            ("companies", &[]),
        ],
    ),
    (
        "dunning",
        &[
            ("workflow", &[PAST_DUE]),
            ("reenroll", &[PAST_DUE]),
            ("mail", &[PLANS]),
            ("task", &[OPEN_BALANCE]),
            ("goal", &[PAST_DUE]),
        ],
    ),
    (
        "trial",
        &[
            ("workflow", &[STATUS]),
            ("welcome", &[PLANS]),
            ("reminder", &[TRIAL_END]),
            ("task", &[TRIAL_END]),
            ("goal", &[STATUS]),
        ],
    ),
    (
        "churn",
        &[
            ("workflow", &[CANCELLATION]),
            ("task", &[CANCELLATION, MRR]),
            ("mail", &[PLANS]),
            ("goal", &[CANCELLATION]),
        ],
    ),
    (
        "renewal",
        &[
            ("workflow", &[RENEWAL]),
            ("filter", &[MRR]),
            ("task", &[RENEWAL, MRR, PLANS]),
            ("reenroll", &[RENEWAL]),
        ],
    ),
];

/// Every playbook, with the properties its steps name.
#[must_use]
pub fn playbooks() -> Vec<Playbook> {
    let step = |(id, properties): &Step| PlaybookStep {
        id: (*id).to_owned(),
        properties: properties
            .iter()
            .filter_map(|name| property(name))
            .collect(),
    };
    PLAYBOOKS
        .iter()
        .map(|(id, steps)| Playbook {
            id: (*id).to_owned(),
            steps: steps.iter().map(step).collect(),
        })
        .collect()
}

fn property(name: &str) -> Option<PlaybookProperty> {
    let own: &OwnProperty = SUMMARY.iter().find(|own| own.name == name)?;
    Some(PlaybookProperty {
        name: own.name.to_string(),
        label: own.label.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_property_that_is_named_exists() {
        let named = PLAYBOOKS.iter().flat_map(|(_, steps)| steps.iter());
        for (step, properties) in named {
            for name in *properties {
                assert!(property(name).is_some(), "{step} names {name}");
            }
            assert!(properties.len() <= 3, "{step}");
        }
    }
}
