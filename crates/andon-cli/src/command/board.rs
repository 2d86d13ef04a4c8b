//! `andon board`: the board of a deployed stack or of a state directory, in the browser.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::Context as _;

use super::open::shown_in_browser;
use super::{Surroundings, Verdict, runtime};
use crate::system::Which;
use crate::terminal::{BOLD, aside, paint};
use crate::web;

/// Show the board in the browser, for as long as the command runs
///
/// The board is served on this machine alone, and only shows: it takes no events. It reads what the other commands read.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  andon board                         the board of what `andon status` lists
  andon board --stack andon --profile work
  andon board --no-open --port 4747   print the address, open nothing")]
pub(super) struct Board {
    /// Port; 0 for any free port
    #[arg(long, default_value_t = 0, value_name = "PORT")]
    port: u16,
    /// Open no browser
    #[arg(long)]
    no_open: bool,
    /// How often the board is read again, in seconds
    #[arg(long, default_value_t = 30, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    every: u64,
    #[command(flatten)]
    which: Which,
}

impl Board {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        runtime()?.block_on(async {
            let system = self.which.open().await?;
            let listener = web::listen(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), self.port)).await?;
            let address = listener.local_addr().context("cannot determine the address")?;
            let url = format!("http://{address}/");
            around.terminal.line(format!("The board is at {} (press Ctrl-C to stop)", paint(BOLD, &url)))?;
            if !self.no_open && !shown_in_browser(&url) {
                aside("No browser could be started; open this address.");
            }
            web::show(listener, &system.ledger, &system.config, Duration::from_secs(self.every)).await?;
            Ok(Verdict::Well)
        })
    }
}
