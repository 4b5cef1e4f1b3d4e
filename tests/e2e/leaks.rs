//! Searches everything a run left behind for a key, in every form it might have slipped out in.

use std::{
    fs,
    path::{Path, PathBuf},
};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};

/// The files below `folder`, and the processes, that hold `key` in any form.
pub fn leaks(key: &str, folder: &Path, processes: &[u32]) -> Vec<String> {
    let search = Search::for_key(key);
    let mut found = Vec::new();
    for path in files(folder)
        .into_iter()
        .chain(processes.iter().flat_map(|pid| of_process(*pid)))
    {
        // Sockets and files that went meanwhile hold nothing.
        let Ok(bytes) = fs::read(&path) else { continue };
        for form in search.within(&bytes) {
            found.push(format!("{} holds the key as {form}", path.display()));
        }
    }
    found
}

/// Every form in which a key might have slipped out, by name.
pub struct Search(Vec<(&'static str, Vec<u8>)>);

impl Search {
    pub fn for_key(key: &str) -> Self {
        let bytes = key.as_bytes();
        let hex = hex::encode(bytes);
        let digits = |before: &str, form: &dyn Fn(u8) -> String| -> Vec<u8> {
            let each = bytes.iter().map(|byte| format!("{before}{}", form(*byte)));
            each.collect::<String>().into_bytes()
        };
        let utf_16 = |order: fn(u16) -> [u8; 2]| key.encode_utf16().flat_map(order).collect();
        let mut forms = vec![
            ("plain text", bytes.to_vec()),
            ("UTF-16", utf_16(u16::to_le_bytes)),
            ("UTF-16, big end first", utf_16(u16::to_be_bytes)),
            ("reversed text", bytes.iter().rev().copied().collect()),
            ("capital hex", hex.to_uppercase().into_bytes()),
            ("hex", hex.into_bytes()),
            (
                "capital percent signs",
                digits("%", &|byte| format!("{byte:02X}")),
            ),
            ("percent signs", digits("%", &|byte| format!("{byte:02x}"))),
            (
                "capital JSON escapes",
                digits("\\u", &|byte| format!("{byte:04X}")),
            ),
            ("JSON escapes", digits("\\u", &|byte| format!("{byte:04x}"))),
            // As an array of bytes, which is how JSON holds them.
            ("JSON bytes", json_bytes(bytes)),
            // A part of it is a leak too.
            ("its last half", bytes[bytes.len() / 2..].to_vec()),
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
        Self(forms)
    }

    /// The forms that `bytes` hold.
    pub fn within(&self, bytes: &[u8]) -> Vec<&'static str> {
        let held = self.0.iter().filter(|(_, form)| contains(bytes, form));
        held.map(|(name, _)| *name).collect()
    }
}

fn json_bytes(bytes: &[u8]) -> Vec<u8> {
    let each: Vec<String> = bytes.iter().map(u8::to_string).collect();
    each.join(",").into_bytes()
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
    let mut rest = bytes;
    while let Some(place) = rest.iter().position(|byte| *byte == form[0]) {
        if rest[place..].starts_with(form) {
            return true;
        }
        rest = &rest[place + 1..];
    }
    false
}

/// Writes a text in one form.
type Encoding = fn(&str) -> Vec<u8>;

/// A leak in each form, within other text and beginning anywhere, is found; text without one is not taken for one.
#[test]
fn every_planted_leak_is_found() {
    const KEY: &str = "rk_test_51CanaryOfTheLeaks0123456789abcdefghij";
    let search = Search::for_key(KEY);
    let encodings: [(&str, Encoding); 8] = [
        ("plain text", |text| text.into()),
        ("JSON", |text| serde_json::to_vec(&text).unwrap()),
        ("JSON bytes", |text| {
            serde_json::to_vec(text.as_bytes()).unwrap()
        }),
        ("hex", |text| hex::encode(text).into()),
        ("capital hex", |text| hex::encode_upper(text).into()),
        ("base64", |text| STANDARD_NO_PAD.encode(text).into()),
        ("URL base64", |text| URL_SAFE_NO_PAD.encode(text).into()),
        ("UTF-16", |text| {
            text.encode_utf16().flat_map(u16::to_le_bytes).collect()
        }),
    ];
    let escaped = |before: &str, width: usize| -> Vec<u8> {
        let each = KEY.bytes().map(|byte| format!("{before}{byte:0width$x}"));
        each.collect::<String>().into_bytes()
    };
    for before in ["", "a", "ab", "abc"] {
        for (name, encode) in encodings {
            let leak = encode(&format!("{before}{KEY} and more"));
            assert!(!search.within(&leak).is_empty(), "{name} after {before:?}");
            let none = encode(&format!("{before}rk_test_51AnotherKeyAltogether and more"));
            assert_eq!(search.within(&none), [""; 0], "{name}");
        }
        assert!(!search.within(&escaped("%", 2)).is_empty());
        assert!(!search.within(&escaped("\\u", 4)).is_empty());
    }
}
