//! MRR and movements, worked out from Stripe's objects, against what truly happened in simulated businesses.

#[cfg(test)]
mod account;

#[cfg(test)]
mod probe {
    use clearsync_billing::{Policy, ReturningRule};
    use clearsync_sandbox::business::{Business, Shape};

    use crate::account::Account;

    #[test]
    fn probe() {
        let now: jiff::Timestamp = "2026-06-01T12:00:00Z".parse().unwrap();
        let policy = Policy {
            returning: ReturningRule::New,
            ..Policy::clearsync()
        };
        let full = std::env::var("FULL").is_ok();
        let seeds: u64 = std::env::var("SEEDS").map_or(5, |text| text.parse().unwrap());
        let only = std::env::var("ONLY").ok();
        let (mut all, mut good) = (0, 0);
        for seed in 0..seeds {
            let shape = if full {
                Shape::small().with_all_events()
            } else {
                Shape::small()
            };
            let business = Business::play(seed, &shape, now);
            let account = Account::read(&business);
            for (id, _) in business.ledger().lives() {
                all += 1;
                let ours: Vec<_> = account.movements(id, &policy, now);
                let truth: Vec<_> = account.truth(business.ledger(), id);
                if ours.iter().map(|(text, _)| text).eq(truth.iter()) {
                    good += 1;
                } else if only.as_deref().is_none_or(|only| only == id) {
                    println!("--- {seed} {id}");
                    for (text, origin) in &ours {
                        println!("  ours  {text} {origin:?}");
                    }
                    for text in &truth {
                        println!("  truth {text}");
                    }
                    for entry in &business.ledger().life(id).unwrap().entries {
                        let fact = format!("{:?}", entry.fact);
                        println!("     {} {}", entry.at, &fact[..fact.len().min(90)]);
                    }
                }
            }
        }
        println!("{good} of {all}");
    }
}
