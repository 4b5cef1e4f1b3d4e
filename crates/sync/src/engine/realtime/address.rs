use url::{Host, Url};

use crate::view::{Problem, ProblemCode};

/// An address that Stripe can reach: https, with a public host.
pub(super) fn public(text: &str) -> Result<Url, Problem> {
    let refused = || Problem::new(ProblemCode::RealtimeAddressNotPublic);
    let url = Url::parse(text.trim()).map_err(|_| refused())?;
    let local = match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost"
                || name
                    .rsplit_once('.')
                    .is_none_or(|(_, last)| last == "local")
        }
        Some(Host::Ipv4(address)) => {
            address.is_loopback()
                || address.is_private()
                || address.is_link_local()
                || address.is_unspecified()
        }
        Some(Host::Ipv6(address)) => {
            address.is_loopback() || address.is_unspecified() || address.is_unique_local()
        }
        None => true,
    };
    let named = !url.username().is_empty() || url.password().is_some();
    if url.scheme() != "https" || local || named {
        return Err(refused());
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_https_addresses_are_taken() {
        for good in [
            "https://hooks.acme.com/stripe",
            "https://acme.com:8443",
            " https://8.8.8.8/x ",
        ] {
            assert!(public(good).is_ok(), "{good}");
        }
        for refused in [
            "http://hooks.acme.com",
            "https://localhost/x",
            "https://127.0.0.1",
            "https://192.168.0.4",
            "https://[::1]/",
            "https://printer",
            "https://mac.local",
            "https://me:secret@acme.com",
            "acme.com",
            "",
        ] {
            assert!(public(refused).is_err(), "{refused}");
        }
    }
}
