//! The real program on a private desktop: its window, its tray item, its keychain.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    unreachable_pub,
    reason = "a test that cannot go on has failed, and its modules are its own"
)]

mod accounts;
mod desktop;
mod everyday;
mod figures;
mod ipc;
mod keyring;
mod keys;
#[path = "../leaks/mod.rs"]
mod leaks;
mod metered_network;
mod notification_daemon;
mod setup;
mod soak;
mod taking_back;
mod tray;
mod tray_host;
mod walk;
mod walls;
mod web_driver;
