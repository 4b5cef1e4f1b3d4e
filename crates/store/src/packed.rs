//! How what Stripe answered stands in the file: its JSON without indentation, compressed.
//!
//! Stripe's objects are mostly the names of their fields, so they are compressed with a dictionary of these: zstd frames
//! (RFC 8878), each of which names its dictionary. A dictionary that was ever released stays as it is, and is kept for good.
//! `examples/dictionary.rs` makes one.

use std::{cell::RefCell, io};

use rusqlite::{
    Connection,
    functions::FunctionFlags,
    types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef},
};
use zstd::bulk::{Compressor, Decompressor};

const DICTIONARY: &[u8] = include_bytes!("packed/1.zdict");
/// The quickest of zstd's levels: beyond it the dictionary leaves little to win.
const LEVEL: i32 = 1;
/// As long as a text may be in SQLite: an object is put together of many answers.
const LARGEST_BYTES: usize = 1_000_000_000;

/// JSON as it stands in a column: written from text, read as text.
pub(crate) struct Packed<T>(pub(crate) T);

impl ToSql for Packed<&str> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        pack(self.0)
            .map(ToSqlOutput::from)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
    }
}

impl FromSql for Packed<String> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        unpack(value.as_blob()?)
            .map(Self)
            .map_err(FromSqlError::other)
    }
}

/// Teaches a connection what its statements need: `packed(text)`, and `same_text(packed, packed)`, which holds for all time,
/// while other versions of zstd may pack the same text into other bytes.
pub(crate) fn teach(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_scalar_function("packed", 1, flags, |arguments| {
        pack(arguments.get_raw(0).as_str()?).map_err(failed)
    })?;
    connection.create_scalar_function("same_text", 2, flags, |arguments| {
        let (one, other) = (arguments.get_raw(0), arguments.get_raw(1));
        let (one, other) = (one.as_blob()?, other.as_blob()?);
        Ok(one == other || unpack(one).map_err(failed)? == unpack(other).map_err(failed)?)
    })
}

fn failed(error: io::Error) -> rusqlite::Error {
    rusqlite::Error::UserFunctionError(error.into())
}

thread_local! {
    static COMPRESSOR: RefCell<io::Result<Compressor<'static>>> =
        RefCell::new(Compressor::with_dictionary(LEVEL, DICTIONARY));
    static DECOMPRESSOR: RefCell<io::Result<Decompressor<'static>>> =
        RefCell::new(Decompressor::with_dictionary(DICTIONARY));
}

fn pack(json: &str) -> io::Result<Vec<u8>> {
    let text = unindented(json);
    COMPRESSOR.with_borrow_mut(|compressor| match compressor {
        Ok(compressor) => compressor.compress(text.as_bytes()),
        Err(error) => Err(error.kind().into()),
    })
}

fn unpack(packed: &[u8]) -> io::Result<String> {
    let text = DECOMPRESSOR.with_borrow_mut(|decompressor| match decompressor {
        Ok(decompressor) => decompressor.decompress(packed, LARGEST_BYTES),
        Err(error) => Err(error.kind().into()),
    })?;
    String::from_utf8(text).map_err(io::Error::other)
}

/// Stripe indents what it answers, and an object of a list more than the same object alone. No line breaks stand within JSON
/// strings (RFC 8259, 7), so that each line begins with indentation or with none.
fn unindented(json: &str) -> String {
    json.lines().map(str::trim_ascii_start).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::PoisonError;

    use clearsync_sandbox::business::{Business, Shape};
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use sha2::{Digest, Sha256};

    use super::*;

    /// What was packed with a dictionary is read with no other.
    #[test]
    fn a_released_dictionary_is_never_edited() {
        let digest = hex::encode(Sha256::digest(DICTIONARY));
        assert_eq!(digest, RELEASED);
        let frame = pack("{}").unwrap();
        assert_eq!(
            zstd::zstd_safe::get_dict_id_from_frame(&frame),
            zstd::zstd_safe::get_dict_id_from_dict(DICTIONARY),
            "each frame names its dictionary"
        );
    }

    const RELEASED: &str = "654b2bdc3ba40bff6a6299fab67153973973270fffc599429ae496a6783d64f3";

    /// Of a business that the dictionary was not made of.
    #[test]
    fn objects_take_a_fraction_of_their_room() {
        let until = "2026-06-01T12:00:00Z".parse().unwrap();
        let data = Business::play(1_000, &Shape::small(), until).data();
        let data = data.read().unwrap_or_else(PoisonError::into_inner);
        for (kind, least) in [("invoice", 8), ("subscription", 8), ("customer", 4)] {
            let texts: Vec<String> = data.all(kind).map(|object| format!("{object:#}")).collect();
            let packed = texts.iter().map(|text| pack(text).unwrap().len());
            let (plain, packed): (usize, usize) =
                (texts.iter().map(String::len).sum(), packed.sum());
            assert!(packed * least < plain, "{kind}: {packed} of {plain}");
        }
    }

    /// However it is indented, as an object of a list and as one alone.
    #[test]
    fn indentation_is_not_kept() {
        let object =
            json!({ "id": "cus_1", "name": "two  \n  lines", "tags": ["a", {}], "none": [] });
        let alone = format!("{object:#}");
        let within = &alone.replace('\n', "\n    ");
        assert_eq!(pack(within).unwrap(), pack(&alone).unwrap());
        let kept = unpack(&pack(within).unwrap()).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&kept).unwrap(), object);
        assert!(!kept.contains('\n'));
    }

    #[test]
    fn the_same_text_is_told_whatever_packed_it() {
        let connection = Connection::open_in_memory().unwrap();
        teach(&connection).unwrap();
        let same = |one: &[u8], other: &[u8]| {
            connection.query_row("SELECT same_text(?1, ?2)", [one, other], |row| {
                row.get::<_, bool>(0)
            })
        };
        let text = format!("{{\"id\":\"cus_1\",\"name\":\"{}\"}}", "Ada".repeat(99));
        let otherwise = zstd::bulk::compress(text.as_bytes(), 19).unwrap();
        let packed = pack(&text).unwrap();
        assert_ne!(packed, otherwise);
        assert!(same(&packed, &otherwise).unwrap());
        assert!(!same(&packed, &pack(&text.replace("cus_1", "cus_2")).unwrap()).unwrap());
        assert!(same(&packed, b"no frame").is_err());
    }

    proptest! {
        #[test]
        fn any_text_reads_back(text in "\\PC*") {
            prop_assert_eq!(unpack(&pack(&text).unwrap()).unwrap(), text.trim_ascii_start());
        }

        /// Whatever stands in the file is refused or read, and takes no more room than a text may have.
        #[test]
        fn any_bytes_are_borne(bytes: Vec<u8>, at: prop::sample::Index, bit in 0..8_u8) {
            let _ = unpack(&bytes);
            let mut frame = pack(&format!("{bytes:?}")).unwrap();
            let at = at.index(frame.len());
            frame[at] ^= 1 << bit;
            let _ = unpack(&frame);
            let _ = unpack(&frame[..at]);
        }
    }
}
