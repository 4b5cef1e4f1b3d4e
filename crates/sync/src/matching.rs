//! Which HubSpot record stands for a customer or a company.
//!
//! In this order, the first that finds one: the link the store keeps; ClearSync's own unique property, for records another
//! computer or a lost store linked; then a contact by its exact e-mail, a company by its exact domain. A record is only
//! taken when it is the only one, and never when it carries another Stripe account's mark, or the id of a customer this account
//! does not know: another account writes to that one. Nor is a company that carries a customer's id under a domain that is not the
//! customer's, unless the store knows it: either may have changed, and the user says which. Names are never compared.
//!
//! Several customers may stand behind one contact: those that share an e-mail and have no contact of their own yet, and
//! those whose contacts were merged in HubSpot. A contact stays with its customer when the e-mail changes.

mod domain;
mod find;
mod person;

pub use domain::{SharedDomains, could_be_address};
pub(crate) use domain::{Spelled, host_of};
pub(crate) use find::{Ours, Sought, Wanted as WantedCompany, find_companies, find_contacts};
pub(crate) use person::{Person, people, unite};
