//! What kind of key a pasted text is, told from its shape alone, before any request.

use std::fmt;

use clearsync_transport::Secret;
use serde::Serialize;

/// Whether a key works on real or on test data. Stripe documents that the prefix alone decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Real data.
    Live,
    /// Test data, in test mode or in a sandbox.
    Test,
}

/// A key that ClearSync can work with. The only way in is [`StripeKey::new`].
pub struct StripeKey {
    secret: Secret,
    kind: ApiKeyKind,
    mode: Mode,
}

/// The two kinds of key that may make requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ApiKeyKind {
    /// A restricted key: it can do what its permissions say.
    Restricted,
    /// A plain secret key: it can do everything.
    Secret,
}

impl StripeKey {
    /// Takes a pasted key over when its kind can make requests.
    ///
    /// # Errors
    /// [`KeyRefused`] names what the text is instead, or what is wrong with it.
    pub fn new(secret: Secret) -> Result<Self, KeyRefused> {
        let (kind, mode) = match describe(secret.expose()) {
            KeyKind::Restricted { mode } => (ApiKeyKind::Restricted, mode),
            KeyKind::Secret { mode } => (ApiKeyKind::Secret, mode),
            other => return Err(KeyRefused::WrongKind(other)),
        };
        let tail = tail_of(secret.expose());
        if tail.chars().any(|c| matches!(c, '*' | '.' | '…' | '•')) {
            return Err(KeyRefused::Masked);
        }
        if !tail.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(KeyRefused::StrayCharacters);
        }
        if tail.len() < SHORTEST_TAIL {
            return Err(KeyRefused::Incomplete);
        }
        Ok(Self { secret, kind, mode })
    }

    /// Restricted or secret.
    #[must_use]
    pub fn kind(&self) -> ApiKeyKind {
        self.kind
    }

    /// Live or test.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The last four characters, which may be shown.
    #[must_use]
    pub fn last_four(&self) -> String {
        self.secret.last_four()
    }

    /// The key itself, for the keychain and the request header.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.secret
    }
}

impl fmt::Debug for StripeKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("StripeKey")
            .field("kind", &self.kind)
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

/// Why a pasted text cannot be used as a key. Holds nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum KeyRefused {
    /// The text is something else than a restricted or secret key.
    #[error("the text is not a restricted or secret key")]
    WrongKind(KeyKind),
    /// The dashboard's shortened display of a key was copied, with dots or stars in the middle.
    #[error("the key is masked")]
    Masked,
    /// The key breaks off.
    #[error("the key is incomplete")]
    Incomplete,
    /// Characters stand in the text that no key has, such as a space or a second line.
    #[error("the text holds characters that no key has")]
    StrayCharacters,
}

/// What a text is, by its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum KeyKind {
    /// `rk_live_`, `rk_test_`, or `rkcs_test_` of a claimable sandbox.
    Restricted {
        /// Live or test.
        mode: Mode,
    },
    /// `sk_live_` or `sk_test_`.
    Secret {
        /// Live or test.
        mode: Mode,
    },
    /// `pk_…`: made for web pages; it cannot read.
    Publishable {
        /// Live or test.
        mode: Mode,
    },
    /// `sk_org_…`: spans several accounts, of which each request would have to name one.
    Organisation,
    /// `whsec_…`: the signing secret of a webhook endpoint.
    WebhookSecret,
    /// `acct_…`: the id of an account.
    AccountId,
    /// `ca_…`: the client id of a Connect platform.
    ClientId,
    /// `mk_…`: the id of a key, as the dashboard's addresses carry it.
    KeyId,
    /// A token of HubSpot, pasted into the wrong field.
    HubSpotToken,
    /// Nothing but white space.
    Empty,
    /// Nothing that ClearSync knows.
    Unknown,
}

impl KeyKind {
    /// Live or test, where the shape tells.
    #[must_use]
    pub fn mode(self) -> Option<Mode> {
        match self {
            Self::Restricted { mode } | Self::Secret { mode } | Self::Publishable { mode } => {
                Some(mode)
            }
            _ => None,
        }
    }
}

/// Tells what `text` is without any request.
#[must_use]
pub fn describe(text: &str) -> KeyKind {
    let text = text.trim();
    if text.is_empty() {
        return KeyKind::Empty;
    }
    PREFIXES
        .iter()
        .find(|(prefix, _)| {
            text.get(..prefix.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        })
        .map_or(KeyKind::Unknown, |(_, kind)| *kind)
}

/// Real keys have 24 characters or more after the prefix; this only catches a copy that broke off at once.
const SHORTEST_TAIL: usize = 8;

const PREFIXES: [(&str, KeyKind); 14] = [
    ("rk_live_", KeyKind::Restricted { mode: Mode::Live }),
    ("rk_test_", KeyKind::Restricted { mode: Mode::Test }),
    ("rkcs_test_", KeyKind::Restricted { mode: Mode::Test }),
    ("sk_org_", KeyKind::Organisation),
    ("sk_live_", KeyKind::Secret { mode: Mode::Live }),
    ("sk_test_", KeyKind::Secret { mode: Mode::Test }),
    ("skcs_test_", KeyKind::Secret { mode: Mode::Test }),
    ("pk_live_", KeyKind::Publishable { mode: Mode::Live }),
    ("pk_test_", KeyKind::Publishable { mode: Mode::Test }),
    ("whsec_", KeyKind::WebhookSecret),
    ("acct_", KeyKind::AccountId),
    ("ca_", KeyKind::ClientId),
    ("mk_", KeyKind::KeyId),
    ("pat-", KeyKind::HubSpotToken),
];

fn tail_of(key: &str) -> &str {
    key.splitn(3, '_').nth(2).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(text: &str) -> Result<StripeKey, KeyRefused> {
        StripeKey::new(Secret::new(text.to_owned()))
    }

    #[test]
    fn names_what_was_pasted() {
        let live = Mode::Live;
        let test = Mode::Test;
        for (text, kind) in [
            ("rk_live_51Abc", KeyKind::Restricted { mode: live }),
            (" rk_test_51Abc\n", KeyKind::Restricted { mode: test }),
            ("rkcs_test_51Abc", KeyKind::Restricted { mode: test }),
            ("sk_live_51Abc", KeyKind::Secret { mode: live }),
            ("sk_test_51Abc", KeyKind::Secret { mode: test }),
            ("sk_org_live_51Abc", KeyKind::Organisation),
            ("pk_live_51Abc", KeyKind::Publishable { mode: live }),
            ("PK_TEST_51Abc", KeyKind::Publishable { mode: test }),
            ("whsec_51Abc", KeyKind::WebhookSecret),
            ("acct_1Abc", KeyKind::AccountId),
            ("ca_Abc", KeyKind::ClientId),
            ("mk_1Abc", KeyKind::KeyId),
            ("pat-eu1-1234", KeyKind::HubSpotToken),
            ("", KeyKind::Empty),
            (" \t\n", KeyKind::Empty),
            ("correct horse battery staple", KeyKind::Unknown),
            ("rk_", KeyKind::Unknown),
            ("ключ", KeyKind::Unknown),
        ] {
            assert_eq!(describe(text), kind, "{text}");
        }
    }

    #[test]
    fn only_whole_restricted_and_secret_keys_pass() {
        let restricted = key("\"rk_live_51AbcDefGhiJkl8f2K\" ").unwrap();
        assert_eq!(restricted.kind(), ApiKeyKind::Restricted);
        assert_eq!(restricted.mode(), Mode::Live);
        assert_eq!(restricted.last_four(), "8f2K");
        assert_eq!(
            key("sk_test_51AbcDefGhi").unwrap().kind(),
            ApiKeyKind::Secret
        );
        assert_eq!(key("rk_live_51Ab…8f2K").unwrap_err(), KeyRefused::Masked);
        assert_eq!(key("rk_live_****8f2K").unwrap_err(), KeyRefused::Masked);
        assert_eq!(key("rk_live_51A").unwrap_err(), KeyRefused::Incomplete);
        assert_eq!(
            key("rk_live_51Abc DefGhiJkl").unwrap_err(),
            KeyRefused::StrayCharacters
        );
        assert_eq!(
            key("pk_live_51AbcDefGhi").unwrap_err(),
            KeyRefused::WrongKind(KeyKind::Publishable { mode: Mode::Live })
        );
    }

    proptest! {
        #[test]
        fn any_text_is_described_and_none_is_shown(text in "\\PC{0,80}") {
            let _ = describe(&text);
            if let Err(refused) = key(&text) {
                let shown = format!("{refused:?} {refused}");
                prop_assert!(text.trim().len() < 9 || !shown.contains(text.trim()));
            }
        }

        #[test]
        fn a_key_never_shows_itself(tail in "[A-Za-z0-9]{12,99}") {
            let shown = format!("{:?}", key(&format!("rk_test_{tail}")).unwrap());
            prop_assert!(!shown.contains(&tail));
        }
    }
}
