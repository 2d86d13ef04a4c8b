//! One server for the AWS services that no emulator has, or has only in part.

use std::io;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::cloudformation::CloudFormation;
use super::codebuild::CodeBuild;
use super::codedeploy::CodeDeploy;
use super::codepipeline::CodePipeline;
use super::connections::Connections;
use super::ecs::Ecs;
use super::logs::Logs;
use super::protocol::{self, Asked, Refusal};
use crate::call::{Call, CallLog};
use crate::fault::{Fault, Faults};
use crate::http::{Reply, Request, Server};
use crate::lock;

/// `CodePipeline`, `CodeBuild`, `CloudWatch` Logs, `CodeDeploy`, `CloudFormation` and ECS, as far as Andon asks them.
///
/// It knows what it is told, in the shapes of the API's own answers; times are numbers (seconds since 1970), except in
/// stack events, which have them as text.
#[derive(Debug)]
pub struct Aws {
    server: Server,
    world: Arc<Mutex<World>>,
    calls: CallLog,
    faults: Faults<Fault>,
}

#[derive(Debug, Default)]
struct World {
    codepipeline: CodePipeline,
    codebuild: CodeBuild,
    connections: Connections,
    logs: Logs,
    codedeploy: CodeDeploy,
    cloudformation: CloudFormation,
    ecs: Ecs,
}

impl Aws {
    /// Starts one that knows nothing yet.
    pub fn start() -> io::Result<Self> {
        let (world, calls, faults) = (Arc::<Mutex<World>>::default(), CallLog::default(), Faults::default());
        let server = {
            let (world, calls, faults) = (Arc::clone(&world), calls.clone(), faults.clone());
            Server::start(move |request| handle(Arc::clone(&world), calls.clone(), faults.clone(), request))?
        };
        Ok(Self { server, world, calls, faults })
    }

    /// Its address, without a slash at its end.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The SDK's variables that lead the clients of these services here, and leave the others alone.
    pub fn environment(&self) -> Vec<(String, String)> {
        ["CODEPIPELINE", "CODEBUILD", "CLOUDWATCH_LOGS", "CODEDEPLOY", "CLOUDFORMATION", "ECS"]
            .map(|service| (format!("AWS_ENDPOINT_URL_{service}"), self.url()))
            .into()
    }

    /// Tells the structure of a pipeline: the `pipeline` of `GetPipeline`.
    pub fn declare_pipeline(&self, declaration: Value) {
        lock(&self.world).codepipeline.declare(declaration);
    }

    /// Tells the state of a pipeline: the answer of `GetPipelineState`.
    pub fn set_pipeline_state(&self, state: Value) {
        lock(&self.world).codepipeline.set_state(state);
    }

    /// Tells of an execution, or what has become of it: an entry of `pipelineExecutionSummaries`.
    pub fn put_execution(&self, pipeline: &str, summary: Value) {
        lock(&self.world).codepipeline.put_execution(pipeline, summary);
    }

    /// Tells of an action's execution, or what has become of it: an entry of `actionExecutionDetails`.
    pub fn put_action(&self, pipeline: &str, detail: Value) {
        lock(&self.world).codepipeline.put_action(pipeline, detail);
    }

    /// Tells of a rule of a condition: an entry of `ruleExecutionDetails`.
    pub fn put_rule(&self, pipeline: &str, detail: Value) {
        lock(&self.world).codepipeline.put_rule(pipeline, detail);
    }

    /// Every connection is authorised from now on, apart from those of [`Aws::set_connection`].
    pub fn authorise_connections(&self) {
        lock(&self.world).connections.authorise_every();
    }

    /// Tells the status of a connection, such as `ERROR`.
    pub fn set_connection(&self, arn: &str, status: &str) {
        lock(&self.world).connections.set_status(arn, status);
    }

    /// Tells of a build: an entry of `BatchGetBuilds`.
    pub fn put_build(&self, build: Value) {
        lock(&self.world).codebuild.put_build(build);
    }

    /// A report of a build's tests, and its test cases.
    pub fn put_report(&self, report: Value, cases: Vec<Value>) {
        lock(&self.world).codebuild.put_report(report, cases);
    }

    /// Tells of a batch of builds: an entry of `BatchGetBuildBatches`.
    pub fn put_build_batch(&self, batch: Value) {
        lock(&self.world).codebuild.put_batch(batch);
    }

    /// Adds lines to a log, each with its time in milliseconds since 1970.
    pub fn append_log(&self, group: &str, stream: &str, events: impl IntoIterator<Item = (i64, String)>) {
        lock(&self.world).logs.append(group, stream, events);
    }

    /// Tells of a deployment: the `deploymentInfo` of `GetDeployment`.
    pub fn put_deployment(&self, info: Value) {
        lock(&self.world).codedeploy.put_deployment(info);
    }

    /// Tells of a deployment's target: an entry of `BatchGetDeploymentTargets`.
    pub fn put_deployment_target(&self, deployment: &str, target: Value) {
        lock(&self.world).codedeploy.put_target(deployment, target);
    }

    /// Tells of the next event of a stack: an entry of `DescribeStackEvents`.
    pub fn push_stack_event(&self, event: Value) {
        lock(&self.world).cloudformation.push_event(event);
    }

    /// Tells of a change set: the answer of `DescribeChangeSet`.
    pub fn put_change_set(&self, change_set: Value) {
        lock(&self.world).cloudformation.put_change_set(change_set);
    }

    /// Tells of an ECS service: an entry of `DescribeServices`.
    pub fn put_service(&self, service: Value) {
        lock(&self.world).ecs.put_service(service);
    }

    /// Tells of an ECS task: an entry of `DescribeTasks`.
    pub fn put_task(&self, task: Value) {
        lock(&self.world).ecs.put_task(task);
    }

    /// The next request for an operation (`GetPipelineState`) fails this way; said again, also the one after it.
    pub fn inject(&self, operation: &str, fault: Fault) {
        self.faults.once(operation, fault);
    }

    /// Every request for an operation fails this way from now on.
    pub fn inject_always(&self, operation: &str, fault: Fault) {
        self.faults.standing(operation, fault);
    }

    /// Nothing fails any more.
    pub fn clear_faults(&self) {
        self.faults.clear();
    }

    /// All requests so far, in the order in which they came.
    pub fn requests(&self) -> Vec<Call> {
        self.calls.all()
    }

    /// All requests since this was last asked.
    pub fn take_requests(&self) -> Vec<Call> {
        self.calls.take()
    }
}

async fn handle(world: Arc<Mutex<World>>, calls: CallLog, faults: Faults<Fault>, request: Request) -> Reply {
    let mut asked = protocol::read(&request);
    if asked.service == "unsigned" && asked.protocol == protocol::Protocol::Query {
        "cloudformation".clone_into(&mut asked.service);
    }
    if asked.protocol == protocol::Protocol::Cbor {
        asked.input = protocol::read_cbor(&request);
    }
    let number = calls.begin(&asked.service, &asked.region, &asked.operation, asked.input.clone(), request.received);
    let reply = faulty(faults.next(&asked.operation), &asked, async || world_answers(&world, &asked)).await;
    note(&calls, number, &reply).await;
    reply
}

/// Answers, unless a fault prevents it.
pub(crate) async fn faulty(fault: Option<Fault>, asked: &Asked, answer: impl AsyncFnOnce() -> Reply) -> Reply {
    match fault {
        None => answer().await,
        Some(Fault::Error { status, code, message }) => protocol::refuse(asked, &Refusal { status, code, message }),
        Some(Fault::Delay(delay)) => {
            let reply = answer().await;
            tokio::time::sleep(delay).await;
            reply
        }
        Some(Fault::Hang) => std::future::pending().await,
        Some(Fault::Close) => Reply::Close,
        Some(Fault::LostReply) => {
            let _ = answer().await;
            Reply::Close
        }
    }
}

/// Writes an answer into the log of calls.
pub(crate) async fn note(calls: &CallLog, number: u64, reply: &Reply) {
    match reply {
        Reply::Answer(response) => {
            use http_body_util::BodyExt;
            let body =
                response.body().clone().collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
            calls.end(number, Some(response.status().as_u16()), &body);
        }
        Reply::Close => calls.end(number, None, b""),
    }
}

fn world_answers(world: &Mutex<World>, asked: &Asked) -> Reply {
    let (operation, input) = (asked.operation.as_str(), &asked.input);
    let mut world = lock(world);
    let answer = match asked.service.as_str() {
        "codepipeline" => world.codepipeline.answer(operation, input),
        "codebuild" => world.codebuild.answer(operation, input),
        "codeconnections" => world.connections.answer(operation, input),
        "logs" => world.logs.answer(operation, input),
        "codedeploy" => world.codedeploy.answer(operation, input),
        "cloudformation" => world.cloudformation.answer(operation, input),
        "ecs" => world.ecs.answer(operation, input),
        other => Err(Refusal::new("UnknownOperationException", format!("nobody stands in for {other}"))),
    };
    match answer {
        Ok(output) => protocol::answer(asked, &output),
        Err(refusal) => protocol::refuse(asked, &refusal),
    }
}
