//! What ClearSync leaves on the desktop, outside of its data folder.

use std::{env, fs, io, path::PathBuf};

use auto_launch::{AutoLaunch, AutoLaunchBuilder};
use clearsync_sync::view::{Forgotten, Problem, ProblemCode, TraceKind};

use crate::{config, shell::HIDDEN};

/// The name of the entry that starts ClearSync with the computer.
pub(crate) const AUTOSTART_NAME: &str = "ClearSync";
/// Where the window's size and place are kept, in ClearSync's folder of configurations.
const WINDOW_STATE: &str = tauri_plugin_window_state::DEFAULT_FILENAME;

/// Removes the window's size and place and the entry that starts ClearSync, and notes what became of them.
pub(crate) fn forget(forgotten: &mut Forgotten) {
    if let Some(path) = window_state() {
        let name = Some(path.display().to_string());
        match fs::remove_file(&path) {
            Ok(()) => forgotten.removed(TraceKind::WindowState, name),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(_) => {
                let problem = Problem::new(ProblemCode::FileNotRemoved);
                forgotten.left(TraceKind::WindowState, name, problem);
            }
        }
    }
    let Some(launcher) = launcher() else { return };
    if !launcher.is_enabled().unwrap_or(true) {
        return;
    }
    if launcher.disable().is_ok() {
        forgotten.removed(TraceKind::Autostart, None);
    } else {
        let problem = Problem::new(ProblemCode::AutostartNotRemoved);
        forgotten.left(TraceKind::Autostart, None, problem);
    }
}

fn window_state() -> Option<PathBuf> {
    Some(dirs::config_dir()?.join(config::FOLDER).join(WINDOW_STATE))
}

/// The entry as the window makes it.
fn launcher() -> Option<AutoLaunch> {
    let program = env::current_exe().ok()?;
    AutoLaunchBuilder::new()
        .set_app_name(AUTOSTART_NAME)
        .set_app_path(&program.display().to_string())
        .set_args(&[HIDDEN])
        .build()
        .ok()
}
