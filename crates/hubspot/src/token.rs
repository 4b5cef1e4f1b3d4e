use clearsync_transport::Secret;

/// What a pasted text is, told from its shape alone, without a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A service key, or the token of an older private app or of an app with a static token: the three look alike.
    ServiceKey,
    /// A key of the form HubSpot switched off on 30 November 2022.
    ApiKey,
    /// A token of an OAuth app, a developer key or a personal access key. These end soon or open other doors.
    OAuthOrDeveloperKey,
    /// A text that belongs to Stripe.
    Stripe(StripeText),
    /// Nothing was pasted.
    Empty,
    /// None of the shapes ClearSync knows.
    Unknown,
}

/// Which of Stripe's texts was pasted by mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StripeText {
    /// `sk_…`
    SecretKey,
    /// `rk_…`
    RestrictedKey,
    /// `pk_…`
    PublishableKey,
    /// `whsec_…`
    WebhookSecret,
    /// `acct_…`
    AccountId,
}

impl TokenKind {
    /// Tells what `text` is. White space, quotes and a leading `Bearer` are ignored.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let text = bare(text);
        if text.is_empty() {
            return Self::Empty;
        }
        if let Some(stripe) = stripe_text(text) {
            return Self::Stripe(stripe);
        }
        if is_service_key(text) {
            return Self::ServiceKey;
        }
        if is_uuid(text) {
            return Self::ApiKey;
        }
        if is_regional_uuid(text) || is_long_base64(text) {
            return Self::OAuthOrDeveloperKey;
        }
        Self::Unknown
    }
}

/// A token that may be sent to HubSpot. Its text is a [`Secret`].
#[derive(Debug)]
pub struct HubSpotToken(Secret);

/// The text is not a token ClearSync can use. The text itself is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a HubSpot service key: {kind:?}")]
pub struct TokenRejected {
    /// What the text looks like.
    pub kind: TokenKind,
}

impl HubSpotToken {
    /// Takes a service key over.
    ///
    /// # Errors
    /// [`TokenRejected`] when the text is not of the form `pat-REGION-…`.
    pub fn new(text: &Secret) -> Result<Self, TokenRejected> {
        match TokenKind::of(text.expose()) {
            TokenKind::ServiceKey => Ok(Self(Secret::new(bare(text.expose()).to_owned()))),
            kind => Err(TokenRejected { kind }),
        }
    }

    /// The last four characters, which may be shown.
    #[must_use]
    pub fn last_four(&self) -> String {
        self.0.last_four()
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.0
    }
}

fn bare(text: &str) -> &str {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'');
    match text.split_once(char::is_whitespace) {
        Some((first, rest)) if first.eq_ignore_ascii_case("bearer") => rest.trim(),
        _ => text,
    }
}

fn stripe_text(text: &str) -> Option<StripeText> {
    const PREFIXES: [(&str, StripeText); 5] = [
        ("sk_", StripeText::SecretKey),
        ("rk_", StripeText::RestrictedKey),
        ("pk_", StripeText::PublishableKey),
        ("whsec_", StripeText::WebhookSecret),
        ("acct_", StripeText::AccountId),
    ];
    PREFIXES
        .iter()
        .find(|(prefix, _)| text.starts_with(prefix))
        .map(|(_, kind)| *kind)
}

fn is_service_key(text: &str) -> bool {
    let Some((region, body)) = text
        .strip_prefix("pat-")
        .and_then(|rest| rest.split_once('-'))
    else {
        return false;
    };
    is_region(region)
        && (20..=200).contains(&body.len())
        && body
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn is_region(text: &str) -> bool {
    let letters = text.bytes().take_while(u8::is_ascii_lowercase).count();
    let digits = &text[letters..];
    letters == 2 && matches!(digits.len(), 1..=2) && digits.bytes().all(|b| b.is_ascii_digit())
}

fn is_regional_uuid(text: &str) -> bool {
    text.split_once('-')
        .is_some_and(|(region, rest)| is_region(region) && is_uuid(rest))
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups
            .iter()
            .all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_long_base64(text: &str) -> bool {
    text.starts_with('C')
        && text.len() >= 60
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "0b5e8f6a-1c2d-4e3f-8a9b-aabbccddeeff";

    #[test]
    fn tells_texts_apart() {
        let long = format!("C{}", "OAuthToken0123-_".repeat(5));
        let cases = [
            (format!("pat-na1-{UUID}"), TokenKind::ServiceKey),
            (format!(" \"pat-eu1-{UUID}\"\n"), TokenKind::ServiceKey),
            (format!("Bearer pat-ap1-{UUID}"), TokenKind::ServiceKey),
            ("pat-na1-short".to_owned(), TokenKind::Unknown),
            ("pat-moon-".to_owned() + UUID, TokenKind::Unknown),
            (UUID.to_owned(), TokenKind::ApiKey),
            (format!("na1-{UUID}"), TokenKind::OAuthOrDeveloperKey),
            (long, TokenKind::OAuthOrDeveloperKey),
            (
                "sk_live_1".to_owned(),
                TokenKind::Stripe(StripeText::SecretKey),
            ),
            (
                "rk_test_1".to_owned(),
                TokenKind::Stripe(StripeText::RestrictedKey),
            ),
            (
                "pk_live_1".to_owned(),
                TokenKind::Stripe(StripeText::PublishableKey),
            ),
            (
                "whsec_1".to_owned(),
                TokenKind::Stripe(StripeText::WebhookSecret),
            ),
            (
                "acct_1".to_owned(),
                TokenKind::Stripe(StripeText::AccountId),
            ),
            ("  \n".to_owned(), TokenKind::Empty),
            ("hello".to_owned(), TokenKind::Unknown),
            (
                "pat-na1-ключ-0b5e8f6a-1c2d-4e3f".to_owned(),
                TokenKind::Unknown,
            ),
        ];
        for (text, kind) in cases {
            assert_eq!(TokenKind::of(&text), kind, "{text}");
        }
    }

    #[test]
    fn a_token_is_hidden() {
        let token = HubSpotToken::new(&Secret::new(format!("Bearer pat-na1-{UUID}"))).unwrap();
        assert_eq!(token.secret().expose(), format!("pat-na1-{UUID}"));
        assert_eq!(token.last_four(), "eeff");
        assert!(!format!("{token:?}").contains("0b5e"));
        let error = HubSpotToken::new(&Secret::new(UUID.to_owned())).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("0b5e"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_told_without_a_panic(text in "\\PC*") {
            let _ = TokenKind::of(&text);
        }
    }
}
