//! Wires the Lex function to Lambda.

use andon_answers::Answerer;
use andon_aws::clock::SystemClock;
use andon_aws::dynamodb::DynamoLedger;
use andon_aws::{config, environment, lambda};
use lex::Lex;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::log();
    let (table, configuration, bots) = (environment::table()?, environment::config()?, environment::lex_bots()?);
    let aws = config::load().await;
    let ledger = DynamoLedger::connect(&aws, &table, SystemClock);
    ledger.warm().await;
    let function = Lex {
        desk: Answerer::new(ledger, SystemClock)
            .knowing(configuration.routing.accounts.clone(), configuration.zone.clone())
            .with_runbooks(configuration.runbooks.clone()),
        clock: SystemClock,
        bots,
        callers: configuration.phone.callers,
    };
    lambda::serve(function, async |lex, payload, _| Box::pin(lex.handle(payload)).await).await
}
