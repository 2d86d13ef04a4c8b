//! The emulators are there, are alone, and end with whoever started them.
#![expect(clippy::unwrap_used, reason = "what fails in a test fails the test")]

use std::net::TcpStream;

use serde_json::json;
use test_support::ask;
use test_support::call::round_trips;
use test_support::emulator::{self, Emulator};
use test_support::fault::Fault;
use test_support::recorder::Recorder;
use test_support::unique;

fn dynamodb(url: &str, operation: &str, body: &str) -> (u16, String) {
    let input = serde_json::from_str(body).unwrap();
    let reply = ask::json(url, "dynamodb", &format!("DynamoDB_20120810.{operation}"), &input).unwrap();
    (reply.status, reply.body)
}

fn create_table(url: &str) -> (u16, String) {
    let body = format!(
        r#"{{"TableName":"{}","BillingMode":"PAY_PER_REQUEST","KeySchema":[{{"AttributeName":"pk","KeyType":"HASH"}}],"AttributeDefinitions":[{{"AttributeName":"pk","AttributeType":"S"}}]}}"#,
        unique("table")
    );
    dynamodb(url, "CreateTable", &body)
}

#[test]
fn both_emulators_create_a_table() {
    for url in [emulator::moto().unwrap(), emulator::dynalite().unwrap()] {
        let (status, answer) = create_table(&url);
        assert_eq!(status, 200, "{answer}");
    }
}

#[test]
fn moto_lets_one_of_many_conditional_writes_win() {
    let url = emulator::moto().unwrap();
    let (status, answer) = create_table(&url);
    assert_eq!(status, 200, "{answer}");
    let table = answer.split("\"TableName\":").nth(1).unwrap().split('"').nth(1).unwrap();
    let put = format!(
        r#"{{"TableName":"{table}","Item":{{"pk":{{"S":"one"}}}},"ConditionExpression":"attribute_not_exists(pk)"}}"#
    );
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..8).map(|_| scope.spawn(|| dynamodb(&url, "PutItem", &put).0)).collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
}

#[test]
fn an_emulator_ends_when_it_is_dropped() {
    let emulator = Emulator::dynalite().unwrap();
    let address = emulator.url().trim_start_matches("http://").to_owned();
    assert!(TcpStream::connect(&address).is_ok());
    drop(emulator);
    assert!(TcpStream::connect(&address).is_err());
}

#[test]
fn the_recorder_passes_on_and_notes() {
    let recorder = Recorder::start(&emulator::dynalite().unwrap()).unwrap();
    let (status, _) = create_table(&recorder.url());
    let (refused, answer) = dynamodb(&recorder.url(), "DescribeTable", r#"{"TableName":"nowhere"}"#);
    assert_eq!((status, refused), (200, 400), "{answer}");
    let calls = recorder.requests();
    let told: Vec<_> = calls.iter().map(|call| (call.service.as_str(), call.operation.as_str(), call.status)).collect();
    assert_eq!(told, [("dynamodb", "CreateTable", Some(200)), ("dynamodb", "DescribeTable", Some(400))]);
    assert_eq!(calls[1].body["TableName"], "nowhere");
    assert!(calls[1].reply.contains("ResourceNotFoundException"), "{}", calls[1].reply);
    assert_eq!(round_trips(&calls), 2);
}

#[test]
fn the_recorder_fails_a_request_as_told_and_only_that() {
    let recorder = Recorder::start(&emulator::dynalite().unwrap()).unwrap();
    recorder.inject("CreateTable", Fault::throttled());
    recorder.inject("CreateTable", Fault::Close);
    let (status, answer) = create_table(&recorder.url());
    assert!(status == 400 && answer.contains("ThrottlingException"), "{answer}");
    assert_eq!(create_table(&recorder.url()).0, 0);
    assert_eq!(create_table(&recorder.url()).0, 200);
}

#[test]
fn a_lost_reply_has_had_its_effect() {
    let url = emulator::dynalite().unwrap();
    let recorder = Recorder::start(&url).unwrap();
    recorder.inject("CreateTable", Fault::LostReply);
    let table = unique("table");
    let body = format!(
        r#"{{"TableName":"{table}","BillingMode":"PAY_PER_REQUEST","KeySchema":[{{"AttributeName":"pk","KeyType":"HASH"}}],"AttributeDefinitions":[{{"AttributeName":"pk","AttributeType":"S"}}]}}"#
    );
    assert_eq!(dynamodb(&recorder.url(), "CreateTable", &body).0, 0);
    assert_eq!(dynamodb(&url, "DescribeTable", &format!(r#"{{"TableName":"{table}"}}"#)).0, 200);
}

#[test]
fn replies_are_read_whole_from_each_emulator() {
    for url in [emulator::moto().unwrap(), emulator::dynalite().unwrap()] {
        let reply = ask::json(&url, "dynamodb", "DynamoDB_20120810.ListTables", &json!({})).unwrap();
        assert!(reply.json()["TableNames"].is_array(), "{reply:?}");
    }
    let name = unique("a topic & more").replace(' ', "-").replace('&', "and");
    let reply = ask::form(&emulator::moto().unwrap(), "sns", &[("Action", "CreateTopic"), ("Name", &name)]).unwrap();
    assert!(reply.body.contains(&format!("123456789012:{name}</TopicArn>")), "{reply:?}");
}
