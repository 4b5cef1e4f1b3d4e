//! HubSpot's own making of companies from the e-mail domains of contacts, and of links to them.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{
    portal::Portal,
    record::{Source, Values},
    write::{HeldAddress, Writer},
};

/// Domains HubSpot makes no company of.
const FREE_MAIL: [&str; 12] = [
    "aol.com",
    "gmail.com",
    "gmx.de",
    "googlemail.com",
    "hotmail.com",
    "icloud.com",
    "live.com",
    "mail.com",
    "outlook.com",
    "proton.me",
    "web.de",
    "yahoo.com",
];

/// Repeats a contact's primary company. People and programs may write it too.
const PRIMARY: &str = "associatedcompanyid";

/// What a portal made by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnWork {
    /// Ids of companies.
    pub companies: BTreeSet<String>,
    /// Ids of a contact and of the company it was linked to.
    pub links: BTreeSet<(String, String)>,
}

/// A contact whose company HubSpot will look for.
#[derive(Debug, Clone)]
pub(super) struct PendingCompany {
    due_at: Timestamp,
    contact_id: u64,
    domain: String,
}

impl Portal {
    /// Remembers to look for the company of a contact whose address was written.
    pub(super) fn expect_company(&mut self, type_id: &str, contact_id: u64, written: &Values) {
        let is_contact = self
            .object_type(type_id)
            .is_ok_and(super::object_type::ObjectType::is_contacts);
        let domain = written
            .get("email")
            .and_then(|email| email.split_once('@'))
            .map(|(_, domain)| domain.to_owned());
        let Some(domain) = domain.filter(|domain| !FREE_MAIL.contains(&domain.as_str())) else {
            return;
        };
        if !is_contact || !self.shape.auto_create_companies {
            return;
        }
        let now = self.now();
        self.pending_companies.push(PendingCompany {
            due_at: now.saturating_add(self.shape.lags.company).unwrap_or(now),
            contact_id,
            domain,
        });
    }

    /// Does what HubSpot does by itself and is due.
    pub(super) fn catch_up(&mut self) {
        let now = self.now();
        let (due, later) = std::mem::take(&mut self.pending_companies)
            .into_iter()
            .partition(|pending| pending.due_at <= now);
        self.pending_companies = later;
        for pending in due {
            self.attach_company(&pending);
        }
        self.show_primary_companies();
    }

    fn show_primary_companies(&mut self) {
        let (now, lag) = (self.now(), self.shape.lags.search);
        for id in self.associations.take_primary_changed() {
            let primary = self.primary_company(&("0-1".to_owned(), id));
            let shown = primary.map_or_else(String::new, |(_, company)| company.to_string());
            let Ok(contacts) = self.object_type_mut("0-1") else {
                continue;
            };
            let Some(mut contact) = contacts.record(id).cloned() else {
                continue;
            };
            if contact.get(PRIMARY).unwrap_or_default() != shown {
                let values = Values::from([(PRIMARY.to_owned(), shown)]);
                contact.write(&values, Source::Association, now, lag);
                contacts.put(id, Some(contact));
            }
        }
    }

    fn attach_company(&mut self, pending: &PendingCompany) {
        let exists = self
            .object_type("0-1")
            .is_ok_and(|contacts| contacts.record(pending.contact_id).is_some());
        if !exists {
            return;
        }
        let known = self.object_type("0-2").ok().and_then(|companies| {
            companies
                .records()
                .find(|company| company.get("domain") == Some(&pending.domain))
                .map(|company| company.id)
        });
        let company_id = match known {
            Some(id) => id,
            None => match self.make_company(&pending.domain) {
                Some(id) => id,
                None => return,
            },
        };
        let contact = ("0-1".to_owned(), pending.contact_id);
        if self
            .associations
            .are_linked(&contact, &("0-2".to_owned(), company_id))
        {
            return;
        }
        self.associate_default("0-1", pending.contact_id, "0-2", company_id);
        let link = (pending.contact_id.to_string(), company_id.to_string());
        self.own_work.links.insert(link);
    }

    /// HubSpot fills in what it knows of the domain; here that is a name.
    fn make_company(&mut self, domain: &str) -> Option<u64> {
        let name = domain.split('.').next().unwrap_or_default();
        let values = Values::from([
            ("domain".to_owned(), domain.to_owned()),
            ("name".to_owned(), name.to_owned()),
        ]);
        let writer = Writer {
            source: Source::HubSpot,
            keeps_rules: false,
            held_address: HeldAddress::Conflict,
        };
        let id = self.create_record("0-2", &values, writer).ok()?;
        self.own_work.companies.insert(id.to_string());
        Some(id)
    }
}
