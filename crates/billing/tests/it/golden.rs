//! Cases worked out by hand, each with its arithmetic, by subject.

mod amounts;
mod company;
mod discounts;
mod events;
mod explained;
mod history;
mod movements;
mod normalisation;
mod policies;
mod standing;
mod tax;
mod tiers;
