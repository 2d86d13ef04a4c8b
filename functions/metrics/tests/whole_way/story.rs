//! Invented histories of pipelines, and what CodePipeline would say while they happen.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The stages of every pipeline, each with one action.
pub(crate) const STAGES: [(&str, &str, &str); 3] =
    [("Build", "Compile", "Build"), ("Release", "Ask", "Approval"), ("Prod", "Roll", "Deploy")];

/// A pipeline's history: runs one after the other, as they were planned.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    pub(crate) runs: Vec<Plan>,
}

/// How one run is to go. All times are in seconds.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// Since the run before it ended.
    pause: i64,
    /// When its commit was written, before (or, by a wrong clock, after) the run began; `None` where nobody says.
    authored: Option<i64>,
    /// How each attempt is to end, after how long a pause, and how long its stages take.
    attempts: Vec<(End, i64, [i64; 3])>,
}

/// How an attempt ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Succeeded,
    /// In this stage, or in the one that was retried if that comes later; in `Release` it is a rejection.
    Failed(usize),
    /// After its first stage.
    Stopped,
    /// After its first stage.
    Superseded,
}

/// What really happened in one attempt.
#[derive(Debug, Clone)]
pub(crate) struct Played {
    pub(crate) run: usize,
    pub(crate) attempt: u32,
    pub(crate) run_began: Timestamp,
    pub(crate) authored: Option<Timestamp>,
    pub(crate) began: Timestamp,
    pub(crate) ended: Timestamp,
    pub(crate) end: End,
    /// Which stages it went through: the stage, when it began and ended there, and whether that went well.
    pub(crate) stages: Vec<(usize, Timestamp, Timestamp, bool)>,
}

pub(crate) fn later(time: Timestamp, seconds: i64) -> Timestamp {
    time.checked_add(SignedDuration::from_secs(seconds)).unwrap()
}

impl Story {
    /// Lets it happen.
    pub(crate) fn play(&self, from: Timestamp) -> Vec<Played> {
        let mut now = from;
        let mut played = Vec::new();
        for (run, plan) in self.runs.iter().enumerate() {
            now = later(now, plan.pause);
            let run_began = now;
            let mut first_stage = 0;
            for (index, (end, pause, takes)) in plan.attempts.iter().enumerate() {
                let attempt = u32::try_from(index).unwrap() + 1;
                if attempt > 1 {
                    now = later(now, *pause);
                }
                let began = now;
                let (end, last_stage) = match *end {
                    End::Failed(stage) => (End::Failed(stage.max(first_stage)), stage.max(first_stage)),
                    End::Succeeded => (End::Succeeded, 2),
                    // Nothing takes the place of a run that is in its last stage.
                    End::Superseded if first_stage == 2 => (End::Stopped, 2),
                    end => (end, first_stage),
                };
                let mut stages = Vec::new();
                for (stage, takes) in takes.iter().enumerate().take(last_stage + 1).skip(first_stage) {
                    let stage_began = now;
                    now = later(now, *takes);
                    stages.push((stage, stage_began, now, end != End::Failed(stage)));
                }
                now = later(now, 1);
                let authored = plan.authored.map(|before| later(run_began, -before));
                played.push(Played { run, attempt, run_began, authored, began, ended: now, end, stages });
                let End::Failed(failed) = end else { break };
                first_stage = failed;
            }
        }
        played
    }
}

/// The events of an attempt of a pipeline of this account, in order.
pub(crate) fn events(pipeline: &str, attempt: &Played) -> Vec<Value> {
    let Played { run, attempt: number, run_began, began, ended, .. } = attempt;
    let retried = *number > 1;
    let event = |level: &str, at: Timestamp, state: &str, more: Value| {
        let mut detail = json!({"pipeline": pipeline, "execution-id": format!("run-{run}"), "state": state});
        detail.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({
            "source": "aws.codepipeline", "detail-type": format!("CodePipeline {level} Execution State Change"),
            "account": "123456789012", "region": "eu-west-1", "time": at.to_string(), "detail": detail,
        })
    };
    let of_run = |at: Timestamp, state: &str| {
        let mut more = json!({"start-time": run_began.to_string(), "pipeline-execution-attempt": f64::from(*number)});
        if let Some(authored) = attempt.authored {
            more["execution-trigger"] = json!({"commit-id": "c0ffee", "author-date": authored.to_string()});
        }
        if retried {
            more["last-retry-attempt-time"] = json!(began.to_string());
        }
        event("Pipeline", at, state, more)
    };
    let mut events = vec![of_run(*began, if retried { "RESUMED" } else { "STARTED" })];
    for (position, (stage, stage_began, stage_ended, well)) in attempt.stages.iter().enumerate() {
        let (stage, action, category) = STAGES[*stage];
        let is_retried = retried && position == 0;
        let mut of_stage =
            json!({"stage": stage, "pipeline-execution-attempt": if retried { f64::from(*number) } else { 0.0 }});
        if retried {
            of_stage["stage-last-retry-attempt-time"] = json!(began.to_string());
        }
        if !is_retried {
            of_stage["start-time"] = json!(stage_began.to_string());
        }
        let of_action = json!({
            "stage": stage, "action": action, "start-time": stage_began.to_string(),
            "type": {"category": category, "provider": "x"}, "pipeline-execution-attempt": f64::from(*number),
        });
        let ended = if *well { "SUCCEEDED" } else { "FAILED" };
        events.push(event("Stage", *stage_began, if is_retried { "RESUMED" } else { "STARTED" }, of_stage.clone()));
        events.push(event("Action", *stage_began, "STARTED", of_action.clone()));
        events.push(event("Action", *stage_ended, ended, of_action));
        events.push(event("Stage", *stage_ended, ended, of_stage));
    }
    events.push(of_run(
        *ended,
        match attempt.end {
            End::Succeeded => "SUCCEEDED",
            End::Failed(_) => "FAILED",
            End::Stopped => "STOPPED",
            End::Superseded => "SUPERSEDED",
        },
    ));
    events
}

/// Any history of one to six runs.
pub(crate) fn stories() -> impl Strategy<Value = Story> {
    let end = || {
        prop_oneof![
            5 => Just(End::Succeeded),
            5 => (0..3_usize).prop_map(End::Failed),
            1 => Just(End::Stopped),
            1 => Just(End::Superseded),
        ]
    };
    let attempt = move || (end(), 1..7200_i64, [0..900_i64, 0..900, 0..900]);
    let authored = proptest::option::of(prop_oneof![9 => 0..200_000_i64, 1 => -20_000..-10_000_i64]);
    let plan = (1..20_000_i64, authored, proptest::collection::vec(attempt(), 1..=3))
        .prop_map(|(pause, authored, attempts)| Plan { pause, authored, attempts });
    proptest::collection::vec(plan, 1..=6).prop_map(|runs| Story { runs })
}
