use clearsync_store::StoreError;

use super::{Engine, preview};
use crate::view::{PlanRow, Problem, ProblemCode};

const COLUMNS: [&str; 11] = [
    "object",
    "name",
    "hubspot_id",
    "action",
    "reason",
    "waits",
    "property",
    "label",
    "before",
    "after",
    "other_account",
];

impl Engine {
    /// The plan that is shown as a table, a line for each field that changes and for each record that is left out.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read or there is no plan.
    pub async fn plan_csv(&self) -> Result<String, Problem> {
        let rows = self
            .with_store(|store| store.read(preview::all_rows))
            .await?;
        let rows = rows.ok_or_else(|| Problem::new(ProblemCode::NothingToPush))?;
        table(&rows).ok_or_else(|| Problem::new(ProblemCode::Unexpected))
    }
}

fn table(rows: &[PlanRow]) -> Option<String> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(COLUMNS).ok()?;
    for row in rows {
        let waits = if row.waits { "yes" } else { "no" };
        let head = [
            word(&row.object),
            row.name.clone(),
            row.hubspot_id.clone().unwrap_or_default(),
            word(&row.action),
            row.skip.as_ref().map(word).unwrap_or_default(),
            waits.to_owned(),
        ];
        let other_account = row.other_account.as_ref().map(|account| {
            let id = account.id.as_deref().unwrap_or_default();
            format!("{id} {}", word(&account.mode)).trim().to_owned()
        });
        let other_account = other_account.unwrap_or_default();
        let mut fields: Vec<[String; 4]> = row
            .changes
            .iter()
            .map(|change| {
                [
                    change.property.clone(),
                    change.label.clone(),
                    change.before.clone().unwrap_or_default(),
                    change.after.clone(),
                ]
            })
            .collect();
        if fields.is_empty() {
            fields.push(std::array::from_fn(|_| String::new()));
        }
        for field in fields {
            let cells = head.iter().chain(&field).chain([&other_account]);
            let cells = cells.map(|cell| harmless(cell));
            csv.write_record(cells).ok()?;
        }
    }
    String::from_utf8(csv.into_inner().ok()?).ok()
}

/// The word a view writes a value with.
fn word(value: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// A cell that no spreadsheet takes for a formula. Plain numbers stay as they are.
fn harmless(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let number = cell.strip_prefix('-').is_some_and(|rest| {
        let (whole, decimals) = rest.split_once('.').unwrap_or((rest, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        !whole.is_empty() && digits(whole) && digits(decimals)
    });
    if formula && !number {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// Every row of the plan that is shown; `None` before there is one.
pub(super) type AllRows = Result<Option<Vec<PlanRow>>, StoreError>;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_are_told_from_numbers() {
        for (cell, written) in [
            ("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")"),
            ("+1", "'+1"),
            ("@a", "'@a"),
            ("-1+cmd", "'-1+cmd"),
            ("-", "'-"),
            ("-.", "'-."),
            ("-1.2.3", "'-1.2.3"),
            ("-49.00", "-49.00"),
            ("Acme, Inc.", "Acme, Inc."),
            ("", ""),
        ] {
            assert_eq!(harmless(cell), written);
        }
    }

    proptest! {
        #[test]
        fn no_cell_begins_as_a_formula_does(cell in "[-=+@\\t\\r\\na-z0-9.]{0,6}") {
            let harmless = harmless(&cell);
            let number = harmless.parse::<f64>().is_ok();
            prop_assert!(number || !harmless.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "{:?}", harmless);
        }
    }
}
