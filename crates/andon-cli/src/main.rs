//! The `andon` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    andon_cli::command::run()
}
