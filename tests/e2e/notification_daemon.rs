//! A notification daemon for tests: it owns the daemon's name on the private bus and keeps what it is asked to show.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use zbus::{Connection, interface, zvariant::OwnedValue};

use crate::desktop::{Desktop, wait_for};

pub struct NotificationDaemon {
    _bus: Connection,
    shown: Arc<Mutex<Vec<String>>>,
}

struct Notifications {
    shown: Arc<Mutex<Vec<String>>>,
}

#[expect(
    clippy::unused_self,
    clippy::too_many_arguments,
    reason = "the interface's methods have the forms D-Bus asks for"
)]
#[interface(name = "org.freedesktop.Notifications")]
impl Notifications {
    fn notify(
        &mut self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        expire_timeout_ms: i32,
    ) -> u32 {
        let _ = (
            app_name,
            replaces_id,
            app_icon,
            body,
            actions,
            hints,
            expire_timeout_ms,
        );
        let mut shown = self.shown.lock().unwrap();
        shown.push(summary.to_owned());
        u32::try_from(shown.len()).unwrap()
    }

    fn close_notification(&self, id: u32) {
        let _ = id;
    }

    fn get_capabilities(&self) -> Vec<String> {
        vec!["body".to_owned()]
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        let text = str::to_owned;
        (text("tests"), text("ClearSync"), text("1"), text("1.2"))
    }
}

impl NotificationDaemon {
    pub async fn start(desktop: &Desktop) -> Self {
        let bus = desktop.bus().await;
        let shown = Arc::default();
        let notifications = Notifications {
            shown: Arc::clone(&shown),
        };
        bus.object_server()
            .at("/org/freedesktop/Notifications", notifications)
            .await
            .unwrap();
        bus.request_name("org.freedesktop.Notifications")
            .await
            .unwrap();
        Self { _bus: bus, shown }
    }

    /// The titles of all notifications so far.
    pub fn shown(&self) -> Vec<String> {
        self.shown.lock().unwrap().clone()
    }

    /// Waits until so many were shown and gives their titles.
    pub async fn after(&self, count: usize) -> Vec<String> {
        wait_for("the notification", async || {
            let shown = self.shown();
            (shown.len() >= count).then_some(shown)
        })
        .await
    }
}
