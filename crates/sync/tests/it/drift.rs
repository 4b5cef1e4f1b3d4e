//! What HubSpot holds against what was last written.

use clearsync_sandbox::hubspot::PortalShape;
use clearsync_store::{Drift, DriftFinding};
use clearsync_sync::drift::{self, Share};
use jiff::SignedDuration;

use crate::push_world::{Bridge, customer, paying};

impl Bridge {
    pub(crate) async fn look(&self, share: Share) -> usize {
        use clearsync_sandbox::Clock as _;
        let (store, client) = (self.store(), self.client());
        drift::look(&store, &client, self.target, share, self.clock.now())
            .await
            .unwrap()
    }

    fn drift(&self) -> Vec<Drift> {
        self.read(|view| view.drift(self.target))
    }

    fn contact(&self, email: &str) -> String {
        let contacts = self.contacts().into_iter();
        let mut found = contacts.filter(|(_, values)| values["email"] == email);
        found.next().unwrap().0
    }
}

#[tokio::test(start_paused = true)]
async fn a_difference_is_listed_and_put_right() {
    let bridge = Bridge::new(PortalShape::default());
    bridge.customers(&[
        paying("cus_1", "ada@acme.com", "usd", 4_900),
        paying("cus_2", "bob@acme.com", "usd", 1_000),
    ]);
    bridge.sync().await;
    bridge.portal.forget_requests();
    assert_eq!(bridge.look(Share::All).await, 0);
    let requests = bridge.portal.requests();
    assert_eq!(
        requests.len(),
        4,
        "for each kind its properties and its records: {requests:?}"
    );

    let ada = bridge.contact("ada@acme.com");
    let edits = [
        ("clearsync_mrr", "1"),
        ("clearsync_coupon", "half"),
        ("phone", "+1"),
    ];
    bridge.portal.edit("contacts", &ada, &edits).unwrap();
    assert_eq!(bridge.look(Share::All).await, 1);
    let [drift] = &bridge.drift()[..] else {
        panic!("one")
    };
    assert_eq!(
        (drift.finding, &*drift.subject),
        (DriftFinding::Changed, "cus_1")
    );
    let text = |text: &str| text.to_owned();
    assert_eq!(
        drift.differences,
        [
            (text("clearsync_coupon"), (text(""), text("half"))),
            (text("clearsync_mrr"), (text("49.00"), text("1"))),
        ]
        .into()
    );
    let plan = bridge.plan().await;
    let row = bridge
        .rows(plan)
        .into_iter()
        .find(|row| row.action == "update")
        .unwrap();
    let changes = row.details["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 2, "what people filled in stays: {changes:?}");
    bridge.push(plan).await.unwrap();
    assert_eq!(bridge.drift(), []);
    let values = &bridge.contacts()[&ada];
    assert_eq!(
        (&*values["clearsync_mrr"], &*values["phone"]),
        ("49.00", "+1")
    );
    assert!(!values.contains_key("clearsync_coupon"));
    assert_eq!(bridge.look(Share::All).await, 0);
}

#[tokio::test(start_paused = true)]
async fn records_that_are_gone_or_merged_are_found() {
    let bridge = Bridge::new(PortalShape::default());
    bridge.customers(&[
        paying("cus_1", "ada@gmail.com", "usd", 4_900),
        paying("cus_2", "bob@gmail.com", "usd", 1_000),
    ]);
    let other = bridge
        .portal
        .seed("contacts", &[("email", "b@elsewhere.com")])
        .unwrap();
    bridge.sync().await;
    bridge
        .portal
        .delete("contacts", &bridge.contact("ada@gmail.com"))
        .unwrap();
    let merged = bridge.contact("bob@gmail.com");
    bridge.portal.merge("contacts", &other, &merged).unwrap();
    assert_eq!(bridge.look(Share::All).await, 2);
    let findings: Vec<_> = bridge
        .drift()
        .into_iter()
        .map(|one| (one.subject, one.finding))
        .collect();
    assert_eq!(
        findings,
        [
            ("cus_1".to_owned(), DriftFinding::Gone),
            ("cus_2".to_owned(), DriftFinding::Merged)
        ]
    );
    bridge.sync().await;
    assert_eq!(bridge.drift(), []);
    assert_eq!(bridge.contacts().len(), 2, "the merged one, and ada again");
}

/// 1,300 contacts: 24 looks of 100 would go round 2,400, so that every look takes 100, and the fourteenth begins anew.
#[tokio::test(start_paused = true)]
async fn a_part_is_looked_at_each_hour_in_turn() {
    let bridge = Bridge::new(PortalShape::default());
    let many: Vec<_> = (0..1_300)
        .map(|n| customer(&format!("cus_{n:04}"), &format!("c{n}@gmail.com")))
        .collect();
    bridge.customers(&many);
    bridge.sync().await;
    bridge.portal.forget_requests();
    bridge.look(Share::NextPart).await;
    bridge.look(Share::NextPart).await;
    assert_eq!(bridge.portal.requests(), [], "nothing within the hour");
    let last = bridge.contact("c1299@gmail.com");
    bridge
        .portal
        .edit("contacts", &last, &[("clearsync_status", "other")])
        .unwrap();
    let mut seen = Vec::new();
    for look in 1..=14 {
        bridge.clock.jump(SignedDuration::from_mins(61));
        let differing = bridge.look(Share::NextPart).await;
        let progress = bridge.read(|view| drift::progress(view, bridge.target));
        seen.push((look, differing, progress.in_round));
        // A round begins with a look at the properties of both kinds.
        let rounds = if look < 14 { 1 } else { 2 };
        let requests = bridge.portal.requests().len();
        assert_eq!(requests, look + 2 * rounds, "one read a look");
    }
    assert_eq!(&seen[11..], [(12, 0, 1_200), (13, 1, 1_300), (14, 0, 100)]);
}
