//! Wires the Slack app to Lambda.

use andon_answers::Answerer;
use andon_aws::clock::SystemClock;
use andon_aws::dynamodb::DynamoLedger;
use andon_aws::run_action::CodePipelineActions;
use andon_aws::secret::Secrets;
use andon_aws::send::{JobQueue, SLACK_API, SlackApp};
use andon_aws::{config, environment, lambda};
use chat::Chat;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::log();
    let (table, configuration, api) =
        (environment::table()?, environment::config()?, environment::slack_api(SLACK_API)?);
    let queue = environment::chat_queue()?;
    let Some(rules) = configuration.chat.clone() else {
        return Err("andon.yml has no `chat` section: add one, or leave the stack parameter SlackApp off".into());
    };
    let aws = config::load().await;
    let ledger = DynamoLedger::connect(&aws, &table, SystemClock);
    ledger.warm().await;
    let runbooks = configuration.runbooks.clone();
    let function = Chat {
        desk: Answerer::new(ledger, SystemClock)
            .knowing(configuration.routing.accounts.clone(), configuration.zone.clone())
            .with_runbooks(runbooks),
        slack: SlackApp::new(&aws, &api, rules.token.clone()),
        secrets: Secrets::new(&aws),
        queue: queue.map(|url| JobQueue::new(&aws, url)),
        actions: CodePipelineActions::new(&aws),
        members: chat::Members::default(),
        config: configuration,
        rules,
    };
    function.warm().await?;
    lambda::serve(function, async |chat, payload, invocation| {
        chat.actions.belongs_to(&invocation.home.account);
        Box::pin(chat.handle(payload, invocation)).await
    })
    .await
}
