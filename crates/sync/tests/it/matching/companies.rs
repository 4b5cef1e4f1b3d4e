//! Which company stands for customers of one domain.

use super::{ADA, CASE, Case};

pub(super) const COMPANIES: &[Case] = &[
    Case {
        name: "the only company of the domain, whose name stays",
        people: |hubspot| drop(hubspot.seed_company("acme.com", "Acme, as people call it")),
        now: ADA,
        planned: &[
            ("contacts cus_1", "create"),
            (
                "companies acme.com",
                "update Acme, as people call it by domain",
            ),
        ],
        held: &[("companies Acme, as people call it", "20.00")],
        ..CASE
    },
    Case {
        name: "several companies of the domain",
        people: |hubspot| {
            hubspot.seed_company("acme.com", "One");
            hubspot.seed_company("acme.com", "Other");
        },
        now: ADA,
        planned: &[
            ("contacts cus_1", "create"),
            ("companies acme.com", "skip ambiguous One Other"),
        ],
        held: &[("companies One", ""), ("companies Other", "")],
        ..CASE
    },
    Case {
        name: "several companies of the domain, of which one carries the id",
        before: ADA,
        people: |hubspot| drop(hubspot.seed_company("acme.com", "Other")),
        store_lost: true,
        now: ADA,
        planned: &[
            ("contacts cus_1", "update Jenny by customer_id"),
            ("companies acme.com", "update acme.com by customer_id"),
        ],
        held: &[("companies acme.com", "20.00"), ("companies Other", "")],
    },
    Case {
        name: "several companies of the domain, of which the user chose one",
        people: |hubspot| {
            let one = hubspot.seed_company("acme.com", "One");
            hubspot.seed_company("acme.com", "Other");
            hubspot.choose("companies", "acme.com", &one);
        },
        now: ADA,
        planned: &[
            ("contacts cus_1", "create"),
            ("companies acme.com", "update One by link"),
        ],
        held: &[("companies One", "20.00"), ("companies Other", "")],
        ..CASE
    },
    Case {
        name: "the user chose a company that is gone",
        people: |hubspot| {
            let chosen = hubspot.seed_company("acme.com", "Chosen");
            for name in ["One", "Other"] {
                hubspot.seed_company("acme.com", name);
            }
            hubspot.choose("companies", "acme.com", &chosen);
            hubspot.portal.delete("companies", &chosen).unwrap();
        },
        now: ADA,
        planned: &[
            ("contacts cus_1", "create"),
            ("companies acme.com", "skip ambiguous One Other"),
        ],
        ..CASE
    },
    Case {
        name: "free mail, disposable mail, and a domain under one",
        now: &[
            ("cus_1", "ada@gmail.com"),
            ("cus_2", "bob@mailinator.com"),
            ("cus_3", "cat@team.mailinator.com"),
        ],
        planned: &[
            ("contacts cus_1", "create"),
            ("contacts cus_2", "create"),
            ("contacts cus_3", "create"),
            ("companies gmail.com", "skip freeMail"),
            ("companies mailinator.com", "skip freeMail"),
        ],
        ..CASE
    },
    Case {
        name: "what is registered under a public suffix of two parts",
        people: |hubspot| {
            hubspot.seed_company("co.uk", "No company");
            hubspot.seed_company("acme.co.uk", "Acme UK");
        },
        now: &[
            ("cus_1", "ada@mail.acme.co.uk"),
            ("cus_2", "bob@acme.co.uk"),
        ],
        planned: &[
            ("contacts cus_1", "create"),
            ("contacts cus_2", "create"),
            ("companies acme.co.uk", "update Acme UK by domain"),
        ],
        held: &[("companies Acme UK", "40.00"), ("companies No company", "")],
        ..CASE
    },
    Case {
        name: "an international domain, held in Punycode",
        people: |hubspot| drop(hubspot.seed_company("xn--bcher-kva.de", "Bücher")),
        now: &[("cus_1", "kasse@bücher.de")],
        planned: &[
            ("contacts cus_1", "create"),
            ("companies xn--bcher-kva.de", "update Bücher by domain"),
        ],
        held: &[("companies Bücher", "20.00")],
        ..CASE
    },
    Case {
        name: "an international domain, held as people write it",
        people: |hubspot| drop(hubspot.seed_company("bücher.de", "Bücher")),
        now: &[("cus_1", "kasse@bücher.de")],
        planned: &[
            ("contacts cus_1", "create"),
            ("companies xn--bcher-kva.de", "update Bücher by domain"),
        ],
        held: &[("companies Bücher", "20.00")],
        ..CASE
    },
    Case {
        name: "a company that HubSpot made of a contact by itself",
        people: |hubspot| {
            hubspot
                .portal
                .reshape(|shape| shape.auto_create_companies = true);
            hubspot.seed_contact("eve@acme.com", "Eve");
            assert_eq!(hubspot.portal.own_work().companies.len(), 1);
        },
        now: ADA,
        planned: &[
            ("contacts cus_1", "create"),
            ("companies acme.com", "update acme by domain"),
        ],
        held: &[("companies acme", "20.00")],
        ..CASE
    },
    Case {
        name: "people gave the company another domain, and only HubSpot knows of it",
        before: ADA,
        people: |hubspot| {
            let made = hubspot.id("companies", "domain", "acme.com");
            hubspot.edit("companies", &made, "domain", "acme.org");
        },
        store_lost: true,
        now: ADA,
        planned: &[
            ("contacts cus_1", "update Jenny by customer_id"),
            ("companies acme.com", "skip ambiguous acme.org"),
        ],
        held: &[("companies acme.org", "10.00")],
    },
    Case {
        name: "people gave the company another domain",
        before: ADA,
        people: |hubspot| {
            let made = hubspot.id("companies", "domain", "acme.com");
            hubspot.edit("companies", &made, "domain", "acme.org");
        },
        now: ADA,
        planned: &[
            ("contacts cus_1", "update Jenny"),
            ("companies acme.com", "update acme.org"),
        ],
        held: &[("companies acme.org", "20.00")],
        ..CASE
    },
    Case {
        name: "the company was merged into another",
        before: ADA,
        people: |hubspot| {
            let made = hubspot.id("companies", "domain", "acme.com");
            let kept = hubspot.seed_company("acme.org", "Kept");
            hubspot.portal.merge("companies", &kept, &made).unwrap();
        },
        now: ADA,
        planned: &[
            ("contacts cus_1", "update Jenny"),
            ("companies acme.com", "update another"),
        ],
        held: &[("companies Kept", "20.00")],
        ..CASE
    },
];
