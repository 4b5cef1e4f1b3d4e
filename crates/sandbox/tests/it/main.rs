//! The sandbox as its clients meet it: requests in, answers out.

#[cfg(test)]
mod business;
#[cfg(test)]
mod clients;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod serve;
#[cfg(test)]
mod stripe;
