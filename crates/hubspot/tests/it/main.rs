//! The client against scripted answers and against the simulated portal.

#[cfg(test)]
mod audit;
#[cfg(test)]
mod batches;
#[cfg(test)]
mod budget;
#[cfg(test)]
mod definitions;
#[cfg(test)]
mod exchange;
#[cfg(test)]
mod quota;
#[cfg(test)]
mod records;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod scripted;
#[cfg(test)]
mod simulated;
