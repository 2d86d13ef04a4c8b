//! Ledgers from scripts: each line of a script becomes the event that CodePipeline sends for it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "compiled for tests only"
)]

use andon::account::{Account, Accounts};
use andon::attention::{Deed, Done, Member, Mute, Until};
use andon::ledger::memory::MemoryLedger;
use andon::ledger::{NoArchive, mute, record};
use andon::line::Line;
use andon::name::{ExecutionId, PipelineId};
use andon::run::{DeploymentRule, Explanation};
use andon::testing::told;
use andon_diagnosis::Category;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// What a script says.
pub(crate) struct Script {
    /// When the questions are asked.
    pub(crate) now: Timestamp,
    /// Where days begin at midnight.
    pub(crate) zone: TimeZone,
    /// What accounts are called, and whose they are.
    pub(crate) accounts: Accounts,
    /// The events, and for a failure why it failed.
    pub(crate) events: Vec<(Value, Option<Explanation>)>,
    /// What was muted.
    pub(crate) mutes: Vec<(PipelineId, Mute)>,
}

/// A run that a script is telling of.
struct Teller {
    account: String,
    region: String,
    name: String,
    execution: String,
    began: Timestamp,
    at: Timestamp,
    trigger: Value,
    commit: String,
    title: String,
    stage: Option<String>,
    ended: Option<&'static str>,
    comment: Option<String>,
}

fn stamp(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

impl Teller {
    fn event(&self, kind: &str, state: &str, more: Value) -> Value {
        let mut detail = json!({
            "pipeline": self.name, "execution-id": self.execution, "start-time": stamp(self.began), "state": state,
            "version": 3.0, "pipeline-execution-attempt": 1.0,
        });
        let Value::Object(more) = more else { panic!("members") };
        detail.as_object_mut().unwrap().extend(more);
        json!({
            "version": "0", "id": format!("{}-{kind}-{state}-{}", self.execution, stamp(self.at)),
            "detail-type": format!("CodePipeline {kind} Execution State Change"), "source": "aws.codepipeline",
            "account": self.account, "time": stamp(self.at), "region": self.region,
            "resources": [format!("arn:aws:codepipeline:{}:{}:{}", self.region, self.account, self.name)],
            "detail": detail,
        })
    }

    fn pipeline(&self, state: &str) -> Value {
        let mut more = json!({"execution-trigger": self.trigger});
        if let Some(comment) = &self.comment {
            more["stop-execution-comments"] = json!(comment);
        }
        self.event("Pipeline", state, more)
    }
}

/// Reads a script.
pub(crate) fn script(text: &str) -> Script {
    let mut script = Script {
        now: Timestamp::UNIX_EPOCH,
        zone: TimeZone::UTC,
        accounts: Accounts::default(),
        events: Vec::new(),
        mutes: Vec::new(),
    };
    let mut place = (String::new(), String::new(), String::new());
    let mut run: Option<Teller> = None;
    let mut number = 0;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let rest = |count: usize| words[count..].join(" ");
        if !line.starts_with(' ') {
            script.end(run.take());
        }
        match words.first().copied() {
            None => {}
            Some("now") => script.now = words[1].parse().unwrap(),
            Some("zone") => script.zone = TimeZone::get(words[1]).unwrap(),
            Some("account") => {
                let customer = (words.len() > 3).then(|| rest(3));
                script.accounts.0.insert(words[1].to_owned(), Account { name: words[2].to_owned(), customer });
            }
            Some("pipeline") => place = (words[1].to_owned(), words[2].to_owned(), words[3].to_owned()),
            Some("mute") => script.mutes.push(muted(line, &place)),
            Some("run") => {
                number += 1;
                run = Some(begin(line, number, &place));
                script.events.push((run.as_ref().unwrap().pipeline("STARTED"), None));
            }
            Some(_) => script.act(run.as_mut().expect("a run before its actions"), &words),
        }
    }
    script.end(run.take());
    script.events.sort_by_key(|(event, _)| event["time"].as_str().unwrap().to_owned());
    script
}

/// `mute TIME | who | TIME or "until green" | branch`: of the pipeline that was named last.
fn muted(line: &str, (account, region, name): &(String, String, String)) -> (PipelineId, Mute) {
    let parts: Vec<&str> = line.strip_prefix("mute ").unwrap().split('|').map(str::trim).collect();
    let time = |text: &str| -> Timestamp { format!("{text}:00Z").parse().unwrap() };
    let until = if parts[2] == "until green" { Until::Recovery } else { Until::Time(time(parts[2])) };
    let by = Member { id: parts[1].to_owned(), name: parts[1].to_owned() };
    let mute = Mute {
        line: parts.get(3).map(|branch| Line::Branch((*branch).to_owned())),
        by,
        since: time(parts[0]),
        until,
        execution: ExecutionId::parse("muted").unwrap(),
        stages: Vec::new(),
        extended: None,
        lifted: None,
    };
    let home = json!({"account": account, "region": region, "name": name});
    (serde_json::from_value(home).unwrap(), mute)
}

fn begin(line: &str, number: usize, (account, region, name): &(String, String, String)) -> Teller {
    let parts: Vec<&str> = line.strip_prefix("run ").unwrap().split('|').map(str::trim).collect();
    let began: Timestamp = format!("{}:00Z", parts[0]).parse().unwrap();
    let member = |at: usize| parts.get(at).copied().unwrap_or_default().to_owned();
    let commit = if member(2).is_empty() { String::new() } else { format!("{:0<40}", member(2)) };
    let trigger = if commit.is_empty() {
        json!({"trigger-type": "CloudWatchEvent", "trigger-detail": format!("arn:aws:events:{region}:{account}:rule/nightly")})
    } else {
        let mut trigger = json!({
            "author-display-name": member(1), "author-id": member(1), "full-repository-name": format!("example/{name}"),
            "provider-type": "GitHub", "commit-message": member(4), "commit-id": commit,
            "connection-arn": format!("arn:aws:codestar-connections:{region}:{account}:connection/0b0b0b0b"),
        });
        match member(3).strip_prefix('#') {
            Some(number) => trigger["pull-request-id"] = json!(number),
            None => trigger["branch-name"] = json!(member(3)),
        }
        trigger
    };
    Teller {
        account: account.clone(),
        region: region.clone(),
        name: name.clone(),
        execution: format!("{:08x}-0000-4000-8000-{number:012}", number * 0x0101_7f35),
        began,
        at: began,
        trigger,
        commit,
        title: member(4),
        stage: None,
        ended: None,
        comment: None,
    }
}

impl Script {
    /// An action: `Stage/Action kind outcome minutes [category[:tests] text]`.
    fn act(&mut self, run: &mut Teller, words: &[&str]) {
        let (stage, action) = words[0].split_once('/').unwrap();
        let (owner, provider, category) = match words[1] {
            "source" => ("AWS", "CodeStarSourceConnection", "Source"),
            "build" => ("AWS", "CodeBuild", "Build"),
            "ecs" => ("AWS", "ECS", "Deploy"),
            "cfn" => ("AWS", "CloudFormation", "Deploy"),
            "approval" => ("AWS", "Manual", "Approval"),
            other => panic!("no kind {other}"),
        };
        let is_approval = words[1] == "approval";
        let text = |from: usize| words.get(from..).unwrap_or_default().join(" ");
        let members = |result: Value| {
            let mut members = json!({
                "stage": stage, "action": action, "region": run.region,
                "type": {"owner": owner, "provider": provider, "category": category, "version": "1"},
            });
            if !result.is_null() {
                members["execution-result"] = result;
            }
            members
        };
        if run.stage.as_deref() != Some(stage) {
            self.events.push((run.event("Stage", "STARTED", json!({"stage": stage})), None));
            run.stage = Some(stage.to_owned());
        }
        self.events.push((run.event("Action", "STARTED", members(Value::Null)), None));
        let minutes: i64 = words[3].parse().unwrap();
        run.at = run.at.checked_add(SignedDuration::from_mins(minutes)).unwrap();
        match words[2] {
            "open" => run.ended = Some("open"),
            "ok" => {
                let result = match words[1] {
                    "source" if !run.commit.is_empty() => json!({
                        "external-execution-id": run.commit,
                        "external-execution-summary":
                            json!({"ProviderType": "GitHub", "CommitMessage": run.title}).to_string(),
                        "external-execution-url": format!("https://github.com/example/{}/commit/{}", run.name, run.commit),
                    }),
                    "approval" => json!({"external-execution-summary": text(4)}),
                    _ => Value::Null,
                };
                self.events.push((run.event("Action", "SUCCEEDED", members(result)), None));
                let done = run.event("Stage", "SUCCEEDED", json!({"stage": stage}));
                self.events.push((done, None));
            }
            "stopped" => {
                run.comment = Some(text(4));
                run.ended = Some("STOPPED");
                self.events.push((run.event("Action", "ABANDONED", members(Value::Null)), None));
                self.events.push((run.event("Stage", "STOPPED", json!({"stage": stage})), None));
            }
            "failed" => {
                run.ended = Some("FAILED");
                let said = if is_approval { text(4) } else { "Build terminated with state: FAILED".to_owned() };
                let url =
                    format!("https://{}.console.aws.amazon.com/codesuite/codebuild/projects/{}", run.region, run.name);
                let mut result = json!({"external-execution-summary": said, "error-code": "JobFailed"});
                if !is_approval {
                    result["external-execution-url"] = json!(url);
                }
                let explanation = (!is_approval).then(|| {
                    let (category, tests) = words[4].split_once(':').unwrap_or((words[4], ""));
                    Explanation {
                        worth: 9,
                        category: serde_json::from_value::<Category>(json!(category)).unwrap(),
                        cause: vec![text(5)],
                        failed_tests: tests.parse().ok(),
                        ..Explanation::default()
                    }
                });
                self.events.push((run.event("Action", "FAILED", members(result)), explanation));
                self.events.push((run.event("Stage", "FAILED", json!({"stage": stage})), None));
            }
            other => panic!("no outcome {other}"),
        }
    }

    fn end(&mut self, run: Option<Teller>) {
        let Some(run) = run else { return };
        let state = run.ended.unwrap_or("SUCCEEDED");
        if state != "open" {
            self.events.push((run.pipeline(state), None));
        }
    }

    /// The ledger after all events.
    pub(crate) async fn ledger(&self) -> MemoryLedger {
        let ledger = MemoryLedger::new();
        for (event, explanation) in &self.events {
            let run = told(event).expect("an event of a pipeline");
            let recorded = record(&ledger, &NoArchive, &DeploymentRule::EVERY_RUN, run).await.unwrap();
            let Some(explanation) = explanation else { continue };
            let known = recorded.run;
            let failure = known.failures(known.attempt()).first().cloned().expect("a failure");
            let explained = known.explained(known.attempt(), &failure, explanation.clone());
            record(&ledger, &NoArchive, &DeploymentRule::EVERY_RUN, explained).await.unwrap();
        }
        for (pipeline, muted) in &self.mutes {
            let deed = Deed {
                alert: "failed".to_owned(),
                execution: muted.execution.clone(),
                done: Done::Muted,
                by: muted.by.clone(),
                at: muted.since,
                reason: None,
                until: Some(muted.until),
            };
            mute(&ledger, pipeline, muted, &deed).await.unwrap();
        }
        ledger
    }
}
