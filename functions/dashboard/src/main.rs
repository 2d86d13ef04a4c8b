//! Wires the dashboard function to Lambda.

use andon_aws::clock::SystemClock;
use andon_aws::dashboards::CloudWatchShelf;
use andon_aws::dynamodb::DynamoLedger;
use andon_aws::{config, environment, lambda};
use dashboard::Dashboards;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::log();
    let (table, configuration, alarms) = (environment::table()?, environment::config()?, environment::alarms()?);
    let aws = config::load().await;
    let function = Dashboards {
        ledger: DynamoLedger::connect(&aws, &table, SystemClock),
        store: CloudWatchShelf::connect(&aws),
        clock: SystemClock,
        config: configuration,
        alarms,
    };
    lambda::serve(function, async |dashboards, payload, invocation| dashboards.handle(payload, invocation).await).await
}
