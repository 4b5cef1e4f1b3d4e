use std::{collections::BTreeSet, sync::LazyLock};

/// The mail domains anyone can have an address at. A list to edit.
static SHARED: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    include_str!("shared_domains.txt")
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
});

/// The domain of the company behind an e-mail address: the part of its host that is registered under a public suffix
/// (<https://publicsuffix.org>), in lower case and Punycode. `None` for free mail, disposable mail and what is no address.
#[must_use]
pub fn company_of(email: &str) -> Option<String> {
    let host = host_of(email)?;
    if shared(&host).is_some() {
        return None;
    }
    registered(&host).map(str::to_owned)
}

/// The free or disposable mail domain an address is at, which is nobody's company.
#[must_use]
pub fn shared_domain_of(email: &str) -> Option<String> {
    shared(&host_of(email)?).map(str::to_owned)
}

/// Whether a mail server could exist for the address. HubSpot refuses what fails this, and more.
#[must_use]
pub fn could_be_address(email: &str) -> bool {
    let local = email.rsplit_once('@').map_or("", |(local, _)| local);
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '@' | ',' | ';');
    !local.is_empty() && local.chars().all(plain) && host_of(email).is_some()
}

/// The host of an address in lower case and Punycode, when it has a dot and is no number.
fn host_of(email: &str) -> Option<String> {
    let (_, host) = email.trim().rsplit_once('@')?;
    match url::Host::parse(host).ok()? {
        url::Host::Domain(host) => {
            let dotted =
                host.split('.').count() > 1 && host.split('.').all(|part| !part.is_empty());
            dotted.then_some(host)
        }
        url::Host::Ipv4(_) | url::Host::Ipv6(_) => None,
    }
}

/// The shared domain `host` is, or lies under.
fn shared(host: &str) -> Option<&str> {
    let parents = std::iter::successors(Some(host), |host| Some(host.split_once('.')?.1));
    parents.into_iter().find(|parent| SHARED.contains(parent))
}

fn registered(host: &str) -> Option<&str> {
    let domain = psl::domain(host.as_bytes())?;
    let known = domain.suffix().is_known();
    str::from_utf8(domain.as_bytes()).ok().filter(|_| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_company_is_what_is_registered_under_a_public_suffix() {
        for (email, company) in [
            ("jenny@acme.com", Some("acme.com")),
            ("Jenny.Rosen@Mail.ACME.co.uk", Some("acme.co.uk")),
            ("a@eu.billing.acme.com.au", Some("acme.com.au")),
            ("shop@someone.github.io", Some("someone.github.io")),
            ("kasse@bücher.de", Some("xn--bcher-kva.de")),
            ("\"odd@local\"@acme.com", Some("acme.com")),
            ("jenny@gmail.com", None),
            ("jenny@GMAIL.com", None),
            ("x@team.mailinator.com", None),
            ("x@co.uk", None),
            ("x@localhost", None),
            ("x@server.internal", None),
            ("x@127.0.0.1", None),
            ("x@acme..com", None),
            ("no address", None),
            ("", None),
        ] {
            assert_eq!(company_of(email).as_deref(), company, "{email}");
        }
    }

    #[test]
    fn addresses_no_server_would_take_are_told() {
        for email in [
            "jenny@acme.com",
            "a+b@x.co",
            "ö@acme.com",
            " jenny@acme.com",
        ] {
            assert!(could_be_address(email.trim()), "{email}");
        }
        for email in [
            "",
            "@acme.com",
            "bob@ggmail",
            "two words@acme.com",
            "a@b@c",
            "a@acme.",
            "a;b@acme.com",
        ] {
            assert!(!could_be_address(email), "{email}");
        }
    }

    #[test]
    fn the_list_is_in_order_and_every_line_is_a_domain() {
        assert!(SHARED.len() > 200);
        for domain in SHARED.iter() {
            assert_eq!(host_of(&format!("x@{domain}")).as_deref(), Some(*domain));
        }
        assert_eq!(
            shared_domain_of("x@yopmail.com").as_deref(),
            Some("yopmail.com")
        );
        assert_eq!(shared_domain_of("x@acme.com"), None);
    }
}
