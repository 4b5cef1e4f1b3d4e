use std::{ffi::OsStr, path::Path, process::Command, sync::LazyLock, time::Instant};

/// Why a command of the project did not end well.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StepError {
    #[error("{step} did not pass ({status}). The lines above say why.")]
    Failed {
        step: String,
        status: std::process::ExitStatus,
    },
    #[error("{step} could not be started: {program} was not found or may not run ({source}).")]
    NotStarted {
        step: String,
        program: String,
        source: std::io::Error,
    },
}

static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// One program that is run with a heading.
pub(crate) struct Step {
    name: String,
    program: String,
    command: Command,
}

impl Step {
    pub(crate) fn new(name: &str, program: &str) -> Self {
        // npm and npx are scripts on Windows.
        let program = if cfg!(windows) && matches!(program, "npm" | "npx") {
            format!("{program}.cmd")
        } else {
            program.to_owned()
        };
        let mut command = Command::new(&program);
        command.current_dir(root());
        Self {
            name: name.to_owned(),
            program,
            command,
        }
    }

    pub(crate) fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn in_folder(mut self, folder: &str) -> Self {
        self.command.current_dir(root().join(folder));
        self
    }

    /// Runs the program to its end.
    pub(crate) fn run(mut self) -> Result<(), StepError> {
        say(&format!(
            "== {} (at {} s)",
            self.name,
            BEGIN.elapsed().as_secs()
        ));
        match self.command.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(StepError::Failed {
                step: self.name,
                status,
            }),
            Err(source) => Err(StepError::NotStarted {
                step: self.name,
                program: self.program,
                source,
            }),
        }
    }

    /// Runs the program quietly and gives what it wrote to standard output, however it ended.
    pub(crate) fn output(mut self) -> Option<String> {
        let output = self.command.output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Runs the program quietly and tells whether it ended well.
    pub(crate) fn succeeds(mut self) -> bool {
        self.command
            .output()
            .is_ok_and(|output| output.status.success())
    }
}

/// The top folder of the project.
pub(crate) fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).unwrap_or(own)
}

#[expect(
    clippy::print_stdout,
    reason = "the commands of the project speak on the terminal"
)]
pub(crate) fn say(text: &str) {
    println!("{text}");
}
