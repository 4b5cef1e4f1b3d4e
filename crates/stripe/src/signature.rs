//! Whether a webhook delivery comes from Stripe, by its `Stripe-Signature` header.

use clearsync_transport::Secret;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

/// How old a delivery may be. Stripe's own libraries use the same.
pub const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// Checks `header` against the body as it arrived, byte by byte.
///
/// Stripe documents the scheme: HMAC-SHA256 of `t.body` under the endpoint's secret, in hex, as `v1`. While a secret is
/// being rolled there are two; one match is enough. A time in the future is accepted, as Stripe's libraries do.
///
/// # Errors
/// [`SignatureRefused`] says why the delivery is not to be believed.
pub fn verify(
    header: &str,
    body: &[u8],
    secret: &Secret,
    now: Timestamp,
) -> Result<(), SignatureRefused> {
    let (signed_at_s, signatures) = parts_of(header)?;
    if signatures.is_empty() {
        return Err(SignatureRefused::NoSignature);
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes())
        .map_err(|_| SignatureRefused::NoMatch)?;
    mac.update(signed_at_s.as_bytes());
    mac.update(b".");
    mac.update(body);
    // Compares in constant time.
    let matches = signatures
        .iter()
        .any(|signature| mac.clone().verify_slice(signature).is_ok());
    if !matches {
        return Err(SignatureRefused::NoMatch);
    }
    let signed_at = signed_at_s
        .parse()
        .ok()
        .and_then(|second| Timestamp::from_second(second).ok())
        .ok_or(SignatureRefused::Malformed)?;
    if now.duration_since(signed_at) > TOLERANCE {
        return Err(SignatureRefused::TooOld);
    }
    Ok(())
}

/// Why a delivery is not to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureRefused {
    /// The header has no time, or one that is none.
    #[error("the signature header cannot be read")]
    Malformed,
    /// The header has no signature of the scheme `v1`.
    #[error("the signature header has no v1 signature")]
    NoSignature,
    /// No signature belongs to this body and secret.
    #[error("no signature matches the body")]
    NoMatch,
    /// The delivery is older than [`TOLERANCE`].
    #[error("the delivery is too old")]
    TooOld,
}

/// The time as it stands in the header, the last one if there are several, and every `v1` that is lower-case hex.
fn parts_of(header: &str) -> Result<(&str, Vec<Vec<u8>>), SignatureRefused> {
    let mut signed_at_s = None;
    let mut signatures = Vec::new();
    for part in header.split(',') {
        match part.trim().split_once('=') {
            Some(("t", value)) => signed_at_s = Some(value),
            Some(("v1", value)) => {
                let lower = !value.bytes().any(|b| b.is_ascii_uppercase());
                // A signature that is no hex counts as one that does not match.
                signatures.push(
                    hex::decode(value)
                        .ok()
                        .filter(|_| lower)
                        .unwrap_or_default(),
                );
            }
            _ => {}
        }
    }
    signed_at_s
        .filter(|text| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()))
        .map(|text| (text, signatures))
        .ok_or(SignatureRefused::Malformed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // Made with Stripe's own Node library, version 23.1.0.
    const BODY: &[u8] = br#"{"id":"evt_test_webhook","object":"event"}"#;
    const SECRET: &str = "whsec_test_secret";
    const SIGNED_AT_S: i64 = 1_700_000_000;
    const V1: &str = "d95c6b7477fbd7e9f90b1b0ef5f9c7ac25abca5382460e0d988c2b2a5b71b990";

    fn check(header: &str, age_s: i64) -> Result<(), SignatureRefused> {
        verify(
            header,
            BODY,
            &Secret::new(SECRET.to_owned()),
            Timestamp::from_second(SIGNED_AT_S + age_s).unwrap(),
        )
    }

    #[test]
    fn accepts_what_stripe_signs() {
        let good = format!("t={SIGNED_AT_S},v1={V1}");
        assert_eq!(check(&good, 0), Ok(()));
        assert_eq!(check(&good, 300), Ok(()));
        assert_eq!(check(&good, -100_000), Ok(()), "the future is accepted");
        let zeros = "0".repeat(64);
        for header in [
            format!("v1={V1},t={SIGNED_AT_S}"),
            format!("t={SIGNED_AT_S}, v1={V1}"),
            format!("t={SIGNED_AT_S},v1={zeros},v1={V1},v0=abc"),
            format!("t=1,t={SIGNED_AT_S},v1={V1}"),
        ] {
            assert_eq!(check(&header, 0), Ok(()), "{header}");
        }
    }

    #[test]
    fn refuses_everything_else() {
        use SignatureRefused::{Malformed, NoMatch, NoSignature, TooOld};
        let upper = V1.to_uppercase();
        for (header, age_s, refused) in [
            (format!("t={SIGNED_AT_S},v1={V1}"), 301, TooOld),
            (format!("t={SIGNED_AT_S},v1={upper}"), 0, NoMatch),
            (format!("t={SIGNED_AT_S},v0={V1}"), 0, NoSignature),
            (format!("t={SIGNED_AT_S},v1="), 0, NoMatch),
            (format!("t={SIGNED_AT_S},v1={}", &V1[..62]), 0, NoMatch),
            (format!("t={},v1={V1}", SIGNED_AT_S + 1), 0, NoMatch),
            (format!("t={SIGNED_AT_S},t=1,v1={V1}"), 0, NoMatch),
            (format!("v1={V1}"), 0, Malformed),
            (format!("t=,v1={V1}"), 0, Malformed),
            (format!("t=-1,v1={V1}"), 0, Malformed),
            (String::new(), 0, Malformed),
        ] {
            assert_eq!(check(&header, age_s), Err(refused), "{header}");
        }
    }

    proptest! {
        #[test]
        fn one_changed_byte_is_noticed(index in 0..BODY.len(), flip in 1_u8..) {
            let mut body = BODY.to_vec();
            body[index] ^= flip;
            let verdict = verify(
                &format!("t={SIGNED_AT_S},v1={V1}"),
                &body,
                &Secret::new(SECRET.to_owned()),
                Timestamp::from_second(SIGNED_AT_S).unwrap(),
            );
            prop_assert_eq!(verdict, Err(SignatureRefused::NoMatch));
        }

        #[test]
        fn no_header_makes_it_fall_over(header in "\\PC{0,200}") {
            prop_assert!(check(&header, 0).is_err());
        }
    }
}
