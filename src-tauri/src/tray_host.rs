use clearsync_sync::view::TrayPresence;

/// Whether the desktop has a place for tray icons. On Linux that is whoever owns the watcher's name on the session bus;
/// macOS and Windows always have one.
#[cfg(all(unix, not(target_os = "macos")))]
pub(crate) async fn presence() -> TrayPresence {
    const WATCHER: &str = "org.kde.StatusNotifierWatcher";
    let asked = async {
        let bus = zbus::Connection::session().await?;
        let names = zbus::fdo::DBusProxy::new(&bus).await?;
        let owned = names
            .name_has_owner(zbus::names::BusName::try_from(WATCHER)?)
            .await?;
        zbus::Result::Ok(owned)
    };
    match asked.await {
        Ok(true) => TrayPresence::Shown,
        Ok(false) => TrayPresence::NoHost,
        Err(error) => {
            tracing::info!(%error, "the session bus could not be asked for a tray");
            TrayPresence::NoHost
        }
    }
}

/// Whether the desktop has a place for tray icons.
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub(crate) async fn presence() -> TrayPresence {
    std::future::ready(TrayPresence::Shown).await
}
