use clearsync_sync::{
    WorkspaceState,
    view::{Problem, ProblemCode},
};

/// How far the data of a workspace is open. The window is there before: a locked keychain may ask its user for a password
/// for minutes, and what cannot be opened is said in the window, with what helps.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize, specta::Type)]
#[serde(
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    tag = "state"
)]
pub(crate) enum Opening {
    /// The key is asked for, or the data is being opened.
    Waiting,
    /// Something stands in the way.
    Closed {
        /// What it is.
        problem: Problem,
        /// Whether the data can be set aside, and everything be read anew.
        can_begin_anew: bool,
    },
    /// It is open.
    Open,
}

impl From<WorkspaceState> for Opening {
    fn from(state: WorkspaceState) -> Self {
        match state {
            WorkspaceState::Waiting => Self::Waiting,
            WorkspaceState::Open(_) => Self::Open,
            WorkspaceState::Closed(problem) => {
                let keyless = [ProblemCode::DataKeyMissing, ProblemCode::DataKeyOther];
                let can_begin_anew = keyless.contains(&problem.code);
                Self::Closed {
                    problem,
                    can_begin_anew,
                }
            }
        }
    }
}
