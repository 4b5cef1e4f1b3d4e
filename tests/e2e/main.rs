//! The real program on a private desktop: its window, its tray item, its keychain.

mod desktop;
mod setup;
mod tray;
mod tray_host;
mod web_driver;
