//! Days in the tray within minutes: what the program takes of the computer does not grow.

use std::{
    env, fs,
    sync::Arc,
    time::{Duration, Instant},
};

use clearsync_sandbox::{Clock, business::Shape};
use jiff::{SignedDuration, Timestamp};

use crate::{
    desktop::Desktop,
    tray_host::TrayHost,
    walk::{self, Accounts},
};

const MINUTES: u64 = 20;
/// So much faster than ours time passes for the business.
const SPEED: i64 = 50;
/// Five minutes of the business.
const BETWEEN_SYNCS: Duration = Duration::from_secs(6);

/// Shows the present at the end of the soak, and runs fast until then.
struct FastClock {
    start: Timestamp,
    began: Instant,
}

impl FastClock {
    fn ending_in(minutes: u64) -> Self {
        let all = SignedDuration::from_mins(minutes.try_into().unwrap());
        Self {
            start: Timestamp::now() + all - all * i32::try_from(SPEED).unwrap(),
            began: Instant::now(),
        }
    }
}

impl Clock for FastClock {
    fn now(&self) -> Timestamp {
        let passed_ms = i64::try_from(self.began.elapsed().as_millis()).unwrap();
        self.start + SignedDuration::from_millis(passed_ms * SPEED)
    }
}

/// What a process takes of the computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Taken {
    memory_kib: u64,
    handles: u64,
    threads: u64,
}

impl Taken {
    fn by(pid: u32) -> Self {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let field = |name: &str| -> u64 {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse().unwrap()
        };
        Self {
            memory_kib: field("VmRSS:"),
            handles: fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count() as u64,
            threads: field("Threads:"),
        }
    }

    /// Each figure's median.
    fn median(of: &[Self]) -> Self {
        let middle = |figure: fn(&Self) -> u64| {
            let mut figures: Vec<u64> = of.iter().map(figure).collect();
            figures.sort_unstable();
            figures[figures.len() / 2]
        };
        Self {
            memory_kib: middle(|taken| taken.memory_kib),
            handles: middle(|taken| taken.handles),
            threads: middle(|taken| taken.threads),
        }
    }
}

/// One of so many.
fn every(step: usize, figures: &[u64]) -> Vec<u64> {
    figures.iter().copied().step_by(step).collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes twenty minutes: cargo xtask soak"]
async fn what_it_takes_of_the_computer_does_not_grow() {
    let minutes = env::var("CLEARSYNC_SOAK_MIN").map_or(MINUTES, |text| text.parse().unwrap());
    let desktop = Desktop::start().await;
    let tray = TrayHost::start(&desktop).await;
    let clock = Arc::new(FastClock::ending_in(minutes));
    let accounts = Accounts::of(&Shape::sample(), clock).await;
    let window = accounts.open_window(&desktop).await;
    walk::from_the_welcome_to_hubspot(&window, walk::STRIPE_KEY).await;
    walk::from_hubspot_to_the_overview(&window, walk::HUBSPOT_KEY).await;
    let process = |name| *walk::processes_on(&desktop, name).iter().min().unwrap();
    let (pid, page) = (process(walk::APP), process(walk::PAGE));

    let began = Instant::now();
    let end = Duration::from_secs(minutes * 60);
    let (mut taken, mut of_the_page, mut events) = (Vec::new(), Vec::new(), 0);
    while began.elapsed() < end {
        events += accounts.live_on();
        tray.press("Sync now").await;
        tokio::time::sleep(BETWEEN_SYNCS).await;
        taken.push(Taken::by(pid));
        of_the_page.push(Taken::by(page).memory_kib / 1024);
    }
    // The first fifth warms caches up; then a fifth, and the last fifth.
    let fifth = taken.len() / 5;
    let early = Taken::median(&taken[fifth..2 * fifth]);
    let late = Taken::median(&taken[taken.len() - fifth..]);
    println!(
        "{} syncs, {events} events in {minutes} minutes\nearly {early:?}\nlate  {late:?}",
        taken.len()
    );
    // When it gives memory back is the web view's own choice.
    println!(
        "the page, in MiB every two minutes: {:?}",
        every(20, &of_the_page)
    );
    assert!(events > 0, "the business lives");
    let grown = late.memory_kib.abs_diff(early.memory_kib) * 100 / early.memory_kib;
    assert!(grown <= 5, "memory changed by {grown} %");
    assert!(late.handles <= early.handles + 2, "handles stay open");
    assert!(late.threads <= early.threads + 1, "threads stay");
}
