//! The commands, one file each.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use jiff::Timestamp;

use crate::system::configuration;
use crate::terminal::{Terminal, complain};

#[cfg(feature = "aws")]
mod act;
mod ask;
mod board;
mod check;
mod completions;
mod dashboard;
mod demo;
#[cfg(feature = "aws")]
mod deploy;
#[cfg(feature = "aws")]
mod destroy;
mod detail;
#[cfg(feature = "aws")]
mod doctor;
#[cfg(feature = "aws")]
mod down;
mod env;
mod explain;
mod forget;
#[cfg(feature = "aws")]
mod init;
mod lex;
#[cfg(feature = "aws")]
mod logs;
mod man;
mod mcp;
mod open;
mod package;
mod preview;
#[cfg(feature = "aws")]
mod question;
mod replay;
mod report;
mod routed;
mod runs;
mod serve;
mod share;
mod skill;
mod status;
#[cfg(feature = "aws")]
mod test_alert;
#[cfg(feature = "aws")]
mod up;
mod watch;
mod why;

const EXITS: &str = "\
Exit codes:
  0  success
  1  it ran and found problems: malformed events, configuration errors, a question without an answer, a failed run
  2  it could not run: a file, port or stack that cannot be used, a missing permission, a wrong option
  3  the time of --timeout is over

In a pipe, tables have tabs instead of columns, and no colours; NO_COLOR takes them away on a screen. Errors go to stderr.";

const EXAMPLES: &str = "\
Examples:
  andon demo                      see what Andon does, without an AWS account
  andon status --red              the pipelines that are red
  andon why payments-api          why it failed, and what to do
  andon ask \"what is failing\"
";

/// Alerts, metrics and a live board for AWS CodePipeline.
#[derive(Debug, Parser)]
#[command(name = "andon", version, before_help = EXAMPLES, after_help = EXITS, max_term_width = 100)]
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
    Why(why::Why),
    Watch(watch::Watch),
    Open(open::Open),
    Board(board::Board),
    Report(Box<report::Report>),
    Share(share::Share),
    Env(Box<env::Env>),
    #[cfg(feature = "aws")]
    Logs(Box<logs::Logs>),
    #[cfg(feature = "aws")]
    Retry(Box<act::Retry>),
    #[cfg(feature = "aws")]
    Approve(Box<act::Approve>),
    #[cfg(feature = "aws")]
    Reject(Box<act::Reject>),
    #[cfg(feature = "aws")]
    Stop(Box<act::Stop>),
    Forget(forget::Forget),
    Ask(ask::Ask),
    Mcp(mcp::Mcp),
    Dashboard(dashboard::Dashboard),
    Check(check::Check),
    Explain(explain::Explain),
    Preview(preview::Preview),
    #[cfg(feature = "aws")]
    Deploy(Box<deploy::Deploy>),
    #[cfg(feature = "aws")]
    TestAlert(Box<test_alert::TestAlert>),
    #[cfg(feature = "aws")]
    Doctor(doctor::Doctor),
    #[cfg(feature = "aws")]
    Destroy(destroy::Destroy),
    #[cfg(feature = "aws")]
    Init(init::Init),
    #[cfg(feature = "aws")]
    Up(Box<up::Up>),
    #[cfg(feature = "aws")]
    Down(down::Down),
    Package(package::Package),
    Skill(skill::Skill),
    Lex(Box<lex::Lex>),
    Completions(completions::Completions),
    Man(man::Man),
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
    TimedOut,
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
        Command::Forget(forget) => forget.run(around),
        Command::Why(why) => why.run(around),
        Command::Watch(watch) => watch.run(around),
        Command::Open(open) => open.run(around),
        Command::Board(board) => board.run(around),
        Command::Report(report) => report.run(around),
        Command::Share(share) => share.run(around),
        Command::Env(env) => env.run(around),
        #[cfg(feature = "aws")]
        Command::Logs(logs) => logs.run(around),
        #[cfg(feature = "aws")]
        Command::Retry(retry) => retry.run(around),
        #[cfg(feature = "aws")]
        Command::Approve(approve) => approve.run(around),
        #[cfg(feature = "aws")]
        Command::Reject(reject) => reject.run(around),
        #[cfg(feature = "aws")]
        Command::Stop(stop) => stop.run(around),
        Command::Ask(ask) => ask.run(around),
        Command::Mcp(mcp) => mcp.run(around),
        Command::Dashboard(dashboard) => dashboard.run(around),
        Command::Check(check) => check.run(around),
        Command::Explain(explain) => explain.run(around),
        Command::Preview(preview) => preview.run(around),
        #[cfg(feature = "aws")]
        Command::Deploy(deploy) => deploy.run(around),
        #[cfg(feature = "aws")]
        Command::TestAlert(test) => test.run(around),
        #[cfg(feature = "aws")]
        Command::Doctor(doctor) => doctor.run(around),
        #[cfg(feature = "aws")]
        Command::Destroy(destroy) => destroy.run(around),
        #[cfg(feature = "aws")]
        Command::Init(init) => init.run(around),
        #[cfg(feature = "aws")]
        Command::Up(up) => up.run(around),
        #[cfg(feature = "aws")]
        Command::Down(down) => down.run(around),
        Command::Package(package) => package.run(around),
        Command::Skill(skill) => skill.run(around),
        Command::Lex(lex) => lex.run(around),
        Command::Completions(completions) => completions.run(around),
        Command::Man(man) => man.run(around),
    };
    match outcome {
        Ok(Verdict::Well) => ExitCode::SUCCESS,
        Ok(Verdict::NotWell) => ExitCode::from(1),
        Ok(Verdict::TimedOut) => ExitCode::from(3),
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
