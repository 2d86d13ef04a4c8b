//! Wires the MCP server to Lambda.

use std::rc::Rc;

use andon_aws::clock::SystemClock;
use andon_aws::dynamodb::DynamoLedger;
use andon_aws::run_action::CodePipelineActions;
use andon_aws::secret::Secrets;
use andon_aws::{config, environment, lambda};
use mcp::Mcp;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::log();
    let (table, configuration, key) = (environment::table()?, environment::config()?, environment::mcp_key()?);
    let aws = config::load().await;
    let ledger = DynamoLedger::connect(&aws, &table, SystemClock);
    let secrets = Secrets::new(&aws);
    let ((), key) = tokio::join!(ledger.warm(), secrets.get(&key, mcp::now()));
    let function = Mcp::new(ledger, Rc::new(CodePipelineActions::new(&aws)), configuration, &key?)?;
    lambda::serve(function, async |mcp, payload, invocation| Box::pin(mcp.handle(&payload, &invocation.home)).await)
        .await
}
