//! The way from Stripe to the store, against the simulated Stripe and in virtual time.

#[cfg(test)]
mod derive;
#[cfg(test)]
mod drift;
#[cfg(test)]
mod drift_definitions;
#[cfg(test)]
mod egress;
#[cfg(test)]
mod engine;
#[cfg(test)]
mod follow;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod history;
#[cfg(test)]
mod import;
#[cfg(test)]
mod lives;
#[cfg(test)]
mod matching;
#[cfg(test)]
mod modes;
#[cfg(test)]
mod modes_events;
#[cfg(test)]
mod modes_faults;
#[cfg(test)]
mod modes_scopes;
#[cfg(test)]
mod modes_undo;
#[cfg(test)]
mod modes_values;
#[cfg(test)]
mod plan;
#[cfg(test)]
mod push;
#[cfg(test)]
mod push_faults;
#[cfg(test)]
mod push_life;
#[cfg(test)]
mod push_meanwhile;
#[cfg(test)]
mod push_world;
#[cfg(test)]
mod realtime;
#[cfg(test)]
mod safety;
#[cfg(test)]
mod same;
#[cfg(test)]
mod shared_portal;
#[cfg(test)]
mod undo;
#[cfg(test)]
mod workspaces;
#[cfg(test)]
mod world;
#[cfg(test)]
mod worlds;
