//! Whole lives from a seed: setup, import, first push, and then a business that goes on, over connections, disks, clocks,
//! keys and people that get in the way. After each trouble one sync brings everything to where a life without trouble
//! stands: the same rows in the store, the same portal, nothing lost and nothing twice.
//!
//! The ordinary run lives 2 000. `cargo xtask soak` lives 100 000; `CLEARSYNC_SEED=17 cargo test -p
//! clearsync-sync --test it lives` lives that one alone, as a failure names it.

mod crash;
mod life;
mod state;
mod trouble;

use std::{
    env,
    num::NonZero,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
    thread,
    time::Instant,
};

use self::{life::Life, state::State, trouble::Trouble};

const LIVES: u64 = 2_000;
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
    let seeds = seeds();
    let next = AtomicU64::new(0);
    let records = AtomicUsize::new(0);
    // A business at a time, on every core. A life that fails ends the test once the others' businesses are through.
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get) {
            scope.spawn(|| {
                loop {
                    let business = next.fetch_add(1, Ordering::Relaxed);
                    if business >= BUSINESSES {
                        break;
                    }
                    records.fetch_add(live_through(business, &seeds), Ordering::Relaxed);
                }
            });
        }
    });
    let records = records.into_inner();
    assert!(records > 0, "the portals hold something");
    println!(
        "{} lives, {records} records without trouble, in {} s",
        seeds.len(),
        began.elapsed().as_secs()
    );
}

/// Lives all of `seeds` that fall to `business`, and says how many records its portal holds without trouble.
fn live_through(business: u64, seeds: &[u64]) -> usize {
    let mut own = seeds.iter().filter(|seed| *seed % BUSINESSES == business);
    let Some(first) = own.next() else {
        return 0;
    };
    let expected = lived(business, Trouble::none(), "without trouble");
    for seed in std::iter::once(first).chain(own) {
        let case = format!("CLEARSYNC_SEED={seed} cargo test -p clearsync-sync --test it lives");
        if seeds.len() == 1 {
            println!("{:#?}", Trouble::of(*seed));
        }
        lived(business, Trouble::of(*seed), &case).assert_is(&expected, &case);
    }
    expected.records()
}
