//! Every behaviour of the simulated portal, over HTTP as a client would see it.

#[cfg(test)]
mod access;
#[cfg(test)]
mod associations;
#[cfg(test)]
mod batches;
#[cfg(test)]
mod companies;
#[cfg(test)]
mod definitions;
#[cfg(test)]
mod disturbances;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod portal;
#[cfg(test)]
mod records;
#[cfg(test)]
mod schemas;
#[cfg(test)]
mod search;
