//! The real program on a private desktop: its window, its tray item, its keychain.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    unreachable_pub,
    reason = "a test that cannot go on has failed, and its modules are its own"
)]

mod desktop;
mod keyring;
mod leaks;
mod setup;
mod tray;
mod tray_host;
mod web_driver;
