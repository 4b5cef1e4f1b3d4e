//! The store as its callers see it: real files, real crashes.

#[cfg(test)]
mod crash;
#[cfg(test)]
mod open;
#[cfg(test)]
mod released;
#[cfg(test)]
mod restore;
#[cfg(test)]
mod seal;
#[cfg(test)]
mod stale;
#[cfg(test)]
mod stores;
#[cfg(test)]
mod tables;
#[cfg(test)]
mod users_word;
