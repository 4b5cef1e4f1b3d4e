use clearsync_hubspot::{
    CUSTOMER_ID, EVENT, EVENT_ID, LINE_ITEM, LINE_ITEM_ID, ObjectType, OwnLabel, OwnObject,
    OwnPipeline, OwnProperty, OwnStage, PropertyKind, SUBSCRIPTION, SUBSCRIPTION_ID, SUMMARY,
};
use serde::{Deserialize, Serialize};

use crate::view::{ObjectType as Shown, WriteMode};

/// A kind of record ClearSync writes. Plan and push treat all alike; what differs between them stands here. In the order
/// they are written in: companies come before contacts, since HubSpot may make companies of its own for contacts without
/// one, and what others are linked to comes before those.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Companies,
    Contacts,
    Deals,
    LineItems,
    Subscriptions,
    Events,
}

/// Links from one kind of record to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LinkKind {
    pub(crate) from: Kind,
    pub(crate) to: Kind,
    /// How it is named where kinds of record are.
    pub(crate) name: &'static str,
    /// The label it carries beside the plain association.
    pub(crate) label: Option<OwnLabel>,
}

/// The pipeline of the deals.
pub(crate) const PIPELINE: OwnPipeline = OwnPipeline {
    id: "clearsync_subscriptions",
    label: "Stripe subscriptions",
    stages: &[
        stage("clearsync_incomplete", "Not yet paid", "0.2"),
        stage("clearsync_trial", "Trial", "0.5"),
        stage("clearsync_active", "Active", "0.9"),
        stage("clearsync_past_due", "Past due", "0.6"),
        stage("clearsync_paused", "Paused", "0.4"),
        stage(
            "clearsync_scheduled_to_cancel",
            "Scheduled to cancel",
            "0.1",
        ),
        stage("clearsync_canceled", "Canceled", "0.0"),
    ],
};

const fn stage(id: &'static str, label: &'static str, probability: &'static str) -> OwnStage {
    OwnStage {
        id,
        label,
        probability,
    }
}

const SUBSCRIPTION_OBJECT: OwnObject = OwnObject {
    name: "clearsync_subscription",
    singular: "Stripe Subscription",
    plural: "Stripe Subscriptions",
    description: "Subscriptions of Stripe with their MRR. Written by ClearSync.",
    primary: "clearsync_name",
    secondary: &["clearsync_status", "clearsync_mrr"],
    searchable: &[
        SUBSCRIPTION_ID,
        "clearsync_name",
        "clearsync_customer_email",
    ],
    key: SUBSCRIPTION_ID,
};

const EVENT_OBJECT: OwnObject = OwnObject {
    name: "clearsync_event",
    singular: "Stripe Event",
    plural: "Stripe Events",
    description: "Changes of MRR. Written by ClearSync.",
    primary: "clearsync_name",
    secondary: &["clearsync_event_type", "clearsync_mrr_change"],
    searchable: &[EVENT_ID, "clearsync_name", "clearsync_customer_email"],
    key: EVENT_ID,
};

/// Every kind of link, in the order they are made in.
pub(crate) const LINKS: [LinkKind; 9] = [
    link(Kind::Contacts, Kind::Companies, "contacts_companies", None),
    link(Kind::Deals, Kind::Contacts, "deals_contacts", None),
    link(Kind::Deals, Kind::Companies, "deals_companies", None),
    link(Kind::Deals, Kind::LineItems, "deals_line_items", None),
    link(
        Kind::Subscriptions,
        Kind::Contacts,
        "subscriptions_contacts",
        Some(OwnLabel {
            name: "clearsync_billing_contact",
            label: "Billing contact",
            inverse: "Pays for subscription",
        }),
    ),
    link(
        Kind::Subscriptions,
        Kind::Companies,
        "subscriptions_companies",
        Some(OwnLabel {
            name: "clearsync_paying_company",
            label: "Paying company",
            inverse: "Pays for subscription",
        }),
    ),
    link(
        Kind::Events,
        Kind::Contacts,
        "events_contacts",
        Some(OwnLabel {
            name: "clearsync_event_contact",
            label: "Billing contact",
            inverse: "MRR event",
        }),
    ),
    link(
        Kind::Events,
        Kind::Companies,
        "events_companies",
        Some(OwnLabel {
            name: "clearsync_event_company",
            label: "Paying company",
            inverse: "MRR event",
        }),
    ),
    link(
        Kind::Events,
        Kind::Subscriptions,
        "events_subscriptions",
        Some(OwnLabel {
            name: "clearsync_event_subscription",
            label: "Subscription that moved",
            inverse: "MRR event",
        }),
    ),
];

const fn link(from: Kind, to: Kind, name: &'static str, label: Option<OwnLabel>) -> LinkKind {
    LinkKind {
        from,
        to,
        name,
        label,
    }
}

impl LinkKind {
    /// The links between the kinds a mode writes.
    pub(crate) fn of_mode(mode: WriteMode) -> impl Iterator<Item = &'static Self> {
        let kinds = Kind::of_mode(mode);
        LINKS
            .iter()
            .filter(move |link| kinds.contains(&link.from) && kinds.contains(&link.to))
    }

    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        LINKS.iter().find(|link| link.name == name)
    }
}

impl Kind {
    /// The kinds a mode writes, in order.
    pub(crate) fn of_mode(mode: WriteMode) -> &'static [Self] {
        match mode {
            WriteMode::Summary => &[Self::Companies, Self::Contacts],
            WriteMode::Deals => &[
                Self::Companies,
                Self::Contacts,
                Self::LineItems,
                Self::Deals,
            ],
            WriteMode::CustomObjects => &[
                Self::Companies,
                Self::Contacts,
                Self::Subscriptions,
                Self::Events,
            ],
        }
    }

    pub(crate) const ALL: [Self; 6] = [
        Self::Companies,
        Self::Contacts,
        Self::LineItems,
        Self::Deals,
        Self::Subscriptions,
        Self::Events,
    ];

    /// As it is named in the store.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Companies => "companies",
            Self::Contacts => "contacts",
            Self::Deals => "deals",
            Self::LineItems => "line_items",
            Self::Subscriptions => "subscriptions",
            Self::Events => "events",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The unique property its records are found again by.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Companies | Self::Contacts => CUSTOMER_ID,
            Self::Deals | Self::Subscriptions => SUBSCRIPTION_ID,
            Self::LineItems => LINE_ITEM_ID,
            Self::Events => EVENT_ID,
        }
    }

    /// The scopes of HubSpot's without which its records can be neither read nor written.
    pub(crate) fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::Companies => &["crm.objects.companies.read", "crm.objects.companies.write"],
            Self::Contacts => &["crm.objects.contacts.read", "crm.objects.contacts.write"],
            Self::Deals => &["crm.objects.deals.read", "crm.objects.deals.write"],
            Self::LineItems => &[
                "crm.objects.line_items.read",
                "crm.objects.line_items.write",
            ],
            Self::Subscriptions | Self::Events => {
                &["crm.objects.custom.read", "crm.objects.custom.write"]
            }
        }
    }

    /// Whether one of these scopes is about records of this kind or their definitions.
    pub(crate) fn is_of_any(self, scopes: &[String]) -> bool {
        let object = |scope: &str| scope.split('.').nth(2).map(str::to_owned);
        let own = self.scopes().first().and_then(|scope| object(scope));
        scopes.iter().any(|scope| object(scope) == own)
    }

    /// The properties of ClearSync's own on it.
    pub(crate) fn catalogue(self) -> &'static [OwnProperty] {
        match self {
            Self::Companies | Self::Contacts => SUMMARY,
            Self::Deals | Self::Subscriptions => SUBSCRIPTION,
            Self::LineItems => LINE_ITEM,
            Self::Events => EVENT,
        }
    }

    /// HubSpot's own properties that ClearSync writes, on records that ClearSync made only.
    pub(crate) fn standard(self) -> &'static [(&'static str, PropertyKind)] {
        match self {
            Self::Deals => &[
                ("dealname", PropertyKind::Text),
                ("pipeline", PropertyKind::Text),
                (DEAL_STAGE, PropertyKind::Text),
                ("amount", PropertyKind::Number),
                (CLOSE_DATE, PropertyKind::DateTime),
                ("deal_currency_code", PropertyKind::Text),
            ],
            Self::LineItems => &[
                ("name", PropertyKind::Text),
                ("price", PropertyKind::Number),
                ("quantity", PropertyKind::Number),
            ],
            Self::Companies | Self::Contacts | Self::Subscriptions | Self::Events => &[],
        }
    }

    /// The object type, where it is HubSpot's.
    pub(crate) fn hubspots(self) -> Option<ObjectType> {
        match self {
            Self::Companies => Some(ObjectType::Companies),
            Self::Contacts => Some(ObjectType::Contacts),
            Self::Deals => Some(ObjectType::Deals),
            Self::LineItems => Some(ObjectType::LineItems),
            Self::Subscriptions | Self::Events => None,
        }
    }

    /// The object type, where it is ClearSync's own.
    pub(crate) fn own_object(self) -> Option<&'static OwnObject> {
        match self {
            Self::Subscriptions => Some(&SUBSCRIPTION_OBJECT),
            Self::Events => Some(&EVENT_OBJECT),
            Self::Companies | Self::Contacts | Self::Deals | Self::LineItems => None,
        }
    }

    /// As the window knows it.
    pub(crate) fn shown(self) -> Shown {
        match self {
            Self::Companies => Shown::Company,
            Self::Contacts => Shown::Contact,
            Self::Deals => Shown::Deal,
            Self::LineItems => Shown::LineItem,
            Self::Subscriptions => Shown::Subscription,
            Self::Events => Shown::Event,
        }
    }

    /// Whether its records may be people's, so that one must be looked for before one is made.
    pub(crate) fn is_shared(self) -> bool {
        matches!(self, Self::Companies | Self::Contacts)
    }

    /// What must be sent together with a property: HubSpot sets the close date of a deal to the present when its stage
    /// becomes a closed one, unless the same write says otherwise.
    pub(crate) fn sent_with(self, property: &str) -> Option<&'static str> {
        (self == Self::Deals && property == DEAL_STAGE).then_some(CLOSE_DATE)
    }
}

pub(crate) const DEAL_STAGE: &str = "dealstage";
pub(crate) const CLOSE_DATE: &str = "closedate";
