//! Searches everything a run left behind for a key, or for any eight bytes of one, in every form it might have slipped
//! out in.

use std::{
    collections::BTreeSet,
    fs,
    io::{Cursor, Read},
    path::{Path, PathBuf},
};

use aho_corasick::AhoCorasick;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use zip::ZipArchive;

/// So many bytes of a key are a leak.
const FRAGMENT_BYTES: usize = 8;
/// What keys begin with for everybody to see.
const PUBLIC: [&str; 2] = ["rk_test_51", "pat-na1-"];

/// The files below `folder`, and the processes, that hold any part of `key` in any form.
pub(crate) fn leaks(key: &str, folder: &Path, processes: &[u32]) -> Vec<String> {
    leaks_of(&Search::for_key(key), folder, processes)
}

/// The files below `folder`, and the processes, that hold any part of what is searched for in any form.
pub(crate) fn leaks_of(search: &Search, folder: &Path, processes: &[u32]) -> Vec<String> {
    let mut found = Vec::new();
    for path in files(folder)
        .into_iter()
        .chain(processes.iter().flat_map(|pid| of_process(*pid)))
    {
        // Sockets and files that went meanwhile hold nothing.
        let Ok(bytes) = fs::read(&path) else { continue };
        for form in search.within(&bytes) {
            found.push(format!(
                "{} holds part of the key as {form}",
                path.display()
            ));
        }
    }
    found
}

/// Every part of a key, in every form.
pub(crate) struct Search {
    parts: AhoCorasick,
    forms: Vec<&'static str>,
}

impl Search {
    pub(crate) fn for_key(key: &str) -> Self {
        let public = PUBLIC.iter().find(|prefix| key.starts_with(**prefix));
        Self::for_bytes(&key.as_bytes()[public.map_or(0, |prefix| prefix.len())..])
    }

    /// Every part of a key that is no text.
    pub(crate) fn for_bytes(secret: &[u8]) -> Self {
        let (forms, parts): (Vec<_>, Vec<_>) =
            secret.windows(FRAGMENT_BYTES).flat_map(forms_of).unzip();
        assert!(!parts.is_empty(), "the key is too short to look for");
        Self {
            parts: AhoCorasick::new(parts).unwrap(),
            forms,
        }
    }

    /// The forms that `bytes` hold, themselves or packed in an archive.
    pub(crate) fn within(&self, bytes: &[u8]) -> Vec<&'static str> {
        let packed = unpacked(bytes);
        let found = std::iter::once(bytes)
            .chain(packed.iter().map(Vec::as_slice))
            .flat_map(|bytes| self.parts.find_overlapping_iter(bytes))
            .map(|part| self.forms[part.pattern().as_usize()]);
        let found: BTreeSet<_> = found.collect();
        found.into_iter().collect()
    }
}

fn forms_of(part: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let each = |form: &dyn Fn(u8) -> String, between: &str| -> Vec<u8> {
        let texts: Vec<String> = part.iter().map(|byte| form(*byte)).collect();
        texts.join(between).into_bytes()
    };
    let wide = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        part.iter()
            .flat_map(|byte| order(u16::from(*byte)))
            .collect()
    };
    let mut forms = vec![
        ("plain text", part.to_vec()),
        ("reversed text", part.iter().rev().copied().collect()),
        ("UTF-16", wide(u16::to_le_bytes)),
        ("UTF-16, big end first", wide(u16::to_be_bytes)),
        ("hex", each(&|byte| format!("{byte:02x}"), "")),
        ("capital hex", each(&|byte| format!("{byte:02X}"), "")),
        ("percent signs", each(&|byte| format!("%{byte:02x}"), "")),
        (
            "capital percent signs",
            each(&|byte| format!("%{byte:02X}"), ""),
        ),
        ("JSON escapes", each(&|byte| format!("\\u{byte:04x}"), "")),
        (
            "capital JSON escapes",
            each(&|byte| format!("\\u{byte:04X}"), ""),
        ),
        // How JSON holds bytes, and how Rust prints them.
        ("JSON bytes", each(&|byte| byte.to_string(), ",")),
        ("printed bytes", each(&|byte| byte.to_string(), ", ")),
    ];
    // Within a longer text base64 begins at one of three places; what the neighbours colour is cut off.
    for before in 0..3 {
        let mut padded = vec![0; before];
        padded.extend_from_slice(part);
        let whole = padded.len() * 8 / 6;
        let inside = (before * 8).div_ceil(6)..whole;
        for (name, text) in [
            ("base64", STANDARD_NO_PAD.encode(&padded)),
            ("URL base64", URL_SAFE_NO_PAD.encode(&padded)),
        ] {
            forms.push((name, text.as_bytes()[inside.clone()].to_vec()));
        }
    }
    forms
}

/// The files of a zip archive.
fn unpacked(bytes: &[u8]) -> Vec<Vec<u8>> {
    if !bytes.starts_with(b"PK") {
        return Vec::new();
    }
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else {
        return Vec::new();
    };
    let numbers = 0..archive.len();
    let file = |number| -> Vec<u8> {
        let mut file = Vec::new();
        archive
            .by_index(number)
            .unwrap()
            .read_to_end(&mut file)
            .unwrap();
        file
    };
    numbers.map(file).collect()
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

/// Writes a text in one form.
type Encoding = fn(&str) -> Vec<u8>;

const ENCODINGS: [(&str, Encoding); 13] = [
    ("plain text", |text| text.into()),
    ("JSON", |text| serde_json::to_vec(&text).unwrap()),
    ("JSON bytes", |text| {
        serde_json::to_vec(text.as_bytes()).unwrap()
    }),
    ("printed bytes", |text| {
        format!("{:?}", text.as_bytes()).into()
    }),
    ("hex", |text| hex::encode(text).into()),
    ("capital hex", |text| hex::encode_upper(text).into()),
    ("base64", |text| STANDARD_NO_PAD.encode(text).into()),
    ("URL base64", |text| URL_SAFE_NO_PAD.encode(text).into()),
    ("UTF-16", |text| {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }),
    ("UTF-16, big end first", |text| {
        text.encode_utf16().flat_map(u16::to_be_bytes).collect()
    }),
    ("percent signs", |text| {
        let each = text.bytes().map(|byte| format!("%{byte:02X}"));
        each.collect::<String>().into()
    }),
    ("JSON escapes", |text| {
        let each = text.bytes().map(|byte| format!("\\u{byte:04x}"));
        each.collect::<String>().into()
    }),
    ("a zip archive", |text| {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let name = zip::write::SimpleFileOptions::default();
        archive.start_file("log", name).unwrap();
        let file = text.repeat(3);
        std::io::Write::write_all(&mut archive, file.as_bytes()).unwrap();
        archive.finish().unwrap().into_inner()
    }),
];

/// A leak in each form, of the whole key or of any eight bytes of it, within other text and beginning anywhere, is found;
/// text without one is not taken for one.
#[test]
fn every_planted_leak_is_found() {
    const SECRET: &str = "Qz7VnKc4LhXw9TbRm2YdPf6GsJu8EaHk";
    let key = format!("rk_test_51{SECRET}");
    let search = Search::for_key(&key);
    let parts = (0..=SECRET.len() - FRAGMENT_BYTES).map(|at| &SECRET[at..at + FRAGMENT_BYTES]);
    let leaks: Vec<&str> = parts.chain([key.as_str()]).collect();
    for before in ["", "a", "ab", "abc"] {
        for (name, encode) in ENCODINGS {
            for leak in &leaks {
                let planted = encode(&format!("{before}{leak} and more"));
                let found = search.within(&planted);
                assert!(!found.is_empty(), "{leak} after {before:?} as {name}");
            }
            let none = encode(&format!("{before}rk_test_51AnotherKeyAltogether and more"));
            assert_eq!(search.within(&none), [""; 0], "{name}");
        }
    }
}
