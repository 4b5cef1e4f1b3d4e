//! Runs what the fuzzer runs, over its corpus and over files that hardly differ from it. `cargo fuzz run TARGET` in `fuzz/`
//! looks for more; what it finds is put into the corpus.

use std::{fs, path::Path};

use crate::push_life::Dice;

#[path = "../../../../fuzz/src/lib.rs"]
#[expect(
    unreachable_pub,
    reason = "a library of its own where the fuzzer builds it"
)]
mod targets;

/// How many files are made of each of the corpus.
const LIKE_IT: usize = 60;

#[test]
fn what_reads_text_of_others_holds_over_the_corpus() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    let mut dice = Dice(17);
    for (name, target) in targets::TARGETS {
        let mut files = Vec::new();
        for entry in fs::read_dir(corpus.join(name)).unwrap() {
            files.push(fs::read(entry.unwrap().path()).unwrap());
        }
        // In one order, so that the same files are made of them each time.
        files.sort();
        assert!(files.len() >= 6, "{name} has a corpus");
        for file in files {
            target(&file);
            for _ in 0..LIKE_IT {
                target(&changed(&file, &mut dice));
            }
        }
    }
}

/// A file with some bytes changed, or without its end.
fn changed(file: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut file = file.to_vec();
    for _ in 0..=dice.up_to(3) {
        if !file.is_empty() {
            let place = dice.up_to(file.len());
            file[place] = u8::try_from(dice.up_to(256)).unwrap();
        }
    }
    if dice.up_to(4) == 0 {
        file.truncate(dice.up_to(file.len() + 1));
    }
    file
}
