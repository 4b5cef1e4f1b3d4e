//! Reads Stripe: client, permission catalogue, audit and object shapes.

pub mod decode;
