//! The derivation of a stored figure, as it is shown.

use clearsync_billing::{ExplainedRow, Figure};
use clearsync_store::Figure as StoredFigure;
use serde::Deserialize;

use crate::view::{Explanation, ExplanationLine};

/// Explains a stored figure. A derivation of an older form is told as missing, and comes anew with the next change.
pub(crate) fn explanation(stored: &StoredFigure) -> Explanation {
    let Ok(figure) = Figure::deserialize(&stored.explanation) else {
        return Explanation {
            sentence: "The derivation comes with the next sync.".to_owned(),
            lines: Vec::new(),
            notes: Vec::new(),
        };
    };
    explained(&figure)
}

/// Explains a figure.
pub(crate) fn explained(figure: &Figure) -> Explanation {
    Explanation {
        sentence: figure.sentence(),
        lines: figure.table().into_iter().map(line).collect(),
        notes: figure.notes.iter().map(ToString::to_string).collect(),
    }
}

fn line(row: ExplainedRow) -> ExplanationLine {
    ExplanationLine {
        label: row.about,
        detail: row.what,
        result: row.result,
    }
}
