//! Why an action failed, asked over HTTP of a stand-in for the services that did the work.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::time::Duration;

use andon::event::{ExecutionResult, Provider};
use andon::name::{AccountId, ActionName, ExternalId, PipelineId, PipelineName, Region, StageName};
use andon::run::{Failure, Run};
use andon_aws::evidence::{AwsEvidence, MemberRole};
use andon_diagnosis::{Diagnosis, diagnose};
use andon_notify::{EvidenceSource, Found};
use aws_sdk_codebuild::config::{Credentials, SharedCredentialsProvider};
use test_support::aws;
use test_support::call::{Call, round_trips};
use test_support::fault::Fault;
use test_support::stand_in::Aws;

mod bounds;
mod builds;
mod commands;
mod conditions;
mod deployments;
mod functions;
mod members;
mod services;
mod stacks;

/// AWS, and somebody who asks it.
struct World {
    aws: Aws,
    evidence: AwsEvidence,
}

impl World {
    fn new() -> Self {
        Self::with_role(None)
    }

    fn with_role(role: Option<MemberRole>) -> Self {
        let aws = Aws::start().unwrap();
        let config = aws::config(&aws.url(), "eu-west-1");
        let evidence = AwsEvidence::new(&config, role);
        evidence.belongs_to(&andon::testing::home().account);
        Self { aws, evidence }
    }

    async fn gather(&self, failure: &Failure) -> Found {
        self.evidence.gather(&pipeline(), failure).await
    }

    /// How many calls about a failure wait for one another, when each takes its time and the clients are there.
    async fn round_trips(&self, failure: &Failure) -> usize {
        self.gather(failure).await;
        for operation in self.operations() {
            self.aws.inject_always(&operation, Fault::Delay(Duration::from_millis(250)));
        }
        self.aws.take_requests();
        self.gather(failure).await;
        self.aws.clear_faults();
        round_trips(&self.aws.requests())
    }

    /// The operations that were asked for, in alphabetical order: some go out side by side.
    fn operations(&self) -> Vec<String> {
        let mut operations: Vec<String> = self.aws.requests().into_iter().map(|call| call.operation).collect();
        operations.sort();
        operations
    }

    fn calls(&self, operation: &str) -> Vec<Call> {
        self.aws.requests().into_iter().filter(|call| call.operation == operation).collect()
    }

    /// An operation is denied from now on.
    fn deny(&self, operation: &str) {
        let message = "User: arn:aws:sts::111122223333:assumed-role/notifier is not authorized to perform this";
        self.aws.inject_always(operation, Fault::error(400, "AccessDeniedException", message));
    }
}

fn pipeline() -> PipelineId {
    PipelineId { home: andon::testing::home(), name: PipelineName::parse("web").unwrap() }
}

const STARTED: &str = "2026-11-20T09:00:00Z";
const FAILED: &str = "2026-11-20T09:10:00Z";

/// An action that failed, with what CodePipeline calls the work it stood for.
fn failure(provider: &str, external: &str) -> Failure {
    Failure {
        stage: Some(StageName::parse("Deploy").unwrap()),
        action: Some(ActionName::parse("Release").unwrap()),
        at: FAILED.parse().unwrap(),
        provider: Some(Provider { category: "Deploy".to_owned(), name: provider.to_owned() }),
        region: Some(Region::parse("eu-west-1").unwrap()),
        result: Some(ExecutionResult {
            external: ExternalId::parse(external).ok(),
            error_code: Some("JobFailed".to_owned()),
            ..ExecutionResult::default()
        }),
        started: Some(STARTED.parse().unwrap()),
        is_hearsay: false,
        is_contradicted: false,
        condition: None,
        explanation: None,
    }
}

/// What failed in a recorded run.
fn failures(file: &str) -> (PipelineId, Vec<Failure>) {
    let mut told = andon::testing::events(file).into_iter().filter_map(|event| andon::testing::told(&event));
    let mut run: Run = told.next().unwrap();
    for more in told {
        run.merge(more);
    }
    let failures = run.failures(run.attempt());
    (run.pipeline, failures)
}

fn account(id: &str) -> AccountId {
    AccountId::parse(id).unwrap()
}

/// A time as CodeBuild and its sisters send it, so many minutes after the action started.
fn minute(minutes: f64) -> f64 {
    let started: jiff::Timestamp = STARTED.parse().unwrap();
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970")]
    let seconds = started.as_second() as f64;
    seconds + 60.0 * minutes
}

/// Lines of a log, a second apart.
fn lines(text: impl IntoIterator<Item = impl Into<String>>) -> Vec<(i64, String)> {
    text.into_iter()
        .enumerate()
        .map(|(at, line)| (1_795_165_200_000 + 1000 * i64::try_from(at).unwrap(), line.into()))
        .collect()
}

/// What a build prints while all is well.
fn chatter(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|number| format!("Downloaded package {number} of many from the registry\n"))
}

fn diagnosis(found: &Found) -> Diagnosis {
    diagnose(&found.evidence, &[])
}

/// The lines of the cause.
fn cause(found: &Found) -> Vec<String> {
    diagnosis(found).cause.into_iter().map(|line| line.text).collect()
}

fn messages(found: &Found) -> Vec<&str> {
    found.evidence.messages.iter().map(|message| message.text.as_str()).collect()
}

fn text(found: &Found) -> String {
    let log = &found.evidence.log;
    (0..log.len()).flat_map(|line| [log.line(line), "\n"]).collect()
}
