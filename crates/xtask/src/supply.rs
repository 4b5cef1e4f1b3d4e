//! Whether what is built in is sound: known weaknesses, licences, banned crates, and where each comes from.

use crate::steps::{Step, StepError, say};

/// What a source of known weaknesses could be asked for.
#[derive(Debug, PartialEq, Eq)]
enum Advisories {
    /// It answered, and nothing is known.
    Clean,
    /// It answered, and something is known.
    Known,
    /// It did not answer, so that nothing was checked.
    NotReached,
}

/// Checks every Rust and npm dependency. Where a source of known weaknesses cannot be reached it says so and checks the
/// rest: the sources lie outside the package registries.
pub(crate) fn check() -> Result<(), StepError> {
    crate::proofs::ensure("cargo-deny")?;
    Step::new("Rust dependencies: licences, bans, sources", "cargo")
        .args(["deny", "--locked", "check", "licenses", "bans", "sources"])
        .run()?;
    let fetched = Step::new("cargo deny fetch", "cargo")
        .args(["deny", "fetch", "db"])
        .succeeds();
    if fetched {
        Step::new("Rust dependencies: known weaknesses", "cargo")
            .args(["deny", "--locked", "check", "--disable-fetch", "advisories"])
            .run()?;
    } else {
        not_checked("Rust dependencies");
    }
    npm()
}

fn npm() -> Result<(), StepError> {
    let audit = || Step::new("UI dependencies: known weaknesses", "npm").in_folder("ui");
    let told = audit().args(["audit", "--json"]).output();
    match advisories(&told.unwrap_or_default()) {
        Advisories::Clean => Ok(()),
        Advisories::Known => audit().args(["audit"]).run(),
        Advisories::NotReached => {
            not_checked("UI dependencies");
            Ok(())
        }
    }
}

/// What `npm audit --json` told.
fn advisories(told: &str) -> Advisories {
    let reports = told.contains("\"auditReportVersion\"");
    let clean = told.contains("\"vulnerabilities\": {},");
    match (reports, clean) {
        (false, _) => Advisories::NotReached,
        (true, true) => Advisories::Clean,
        (true, false) => Advisories::Known,
    }
}

fn not_checked(what: &str) {
    say(&format!(
        "NOT CHECKED: {what} against known weaknesses. The list of them could not be reached from here."
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audit_that_did_not_happen_is_not_clean() {
        let clean =
            "{\n  \"auditReportVersion\": 2,\n  \"vulnerabilities\": {},\n  \"metadata\": {}\n}";
        let known =
            "{\n  \"auditReportVersion\": 2,\n  \"vulnerabilities\": {\n    \"tar\": {}\n  }\n}";
        let refused = "{\n  \"message\": \"405 Method Not Allowed\",\n  \"statusCode\": 405\n}";
        assert_eq!(advisories(clean), Advisories::Clean);
        assert_eq!(advisories(known), Advisories::Known);
        assert_eq!(advisories(refused), Advisories::NotReached);
        assert_eq!(advisories(""), Advisories::NotReached);
    }
}
