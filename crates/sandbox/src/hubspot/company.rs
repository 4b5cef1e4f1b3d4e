//! HubSpot's own making of companies from the e-mail domains of contacts.

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
        self.associate_default("0-1", pending.contact_id, "0-2", company_id);
    }

    fn make_company(&mut self, domain: &str) -> Option<u64> {
        let values = Values::from([("domain".to_owned(), domain.to_owned())]);
        let writer = Writer {
            source: Source::HubSpot,
            keeps_rules: false,
            held_address: HeldAddress::Conflict,
        };
        self.create_record("0-2", &values, writer).ok()
    }
}
