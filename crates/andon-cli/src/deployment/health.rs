//! What is wrong with a deployed Andon: each check by itself, a sentence and a remedy for each problem.

use std::collections::BTreeSet;
use std::time::Duration;

use andon::ledger::Ledger;
use andon_package::parameters::{self, Parameters};
use anyhow::{Context as _, bail};
use aws_sdk_cloudformation::types::{
    StackDriftDetectionStatus, StackResourceDrift, StackResourceDriftStatus, StackResourceSummary,
};
use aws_sdk_cloudwatch::types::{MetricAlarm, StateValue};
use aws_sdk_sqs::types::QueueAttributeName;
use serde::Serialize;

use super::subscriptions::{self, Subscriptions};
use super::{deployed_configuration, secrets};
use crate::aws::Session;
use crate::service::stacks::Stack;
use crate::system::AnyLedger;

/// How often CloudFormation is asked whether it has compared everything, at the pace of the command.
const MAX_LOOKS: u32 = 200;
/// The most alarms that CloudWatch describes at once.
const MAX_ALARMS: usize = 100;

/// A problem and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What is wrong, a sentence.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

/// What came of a check.
#[derive(Debug, Serialize)]
pub struct Checked {
    /// Its name.
    pub name: &'static str,
    /// What was found to be well.
    pub well: String,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Why it could not be checked, if it could not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<String>,
}

impl Checked {
    fn of(name: &'static str, result: anyhow::Result<(String, Vec<Problem>)>) -> Self {
        match result {
            Ok((well, problems)) => Self { name, well, problems, unknown: None },
            Err(error) => Self { name, well: String::new(), problems: Vec::new(), unknown: Some(format!("{error:#}")) },
        }
    }
}

impl Problem {
    fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what: what.into(), remedy: remedy.into() }
    }
}

/// The checks of a stack.
#[derive(Debug)]
pub struct Checks<'c> {
    session: &'c Session,
    stack: &'c Stack,
    resources: Vec<StackResourceSummary>,
}

impl<'c> Checks<'c> {
    /// Reads what the stack consists of.
    pub async fn of(session: &'c Session, stack: &'c Stack) -> anyhow::Result<Self> {
        let client = aws_sdk_cloudformation::Client::new(&session.config);
        let mut pages = client.list_stack_resources().stack_name(&stack.id).into_paginator().send();
        let mut resources = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| session.plain("list the resources of the stack", &error))?;
            resources.extend(page.stack_resource_summaries.unwrap_or_default());
        }
        Ok(Self { session, stack, resources })
    }

    /// All of them, one after the other. With `pace`, CloudFormation compares every resource with the template too.
    pub async fn all(&self, ledger: &AnyLedger, pace: Option<Duration>) -> Vec<Checked> {
        let configuration = deployed_configuration(self.session, self.stack).await;
        let mut all = vec![
            Checked::of("stack", Ok(self.stack())),
            Checked::of("configuration", self.configuration(&configuration)),
            Checked::of("secrets", self.secrets(&configuration).await),
            Checked::of("subscriptions", self.subscriptions().await),
            Checked::of("alarms", self.alarms().await),
            Checked::of("dead letters", self.dead_letters().await),
            Checked::of("accounts", self.accounts(ledger).await),
        ];
        if let Some(pace) = pace {
            all.push(Checked::of("resources", self.resources(pace).await));
        }
        all
    }

    fn stack(&self) -> (String, Vec<Problem>) {
        let status = self.stack.status.as_str();
        let name = &self.stack.name;
        let problem = match status {
            "UPDATE_ROLLBACK_FAILED" => Some(Problem::new(
                "An update failed, and so did its rollback",
                format!(
                    "aws cloudformation continue-update-rollback {} --stack-name {name}",
                    self.session.cli_options()
                ),
            )),
            "UPDATE_ROLLBACK_COMPLETE" => Some(Problem::new(
                "The last update failed and was rolled back; the version before it runs",
                format!("`andon deploy --stack {name}` tries again and says why it fails"),
            )),
            "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE" => None,
            status if status.ends_with("_IN_PROGRESS") => {
                Some(Problem::new("CloudFormation is changing the stack", "run this again when it has finished"))
            }
            status => Some(Problem::new(
                format!("The stack is {status}"),
                format!("aws cloudformation describe-stack-events {} --stack-name {name}", self.session.cli_options()),
            )),
        };
        (status.to_lowercase().replace('_', " "), problem.into_iter().collect())
    }

    fn configuration(&self, configuration: &anyhow::Result<String>) -> anyhow::Result<(String, Vec<Problem>)> {
        let values: Parameters = self.stack.parameters.clone();
        let conflicts = parameters::conflicts(read(configuration)?, &values);
        let remedy = |conflict| {
            Problem::new(conflict, "set the parameter with `andon deploy --parameter`, or correct andon.yml")
        };
        Ok(("andon.yml fits the parameters".to_owned(), conflicts.into_iter().map(remedy).collect()))
    }

    async fn secrets(&self, configuration: &anyhow::Result<String>) -> anyhow::Result<(String, Vec<Problem>)> {
        let references = parameters::secrets(read(configuration)?);
        let mut problems = Vec::new();
        for secret in secrets::look(self.session, &references).await {
            match secret.stored {
                Some(true) => {}
                Some(false) => {
                    problems.push(Problem::new(format!("{} is not stored", secret.reference), secret.remedy));
                }
                None => problems.push(Problem::new(
                    format!("Andon cannot tell whether {} is stored", secret.reference),
                    secret.remedy,
                )),
            }
        }
        let well = match references.len() {
            0 => "andon.yml refers to none".to_owned(),
            count => format!("all {count} of andon.yml are stored"),
        };
        Ok((well, problems))
    }

    async fn subscriptions(&self) -> anyhow::Result<(String, Vec<Problem>)> {
        let topic = self.stack.outputs.get("Topic").context("the stack has no topic")?;
        let found = subscriptions::of(self.session, topic).await.context("they cannot be listed")?;
        let Subscriptions { confirmed, pending } = &found;
        let mut problems: Vec<Problem> = pending
            .iter()
            .map(|address| {
                Problem::new(
                    format!("{address} has not confirmed its subscription, and receives nothing"),
                    "follow the link in the email from AWS Notifications; if it is gone, subscribe the address again",
                )
            })
            .collect();
        if *confirmed == 0 && pending.is_empty() {
            problems.push(Problem::new(
                "Nobody receives the alarms about Andon itself: the topic has no subscribers",
                "andon deploy --email ADDRESS",
            ));
        }
        Ok((format!("{confirmed} confirmed"), problems))
    }

    /// The physical ids of the stack's resources of a type, by their names in the template.
    fn of_type(&self, kind: &str) -> Vec<(&str, &str)> {
        let of_type = self.resources.iter().filter(|resource| resource.resource_type() == Some(kind));
        of_type
            .filter_map(|resource| Some((resource.logical_resource_id()?, resource.physical_resource_id()?)))
            .collect()
    }

    async fn alarms(&self) -> anyhow::Result<(String, Vec<Problem>)> {
        let client = aws_sdk_cloudwatch::Client::new(&self.session.config);
        let wanted = self.of_type("AWS::CloudWatch::Alarm");
        let mut problems = Vec::new();
        for names in wanted.chunks(MAX_ALARMS) {
            let names = names.iter().map(|(_, name)| (*name).to_owned()).collect();
            let answer = client.describe_alarms().set_alarm_names(Some(names)).send().await;
            let answer = answer.map_err(|error| self.session.plain("describe the alarms", &error))?;
            problems.extend(answer.metric_alarms().iter().flat_map(of_alarm));
        }
        Ok((format!("none of {} is on", wanted.len()), problems))
    }

    async fn dead_letters(&self) -> anyhow::Result<(String, Vec<Problem>)> {
        let client = aws_sdk_sqs::Client::new(&self.session.config);
        let mut problems = Vec::new();
        let queues = self.of_type("AWS::SQS::Queue");
        let queues: Vec<&(&str, &str)> = queues.iter().filter(|(name, _)| name.ends_with("DeadLetters")).collect();
        for (name, url) in &queues {
            let attribute = QueueAttributeName::ApproximateNumberOfMessages;
            let answer = client.get_queue_attributes().queue_url(*url).attribute_names(attribute.clone()).send().await;
            let answer = answer.map_err(|error| self.session.plain(&format!("look into {name}"), &error))?;
            let count =
                answer.attributes().and_then(|attributes| attributes.get(&attribute)).map_or("0", String::as_str);
            if count != "0" {
                let output = |output: &str| self.stack.outputs.get(output).cloned();
                let redrive = match *name {
                    "NotifierDeadLetters" => output("RedriveAlerts"),
                    "MetricsDeadLetters" => output("RedriveMetrics"),
                    _ => None,
                };
                let look = "the attribute `reason` of each, or the log of the function, says why";
                let remedy = match redrive {
                    Some(redrive) => format!("{look}; then {redrive}"),
                    None => look.to_owned(),
                };
                problems.push(Problem::new(format!("{name} holds {count} that could not be dealt with"), remedy));
            }
        }
        Ok((format!("none in {} queues", queues.len()), problems))
    }

    async fn accounts(&self, ledger: &AnyLedger) -> anyhow::Result<(String, Vec<Problem>)> {
        let pipelines = ledger.pipelines().await?;
        let known: BTreeSet<&str> = pipelines.iter().map(|overview| overview.pipeline.home.account.as_str()).collect();
        let members = self.stack.parameters.get("MemberAccounts").map(String::as_str).unwrap_or_default();
        let silent =
            members.split(',').map(str::trim).filter(|account| !account.is_empty() && !known.contains(account));
        let bus = self.stack.outputs.get("HubBus").map(String::as_str).unwrap_or_default();
        let problem = |account: &str| {
            Problem::new(
                format!("No event of account {account} has arrived yet"),
                format!(
                    "deploy spoke.yml there with HubBus={bus}; if it is deployed, look at its alarm HubCannotBeReached"
                ),
            )
        };
        let well = match pipelines.len() {
            0 => "no event has arrived yet: run any pipeline".to_owned(),
            count => format!("events of {count} pipelines in {} accounts", known.len()),
        };
        Ok((well, silent.map(problem).collect()))
    }

    /// Rules, policies, roles, queues and the rest, as CloudFormation itself compares them with the template.
    async fn resources(&self, pace: Duration) -> anyhow::Result<(String, Vec<Problem>)> {
        let client = aws_sdk_cloudformation::Client::new(&self.session.config);
        let doing = "compare the resources with the template";
        let started = client.detect_stack_drift().stack_name(&self.stack.id).send().await;
        let started = started.map_err(|error| self.session.plain(doing, &error))?;
        let id = started.stack_drift_detection_id().context("CloudFormation gave the comparison no id")?.to_owned();
        let mut incomplete = None;
        for look in 0..=MAX_LOOKS {
            let request = client.describe_stack_drift_detection_status().stack_drift_detection_id(&id);
            let status = request.send().await.map_err(|error| self.session.plain(doing, &error))?;
            match status.detection_status() {
                Some(StackDriftDetectionStatus::DetectionInProgress) if look < MAX_LOOKS => {
                    tokio::time::sleep(pace).await;
                }
                Some(StackDriftDetectionStatus::DetectionInProgress) => bail!("CloudFormation still compares them"),
                Some(StackDriftDetectionStatus::DetectionFailed) => {
                    incomplete = status.detection_status_reason().map(str::to_owned);
                    break;
                }
                _ => break,
            }
        }
        let request = client
            .describe_stack_resource_drifts()
            .stack_name(&self.stack.id)
            .stack_resource_drift_status_filters(StackResourceDriftStatus::Modified)
            .stack_resource_drift_status_filters(StackResourceDriftStatus::Deleted);
        let mut pages = request.into_paginator().send();
        let mut problems = Vec::new();
        while let Some(page) = pages.next().await {
            let drifts = page.map_err(|error| self.session.plain(doing, &error))?;
            problems.extend(drifts.stack_resource_drifts().iter().map(|drift| of_drift(drift, &self.stack.name)));
        }
        // CloudFormation lacks the permission to read some of them, for example; it compared the others.
        problems.extend(incomplete.map(|reason| {
            let remedy = "correct that, and run this again: the other resources were compared";
            Problem::new(format!("Not every resource could be compared: {reason}"), remedy)
        }));
        Ok((format!("{} as the template says", self.resources.len()), problems))
    }
}

fn read(configuration: &anyhow::Result<String>) -> anyhow::Result<&str> {
    configuration.as_ref().map(String::as_str).map_err(|error| anyhow::anyhow!("{error:#}"))
}

fn of_alarm(alarm: &MetricAlarm) -> Vec<Problem> {
    let name = alarm.alarm_name().unwrap_or_default();
    let mut problems = Vec::new();
    if alarm.state_value() == Some(&StateValue::Alarm) {
        problems.push(Problem::new(format!("The alarm {name} is on"), alarm.alarm_description().unwrap_or_default()));
    }
    if alarm.actions_enabled() == Some(false) {
        problems.push(Problem::new(
            format!("The alarm {name} tells nobody: its actions are disabled"),
            format!("aws cloudwatch enable-alarm-actions --alarm-names {name}"),
        ));
    }
    problems
}

fn of_drift(drift: &StackResourceDrift, stack: &str) -> Problem {
    let name = drift.logical_resource_id().unwrap_or_default();
    let kind = drift.resource_type().unwrap_or_default();
    let what = if drift.stack_resource_drift_status() == Some(&StackResourceDriftStatus::Deleted) {
        "was deleted by hand".to_owned()
    } else {
        let places: Vec<&str> =
            drift.property_differences().iter().filter_map(|difference| difference.property_path()).collect();
        format!("was changed by hand, at {}", places.join(", "))
    };
    let effect = effect(kind).map(|effect| format!(": {effect}")).unwrap_or_default();
    Problem::new(format!("{name} ({kind}) {what}{effect}"), format!("andon deploy --stack {stack} --repair"))
}

/// What it means where a resource of this type is not as it should be.
fn effect(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "AWS::Events::Rule" => "its events do not reach Andon",
        "AWS::Events::EventBus" | "AWS::Events::EventBusPolicy" => "other accounts may not reach Andon",
        "AWS::IAM::Role" => "its function may lack permissions",
        "AWS::SQS::Queue" | "AWS::SQS::QueuePolicy" | "AWS::Lambda::EventSourceMapping" => "events may be lost",
        "AWS::SNS::Topic" | "AWS::SNS::TopicPolicy" | "AWS::SNS::Subscription" => "emails may not arrive",
        "AWS::CloudWatch::Alarm" => "it may not say what goes wrong",
        "AWS::Scheduler::Schedule" => "what no event announces may not be told",
        _ => return None,
    })
}
