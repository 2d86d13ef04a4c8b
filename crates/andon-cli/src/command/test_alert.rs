//! `andon test-alert`: whether alerts arrive.

use andon::batch::Invocation;
use andon::ledger::NoArchive;
use andon::ledger::Receipt;
use andon::name::{AccountId, Home, Region};
use andon::words::counted;
use andon_config::Config;
use andon_notify::{Destination, NoDeadLetters, NoEvidenceSource, Outgoing, SendError, Sender};
use anyhow::{Context as _, bail};
use jiff::Timestamp;
use notifier::Notifier;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Surroundings, Verdict, runtime};
use crate::aws::outbox::Outbox;
use crate::aws::stack::{NOTIFIER, Stack};
use crate::aws::{Call, Session};
use crate::deployment::subscriptions::{self, Subscriptions};
use crate::local::{Shared, SystemClock, in_memory};
use crate::system::Which;
use crate::terminal::{BAD, BOLD, GOOD, Terminal, clean, paint};

/// What the notifier is called with.
const PAYLOAD: &str = r#"{"andon":"test-alert"}"#;
/// What is encoded in a path, by RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The destination that is the stack's own topic.
const OWN_TOPIC: &str = "default";

/// Send a test alert to every destination of andon.yml, and report each
///
/// The deployed notifier sends it, with its own role, secrets and configuration. With --data, this machine sends it as
/// `andon serve` would. Nobody is mentioned, and incidents that it opens end at once.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exits with 1 if it does not arrive somewhere.")]
pub(super) struct TestAlert {
    #[command(flatten)]
    which: Which,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

/// What became of it at one destination.
#[derive(Debug, Deserialize, serde::Serialize)]
struct Delivery {
    destination: String,
    delivered: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

#[derive(Deserialize)]
struct Report {
    destinations: Vec<Delivery>,
}

impl TestAlert {
    pub(super) fn run(self, around: Surroundings) -> anyhow::Result<Verdict> {
        runtime()?.block_on(self.send(around.terminal))
    }

    async fn send(&self, terminal: Terminal) -> anyhow::Result<Verdict> {
        let deliveries = match self.which.deployed().await? {
            Some((session, stack)) => deployed(&session, &stack).await?,
            None => local(self.which.configuration()?, &self.which).await?,
        };
        let failed = deliveries.iter().filter(|delivery| !delivery.delivered).count();
        if self.json {
            terminal.json(&json!({"destinations": deliveries, "failed": failed}))?;
        } else {
            for delivery in &deliveries {
                let (mark, style) = if delivery.delivered { ("✓", GOOD) } else { ("✗", BAD) };
                let problem = delivery.problem.as_deref().map(clean).unwrap_or_default();
                let name = paint(BOLD, &clean(&delivery.destination));
                terminal.line(format!("  {} {name}  {problem}", paint(style, mark)).trim_end())?;
            }
            let count = counted(u64::try_from(deliveries.len()).unwrap_or_default(), "destination");
            terminal.line(match failed {
                0 if deliveries.is_empty() => "There is no destination: add one to andon.yml.".to_owned(),
                0 => format!("The test alert was sent to {count}."),
                failed => format!("The test alert did not arrive at {failed} of {count}."),
            })?;
        }
        Ok(if failed == 0 && !deliveries.is_empty() { Verdict::Well } else { Verdict::NotWell })
    }
}

/// Has the deployed notifier send it.
async fn deployed(session: &Session, stack: &Stack) -> anyhow::Result<Vec<Delivery>> {
    let function = stack.outputs.get(NOTIFIER).context("the stack has no notifier")?;
    let path = utf8_percent_encode(function, RESERVED);
    let call = Call {
        service: "lambda",
        path: format!("/2015-03-31/functions/{path}/invocations"),
        headers: &[("content-type", "application/json")],
        body: PAYLOAD.as_bytes().to_vec(),
    };
    let answer = session.call(&call).await?;
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let text = |member: &str| body.get(member).and_then(Value::as_str).map(clean).unwrap_or_default();
    if answer.status != 200 {
        let reason = [text("Message"), text("message")].concat();
        bail!("cannot invoke {function}: {reason} ({})", answer.status);
    }
    if answer.function_error {
        bail!("the notifier failed: {}; see its log group /aws/lambda/{}-notifier", text("errorMessage"), stack.name);
    }
    let report: Report = serde_json::from_value(body)
        .context("the deployed version knows no test alerts: deploy a newer one with `andon deploy`")?;
    let mut deliveries = report.destinations;
    if let (Some(topic), Some(own)) = (
        stack.outputs.get("Topic"),
        deliveries.iter_mut().find(|delivery| delivery.destination == OWN_TOPIC && delivery.delivered),
    ) {
        // SNS takes what nobody receives.
        if let Some(Subscriptions { confirmed: 0, pending }) = subscriptions::of(session, topic).await {
            own.delivered = false;
            own.problem = Some(subscriptions::nobody(&pending));
        }
    }
    Ok(deliveries)
}

/// Sends it from this machine, as `andon serve` would.
async fn local(config: Config, which: &Which) -> anyhow::Result<Vec<Delivery>> {
    let outbox = Outbox::open(&config, which.aws()).await?;
    let notifier: Notifier<(Shared<_>, _, _, _, _, _)> = Notifier {
        ledger: in_memory()?,
        archive: NoArchive,
        evidence: NoEvidenceSource,
        sender: Reaching(outbox),
        dead_letters: NoDeadLetters,
        clock: SystemClock,
        config,
    };
    let invocation = Invocation {
        id: format!("{}-{}", std::process::id(), Timestamp::now().as_nanosecond()),
        home: Home { account: AccountId::unknown(), region: Region::unknown() },
        function: String::new(),
        until: Timestamp::MAX,
    };
    let payload = serde_json::from_str(PAYLOAD).context("the payload")?;
    let report = notifier.handle(payload, &invocation).await.map_err(|unfinished| anyhow::anyhow!("{unfinished}"))?;
    Ok(serde_json::from_value::<Report>(report).context("the report of the notifier")?.destinations)
}

/// Sends to what it can reach, and says why it does not reach the rest.
struct Reaching(Outbox);

impl Sender for Reaching {
    async fn send(&self, to: &Destination, outgoing: Outgoing<'_>) -> Result<Receipt, SendError> {
        match self.0.obstacle(to) {
            Some(why) => Err(SendError::Permanent { destination: to.name.to_string(), problem: why.to_owned() }),
            None => self.0.send(to, outgoing).await,
        }
    }

    fn can_update(&self, to: &Destination) -> bool {
        self.0.can_update(to)
    }
}
