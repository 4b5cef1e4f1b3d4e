//! MRR in the terminal: over the months, explained, and held against another table.

use std::{fs, path::Path, sync::Arc};

use clearsync_sync::{
    Engine,
    view::{
        CompanyFigures, CompanyQuery, Explanation, FindingCode, Money, MonthFigures, PolicyId,
        ReconcileReport, ReconcileRow,
    },
};

use crate::{
    cli::{At, CliError, DONE, FAILED, PolicyName, take_sample_keys},
    terminal::{Terminal, WIDTH, wrapped},
    words::{code, words},
};

/// How many differences a person is shown; all are in the JSON.
const ROWS_SHOWN: usize = 40;

/// The commands that show figures. They read what was synced and ask nobody.
pub(crate) struct Figures<'a> {
    engine: &'a Arc<Engine>,
    terminal: &'a Terminal,
}

impl<'a> Figures<'a> {
    /// The figures of the store; those of the sample accounts are read first.
    pub(crate) async fn new(at: &'a At<'a>, terminal: &'a Terminal) -> Result<Self, CliError> {
        let engine = &at.engine;
        if at.sample.is_some() {
            take_sample_keys(engine).await?;
            engine.start_import().await?;
            terminal.show_run(engine, true).await?;
        }
        Ok(Self { engine, terminal })
    }

    pub(crate) async fn mrr(
        &self,
        query: CompanyQuery,
        policy: Option<PolicyName>,
        json: bool,
    ) -> Result<u8, CliError> {
        let policy = policy.map(PolicyId::from);
        let figures = self.engine.company_figures_under(query, policy).await?;
        if json {
            self.terminal.json(&figures)?;
        } else {
            company(self.terminal, &figures)?;
        }
        Ok(DONE)
    }

    pub(crate) async fn export(
        &self,
        policy: Option<PolicyName>,
        path: &Path,
    ) -> Result<u8, CliError> {
        let table = self.engine.mrr_csv(policy.map(PolicyId::from)).await?;
        fs::write(path, table).map_err(|source| CliError::NotWritten {
            path: path.to_owned(),
            source,
        })?;
        Ok(DONE)
    }

    pub(crate) async fn explain(
        &self,
        subscription: String,
        at: Option<String>,
        json: bool,
    ) -> Result<u8, CliError> {
        let explanation = match at {
            Some(at) => self.engine.explain(subscription, at).await?,
            None => self.engine.subscription(subscription).await?.explanation,
        };
        if json {
            self.terminal.json(&explanation)?;
        } else {
            explained(self.terminal, &explanation)?;
        }
        Ok(DONE)
    }

    /// Ends well when both agree in everything.
    pub(crate) async fn reconcile(
        &self,
        file: &Path,
        policy: Option<PolicyName>,
        json: bool,
    ) -> Result<u8, CliError> {
        let bytes = fs::read(file).map_err(|source| CliError::File {
            path: file.to_owned(),
            source,
        })?;
        let table = String::from_utf8(bytes).map_err(|_| CliError::NotText(file.to_owned()))?;
        let policy = policy.map(PolicyId::from);
        let report = self.engine.reconcile(table, policy).await?;
        if json {
            self.terminal.json(&report)?;
        } else {
            reconciled(self.terminal, &report)?;
        }
        let differences = report.off + report.missing_here + report.missing_there;
        let agrees = differences == 0 && report.unread_rows.is_empty();
        Ok(if agrees { DONE } else { FAILED })
    }
}

/// The company's figures, and its months in a table.
pub(crate) fn company(terminal: &Terminal, figures: &CompanyFigures) -> Result<(), CliError> {
    let sums = [
        ("MRR", &figures.mrr),
        ("ARR", &figures.arr),
        ("Committed", &figures.committed),
        ("At risk", &figures.at_risk),
    ];
    let width = widest(sums.iter().map(|(_, money)| &*money.decimal));
    for (name, money) in sums {
        terminal.say(&format!(
            "{name:10} {:>width$} {}",
            money.decimal, money.currency
        ))?;
    }
    terminal.say_wrapped(
        "",
        &format!(
            "Net retention {}, gross retention {}, churn rate {}, quick ratio {}. Of all movements {} are exact.",
            percent(figures.net_retention.as_deref()),
            percent(figures.gross_retention.as_deref()),
            percent(figures.churn_rate.as_deref()),
            figures.quick_ratio.as_deref().unwrap_or("–"),
            percent(figures.exact_share.as_deref())
        ),
    )?;
    if !figures.without_rate.is_empty() {
        let left_out = format!(
            "Left out for want of a rate: {}",
            figures.without_rate.join(", ")
        );
        terminal.say_wrapped("", &left_out)?;
    }
    terminal.say("")?;
    months(terminal, figures)
}

/// What moved MRR, a month a line. Each month opens with what the one before it closed with.
pub(crate) fn months(terminal: &Terminal, figures: &CompanyFigures) -> Result<(), CliError> {
    type Part = (&'static str, fn(&MonthFigures) -> &Money);
    let mut parts: Vec<Part> = vec![
        ("months.part.new", |month| &month.new),
        ("months.part.reactivation", |month| &month.reactivation),
        ("months.part.expansion", |month| &month.expansion),
        ("months.part.contraction", |month| &month.contraction),
        ("months.part.churn", |month| &month.churn),
        ("months.part.exchange", |month| &month.exchange),
        ("months.closing", |month| &month.closing),
    ];
    parts.retain(|(name, _)| figures.converted || *name != "months.part.exchange");
    let mut lines: Vec<String> = figures
        .months
        .iter()
        .map(|month| month.month.clone())
        .collect();
    lines.insert(0, words("months.month", &[]));
    let months_width = widest(lines.iter().map(String::as_str));
    for line in &mut lines {
        *line = format!("{line:months_width$}");
    }
    for (name, part) in parts {
        let mut cells = vec![words(name, &[])];
        cells.extend(
            figures
                .months
                .iter()
                .map(|month| part(month).decimal.clone()),
        );
        let width = widest(cells.iter().map(String::as_str));
        for (line, cell) in lines.iter_mut().zip(&cells) {
            *line = format!("{line}  {cell:>width$}");
        }
    }
    for line in lines {
        terminal.say(&line)?;
    }
    Ok(())
}

fn explained(terminal: &Terminal, explanation: &Explanation) -> Result<(), CliError> {
    terminal.say_wrapped("", &explanation.sentence)?;
    if !explanation.lines.is_empty() {
        terminal.say("")?;
    }
    let results = widest(explanation.lines.iter().map(|line| &*line.result));
    for line in &explanation.lines {
        match &line.name {
            Some(name) => terminal.say(&format!("{name} ({})", line.id))?,
            None => terminal.say(&line.id)?,
        }
        let room = WIDTH.saturating_sub(results + 4);
        let mut details = wrapped(&line.detail, room);
        let last = details.pop().unwrap_or_default();
        for detail in details {
            terminal.say(&format!("  {detail}"))?;
        }
        terminal.say(&format!("  {last:room$}  {:>results$}", line.result))?;
    }
    for note in &explanation.notes {
        terminal.say_wrapped("", &format!("Note: {note}"))?;
    }
    Ok(())
}

fn reconciled(terminal: &Terminal, report: &ReconcileReport) -> Result<(), CliError> {
    terminal.say_wrapped(
        "",
        &format!(
            "{} to {}: {} matched, {} off, {} only in ClearSync, {} only in the table.",
            report.months.first().map_or("", String::as_str),
            report.months.last().map_or("", String::as_str),
            report.matched,
            report.off,
            report.missing_there,
            report.missing_here
        ),
    )?;
    let open: Vec<_> = report
        .rows
        .iter()
        .filter(|row| row.finding != FindingCode::Matched)
        .collect();
    if !open.is_empty() {
        terminal.say(&format!(
            "\n{:7}  {CUSTOMER:24}  {:>14}  {:>14}",
            words("months.month", &[]),
            "ClearSync",
            "Table"
        ))?;
    }
    for row in open.iter().take(ROWS_SHOWN) {
        difference(terminal, row)?;
    }
    if open.len() > ROWS_SHOWN {
        let more = open.len() - ROWS_SHOWN;
        terminal.say(&format!("{more} more; --json shows all of them."))?;
    }
    for unread in report.unread_rows.iter().take(ROWS_SHOWN) {
        let why = words(&format!("reconcile.unread.{}", code(&unread.why)), &[]);
        terminal.say_wrapped("", &format!("Line {}: {why}", unread.line))?;
    }
    Ok(())
}

const CUSTOMER: &str = "Customer";

/// One amount of ours beside theirs, and the rules that explain the difference.
fn difference(terminal: &Terminal, row: &ReconcileRow) -> Result<(), CliError> {
    let amount = |money: &Option<Money>| {
        let money = money.as_ref();
        money.map_or_else(|| "–".to_owned(), |money| money.decimal.clone())
    };
    let currency = row.ours.as_ref().or(row.theirs.as_ref());
    terminal.say(&format!(
        "{}  {:24}  {:>14}  {:>14} {}",
        row.month,
        shortened(row.customer.as_ref().unwrap_or(&row.customer_id), 24),
        amount(&row.ours),
        amount(&row.theirs),
        currency.map_or("", |money| &money.currency),
    ))?;
    let causes: Vec<_> = row
        .causes
        .iter()
        .map(|cause| words(&format!("difference.{}", code(cause)), &[]))
        .collect();
    if !causes.is_empty() {
        terminal.say_wrapped("         ", &causes.join(", "))?;
    }
    Ok(())
}

fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts
        .map(|text| text.chars().count())
        .max()
        .unwrap_or_default()
}

/// The beginning of a text that is longer than `width`.
fn shortened(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let begin: String = text.chars().take(width - 1).collect();
    format!("{begin}…")
}

/// A share such as `1.083` in percent. Rust's ratios have three decimals.
fn percent(share: Option<&str>) -> String {
    let tenths = share.and_then(|share| share.replace('.', "").parse::<i64>().ok());
    tenths.map_or_else(
        || "–".to_owned(),
        |tenths| {
            let sign = if tenths < 0 { "-" } else { "" };
            format!("{sign}{}.{} %", tenths.abs() / 10, tenths.abs() % 10)
        },
    )
}
