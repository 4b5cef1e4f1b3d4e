//! What a 403 tells: permission names, the account, and the link to edit the key. Read out of both generations of
//! Stripe's sentence; the sentence itself, which holds part of the key, is dropped.

use serde::Serialize;
use url::Url;

use crate::{error::is_id, guide::is_dashboard};

/// What could be read out of a refusal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The permissions that Stripe names. Any one of them would do, and Stripe sometimes names the wrong ones: a detail
    /// to show, not a fact to act on.
    pub named: Vec<PermissionName>,
    /// The account that the key belongs to.
    pub account: Option<AccountId>,
    /// Where this very key can be edited.
    pub edit_link: Option<EditLink>,
    /// Whether Stripe says that no restricted key can have the permission.
    pub closed_to_restricted_keys: bool,
}

impl Refusal {
    /// Reads Stripe's sentence.
    #[must_use]
    pub fn parse(message: &str) -> Self {
        let (links, words): (Vec<&str>, Vec<&str>) = message
            .split_whitespace()
            .filter(|word| !parts(word).any(starts_a_key))
            .partition(|word| word.contains("//"));
        let mut named: Vec<PermissionName> = Vec::new();
        for name in words
            .iter()
            .flat_map(|word| parts(word))
            .filter_map(PermissionName::new)
        {
            if named.len() < MOST_NAMES && !named.contains(&name) {
                named.push(name);
            }
        }
        Self {
            named,
            account: words
                .iter()
                .flat_map(|word| parts(word))
                .find_map(AccountId::new),
            edit_link: links.iter().find_map(|link| EditLink::new(link)),
            closed_to_restricted_keys: message.contains("not available for use by restricted keys"),
        }
    }
}

const MOST_NAMES: usize = 16;
const LONGEST_NAME: usize = 64;
const LONGEST_LINK: usize = 2048;

/// A permission as Stripe names it, without `rak_`: `customer_read`, `bucket_connect_read`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct PermissionName(String);

impl PermissionName {
    fn new(word: &str) -> Option<Self> {
        let name = word.strip_prefix("rak_").unwrap_or(word);
        let stem = name
            .strip_suffix("_read")
            .or_else(|| name.strip_suffix("_write"))?;
        let fits = name.len() <= LONGEST_NAME
            && !starts_a_key(name)
            && stem.starts_with(|c: char| c.is_ascii_lowercase())
            && stem.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        fits.then(|| Self(name.to_owned()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The id of a Stripe account (`acct_…`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct AccountId(String);

impl AccountId {
    /// Takes `text` when it has the shape.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        (is_id(text, "acct_") && text.len() <= LONGEST_NAME).then(|| Self(text.to_owned()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A link to the page where a key is edited: https, exactly `dashboard.stripe.com`, and nothing but that page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EditLink(String);

impl EditLink {
    /// Takes the link out of one word of a sentence when it is what it must be.
    #[must_use]
    pub fn new(word: &str) -> Option<Self> {
        let link = word
            .trim_start_matches(['(', '<', '"', '\'', '`', '['])
            .trim_end_matches(['.', ',', ';', ')', '>', '"', '\'', '`', ']']);
        let plain = link.len() <= LONGEST_LINK
            && link.starts_with("https://")
            && link.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
        if !plain {
            return None;
        }
        let url = Url::parse(link).ok()?;
        (is_dashboard(&url) && leads_to_keys(&url)).then(|| Self(url.into()))
    }

    /// The link as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

// `/b/acct_1?destination=%2Fapikeys%2Fmk_1%2Fedit`, or the page itself; a destination elsewhere is not followed.
fn leads_to_keys(url: &Url) -> bool {
    let is_keys_page = |path: &str| {
        path.split('/')
            .nth(1)
            .is_some_and(|first| first == "apikeys" || first == "test")
            && path.split('/').any(|part| part == "apikeys")
            && !path.split('/').any(|part| part == "..")
    };
    let mut destinations = url
        .query_pairs()
        .filter(|(name, _)| name == "destination")
        .map(|(_, value)| value);
    match destinations.next() {
        Some(first) => is_keys_page(&first) && destinations.next().is_none(),
        None => url.path().split('/').any(|part| part == "apikeys"),
    }
}

/// The pieces of a word that stand between quotes, dots and brackets. A letter of another script stays part of its
/// piece, so that it cannot end up as a name.
fn parts(word: &str) -> impl Iterator<Item = &str> {
    word.split(|c: char| !(c.is_alphanumeric() || c == '_'))
}

fn starts_a_key(part: &str) -> bool {
    ["rk_", "rkcs_", "sk_", "pk_"]
        .iter()
        .any(|prefix| part.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_sentence_is_read_without_keeping_it(message in "\\PC{0,400}") {
            let refusal = Refusal::parse(&message);
            prop_assert!(refusal.named.len() <= MOST_NAMES);
        }

        #[test]
        fn no_link_leaves_the_dashboard(
            scheme in "(https|http|javascript|file)?",
            userinfo in "(user(:pw)?@)?",
            host in "(dashboard\\.stripe\\.com|[a-z.]{1,20})",
            tail in "[!-~]{0,40}",
        ) {
            let word = format!("{scheme}://{userinfo}{host}{tail}");
            if let Some(link) = EditLink::new(&word) {
                prop_assert!(link.as_str().starts_with("https://dashboard.stripe.com/"));
            }
        }

        #[test]
        fn part_of_a_key_never_becomes_a_name(tail in "[a-z*.]{1,20}") {
            let message = format!("The provided key 'rk_live_{tail}_read' does not have it");
            prop_assert!(Refusal::parse(&message).named.is_empty());
        }
    }
}
