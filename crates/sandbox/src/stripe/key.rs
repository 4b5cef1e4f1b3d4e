use std::{collections::BTreeSet, fmt};

use super::permission::{Permission, closure};

/// A key of the simulated account. Kind and mode follow from its first letters, as with real keys: `rk_` restricted,
/// `sk_` secret, `pk_` publishable, then `live_` or `test_`.
#[derive(Clone)]
pub struct SandboxKey {
    text: String,
    granted: BTreeSet<String>,
    held: BTreeSet<String>,
    state: KeyState,
}

/// Whether Stripe accepts a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeyState {
    /// It works.
    #[default]
    Active,
    /// It was rolled or has expired: 401 `api_key_expired`.
    Expired,
    /// It is limited to other addresses than ours: 401.
    IpRestricted,
}

impl SandboxKey {
    /// A key with permissions named as Stripe does, such as `customer_read` (or `rak_customer_read`). They matter for a
    /// restricted key only; a secret key may do everything.
    pub fn new<'a>(
        text: impl Into<String>,
        permissions: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let granted: BTreeSet<String> = permissions.into_iter().map(plain).collect();
        Self {
            text: text.into(),
            held: closure(&granted),
            granted,
            state: KeyState::Active,
        }
    }

    /// The same key in another state.
    #[must_use]
    pub fn in_state(mut self, state: KeyState) -> Self {
        self.state = state;
        self
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn last_four(&self) -> &str {
        last_four(&self.text)
    }

    pub(super) fn is_live(&self) -> bool {
        self.text.contains("_live_")
    }

    pub(super) fn is_restricted(&self) -> bool {
        self.text.starts_with("rk_")
    }

    pub(super) fn state(&self) -> KeyState {
        self.state
    }

    pub(super) fn set_state(&mut self, state: KeyState) {
        self.state = state;
    }

    pub(super) fn holds(&self, permission: Permission) -> bool {
        !self.is_restricted() || self.held.contains(&permission.token())
    }

    pub(super) fn grant(&mut self, token: &str) {
        self.granted.insert(plain(token));
        self.held = closure(&self.granted);
    }

    pub(super) fn deny(&mut self, token: &str) {
        self.granted.remove(&plain(token));
        self.held = closure(&self.granted);
    }
}

impl fmt::Debug for SandboxKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SandboxKey")
            .field("last_four", &self.last_four())
            .field("granted", &self.granted)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// The last four characters, all that the log keeps of a key.
pub(super) fn last_four(text: &str) -> &str {
    text.char_indices()
        .rev()
        .nth(3)
        .map_or("", |(start, _)| &text[start..])
}

fn plain(token: &str) -> String {
    token.strip_prefix("rak_").unwrap_or(token).to_owned()
}
