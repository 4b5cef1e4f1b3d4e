//! How the time of the billing maths grows with what it reads. `docs/speed.md` says what each number means.
//!
//! CPU time of this process. Each row doubles as its own check: an exponent near 1 means that ten times the work takes
//! ten times as long.

mod floor;
mod lives;

use std::{env, error::Error, time::Duration};

use clearsync_billing::{
    Currency, CustomerId, Month, Period, Policy, Timeline,
    metrics::{cohorts, retention, waterfall},
    monthly_mrr, movements,
};
use cpu_time::ProcessTime;
use jiff::Timestamp;

use lives::Life;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;
type Run = fn() -> Outcome;

/// The benchmarks by name; all run unless some are named.
const ALL: [(&str, Run); 4] = [
    ("lives", || {
        many_lives();
        Ok(())
    }),
    ("life", || {
        one_life();
        Ok(())
    }),
    ("customer", || {
        one_customer();
        Ok(())
    }),
    ("rows", floor::run),
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

/// Subscriptions of 100 invoice lines each, from lines to every figure of the company.
fn many_lives() {
    say(
        "Invoice lines of many subscriptions, 100 each: history, movements and the company's figures",
    );
    growth([10_000, 100_000, 1_000_000], |lines| {
        let lives = (0..lines / 100).map(|number| Life::usual(number, 100));
        let (timelines, history) = timelines(lives, &Policy::clearsync());
        history + timed(|| figures(&timelines, &Policy::clearsync()))
    });
}

/// One subscription with changes, discounts and usage in every period.
fn one_life() {
    say("Invoice lines of one subscription, with a change, a coupon and usage in every period");
    growth([1_000, 10_000, 100_000], |lines| {
        let life = Life::eventful(lines);
        let (timelines, history) = timelines(std::iter::once(life), &Policy::clearsync());
        history + timed(|| figures(&timelines, &Policy::clearsync()))
    });
}

/// One customer whose subscriptions take over from one another, told by subscription and joined.
fn one_customer() {
    say("Subscriptions of one customer, each taking over from another");
    let policy = Policy {
        migration_window_days: Some(30),
        ..Policy::clearsync()
    };
    growth([1_000, 10_000, 100_000], |subscriptions| {
        let lives = (0..subscriptions).map(Life::taking_over);
        let (timelines, _) = timelines(lives, &policy);
        timed(|| figures(&timelines, &policy))
    });
}

/// The timelines of `lives` and the time it took to work them out; making up the lives does not count.
fn timelines(lives: impl Iterator<Item = Life>, policy: &Policy) -> (Vec<Timeline>, Duration) {
    let mut timelines = Vec::new();
    let mut took = Duration::ZERO;
    for life in lives {
        let begin = ProcessTime::now();
        timelines.extend(life.timeline(policy));
        took += begin.elapsed();
    }
    (timelines, took)
}

/// Everything the overview shows, from timelines.
fn figures(timelines: &[Timeline], policy: &Policy) {
    let told = movements(timelines, policy, |_: &CustomerId| None);
    let ends = lives::month_ends();
    let months: Vec<_> = ends.iter().map(|end| (month_of(*end), *end)).collect();
    let all = Period {
        start: ends[0],
        end: ends[ends.len() - 1],
    };
    std::hint::black_box((
        waterfall(&told, Currency::USD, all),
        retention(timelines, Currency::USD, all),
        cohorts(timelines, Currency::USD, &ends),
        monthly_mrr(timelines, &months),
    ));
}

fn month_of(end: Timestamp) -> Month {
    let date = end.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    Month {
        year: date.year(),
        month: date.month(),
    }
}

fn timed(work: impl FnOnce()) -> Duration {
    let begin = ProcessTime::now();
    work();
    begin.elapsed()
}

/// Prints the time of each size, over that of the first, and the exponent of the growth since the size before.
#[expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "times and sizes are no money"
)]
fn growth(sizes: [usize; 3], measure: impl Fn(usize) -> Duration) {
    let mut before: Option<(f64, f64)> = None;
    let mut first = None;
    for size in sizes {
        let took = measure(size).as_secs_f64();
        let ratio = took / *first.get_or_insert(took);
        let exponent = before.map_or_else(String::new, |(fewer, less)| {
            let exponent = (took / less).ln() / (size as f64 / fewer).ln();
            format!(", exponent {exponent:.2}")
        });
        say(&format!(
            "  {size:>9}: {:>8.0} ms, ratio {ratio:.1}{exponent}",
            took * 1000.0
        ));
        before = Some((size as f64, took));
    }
}

#[expect(clippy::print_stdout, reason = "a benchmark speaks on the terminal")]
fn say(text: &str) {
    println!("{text}");
}
