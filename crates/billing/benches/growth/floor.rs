//! The whole history of 10,000 customers and 100,000 invoices, over the time of reading those rows from SQLite.

use std::time::Duration;

use clearsync_billing::{Invoice, Policy};
use cpu_time::ProcessTime;
use rusqlite::{Connection, params};

use crate::{Outcome, figures, lives::Life, say};

const SUBSCRIPTIONS: usize = 20_000;
const INVOICES_EACH: usize = 5;
const ROUNDS: usize = 5;

pub(crate) fn run() -> Outcome {
    let folder = tempfile::tempdir()?;
    let mut store = Connection::open(folder.path().join("invoices.db"))?;
    let lives: Vec<_> = (0..SUBSCRIPTIONS)
        .map(|number| Life::usual(number, INVOICES_EACH))
        .collect();
    write(&mut store, &lives)?;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let (invoices, reading) = read(&store)?;
        let begin = ProcessTime::now();
        let policy = Policy::clearsync();
        let timelines: Vec<_> = lives
            .iter()
            .zip(invoices.chunks(INVOICES_EACH))
            .filter_map(|(life, invoices)| life.timeline_from(invoices, &policy))
            .collect();
        figures(&timelines, &policy);
        rounds.push((begin.elapsed(), reading));
    }
    say("History of 10,000 customers and 100,000 invoices over reading those rows from SQLite");
    report(rounds);
    Ok(())
}

/// The median of the ratios, with the least and the greatest.
#[expect(clippy::float_arithmetic, reason = "times are no money")]
fn report(rounds: Vec<(Duration, Duration)>) {
    let mut ratios: Vec<_> = rounds
        .into_iter()
        .map(|(history, reading)| history.as_secs_f64() / reading.as_secs_f64())
        .collect();
    ratios.sort_by(f64::total_cmp);
    if let [least, .., greatest] = ratios[..] {
        let median = ratios[ratios.len() / 2];
        let verdict = if median <= 2.0 { "met" } else { "missed" };
        say(&format!(
            "  {median:.2} ({least:.2}–{greatest:.2}), goal 2.00: {verdict}"
        ));
    }
}

fn write(store: &mut Connection, lives: &[Life]) -> Outcome {
    let transaction = store.transaction()?;
    transaction.execute("create table invoice (id text primary key, json text)", [])?;
    {
        let mut insert = transaction.prepare("insert into invoice values (?1, ?2)")?;
        for invoice in lives.iter().flat_map(|life| &life.invoices) {
            insert.execute(params![
                invoice.id.as_str(),
                serde_json::to_string(invoice)?
            ])?;
        }
    }
    transaction.commit()?;
    Ok(())
}

fn read(store: &Connection) -> Outcome<(Vec<Invoice>, Duration)> {
    let begin = ProcessTime::now();
    let mut select = store.prepare("select json from invoice order by rowid")?;
    let mut rows = select.query([])?;
    let mut invoices = Vec::new();
    while let Some(row) = rows.next()? {
        invoices.push(serde_json::from_str(row.get_ref(0)?.as_str()?)?);
    }
    Ok((invoices, begin.elapsed()))
}
