//! The process ends at each of its effects in turn, and another one goes on. The end is the same.

use super::{in_virtual_time, life::Life, number, state::State, trouble::Trouble};

/// A business with a new customer and a renewal between its syncs.
const BUSINESS: u64 = 2;

/// Lives with a power that lasts for so many effects of the first process; the next one has no end. Gives the number of
/// effects there were.
fn lived(power: usize, case: &str) -> (usize, State) {
    // Each process has a runtime of its own, so that nothing of it goes on after its end.
    let mut life = in_virtual_time(async { Life::new(BUSINESS, Trouble::none(), case) });
    life.weather.power.lasts_for(power);
    in_virtual_time(async {
        let weather = life.weather.clone();
        weather.power.run(life.live_shortly()).await;
    });
    let effects = life.weather.power.effects();
    life.restart();
    life.check_file();
    life.weather.power.lasts_for(usize::MAX);
    assert!(in_virtual_time(life.live_shortly()), "{case}");
    (effects, life.state())
}

#[test]
fn a_process_that_ends_at_any_effect_changes_nothing_of_the_end() {
    let (all, expected) = lived(usize::MAX, "uninterrupted");
    assert!(expected.records() > 0);
    let one = number("CLEARSYNC_EFFECT").map(|one| usize::try_from(one).unwrap());
    let numbers = one.map_or(0..all, |one| one..one + 1);
    let mut ended = 0;
    for power in numbers {
        let case =
            format!("CLEARSYNC_EFFECT={power} cargo test -p clearsync-sync --test it lives::crash");
        let (_, state) = lived(power, &case);
        state.assert_is(&expected, &case);
        ended += 1;
    }
    println!("ended at {ended} of {all} effects");
}
