//! Simulated accounts on this computer's own ports, and the way through the setup that the tests share.

use std::{fs, ops::Deref, process::Output, sync::Arc, time::Duration};

use crate::{desktop::Desktop, web_driver::Window};
use clearsync_sandbox::{
    Clock, Sample, ServedSample, SystemClock,
    business::{Business, Shape},
    stripe::SandboxKey,
};

pub const STRIPE_KEY: &str = "rk_test_51Hq6YvBn3KxWr8TzMd4LcSf9PjGa7UeQo2Ei5Nm";
pub const HUBSPOT_KEY: &str = "pat-na1-4b8e13c7-9d52-4e6a-b07f-61c5d2f9a38b";

/// A business with keys of its own.
pub struct Accounts {
    sample: Sample,
    served: ServedSample,
}

impl Accounts {
    pub async fn serve() -> Self {
        Self::of(&Shape::small(), Arc::new(SystemClock)).await
    }

    /// Accounts of such a business, for which the present is what `clock` shows.
    pub async fn of(shape: &Shape, clock: Arc<dyn Clock>) -> Self {
        let business = Business::play(11, shape, clock.now());
        let sample = Sample::of(business, clock);
        sample.hubspot.add_token(HUBSPOT_KEY, Sample::SCOPES);
        let served = sample.serve(Duration::from_millis(5)).await.unwrap();
        let accounts = Self { sample, served };
        accounts.accept_stripe_key();
        accounts
    }

    /// Stripe takes the key, now or again.
    pub fn accept_stripe_key(&self) {
        self.stripe
            .add_key(SandboxKey::new(STRIPE_KEY, Sample::PERMISSIONS));
    }

    /// The app's window, with these accounts in place of the real services.
    pub async fn open_window(&self, desktop: &Desktop) -> Window {
        let stripe_url = format!("http://{}", self.served.stripe.address());
        let hubspot_url = format!("http://{}", self.served.hubspot.address());
        let environment = [
            ("CLEARSYNC_STRIPE_URL", stripe_url.as_str()),
            ("CLEARSYNC_HUBSPOT_URL", hubspot_url.as_str()),
            ("CLEARSYNC_LOG", "trace"),
        ];
        Window::open(desktop, &environment, &[]).await
    }

    /// The program in the terminal, on the same desktop and with the same accounts.
    pub async fn terminal(&self, desktop: &Desktop, arguments: &[&str]) -> Output {
        let mut command = desktop.command(env!("CARGO_BIN_EXE_clearsync"));
        command
            .args(arguments)
            .env(
                "CLEARSYNC_STRIPE_URL",
                format!("http://{}", self.served.stripe.address()),
            )
            .env(
                "CLEARSYNC_HUBSPOT_URL",
                format!("http://{}", self.served.hubspot.address()),
            );
        // The accounts answer on this runtime meanwhile.
        tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap()
    }
}

impl Deref for Accounts {
    type Target = Sample;

    fn deref(&self) -> &Sample {
        &self.sample
    }
}

/// From the welcome to the step that asks for HubSpot's key.
pub async fn from_the_welcome_to_hubspot(window: &Window, stripe_key: &str) {
    window.press("Start setup").await;
    window.type_into("Restricted key", stripe_key).await;
    window.press("Connect Stripe").await;
    window.sees("15 of 15 held").await;
    window.press("Continue").await;
}

/// From the step that asks for HubSpot's key to the end of setup.
pub async fn from_hubspot_to_the_overview(window: &Window, hubspot_key: &str) {
    window.type_into("Service key", hubspot_key).await;
    window.press("Connect HubSpot").await;
    window.sees("8 of 8 held").await;
    window.press("Continue").await;
    window.sees("Create companies").await;
    window.press("Continue").await;
    window.press("Start import").await;
    window.sees("Everything is read").await;
    window.press("Continue").await;
    window.sees("Open a row to see").await;
    window.press("Continue").await;
    window.picture("preview").await;
    window.press("Push ").await;
    window.sees("The first sync is done").await;
    window.press("Continue").await;
    window.press("Finish setup").await;
    window.sees("MRR over time").await;
    window.picture("overview").await;
}

/// The app itself, as the kernel calls it.
pub const APP: &str = "clearsync";
/// What shows the window's page: the kernel keeps fifteen characters of a name.
pub const PAGE: &str = "WebKitWebProces";

/// The processes of a name on this desktop.
pub fn processes_on(desktop: &Desktop, name: &str) -> Vec<u32> {
    let read = |pid: &u32, what: &str| fs::read(format!("/proc/{pid}/{what}")).unwrap_or_default();
    let home = format!("HOME={}", desktop.home().display()).into_bytes();
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let own = |pid: &u32| {
        read(pid, "comm").trim_ascii() == name.as_bytes()
            && read(pid, "environ")
                .split(|byte| *byte == 0)
                .any(|one| one == home)
    };
    ids.filter(own).collect()
}
