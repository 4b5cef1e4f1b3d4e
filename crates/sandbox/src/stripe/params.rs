use std::collections::BTreeSet;

use super::refusal::Refusal;

/// The parameters of a request in Stripe's bracket style: `limit=3`, `created[gte]=1`, `expand[]=data.customer`.
#[derive(Debug, Clone, Default)]
pub(super) struct Params(Vec<Param>);

#[derive(Debug, Clone)]
struct Param {
    name: String,
    /// What stands in the first brackets, such as `gte`; empty for `name[]`.
    key: Option<String>,
    value: String,
}

impl Params {
    /// Reads the query of a GET or DELETE, and the query and the form of a POST.
    pub(super) fn parse(query: &str, form: &[u8]) -> Self {
        let query = url::form_urlencoded::parse(query.as_bytes());
        let form = url::form_urlencoded::parse(form);
        Self(
            query
                .chain(form)
                .map(|(name, value)| Param::parse(&name, value.into_owned()))
                .collect(),
        )
    }

    /// The value of a plain parameter; the last one counts.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .rev()
            .find(|param| param.name == name && param.key.is_none())
            .map(|param| param.value.as_str())
    }

    /// The values of a list parameter, written `name[]=` or `name[0]=`.
    pub(super) fn texts(&self, name: &str) -> Vec<&str> {
        self.0
            .iter()
            .filter(|param| param.name == name && param.key.is_some())
            .map(|param| param.value.as_str())
            .collect()
    }

    /// The keys and values of a hash parameter, written `name[key]=`.
    pub(super) fn keyed<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0
            .iter()
            .filter(move |param| param.name == name)
            .filter_map(|param| Some((param.key.as_deref()?, param.value.as_str())))
    }

    /// Whether the parameter was sent in any form.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|param| param.name == name)
    }

    /// Stripe refuses what it does not know, naming it.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), Refusal> {
        let unknown: BTreeSet<&str> = self
            .0
            .iter()
            .map(|param| param.name.as_str())
            .filter(|name| !known.contains(name))
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        Err(Refusal::parameter_unknown(&Vec::from_iter(unknown)))
    }
}

impl Param {
    fn parse(name: &str, value: String) -> Self {
        let (name, key) = match name.split_once('[') {
            Some((name, rest)) => {
                let key = rest.split(']').next().unwrap_or_default();
                (name, Some(key.to_owned()))
            }
            None => (name, None),
        };
        Self {
            name: name.to_owned(),
            key,
            value,
        }
    }
}
