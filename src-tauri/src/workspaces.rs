use std::{ops::Deref, sync::Arc};

use clearsync_sync::{Engine, Workspaces, view::WorkspaceId};
use specta::{Types, datatype::DataType, function::FunctionArg};
use tauri::{
    Manager, Runtime,
    ipc::{CommandArg, CommandItem, InvokeError},
};

/// The engine of the workspace that a command names. Each command names its own, so that nothing that was begun under one
/// account can end under another.
pub(crate) struct Workspace(Arc<Engine>);

impl Deref for Workspace {
    type Target = Arc<Engine>;

    fn deref(&self) -> &Arc<Engine> {
        &self.0
    }
}

impl<'de, R: Runtime> CommandArg<'de, R> for Workspace {
    fn from_command(command: CommandItem<'de, R>) -> Result<Self, InvokeError> {
        let webview = command.message.webview();
        let workspaces = webview
            .try_state::<Arc<Workspaces>>()
            .ok_or_else(|| InvokeError::from("no workspace is open"))?;
        let id = WorkspaceId::from_command(command)?;
        Ok(Self(workspaces.engine(&id).map_err(InvokeError::from)?))
    }
}

/// The window sends the id.
impl FunctionArg for Workspace {
    fn to_datatype(types: &mut Types) -> Option<DataType> {
        <WorkspaceId as FunctionArg>::to_datatype(types)
    }
}
