//! MRR in the terminal: over the months, explained, and held against another table.

use std::{fs, path::Path, sync::Arc};

use clearsync_sync::{
    Engine,
    view::{
        CompanyFigures, CompanyQuery, Explanation, FindingCode, Money, PolicyId, ReconcileReport,
    },
};

use crate::{
    cli::{CliError, DONE, FAILED, PolicyName, take_sample_keys},
    start::Started,
    terminal::Terminal,
    words::code,
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
    pub(crate) async fn new(
        started: &'a Started,
        terminal: &'a Terminal,
    ) -> Result<Self, CliError> {
        let engine = &started.engine;
        if started.sample.is_some() {
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

/// The company's figures and its months, one line each.
pub(crate) fn company(terminal: &Terminal, figures: &CompanyFigures) -> Result<(), CliError> {
    let share = |share: &Option<String>| share.clone().unwrap_or_else(|| "–".to_owned());
    terminal.say(&format!(
        "MRR {} {}, ARR {}, committed {}, at risk {}",
        figures.mrr.decimal,
        figures.currency,
        figures.arr.decimal,
        figures.committed.decimal,
        figures.at_risk.decimal
    ))?;
    terminal.say(&format!(
        "Net retention {}, gross retention {}, churn rate {}, quick ratio {}; told exactly: {}",
        share(&figures.net_retention),
        share(&figures.gross_retention),
        share(&figures.churn_rate),
        share(&figures.quick_ratio),
        share(&figures.exact_share)
    ))?;
    if !figures.without_rate.is_empty() {
        terminal.say(&format!(
            "Left out for want of a rate: {}",
            figures.without_rate.join(", ")
        ))?;
    }
    let titles = [
        "Opening",
        "New",
        "Back",
        "Expansion",
        "Contraction",
        "Churn",
        "Exchange",
        "Closing",
    ];
    let line = |month: &str, cells: &[String]| {
        let cells: Vec<_> = cells.iter().map(|cell| format!("{cell:>13}")).collect();
        format!("{month:7} {}", cells.join(" "))
    };
    terminal.say(&line("Month", &titles.map(str::to_owned)))?;
    for month in &figures.months {
        let cells = [
            &month.opening,
            &month.new,
            &month.reactivation,
            &month.expansion,
            &month.contraction,
            &month.churn,
            &month.exchange,
            &month.closing,
        ];
        terminal.say(&line(
            &month.month,
            &cells.map(|money| money.decimal.clone()),
        ))?;
    }
    Ok(())
}

fn explained(terminal: &Terminal, explanation: &Explanation) -> Result<(), CliError> {
    terminal.say(&explanation.sentence)?;
    let width = |of: fn(&clearsync_sync::view::ExplanationLine) -> &String| {
        let lengths = explanation
            .lines
            .iter()
            .map(|line| of(line).chars().count());
        lengths.max().unwrap_or_default()
    };
    let (labels, details) = (width(|line| &line.label), width(|line| &line.detail));
    for line in &explanation.lines {
        terminal.say(&format!(
            "  {:labels$}  {:details$}  {:>16}",
            line.label, line.detail, line.result
        ))?;
    }
    for note in &explanation.notes {
        terminal.say(&format!("  Note: {note}"))?;
    }
    Ok(())
}

fn reconciled(terminal: &Terminal, report: &ReconcileReport) -> Result<(), CliError> {
    terminal.say(&format!(
        "{} to {}: {} matched, {} off, {} only in ClearSync, {} only in the table.",
        report.months.first().map_or("", String::as_str),
        report.months.last().map_or("", String::as_str),
        report.matched,
        report.off,
        report.missing_there,
        report.missing_here
    ))?;
    let amount = |money: &Option<Money>| {
        let money = money.as_ref();
        money.map_or_else(|| "–".to_owned(), |money| money.decimal.clone())
    };
    let open = report
        .rows
        .iter()
        .filter(|row| row.finding != FindingCode::Matched);
    for row in open.take(ROWS_SHOWN) {
        let causes: Vec<_> = row.causes.iter().map(code).collect();
        let currency = row.ours.as_ref().or(row.theirs.as_ref());
        terminal.say(&format!(
            "  {}  {:24}  ours {:>12}  theirs {:>12}  {}  {}",
            row.month,
            row.customer.as_ref().unwrap_or(&row.customer_id),
            amount(&row.ours),
            amount(&row.theirs),
            currency.map_or("", |money| &money.currency),
            causes.join(", ")
        ))?;
    }
    for unread in report.unread_rows.iter().take(ROWS_SHOWN) {
        terminal.say(&format!("  Line {}: {}", unread.line, code(&unread.why)))?;
    }
    Ok(())
}
