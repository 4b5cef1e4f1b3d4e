//! Which contact stands for a customer.

use super::{ADA, BOTH, CASE, Case};

pub(super) const CONTACTS: &[Case] = &[
    Case {
        name: "the id comes before the e-mail",
        before: ADA,
        people: |hubspot| {
            let made = hubspot.id("contacts", "email", "ada@acme.com");
            hubspot.edit("contacts", &made, "email", "former@acme.com");
            hubspot.seed_contact("ada@acme.com", "Same e-mail");
        },
        store_lost: true,
        now: ADA,
        planned: &[
            ("contacts cus_1", "update Jenny by customer_id"),
            ("companies acme.com", "update acme.com by customer_id"),
        ],
        held: &[("contacts Jenny", "20.00"), ("contacts Same e-mail", "")],
    },
    Case {
        name: "the link of the store comes before the id",
        before: ADA,
        people: |hubspot| {
            let made = hubspot.id("contacts", "email", "ada@acme.com");
            let chosen = hubspot.seed_contact("chosen@acme.com", "Chosen");
            hubspot.edit("contacts", &made, "clearsync_stripe_customer_id", "");
            hubspot.choose("contacts", "cus_1", &chosen);
            let (target, store) = (hubspot.target, hubspot.store());
            let forget = store.write(|writer| writer.remove_written(target, "contacts", "cus_1"));
            forget.unwrap();
        },
        now: ADA,
        planned: &[
            ("contacts cus_1", "update Chosen by link"),
            ("companies acme.com", "update acme.com"),
        ],
        held: &[("contacts Chosen", "20.00")],
        ..CASE
    },
    Case {
        name: "the id stands in a record that another was merged into",
        before: ADA,
        people: |hubspot| {
            let made = hubspot.id("contacts", "email", "ada@acme.com");
            let kept = hubspot.seed_contact("kept@acme.com", "Kept");
            hubspot.portal.merge("contacts", &kept, &made).unwrap();
        },
        store_lost: true,
        now: ADA,
        planned: &[
            ("contacts cus_1", "update Kept by customer_id"),
            ("companies acme.com", "update acme.com by customer_id"),
        ],
        held: &[("contacts Kept", "20.00")],
    },
    Case {
        name: "the store links a record that was merged into another",
        before: ADA,
        people: |hubspot| {
            let made = hubspot.id("contacts", "email", "ada@acme.com");
            let kept = hubspot.seed_contact("kept@acme.com", "Kept");
            hubspot.portal.merge("contacts", &kept, &made).unwrap();
        },
        now: ADA,
        planned: &[
            // A batch does not find the former id; the push follows it one by one.
            ("contacts cus_1", "update another"),
            ("companies acme.com", "update acme.com"),
        ],
        held: &[("contacts Kept", "20.00")],
        ..CASE
    },
    Case {
        name: "the ids of one person stand in two records",
        before: &[("cus_1", "ada@acme.com"), ("cus_2", "second@acme.com")],
        store_lost: true,
        now: &[("cus_1", "ada@acme.com"), ("cus_2", "ada@acme.com")],
        planned: &[
            ("contacts cus_1", "skip ambiguous Jenny Jenny"),
            ("companies acme.com", "update acme.com by customer_id"),
        ],
        ..CASE
    },
    Case {
        name: "exactly the e-mail, whatever its case",
        people: |hubspot| drop(hubspot.seed_contact("ada@acme.com", "Ada")),
        now: &[("cus_1", "Ada@ACME.com")],
        planned: &[
            ("contacts cus_1", "update Ada by email"),
            ("companies acme.com", "create"),
        ],
        held: &[("contacts Ada", "20.00")],
        ..CASE
    },
    Case {
        name: "a further e-mail",
        people: |hubspot| {
            let values = [
                ("email", "ada@home.example"),
                ("hs_additional_emails", "ada@acme.com"),
                ("firstname", "Ada"),
            ];
            hubspot.portal.seed("contacts", &values).unwrap();
        },
        now: ADA,
        planned: &[
            ("contacts cus_1", "update Ada by email"),
            ("companies acme.com", "create"),
        ],
        held: &[("contacts Ada", "20.00")],
        ..CASE
    },
    Case {
        name: "two customers with one e-mail",
        people: |hubspot| drop(hubspot.seed_contact("ada@acme.com", "Ada")),
        now: &[("cus_1", "ada@acme.com"), ("cus_2", "ADA@acme.com")],
        planned: &[
            ("contacts cus_1", "update Ada by email"),
            ("companies acme.com", "create"),
        ],
        held: &[("contacts Ada", "40.00")],
        ..CASE
    },
    Case {
        name: "two customers with two e-mails of one contact",
        people: |hubspot| {
            let values = [
                ("email", "ada@acme.com"),
                ("hs_additional_emails", "bob@acme.com"),
                ("firstname", "Ada"),
            ];
            hubspot.portal.seed("contacts", &values).unwrap();
        },
        now: BOTH,
        planned: &[
            ("contacts cus_1", "update Ada by email"),
            ("companies acme.com", "create"),
        ],
        held: &[("contacts Ada", "40.00")],
        ..CASE
    },
    Case {
        name: "the e-mail changed in Stripe",
        before: ADA,
        now: &[("cus_1", "ada@acme.org")],
        planned: &[
            ("contacts cus_1", "update Jenny"),
            ("companies acme.com", "update acme.com"),
            ("companies acme.org", "create"),
        ],
        held: &[
            ("contacts Jenny", "20.00"),
            ("companies acme.com", ""),
            ("companies acme.org", "20.00"),
        ],
        ..CASE
    },
    Case {
        name: "the e-mail changed in HubSpot, and another customer has the former",
        before: ADA,
        people: |hubspot| {
            let made = hubspot.id("contacts", "email", "ada@acme.com");
            hubspot.edit("contacts", &made, "email", "ada@married.example");
            hubspot.edit("contacts", &made, "firstname", "Ada");
        },
        now: &[("cus_1", "ada@acme.com"), ("cus_2", "bob@acme.com")],
        planned: &[
            ("contacts cus_1", "update Ada"),
            ("contacts cus_2", "create"),
            ("companies acme.com", "update acme.com"),
        ],
        held: &[("contacts Ada", "20.00"), ("contacts Jenny", "20.00")],
        ..CASE
    },
    Case {
        name: "the contact was deleted, and the e-mail stands in another",
        before: ADA,
        people: |hubspot| {
            let made = hubspot.id("contacts", "email", "ada@acme.com");
            hubspot.portal.delete("contacts", &made).unwrap();
            hubspot.seed_contact("ada@acme.com", "Ada again");
        },
        store_lost: true,
        now: ADA,
        planned: &[
            ("contacts cus_1", "update Ada again by email"),
            ("companies acme.com", "update acme.com by customer_id"),
        ],
        held: &[("contacts Ada again", "20.00")],
    },
    Case {
        name: "the id of a customer of another Stripe account",
        people: |hubspot| {
            let values = [
                ("email", "ada@acme.com"),
                ("firstname", "Ada"),
                ("clearsync_stripe_customer_id", "cus_of_another_account"),
            ];
            hubspot.portal.seed("contacts", &values).unwrap();
        },
        now: ADA,
        planned: &[
            ("contacts cus_1", "skip ambiguous Ada"),
            ("companies acme.com", "create"),
        ],
        ..CASE
    },
    Case {
        name: "the user chose a contact that is gone, and the e-mail stands in another",
        people: |hubspot| {
            let chosen = hubspot.seed_contact("chosen@acme.com", "Chosen");
            hubspot.choose("contacts", "cus_1", &chosen);
            hubspot.portal.delete("contacts", &chosen).unwrap();
            hubspot.seed_contact("ada@acme.com", "Ada");
        },
        now: ADA,
        planned: &[
            ("contacts cus_1", "update Ada by email"),
            ("companies acme.com", "create"),
        ],
        held: &[("contacts Ada", "20.00")],
        ..CASE
    },
    Case {
        name: "the user chose a contact that is gone, for a customer without an e-mail",
        people: |hubspot| {
            let chosen = hubspot.seed_contact("chosen@acme.com", "Chosen");
            hubspot.choose("contacts", "cus_1", &chosen);
            hubspot.portal.delete("contacts", &chosen).unwrap();
        },
        now: &[("cus_1", "")],
        planned: &[("contacts cus_1", "skip noEmail")],
        ..CASE
    },
    Case {
        name: "names are never compared",
        people: |hubspot| {
            let values = [
                ("email", "jenny@elsewhere.example"),
                ("firstname", "Jenny"),
                ("lastname", "Rosen"),
                ("jobtitle", "Somebody else"),
            ];
            hubspot.portal.seed("contacts", &values).unwrap();
        },
        now: ADA,
        planned: &[
            ("contacts cus_1", "create"),
            ("companies acme.com", "create"),
        ],
        ..CASE
    },
];
