//! The ledger in a file: what it promises, alone, shared, killed, old, and where it does not belong.

#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Barrier;

use andon::event::{Event, Received, parse};
use andon::ledger::{Claim, ClaimKey, Lease, Ledger, LedgerError, NoArchive, conformance, record};
use andon::name::{AccountId, ExecutionId, ExternalId, Home, PipelineId, PipelineName, Region};
use andon::run::{DeploymentRule, Run};
use andon_cli::sqlite::{FILE_NAME, SqliteLedger};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;

/// All tests happen at this time.
fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn open(directory: &Path) -> SqliteLedger<Timestamp> {
    SqliteLedger::open(directory, now()).unwrap()
}

#[tokio::test]
async fn the_ledger_keeps_its_promises_in_memory() {
    conformance::check(&SqliteLedger::in_memory(now()).unwrap(), "memory").await;
}

#[tokio::test]
async fn the_ledger_keeps_its_promises_in_a_file_and_when_it_is_opened_again() {
    let directory = tempfile::tempdir().unwrap();
    for unique in ["first", "second"] {
        conformance::check(&open(directory.path()), unique).await;
    }
}

#[test]
fn connections_at_once_to_a_new_file_keep_the_promises() {
    let directory = tempfile::tempdir().unwrap();
    // The suite lives years ago, and whoever opens a ledger forgets what is that old: all are open before the first writes.
    let (directory, all_open) = (directory.path(), &Barrier::new(4));
    std::thread::scope(|scope| {
        for index in 0..4 {
            scope.spawn(move || {
                let ledger = open(directory);
                all_open.wait();
                block_on(conformance::check(&ledger, &format!("thread-{index}")));
            });
        }
    });
}

#[test]
fn connections_that_record_one_run_at_once_lose_nothing() {
    let directory = tempfile::tempdir().unwrap();
    open(directory.path());
    let told: Vec<Run> = (0..40).map(|index| stage_started("e-1", &format!("stage-{index}"))).collect();
    let mut together = told.first().unwrap().clone();
    for told in &told {
        together.merge(told.clone());
    }
    std::thread::scope(|scope| {
        for part in 0..4 {
            let (directory, told) = (directory.path(), &told);
            scope.spawn(move || {
                let ledger = open(directory);
                for told in told.iter().skip(part).step_by(2) {
                    block_on(record(&ledger, &NoArchive, &DeploymentRule::EVERY_RUN, told.clone())).unwrap();
                }
            });
        }
    });
    let known = block_on(open(directory.path()).load(&together.pipeline, &together.execution)).unwrap();
    assert_eq!(*known.run.unwrap(), together);
}

#[test]
fn one_of_many_connections_gets_a_claim() {
    let directory = tempfile::tempdir().unwrap();
    let key = ClaimKey { pipeline: pipeline(), effect: "failed/e-1/1".to_owned() };
    let granted: usize = std::thread::scope(|scope| {
        let claimers: Vec<_> = (0..8)
            .map(|index| {
                let (directory, key) = (directory.path(), &key);
                scope.spawn(move || {
                    let lease = Lease::new(format!("owner-{index}"), now(), SignedDuration::from_secs(60));
                    usize::from(block_on(open(directory).claim(key, &lease)).unwrap() == Claim::Granted)
                })
            })
            .collect();
        claimers.into_iter().map(|claimer| claimer.join().unwrap()).sum()
    });
    assert_eq!(granted, 1);
}

/// The test starts itself as another process, twice, kills both in the middle of their writing, and looks whether
/// everything that they had acknowledged is there.
#[test]
fn processes_that_are_killed_lose_nothing_that_they_had_acknowledged() {
    const DIRECTORY: &str = "ANDON_TEST_WRITER_DIRECTORY";
    const NAME: &str = "ANDON_TEST_WRITER_NAME";
    if let (Ok(directory), Ok(name)) = (std::env::var(DIRECTORY), std::env::var(NAME)) {
        write_until_killed(Path::new(&directory), &name);
    }
    let directory = tempfile::tempdir().unwrap();
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        let mut writers: Vec<_> = ["a", "b"]
            .map(|writer| {
                Command::new(std::env::current_exe().unwrap())
                    .args([
                        "--exact",
                        "processes_that_are_killed_lose_nothing_that_they_had_acknowledged",
                        "--nocapture",
                    ])
                    .env(DIRECTORY, directory.path())
                    .env(NAME, format!("{round}{writer}"))
                    .stdout(Stdio::piped())
                    .spawn()
                    .unwrap()
            })
            .into();
        let readers: Vec<_> = writers.iter_mut().map(|writer| BufReader::new(writer.stdout.take().unwrap())).collect();
        let mut readers = readers.into_iter().map(BufRead::lines).collect::<Vec<_>>();
        let mut note = |line: String| acknowledged.extend(line.strip_prefix("acknowledged ").map(str::to_owned));
        for line in readers.iter_mut().flat_map(|lines| lines.by_ref().take(30)) {
            note(line.unwrap());
        }
        for writer in &mut writers {
            writer.kill().unwrap();
        }
        // Whatever was acknowledged meanwhile is still in the pipes.
        for line in readers.into_iter().flatten() {
            note(line.unwrap());
        }
        for writer in &mut writers {
            assert_eq!(writer.wait().unwrap().signal(), Some(9), "a writer ends only by being killed");
        }
    }
    assert!(acknowledged.len() >= 100, "{}", acknowledged.len());
    let ledger = open(directory.path());
    for execution in &acknowledged {
        let run = block_on(ledger.load(&pipeline(), &ExecutionId::parse(execution).unwrap())).unwrap().run;
        assert!(run.is_some(), "run {execution} was acknowledged and is lost");
    }
}

fn write_until_killed(directory: &Path, name: &str) -> ! {
    let ledger = open(directory);
    for index in 0_u64.. {
        let execution = format!("{name}-{index}");
        let told = stage_started(&execution, "Source");
        // Two that write without a pause can keep one out for long; it tries again, as a queue has an event tried again.
        loop {
            match block_on(record(&ledger, &NoArchive, &DeploymentRule::EVERY_RUN, told.clone())) {
                Err(LedgerError::Contended(_)) => {}
                recorded => {
                    recorded.unwrap();
                    break;
                }
            }
        }
        println!("acknowledged {execution}");
    }
    unreachable!("nobody killed this process");
}

#[test]
fn a_file_of_the_first_version_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let connection = rusqlite::Connection::open(directory.path().join(FILE_NAME)).unwrap();
    connection.execute_batch(include_str!("ledger-version-1.sql")).unwrap();
    drop(connection);
    let ledger = open(directory.path());
    let overviews = block_on(ledger.pipelines()).unwrap();
    assert_eq!(overviews.iter().map(|overview| overview.pipeline.clone()).collect::<Vec<_>>(), [pipeline()]);
    let known = block_on(ledger.load(&pipeline(), &ExecutionId::parse("e-1").unwrap())).unwrap();
    let mut run = known.into_run().unwrap();
    assert_eq!(run.status(), andon::run::Status::InProgress);
    assert!(!run.merge(stage_started("e-1", "Source")), "all of it was understood");
    let recorded = record(&ledger, &NoArchive, &DeploymentRule::EVERY_RUN, stage_started("e-1", "Build"));
    let stages = |run: &Run| run.stages().iter().map(|stage| stage.name.to_string()).collect::<Vec<_>>();
    assert_eq!(stages(&block_on(recorded).unwrap().run), ["Build", "Source"], "and it goes on");
    let known = block_on(ledger.load(&pipeline(), &ExecutionId::parse("e-1").unwrap())).unwrap();
    assert_eq!(stages(&known.run.unwrap()), ["Build", "Source"]);
    let key = ClaimKey { pipeline: pipeline(), effect: "failed/e-1/1".to_owned() };
    let lease = Lease::new("me", now(), SignedDuration::from_secs(60));
    assert!(matches!(block_on(ledger.claim(&key, &lease)).unwrap(), Claim::Settled(_)));
    let build = ExternalId::parse("payments-api-unit-tests:fd90c10e-e934-4f16-a125-5e3012cc15ec").unwrap();
    assert_eq!(block_on(ledger.evidence(&build)).unwrap().len(), 1);
}

#[test]
fn a_file_of_the_second_version_is_read_and_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let connection = Connection::open(directory.path().join(FILE_NAME)).unwrap();
    connection.execute_batch(include_str!("ledger-version-2.sql")).unwrap();
    drop(connection);
    let ledger = open(directory.path());
    let listed = block_on(ledger.pipelines()).unwrap();
    assert_eq!(listed.len(), 7);
    for overview in &listed {
        let history = block_on(ledger.history(&overview.pipeline)).unwrap().unwrap();
        assert_eq!(history.latest().unwrap().execution, overview.latest.execution);
        for summary in history.runs() {
            let run = block_on(ledger.load(&overview.pipeline, &summary.execution)).unwrap().run.unwrap();
            assert_eq!(run.status(), summary.status, "{} of {}", run.execution, run.pipeline);
        }
    }
    let waiting = listed.iter().find(|overview| !overview.open.is_empty()).unwrap();
    let mut told = stage_started(waiting.latest.execution.as_str(), "Afterwards");
    told.pipeline = waiting.pipeline.clone();
    block_on(record(&ledger, &NoArchive, &DeploymentRule::EVERY_RUN, told)).unwrap();
    let history = block_on(ledger.history(&waiting.pipeline)).unwrap().unwrap();
    let listed = block_on(ledger.pipelines()).unwrap();
    let now = listed.iter().find(|overview| overview.pipeline == waiting.pipeline).unwrap();
    assert_eq!((now.latest.weight > waiting.latest.weight, Some((**now).clone())), (true, history.overview()));
}

#[test]
fn a_row_that_cannot_be_read_harms_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let mut other = stage_started("e-1", "Build");
    other.pipeline.name = PipelineName::parse("other").unwrap();
    {
        let ledger = open(directory.path());
        for told in [stage_started("e-1", "Source"), stage_started("e-1", "Build"), other.clone()] {
            block_on(record(&ledger, &NoArchive, &DeploymentRule::EVERY_RUN, told)).unwrap();
        }
    }
    let file = Connection::open(directory.path().join(FILE_NAME)).unwrap();
    let spoiled = [
        "UPDATE histories SET slim = '{' WHERE name <> 'other'",
        "UPDATE facts SET doc = '[' WHERE number = (SELECT min(number) FROM facts)",
    ];
    for statement in spoiled {
        assert_eq!(file.execute(statement, []).unwrap(), 1, "{statement}");
    }
    let ledger = open(directory.path());
    let listed = block_on(ledger.pipelines()).unwrap();
    assert_eq!(listed.iter().map(|overview| &overview.pipeline).collect::<Vec<_>>(), [&other.pipeline]);
    let known = block_on(ledger.load(&pipeline(), &ExecutionId::parse("e-1").unwrap())).unwrap();
    let stages: Vec<String> = known.run.unwrap().stages().iter().map(|stage| stage.name.to_string()).collect();
    assert_eq!(stages, ["Build"]);
}

#[test]
fn what_was_kept_long_enough_is_forgotten_when_the_file_is_opened() {
    let directory = tempfile::tempdir().unwrap();
    let told = stage_started("e-1", "Source");
    block_on(record(&open(directory.path()), &NoArchive, &DeploymentRule::EVERY_RUN, told.clone())).unwrap();
    let later = |days: i64| now() + SignedDuration::from_hours(days * 24);
    let known = |days| {
        let ledger = SqliteLedger::open(directory.path(), later(days)).unwrap();
        let known = block_on(ledger.load(&told.pipeline, &told.execution)).unwrap();
        (known.run.is_some(), known.written.is_some())
    };
    assert_eq!(known(399), (true, true));
    assert_eq!(known(401), (false, false));
}

#[test]
fn a_database_of_another_program_is_refused_and_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join(FILE_NAME);
    rusqlite::Connection::open(&file).unwrap().execute_batch("CREATE TABLE bookmarks (url TEXT)").unwrap();
    let before = std::fs::read(&file).unwrap();
    let error = refused(directory.path());
    assert!(error.ends_with("is a database of another program: use another directory"), "{error}");
    assert!(error.contains(file.to_str().unwrap()), "{error}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[test]
fn what_is_no_database_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join(FILE_NAME), "version: 1\n".repeat(100)).unwrap();
    let error = refused(directory.path());
    assert!(error.contains("file is not a database"), "{error}");
}

#[test]
fn a_place_where_nothing_can_be_made_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = refused(&file.join("data"));
    assert!(error.starts_with("the ledger cannot be used: cannot create the directory "), "{error}");
}

fn refused(directory: &Path) -> String {
    let error = SqliteLedger::open(directory, now()).unwrap_err();
    assert!(matches!(error, LedgerError::Unusable(_)), "{error}");
    error.to_string()
}

fn pipeline() -> PipelineId {
    let home = Home { account: AccountId::parse("111122223333").unwrap(), region: Region::parse("eu-west-1").unwrap() };
    PipelineId { home, name: PipelineName::parse("web").unwrap() }
}

fn stage_started(execution: &str, stage: &str) -> Run {
    let event = serde_json::json!({
        "source": "aws.codepipeline", "detail-type": "CodePipeline Stage Execution State Change",
        "account": "111122223333", "region": "eu-west-1", "time": "2026-11-20T10:00:00Z",
        "detail": {"pipeline": "web", "execution-id": execution, "state": "STARTED", "stage": stage},
    });
    match parse(&event, &Received { home: pipeline().home, at: Timestamp::UNIX_EPOCH }).unwrap() {
        Event::Pipeline(event) => Run::of(&event),
        other => panic!("{other:?}"),
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}
