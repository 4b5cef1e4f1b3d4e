use serde::Deserialize;

use crate::{Client, HubSpotError, PortalId, client::Call, path::Api};

/// How ClearSync writes into an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// Own properties on contacts and companies. Works on every plan, and is part of the other modes.
    Summary,
    /// One deal per subscription beside the summary.
    Deals,
    /// Own object types for subscriptions and MRR movements beside the summary. Needs an Enterprise plan.
    CustomObjects,
}

/// A permission a token may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// Its name in HubSpot, as it is searched for when a service key is made.
    pub name: &'static str,
    /// The modes that need it by themselves. Those of the summary are needed always.
    pub mode: Mode,
    /// The key of the sentence that says why ClearSync needs it.
    pub why: &'static str,
    pub(crate) subject: Subject,
    pub(crate) access: Access,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    Contacts,
    Companies,
    Deals,
    Custom,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    ReadRecords,
    WriteRecords,
    ReadSchema,
    WriteSchema,
}

/// Every scope ClearSync may ask for, in the order a person grants them. Write scopes come with their read scope: HubSpot
/// refuses every read to a token that can only write.
pub const SCOPES: [Scope; 16] = {
    use Access::{ReadRecords, ReadSchema, WriteRecords, WriteSchema};
    use Subject::{Companies, Contacts, Custom, Deals};
    [
        scope(
            "crm.objects.contacts.read",
            "contacts_read",
            Contacts,
            ReadRecords,
        ),
        scope(
            "crm.objects.contacts.write",
            "contacts_write",
            Contacts,
            WriteRecords,
        ),
        scope(
            "crm.schemas.contacts.read",
            "contact_properties_read",
            Contacts,
            ReadSchema,
        ),
        scope(
            "crm.schemas.contacts.write",
            "contact_properties_write",
            Contacts,
            WriteSchema,
        ),
        scope(
            "crm.objects.companies.read",
            "companies_read",
            Companies,
            ReadRecords,
        ),
        scope(
            "crm.objects.companies.write",
            "companies_write",
            Companies,
            WriteRecords,
        ),
        scope(
            "crm.schemas.companies.read",
            "company_properties_read",
            Companies,
            ReadSchema,
        ),
        scope(
            "crm.schemas.companies.write",
            "company_properties_write",
            Companies,
            WriteSchema,
        ),
        scope("crm.objects.deals.read", "deals_read", Deals, ReadRecords),
        scope(
            "crm.objects.deals.write",
            "deals_write",
            Deals,
            WriteRecords,
        ),
        scope(
            "crm.schemas.deals.read",
            "deal_properties_read",
            Deals,
            ReadSchema,
        ),
        scope(
            "crm.schemas.deals.write",
            "deal_properties_write",
            Deals,
            WriteSchema,
        ),
        scope(
            "crm.objects.custom.read",
            "custom_read",
            Custom,
            ReadRecords,
        ),
        scope(
            "crm.objects.custom.write",
            "custom_write",
            Custom,
            WriteRecords,
        ),
        scope(
            "crm.schemas.custom.read",
            "custom_schemas_read",
            Custom,
            ReadSchema,
        ),
        scope(
            "crm.schemas.custom.write",
            "custom_schemas_write",
            Custom,
            WriteSchema,
        ),
    ]
};

const fn scope(name: &'static str, why: &'static str, subject: Subject, access: Access) -> Scope {
    Scope {
        name,
        mode: match subject {
            Subject::Contacts | Subject::Companies => Mode::Summary,
            Subject::Deals => Mode::Deals,
            Subject::Custom => Mode::CustomObjects,
        },
        why,
        subject,
        access,
    }
}

/// The scopes `mode` needs.
pub fn scopes_for(mode: Mode) -> impl Iterator<Item = &'static Scope> {
    SCOPES
        .iter()
        .filter(move |scope| scope.mode == Mode::Summary || scope.mode == mode)
}

/// What HubSpot says about the token itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introspection {
    /// The account the token belongs to.
    pub portal_id: PortalId,
    /// The scopes it holds.
    pub scopes: Vec<String>,
}

impl Client {
    /// Asks HubSpot which scopes the token holds. It is the one request whose body carries the token.
    ///
    /// # Errors
    /// Any [`HubSpotError`]; HubSpot may refuse the question for tokens that work otherwise.
    pub async fn introspect(&self) -> Result<Introspection, HubSpotError> {
        #[derive(Deserialize)]
        struct Wire {
            #[serde(rename = "hubId")]
            hub_id: PortalId,
            #[serde(default)]
            scopes: Vec<String>,
        }
        let body = serde_json::json!({ "tokenKey": self.token().secret().expose() });
        let wire: Wire = self.call(Call::ask(Api::TokenInfo, [], &body)).await?;
        let scopes: Vec<String> = wire.scopes.iter().map(|name| plain(name)).collect();
        self.learn_scopes(scopes.iter().cloned());
        Ok(Introspection {
            portal_id: wire.hub_id,
            scopes,
        })
    }
}

/// Sensitive scopes end in `.v2` in the answer, though not in the names people see.
fn plain(name: &str) -> String {
    name.strip_suffix(".v2").unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mode_reads_and_writes_what_it_needs() {
        let names = |mode| scopes_for(mode).map(|scope| scope.name).collect::<Vec<_>>();
        assert_eq!(names(Mode::Summary).len(), 8);
        assert_eq!(names(Mode::Deals).len(), 12);
        assert_eq!(names(Mode::CustomObjects).len(), 12);
        for mode in [Mode::Summary, Mode::Deals, Mode::CustomObjects] {
            let names = names(mode);
            for object in names.iter().filter_map(|name| name.strip_suffix(".write")) {
                let read = format!("{object}.read");
                assert!(names.contains(&read.as_str()), "{read} is missing");
            }
        }
    }
}
