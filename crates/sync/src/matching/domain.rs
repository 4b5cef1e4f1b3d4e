use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use clearsync_store::{AccountId, Reader, Scope, StoreError, Writer};
use serde::{Deserialize, Serialize};

/// The mail domains anyone can have an address at, as they come with ClearSync. A list to edit.
static BUILT_IN: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    include_str!("shared_domains.txt")
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
});

const SETTING: &str = "shared_domains";

/// The mail domains that are nobody's company: free and disposable mail as it comes with ClearSync, and what the user changed
/// about that.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedDomains {
    added: BTreeSet<String>,
    removed: BTreeSet<String>,
}

impl SharedDomains {
    /// The list as the user keeps it for an account.
    pub(crate) fn read(reader: &Reader, account: AccountId) -> Result<Self, StoreError> {
        let kept = reader.setting(Scope::Account(account), SETTING)?;
        Ok(kept.unwrap_or_default())
    }

    pub(crate) fn write(&self, writer: &Writer, account: AccountId) -> Result<(), StoreError> {
        writer.set_setting(Scope::Account(account), SETTING, self)
    }

    /// The list that comes with ClearSync, without `removed` and with `added`. Each is written as it stands after the `@` of an
    /// address.
    ///
    /// # Errors
    /// The first text that is no domain.
    pub fn new(added: &[String], removed: &[String]) -> Result<Self, String> {
        let (mut added, mut removed) = (domains_of(added)?, domains_of(removed)?);
        added.retain(|domain| !BUILT_IN.contains(domain.as_str()));
        removed.retain(|domain| BUILT_IN.contains(domain.as_str()));
        Ok(Self { added, removed })
    }

    /// The domains that come with ClearSync, in order.
    pub fn built_in() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().copied()
    }

    /// What the user added, in order.
    pub fn added(&self) -> impl Iterator<Item = &str> {
        self.added.iter().map(String::as_str)
    }

    /// What the user took away, in order.
    pub fn removed(&self) -> impl Iterator<Item = &str> {
        self.removed.iter().map(String::as_str)
    }

    /// The domain of the company behind an e-mail address: the part of its host that is registered under a public suffix
    /// (<https://publicsuffix.org>), in lower case and Punycode. `None` for shared domains and what is no address.
    #[must_use]
    pub fn company_of(&self, email: &str) -> Option<String> {
        let host = host_of(email)?;
        if self.shared(&host).is_some() {
            return None;
        }
        registered(&host).map(str::to_owned)
    }

    /// The shared domain an address is at, which is nobody's company.
    #[must_use]
    pub fn shared_domain_of(&self, email: &str) -> Option<String> {
        self.shared(&host_of(email)?).map(str::to_owned)
    }

    /// The shared domain `host` is, or lies under.
    fn shared<'host>(&self, host: &'host str) -> Option<&'host str> {
        let parents = std::iter::successors(Some(host), |host| Some(host.split_once('.')?.1));
        parents.into_iter().find(|parent| {
            self.added.contains(*parent)
                || BUILT_IN.contains(parent) && !self.removed.contains(*parent)
        })
    }
}

fn domains_of(texts: &[String]) -> Result<BTreeSet<String>, String> {
    let domain = |text: &String| {
        let name = text.trim();
        let name = name.strip_prefix('@').unwrap_or(name);
        let plain = !name.contains(['@', '/', ':']);
        let host = plain.then(|| host_of(&format!("x@{name}"))).flatten();
        host.ok_or_else(|| text.clone())
    };
    texts.iter().map(domain).collect()
}

/// Whether a mail server could exist for the address. HubSpot refuses what fails this, and more.
#[must_use]
pub fn could_be_address(email: &str) -> bool {
    let local = email.rsplit_once('@').map_or("", |(local, _)| local);
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '@' | ',' | ';');
    !local.is_empty() && local.chars().all(plain) && host_of(email).is_some()
}

/// The host of an address in lower case and Punycode, when it has a dot and is no number.
pub(crate) fn host_of(email: &str) -> Option<String> {
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

/// Whether HubSpot's `held` is the domain, in Punycode or as people write it.
pub(super) fn is_spelling_of(held: &str, domain: &str) -> bool {
    spellings(domain).contains(&held.to_lowercase())
}

/// How HubSpot may hold a domain: in Punycode, and as people write it.
fn spellings(domain: &str) -> [String; 2] {
    let (written, _) = idna::domain_to_unicode(domain);
    [domain.to_owned(), written]
}

/// Domains to look for, in each of their spellings.
pub(crate) struct Spelled(BTreeMap<String, String>);

impl Spelled {
    /// `domains` are in Punycode.
    pub(crate) fn of(domains: &BTreeSet<String>) -> Self {
        let each = |domain: &String| spellings(domain).map(|one| (one, domain.clone()));
        Self(domains.iter().flat_map(each).collect())
    }

    /// What to look for.
    pub(crate) fn all(&self) -> BTreeSet<String> {
        self.0.keys().cloned().collect()
    }

    /// What was found under each spelling, under the domain itself.
    pub(crate) fn united<T>(&self, found: BTreeMap<String, Vec<T>>) -> BTreeMap<String, Vec<T>> {
        let mut united: BTreeMap<String, Vec<T>> = BTreeMap::new();
        for (spelling, things) in found {
            if let Some(domain) = self.0.get(&spelling) {
                united.entry(domain.clone()).or_default().extend(things);
            }
        }
        united
    }
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
            assert_eq!(
                SharedDomains::default().company_of(email).as_deref(),
                company,
                "{email}"
            );
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
    fn every_line_of_the_list_is_a_domain() {
        assert!(SharedDomains::built_in().count() > 200);
        for domain in SharedDomains::built_in() {
            assert_eq!(host_of(&format!("x@{domain}")).as_deref(), Some(domain));
        }
    }

    #[test]
    fn the_user_adds_to_the_list_and_takes_from_it() {
        let texts = |texts: &[&str]| {
            texts
                .iter()
                .map(|&text| text.to_owned())
                .collect::<Vec<_>>()
        };
        let list = SharedDomains::new(
            &texts(&[" @Coworking.example ", "gmail.com"]),
            &texts(&["yopmail.com"]),
        );
        let list = list.unwrap();
        assert_eq!(list.added().collect::<Vec<_>>(), ["coworking.example"]);
        for (email, shared, company) in [
            ("x@coworking.example", Some("coworking.example"), None),
            ("x@desk.coworking.example", Some("coworking.example"), None),
            ("x@yopmail.com", None, Some("yopmail.com")),
            ("x@gmail.com", Some("gmail.com"), None),
            ("x@acme.com", None, Some("acme.com")),
        ] {
            assert_eq!(list.shared_domain_of(email).as_deref(), shared, "{email}");
            assert_eq!(list.company_of(email).as_deref(), company, "{email}");
        }
        for wrong in [
            "",
            "localhost",
            "a b.com",
            "a@b.com",
            "https://acme.com",
            "acme.com/x",
            "127.0.0.1",
        ] {
            assert_eq!(
                SharedDomains::new(&texts(&[wrong]), &[]),
                Err(wrong.to_owned())
            );
        }
    }
}
