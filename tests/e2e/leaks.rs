//! Searches everything a run left behind for a key, in every form it might have slipped out in.

use std::{
    fs,
    path::{Path, PathBuf},
};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};

/// A form of a key, by name.
type Form = (&'static str, Vec<u8>);

/// The files below `folder`, and the processes, that hold `key` in any form.
pub fn leaks(key: &str, folder: &Path, processes: &[u32]) -> Vec<String> {
    let forms = forms(key);
    let mut found = Vec::new();
    for path in files(folder)
        .into_iter()
        .chain(processes.iter().flat_map(|pid| of_process(*pid)))
    {
        // Sockets and files that went meanwhile hold nothing.
        let Ok(bytes) = fs::read(&path) else { continue };
        for (name, form) in &forms {
            if contains(&bytes, form) {
                found.push(format!("{} holds the key as {name}", path.display()));
            }
        }
    }
    found
}

fn forms(key: &str) -> Vec<Form> {
    let bytes = key.as_bytes();
    let hex = hex::encode(bytes);
    let percent = hex
        .as_bytes()
        .chunks(2)
        .fold(String::new(), |text, digits| {
            text + "%" + &String::from_utf8_lossy(digits).to_uppercase()
        });
    let mut forms: Vec<Form> = vec![
        ("plain text", bytes.to_vec()),
        (
            "UTF-16",
            key.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ),
        ("reversed text", bytes.iter().rev().copied().collect()),
        ("capital hex", hex.to_uppercase().into_bytes()),
        ("hex", hex.into_bytes()),
        ("percent signs", percent.into_bytes()),
    ];
    // Within a longer text base64 begins at one of three places; what the neighbours colour is cut off.
    for before in 0..3 {
        let mut padded = vec![0; before];
        padded.extend_from_slice(bytes);
        for (name, text) in [
            ("base64", STANDARD_NO_PAD.encode(&padded)),
            ("URL base64", URL_SAFE_NO_PAD.encode(&padded)),
        ] {
            forms.push((name, text.as_bytes()[4..text.len() - 4].to_vec()));
        }
    }
    // A part of it is a leak too.
    forms.push(("its last half", bytes[bytes.len() / 2..].to_vec()));
    forms
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(folder) else {
            continue;
        };
        for entry in entries.flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(kind) if kind.is_file() => found.push(entry.path()),
                _ => {}
            }
        }
    }
    found
}

fn of_process(pid: u32) -> Vec<PathBuf> {
    ["cmdline", "environ"]
        .map(|name| PathBuf::from(format!("/proc/{pid}/{name}")))
        .to_vec()
}

fn contains(bytes: &[u8], form: &[u8]) -> bool {
    bytes.windows(form.len()).any(|window| window == form)
}
