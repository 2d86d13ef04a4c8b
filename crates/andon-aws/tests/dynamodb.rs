//! What the ledger asks of DynamoDB, and what it says when that cannot be reached, is too busy or refuses.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod loopback;

use std::time::Duration;

use andon::ledger::{Claim, ClaimKey, Lease, Ledger, LedgerError, NoArchive, Receipt, record};
use andon::run::{DeploymentRule, Run};
use andon::testing::events;
use andon_aws::clock::SystemClock;
use andon_aws::dynamodb::DynamoLedger;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use jiff::{SignedDuration, Timestamp};
use loopback::Server;
use tokio::net::TcpListener;

fn ledger(endpoint: &str) -> DynamoLedger<SystemClock> {
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(Duration::from_millis(300)).build();
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-west-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .retry_config(RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(10)))
        .timeout_config(timeouts)
        .endpoint_url(endpoint)
        .build();
    DynamoLedger::open(aws_sdk_dynamodb::Client::from_conf(config), "andon", SystemClock)
}

async fn fault(endpoint: &str) -> LedgerError {
    ledger(endpoint).pipelines().await.unwrap_err()
}

/// What the first event of a recorded run tells.
fn told() -> Run {
    events("codepipeline-run-build-failed").iter().find_map(andon::testing::told).unwrap()
}

fn operations(server: &Server) -> Vec<String> {
    server.calls().into_iter().map(|call| call.operation).collect()
}

#[tokio::test]
async fn the_first_news_cost_a_write_then_two_reads_at_once_then_a_write() {
    let server = Server::start(|_| ("200 OK", "{}".to_owned())).await;
    let told = told();
    record(&ledger(&server.endpoint), &NoArchive, &DeploymentRule::EVERY_RUN, told).await.unwrap();
    let operations = operations(&server);
    assert_eq!(
        (operations.first(), operations.last()),
        (Some(&"BatchWriteItem".to_owned()), Some(&"PutItem".to_owned()))
    );
    let mut reads = operations[1..operations.len() - 1].to_vec();
    reads.sort();
    assert_eq!(reads, ["Query", "Query"]);
}

/// Answers a query with the histories and standings that were written, and one of facts with nothing.
fn reading(written: Vec<serde_json::Value>) -> impl Fn(&loopback::Call) -> (&'static str, String) + Send + Sync {
    move |call| {
        let is_of_history = call.body["ExpressionAttributeValues"][":first"]["S"] == "history";
        let items = if call.operation == "Query" && is_of_history { written.clone() } else { Vec::new() };
        ("200 OK", serde_json::json!({"Items": items}).to_string())
    }
}

/// The items that were put.
fn put(server: &Server) -> Vec<serde_json::Value> {
    server.calls().into_iter().filter_map(|call| call.body.get("Item").cloned()).collect()
}

#[tokio::test]
async fn where_a_run_is_costs_one_small_item_and_its_end_a_history() {
    let events: Vec<Run> = events("codepipeline-run-succeeded").iter().filter_map(andon::testing::told).collect();
    let told = |count: usize| {
        let told = events.iter().take(count).cloned().reduce(|mut run, told| {
            run.merge(told);
            run
        });
        told.unwrap()
    };
    let first = Server::start(|_| ("200 OK", "{}".to_owned())).await;
    let rule = &DeploymentRule::EVERY_RUN;
    record(&ledger(&first.endpoint), &NoArchive, rule, told(2)).await.unwrap();
    let history = put(&first);
    assert_eq!(history[0]["sk"]["S"], "history");
    let second = Server::start(reading(history.clone())).await;
    record(&ledger(&second.endpoint), &NoArchive, rule, told(5)).await.unwrap();
    let standing = put(&second);
    let sort = standing[0]["sk"]["S"].as_str().unwrap().to_owned();
    assert!(standing.len() == 1 && sort.starts_with("open#"), "{standing:?}");
    assert!(standing[0].to_string().len() < 1_500, "{standing:?}");
    // The end of the run: what was in between makes way for the history.
    let third = Server::start(reading(history.into_iter().chain(standing).collect())).await;
    record(&ledger(&third.endpoint), &NoArchive, rule, told(events.len())).await.unwrap();
    assert_eq!(put(&third)[0]["sk"]["S"], "history");
    let deleted: Vec<_> = third.calls().into_iter().filter(|call| call.operation == "DeleteItem").collect();
    assert_eq!(deleted.len(), 1, "{deleted:?}");
    assert_eq!(deleted[0].body["Key"]["sk"]["S"], sort);
}

#[tokio::test]
async fn how_a_run_stands_in_an_unknown_format_is_left_out() {
    let (first, pipeline) = (Server::start(|_| ("200 OK", "{}".to_owned())).await, told().pipeline);
    record(&ledger(&first.endpoint), &NoArchive, &DeploymentRule::EVERY_RUN, told()).await.unwrap();
    let mut written = put(&first);
    let history = ledger(&Server::start(reading(written.clone())).await.endpoint).history(&pipeline).await.unwrap();
    written.push(serde_json::json!({
        "pk": written[0]["pk"], "sk": {"S": "open#e-9"}, "format": {"N": "2"}, "weight": {"N": "99"}, "slim": {"S": "x"},
    }));
    let server = Server::start(reading(written)).await;
    assert_eq!(ledger(&server.endpoint).history(&pipeline).await.unwrap(), history);
    assert!(history.is_some());
}

#[tokio::test]
async fn what_is_known_already_costs_no_write_but_of_its_facts() {
    let told = told();
    let first = Server::start(|_| ("200 OK", "{}".to_owned())).await;
    record(&ledger(&first.endpoint), &NoArchive, &DeploymentRule::EVERY_RUN, told.clone()).await.unwrap();
    // What was written is what is read from now on. (The pipeline's past was asked for once; that is written too.)
    let second = Server::start(reading(put(&first))).await;
    record(&ledger(&second.endpoint), &NoArchive, &DeploymentRule::EVERY_RUN, told).await.unwrap();
    let mut operations = operations(&second);
    operations.sort();
    assert_eq!(operations, ["BatchWriteItem", "Query", "Query"]);
}

#[tokio::test]
async fn the_facts_of_a_call_are_added_25_at_a_time_and_what_is_left_undone_again() {
    let told: Vec<Run> = (0..60).map(told_of).collect();
    let refused = std::sync::Mutex::new(true);
    let server = Server::start(move |call| {
        let items = call.body["RequestItems"]["andon"].as_array().cloned().unwrap_or_default();
        let left = if std::mem::take(&mut *refused.lock().unwrap()) { items } else { Vec::new() };
        ("200 OK", serde_json::json!({"UnprocessedItems": {"andon": left}}).to_string())
    })
    .await;
    let added = ledger(&server.endpoint).add(&told).await;
    assert_eq!(added.len(), 60);
    assert!(added.iter().all(Result::is_ok), "{added:?}");
    assert_eq!(operations(&server), ["BatchWriteItem"; 4]);
    let written = |call: &loopback::Call| call.body["RequestItems"]["andon"].as_array().unwrap().len();
    let mut sizes: Vec<usize> = server.calls().iter().map(written).collect();
    sizes.sort_unstable();
    assert_eq!(sizes.iter().sum::<usize>(), 60 + sizes[sizes.len() - 1].min(25), "{sizes:?}");
}

#[tokio::test]
async fn a_fact_that_cannot_be_written_fails_alone() {
    let told: Vec<Run> = (0..40).map(told_of).collect();
    let server = Server::start(|call| {
        let mut items = call.body["RequestItems"]["andon"].as_array().cloned().unwrap_or_default();
        items.retain(|item| item["PutRequest"]["Item"]["sk"]["S"].as_str().unwrap().starts_with("run#e-7#"));
        ("200 OK", serde_json::json!({"UnprocessedItems": {"andon": items}}).to_string())
    })
    .await;
    let added = ledger(&server.endpoint).add(&told).await;
    let failed: Vec<usize> = (0..40).filter(|index| added[*index].is_err()).collect();
    assert_eq!(failed, [7]);
    let error = added[7].as_ref().unwrap_err().to_string();
    assert_eq!(error, "cannot add facts in the ledger: table \"andon\" has no capacity left");
}

#[tokio::test]
async fn a_fact_of_an_unknown_format_is_left_out_and_harms_no_other() {
    let first = Server::start(|_| ("200 OK", "{}".to_owned())).await;
    ledger(&first.endpoint).add(&[told()]).await.remove(0).unwrap();
    let written = first.calls()[0].body["RequestItems"]["andon"][0]["PutRequest"]["Item"].clone();
    let mut newer = written.clone();
    newer["format"]["N"] = "2".into();
    newer["doc"]["S"] = "whatever".into();
    let second = Server::start(move |call| {
        let items = if call.operation == "Query" { vec![newer.clone(), written.clone()] } else { Vec::new() };
        ("200 OK", serde_json::json!({"Items": items}).to_string())
    })
    .await;
    let known = ledger(&second.endpoint).load(&told().pipeline, &told().execution).await.unwrap();
    assert_eq!(known.run.as_deref(), Some(&told()));
}

/// What the first event of a run tells, of a run of its own for each number.
fn told_of(index: usize) -> Run {
    let mut run = told();
    run.execution = execution(&format!("e-{index}"));
    run
}

fn execution(id: &str) -> andon::name::ExecutionId {
    andon::name::ExecutionId::parse(id).unwrap()
}

#[tokio::test]
async fn a_claim_and_its_settling_cost_one_call_each() {
    let server = Server::start(|_| ("200 OK", "{}".to_owned())).await;
    let told = told();
    let key = ClaimKey { pipeline: told.pipeline, effect: "failed/e-1/1".to_owned() };
    let lease = Lease::new("me", Timestamp::now(), SignedDuration::from_secs(60));
    let ledger = ledger(&server.endpoint);
    assert_eq!(ledger.claim(&key, &lease).await.unwrap(), Claim::Granted);
    ledger.settle(&key, &lease, &Receipt::default()).await.unwrap();
    assert_eq!(operations(&server), ["PutItem", "UpdateItem"]);
}

#[tokio::test]
async fn the_list_goes_on_over_all_its_pages_and_is_in_order() {
    let written = Server::start(|_| ("200 OK", "{}".to_owned())).await;
    record(&ledger(&written.endpoint), &NoArchive, &DeploymentRule::EVERY_RUN, told()).await.unwrap();
    let slim = written.calls().into_iter().find_map(|call| call.body["Item"]["slim"]["S"].as_str().map(str::to_owned));
    let slim = slim.unwrap();
    let name = told().pipeline.name.to_string();
    let server = Server::start(move |call| {
        if call.body["ExpressionAttributeValues"][":list"]["S"] == "standings" {
            return ("200 OK", "{}".to_owned());
        }
        let page = call.body["ExclusiveStartKey"]["name"]["S"].as_str().map_or(0, |page| page.parse::<i32>().unwrap());
        let item = |name_here: &str| serde_json::json!({"slim": {"S": slim.replace(&name, name_here)}});
        // One row is broken: it is left out, and the others are listed.
        let broken = serde_json::json!({"slim": {"S": "{"}, "name": {"S": "1#eu-west-1#broken"}});
        let mut body = serde_json::json!({"Items": [item(&format!("z-{page}")), broken, item(&format!("a-{page}"))]});
        if page < 2 {
            body["LastEvaluatedKey"] = serde_json::json!({"name": {"S": (page + 1).to_string()}});
        }
        ("200 OK", body.to_string())
    })
    .await;
    let listed = ledger(&server.endpoint).pipelines().await.unwrap();
    let names: Vec<_> = listed.iter().map(|overview| overview.pipeline.name.as_str()).collect();
    assert_eq!(names, ["a-0", "a-1", "a-2", "z-0", "z-1", "z-2"]);
    assert_eq!(operations(&server), ["Query"; 4]);
    assert!(server.calls().iter().all(|call| call.body["IndexName"] == "list"));
}

/// Lets a query be refused; gives back what the ledger says and how often it was tried.
async fn refused(status: &'static str, code: &str, message: &str) -> (LedgerError, usize) {
    let body = serde_json::json!({"__type": code, "message": message}).to_string();
    let server = Server::start(move |_| (status, body.clone())).await;
    let error = fault(&server.endpoint).await;
    let calls = server.calls();
    assert!(calls.iter().all(|call| call.operation == "Query" && call.region == "eu-west-1"), "{calls:?}");
    assert!(calls.iter().all(|call| call.body["TableName"] == "andon"), "{calls:?}");
    let is_of_pipelines = |call: &&loopback::Call| call.body["ExpressionAttributeValues"][":list"]["S"] == "pipelines";
    (error, calls.iter().filter(is_of_pipelines).count())
}

#[tokio::test]
async fn an_endpoint_that_is_down_is_unavailable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = fault(&endpoint).await;
    assert!(matches!(error, LedgerError::Unavailable { .. }), "{error}");
    assert!(error.to_string().starts_with("cannot list the pipelines in the ledger: "), "{error}");
    assert!(error.to_string().contains("Connection refused"), "{error}");
}

#[tokio::test]
async fn a_server_that_never_answers_is_unavailable() {
    // The system accepts connections for it; nobody reads them.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let error = fault(&format!("http://{}", listener.local_addr().unwrap())).await;
    assert!(matches!(error, LedgerError::Unavailable { .. }), "{error}");
    assert!(error.to_string().contains("timeout"), "{error}");
}

#[tokio::test]
async fn throttling_is_tried_again_and_then_unavailable() {
    for code in ["ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded"] {
        let (error, tries) = refused("400 Bad Request", code, "Rate exceeded").await;
        assert!(matches!(error, LedgerError::Unavailable { .. }), "{error}");
        assert_eq!(error.to_string(), format!("cannot list the pipelines in the ledger: {code}: Rate exceeded"));
        assert_eq!(tries, 3);
    }
}

#[tokio::test]
async fn a_breakdown_is_tried_again_and_then_unavailable() {
    let (error, tries) = refused("500 Internal Server Error", "InternalServerError", "Internal error").await;
    assert!(matches!(error, LedgerError::Unavailable { .. }), "{error}");
    assert_eq!(tries, 3);
}

#[tokio::test]
async fn a_missing_permission_is_named_and_not_tried_again() {
    let message = "User: arn:aws:sts::111122223333:assumed-role/x is not authorized";
    let (error, tries) = refused("400 Bad Request", "AccessDeniedException", message).await;
    assert!(matches!(error, LedgerError::Unusable(_)), "{error}");
    assert_eq!(
        error.to_string(),
        "the ledger cannot be used: the function's role lacks dynamodb:Query on table \"andon\" \
         (User: arn:aws:sts::111122223333:assumed-role/x is not authorized)"
    );
    assert_eq!(tries, 1);
}

#[tokio::test]
async fn an_index_that_is_missing_is_refused_with_what_the_table_must_have() {
    let message = "The table does not have the specified index: list";
    let (error, tries) = refused("400 Bad Request", "ValidationException", message).await;
    assert!(matches!(error, LedgerError::Unusable(_)), "{error}");
    let said = error.to_string();
    assert!(said.contains(message) && said.contains("secondary index \"list\" with the partition key"), "{said}");
    assert_eq!(tries, 1);
}

#[tokio::test]
async fn an_answer_that_is_not_dynamodb_is_unavailable() {
    let server = Server::start(|_| ("200 OK", "<html>captive portal</html>".to_owned())).await;
    let error = fault(&server.endpoint).await;
    assert!(matches!(error, LedgerError::Unavailable { .. }), "{error}");
}

#[tokio::test]
async fn what_dynamodb_leaves_unprocessed_is_asked_for_again_and_not_for_ever() {
    let server = Server::start(|call| match call.operation.as_str() {
        "PutItem" => ("400 Bad Request", r#"{"__type": "ConditionalCheckFailedException"}"#.to_owned()),
        _ => ("200 OK", serde_json::json!({"Responses": {}, "UnprocessedKeys": call.body["RequestItems"]}).to_string()),
    })
    .await;
    let key = ClaimKey { pipeline: told().pipeline, effect: "failed/e-1/1".to_owned() };
    let lease = Lease::new("me", Timestamp::now(), SignedDuration::from_secs(60));
    let error = ledger(&server.endpoint).claim(&key, &lease).await.unwrap_err();
    assert!(matches!(error, LedgerError::Unavailable { .. }), "{error}");
    let calls: Vec<_> = server.calls().into_iter().filter(|call| call.operation == "BatchGetItem").collect();
    assert_eq!(calls.len(), 5);
    for call in calls {
        let keys = call.body["RequestItems"]["andon"]["Keys"].as_array().unwrap().len();
        assert_eq!((keys, &call.body["RequestItems"]["andon"]["ConsistentRead"]), (1, &true.into()));
    }
}
