//! Wires the Alexa function to Lambda.

use alexa::{Alexa, Skills};
use andon_answers::Answerer;
use andon_aws::clock::SystemClock;
use andon_aws::dynamodb::DynamoLedger;
use andon_aws::run_action::CodePipelineActions;
use andon_aws::secret::Secrets;
use andon_aws::{config, environment, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::log();
    let (table, configuration, skills) = (environment::table()?, environment::config()?, environment::skills()?);
    let aws = config::load().await;
    let ledger = DynamoLedger::connect(&aws, &table, SystemClock);
    ledger.warm().await;
    let function = Alexa {
        desk: Answerer::new(ledger, SystemClock)
            .knowing(configuration.routing.accounts.clone(), configuration.zone.clone())
            .with_runbooks(configuration.runbooks.clone()),
        actions: CodePipelineActions::new(&aws),
        passcode: Secrets::new(&aws),
        clock: SystemClock,
        rules: configuration.voice,
        skills: Skills::Only(skills),
    };
    lambda::serve(function, async |alexa, payload, invocation| {
        alexa.actions.belongs_to(&invocation.home.account);
        Box::pin(alexa.handle(payload, invocation)).await
    })
    .await
}
