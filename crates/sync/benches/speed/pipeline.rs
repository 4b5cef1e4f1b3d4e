//! What the computer itself does between Stripe's answers and the figures, in CPU time, over a bare loop that parses the
//! same objects and inserts them.

use std::{
    collections::HashMap,
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use clearsync_billing::Policy;
use clearsync_sandbox::business::Shape;
use clearsync_store::{AccountId, Store, StoreError};
use clearsync_stripe::key::Mode;
use clearsync_sync::{derive::derive, matching::SharedDomains};
use clearsync_transport::{InProcess, Request, Response, Transport, TransportError};
use cpu_time::ProcessTime;
use rusqlite::{Connection, params};
use serde_json::Value;

use crate::{
    Outcome,
    report::{Ratio, Rounds, ratio, say},
    virtual_time,
    world::{World, data_key},
};

const ROUNDS: usize = 9;
const GOAL: Ratio = Ratio::hundredths(200);
const PAGE: usize = 100;

pub(crate) fn run() -> Outcome {
    say("Local pipeline, CPU time over a bare loop of parse and insert");
    let runtime = virtual_time()?;
    let _entered = runtime.enter();
    let world = World::new(7, &Shape::sample(), Mode::Live)?;
    let recorded = Arc::new(Recorded::new(InProcess::new(world.sandbox.router())));
    let objects = runtime.block_on(record(&world, &recorded))?;
    let mut rounds = Vec::new();
    while rounds.len() < ROUNDS {
        let (import, derive, reading) = runtime.block_on(pipeline(&world, &recorded))?;
        let bare = bare(&objects)?;
        // A round that had to ask for something new has measured the simulated Stripe as well.
        if recorded.take_missed() == 0 {
            rounds.push(Round {
                import,
                derive,
                reading,
                bare,
            });
        }
    }
    report(&rounds, objects.len());
    Ok(())
}

/// CPU time of one round.
struct Round {
    import: Duration,
    derive: Duration,
    /// Reading from the store what was derived from, and decoding it.
    reading: Duration,
    bare: Duration,
}

fn report(rounds: &[Round], objects: usize) {
    let ratios = |of: fn(&Round) -> Duration| {
        Rounds::new(rounds.iter().map(|round| Ratio::of(of(round), round.bare)))
    };
    let bare = Rounds::new(rounds.iter().map(|round| round.bare.as_millis()));
    if let Some((median, least, greatest)) = bare.summary() {
        say(&format!(
            "    {objects} objects, {} rounds, bare loop {median} ms ({least}–{greatest})",
            rounds.len()
        ));
    }
    for (name, of) in [
        (
            "import alone",
            (|round| round.import) as fn(&Round) -> Duration,
        ),
        ("derive alone", |round| round.derive),
    ] {
        if let Some((median, least, greatest)) = ratios(of).summary() {
            say(&format!("    {name}: {median} ({least}–{greatest})"));
        }
    }
    ratio(
        "import and derive",
        &ratios(|round| round.import + round.derive),
        GOAL,
    );
    let over_reading = rounds
        .iter()
        .map(|round| Ratio::of(round.derive, round.reading));
    ratio(
        "derive over reading and decoding the rows",
        &Rounds::new(over_reading),
        GOAL,
    );
}

/// Imports until every request of an import has been recorded; gives back the objects, as Stripe writes them.
async fn record(world: &World, recorded: &Arc<Recorded>) -> Outcome<Vec<String>> {
    loop {
        let folder = tempfile::tempdir()?;
        let client = world.client(Arc::clone(recorded))?;
        let (store, source) = world.connect(client, folder.path()).await?;
        world.import(&source, &store).await?;
        if recorded.take_missed() == 0 {
            let stored = stored(&store, source.account())?;
            return stored.iter().map(|json| as_sent(json)).collect();
        }
    }
}

fn as_sent(json: &str) -> Outcome<String> {
    let object: Value = serde_json::from_str(json)?;
    Ok(format!("{object:#}"))
}

fn stored(store: &Store, account: AccountId) -> Result<Vec<String>, StoreError> {
    store.read(|view| {
        let mut objects = Vec::new();
        for (kind, _) in view.object_counts(account)? {
            view.each_object(account, &kind, |object| {
                objects.push(object.json);
                Ok::<_, StoreError>(())
            })?;
        }
        Ok(objects)
    })
}

/// CPU time of an import, of what is derived from it, into a fresh store, and of reading the rows it is derived from.
async fn pipeline(
    world: &World,
    recorded: &Arc<Recorded>,
) -> Outcome<(Duration, Duration, Duration)> {
    let folder = tempfile::tempdir()?;
    let client = world.client(Arc::clone(recorded))?;
    let (store, source) = world.connect(client, folder.path()).await?;
    let started = ProcessTime::now();
    world.import(&source, &store).await?;
    let imported = started.elapsed();
    let policy = Policy::clearsync();
    derive(
        &store,
        source.account(),
        &policy,
        &SharedDomains::default(),
        world.now,
    )?;
    let derived = started.elapsed().saturating_sub(imported);
    let started = ProcessTime::now();
    for json in stored(&store, source.account())? {
        std::hint::black_box(serde_json::from_str::<Value>(&json)?);
    }
    Ok((imported, derived, started.elapsed()))
}

/// CPU time of the least that must be done: parse each object, insert it, commit with every page. The file has the
/// store's own settings, and is encrypted as the store's is.
fn bare(objects: &[String]) -> Outcome<Duration> {
    let folder = tempfile::tempdir()?;
    let mut file = open_bare(&folder.path().join("bare.db"))?;
    let started = ProcessTime::now();
    for page in objects.chunks(PAGE) {
        let transaction = file.transaction()?;
        let mut insert = transaction.prepare_cached("INSERT INTO object VALUES (?1, ?2, ?3)")?;
        for json in page {
            let object: Value = serde_json::from_str(json)?;
            let (kind, id) = (object["object"].as_str(), object["id"].as_str());
            insert.execute(params![kind, id, json])?;
        }
        drop(insert);
        transaction.commit()?;
    }
    Ok(started.elapsed())
}

fn open_bare(path: &Path) -> Outcome<Connection> {
    let file = Connection::open(path)?;
    let key = format!("PRAGMA key = \"x'{}'\"", *data_key().expose());
    file.execute_batch(&key)?;
    file.pragma_update(None, "journal_mode", "wal")?;
    file.pragma_update(None, "synchronous", "full")?;
    file.pragma_update(None, "cell_size_check", true)?;
    file.execute_batch(
        "CREATE TABLE object (kind TEXT NOT NULL, id TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (kind, id)) STRICT",
    )?;
    Ok(file)
}

/// A transport that remembers every answer.
struct Recorded {
    inner: Arc<dyn Transport>,
    answers: Mutex<HashMap<String, Response>>,
    missed: AtomicUsize,
}

impl Recorded {
    fn new(inner: impl Transport + 'static) -> Self {
        Self {
            inner: Arc::new(inner),
            answers: Mutex::default(),
            missed: AtomicUsize::new(0),
        }
    }

    fn answers(&self) -> MutexGuard<'_, HashMap<String, Response>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many requests had no answer yet since the last time.
    fn take_missed(&self) -> usize {
        self.missed.swap(0, Ordering::SeqCst)
    }
}

#[async_trait]
impl Transport for Recorded {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let name = request.uri().to_string();
        let known = self.answers().get(&name).cloned();
        if let Some(answer) = known {
            return Ok(answer);
        }
        self.missed.fetch_add(1, Ordering::SeqCst);
        let answer = self.inner.send(request).await?;
        self.answers().insert(name, answer.clone());
        Ok(answer)
    }
}
