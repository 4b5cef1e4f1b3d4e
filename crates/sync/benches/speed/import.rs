//! A whole import over a line of 80 ms under Stripe's published limits, in virtual time.

use std::time::Duration;

use clearsync_sandbox::business::Shape;
use clearsync_stripe::key::Mode;
use http::StatusCode;
use tokio::time::Instant;

use crate::{
    Outcome,
    floor::Floor,
    report::{Ratio, Rounds, ratio, say},
    virtual_time,
    world::World,
};

const ROUND_TRIP: Duration = Duration::from_millis(80);
const GOAL: Ratio = Ratio::hundredths(130);

pub(crate) fn run() -> Outcome {
    say("Import, round trip 80 ms, over the floor of Stripe's published limits");
    for mode in [Mode::Test, Mode::Live] {
        measure(
            "sample business",
            &Shape::sample(),
            mode,
            &[7, 8, 9, 10, 11, 12, 13],
        )?;
        measure("1,500 customers", &Shape::large(1_500), mode, &[7])?;
    }
    Ok(())
}

fn measure(name: &str, shape: &Shape, mode: Mode, seeds: &[u64]) -> Outcome {
    let mut ratios = Vec::new();
    for seed in seeds {
        let one = import(*seed, shape, mode)?;
        say(&format!("    {name}, {mode:?} mode, seed {seed}: {one}"));
        ratios.push(one.ratio());
    }
    ratio(
        &format!("{name}, {mode:?} mode"),
        &Rounds::new(ratios),
        GOAL,
    );
    Ok(())
}

/// One import.
struct Import {
    objects: usize,
    requests: usize,
    refused: usize,
    took: Duration,
    floor: Floor,
}

fn import(seed: u64, shape: &Shape, mode: Mode) -> Outcome<Import> {
    let runtime = virtual_time()?;
    let _entered = runtime.enter();
    let world = World::new(seed, shape, mode)?;
    let folder = tempfile::tempdir()?;
    runtime.block_on(async {
        let client = world.distant_client(ROUND_TRIP)?;
        let (store, source) = world.connect(client, folder.path()).await?;
        // The limits are as fresh as at the start of any import.
        tokio::time::sleep(Duration::from_secs(2)).await;
        world.sandbox.forget_requests();
        let started = Instant::now();
        let imported = world.import(&source, &store).await?;
        let took = started.elapsed();
        let requests = world.sandbox.requests();
        let too_many = |status| status == StatusCode::TOO_MANY_REQUESTS;
        Ok(Import {
            objects: imported.changed,
            requests: requests.len(),
            refused: requests.iter().filter(|one| too_many(one.status)).count(),
            took,
            floor: Floor::of(&world),
        })
    })
}

impl Import {
    fn ratio(&self) -> Ratio {
        Ratio::of(self.took, self.floor.lasts(ROUND_TRIP))
    }
}

impl std::fmt::Display for Import {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "{} objects, {} requests of {} at least, {} refused with 429, {} ms of {} ms at least",
            self.objects,
            self.requests,
            self.floor.requests(),
            self.refused,
            self.took.as_millis(),
            self.floor.lasts(ROUND_TRIP).as_millis(),
        )
    }
}
