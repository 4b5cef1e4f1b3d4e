//! The real program on a private desktop: its window, its tray item, its keychain.

mod desktop;
mod tray;
mod tray_host;
