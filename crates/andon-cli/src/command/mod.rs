//! The commands, one file each.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use andon_config::Config;
use anyhow::Context as _;
use clap::{Parser, Subcommand};
use jiff::Timestamp;

use crate::terminal::{Terminal, complain};

mod ask;
mod check;
mod dashboard;
mod demo;
#[cfg(feature = "aws")]
mod down;
mod explain;
#[cfg(feature = "aws")]
mod init;
mod mcp;
mod package;
mod preview;
#[cfg(feature = "aws")]
mod question;
mod replay;
mod runs;
mod serve;
mod skill;
mod status;
#[cfg(feature = "aws")]
mod up;

const EXITS: &str = "\
Exit codes:
  0  success
  1  it ran and found problems (malformed events, configuration errors)
  2  it could not run (a file, port or data directory that cannot be used, a wrong option)

Output has no colours in a pipe or if NO_COLOR is set. Errors go to stderr.";

/// Alerts, metrics and a live board for AWS CodePipeline.
#[derive(Debug, Parser)]
#[command(name = "andon", version, after_help = EXITS, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,

    /// Uses this as the current time, for tests.
    #[arg(long, global = true, hide = true, value_name = "TIME")]
    now: Option<Timestamp>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Demo),
    Serve(serve::Serve),
    Replay(replay::Replay),
    Status(status::Status),
    Runs(runs::Runs),
    Ask(ask::Ask),
    Mcp(mcp::Mcp),
    Dashboard(dashboard::Dashboard),
    Check(check::Check),
    Explain(explain::Explain),
    Preview(preview::Preview),
    #[cfg(feature = "aws")]
    Init(init::Init),
    #[cfg(feature = "aws")]
    Up(Box<up::Up>),
    #[cfg(feature = "aws")]
    Down(down::Down),
    Package(package::Package),
    Skill(skill::Skill),
}

/// What every command is given.
#[derive(Debug, Clone, Copy)]
struct Surroundings {
    terminal: Terminal,
    now: Option<Timestamp>,
}

impl Surroundings {
    fn now(self) -> Timestamp {
        self.now.unwrap_or_else(Timestamp::now)
    }
}

/// How a command ended that could run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Well,
    NotWell,
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let around = Surroundings { terminal: Terminal::of_process(), now: cli.now };
    let outcome = match cli.command {
        Command::Demo(demo) => demo.run(around),
        Command::Serve(serve) => serve.run(around),
        Command::Replay(replay) => replay.run(around),
        Command::Status(status) => status.run(around),
        Command::Runs(runs) => runs.run(around),
        Command::Ask(ask) => ask.run(around),
        Command::Mcp(mcp) => mcp.run(around),
        Command::Dashboard(dashboard) => dashboard.run(around),
        Command::Check(check) => check.run(around),
        Command::Explain(explain) => explain.run(around),
        Command::Preview(preview) => preview.run(around),
        #[cfg(feature = "aws")]
        Command::Init(init) => init.run(around),
        #[cfg(feature = "aws")]
        Command::Up(up) => up.run(around),
        #[cfg(feature = "aws")]
        Command::Down(down) => down.run(around),
        Command::Package(package) => package.run(around),
        Command::Skill(skill) => skill.run(around),
    };
    match outcome {
        Ok(Verdict::Well) => ExitCode::SUCCESS,
        Ok(Verdict::NotWell) => ExitCode::from(1),
        // Whoever was reading has seen enough: `andon runs | head`.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("{error:#}"));
            ExitCode::from(2)
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let broken = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| cause.downcast_ref::<io::Error>().is_some_and(broken))
}

/// Reads the configuration file; without one, uses the default configuration.
fn configuration(file: Option<&Path>) -> anyhow::Result<Config> {
    let Some(file) = file else {
        return Ok(Config::default());
    };
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read the configuration {name}"))?;
    Config::parse(&text, &name).map_err(|findings| anyhow::anyhow!("{findings}\nRun `andon check {name}` for details."))
}

/// A runtime for one thread: handlers are not made to be sent between any.
fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start the runtime")
}

/// Where state is kept.
#[derive(Debug, clap::Args)]
struct Data {
    /// State directory
    #[arg(long = "data", value_name = "DIR", default_value = "andon-data")]
    directory: PathBuf,
}
