//! How fast ClearSync is, as ratios against a floor of the same run. `docs/speed.md` says what each number means.
//!
//! The import and the audit run in virtual time against the simulated Stripe, so that their figures do not depend on the
//! computer's speed. The pipeline is measured in CPU time of this process.

mod audit;
mod floor;
mod import;
mod pipeline;
mod push;
mod report;
mod world;

use std::{env, error::Error, io};

use tokio::runtime::{Builder, Runtime};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;
type Run = fn() -> Outcome;

/// The benchmarks by name; all run unless some are named.
const ALL: [(&str, Run); 4] = [
    ("audit", audit::run),
    ("import", import::run),
    ("pipeline", pipeline::run),
    ("push", push::run),
];

fn main() -> Outcome {
    let named: Vec<String> = env::args().skip(1).collect();
    let is_named = |name: &str| named.iter().any(|one| one == name);
    let all = !ALL.iter().any(|(name, _)| is_named(name));
    for (_, run) in ALL.iter().filter(|(name, _)| all || is_named(name)) {
        run()?;
    }
    Ok(())
}

/// A runtime whose clock stands still while there is work, and jumps to the next deadline when there is none.
fn virtual_time() -> io::Result<Runtime> {
    Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
}
