//! The `mcp` function: what Andon knows, as tools for AI assistants, behind a function URL.
//!
//! IAM checks who calls before the function runs, and says who it is. A request is answered by `andon-mcp` from the ledger;
//! nothing is kept between two requests, so any instance can take the next one. Whoever `mcp.who` lists may start the
//! actions of `mcp.actions`, and a person confirms each of them.

use std::convert::Infallible;
use std::rc::Rc;

use andon::name::Home;
use andon::run_action::{ActionError, PipelineActions, PlannedAction};
use andon_aws::clock::SystemClock;
use andon_aws::dynamodb::DynamoLedger;
use andon_aws::run_action::CodePipelineActions;
use andon_config::{Config, Mcp as Rules};
use andon_mcp::http::HttpServer;
use andon_mcp::{Caller, Desk};
use andon_notify::NoEvidenceSource;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

mod function_url;

use function_url::{Refusal, answer, read};

/// The shortest key, in bytes, that what clients keep is sealed with.
const MIN_KEY: usize = 32;
/// Where the server is. The address alone leads there too.
const PATHS: [&str; 2] = ["/mcp", "/"];

type Server = HttpServer<DynamoLedger<SystemClock>, NoEvidenceSource, OwnAccount, SystemClock>;

/// The function and what it needs.
#[derive(Debug)]
pub struct Mcp {
    server: Server,
    actions: Rc<CodePipelineActions>,
    rules: Rules,
}

/// Acts with the function's rights.
#[derive(Debug)]
struct OwnAccount(Rc<CodePipelineActions>);

impl PipelineActions for OwnAccount {
    async fn carry_out(&self, order: &PlannedAction, reason: &str) -> Result<(), ActionError> {
        self.0.carry_out(order, reason).await
    }
}

impl Mcp {
    /// A server over a ledger.
    ///
    /// # Errors
    ///
    /// Why the key cannot be used.
    pub fn new(
        ledger: DynamoLedger<SystemClock>,
        actions: Rc<CodePipelineActions>,
        config: Config,
        key: &SecretString,
    ) -> Result<Self, String> {
        let key = key.expose_secret().as_bytes();
        if key.len() < MIN_KEY {
            return Err(format!("the secret of ANDON_MCP_KEY is shorter than {MIN_KEY} characters"));
        }
        let rules = config.mcp;
        let desk = Desk::new(ledger, NoEvidenceSource, OwnAccount(Rc::clone(&actions)), SystemClock).configured(
            config.routing.accounts,
            config.zone,
            rules.actions.clone(),
        );
        let server = HttpServer::new(desk, key, rules.origins.iter().cloned());
        Ok(Self { server, actions, rules })
    }

    /// Handles a request that came to the function's URL.
    pub async fn handle(&self, payload: &Value, home: &Home) -> Result<Value, Infallible> {
        self.actions.belongs_to(&home.account);
        let refused = |refusal: Refusal| {
            tracing::warn!(mcp.refused = 1, "refused: {}", refusal.why);
            refusal.into_json()
        };
        let (request, arn) = match read(payload) {
            Ok(read) => read,
            Err(refusal) => return Ok(refused(refusal)),
        };
        if !PATHS.contains(&request.uri().path()) {
            return Ok(refused(Refusal { status: 404, why: "The server is at /mcp." }));
        }
        let may_act = self.rules.admits(&arn);
        Ok(answer(self.server.answer(request, Caller { arn, may_act }).await))
    }
}

/// The time.
pub fn now() -> jiff::Timestamp {
    use andon::clock::Clock as _;
    SystemClock.now()
}
