use std::{
    fs, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use crate::{engine::DATABASE, view::WorkspaceId};

/// The folder of all workspaces but the first, in the data folder.
pub(super) const WORKSPACES: &str = "workspaces";
/// The file in it that names the workspace which the window shows, where there are several.
const SHOWN: &str = "shown";

/// Where the workspaces of a data folder lie.
#[derive(Clone)]
pub(super) struct Folders {
    data_folder: PathBuf,
}

impl Folders {
    pub(super) fn of(data_folder: &Path) -> Self {
        Self {
            data_folder: data_folder.to_owned(),
        }
    }

    /// Every workspace that is there, in the order they were added; the first also where there is none.
    pub(super) fn ids(&self) -> Vec<WorkspaceId> {
        let entries = fs::read_dir(self.data_folder.join(WORKSPACES));
        let mut ids: Vec<WorkspaceId> = entries
            .into_iter()
            .flatten()
            .flatten()
            .filter(|entry| entry.path().is_dir())
            .filter_map(|entry| WorkspaceId::of_folder(entry.file_name().to_str()?))
            .collect();
        ids.sort();
        if ids.is_empty() || self.data_folder.join(DATABASE).exists() {
            ids.insert(0, WorkspaceId::first());
        }
        ids
    }

    /// Those whose data is there already: what a process is about to make is not.
    pub(super) fn made(&self) -> Vec<WorkspaceId> {
        let mut ids = self.ids();
        ids.retain(|id| self.of_workspace(id).join(DATABASE).exists());
        ids
    }

    pub(super) fn of_workspace(&self, id: &WorkspaceId) -> PathBuf {
        if id.is_first() {
            self.data_folder.clone()
        } else {
            self.data_folder.join(WORKSPACES).join(id.as_str())
        }
    }

    /// The one of these workspaces that the window showed last.
    pub(super) fn shown(&self, ids: &[WorkspaceId]) -> WorkspaceId {
        let noted = fs::read_to_string(self.file_of_shown()).unwrap_or_default();
        let there = ids.iter().find(|id| id.as_str() == noted.trim());
        let id = there.or(ids.first()).cloned();
        id.unwrap_or_else(WorkspaceId::first)
    }

    /// Notes which workspace is shown. With one alone there is nothing to be noted, and what was is removed.
    pub(super) fn note_shown(&self, id: Option<&WorkspaceId>) -> io::Result<()> {
        let Some(id) = id else {
            let removed = fs::remove_file(self.file_of_shown());
            // Fails where a workspace is in it.
            let _ = fs::remove_dir(self.data_folder.join(WORKSPACES));
            return match removed {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        };
        // Half a name is nobody's, and the first is shown then.
        fs::write(self.file_of_shown(), id.as_str())
    }

    /// The id of a workspace that is added at `moment`, which no folder has yet.
    pub(super) fn free_id(&self, moment: Timestamp) -> WorkspaceId {
        let seconds = (0..).map_while(|more| {
            let second = moment.as_second().checked_add(more)?;
            Timestamp::from_second(second).ok()
        });
        let mut ids = seconds.map(WorkspaceId::of_moment);
        let free = ids.find(|id| !self.of_workspace(id).exists());
        free.unwrap_or_else(|| WorkspaceId::of_moment(moment))
    }

    fn file_of_shown(&self) -> PathBuf {
        self.data_folder.join(WORKSPACES).join(SHOWN)
    }
}
