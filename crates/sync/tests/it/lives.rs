//! Whole lives from a seed: setup, import, first push, and then a business that goes on, over connections, disks, clocks,
//! keys and people that get in the way. After each trouble one sync brings everything to where a life without trouble
//! stands: the same rows in the store, the same portal, nothing lost and nothing twice.
//!
//! The ordinary run lives as many as a minute allows. `cargo xtask soak` lives 100 000; `CLEARSYNC_SEED=17 cargo test -p
//! clearsync-sync --test it lives` lives that one alone, as a failure names it.

mod crash;
mod life;
mod state;
mod trouble;

use std::{collections::BTreeMap, env, time::Instant};

use self::{life::Life, state::State, trouble::Trouble};

const LIVES: u64 = 60;
/// Different businesses; each is lived without trouble once and with trouble many times.
const BUSINESSES: u64 = 20;

fn number(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}

fn seeds() -> Vec<u64> {
    match number("CLEARSYNC_SEED") {
        Some(one) => vec![one],
        None => (0..number("CLEARSYNC_SEEDS").unwrap_or(LIVES)).collect(),
    }
}

/// Runs `test` in virtual time.
fn in_virtual_time<T>(test: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().start_paused(true).build().unwrap();
    runtime.block_on(test)
}

fn lived(business: u64, trouble: Trouble, case: &str) -> State {
    in_virtual_time(async {
        let mut life = Life::new(business, trouble, case);
        life.live().await;
        life.state()
    })
}

#[test]
fn one_sync_after_any_trouble_everything_is_as_if_nothing_had_been() {
    let began = Instant::now();
    let mut calm: BTreeMap<u64, State> = BTreeMap::new();
    let seeds = seeds();
    for seed in &seeds {
        let case = format!("CLEARSYNC_SEED={seed} cargo test -p clearsync-sync --test it lives");
        let business = seed % BUSINESSES;
        let expected = calm
            .entry(business)
            .or_insert_with(|| lived(business, Trouble::none(), "without trouble"));
        if seeds.len() == 1 {
            println!("{:#?}", Trouble::of(*seed));
        }
        let met = lived(business, Trouble::of(*seed), &case);
        met.assert_is(expected, &case);
    }
    let records: usize = calm.values().map(State::records).sum();
    assert!(records > 0, "the portals hold something");
    println!(
        "{} lives of {} businesses, {records} records, in {} s",
        seeds.len(),
        calm.len(),
        began.elapsed().as_secs()
    );
}
