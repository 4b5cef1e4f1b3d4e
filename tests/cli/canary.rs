//! Whatever happens to the program, no part of a key is left behind: in files, archives, logs, output, or beside the
//! process.

use std::{
    fs,
    path::Path,
    process::{Output, Stdio},
    time::Duration,
};

use clearsync_sandbox::{Sample, stripe::SandboxKey};
use tokio::process::{Child, Command};

use crate::{
    World,
    leaks::{Search, leaks, leaks_of},
};

const KEY: &str = "rk_test_51Wm4TzR8vQcJ2XnLk7YdHs9BfGa3PeU6Eo5Ni";
const TOKEN: &str = "pat-na1-7c19e2d4-83b6-4f0a-9d5e-2b7a6c81f3e0";

/// A computer on which everything is as talkative as it can be, and everything that is said is kept.
struct Talkative {
    world: World,
    commands: usize,
}

impl Talkative {
    async fn new() -> Self {
        let world = World::new().await;
        let key = SandboxKey::new(KEY, Sample::PERMISSIONS);
        world.sample.stripe.add_key(key);
        world.sample.hubspot.add_token(TOKEN, Sample::SCOPES);
        for folder in ["said", "tmp"] {
            fs::create_dir(world.path(folder)).unwrap();
        }
        Self { world, commands: 0 }
    }

    /// A command that may write as large a dump as it likes.
    fn command(&self, arguments: &[&str]) -> Command {
        let plain = self.world.program(&[]);
        let mut command = Command::new("sh");
        command
            .args(["-c", "ulimit -c unlimited; exec \"$0\" \"$@\""])
            .arg(env!("CARGO_BIN_EXE_clearsync"))
            .args(arguments)
            .env_clear()
            .envs(
                plain
                    .as_std()
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .env("CLEARSYNC_LOG", "trace")
            .env("RUST_LOG", "trace")
            .env("RUST_BACKTRACE", "full")
            .env("TMPDIR", self.world.path("tmp"))
            .current_dir(self.world.path(""))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Runs a command to its end; gives its exit code.
    async fn run(&mut self, arguments: &[&str], input: &str) -> Option<i32> {
        self.run_as(self.command(arguments), input).await
    }

    async fn run_as(&mut self, mut command: Command, input: &str) -> Option<i32> {
        let child = told(&mut command, input).await;
        self.keep(child.wait_with_output().await.unwrap())
    }

    /// Starts to sync and ends the process by a signal as soon as Stripe has been asked so often.
    async fn sync_until(&mut self, requests: usize, signal: &str) {
        let stripe = self.world.sample.stripe.clone();
        stripe.forget_requests();
        let arguments = ["sync", "--once", "--approve", "--keys-from-stdin"];
        let mut command = self.command(&arguments);
        let mut child = told(&mut command, &format!("{KEY}\n{TOKEN}\n")).await;
        while stripe.requests().len() < requests {
            assert_eq!(child.try_wait().unwrap(), None, "ended before it was ended");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let pid = child.id().unwrap();
        // It would go on and end by itself while it is searched.
        send("-STOP", pid).await;
        let limits = fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
        let dump = limits
            .lines()
            .find(|line| line.starts_with("Max core file size"))
            .unwrap();
        let limits: Vec<&str> = dump.split_whitespace().skip(4).take(2).collect();
        assert_eq!(limits, ["0", "0"], "no dump of its memory");
        for key in [KEY, TOKEN] {
            let beside = leaks(key, &self.world.path("nowhere"), &[pid]);
            assert_eq!(beside, [""; 0]);
        }
        send(signal, pid).await;
        send("-CONT", pid).await;
        let code = self.keep(child.wait_with_output().await.unwrap());
        assert_eq!(code, None, "ended by {signal}");
    }

    fn keep(&mut self, output: Output) -> Option<i32> {
        self.commands += 1;
        let said = self.world.path("said");
        fs::write(
            said.join(format!("{}.output", self.commands)),
            output.stdout,
        )
        .unwrap();
        fs::write(
            said.join(format!("{}.errors", self.commands)),
            output.stderr,
        )
        .unwrap();
        output.status.code()
    }
}

/// To a process that is there until it was waited for.
async fn send(signal: &str, pid: u32) {
    let mut kill = Command::new("kill");
    kill.args([signal, &pid.to_string()]);
    assert!(kill.status().await.unwrap().success());
}

async fn told(command: &mut Command, input: &str) -> Child {
    use tokio::io::AsyncWriteExt;

    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A command that reads nothing may have ended already.
    let _ = stdin.write_all(input.as_bytes()).await;
    child
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_no_part_of_a_key_is_left_behind() {
    let mut computer = Talkative::new().await;
    let both = format!("{KEY}\n{TOKEN}\n");
    computer.sync_until(2, "-KILL").await;
    // Rust takes a first SEGV for itself.
    computer.sync_until(3, "-ILL").await;
    computer.sync_until(4, "-ABRT").await;
    assert_eq!(
        computer
            .run(&["audit", "--excess", "--keys-from-stdin"], &both)
            .await,
        Some(0)
    );
    let sync = ["sync", "--once", "--approve", "--json", "--keys-from-stdin"];
    assert_eq!(computer.run(&sync, &both).await, Some(0));
    let sync = ["sync", "--once", "--keys-from-stdin"];
    // The keys in each other's place, in one line, and refused by either side.
    for wrong in [format!("{TOKEN}\n{KEY}\n"), format!("{KEY} {TOKEN}\n")] {
        assert_eq!(computer.run(&sync, &wrong).await, Some(1));
    }
    computer.world.sample.hubspot.revoke_token(TOKEN);
    assert_eq!(computer.run(&sync, &both).await, Some(1));
    computer.world.sample.stripe.revoke(KEY);
    assert_eq!(computer.run(&sync, &both).await, Some(1));
    // A server without TLS where TLS is wanted: its library talks too.
    let address = computer.world.served.stripe.address();
    let mut not_secure = computer.command(&sync);
    not_secure.env("CLEARSYNC_STRIPE_URL", format!("https://{address}/"));
    assert_eq!(computer.run_as(not_secure, &both).await, Some(1));
    // Without a display there is no window: the library under it panics.
    let without_display = computer.run(&[], "").await;
    assert_ne!(without_display, Some(0));
    assert_eq!(computer.run(&["backup", "copy.sqlite"], "").await, Some(0));
    assert_eq!(
        computer.run(&["diagnostics", "help.zip"], "").await,
        Some(0)
    );
    assert_eq!(computer.run(&["diagnostics"], "").await, Some(0));

    let home = computer.world.path("");
    let log = fs::read_dir(computer.world.path("data/logs")).unwrap();
    let log: String = log
        .map(|file| fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    for talker in [
        "TRACE hyper",
        "DEBUG reqwest",
        "TRACE rustls",
        "DEBUG clearsync_stripe",
    ] {
        assert!(log.contains(talker), "{talker} was heard");
    }
    for key in [KEY, TOKEN] {
        assert_eq!(leaks(key, &home, &[]), [""; 0]);
    }
    the_data_key_is_nowhere_but_in_its_file(&home);
    a_planted_leak_is_found(&computer);
}

fn the_data_key_is_nowhere_but_in_its_file(home: &Path) {
    let file = home.join("data.key");
    let text = fs::read_to_string(&file).unwrap();
    let (text, bytes) = (text.trim(), hex::decode(text.trim()).unwrap());
    for form in [text.as_bytes(), &bytes] {
        let found = leaks_of(&Search::for_bytes(form), home, &[]);
        let elsewhere = |leak: &&String| !leak.starts_with(&file.display().to_string());
        assert_eq!(found.iter().find(elsewhere), None);
        assert!(!found.is_empty(), "the search finds it where it is");
    }
    // As bytes, as they would stand in a copy of memory.
    let planted = home.join("data/planted");
    fs::write(&planted, &bytes[9..20]).unwrap();
    let found = leaks_of(&Search::for_bytes(&bytes), &home.join("data"), &[]);
    assert_eq!(found.len(), 1, "{found:?}");
    fs::remove_file(planted).unwrap();
}

fn a_planted_leak_is_found(computer: &Talkative) {
    let home = computer.world.path("");
    fs::write(computer.world.path("data/planted"), &TOKEN[20..28]).unwrap();
    assert_eq!(leaks(TOKEN, &home, &[]).len(), 1);
    assert_eq!(leaks(KEY, &home, &[]), [""; 0]);
    // A process beside us that is told a key by its command line.
    let mut careless = Command::new("sleep");
    let careless = careless
        .arg("60")
        .env("KEY", KEY)
        .kill_on_drop(true)
        .spawn();
    let careless = careless.unwrap();
    let pid = careless.id().unwrap();
    assert_eq!(leaks(KEY, &home.join("said"), &[pid]).len(), 1);
}
