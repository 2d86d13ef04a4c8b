use std::time::Duration;

use andon::ledger::memory::MemoryLedger;
use andon::ledger::{ClaimKey, DeferredEvent, Ledger, LedgerError, NoArchive, conformance, record};
use andon::name::{ExecutionId, PipelineId, PipelineName};
use andon::run::{DeploymentRule, Run, Status};
use andon::testing::{events, home};
use andon_aws::clock::SystemClock;
use andon_aws::dynamodb::DynamoLedger;
use aws_sdk_dynamodb::types::{AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use test_support::unique;

use super::{dynalite, dynamo_client, moto};

async fn ledger(endpoint: &str) -> (DynamoLedger<SystemClock>, String) {
    let table = unique("ledger");
    let ledger = DynamoLedger::open(dynamo_client(endpoint), &table, SystemClock);
    ledger.create_table().await.unwrap();
    (ledger, table)
}

#[tokio::test]
async fn the_ledger_keeps_its_promises_on_moto() {
    conformance::check(&ledger(&moto()).await.0, "c").await;
}

#[tokio::test]
async fn the_ledger_keeps_its_promises_on_dynalite() {
    conformance::check(&ledger(&dynalite()).await.0, "c").await;
}

#[tokio::test]
async fn a_table_is_made_once_and_found_fit() {
    for endpoint in [moto(), dynalite()] {
        let (ledger, _) = ledger(&endpoint).await;
        ledger.create_table().await.unwrap();
        ledger.check_table().await.unwrap();
    }
}

#[tokio::test]
async fn a_missing_table_is_refused_at_the_first_use_by_its_name() {
    for endpoint in [moto(), dynalite()] {
        let ledger = DynamoLedger::open(dynamo_client(&endpoint), "no-such-table", SystemClock);
        for error in [
            ledger.load(&pipeline("web"), &execution("e-1")).await.unwrap_err(),
            ledger.history(&pipeline("web")).await.unwrap_err(),
            ledger.pipelines().await.unwrap_err(),
            ledger.check_table().await.unwrap_err(),
        ] {
            let said = error.to_string();
            assert!(matches!(error, LedgerError::Unusable(_)), "{said}");
            assert!(said.contains("table \"no-such-table\"") && said.contains("partition key \"pk\" (S)"), "{said}");
        }
    }
}

#[tokio::test]
async fn a_table_with_other_keys_is_refused_at_the_first_use() {
    for endpoint in [moto(), dynalite()] {
        let client = dynamo_client(&endpoint);
        let table = unique("other");
        let attribute = AttributeDefinition::builder().attribute_name("id").attribute_type("S".into()).build();
        let key = KeySchemaElement::builder().attribute_name("id").key_type(KeyType::Hash).build();
        let request = client.create_table().table_name(&table).billing_mode(BillingMode::PayPerRequest);
        request.attribute_definitions(attribute.unwrap()).key_schema(key.unwrap()).send().await.unwrap();
        while client.describe_table().table_name(&table).send().await.unwrap().table.unwrap().table_status
            != Some("ACTIVE".into())
        {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let ledger = DynamoLedger::open(client, &table, SystemClock);
        for error in [
            ledger.load(&pipeline("web"), &execution("e-1")).await.unwrap_err(),
            ledger.add(&[told("e-1")]).await.remove(0).unwrap_err(),
            ledger.pipelines().await.unwrap_err(),
            ledger.check_table().await.unwrap_err(),
        ] {
            let said = error.to_string();
            assert!(matches!(error, LedgerError::Unusable(_)), "{said}");
            assert!(said.contains(&format!("table {table:?} ")), "{said}");
            assert!(said.contains("sort key \"sk\" (S)"), "{said}");
        }
    }
}

#[tokio::test]
async fn items_are_laid_out_as_documented_and_expire_after_more_than_a_year() {
    let endpoint = moto();
    let (ledger, table) = ledger(&endpoint).await;
    record(&ledger, &NoArchive, &DeploymentRule::EVERY_RUN, told("e-1")).await.unwrap();
    let items = dynamo_client(&endpoint).scan().table_name(&table).send().await.unwrap().items.unwrap();
    let mut keys: Vec<_> =
        items.iter().map(|item| (item["pk"].as_s().unwrap().as_str(), item["sk"].as_s().unwrap().as_str())).collect();
    keys.sort_unstable();
    let partition = "pipeline#111122223333#eu-west-1#web";
    assert_eq!(keys.first(), Some(&(partition, "history")));
    let facts: Vec<_> = keys.iter().filter(|(of, key)| *of == partition && key.starts_with("run#e-1#")).collect();
    assert_eq!((facts.len(), keys.len()), (1, 2), "{keys:?}");
    let in_a_year = Timestamp::now() + SignedDuration::from_hours(366 * 24);
    for item in &items {
        let expires: i64 = item["expires"].as_n().unwrap().parse().unwrap();
        assert!(Timestamp::from_second(expires).unwrap() > in_a_year);
        let is_history = item["sk"] == AttributeValue::S("history".to_owned());
        assert_eq!(item.contains_key("list"), is_history, "histories alone are in the list");
    }
}

#[tokio::test]
async fn the_longest_names_and_the_largest_runs_are_kept() {
    for endpoint in [moto(), dynalite()] {
        let (ledger, _) = ledger(&endpoint).await;
        let run = large_run();
        let recorded = record(&ledger, &NoArchive, &DeploymentRule::EVERY_RUN, run.clone()).await.unwrap();
        assert_eq!(*recorded.run, run);
        let known = ledger.load(&run.pipeline, &run.execution).await.unwrap();
        assert_eq!(known.run.as_deref(), Some(&run));
    }
}

#[tokio::test]
async fn an_item_that_cannot_be_read_harms_no_other() {
    for endpoint in [moto(), dynalite()] {
        let (ledger, table) = ledger(&endpoint).await;
        record(&ledger, &NoArchive, &DeploymentRule::EVERY_RUN, told("e-1")).await.unwrap();
        let held = DeferredEvent {
            until: "2026-11-20T07:00:00Z".parse().unwrap(),
            effect: ClaimKey { pipeline: pipeline("web"), effect: "failed/e-1/1".to_owned() },
            event: serde_json::json!({}),
        };
        ledger.defer(&held).await.unwrap();
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let fact = format!("run#e-1#{}", "0".repeat(32));
        for (partition, sort) in
            [("pipeline#111122223333#eu-west-1#web", fact.as_str()), ("held", "until#000000000000000000000#0")]
        {
            let put = dynamo_client(&endpoint).put_item().table_name(&table);
            let put = put.item("pk", text(partition)).item("sk", text(sort)).item("doc", text("{"));
            put.item("format", AttributeValue::N("1".to_owned())).send().await.unwrap();
        }
        let known = ledger.load(&pipeline("web"), &execution("e-1")).await.unwrap();
        assert_eq!(known.run.as_deref(), Some(&told("e-1")));
        assert_eq!(ledger.deferred_until(held.until).await.unwrap(), [held]);
    }
}

/// Any order, each event one to three times, from eight tasks with a client each.
#[test]
fn tasks_that_record_one_run_at_once_lose_nothing() {
    let events: Vec<Run> = events("codepipeline-run-retry-succeeded").iter().filter_map(andon::testing::told).collect();
    let in_memory = block_on(async {
        let ledger = MemoryLedger::new();
        for told in &events {
            record(&ledger, &NoArchive, &DeploymentRule::EVERY_RUN, told.clone()).await.unwrap();
        }
        ledger.load(&events[0].pipeline, &events[0].execution).await.unwrap()
    });
    let deliveries = events.iter().flat_map(|told| vec![told.clone(); 3]).collect::<Vec<_>>();
    let shuffled = Just(deliveries).prop_shuffle().prop_map(|deliveries| {
        let mut seen: Vec<Run> = Vec::new();
        // Two of three deliveries of a kind, now and then the third: at least one of each.
        deliveries
            .into_iter()
            .enumerate()
            .filter(|(index, told)| {
                let is_new = !seen.contains(told);
                seen.push(told.clone());
                is_new || index % 3 != 0
            })
            .map(|(_, told)| told)
            .collect::<Vec<_>>()
    });
    for endpoint in [moto(), dynalite()] {
        let config = ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() };
        TestRunner::new(config)
            .run(&shuffled, |deliveries| {
                let known = block_on(record_at_once(&endpoint, deliveries));
                let value = |known: &andon::ledger::Known| (known.run.clone().unwrap(), known.history().unwrap());
                prop_assert_eq!(value(&known), value(&in_memory));
                Ok(())
            })
            .unwrap();
    }
}

async fn record_at_once(endpoint: &str, deliveries: Vec<Run>) -> andon::ledger::Known {
    let (ledger, table) = ledger(endpoint).await;
    let (pipeline, execution) = (deliveries[0].pipeline.clone(), deliveries[0].execution.clone());
    let tasks = tokio::task::LocalSet::new();
    for part in 0..8 {
        let mine: Vec<Run> = deliveries.iter().skip(part).step_by(8).cloned().collect();
        let ledger = DynamoLedger::open(dynamo_client(endpoint), &table, SystemClock);
        tasks.spawn_local(async move {
            for told in mine {
                record(&ledger, &NoArchive, &DeploymentRule::EVERY_RUN, told).await.unwrap();
            }
        });
    }
    tasks.await;
    ledger.load(&pipeline, &execution).await.unwrap()
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn pipeline(name: &str) -> PipelineId {
    PipelineId { home: home(), name: PipelineName::parse(name).unwrap() }
}

fn execution(id: &str) -> ExecutionId {
    ExecutionId::parse(id).unwrap()
}

fn told(id: &str) -> Run {
    let event = serde_json::json!({
        "source": "aws.codepipeline", "detail-type": "CodePipeline Pipeline Execution State Change",
        "account": "111122223333", "region": "eu-west-1", "time": "2026-11-20T10:00:00Z",
        "detail": {"pipeline": "web", "execution-id": id, "state": "FAILED"},
    });
    andon::testing::told(&event).unwrap()
}

/// A run of 600 actions with results as long as CodePipeline lets them be, under names of four-byte characters.
fn large_run() -> Run {
    let mut large: Option<Run> = None;
    for index in 0..600 {
        for state in ["STARTED", "FAILED"] {
            let event = serde_json::json!({
                "source": "aws.codepipeline", "detail-type": "CodePipeline Action Execution State Change",
                "account": "111122223333", "region": "eu-west-1", "time": "2026-11-20T10:00:00Z",
                "detail": {
                    "pipeline": "🚀".repeat(100), "execution-id": "🚀".repeat(256), "state": state,
                    "stage": "Deploy", "action": format!("Release-{index}"),
                    "action-execution-id": format!("{index:08}-1f7e-4c55-9d5e-0a2f3c7b9e11"),
                    "execution-result": {
                        "external-execution-summary": "Deployment failed because no instance answered. ".repeat(40),
                        "external-execution-id": format!("d-{index:09}"), "error-code": "JobFailed",
                    },
                },
            });
            let told = andon::testing::told(&event).unwrap();
            match &mut large {
                Some(run) => assert!(run.merge(told)),
                None => large = Some(told),
            }
        }
    }
    large.unwrap()
}

/// Tables as earlier versions wrote them: runs as whole documents; then facts, with a history for every event.
const EARLIER: [&str; 2] = [include_str!("ledger-format-1.json"), include_str!("ledger-format-2.json")];

#[tokio::test]
async fn what_earlier_versions_wrote_is_read_and_goes_on() {
    for (endpoint, written) in
        [moto(), dynalite()].into_iter().flat_map(|endpoint| EARLIER.map(|file| (endpoint.clone(), file)))
    {
        let (ledger, table) = ledger(&endpoint).await;
        let items: Vec<serde_json::Value> = serde_json::from_str(written).unwrap();
        for items in items.chunks(25) {
            let puts = items.iter().map(|item| serde_json::json!({"PutRequest": {"Item": item}}));
            let requests = serde_json::json!({"RequestItems": {&table: puts.collect::<Vec<_>>()}});
            let target = "DynamoDB_20120810.BatchWriteItem";
            let reply = test_support::ask::json_in("eu-west-1", &endpoint, "dynamodb", target, &requests).unwrap();
            assert_eq!((reply.status, reply.json()["UnprocessedItems"].clone()), (200, serde_json::json!({})));
        }
        let listed = ledger.pipelines().await.unwrap();
        assert!(listed.len() >= 3, "{listed:?}");
        for overview in &listed {
            let history = ledger.history(&overview.pipeline).await.unwrap().unwrap();
            let latest = history.latest().unwrap();
            assert_eq!((&latest.execution, latest.status), (&overview.latest.execution, overview.latest.status));
            for summary in history.runs() {
                let run = ledger.load(&overview.pipeline, &summary.execution).await.unwrap().run.unwrap();
                assert_eq!(run.status(), summary.status, "{} of {}", run.execution, run.pipeline);
            }
        }
        let waiting = listed.iter().find(|overview| overview.pipeline.name.as_str() == "mobile-bff").unwrap();
        let mut end = told(waiting.latest.execution.as_str());
        end.pipeline = waiting.pipeline.clone();
        let trend = |listed: Vec<std::sync::Arc<andon::history::Overview>>| {
            let of_run = listed.into_iter().find(|overview| overview.pipeline == end.pipeline).unwrap();
            (of_run.open.len(), of_run.trend.clone())
        };
        assert_eq!(trend(listed.clone()), (1, vec![Status::Waiting]));
        record(&ledger, &NoArchive, &DeploymentRule::EVERY_RUN, end.clone()).await.unwrap();
        assert_eq!(trend(ledger.pipelines().await.unwrap()), (0, vec![Status::Failed]));
    }
}
