//! The workspaces of this computer. A workspace brings one Stripe account into one HubSpot portal: one engine on one data
//! folder.

use std::{
    ops::Deref,
    sync::{Arc, PoisonError, RwLock},
};

use clearsync_sync::{
    Engine,
    view::{Problem, ProblemCode},
};
use tauri::{
    Manager, Runtime,
    ipc::{CommandArg, CommandItem, InvokeError},
};

use crate::opening::Opening;

/// The workspaces that are open.
pub(crate) struct Workspaces(RwLock<Shown>);

/// The workspace that the window shows.
enum Shown {
    /// It is open.
    Open(Arc<Engine>),
    /// It is not open yet.
    Closed(Opening),
}

impl Workspaces {
    /// One workspace, which is not open yet.
    pub(crate) fn opening() -> Self {
        Self(RwLock::new(Shown::Closed(Opening::Waiting)))
    }

    pub(crate) fn open(&self, engine: Arc<Engine>) {
        self.show(Shown::Open(engine));
    }

    pub(crate) fn close(&self, opening: Opening) {
        self.show(Shown::Closed(opening));
    }

    /// Says that what is not open is opened once more.
    pub(crate) fn wait(&self) {
        let mut shown = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if matches!(*shown, Shown::Closed(_)) {
            *shown = Shown::Closed(Opening::Waiting);
        }
    }

    /// The engine of the workspace that the window shows, once it is open.
    pub(crate) fn current(&self) -> Option<Arc<Engine>> {
        match &*self.0.read().unwrap_or_else(PoisonError::into_inner) {
            Shown::Open(engine) => Some(Arc::clone(engine)),
            Shown::Closed(_) => None,
        }
    }

    /// How far the workspace that the window shows is open.
    pub(crate) fn how_far(&self) -> Opening {
        match &*self.0.read().unwrap_or_else(PoisonError::into_inner) {
            Shown::Open(_) => Opening::Open,
            Shown::Closed(opening) => opening.clone(),
        }
    }

    fn show(&self, shown: Shown) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = shown;
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
        let workspaces = webview.try_state::<Workspaces>();
        let current = workspaces.and_then(|workspaces| workspaces.current());
        current
            .map(Self)
            .ok_or_else(|| InvokeError::from(Problem::new(ProblemCode::DataClosed)))
    }
}

/// The window does not send it, so it has no type there.
impl specta::function::FunctionArg for Current {
    fn to_datatype(_: &mut specta::Types) -> Option<specta::datatype::DataType> {
        None
    }
}
