//! One archive for whoever helps: what ClearSync says about itself, and its log. No key, no customer, no amount; the user
//! reads all of it before it is saved, and sends it himself.

use std::{
    env, fs,
    io::{self, Seek, Write},
    path::Path,
};

use clearsync_sync::{
    LOG_FOLDER, Workspaces,
    view::{Problem, WorkspaceRow},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use specta::Type;
use zip::{ZipWriter, result::ZipError, write::SimpleFileOptions};

use crate::{config::Config, words::words};

/// The newest lines of each day's log that are kept.
const MOST_LINES: usize = 1_000;

/// One file of the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DiagnosticsFile {
    /// Its name in the archive.
    pub(crate) name: String,
    /// All of it.
    pub(crate) text: String,
}

/// Everything the archive would hold now about these workspaces, with a report for each.
pub(crate) async fn gather(
    workspaces: &Workspaces,
    rows: &[WorkspaceRow],
    config: &Config,
) -> Result<Vec<DiagnosticsFile>, Problem> {
    let mut files = vec![file("about.txt", words("diagnostics.text", &[]))];
    for row in rows {
        let name = match rows {
            [_] => "report.json".to_owned(),
            _ => format!("report-{}.json", row.id),
        };
        let mut report = json!({ "workspace": row.id, "system": system() });
        match workspaces.engine(&row.id) {
            Ok(engine) => report["app"] = json!(engine.diagnostics().await?),
            Err(problem) => report["problem"] = json!(problem.code),
        }
        files.push(file(&name, format!("{report:#}")));
    }
    let folder = config.data_folder.join(LOG_FOLDER);
    // A log that cannot be read is no reason to have nothing.
    let logs = tokio::task::spawn_blocking(move || logs(&folder)).await;
    files.extend(logs.unwrap_or_default());
    let home = dirs::home_dir().map(|home| home.display().to_string());
    if let Some(home) = home.filter(|home| home.len() > 1) {
        for file in &mut files {
            file.text = file.text.replace(&home, "~");
        }
    }
    Ok(files)
}

/// Writes the archive.
pub(crate) fn write(files: &[DiagnosticsFile], to: impl Write + Seek) -> io::Result<()> {
    let told = |error| match error {
        ZipError::Io(error) => error,
        other => io::Error::other(other),
    };
    let mut archive = ZipWriter::new(to);
    for file in files {
        archive
            .start_file(&file.name, SimpleFileOptions::default())
            .map_err(told)?;
        archive.write_all(file.text.as_bytes())?;
    }
    archive.finish().map_err(told)?;
    Ok(())
}

fn file(name: &str, text: String) -> DiagnosticsFile {
    DiagnosticsFile {
        name: name.to_owned(),
        text,
    }
}

/// On what it runs, as far as a window, a tray and a keychain depend on it.
fn system() -> serde_json::Value {
    json!({
        "os": env::consts::OS,
        "architecture": env::consts::ARCH,
        "release": release(),
        "desktop": env::var("XDG_CURRENT_DESKTOP").ok(),
        "session": env::var("XDG_SESSION_TYPE").ok(),
    })
}

/// How a Linux calls itself.
fn release() -> Option<String> {
    let text = fs::read_to_string("/etc/os-release").ok()?;
    let name = text
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(name.trim_matches('"').to_owned())
}

/// Each day's log, the newest first.
fn logs(folder: &Path) -> Vec<DiagnosticsFile> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort_by(|one, other| other.cmp(one));
    let log = |name: &String| {
        let bytes = fs::read(folder.join(name)).ok()?;
        let text = tellable(&String::from_utf8_lossy(&bytes));
        Some(file(&format!("logs/{name}"), text))
    };
    names.iter().filter_map(log).collect()
}

/// The lines that ClearSync itself wrote above DEBUG, where nothing names a customer. What libraries say, and what was only
/// asked for by `CLEARSYNC_LOG`, stays on this computer.
fn tellable(log: &str) -> String {
    let lines: Vec<&str> = log.lines().filter(|line| is_tellable(line)).collect();
    let newest = &lines[lines.len().saturating_sub(MOST_LINES)..];
    newest.iter().flat_map(|line| [*line, "\n"]).collect()
}

fn is_tellable(line: &str) -> bool {
    let mut words = line.split_whitespace();
    words
        .next()
        .is_some_and(|at| at.parse::<Timestamp>().is_ok())
        && matches!(words.next(), Some("ERROR" | "WARN" | "INFO"))
        && words
            .next()
            .is_some_and(|from| from.starts_with("clearsync_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_log_only_our_own_lines_above_debug_are_told() {
        let kept = "2026-05-12T10:00:00.5Z  INFO clearsync_sync::engine::reading: reading everything needed=Never\n\
                    2026-05-12T10:00:01Z ERROR clearsync_app::start: a fault in ClearSync place=\"a.rs:1\"\n";
        let left = "2026-05-12T10:00:02Z DEBUG clearsync_hubspot::client: HubSpot answered path=\"/jane@acme.com\"\n\
                    2026-05-12T10:00:02Z TRACE hyper::proto: jane@acme.com\n\
                    2026-05-12T10:00:03Z  INFO zbus::connection: jane@acme.com\n\
                    jane@acme.com INFO clearsync_sync: the rest of some line\n\
                    \n";
        assert_eq!(tellable(&format!("{left}{kept}{left}")), kept);
        let many = kept.repeat(MOST_LINES);
        assert_eq!(tellable(&many).lines().count(), MOST_LINES);
    }
}
