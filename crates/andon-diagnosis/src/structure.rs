//! What a log's lines belong to: the command that failed, commands that passed, a step's echoed head, the noise after the end.
//!
//! Runners say where a command starts and how it ended. Whatever was printed by a command that passed cannot be
//! the cause, however alarming it sounds; whatever comes after the failure (`POST_BUILD`, artifacts, reports, caches,
//! clean-up) is a consequence of it or has nothing to do with it.

use std::collections::HashMap;

use super::clean::Mark;
use super::log::Log;
use super::stack_events;

/// What one line belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Region {
    /// Nothing is known.
    Plain,
    /// The output of the first command that failed.
    Failing,
    /// The output of a command that passed.
    Passed,
    /// What ran although something had failed already.
    After,
    /// Artifacts, reports, caches, clean-up.
    Noise,
    /// A script or an environment that the runner printed before it ran.
    Echo,
}

/// What is known of a log's commands.
#[derive(Debug)]
pub(super) struct Structure {
    regions: Vec<Region>,
    /// The command that failed, or else the last that was started.
    pub(super) command: Option<Command>,
    /// The first failing command's exit status.
    pub(super) status: Option<i32>,
    /// The line in which the runner said that something failed.
    pub(super) failed: Option<usize>,
}

/// A command, and the index of the line that started it.
#[derive(Clone, Debug)]
pub(super) struct Command {
    pub(super) text: String,
    pub(super) line: usize,
}

/// What a line says about the way of the build.
enum Step<'a> {
    Starts(&'a str),
    /// A command within a command (`set -x`, a task runner): worth quoting, but it ends nothing.
    Within(&'a str),
    Passed,
    Failed {
        command: Option<&'a str>,
        status: Option<i32>,
    },
    /// A build tool begins its next goal or task; whether it says at once that this one fails.
    Goal {
        failed: bool,
    },
    CleansUp,
    NextPhase,
}

impl Structure {
    /// Reads the log once, from the first line to the last; jobs that it strings together each by itself.
    pub(super) fn of(log: &Log) -> Self {
        let mut whole = Self { regions: vec![Region::Plain; log.len()], command: None, status: None, failed: None };
        let mut start = 0;
        let mut passed = Vec::new();
        while start < log.len() {
            let job = log.lane(start).job;
            let end = (start..log.len()).find(|at| log.lane(*at).job != job).unwrap_or(log.len());
            let reading = Reading::of(log, std::mem::take(&mut whole.regions), start..end);
            whole.regions = reading.regions;
            if reading.failed.is_none() {
                passed.push(start..end);
            }
            if whole.failed.is_none() && (reading.failed.is_some() || reading.command.is_some()) {
                (whole.failed, whole.command, whole.status) = (reading.failed, reading.command, reading.status);
            }
            start = end;
        }
        if whole.failed.is_some() {
            for line in passed.into_iter().flatten() {
                if let Some(slot) = whole.regions.get_mut(line)
                    && *slot == Region::Plain
                {
                    *slot = Region::Passed;
                }
            }
        }
        whole.sort_vertices(log);
        whole.sort_stack_events(log);
        whole
    }

    /// Of a listing of stack events, those of other operations and of the rollback.
    fn sort_stack_events(&mut self, log: &Log) {
        let aside = stack_events::aside(log);
        let regions = [(aside.before, Region::Passed), (aside.after, Region::After)];
        for (at, region) in
            regions.into_iter().flat_map(|(lines, region)| lines.into_iter().map(move |at| (at, region)))
        {
            if let Some(slot) = self.regions.get_mut(at)
                && matches!(slot, Region::Plain | Region::Failing)
            {
                *slot = region;
            }
        }
    }

    /// Of an image's build, which `BuildKit` prints with its steps interleaved, the steps that are done have passed.
    fn sort_vertices(&mut self, log: &Log) {
        let mut verdicts: HashMap<u16, Region> = HashMap::new();
        for at in (0..log.len()).rev() {
            let vertex = log.lane(at).vertex;
            if vertex == 0 {
                continue;
            }
            let told = log.line(at).strip_prefix('#').and_then(|rest| rest.split_once(' ')).map(|(_, rest)| rest);
            match told {
                Some(told) if told.starts_with("DONE") || told.starts_with("CACHED") => {
                    verdicts.insert(vertex, Region::Passed);
                }
                Some(told) if told.starts_with("ERROR") => {
                    verdicts.insert(vertex, Region::Failing);
                    self.failed = self.failed.or(Some(at));
                }
                _ => {}
            }
            if let (Some(verdict), Some(slot)) = (verdicts.get(&vertex), self.regions.get_mut(at))
                && matches!(slot, Region::Plain | Region::Failing)
            {
                *slot = *verdict;
            }
        }
    }

    /// What the line at `index` belongs to.
    pub(super) fn region(&self, index: usize) -> Region {
        self.regions.get(index).copied().unwrap_or(Region::Plain)
    }

    /// The index after the last line of the command that failed; else the log's end.
    pub(super) fn end_of_failure(&self) -> usize {
        self.regions.iter().rposition(|region| *region == Region::Failing).map_or(self.regions.len(), |at| at + 1)
    }
}

/// So many last lines of a step are searched for an annotation.
const ANNOTATIONS_REACH: usize = 50;

struct Reading<'a> {
    log: &'a Log,
    regions: Vec<Region>,
    start: usize,
    command: Option<Command>,
    failed: Option<usize>,
    status: Option<i32>,
    /// Noise has begun: `CodeBuild` went on to the next phase, or the runner cleans up.
    restarted: bool,
    /// Where the goal or task of a build tool began that is running.
    goal: Option<usize>,
}

impl<'a> Reading<'a> {
    fn of(log: &'a Log, regions: Vec<Region>, lines: std::ops::Range<usize>) -> Self {
        let start = lines.start;
        let mut reading =
            Self { log, regions, start, command: None, failed: None, status: None, restarted: false, goal: None };
        let mut echo = false;
        let mut lane = log.lane(start);
        for index in lines.clone() {
            let mark = log.mark(index);
            if log.lane(index).step != lane.step {
                reading.next_step(index);
                lane = log.lane(index);
            }
            if mark == Mark::Group && log.line(index).starts_with("Run ") {
                echo = true;
            }
            if let Some(step) = step(log, index) {
                reading.take(index, &step);
            } else if reading.regions.get(index) == Some(&Region::Plain) {
                reading.continue_at(index);
            }
            if echo {
                reading.set(index..index + 1, Region::Echo);
            }
            if lane.tidies {
                reading.set(index..index + 1, Region::Noise);
            }
            if mark == Mark::EndGroup {
                echo = false;
            }
        }
        if lane.step != 0 {
            reading.conclude(lines.end);
        }
        reading
    }

    /// A log that names its steps goes on to the next one.
    fn next_step(&mut self, index: usize) {
        self.conclude(index);
        let region = if self.failed.is_none() { Region::Passed } else { Region::After };
        self.set(self.start..index, region);
        self.start = index;
        self.goal = None;
    }

    /// A goal that ended without an error of its own has passed.
    fn next_goal(&mut self, index: usize, failed: bool) {
        let complains = |at: usize| {
            let line = self.log.line(at);
            line.starts_with("[ERROR]") || line.starts_with("e: ") || line.contains("rror:") || line.contains("FAILED")
        };
        // What goes to standard error may come before the head of the task that said it.
        if let Some(goal) = self.goal
            && self.failed.is_none()
            && !failed
            && !(goal..index).any(complains)
        {
            self.set(goal..index, Region::Passed);
        }
        self.goal = (!failed).then_some(index);
    }

    fn set(&mut self, lines: std::ops::Range<usize>, region: Region) {
        for slot in self.regions.get_mut(lines).into_iter().flatten() {
            if *slot == Region::Plain || region == Region::Noise || region == Region::Echo {
                *slot = region;
            }
        }
    }

    /// A step that the runner annotated with an error and that simply ends has failed: actions without a shell have no exit status.
    fn conclude(&mut self, index: usize) {
        let annotated = (self.start..index).rev().take(ANNOTATIONS_REACH).find(|at| self.log.mark(*at) == Mark::Error);
        if let (None, Some(at)) = (self.failed, annotated) {
            self.set(self.start..index, Region::Failing);
            self.failed = Some(at);
            self.start = index;
        }
    }

    fn continue_at(&mut self, index: usize) {
        if self.restarted {
            self.set(index..index + 1, Region::Noise);
        }
    }

    fn take(&mut self, index: usize, step: &Step<'_>) {
        match *step {
            Step::Starts(command) => {
                let silently_passed =
                    self.log.mark(index) != Mark::None || self.log.line(index).starts_with("[Pipeline]");
                self.goal = None;
                self.conclude(index);
                if self.failed.is_none() {
                    if silently_passed || self.log.line(index).starts_with('#') {
                        self.set(self.start..index, Region::Passed);
                    }
                    self.command = Some(Command { text: command.to_owned(), line: index });
                } else {
                    self.set(self.start..index, Region::After);
                }
                self.start = index;
            }
            Step::Within(command) => {
                if self.failed.is_none() {
                    self.command = Some(Command { text: command.to_owned(), line: index });
                }
            }
            Step::Goal { failed } => self.next_goal(index, failed),
            Step::Passed => {
                let region = if self.failed.is_none() { Region::Passed } else { Region::After };
                self.set(self.start..index, region);
                self.start = index + 1;
            }
            Step::Failed { command, status } => {
                if self.failed.is_none() {
                    self.set(self.start..index, Region::Failing);
                    self.failed = Some(index);
                    if let Some(text) = command {
                        let line =
                            self.command.as_ref().filter(|known| known.text == text).map_or(index, |known| known.line);
                        self.command = Some(Command { text: text.to_owned(), line });
                    }
                }
                if self.status.is_none() {
                    self.status = status;
                }
                self.start = index + 1;
            }
            Step::CleansUp => {
                self.conclude(index);
                self.restarted |= self.failed.is_some();
            }
            // Before any failure the next phase and an upload are the ordinary course of things.
            Step::NextPhase => self.restarted |= self.failed.is_some(),
        }
        self.continue_at(index);
    }
}

fn step(log: &Log, index: usize) -> Option<Step<'_>> {
    let line = log.line(index);
    match *line.as_bytes().first()? {
        b'R' if line.starts_with("Running after_script") || line.starts_with("Running after script") => {
            Some(Step::CleansUp)
        }
        b'R' => running(log.mark(index), line),
        b'[' => jenkins(log, index, line).or_else(|| goal(line)),
        b'>' => {
            let task = line.strip_prefix("> Task ")?;
            Some(Step::Goal { failed: task.ends_with(" FAILED") })
        }
        b'P' if !line.contains(" exited with code '") => phase(line).or_else(|| process(line)),
        b'C' => command_failed(line).or_else(|| line.starts_with("Cleaning up ").then_some(Step::CleansUp)),
        b'E' if line.starts_with("Entering phase ") => Some(Step::NextPhase),
        b'E' if line.starts_with("Expanding base directory path") => Some(Step::CleansUp),
        b'E' if line.starts_with("ERROR: Job failed") || line.starts_with("ERROR: script returned exit code") => {
            ended(None, line.rsplit_once(' ')?.1)
        }
        b'E' if line.starts_with("Exited with code ") => ended(None, line.rsplit_once(' ')?.1),
        b'E' => process(line.strip_prefix("Error: ")?),
        b'S' if log.mark(index) == Mark::Section => line.strip_prefix("Starting: ").map(Step::Starts),
        b'F' if log.mark(index) == Mark::Section => Some(Step::Passed),
        b'L' => line.strip_prefix("LifecycleEvent - ").map(Step::Starts),
        b'U' if line.starts_with("Uploading artifacts for") => Some(Step::CleansUp),
        b'S' if line.starts_with("Set report auto-discover") => Some(Step::CleansUp),
        b'S' => {
            line.strip_prefix("Step ").and_then(|rest| rest.split_once(" : ")).map(|(_, command)| Step::Within(command))
        }
        b'$' => {
            let command = line.strip_prefix("$ ")?;
            let told = index.checked_sub(1).is_some_and(|before| log.line(before).starts_with("travis_"));
            Some(if told { Step::Starts(command) } else { Step::Within(command) })
        }
        b'+' => line
            .trim_start_matches('+')
            .strip_prefix(' ')
            .filter(|command| command.starts_with(|c: char| c.is_ascii_lowercase()))
            .map(Step::Within),
        b'#' => amplify(line).or_else(|| buildkit(line)),
        b'!' if line.starts_with("!!! Build failed") => Some(Step::Failed { command: None, status: None }),
        b't' if line.starts_with("travis_fold:start:cache") || line.starts_with("travis_fold:start:after") => {
            Some(Step::CleansUp)
        }
        b'B' | b'P' if log.mark(index) == Mark::Error => {
            let (_, status) = line.split_once(" exited with code '")?;
            ended(None, status)
        }
        b'T' | b'"' => travis(line),
        _ => None,
    }
}

fn running(mark: Mark, line: &str) -> Option<Step<'_>> {
    if mark == Mark::Group {
        return line.strip_prefix("Run ").map(Step::Starts);
    }
    line.strip_prefix("Running command ").map(Step::Starts)
}

fn phase(line: &str) -> Option<Step<'_>> {
    let rest = line.strip_prefix("Phase complete: ")?;
    if rest.ends_with("State: SUCCEEDED") || rest.ends_with("Success: true") {
        return Some(Step::Passed);
    }
    let failed =
        ["State: FAILED", "State: FAULT", "State: TIMED_OUT", "Success: false"].iter().any(|end| rest.ends_with(end));
    failed.then_some(Step::Failed { command: None, status: None })
}

fn process(line: &str) -> Option<Step<'_>> {
    if line.starts_with("Post job cleanup") {
        return Some(Step::CleansUp);
    }
    let status = line.strip_prefix("Process completed with exit code ")?;
    ended(None, status)
}

/// `[Pipeline] { (Build)`: a stage; the one that is skipped tells that an earlier one failed.
fn jenkins<'a>(log: &Log, index: usize, line: &'a str) -> Option<Step<'a>> {
    let stage = line.strip_prefix("[Pipeline] { (")?.strip_suffix(')')?;
    if stage == "Declarative: Post Actions" {
        return Some(Step::CleansUp);
    }
    if (index + 1..index + 5).any(|at| log.line(at).contains("skipped due to earlier failure")) {
        return Some(Step::Failed { command: None, status: None });
    }
    (!stage.starts_with("Branch: ")).then_some(Step::Starts(stage))
}

/// `[INFO] --- maven-compiler-plugin:3.8.1:compile (default-compile) @ shop ---`
fn goal(line: &str) -> Option<Step<'_>> {
    let rest = line.strip_prefix("[INFO] ")?;
    (rest.starts_with("--- ") && rest.ends_with(" ---")).then_some(Step::Goal { failed: false })
}

fn command_failed(line: &str) -> Option<Step<'_>> {
    let rest = line.strip_prefix("Command did not exit successfully ")?;
    let (command, status) = rest.rsplit_once(" exit status ").unwrap_or((rest, ""));
    Some(Step::Failed { command: Some(command), status: status.trim().parse().ok() })
}

fn amplify(line: &str) -> Option<Step<'_>> {
    line.trim_start_matches('#').trim_start().strip_prefix("Executing command: ").map(Step::Starts)
}

/// `#17 [builder 11/15] RUN yarn build`
fn buildkit(line: &str) -> Option<Step<'_>> {
    let (_, rest) = line.split_once(" [")?;
    let (_, command) = rest.split_once("] ")?;
    command.starts_with("RUN ").then_some(Step::Within(command))
}

/// `The command "x" exited with 1.`, also the last line of a command of several.
fn travis(line: &str) -> Option<Step<'_>> {
    let (head, tail) = line.split_once("\" exited with ").or_else(|| line.split_once("\" failed and exited with "))?;
    ended(head.strip_prefix("The command \""), tail)
}

fn ended<'a>(command: Option<&'a str>, status: &str) -> Option<Step<'a>> {
    let digits = status.split(|c: char| !c.is_ascii_digit()).next()?;
    match digits.parse().ok()? {
        0 => Some(Step::Passed),
        status => Some(Step::Failed { command, status: Some(status) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regions(text: &str) -> Vec<Region> {
        let log = Log::from_bytes(text.as_bytes());
        let structure = Structure::of(&log);
        (0..log.len()).map(|at| structure.region(at)).collect()
    }

    #[test]
    fn in_codebuild_the_failing_command_is_told_from_the_passed_and_the_noise() {
        use Region::{Failing, Noise, Passed, Plain};
        let log = "[Container] 2025/08/19 07:48:01 Running command npm ci\nerror-ex@1.0.0\n[Container] 2025/08/19 07:48:02 Running command npm test\nboom\n\
            [Container] 2025/08/19 07:48:03 Command did not exit successfully npm test exit status 1\n\
            [Container] 2025/08/19 07:48:03 Phase complete: BUILD State: FAILED\n\
            [Container] 2025/08/19 07:48:03 Phase context status code: COMMAND_EXECUTION_ERROR Message: x\n\
            [Container] 2025/08/19 07:48:03 Entering phase POST_BUILD\nError: nothing to push\n";
        assert_eq!(regions(log), [Passed, Passed, Failing, Failing, Plain, Plain, Plain, Noise, Noise]);
        let structure = Structure::of(&Log::from_bytes(log.as_bytes()));
        assert_eq!(structure.status, Some(1));
        assert_eq!(structure.command.map(|command| (command.text, command.line)), Some(("npm test".to_owned(), 2)));
    }

    #[test]
    fn in_actions_the_printed_script_and_the_clean_up_are_no_output() {
        use Region::{Echo, Failing, Noise, Plain};
        let log = "##[group]Run make\necho error\n##[endgroup]\nreal\n##[error]Process completed with exit code 2.\nPost job cleanup.\nfatal: x\n";
        assert_eq!(regions(log), [Echo, Echo, Echo, Failing, Plain, Noise, Noise]);
    }

    #[test]
    fn in_actions_a_step_that_only_annotates_an_error_has_failed() {
        use Region::{Echo, Failing, Noise, Plain};
        let log = "##[group]Run a/b@v1\n##[endgroup]\n##[error]Login failed\n##[group]Run c/d@v1\n##[endgroup]\nx\nPost job cleanup.\n";
        assert_eq!(regions(log), [Echo, Echo, Failing, Echo, Echo, Plain, Noise]);
    }

    #[test]
    fn in_travis_a_command_that_exited_with_0_has_passed() {
        use Region::{Failing, Passed, Plain};
        let log = "travis_time:start:1\n$ a\nok\nThe command \"a\" exited with 0.\ntravis_time:start:2\n$ b\nbad\nThe command \"b\" exited with 1.\n";
        assert_eq!(regions(log), [Plain, Passed, Passed, Plain, Plain, Failing, Failing, Plain]);
    }
}
