//! Whether the connection is paid for by volume. On Linux `NetworkManager` knows; where nobody tells, it counts as not.

use tokio::sync::watch;

/// Whether it is, from now on.
pub(crate) fn watch() -> watch::Receiver<bool> {
    let (told, heard) = watch::channel(false);
    tauri::async_runtime::spawn(async move {
        if let Err(error) = listen(&told).await {
            tracing::info!(%error, "nobody tells whether the connection is metered");
        }
    });
    heard
}

#[cfg(all(unix, not(target_os = "macos")))]
async fn listen(told: &watch::Sender<bool>) -> zbus::Result<()> {
    use futures::StreamExt;

    let bus = zbus::Connection::system().await?;
    let network = NetworkManagerProxy::new(&bus).await?;
    // A stream tells what comes after it began, and what is there only if it was asked for already.
    let mut changes = network.receive_metered_changed().await;
    told.send_replace(is_metered(network.metered().await?));
    while let Some(change) = changes.next().await {
        told.send_replace(is_metered(change.get().await?));
    }
    Ok(())
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
#[expect(
    clippy::unused_async,
    reason = "where somebody tells, it is waited for"
)]
async fn listen(_: &watch::Sender<bool>) -> Result<(), std::convert::Infallible> {
    Ok(())
}

#[cfg(all(unix, not(target_os = "macos")))]
#[zbus::proxy(
    interface = "org.freedesktop.NetworkManager",
    default_service = "org.freedesktop.NetworkManager",
    default_path = "/org/freedesktop/NetworkManager",
    gen_blocking = false
)]
trait NetworkManager {
    /// `NMMetered` of the connection in use.
    #[zbus(property)]
    fn metered(&self) -> zbus::Result<u32>;
}

/// `NM_METERED_YES` and `NM_METERED_GUESS_YES`; unknown, no and a guessed no are not.
#[cfg(all(unix, not(target_os = "macos")))]
fn is_metered(metered: u32) -> bool {
    matches!(metered, 1 | 3)
}

#[cfg(all(test, unix, not(target_os = "macos")))]
mod tests {
    use super::is_metered;

    #[test]
    fn a_guess_is_believed_and_what_is_unknown_is_not_metered() {
        let metered: Vec<u32> = (0..=4).filter(|value| is_metered(*value)).collect();
        assert_eq!(metered, [1, 3]);
    }
}
