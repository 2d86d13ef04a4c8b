//! What the ledger says when DynamoDB cannot be reached, is too busy or refuses.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use andon::ledger::{Ledger, LedgerError};
use andon_aws::clock::SystemClock;
use andon_aws::dynamodb::DynamoLedger;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A server that gives every request the same answer, or none, and counts them.
async fn server(status: &'static str, body: Option<&'static str>) -> (String, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        let mut open = Vec::new();
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            counted.fetch_add(1, Ordering::Relaxed);
            let Some(body) = body else {
                open.push(socket);
                continue;
            };
            let mut request = vec![0; 64 * 1024];
            let _ = socket.read(&mut request).await;
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 {status}\r\ncontent-type: application/x-amz-json-1.0\r\nconnection: close\r\n\
                 content-length: {length}\r\n\r\n{body}"
            );
            let _ = socket.write_all(answer.as_bytes()).await;
        }
    });
    (address, count)
}

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
    let (endpoint, _) = server("", None).await;
    let error = fault(&endpoint).await;
    assert!(matches!(error, LedgerError::Unavailable { .. }), "{error}");
}

#[tokio::test]
async fn throttling_is_tried_again_and_then_unavailable() {
    let body = r#"{"__type":"com.amazon.coral.availability#ThrottlingException","message":"Rate exceeded"}"#;
    let (endpoint, count) = server("400 Bad Request", Some(body)).await;
    let error = fault(&endpoint).await;
    assert!(matches!(error, LedgerError::Unavailable { .. }), "{error}");
    assert!(error.to_string().contains("Rate exceeded"), "{error}");
    assert_eq!(count.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn a_breakdown_is_tried_again_and_then_unavailable() {
    let body = r#"{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"Internal error"}"#;
    let (endpoint, count) = server("500 Internal Server Error", Some(body)).await;
    let error = fault(&endpoint).await;
    assert!(matches!(error, LedgerError::Unavailable { .. }), "{error}");
    assert_eq!(count.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn a_missing_permission_is_named_and_not_tried_again() {
    let body = r#"{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"User: arn:aws:sts::111122223333:assumed-role/x is not authorized"}"#;
    let (endpoint, count) = server("400 Bad Request", Some(body)).await;
    let error = fault(&endpoint).await;
    let said = error.to_string();
    assert!(matches!(error, LedgerError::Unusable(_)), "{said}");
    assert!(said.contains("the permission dynamodb:Query on table \"andon\" is missing"), "{said}");
    assert!(said.contains("is not authorized"), "{said}");
    assert_eq!(count.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn an_answer_that_is_not_dynamodb_is_unavailable() {
    let (endpoint, _) = server("200 OK", Some("<html>captive portal</html>")).await;
    let error = fault(&endpoint).await;
    assert!(matches!(error, LedgerError::Unavailable { .. }), "{error}");
}
