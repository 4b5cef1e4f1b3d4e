use std::fmt;

use rusqlite::Connection;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::StoreError;

const KEY_BYTES: usize = 32;
const SALT_BYTES: usize = 16;

/// What the file is encrypted with: 32 random bytes. It cannot be printed, serialised or cloned by accident, and it is wiped
/// from memory when dropped.
///
/// ```compile_fail
/// let key = clearsync_store::DataKey::from_random([7; 32].into());
/// println!("{key}");
/// ```
/// ```compile_fail
/// let key = clearsync_store::DataKey::from_random([7; 32].into());
/// let copy = key.clone();
/// ```
/// What does compile, so that the above fails for its own reason:
/// ```
/// let key = clearsync_store::DataKey::from_random([7; 32].into());
/// assert_eq!(format!("{key:?}"), "DataKey(hidden)");
/// let same = clearsync_store::DataKey::parse(&key.expose()).unwrap();
/// assert_eq!(same.expose(), key.expose());
/// ```
pub struct DataKey(Zeroizing<[u8; KEY_BYTES]>);

impl DataKey {
    /// A key of 32 bytes that nobody can guess.
    #[must_use]
    pub fn from_random(bytes: Zeroizing<[u8; KEY_BYTES]>) -> Self {
        Self(bytes)
    }

    /// The key from 64 hexadecimal digits; `None` for any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        hex::decode_to_slice(text, bytes.as_mut_slice()).ok()?;
        Some(Self(bytes))
    }

    /// The key as 64 hexadecimal digits, for where it is kept. Never pass it on to anything that prints.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.0.as_slice()))
    }

    /// What a file begins with that is encrypted with this key. `SQLCipher` puts a salt there, which only keys that are
    /// derived from a password need to be random: so it can tell which key a file belongs to, and nothing of the key.
    pub(crate) fn salt(&self) -> [u8; SALT_BYTES] {
        let mut hash = Sha256::new();
        hash.update(b"ClearSync's data is encrypted with the key ");
        hash.update(self.0.as_slice());
        let mut salt = [0; SALT_BYTES];
        salt.copy_from_slice(&hash.finalize()[..SALT_BYTES]);
        salt
    }

    /// Lets a fresh connection read and write a file of this key.
    pub(crate) fn unlock(&self, connection: &Connection) -> Result<(), StoreError> {
        // What SQLCipher has to say goes to standard error otherwise.
        connection.execute_batch("PRAGMA cipher_log_level = NONE")?;
        let statement = Zeroizing::new(format!("PRAGMA key = \"{}\"", *self.sql()));
        connection.execute_batch(&statement)?;
        Ok(())
    }

    /// The key with its salt as `SQLCipher` takes them, without deriving anything.
    pub(crate) fn sql(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("x'{}{}'", *self.expose(), hex::encode(self.salt())))
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DataKey(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_64_digits_are_a_key() {
        let key = DataKey::from_random([0xA5; 32].into());
        assert_eq!(*key.expose(), "a5".repeat(32));
        for other in ["", "a5", &"a5".repeat(33), &"g5".repeat(32)] {
            assert!(DataKey::parse(other).is_none(), "{other}");
        }
    }

    #[test]
    fn the_salt_tells_keys_apart() {
        let salt = |byte: u8| DataKey::from_random([byte; 32].into()).salt();
        assert_eq!(salt(1), salt(1));
        assert_ne!(salt(1), salt(2));
    }
}
