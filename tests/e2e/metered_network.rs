//! What tells whether the connection is metered, for tests: it owns the name of `NetworkManager` on the private bus.

use zbus::{Connection, interface, object_server::InterfaceRef};

use crate::desktop::Desktop;

/// `NM_METERED_YES`.
const YES: u32 = 1;
/// `NM_METERED_GUESS_NO`.
const GUESS_NO: u32 = 4;

pub struct MeteredNetwork {
    _bus: Connection,
    network: InterfaceRef<Network>,
}

struct Network {
    metered: u32,
}

#[interface(name = "org.freedesktop.NetworkManager")]
impl Network {
    #[zbus(property)]
    fn metered(&self) -> u32 {
        self.metered
    }
}

impl MeteredNetwork {
    /// The connection is not metered.
    pub async fn start(desktop: &Desktop) -> Self {
        const PATH: &str = "/org/freedesktop/NetworkManager";
        let bus = desktop.bus().await;
        let objects = bus.object_server();
        objects
            .at(PATH, Network { metered: GUESS_NO })
            .await
            .unwrap();
        bus.request_name("org.freedesktop.NetworkManager")
            .await
            .unwrap();
        let network = objects.interface(PATH).await.unwrap();
        Self { _bus: bus, network }
    }

    pub async fn set_metered(&self, metered: bool) {
        let mut network = self.network.get_mut().await;
        network.metered = if metered { YES } else { GUESS_NO };
        let emitter = self.network.signal_emitter();
        network.metered_changed(emitter).await.unwrap();
    }
}
