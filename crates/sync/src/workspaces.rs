//! The workspaces of this computer: each brings one Stripe account into one HubSpot portal, with its own keys, file, rules
//! and schedule. Nothing of one reaches another.
//!
//! A workspace is a folder. The first is the data folder itself, further ones lie in its folder `workspaces`.

mod folders;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use clearsync_store::DataKey;
use tokio::sync::watch;
use zeroize::Zeroizing;

use self::folders::Folders;
use crate::{
    blocking::blocking,
    data_key::{DataKeyPlace, Former, data_key},
    engine::{Engine, EngineConfig, EngineNeighbours, forget_logs, forget_unopened},
    view::{
        Forgotten, Phase, Problem, ProblemCode, TraceKind, WorkspaceId, WorkspaceList, WorkspaceRow,
    },
};

/// What the workspaces of a computer are made with.
#[derive(Clone)]
pub struct WorkspacesConfig {
    /// What the engine of the first is made with; those of others differ in folder and profile.
    pub first: EngineConfig,
    /// Where the keys of the data are kept: in the keychain one for each, in a file one for all.
    pub data_key: DataKeyPlace,
    /// Gives 32 bytes that nobody can guess.
    pub random: fn() -> Result<Zeroizing<[u8; 32]>, Problem>,
}

/// The workspaces, each open or with what keeps it from being opened.
pub struct Workspaces {
    config: WorkspacesConfig,
    folders: Folders,
    neighbours: Arc<EngineNeighbours>,
    all: Mutex<Vec<Workspace>>,
    shown: Mutex<WorkspaceId>,
    /// One is opened, added or removed at a time.
    changing: tokio::sync::Mutex<()>,
    changed: watch::Sender<()>,
}

#[derive(Clone)]
struct Workspace {
    id: WorkspaceId,
    state: WorkspaceState,
}

/// How far a workspace is open.
#[derive(Clone)]
pub enum WorkspaceState {
    /// The key of its data is asked for, or it is being opened.
    Waiting,
    /// Something stands in the way.
    Closed(Problem),
    /// It is open.
    Open(Arc<Engine>),
}

impl Workspaces {
    /// The workspaces of the data folder, none of which is open yet.
    pub async fn find(config: WorkspacesConfig) -> Arc<Self> {
        let folders = Folders::of(&config.first.data_folder);
        let (ids, shown) = {
            let folders = folders.clone();
            blocking(move || {
                let ids = folders.ids();
                let shown = folders.shown(&ids);
                (ids, shown)
            })
            .await
        };
        Arc::new(Self {
            config,
            folders,
            neighbours: Arc::default(),
            all: Mutex::new(ids.into_iter().map(Workspace::waiting).collect()),
            shown: Mutex::new(shown),
            changing: tokio::sync::Mutex::default(),
            changed: watch::Sender::default(),
        })
    }

    /// Opens every workspace, the one that is shown first. One that cannot be opened keeps no other from it. May wait for
    /// minutes, for a keychain that asks its user for a password.
    pub async fn open(&self) {
        let shown = self.shown().clone();
        let mut ids: Vec<WorkspaceId> = self.all().iter().map(|one| one.id.clone()).collect();
        ids.sort_by_key(|id| *id != shown);
        for id in ids {
            // One that was removed meanwhile is nobody's loss.
            let _ = self.open_one(&id, Former::Kept).await;
        }
    }

    /// Opens every workspace that another process has added since, such as the terminal.
    pub async fn open_added(&self) {
        for id in self.take_in_added().await {
            // One that was removed meanwhile is nobody's loss.
            let _ = self.open_one(&id, Former::Kept).await;
        }
    }

    /// Their ids. Nothing is added or removed here meanwhile.
    async fn take_in_added(&self) -> Vec<WorkspaceId> {
        let _one = self.changing.lock().await;
        let folders = self.folders.clone();
        let mut ids = blocking(move || folders.made()).await;
        let mut all = self.all();
        ids.retain(|id| all.iter().all(|one| one.id != *id));
        all.extend(ids.iter().cloned().map(Workspace::waiting));
        ids
    }

    /// Opens a workspace that is not open, once more. What no key opens is set aside only if `former` says so.
    ///
    /// # Errors
    /// [`ProblemCode::WorkspaceGone`]. Whether it could be opened is told by [`Workspaces::state`].
    pub async fn open_one(&self, id: &WorkspaceId, former: Former) -> Result<(), Problem> {
        let _one = self.changing.lock().await;
        if matches!(self.state(id)?, WorkspaceState::Open(_)) {
            return Ok(());
        }
        self.set_state(id, WorkspaceState::Waiting);
        let state = match self.open_engine(id, former).await {
            Ok(engine) => WorkspaceState::Open(engine),
            Err(problem) => WorkspaceState::Closed(problem),
        };
        self.set_state(id, state);
        Ok(())
    }

    /// How far a workspace is open.
    ///
    /// # Errors
    /// [`ProblemCode::WorkspaceGone`].
    pub fn state(&self, id: &WorkspaceId) -> Result<WorkspaceState, Problem> {
        Ok(self.get(id)?.state)
    }

    fn set_state(&self, id: &WorkspaceId, state: WorkspaceState) {
        if let Some(workspace) = self.all().iter_mut().find(|one| one.id == *id) {
            workspace.state = state;
        }
        self.tell();
    }

    /// What the window and the terminal show of them.
    #[must_use]
    pub fn list(&self) -> WorkspaceList {
        WorkspaceList {
            shown: self.shown().clone(),
            rows: self.all().iter().map(row).collect(),
        }
    }

    /// Those that are open, in the order they were added.
    #[must_use]
    pub fn engines(&self) -> Vec<(WorkspaceId, Arc<Engine>)> {
        let all = self.all();
        let open = all.iter().filter_map(|one| {
            let WorkspaceState::Open(engine) = &one.state else {
                return None;
            };
            Some((one.id.clone(), Arc::clone(engine)))
        });
        open.collect()
    }

    /// The engine of a workspace.
    ///
    /// # Errors
    /// What keeps it from being opened, [`ProblemCode::DataClosed`] while it is being opened, or
    /// [`ProblemCode::WorkspaceGone`].
    pub fn engine(&self, id: &WorkspaceId) -> Result<Arc<Engine>, Problem> {
        match self.state(id)? {
            WorkspaceState::Open(engine) => Ok(engine),
            WorkspaceState::Closed(problem) => Err(problem),
            WorkspaceState::Waiting => Err(Problem::new(ProblemCode::DataClosed)),
        }
    }

    /// Where the data of a workspace lies.
    ///
    /// # Errors
    /// [`ProblemCode::WorkspaceGone`].
    pub fn folder(&self, id: &WorkspaceId) -> Result<PathBuf, Problem> {
        Ok(self.config_of(&self.get(id)?.id).data_folder)
    }

    /// Told each time that a workspace is added, opened or removed, or another is shown.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Has the window show a workspace.
    ///
    /// # Errors
    /// [`ProblemCode::WorkspaceGone`].
    pub async fn show(&self, id: &WorkspaceId) -> Result<WorkspaceList, Problem> {
        self.get(id)?;
        self.note_shown(id.clone()).await;
        Ok(self.tell())
    }

    /// Adds a workspace for another account and has the window show it. One in which nothing was begun yet is taken before a
    /// new one is made.
    ///
    /// # Errors
    /// What keeps its file from being made.
    pub async fn add(&self) -> Result<WorkspaceList, Problem> {
        let _one = self.changing.lock().await;
        let mut open = self.engines().into_iter();
        let blank = open.find(|(_, engine)| engine.is_blank());
        let blank = blank.map(|(id, _)| id);
        let id = if let Some(id) = blank {
            id
        } else {
            self.add_folder().await?
        };
        self.note_shown(id).await;
        Ok(self.tell())
    }

    /// Forgets a workspace: what ClearSync made in Stripe for it, its keys, its data and its folder. All others stay as they
    /// are. After the last one an empty one is there.
    ///
    /// # Errors
    /// A [`Problem`] when another process is at work on its data; nothing is forgotten then.
    pub async fn remove(&self, id: &WorkspaceId) -> Result<Forgotten, Problem> {
        let _one = self.changing.lock().await;
        self.get(id)?;
        let forgotten = self.end(id).await?;
        self.after_removing().await?;
        Ok(forgotten)
    }

    /// Forgets every workspace, and the logs. One is there then, and stands at the beginning.
    ///
    /// # Errors
    /// A [`Problem`] when another process is at work on the data of the first that is asked; nothing is forgotten then. Where
    /// one is at work on another, that one is named as left.
    pub async fn forget(&self) -> Result<Forgotten, Problem> {
        let _one = self.changing.lock().await;
        let ids: Vec<WorkspaceId> = self.all().iter().map(|one| one.id.clone()).collect();
        let several = ids.len() > 1;
        let mut forgotten = Forgotten::default();
        for (position, id) in ids.iter().enumerate() {
            let name = self.get(id)?.name();
            match self.forget_one(id).await {
                Ok(part) => forgotten.add(part, name.as_deref().filter(|_| several)),
                Err(problem) if position == 0 => return Err(problem),
                Err(problem) => forgotten.left(TraceKind::Database, name, problem),
            }
        }
        forget_logs(self.config.first.data_folder.clone(), &mut forgotten).await;
        self.after_removing().await?;
        Ok(forgotten)
    }

    /// The first goes on, empty; the others end.
    async fn forget_one(&self, id: &WorkspaceId) -> Result<Forgotten, Problem> {
        match self.engine(id) {
            Ok(engine) if id.is_first() => {
                let next = DataKey::from_random((self.config.random)()?);
                engine.forget(next).await
            }
            _ => self.end(id).await,
        }
    }

    async fn end(&self, id: &WorkspaceId) -> Result<Forgotten, Problem> {
        let forgotten = if let Ok(engine) = self.engine(id) {
            engine.end().await?
        } else {
            let config = self.config_of(id);
            forget_unopened(&config.data_folder, &config.profile).await
        };
        self.all().retain(|one| one.id != *id);
        Ok(forgotten)
    }

    /// Sees that one is there and one that is there is shown.
    async fn after_removing(&self) -> Result<(), Problem> {
        if self.all().is_empty() {
            self.open_new(&WorkspaceId::first()).await?;
        }
        let shown = {
            let (all, shown) = (self.all(), self.shown().clone());
            let there = all.iter().any(|one| one.id == shown);
            let first = all.first().map(|one| one.id.clone());
            first.filter(|_| !there).unwrap_or(shown)
        };
        self.note_shown(shown).await;
        self.tell();
        Ok(())
    }

    async fn add_folder(&self) -> Result<WorkspaceId, Problem> {
        let (folders, now) = (self.folders.clone(), self.config.first.clock.now());
        let id = blocking(move || folders.free_id(now)).await;
        self.open_new(&id).await?;
        Ok(id)
    }

    async fn open_new(&self, id: &WorkspaceId) -> Result<(), Problem> {
        let engine = self.open_engine(id, Former::Kept).await?;
        self.all().push(Workspace {
            id: id.clone(),
            state: WorkspaceState::Open(engine),
        });
        Ok(())
    }

    async fn open_engine(&self, id: &WorkspaceId, former: Former) -> Result<Arc<Engine>, Problem> {
        let config = self.config_of(id);
        let (place, random) = (&self.config.data_key, (self.config.random)()?);
        let key = data_key(place, &config.profile, &config.data_folder, former, random);
        let key = key.await?;
        // Every page is read, and a file that is not encrypted yet is written anew.
        let engine = blocking(move || Engine::open(config, key, former)).await?;
        engine.live_beside(&self.neighbours);
        Ok(engine)
    }

    /// The first has the profile it always had, so that the keys of existing installations are found.
    fn config_of(&self, id: &WorkspaceId) -> EngineConfig {
        let mut config = self.config.first.clone();
        if !id.is_first() {
            config.data_folder = self.folders.of_workspace(id);
            config.profile = format!("{}/{}/{id}", config.profile, folders::WORKSPACES);
        }
        config
    }

    async fn note_shown(&self, id: WorkspaceId) {
        let several = self.all().len() > 1;
        *self.shown() = id.clone();
        let folders = self.folders.clone();
        let noted = blocking(move || folders.note_shown(several.then_some(&id))).await;
        if let Err(error) = noted {
            // It is shown all the same; the next start shows another.
            tracing::warn!(%error, "which workspace is shown could not be noted");
        }
    }

    fn get(&self, id: &WorkspaceId) -> Result<Workspace, Problem> {
        let found = self.all().iter().find(|one| one.id == *id).cloned();
        found.ok_or_else(|| Problem::new(ProblemCode::WorkspaceGone))
    }

    fn tell(&self) -> WorkspaceList {
        self.changed.send_replace(());
        self.list()
    }

    fn all(&self) -> MutexGuard<'_, Vec<Workspace>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shown(&self) -> MutexGuard<'_, WorkspaceId> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Workspace {
    fn waiting(id: WorkspaceId) -> Self {
        Self {
            id,
            state: WorkspaceState::Waiting,
        }
    }

    fn name(&self) -> Option<String> {
        row(self).account
    }
}

fn row(workspace: &Workspace) -> WorkspaceRow {
    let closed = WorkspaceRow {
        id: workspace.id.clone(),
        open: false,
        account: None,
        mode: None,
        portal: None,
        phase: Phase::NotSetUp,
        attention: 0,
        problem: None,
    };
    match &workspace.state {
        WorkspaceState::Waiting => closed,
        WorkspaceState::Closed(problem) => WorkspaceRow {
            phase: Phase::Attention,
            attention: 1,
            problem: Some(problem.clone()),
            ..closed
        },
        WorkspaceState::Open(engine) => {
            let status = engine.status();
            let stripe = status.stripe.as_ref();
            WorkspaceRow {
                open: true,
                account: stripe.and_then(|one| one.account_name.clone().or(one.account_id.clone())),
                mode: stripe.map(|one| one.mode),
                portal: status.hubspot.map(|one| one.portal_id),
                phase: status.phase,
                attention: status.attention,
                ..closed
            }
        }
    }
}

impl Forgotten {
    /// Adds what was forgotten of one of several workspaces. What has no name of its own gets that of the workspace.
    fn add(&mut self, part: Self, workspace: Option<&str>) {
        let named = |mut trace: crate::view::Trace| {
            trace.name = trace.name.or_else(|| workspace.map(str::to_owned));
            trace
        };
        self.removed.extend(part.removed.into_iter().map(named));
        for mut left in part.left {
            left.trace = named(left.trace);
            self.left.push(left);
        }
    }
}
