use std::fmt;

use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

/// A key or token. It cannot be printed, logged, serialised or cloned by accident, and it is wiped from memory when dropped.
///
/// ```compile_fail
/// let secret = clearsync_transport::Secret::new("rk_test_1".to_owned());
/// println!("{secret}");
/// ```
/// ```compile_fail
/// let secret = clearsync_transport::Secret::new("rk_test_1".to_owned());
/// let copy: String = secret.into();
/// ```
/// ```compile_fail
/// let secret = clearsync_transport::Secret::new("rk_test_1".to_owned());
/// let copy = secret.clone();
/// ```
/// ```compile_fail
/// let secret = clearsync_transport::Secret::new("rk_test_1".to_owned());
/// let copy: String = secret.to_string();
/// ```
/// ```compile_fail
/// fn serialised<T: serde::Serialize>(_: &T) {}
/// serialised(&clearsync_transport::Secret::new("rk_test_1".to_owned()));
/// ```
/// What does compile, so that the above fails for its own reason:
/// ```
/// fn serialised<T: serde::Serialize>(_: &T) {}
/// serialised(&"no secret");
/// let secret = clearsync_transport::Secret::new("rk_test_1".to_owned());
/// let second = secret.duplicate();
/// assert_eq!(format!("{second:?}"), "Secret(hidden)");
/// ```
pub struct Secret(SecretString);

impl Secret {
    /// Takes the text over. White space and quotes that copying drags along are cut off both ends.
    #[must_use]
    pub fn new(text: String) -> Self {
        let text = Zeroizing::new(text);
        let trimmed = text.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'');
        Self(SecretString::from(trimmed.to_owned()))
    }

    /// A second holder of the same secret, wiped by itself.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self(self.0.clone())
    }

    /// The text itself, for the keychain and for telling kinds of key apart. Never pass it on to anything that prints.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The value of an `Authorization: Bearer` header, marked sensitive so that HTTP libraries do not log it.
    /// `None` when the text holds characters no header may carry.
    #[must_use]
    pub fn bearer(&self) -> Option<HeaderValue> {
        let text = Zeroizing::new(format!("Bearer {}", self.expose()));
        let mut value = HeaderValue::from_str(&text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// The last four characters, which may be shown; nothing when the whole is too short to hide the rest.
    #[must_use]
    pub fn last_four(&self) -> String {
        let characters: Vec<char> = self.expose().chars().collect();
        match characters.len() {
            0..=11 => String::new(),
            length => characters[length - 4..].iter().collect(),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_hidden_trimmed_and_shortened() {
        let secret = Secret::new(" \"rk_test_abcdefgh8f2K\"\n".to_owned());
        assert_eq!(secret.expose(), "rk_test_abcdefgh8f2K");
        assert_eq!(secret.last_four(), "8f2K");
        assert_eq!(format!("{secret:?}"), "Secret(hidden)");
        let header = secret.bearer().unwrap();
        assert!(header.is_sensitive());
        assert_eq!(format!("{header:?}"), "Sensitive");
    }

    #[test]
    fn short_texts_show_nothing() {
        assert_eq!(Secret::new("password".to_owned()).last_four(), "");
    }
}
