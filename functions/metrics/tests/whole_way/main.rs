//! The whole way: events in by SQS, numbers read back from CloudWatch, compared with what happened.
//!
//! A thousand invented histories, whose events come in disorder and more than once. Each region holds some of them, as
//! moto looks at every datum of a region for every question.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

mod story;
#[path = "../support/mod.rs"]
mod support;
mod truth;

use std::collections::BTreeMap;
use std::ops::Range;
use strum::VariantArray as _;

use andon::batch::Invocation;
use andon::ledger::NoArchive;
use andon::ledger::memory::MemoryLedger;
use andon::name::{AccountId, Home, Region};
use andon::statistics::Metric;
use andon::testing::invocation;
use andon_aws::cloudwatch::CloudWatchSink;
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, Statistic};
use futures_util::future::join_all;
use jiff::Timestamp;
use metrics::Metrics;
use proptest::collection::vec;
use proptest::strategy::{Just, Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use story::{Played, events, later, stories};
use test_support::aws;
use test_support::emulator::moto;
use test_support::unique;
use truth::{Deploys, Numbers};

const REGIONS: [&str; 25] = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "sa-east-1",
    "eu-west-2",
    "eu-west-3",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "af-south-1",
    "ap-east-1",
    "ap-south-1",
    "ap-south-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "me-south-1",
    "me-central-1",
];
/// Together a thousand.
const PER_REGION: usize = 40;

/// A queue's message: an event of a history, and whether it was delivered before.
type Message = (Value, bool);

/// A history as it is delivered.
struct Case {
    pipeline: String,
    played: Vec<Played>,
    /// What is delivered in which round. Attempts that come together come in any order, and a single one may come in two
    /// parts; that people retry before the queue has delivered what they retry is too much disorder for anybody.
    rounds: Vec<[Vec<Message>; 2]>,
}

fn any<S: Strategy>(of: &S, runner: &mut TestRunner) -> S::Value {
    of.new_tree(runner).unwrap().current()
}

impl Case {
    fn new(runner: &mut TestRunner, from: Timestamp) -> Self {
        let pipeline = unique("story");
        let played = any(&stories(), runner).play(from);
        let mut rounds = Vec::new();
        let mut rest = played.as_slice();
        let mut delivered: Vec<Value> = Vec::new();
        while !rest.is_empty() {
            let (together, others) = rest.split_at(any(&(1..=3_usize), runner).min(rest.len()));
            rest = others;
            let fresh: Vec<Value> = together.iter().flat_map(|attempt| events(&pipeline, attempt)).collect();
            let times = any(&vec(1..=2_usize, fresh.len()), runner);
            let mut messages: Vec<Message> =
                fresh.iter().zip(times).flat_map(|(event, times)| vec![(event.clone(), false); times]).collect();
            // What was delivered long ago may come once more.
            let again = any(&(0..=delivered.len().min(3)), runner);
            messages
                .extend(any(&Just(delivered.clone()).prop_shuffle(), runner).drain(..again).map(|old| (old, false)));
            let mut messages = any(&Just(messages).prop_shuffle(), runner);
            let cut = if together.len() == 1 { any(&(0..=messages.len()), runner) } else { messages.len() };
            let second = messages.split_off(cut);
            rounds.push([messages, second]);
            delivered.extend(fresh);
        }
        Self { pipeline, played, rounds }
    }
}

type Function = Metrics<MemoryLedger, NoArchive, CloudWatchSink<Timestamp>, Timestamp>;

/// Delivers messages in one batch; gives back those to be delivered again.
async fn deliver(function: &Function, home: &Home, messages: Vec<Message>) -> Vec<Message> {
    if messages.is_empty() {
        return Vec::new();
    }
    let record = |(index, (event, again)): (usize, &Message)| {
        json!({
            "eventSource": "aws:sqs", "messageId": index.to_string(), "body": event.to_string(),
            "attributes": {"ApproximateReceiveCount": if *again { "2" } else { "1" }},
        })
    };
    let records: Vec<Value> = messages.iter().enumerate().map(record).collect();
    let call = Invocation { home: home.clone(), ..invocation(&unique("call")) };
    let answer = function.handle(json!({"Records": records}), &call).await.unwrap();
    let failures = answer["batchItemFailures"].as_array().unwrap().iter();
    failures
        .map(|failure| failure["itemIdentifier"].as_str().unwrap().parse::<usize>().unwrap())
        .map(|index| (messages[index].0.clone(), true))
        .collect()
}

/// Lets the histories of a region happen side by side.
async fn happen(function: &Function, home: &Home, cases: &[Case]) {
    for round in 0..cases.iter().map(|case| case.rounds.len()).max().unwrap_or_default() {
        let part = |part: usize| {
            let of_round = cases.iter().filter_map(move |case| case.rounds.get(round));
            of_round.flat_map(move |parts| parts[part].clone()).collect::<Vec<Message>>()
        };
        let mut waiting = deliver(function, home, part(0)).await;
        waiting.extend(deliver(function, home, part(1)).await);
        assert_eq!(deliver(function, home, waiting).await, [], "by then everything has been said");
    }
}

/// Sum, number, least and greatest.
type Read = Option<[f64; 4]>;

async fn read(client: &Client, metric: &str, dimensions: Vec<Dimension>, from: Timestamp) -> Read {
    const TWO_WEEKS: i32 = 14 * 86_400;
    let answer = client
        .get_metric_statistics()
        .namespace("Pipeline")
        .metric_name(metric)
        .set_dimensions((!dimensions.is_empty()).then_some(dimensions))
        .start_time(DateTime::from_secs(from.as_second()))
        .end_time(DateTime::from_secs(from.as_second() + i64::from(TWO_WEEKS)))
        .period(TWO_WEEKS)
        .set_statistics(Some(vec![Statistic::Sum, Statistic::SampleCount, Statistic::Minimum, Statistic::Maximum]))
        .send()
        .await
        .unwrap();
    let [point] = answer.datapoints() else {
        assert_eq!(answer.datapoints(), [], "one period, one point");
        return None;
    };
    let of = |value: Option<f64>| value.unwrap();
    Some([of(point.sum()), of(point.sample_count()), of(point.minimum()), of(point.maximum())])
}

/// What a question must be answered with; moto counts in whatever is finer than what was asked for.
fn expected<'n>(numbers: impl IntoIterator<Item = &'n Numbers>, metric: &str, place: &[&str]) -> Read {
    let of = |((name, of), _): &(&(&str, Vec<&str>), &Vec<f64>)| *name == metric && of.starts_with(place);
    let add = |[sum, count, least, most]: [f64; 4], value: &f64| {
        [sum + value, count + 1.0, least.min(*value), most.max(*value)]
    };
    let values: Vec<f64> = numbers
        .into_iter()
        .flat_map(|numbers| numbers.iter().filter(of).flat_map(|(_, values)| values))
        .copied()
        .collect();
    (!values.is_empty()).then(|| values.iter().fold([0.0, 0.0, f64::INFINITY, f64::NEG_INFINITY], add))
}

#[tokio::test(flavor = "multi_thread")]
async fn histories_of_american_regions_are_read_back_as_they_happened() {
    histories(0..6).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn histories_of_european_and_african_regions_are_read_back_as_they_happened() {
    histories(6..14).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn histories_of_eastern_regions_are_read_back_as_they_happened() {
    histories(14..20).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn histories_of_other_regions_are_read_back_as_they_happened() {
    histories(20..REGIONS.len()).await;
}

/// Plays the histories of some regions, others for each, and reads the numbers back.
async fn histories(regions: Range<usize>) {
    let now = Timestamp::now();
    let from = later(now, -9 * 86_400);
    let seed = [u8::try_from(regions.start).unwrap(); 32];
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let (least, mut events) = (regions.len() * 2_400, 0);
    for (index, region) in REGIONS.into_iter().enumerate().skip(regions.start).take(regions.len()) {
        let detail = if index < 2 { "action" } else { "pipeline" };
        let (deploys, deployment) = match index % 2 {
            0 => (Deploys::EveryRun, ""),
            _ => (Deploys::Prod, ", deployment: { stage: \"prod*\" }"),
        };
        let config = format!("version: 1\nstatistics: {{ detail: {detail}{deployment} }}\n");
        let aws = aws::config(&moto().unwrap(), region);
        let function = Metrics {
            ledger: MemoryLedger::new(),
            archive: NoArchive,
            sink: CloudWatchSink::connect(&aws, now),
            clock: now,
            config: andon_config::Config::parse(&config, "andon.yml").unwrap(),
        };
        // The function is at home in one region, wherever moto keeps what it puts.
        let home =
            Home { account: AccountId::parse("123456789012").unwrap(), region: Region::parse("eu-west-1").unwrap() };
        let cases: Vec<Case> = (0..PER_REGION).map(|_| Case::new(&mut runner, from)).collect();
        events += cases.iter().flat_map(|case| case.rounds.iter().flatten()).map(Vec::len).sum::<usize>();
        happen(&function, &home, &cases).await;

        let client = Client::new(&aws);
        let truths: Vec<Numbers> = cases
            .iter()
            .map(|case| {
                let mut numbers = truth::numbers(&case.played, deploys);
                numbers.retain(|(_, place), _| detail == "action" || place.is_empty());
                numbers
            })
            .collect();
        for metric in Metric::VARIANTS.iter().copied() {
            let read = read(&client, metric.name(), Vec::new(), from).await;
            assert_eq!(read, expected(&truths, metric.name(), &[]), "all {} in {region}", metric.name());
        }
        for (case, numbers) in cases.iter().zip(&truths) {
            let ask = |(metric, place): &(&'static str, Vec<&'static str>)| {
                let names = ["PipelineName", "StageName", "ActionName"];
                let values = std::iter::once(case.pipeline.as_str()).chain(place.iter().copied());
                let dimension = |(name, value): (&str, &str)| Dimension::builder().name(name).value(value).build();
                read(&client, metric, names.into_iter().zip(values).map(dimension).collect(), from)
            };
            let answers = join_all(numbers.keys().map(ask)).await;
            let read: BTreeMap<_, Read> = numbers.keys().zip(answers).collect();
            let expected: BTreeMap<_, Read> =
                numbers.keys().map(|key| (key, expected([numbers], key.0, &key.1))).collect();
            assert_eq!(read, expected, "{:#?}", case.played);
        }
    }
    assert!(events > least, "{events} events are no test worth the name");
}
