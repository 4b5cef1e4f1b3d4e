//! Nothing panics: whole accounts of one subscription, as Stripe would send them in either shape, with arbitrary edits
//! anywhere, through decoding, history, timeline, movements and every figure made of them.
//!
//! `corpus/` holds accounts that once were, or could be, awkward; every run replays them. A new failure prints the account
//! to be put there. `PROPTEST_CASES=100000 cargo test --release -p clearsync-stripe --test fuzz` makes up more.

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod edits;
#[cfg(test)]
mod figures;
#[cfg(test)]
mod old_shape;

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use clearsync_stripe::decode;
    use proptest::{prelude::*, sample::Index};
    use serde_json::Value;

    use crate::{accounts, edits, figures, old_shape};

    /// How many edited accounts an ordinary run makes up for each property; `PROPTEST_CASES` asks for more.
    fn cases() -> u32 {
        let asked = std::env::var("PROPTEST_CASES").ok();
        asked.map_or(600, |text| text.parse().unwrap())
    }

    fn any_account() -> impl Strategy<Value = Value> {
        (any::<Index>(), any::<bool>()).prop_map(|(which, is_old)| {
            let account = which.get(accounts::all());
            if is_old {
                old_shape::account(account)
            } else {
                account.clone()
            }
        })
    }

    fn edited_account() -> impl Strategy<Value = Value> {
        (
            any_account(),
            prop::collection::vec(edits::any_edit(), 1..12),
        )
            .prop_map(|(mut account, edits)| {
                for edit in &edits {
                    edit.apply(&mut account);
                }
                account
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

        #[test]
        fn every_figure_of_an_edited_account_is_worked_out(account in edited_account()) {
            figures::work_out(&account);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

        #[test]
        fn nothing_that_is_read_is_left_out_of_the_essence(account in edited_account()) {
            // A fraction may be read as the one next to what was written: both are read of the same text.
            let read = |value: &Value| {
                let text = value.to_string();
                let whole: Value = serde_json::from_str(&text).unwrap();
                (decode::essence(&text).unwrap(), whole)
            };
            for (essence, whole) in accounts::rows(&account, "subscription").map(read) {
                prop_assert_eq!(decode::subscription(&essence), decode::subscription(&whole));
            }
            for (essence, whole) in accounts::rows(&account, "invoice").map(read) {
                prop_assert_eq!(decode::invoice(&essence), decode::invoice(&whole));
            }
            for (essence, whole) in accounts::rows(&account, "event").map(read) {
                prop_assert_eq!(decode::change(&essence), decode::change(&whole));
            }
        }
    }

    #[test]
    fn the_corpus_is_worked_out() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus");
        let mut replayed = 0;
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let account = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            figures::work_out(&account);
            replayed += 1;
        }
        assert!(replayed >= 8, "{replayed}");
    }

    #[test]
    fn an_account_reads_the_same_in_both_shapes() {
        for account in accounts::all() {
            let old = old_shape::account(account);
            for (new, old) in
                accounts::rows(account, "subscription").zip(accounts::rows(&old, "subscription"))
            {
                assert_ne!(new, old);
                assert_eq!(decode::subscription(new), decode::subscription(old));
            }
            for (new, old) in
                accounts::rows(account, "invoice").zip(accounts::rows(&old, "invoice"))
            {
                assert_ne!(new, old);
                assert_eq!(decode::invoice(new), decode::invoice(old));
            }
            for (new, old) in
                accounts::rows(account, "discount").zip(accounts::rows(&old, "discount"))
            {
                assert_ne!(new, old);
                assert_eq!(decode::discount(new), decode::discount(old));
            }
            for (new, old) in accounts::rows(account, "event").zip(accounts::rows(&old, "event")) {
                assert_eq!(decode::change(new), decode::change(old));
            }
        }
    }
}
