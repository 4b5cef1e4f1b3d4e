//! The permission audit of the whole checklist over a slow line, in virtual time.

use std::{iter, time::Duration};

use clearsync_sandbox::business::Shape;
use clearsync_stripe::{
    audit::audit,
    catalog::{Preset, wanted},
    key::Mode,
};
use tokio::time::Instant;

use crate::{
    Outcome,
    report::{Ratio, Rounds, ratio, say},
    virtual_time,
    world::World,
};

const ROUND_TRIP: Duration = Duration::from_millis(150);
const GOAL: Duration = Duration::from_secs(3);

pub(crate) fn run() -> Outcome {
    say("Permission audit of the whole checklist, round trip 150 ms, over the goal of 3 s");
    for mode in [Mode::Test, Mode::Live] {
        let runtime = virtual_time()?;
        let _entered = runtime.enter();
        let world = World::new(1, &Shape::small(), mode)?;
        runtime.block_on(measure(&world, "the key holds everything"))?;
        world.add_key(iter::empty());
        runtime.block_on(measure(&world, "the key holds nothing"))?;
    }
    Ok(())
}

async fn measure(world: &World, name: &str) -> Outcome {
    let client = world.distant_client(ROUND_TRIP)?;
    let rows: Vec<_> = wanted(Preset::Standard).collect();
    world.sandbox.forget_requests();
    let started = Instant::now();
    audit(&client, Preset::Standard, &rows, |_| {}).await;
    let took = started.elapsed();
    let rounds = Rounds::new([Ratio::of(took, GOAL)]);
    let name = format!(
        "{:?} mode, {name}, {} requests, {} ms",
        world.mode,
        world.sandbox.requests().len(),
        took.as_millis(),
    );
    ratio(&name, &rounds, Ratio::hundredths(100));
    Ok(())
}
