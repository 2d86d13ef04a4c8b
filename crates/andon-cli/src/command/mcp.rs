//! `andon mcp`: what Andon knows, as tools for an AI assistant, on standard input and output.

use andon_mcp::{Desk, serve, stdio};
use anyhow::Context as _;
use tokio::runtime::Handle;

use super::{Surroundings, Verdict, runtime};
use crate::local::SystemClock;
use crate::system::Which;

/// Serve AI assistants over the Model Context Protocol, on standard input and output
///
/// The configuration also says which actions assistants may start: `mcp.actions`.
#[derive(Debug, clap::Args)]
pub(super) struct Mcp {
    #[command(flatten)]
    which: Which,
}

impl Mcp {
    /// Nothing but the protocol goes to standard output.
    pub(super) fn run(self, _: Surroundings) -> anyhow::Result<Verdict> {
        let log = tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false);
        // A process has one log: a second one would be that of a test.
        let _ = log.with_max_level(tracing_subscriber::filter::LevelFilter::INFO).try_init();
        let runtime = runtime()?;
        let system = runtime.block_on(self.which.open())?;
        let (ledger, config) = (system.ledger, system.config);
        #[cfg(feature = "aws")]
        let rights = crate::aws::Rights::of(self.which.aws().clone());
        #[cfg(not(feature = "aws"))]
        let rights = (andon_notify::NoEvidenceSource, andon::run_action::NoActions);
        #[cfg(feature = "aws")]
        let (evidence, actions) = (rights.clone(), rights);
        #[cfg(not(feature = "aws"))]
        let (evidence, actions) = rights;
        let desk = Desk::new(ledger, evidence, actions, SystemClock).configured(
            config.routing.accounts.clone(),
            config.zone,
            config.mcp.actions,
        );
        let served = runtime.block_on(async {
            let (input, output) = stdio::streams(&Handle::current());
            serve(desk, input, output).await
        });
        // A thread may still be reading standard input.
        runtime.shutdown_background();
        served.context("cannot serve the assistant")?;
        Ok(Verdict::Well)
    }
}
