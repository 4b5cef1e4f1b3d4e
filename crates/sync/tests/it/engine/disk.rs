//! A disk that is full, for real: the data lies on a file system of some megabytes, in a mount namespace of its own.

use std::{
    env,
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use clearsync_sync::view::Phase;

use super::*;

/// Names the small disk to the process that lives on it.
const DISK: &str = "CLEARSYNC_TEST_DISK";
const DISK_BYTES: &str = "48m";
const KIB: u64 = 1_024;

/// Runs the named test once more, with its temporary files on a small disk. Whoever may not mount one cannot look.
fn on_a_small_disk(test: &str) {
    let mount = "mount -t tmpfs -o size=\"$1\" none \"$2\" && exec \"$3\" --exact \"$4\"";
    let unshare = |script: &str| {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("unshare");
        command
            .args(["--user", "--map-root-user", "--mount", "sh", "-c", script])
            .args(["sh", DISK_BYTES])
            .arg(folder.path())
            .arg(env::current_exe().unwrap())
            .arg(test)
            .env("TMPDIR", folder.path())
            .env(DISK, folder.path());
        command.output().ok()
    };
    let may_mount =
        unshare("mount -t tmpfs none \"$2\"").is_some_and(|tried| tried.status.success());
    if !may_mount {
        return;
    }
    let run = unshare(mount).unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
}

/// What fills the disk.
struct Ballast(PathBuf);

impl Ballast {
    /// Fills the disk but for `left_kib`.
    fn leaving(disk: &Path, left_kib: u64) -> Self {
        let path = disk.join("ballast");
        let mut file = File::create(&path).unwrap();
        let block = vec![0; 4 * 1_024];
        while file.write_all(&block).is_ok() {}
        let filled = file.metadata().unwrap().len();
        file.set_len(filled - left_kib * KIB).unwrap();
        Self(path)
    }

    /// Makes room again.
    fn remove(self) {
        fs::remove_file(self.0).unwrap();
    }
}

/// What became of a run that was begun: a disk without any room refuses even its beginning.
async fn problem(engine: &Arc<Engine>, begun: Result<(), Problem>) -> Option<ProblemCode> {
    if let Err(problem) = begun {
        return Some(problem.code);
    }
    engine.run_ended().await;
    engine.status().problem.map(|problem| problem.code)
}

#[test]
fn a_full_disk_stops_an_import_and_loses_nothing() {
    let Some(disk) = env::var_os(DISK).map(PathBuf::from) else {
        return on_a_small_disk("engine::disk::a_full_disk_stops_an_import_and_loses_nothing");
    };
    paused(async {
        let whole = {
            let world = World::new();
            world.imported().await;
            world.objects(world.accounts()[0].id)
        };
        let mut kept = Vec::new();
        for left_kib in [0, 64, 192, 384] {
            let world = World::new();
            let engine = world.connected().await;
            let account = world.accounts()[0].id;
            let ballast = Ballast::leaving(&disk, left_kib);
            let begun = engine.start_import().await;
            let named = problem(&engine, begun).await;
            assert_eq!(named, Some(ProblemCode::DiskFull), "{left_kib} KiB left");
            ballast.remove();
            kept.push(world.objects(account));
            world.store().check().unwrap();

            engine.start_import().await.unwrap();
            assert_eq!(ended(&engine).await.outcome, Some(RunOutcome::Done));
            assert_eq!(engine.status().problem, None);
            assert_eq!(world.objects(account), whole);
        }
        assert!(kept.is_sorted() && kept[0] == 0, "{kept:?}");
        assert!(kept[3] > 0 && kept[3] < whole, "{kept:?} of {whole}");
    });
}

#[test]
fn a_full_disk_stops_a_push_and_hubspot_ends_up_the_same() {
    let Some(disk) = env::var_os(DISK).map(PathBuf::from) else {
        return on_a_small_disk(
            "engine::disk::a_full_disk_stops_a_push_and_hubspot_ends_up_the_same",
        );
    };
    paused(async {
        let world = World::new();
        push_all(&world.imported().await).await;
        let whole = records(&world);
        for left_kib in [0, 48, 192] {
            let world = World::new();
            // A process that ends leaves no room in its log for the next one.
            drop(world.imported().await);
            let engine = world.connected().await;
            let plan = engine.make_plan().await.unwrap();
            let ballast = Ballast::leaving(&disk, left_kib);
            let begun = engine.push(plan.id).await;
            let named = problem(&engine, begun).await;
            assert_eq!(named, Some(ProblemCode::DiskFull), "{left_kib} KiB left");
            assert!(records(&world) < whole, "{left_kib} KiB left");
            ballast.remove();
            push_all(&engine).await;
            assert_eq!(records(&world), whole);
        }
    });
}

/// The disk is full while nobody looks: it is said, and the schedule goes on by itself once there is room.
#[test]
fn a_full_disk_stops_the_schedule_until_there_is_room() {
    let Some(disk) = env::var_os(DISK).map(PathBuf::from) else {
        return on_a_small_disk("engine::disk::a_full_disk_stops_the_schedule_until_there_is_room");
    };
    paused(async {
        let world = World::new();
        let engine = world.imported().await;
        push_all(&engine).await;
        engine.finish_setup().await.unwrap();
        let ballast = Ballast::leaving(&disk, 0);
        let schedule = tokio::spawn({
            let engine = Arc::clone(&engine);
            async move { engine.run_schedule().await }
        });
        let from = world.clock.now();
        while engine.status().problem.is_none() {
            tokio::time::sleep(Duration::from_mins(1)).await;
            let waited = world.clock.now().duration_since(from);
            assert!(waited.as_hours() < 24, "the disk never was full");
        }
        let status = engine.status();
        assert_eq!(status.problem.unwrap().code, ProblemCode::DiskFull);
        assert_eq!(status.phase, Phase::Attention);
        ballast.remove();
        tokio::time::sleep(Duration::from_mins(15)).await;
        let status = engine.status();
        assert_eq!((status.problem, status.phase), (None, Phase::Idle));
        schedule.abort();
    });
}

async fn push_all(engine: &Arc<Engine>) {
    let plan = engine.make_plan().await.unwrap();
    engine.push(plan.id).await.unwrap();
    assert_eq!(ended(engine).await.outcome, Some(RunOutcome::Done));
}

fn paused(test: impl Future<Output = ()>) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().start_paused(true).build().unwrap();
    runtime.block_on(test);
}
