//! ClearSync's program: the window, the tray and the terminal commands.

use std::process::ExitCode;

fn main() -> ExitCode {
    clearsync_app::main()
}
