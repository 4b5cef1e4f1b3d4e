use url::Url;

const HOSTS: [&str; 4] = [
    "dashboard.stripe.com",
    "app.hubspot.com",
    "app-eu1.hubspot.com",
    "www.clearsync.ai",
];

/// A page that may be opened in the browser: https, on one of the known hosts, without a user name or a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link(Url);

/// The address is not one of those that may be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the address is not one ClearSync opens")]
pub(crate) struct LinkNotAllowed;

impl Link {
    pub(crate) fn parse(text: &str) -> Result<Self, LinkNotAllowed> {
        let url = Url::parse(text).map_err(|_| LinkNotAllowed)?;
        let known = url.scheme() == "https"
            && url.host_str().is_some_and(|host| HOSTS.contains(&host))
            && url.username().is_empty()
            && url.password().is_none()
            && url.port().is_none();
        if known {
            Ok(Self(url))
        } else {
            Err(LinkNotAllowed)
        }
    }

    /// Opens the page in the user's browser.
    pub(crate) fn open(&self) -> std::io::Result<()> {
        open::that_detached(self.0.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_https_hosts_are_opened() {
        assert!(Link::parse("https://dashboard.stripe.com/apikeys/create?name=ClearSync").is_ok());
        assert!(Link::parse("https://app.hubspot.com/contacts/1/record/0-1/2").is_ok());
        for other in [
            "http://dashboard.stripe.com/",
            "https://dashboard.stripe.com.evil.example/",
            "https://evil.example/?https://dashboard.stripe.com",
            "https://user@dashboard.stripe.com/",
            "https://dashboard.stripe.com:8443/",
            "https://stripe.com/",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "dashboard.stripe.com",
            "",
        ] {
            assert_eq!(Link::parse(other), Err(LinkNotAllowed), "{other}");
        }
    }
}
