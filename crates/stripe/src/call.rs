//! What can be said to Stripe, and nothing else.

use http::Method;
use url::Url;

use crate::{catalog::Probe, limits::Endpoint};

/// Everything that the client can ask of Stripe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Call {
    /// A GET.
    Get {
        /// The path, with `{id}` where `id` goes.
        template: &'static str,
        /// The id, where the path has a place for one.
        id: Option<String>,
        /// The query, before encoding.
        query: Vec<(&'static str, String)>,
    },
    /// One of the catalogue's permission checks.
    Probe(Probe),
    /// Makes a webhook endpoint.
    CreateWebhookEndpoint {
        /// The form, encoded.
        form: String,
        /// Lets Stripe see a repetition as one.
        idempotency_key: String,
    },
    /// Deletes a webhook endpoint.
    DeleteWebhookEndpoint {
        /// Its id (`we_…`).
        id: String,
    },
}

impl Call {
    pub(crate) fn method_and_form(&self) -> (Method, String) {
        match self {
            Self::Get { .. } | Self::Probe(Probe::Get { .. }) => (Method::GET, String::new()),
            Self::Probe(Probe::PostToNoObject { .. }) => (Method::POST, String::new()),
            Self::CreateWebhookEndpoint { form, .. } => (Method::POST, form.clone()),
            Self::DeleteWebhookEndpoint { .. } => (Method::DELETE, String::new()),
        }
    }

    pub(crate) fn endpoint(&self) -> Endpoint {
        let (template, expands) = match self {
            Self::Get {
                template, query, ..
            } => (*template, query.iter().any(|(name, _)| *name == EXPAND)),
            Self::Probe(Probe::Get { path, .. }) => (*path, false),
            Self::Probe(Probe::PostToNoObject { collection, .. }) => (*collection, false),
            Self::CreateWebhookEndpoint { .. } => (WEBHOOK_ENDPOINTS, false),
            Self::DeleteWebhookEndpoint { .. } => (WEBHOOK_ENDPOINT, false),
        };
        Endpoint { template, expands }
    }

    /// The address under `base`; `None` when an id cannot be part of a path.
    pub(crate) fn url(&self, base: &Url) -> Option<Url> {
        match self {
            Self::Get {
                template,
                id,
                query,
            } => {
                let mut url = under(base, template, id.as_deref())?;
                if !query.is_empty() {
                    url.query_pairs_mut().extend_pairs(query);
                }
                Some(url)
            }
            Self::Probe(probe) => {
                let mut url = under(base, &probe.path(), None)?;
                if let Probe::Get { query, .. } = probe
                    && !query.is_empty()
                {
                    url.query_pairs_mut().extend_pairs(*query);
                }
                Some(url)
            }
            Self::CreateWebhookEndpoint { .. } => under(base, WEBHOOK_ENDPOINTS, None),
            Self::DeleteWebhookEndpoint { id } => under(base, WEBHOOK_ENDPOINT, Some(id)),
        }
    }
}

pub(crate) const EXPAND: &str = "expand[]";
const WEBHOOK_ENDPOINTS: &str = "/v1/webhook_endpoints";
const WEBHOOK_ENDPOINT: &str = "/v1/webhook_endpoints/{id}";

fn under(base: &Url, template: &str, id: Option<&str>) -> Option<Url> {
    let mut url = base.clone();
    {
        let mut path = url.path_segments_mut().ok()?;
        path.pop_if_empty();
        for segment in template.split('/').filter(|segment| !segment.is_empty()) {
            if segment == "{id}" {
                // URLs resolve `.` and `..` away, which would turn one object into its whole list.
                path.push(id.filter(|id| !matches!(*id, "" | "." | ".."))?);
            } else {
                path.push(segment);
            }
        }
    }
    Some(url)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{catalog::ROWS, client::STRIPE_URL};

    fn base() -> Url {
        Url::parse(STRIPE_URL).unwrap()
    }

    #[test]
    fn writes_nothing_but_its_own_webhook_endpoint() {
        let created = Call::CreateWebhookEndpoint {
            form: String::new(),
            idempotency_key: "1".to_owned(),
        };
        assert_eq!(
            created.url(&base()).unwrap().path(),
            "/v1/webhook_endpoints"
        );
        for row in ROWS {
            for probe in [row.read, row.write].into_iter().flatten() {
                let call = Call::Probe(probe);
                let (method, form) = call.method_and_form();
                assert!(form.is_empty());
                let path = call.url(&base()).unwrap().path().to_owned();
                assert!(
                    method == Method::GET || path.ends_with("ClearSyncPermissionCheck"),
                    "{path}"
                );
            }
        }
    }

    #[test]
    fn keeps_the_path_of_the_base() {
        let base = Url::parse("http://127.0.0.1:1/stripe/").unwrap();
        let call = Call::Probe(ROWS[0].read.unwrap());
        assert_eq!(
            call.url(&base).unwrap().as_str(),
            "http://127.0.0.1:1/stripe/v1/charges?limit=1"
        );
    }

    proptest! {
        #[test]
        fn an_id_stays_one_segment(id in "\\PC{1,40}") {
            let call = Call::Get { template: "/v1/coupons/{id}", id: Some(id.clone()), query: vec![] };
            if let Some(url) = call.url(&base()) {
                let segments: Vec<_> = url.path_segments().unwrap().collect();
                prop_assert_eq!(segments.len(), 3);
                prop_assert!(url.query().is_none() && url.fragment().is_none());
                prop_assert_eq!(url.host_str(), Some("api.stripe.com"));
            } else {
                prop_assert!(id == "." || id == "..");
            }
        }

        #[test]
        fn a_query_arrives_as_it_was_meant(value in "\\PC{0,40}") {
            let query = vec![("created[gte]", value.clone()), (EXPAND, "data.tiers".to_owned())];
            let call = Call::Get { template: "/v1/prices", id: None, query };
            let url = call.url(&base()).unwrap();
            let pairs: Vec<_> = url.query_pairs().into_owned().collect();
            prop_assert_eq!(pairs, vec![
                ("created[gte]".to_owned(), value),
                ("expand[]".to_owned(), "data.tiers".to_owned()),
            ]);
        }
    }
}
