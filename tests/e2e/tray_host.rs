//! A tray host for tests: it owns the watcher's name on the private bus, then reads and clicks the app's item as a panel
//! would.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use zbus::{
    Connection, interface,
    zvariant::{OwnedObjectPath, OwnedValue, Value},
};

use crate::desktop::{Desktop, wait_for};

pub struct TrayHost {
    bus: Connection,
    items: Arc<Mutex<Vec<(String, String)>>>,
}

struct Watcher {
    items: Arc<Mutex<Vec<(String, String)>>>,
}

#[expect(
    clippy::unused_self,
    clippy::needless_pass_by_value,
    reason = "the interface's methods have the forms D-Bus asks for"
)]
#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(
        &mut self,
        service: &str,
        #[zbus(header)] header: zbus::message::Header<'_>,
    ) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let item = if service.starts_with('/') {
            (sender, service.to_owned())
        } else {
            (service.to_owned(), "/StatusNotifierItem".to_owned())
        };
        self.items.lock().unwrap().push(item);
    }

    fn register_status_notifier_host(&self, service: &str) {
        // A panel that announces itself changes nothing here.
        let _ = service;
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.items
            .lock()
            .unwrap()
            .iter()
            .map(|(service, path)| format!("{service}{path}"))
            .collect()
    }
}

/// One line of the app's tray menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuLine {
    id: i32,
    pub label: String,
    pub enabled: bool,
}

type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

impl TrayHost {
    pub async fn start(desktop: &Desktop) -> Self {
        let bus = desktop.bus().await;
        let items = Arc::default();
        bus.object_server()
            .at(
                "/StatusNotifierWatcher",
                Watcher {
                    items: Arc::clone(&items),
                },
            )
            .await
            .unwrap();
        bus.request_name("org.kde.StatusNotifierWatcher")
            .await
            .unwrap();
        Self { bus, items }
    }

    /// Waits until the app's menu satisfies `wanted` and gives it.
    pub async fn menu(&self, what: &str, wanted: impl Fn(&[MenuLine]) -> bool) -> Vec<MenuLine> {
        wait_for(what, async || {
            let menu = self.read_menu().await?;
            wanted(&menu).then_some(menu)
        })
        .await
    }

    /// The name of the icon that is shown.
    pub async fn icon(&self) -> String {
        let (service, path) = self.item().await;
        let item = zbus::Proxy::new(&self.bus, service, path, "org.kde.StatusNotifierItem")
            .await
            .unwrap();
        item.get_property("IconName").await.unwrap()
    }

    /// Clicks a line of the menu.
    pub async fn click(&self, line: &MenuLine) {
        let menu = self.menu_proxy().await.unwrap();
        let event = (line.id, "clicked", Value::from(""), 0_u32);
        menu.call::<_, _, ()>("Event", &event).await.unwrap();
    }

    /// Waits until a line can be clicked, and clicks it.
    pub async fn press(&self, label: &str) {
        let named = |line: &&MenuLine| line.label == label && line.enabled;
        let menu = self
            .menu(label, |menu| menu.iter().any(|line| named(&line)))
            .await;
        self.click(menu.iter().find(named).unwrap()).await;
    }

    /// Waits until no run is under way, and gives the line that says how things stand.
    pub async fn at_rest(&self) -> String {
        let rests = |line: &MenuLine| {
            ["In sync since", "Needs you"]
                .iter()
                .any(|rest| line.label.starts_with(rest))
        };
        let menu = self
            .menu("the tray at rest", |menu| menu.iter().any(rests))
            .await;
        menu.into_iter().find(rests).unwrap().label
    }

    async fn read_menu(&self) -> Option<Vec<MenuLine>> {
        let menu = self.menu_proxy().await?;
        let layout: (u32, Layout) = menu
            .call("GetLayout", &(0, -1, Vec::<String>::new()))
            .await
            .ok()?;
        let lines = layout.1.2.into_iter().filter_map(|child| {
            let (id, properties, _): Layout = Value::from(child).downcast().ok()?;
            let label = properties
                .get("label")
                .and_then(|label| String::try_from(label.clone()).ok());
            let enabled = properties
                .get("enabled")
                .and_then(|enabled| bool::try_from(enabled.clone()).ok());
            Some(MenuLine {
                id,
                label: label.unwrap_or_default(),
                enabled: enabled.unwrap_or(true),
            })
        });
        Some(lines.collect())
    }

    async fn menu_proxy(&self) -> Option<zbus::Proxy<'static>> {
        let (service, path) = self.item().await;
        let item = zbus::Proxy::new(
            &self.bus,
            service.clone(),
            path,
            "org.kde.StatusNotifierItem",
        )
        .await
        .ok()?;
        let menu: OwnedObjectPath = item.get_property("Menu").await.ok()?;
        zbus::Proxy::new(&self.bus, service, menu, "com.canonical.dbusmenu")
            .await
            .ok()
    }

    async fn item(&self) -> (String, String) {
        wait_for("the tray item", async || {
            self.items.lock().unwrap().first().cloned()
        })
        .await
    }
}
