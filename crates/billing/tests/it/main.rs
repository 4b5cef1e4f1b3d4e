//! MRR against arithmetic done by hand, and properties that hold for every life.

#[cfg(test)]
mod build;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod lives;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod sightings;
#[cfg(test)]
mod worlds;
