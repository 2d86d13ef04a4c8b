//! Which Andon a command reads: a state directory on this machine, or the deployed stack.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use andon_config::Config;
use anyhow::Context as _;

use crate::local::open_existing;
use crate::terminal::aside;

mod filter;
mod find;
mod ledger;

pub use filter::{Fleet, Since, matches};
pub use find::{find, run_of};
pub use ledger::AnyLedger;

/// The configuration that a command reads if it finds it where it is started.
const CONFIG: &str = "andon.yml";
/// The state directory that a command reads if it finds it where it is started.
const DATA: &str = "andon-data";

/// Which Andon to read.
#[derive(Debug, Clone, clap::Args)]
pub struct Which {
    /// State directory of `andon serve` or `andon replay` [default: andon-data, if it is here]
    #[arg(long, value_name = "DIR", help_heading = "Which Andon")]
    data: Option<PathBuf>,
    /// Names of accounts and customers, and the time zone [default: andon.yml, if it is here]
    #[arg(long, value_name = "FILE", help_heading = "Which Andon")]
    config: Option<PathBuf>,
    #[cfg(feature = "aws")]
    #[command(flatten)]
    deployed: Deployed,
}

/// Which stack to read.
#[cfg(feature = "aws")]
#[derive(Debug, Clone, clap::Args)]
struct Deployed {
    /// The stack of the deployed Andon [default: `ANDON_STACK`, or the one that is deployed in the region]
    #[arg(long, value_name = "NAME", conflicts_with = "data", help_heading = "Which Andon")]
    stack: Option<String>,
    #[command(flatten)]
    aws: crate::aws::Options,
}

/// An Andon that can be read.
#[derive(Debug)]
pub struct System {
    /// What it knows.
    pub ledger: AnyLedger,
    /// What its configuration says.
    pub config: Config,
    /// Whose credentials read it; none if it is on this machine.
    #[cfg(feature = "aws")]
    pub session: Option<crate::aws::Session>,
}

impl Which {
    /// Opens it, and says on a terminal which one it is if the user did not.
    pub async fn open(&self) -> anyhow::Result<System> {
        let config = self.configuration()?;
        #[cfg(feature = "aws")]
        if let Some((session, stack)) = self.deployed().await? {
            let ledger = AnyLedger::deployed(&session.config, &stack.table);
            return Ok(System { ledger, config, session: Some(session) });
        }
        let directory = self.directory();
        let ledger = AnyLedger::Local(open_existing(&directory)?);
        if self.data.is_none() {
            say(&format!("Reading the state directory {}.", directory.display()));
        }
        Ok(System {
            ledger,
            config,
            #[cfg(feature = "aws")]
            session: None,
        })
    }

    /// The configuration on this machine.
    pub fn configuration(&self) -> anyhow::Result<Config> {
        configuration(self.config.clone().or_else(configuration_here).as_deref())
    }

    /// The deployed stack, if it is that; says on a terminal which one.
    #[cfg(feature = "aws")]
    pub async fn deployed(&self) -> anyhow::Result<Option<(crate::aws::Session, crate::aws::stack::Stack)>> {
        let named = |name: &String| !name.is_empty();
        let stack = self.deployed.stack.clone().or_else(|| std::env::var("ANDON_STACK").ok().filter(named));
        if self.data.is_some() || (stack.is_none() && Path::new(DATA).is_dir()) {
            return Ok(None);
        }
        let session = crate::aws::Session::of(&self.deployed.aws).await?;
        let stack = crate::aws::stack::find(&session, stack.as_deref()).await?;
        say(&format!("Reading the stack {} in {}.", stack.name, session.region));
        Ok(Some((session, stack)))
    }

    /// The options that lead to AWS.
    #[cfg(feature = "aws")]
    pub fn aws(&self) -> &crate::aws::Options {
        &self.deployed.aws
    }

    fn directory(&self) -> PathBuf {
        self.data.clone().unwrap_or_else(|| DATA.into())
    }
}

/// The configuration that is where the command is started, if there is one.
pub fn configuration_here() -> Option<PathBuf> {
    Some(PathBuf::from(CONFIG)).filter(|file| file.is_file())
}

/// Reads the configuration file; without one, uses the default configuration.
pub fn configuration(file: Option<&Path>) -> anyhow::Result<Config> {
    let Some(file) = file else {
        return Ok(Config::default());
    };
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read the configuration {name}"))?;
    Config::parse(&text, &name).map_err(|findings| anyhow::anyhow!("{findings}\nRun `andon check {name}` for details."))
}

/// Tells a person which Andon it is; a program need not know.
fn say(what: &str) {
    if std::io::stderr().is_terminal() {
        aside(what);
    }
}
