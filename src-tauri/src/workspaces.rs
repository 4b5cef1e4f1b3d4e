//! The workspaces of this computer. A workspace brings one Stripe account into one HubSpot portal: one engine on one data
//! folder.

use std::{ops::Deref, sync::Arc};

use clearsync_sync::Engine;
use tauri::{
    Manager, Runtime,
    ipc::{CommandArg, CommandItem, InvokeError},
};

/// The workspaces that are open.
pub(crate) struct Workspaces {
    current: Arc<Engine>,
}

impl Workspaces {
    /// One workspace, which the window shows.
    pub(crate) fn new(current: Arc<Engine>) -> Self {
        Self { current }
    }

    /// The engine of the workspace that the window shows.
    pub(crate) fn current(&self) -> Arc<Engine> {
        Arc::clone(&self.current)
    }
}

/// The engine of the workspace that the window shows, as an argument of a command.
pub(crate) struct Current(Arc<Engine>);

impl Deref for Current {
    type Target = Arc<Engine>;

    fn deref(&self) -> &Arc<Engine> {
        &self.0
    }
}

impl<'de, R: Runtime> CommandArg<'de, R> for Current {
    fn from_command(command: CommandItem<'de, R>) -> Result<Self, InvokeError> {
        let webview = command.message.webview();
        let workspaces = webview
            .try_state::<Workspaces>()
            .ok_or_else(|| InvokeError::from("no workspace is open"))?;
        Ok(Self(workspaces.current()))
    }
}

/// The window does not send it, so it has no type there.
impl specta::function::FunctionArg for Current {
    fn to_datatype(_: &mut specta::Types) -> Option<specta::datatype::DataType> {
        None
    }
}
