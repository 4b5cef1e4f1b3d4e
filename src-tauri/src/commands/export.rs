//! Files where the user keeps downloads.

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
};

use clearsync_sync::view::{Problem, ProblemCode};
use tauri::{AppHandle, Manager};

use super::Answer;

/// Where a file was written.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExportedFile {
    /// Its whole path.
    pub(crate) path: String,
}

/// Writes a file into the folder for downloads.
pub(super) fn export(
    app: &AppHandle,
    name: &str,
    ending: &str,
    bytes: &[u8],
) -> Answer<ExportedFile> {
    let folder = folder(app)?;
    let path = write_anew(&folder, name, ending, bytes).map_err(|_| {
        Problem::new(ProblemCode::FileNotWritten).with("path", folder.display().to_string())
    })?;
    Ok(ExportedFile {
        path: path.display().to_string(),
    })
}

/// The path of a file that is not there yet, in the folder for downloads.
pub(super) fn free_path(app: &AppHandle, name: &str, ending: &str) -> Answer<PathBuf> {
    let folder = folder(app)?;
    let mut paths = (1..).map(|number| numbered(&folder, name, ending, number));
    paths
        .find(|path| !path.exists())
        .ok_or_else(|| Problem::new(ProblemCode::Unexpected))
}

fn folder(app: &AppHandle) -> Answer<PathBuf> {
    app.path()
        .download_dir()
        .or_else(|_| app.path().home_dir())
        .map_err(|_| Problem::new(ProblemCode::Unexpected))
}

fn numbered(folder: &Path, name: &str, ending: &str, number: u32) -> PathBuf {
    match number {
        1 => folder.join(format!("{name}.{ending}")),
        _ => folder.join(format!("{name}-{number}.{ending}")),
    }
}

/// Writes a file of its own: one that is there already is left, and the new one gets a number.
fn write_anew(folder: &Path, name: &str, ending: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    let mut number = 1_u32;
    loop {
        let path = numbered(folder, name, ending, number);
        match File::create_new(&path) {
            Ok(mut file) => {
                file.write_all(bytes)?;
                return Ok(path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(error),
        }
    }
}
