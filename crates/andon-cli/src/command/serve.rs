//! `andon serve`: events over HTTP, alerts in the terminal, and the board as a page.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use alexa::Skills;
use andon::statistics::Datum;
#[cfg(feature = "aws")]
use andon_config::Config;
use anyhow::{Context as _, anyhow};
use axum::http::HeaderName;
use jiff::Timestamp;

use super::{Data, Surroundings, Verdict, configuration, runtime};
#[cfg(feature = "aws")]
use crate::aws::{Rights, outbox::Outbox};
#[cfg(feature = "aws")]
use crate::local::LocalEvidence;
use crate::local::{CallbackSender, LocalAndon, LocalLedger, Pending, Sent, SystemClock, open};
use crate::share::ShareKey;
use crate::system::configuration_here;
use crate::terminal::alert::framed;
use crate::terminal::{BOLD, DIM, Terminal, aside, complain, moment, paint};
use crate::web;

/// Receive events over HTTP or from a queue, send alerts, and serve the board
///
/// POST /events takes one EventBridge event or an array, also wrapped by SQS or SNS. GET / is the board,
/// GET /api/pipelines is the board as JSON, GET /api/pipelines/ACCOUNT/REGION/NAME is one pipeline with its latest run.
/// POST /alexa answers requests of an Alexa skill, GET /healthz says that the server is up.
///
/// Alerts go to the destinations of andon.yml and to this terminal. At its start, the server says which destinations it
/// cannot send to, and why.
///
/// There is no login: bind to localhost, or put it behind a proxy that authenticates, and name the proxy with --trusted-proxy.
#[derive(Debug, clap::Args)]
pub(super) struct Serve {
    /// Port; 0 for any free port
    #[arg(long, default_value_t = 4646, value_name = "PORT")]
    port: u16,
    /// Address to listen on
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), value_name = "ADDRESS")]
    bind: IpAddr,
    #[command(flatten)]
    data: Data,
    /// Configuration file [default: andon.yml, if it is here]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[cfg(feature = "aws")]
    #[command(flatten)]
    sending: Sending,
    /// Further name that browsers may reach the server by, such as that of a proxy before it; repeat for several
    ///
    /// Requests for any other name are refused, but for localhost and plain addresses: another site's page could have its
    /// own name resolve to this machine and read the board.
    #[arg(long = "host", value_name = "NAME")]
    hosts: Vec<String>,
    /// Address of a proxy that authenticates users; repeat for several
    ///
    /// The board is then shown to users that the proxy names in a header, and to nobody else; connections from other
    /// addresses are refused. Who looks at what is printed once an hour. Events and /healthz need no user.
    #[arg(long = "trusted-proxy", value_name = "ADDRESS")]
    proxies: Vec<IpAddr>,
    /// Header in which the proxy names the user
    #[arg(long, default_value = "X-Forwarded-User", value_name = "NAME", requires = "proxies")]
    user_header: HeaderName,
    /// Id of an Alexa skill to answer at /alexa; repeat for several [default: any skill]
    #[arg(long = "skill", value_name = "ID")]
    skills: Vec<String>,
    /// Print metrics too
    #[arg(long, conflicts_with = "quiet")]
    metrics: bool,
    /// Do not print alerts
    #[arg(long)]
    quiet: bool,
}

/// What takes AWS credentials or a network.
#[cfg(feature = "aws")]
#[derive(Debug, clap::Args)]
struct Sending {
    /// Take events from this SQS queue too
    #[arg(long, value_name = "URL")]
    queue: Option<String>,
    /// Send nothing: only print alerts
    #[arg(long)]
    no_send: bool,
    #[command(flatten)]
    aws: crate::aws::Options,
}

impl Serve {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        let config = configuration(self.config.clone().or_else(configuration_here).as_deref())?;
        let ledger = open(&self.data.directory)?;
        ledger.sync_on_demand()?;
        let pending = Pending::open(&self.data.directory)?;
        let (terminal, quiet, metrics) = (around.terminal, self.quiet, self.metrics);
        let sender = CallbackSender::new(move |sent| {
            // A closed terminal is no reason to stop: the board shows what nobody can read here.
            let _ = match sent {
                Sent::Alert { to, message } if !quiet => {
                    let head = format!("{}  to {}", moment(Timestamp::now()), to.name);
                    terminal.line(format!("{}\n{}", paint(DIM, &head), framed(message, terminal)))
                }
                Sent::Datum(datum) if metrics => terminal.line(line_of(datum)),
                _ => Ok(()),
            };
            Ok(())
        });
        let skills = if self.skills.is_empty() { Skills::Any } else { Skills::Only(self.skills.into_iter().collect()) };
        let proxies = (!self.proxies.is_empty()).then(|| web::Proxies {
            addresses: self.proxies.into_iter().map(|address| address.to_canonical()).collect(),
            header: self.user_header,
            seen: web::Seen::new(aside),
        });
        let key = ShareKey::of_environment().map_err(|problem| anyhow!(problem))?;
        let doors = web::Doors { hosts: self.hosts.into_iter().collect(), access: web::Access { proxies, key } };
        runtime()?.block_on(async {
            let listener = web::listen(SocketAddr::new(self.bind, self.port)).await?;
            #[cfg(feature = "aws")]
            let sender = self.sending.reach(sender, &config, terminal).await?;
            #[cfg(not(feature = "aws"))]
            terminal.line("This build of andon sends nothing: it prints alerts here.")?;
            let andon = LocalAndon::new(ledger.clone(), pending, sender, SystemClock, config);
            #[cfg(feature = "aws")]
            let andon = andon.with_evidence(self.sending.evidence());
            announce(terminal, listener.local_addr().context("cannot determine the address")?, &self.data)?;
            let sync = || ledger.sync();
            #[cfg(feature = "aws")]
            let served = async {
                let Some(url) = self.sending.queue.clone() else {
                    return web::serve(listener, &andon, skills, doors.clone(), sync).await;
                };
                let queue = web::Queue::open(url, &self.sending.aws).await?;
                web::serve_and_feed(listener, &andon, skills, doors.clone(), sync, async |feed| queue.feed(feed).await)
                    .await
            };
            #[cfg(not(feature = "aws"))]
            let served = web::serve(listener, &andon, skills, doors.clone(), sync);
            tokio::select! {
                served = served => served?,
                never = forget_daily(&ledger) => match never {},
            }
            Ok(Verdict::Well)
        })
    }
}

#[cfg(feature = "aws")]
impl Sending {
    /// The same sender, which really sends; says what it sends to, and what not and why.
    async fn reach(
        &self,
        sender: CallbackSender,
        config: &Config,
        terminal: Terminal,
    ) -> anyhow::Result<CallbackSender> {
        if self.no_send {
            terminal.line("Nothing is sent: alerts are printed here.")?;
            return Ok(sender);
        }
        let outbox = Outbox::open(config, &self.aws).await?;
        for to in config.routing.destinations.values() {
            let name = to.name.as_str();
            let line = match outbox.obstacle(to) {
                None => format!("Sends to {}.", paint(BOLD, name)),
                Some(why) => format!("Does not send to {}, but prints here: {why}.", paint(BOLD, name)),
            };
            terminal.line(line)?;
        }
        Ok(sender.sending(outbox))
    }

    /// Logs are read where credentials are configured: to look for some takes seconds on a machine that has none.
    fn evidence(&self) -> LocalEvidence {
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let named = self.aws.profile.is_some() || self.aws.region.is_some();
        if named || ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"].into_iter().any(is_set) {
            LocalEvidence::Aws(Rights::of(self.aws.clone()))
        } else {
            LocalEvidence::Events
        }
    }
}

/// Deletes what has been kept for long enough, as long as the process runs.
async fn forget_daily(ledger: &LocalLedger) -> Infallible {
    loop {
        tokio::time::sleep(Duration::from_hours(24)).await;
        if let Err(error) = ledger.forget_expired() {
            complain(&error.to_string());
        }
    }
}

fn announce(terminal: Terminal, address: SocketAddr, data: &Data) -> std::io::Result<()> {
    terminal.line(format!(
        "The board is at {}, events go to {}, state is in {} (press Ctrl-C to stop)",
        paint(BOLD, &format!("http://{address}/")),
        paint(BOLD, &format!("http://{address}/events")),
        data.directory.display(),
    ))
}

fn line_of(datum: &Datum) -> String {
    let dimensions: Vec<String> = datum.dimensions.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let line = format!(
        "{} {} {} {} {}",
        datum.at,
        datum.metric.name(),
        datum.value,
        datum.metric.unit(),
        dimensions.join(" ")
    );
    paint(DIM, &crate::terminal::one_line(&line))
}
