//! Keys in the operating system's own keychain.
