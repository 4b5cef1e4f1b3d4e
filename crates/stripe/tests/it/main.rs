//! The crate from outside: golden refusals, audits and lists against a simulated Stripe, and how errors keep quiet.

#[cfg(test)]
mod audits;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod objects;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod webhooks;
#[cfg(test)]
mod world;
