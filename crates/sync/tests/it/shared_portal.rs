//! One portal that several Stripe accounts are brought to, or that several installations write to.

use std::collections::{BTreeMap, BTreeSet};

use clearsync_sandbox::{
    business::Shape,
    hubspot::{Lags, PortalShape, Tier},
};
use clearsync_store::PlanId;
use clearsync_sync::{
    drift::Share,
    plan::Installation,
    undo::UndoScope,
    view::{NeedsApproval, WriteMode},
};
use jiff::SignedDuration;
use serde_json::Value;

use crate::{
    modes::{bridge, is_in_sync, scopes},
    push_life::Dice,
    push_world::{Bridge, TOKEN, paying, promised_part},
    undo::same,
    world::World,
};

const MARK: &str = "clearsync_written_by";
const SEEDS: u64 = 12;

fn text(bridge: &Bridge) -> String {
    serde_json::to_string_pretty(&bridge.portal.snapshot()).unwrap()
}

impl Bridge {
    /// Of each contact and company the mark, by e-mail or domain; those without are left out.
    fn marks(&self) -> BTreeMap<String, String> {
        let all = self
            .contacts()
            .into_values()
            .chain(self.companies().into_values());
        let mark = |values: BTreeMap<String, String>| {
            let name = values.get("email").or(values.get("domain"))?.clone();
            Some((name, values.get(MARK)?.clone()))
        };
        all.filter_map(mark).collect()
    }

    /// What stands in the contacts and companies whose mark begins so.
    fn written_by(&self, mark: &str) -> BTreeMap<String, BTreeMap<String, String>> {
        let all = [self.contacts(), self.companies()].map(promised_part);
        let own = |values: &BTreeMap<String, String>| {
            values.get(MARK).is_some_and(|held| held.starts_with(mark))
        };
        let all = all.into_iter().flatten();
        all.filter(|(_, values)| own(values)).collect()
    }

    fn approval(&self, plan: PlanId) -> Option<NeedsApproval> {
        let plan = self.read(|view| view.plan(plan)).unwrap();
        serde_json::from_value(plan.counts["needs_approval"].clone()).unwrap()
    }

    /// Why rows are skipped.
    fn skipped(&self, plan: PlanId) -> BTreeSet<String> {
        let rows = self.rows(plan).into_iter();
        rows.filter_map(|row| row.details["reason"].as_str().map(str::to_owned))
            .collect()
    }

    async fn take_everything_back(&self, case: &str) {
        // The index has shown what others wrote.
        self.clock.jump(SignedDuration::from_mins(1));
        let (_, undone) = self.undo(UndoScope::Everything).await;
        assert_eq!((undone.left, undone.failed), (0, 0), "{case}");
    }
}

/// The e-mails of one account's customers, among a few people of a few companies.
fn emails(dice: &mut Dice) -> Vec<String> {
    let hosts = ["acme.com", "beta.io", "gmail.com", "delta.de"];
    let count = 3 + dice.up_to(5);
    let email = |_| {
        let (name, host) = (dice.up_to(4), hosts[dice.up_to(hosts.len())]);
        format!("p{name}@{host}")
    };
    let emails: BTreeSet<String> = (0..count).map(email).collect();
    emails.into_iter().collect()
}

/// So many of the customers, each paying something.
fn customers(dice: &mut Dice, account: &str, emails: &[String]) -> Vec<Value> {
    let one = |(number, email): (usize, &String)| {
        let mrr_minor = i64::try_from(1_000 + dice.up_to(9) * 700).unwrap();
        paying(&format!("cus_{account}{number}"), email, "usd", mrr_minor)
    };
    emails.iter().enumerate().map(one).collect()
}

/// What people had in HubSpot before.
fn people_worked(bridge: &Bridge, dice: &mut Dice) {
    for name in 0..dice.up_to(4) {
        let email = format!("p{name}@acme.com");
        let values = [("email", &*email), ("firstname", "Kept")];
        bridge.portal.seed("contacts", &values).unwrap();
    }
    if dice.one_in(2) {
        let values = [("domain", "beta.io"), ("name", "Kept")];
        bridge.portal.seed("companies", &values).unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_of_one_account_reaches_another() {
    let mut left_alone = 0;
    for seed in 0..SEEDS {
        let mut dice = Dice(seed);
        let lags = if seed % 2 == 0 {
            Lags::OBSERVED
        } else {
            Lags::NONE
        };
        let first = Bridge::new(PortalShape {
            lags,
            ..PortalShape::default()
        });
        let second = first.beside("acct_2", "there");
        people_worked(&first, &mut dice);
        first.clock.jump(SignedDuration::from_mins(1));
        let before = text(&first);
        let people = (emails(&mut dice), emails(&mut dice));
        for round in 0..2 {
            let case = format!("seed {seed}, round {round}");
            // Each has one customer more in the second round, and others pay something else.
            let (ours, theirs) = (people.0.len(), people.1.len());
            let ours = &people.0[..ours - 1 + round];
            let theirs = &people.1[..theirs - 1 + round];
            first.customers(&customers(&mut dice, "a", ours));
            second.customers(&customers(&mut dice, "b", theirs));
            for (one, other, mark) in [(&first, &second, "acct_2/"), (&second, &first, "acct_1/")] {
                let stood = other.written_by(mark);
                assert_eq!(one.sync().await.failed, 0, "{case}");
                one.clock.jump(SignedDuration::from_mins(1));
                assert_eq!(
                    other.written_by(mark),
                    stood,
                    "{case}: {mark} was overwritten"
                );
                let plan = one.plan().await;
                is_in_sync(one, &case).await;
                let skipped = one.skipped(plan);
                left_alone += usize::from(skipped.contains("otherAccount"));
                assert!(!skipped.contains("ambiguous"), "{case}: {skipped:?}");
            }
        }
        // Either may be the first to take everything back.
        let (one, other, mark) = match seed % 4 {
            0 | 3 => (&first, &second, "acct_2/"),
            _ => (&second, &first, "acct_1/"),
        };
        let stood = other.written_by(mark);
        one.take_everything_back(&format!("seed {seed}")).await;
        assert_eq!(other.written_by(mark), stood, "seed {seed}: {mark}");
        other
            .take_everything_back(&format!("seed {seed}, the last"))
            .await;
        same(&text(&first), &before, &format!("seed {seed}"));
    }
    assert!(left_alone > 10, "{left_alone} plans met the other account");
}

/// Both plans are made before either is pushed, as when the word for them comes hours later.
#[tokio::test(start_paused = true)]
async fn a_plan_that_waited_overwrites_no_other_account() {
    let first = Bridge::new(PortalShape::default());
    let second = first.beside("acct_2", "there");
    let person = [("email", "ada@acme.com"), ("firstname", "Kept")];
    first.portal.seed("contacts", &person).unwrap();
    let company = [("domain", "acme.com"), ("name", "Kept")];
    first.portal.seed("companies", &company).unwrap();
    first.customers(&[paying("cus_a", "ada@acme.com", "usd", 1_000)]);
    second.customers(&[paying("cus_b", "ada@acme.com", "usd", 9_000)]);
    let plans = (first.plan().await, second.plan().await);
    first.clock.jump(SignedDuration::from_hours(3));
    assert_eq!(first.push(plans.0).await.unwrap().updated, 2);
    let stood = first.written_by("acct_1/");
    assert_eq!(stood.len(), 2);
    let pushed = second.push(plans.1).await.unwrap();
    assert_eq!((pushed.updated, pushed.failed), (0, 2));
    assert_eq!(first.written_by("acct_1/"), stood);
    let skipped = second.skipped(second.plan().await);
    assert!(skipped.contains("otherAccount"), "{skipped:?}");
}

#[tokio::test(start_paused = true)]
async fn whoever_goes_last_takes_away_what_both_used() {
    let modes = [
        (WriteMode::Summary, WriteMode::Summary),
        (WriteMode::Deals, WriteMode::Deals),
        (WriteMode::CustomObjects, WriteMode::CustomObjects),
        (WriteMode::Deals, WriteMode::Summary),
        (WriteMode::Summary, WriteMode::CustomObjects),
    ];
    for (first_mode, second_mode) in modes {
        for maker_first in [true, false] {
            let case = format!("{first_mode:?}, {second_mode:?}, maker first: {maker_first}");
            let shape = PortalShape {
                tier: Tier::Enterprise,
                ..PortalShape::default()
            };
            let first = bridge(6, first_mode, shape).await;
            let all = scopes(WriteMode::Deals).chain(scopes(WriteMode::CustomObjects));
            first.portal.set_scopes(TOKEN, all);
            let mut second = first.beside_business(&World::new(7, &Shape::small())).await;
            second.writing.mode = second_mode;
            let before = text(&first);
            for one in [&first, &second] {
                let pushed = one.sync().await;
                assert_eq!(pushed.failed, 0, "{case}: {:?}", one.open_items());
                assert!(pushed.created > 5, "{case}: {pushed:?}");
                one.clock.jump(SignedDuration::from_mins(1));
                is_in_sync(one, &case).await;
            }
            let (one, other) = if maker_first {
                (&first, &second)
            } else {
                (&second, &first)
            };
            one.take_everything_back(&case).await;
            is_in_sync(other, &case).await;
            assert_eq!(other.look(Share::All).await, 0, "{case}: what stays, stays");
            other.take_everything_back(&case).await;
            same(&text(&first), &before, &case);
        }
    }
}

/// Two installations for one account. Neither writes while the other does, whoever was asked last.
#[tokio::test(start_paused = true)]
async fn a_second_installation_is_noticed_and_takes_over_only_when_told() {
    let here = Bridge::new(PortalShape::default());
    let there = here.beside("acct_1", "there");
    let people = |mrr_minor| {
        [
            paying("cus_1", "ada@acme.com", "usd", mrr_minor),
            paying("cus_2", "bob@beta.io", "usd", 1_000),
        ]
    };
    here.customers(&people(1_000));
    there.customers(&people(2_000));
    here.sync().await;
    assert_eq!(here.marks().len(), 4);
    assert!(
        here.marks()
            .values()
            .all(|mark| mark == "acct_1/live/here/1")
    );

    let (before, requests) = (text(&here), here.portal.requests().len());
    let plan = there.plan().await;
    let asked = here.portal.requests().split_off(requests);
    let searches = asked.iter().filter(|one| one.path.ends_with("/search"));
    assert_eq!(searches.count(), 0, "what is read anyway says it");
    assert_eq!(there.approval(plan), Some(NeedsApproval::OtherInstallation));
    let items = there.open_items();
    assert!(
        items.contains(&("other_installation".to_owned(), "here".to_owned())),
        "{items:?}"
    );
    same(&text(&here), &before, "nothing is written");

    // Taking over, and noticing it, go back and forth without end, and nothing is made twice.
    let mut sides = (&there, &here);
    for turn in 2..5 {
        let (taker, other) = sides;
        let plan = taker.plan().await;
        let pushed = taker.push(plan).await.unwrap();
        assert_eq!(
            (pushed.created, pushed.updated, pushed.failed),
            (0, 4, 0),
            "{turn}"
        );
        assert_eq!((here.contacts().len(), here.companies().len()), (2, 2));
        let marks: BTreeSet<String> = here.marks().into_values().collect();
        let [mark] = &Vec::from_iter(marks)[..] else {
            panic!("one mark")
        };
        assert!(mark.ends_with(&format!("/{turn}")), "{mark}");
        assert_eq!(taker.open_items(), BTreeSet::new());
        is_in_sync(taker, "whoever took over").await;

        // The other looks an hour later, as it always does.
        assert_eq!(
            other.approval(other.plan().await),
            None,
            "it does not know yet"
        );
        let mut seen = other.look(Share::NextPart).await;
        other.clock.jump(SignedDuration::from_mins(61));
        seen += other.look(Share::NextPart).await;
        assert!(seen > 0, "{turn}");
        let plan = other.plan().await;
        assert_eq!(
            other.approval(plan),
            Some(NeedsApproval::OtherInstallation),
            "{turn}"
        );
        sides = (other, taker);
    }
}

/// One that was taken over leaves what the other writes by now, with its links and definitions.
#[tokio::test(start_paused = true)]
async fn one_that_was_taken_over_takes_nothing_away() {
    let here = Bridge::new(PortalShape::default());
    let there = here.beside("acct_1", "there");
    for one in [&here, &there] {
        one.customers(&[paying("cus_1", "ada@acme.com", "usd", 1_000)]);
    }
    here.sync().await;
    there.sync().await;
    let stood = text(&here);
    here.clock.jump(SignedDuration::from_mins(1));
    let (_, undone) = here.undo(UndoScope::Everything).await;
    assert_eq!(
        (undone.archived, undone.links, undone.definitions),
        (0, 0, 0)
    );
    same(&text(&here), &stood, "nothing was taken back");
}

/// Records of a version that wrote no marks get theirs with their next change, and not before.
#[tokio::test(start_paused = true)]
async fn a_record_without_a_mark_gets_it_with_its_next_change() {
    let bridge = Bridge::new(PortalShape::default());
    let pay = |ada| {
        bridge.customers(&[
            paying("cus_1", "ada@acme.com", "usd", ada),
            paying("cus_2", "bob@beta.io", "usd", 1_000),
        ]);
    };
    pay(1_000);
    bridge.sync().await;
    for object in ["contacts", "companies"] {
        for id in bridge.portal.records(object).unwrap().keys() {
            bridge.portal.edit(object, id, &[(MARK, "")]).unwrap();
        }
    }
    bridge.look(Share::All).await;
    is_in_sync(&bridge, "a mark alone is no change").await;
    pay(2_000);
    bridge.sync().await;
    let marked: Vec<String> = bridge.marks().into_keys().collect();
    assert_eq!(marked, ["acme.com", "ada@acme.com"]);
    is_in_sync(&bridge, "after the change").await;
}

#[tokio::test(start_paused = true)]
async fn the_name_of_an_installation_is_given_once() {
    let bridge = Bridge::new(PortalShape::default());
    let known = bridge.read(Installation::load);
    bridge
        .store()
        .write(|writer| Installation::ensure(writer, "another"))
        .unwrap();
    assert_eq!(bridge.read(Installation::load), known);
}
