//! Are answers true? Questions that were written from the events of three ledgers, before anything of the understanding
//! was read, with the facts that an answer has to give. A hash of the question splits them: misses of one half are shown, of
//! the other only the count.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "compiled for tests only"
)]

mod support;

use std::collections::BTreeMap;

use andon::clock::Timer;
use andon_answers::{Answer, Answerer, Kind, Locale, Session, Voice};
use jiff::SignedDuration;
use support::script;

/// Of two fleets.
const THIRD: &str = include_str!("files/third.tsv");
/// Of branches, pull requests and mutes.
const FOURTH: &str = include_str!("files/fourth.tsv");
const NAMES: &str = include_str!("files/third/no-such-names.txt");
const FLEETS: [(&str, &str); 3] = [
    ("works", include_str!("files/third/works.txt")),
    ("provider", include_str!("files/third/provider.txt")),
    ("agency", include_str!("files/fourth/agency.txt")),
];

struct Never;

impl Timer for Never {
    async fn wait(&self, _: SignedDuration) {
        std::future::pending::<()>().await;
    }
}

/// The last answers of conversations, by fleet and questions.
fn answers(fleet: &str, conversations: &[&str]) -> Vec<Answer> {
    let text = FLEETS.iter().find(|(name, _)| *name == fleet).expect("a fleet").1;
    let script = script(text);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let desk = Answerer::new(script.ledger().await, Never).knowing(script.accounts.clone(), script.zone.clone());
        let mut last = Vec::new();
        for conversation in conversations {
            let (mut session, mut answer) = (Session::default(), None);
            for question in conversation.split(" >> ") {
                let told = desk.ask(question, &session, script.now, Voice::of(Locale::EnUs)).await;
                session = serde_json::from_str(&serde_json::to_string(&told.session).unwrap()).unwrap();
                answer = Some(told);
            }
            last.push(answer.unwrap());
        }
        last
    })
}

fn kind(answer: &Answer) -> &'static str {
    match answer.kind {
        Kind::Told => "told",
        Kind::WhichOne(_) => "which-one",
        Kind::NoSuchPipeline(_) => "no-such-pipeline",
        Kind::NoPipeline => "no-pipeline",
        Kind::Refused => "refused",
        Kind::NotUnderstood => "not-understood",
        Kind::Talk => "talk",
        Kind::Farewell => "farewell",
        Kind::NoLedger => "no-ledger",
    }
}

/// Whether a text says one of several things; a number or a word of two letters has to stand alone.
fn says(text: &str, alternatives: &str) -> bool {
    alternatives.split('|').any(|one| {
        let is_alone = one.len() <= 2 || one.chars().all(|c| c.is_ascii_digit());
        one == "."
            || text.match_indices(one).any(|(at, _)| {
                let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
                !is_alone || !(inside(text[..at].chars().last()) || inside(text[at + one.len()..].chars().next()))
            })
    })
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Counted {
    rows: usize,
    right: usize,
    wrong: usize,
    declined: usize,
    dangerous: usize,
}

/// FNV-1a: which half a question is in.
fn is_second_half(question: &str) -> bool {
    let hash = question
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (hash >> 32) & 1 == 1
}

fn count(questions: &str, second: bool, misses: &mut Vec<String>) -> Counted {
    let mut by_fleet: BTreeMap<&str, Vec<[&str; 3]>> = BTreeMap::new();
    for line in questions.lines().skip(1) {
        let row: Vec<&str> = line.split('\t').collect();
        let [fleet, question, kinds, facts] = row[..] else { panic!("{line}") };
        if is_second_half(question) == second {
            by_fleet.entry(fleet).or_default().push([question, kinds, facts]);
        }
    }
    let mut counted = Counted::default();
    for (fleet, rows) in by_fleet {
        let questions: Vec<&str> = rows.iter().map(|row| row[0]).collect();
        for ([question, kinds, facts], answer) in rows.iter().zip(answers(fleet, &questions)) {
            counted.rows += 1;
            let (got, speech) = (kind(&answer), answer.speech.to_string());
            let text = speech.to_lowercase().replace(['-', '_'], " ");
            let told = |fact: &str| says(&text, &fact.replace('-', " "));
            let is_kind = kinds.split(' ').any(|kind| kind == got);
            let is_false = facts.split(" & ").filter_map(|fact| fact.strip_prefix('!')).any(told);
            let is_full = facts.split(" & ").filter(|fact| !fact.starts_with('!')).all(told);
            let verdict = match (is_kind, is_full, is_false) {
                (_, _, true) => "dangerous",
                (true, true, false) => "right",
                (true, false, false) if got == "told" => "wrong",
                (false, ..) if got == "told" && !kinds.contains("told") => "dangerous",
                (true, false, false) | (false, ..) => "declined",
            };
            match verdict {
                "right" => counted.right += 1,
                "wrong" => counted.wrong += 1,
                "dangerous" => counted.dangerous += 1,
                _ => counted.declined += 1,
            }
            if verdict != "right" {
                misses.push(format!("{verdict} {fleet}: {question}\n    {kinds}: {facts}\n    [{got}] {speech}"));
            }
        }
    }
    counted
}

fn first_half(name: &str, questions: &str) {
    let mut misses = Vec::new();
    let counted = count(questions, false, &mut misses);
    println!("{name}, first half: {counted:?}\n{}", misses.join("\n"));
    assert!(counted.right * 100 >= counted.rows * 95, "{counted:?}");
    assert_eq!(counted.dangerous, 0, "{counted:?}");
}

fn second_half(name: &str, questions: &str) {
    let mut misses = Vec::new();
    let counted = count(questions, true, &mut misses);
    misses.retain(|miss| miss.starts_with("dangerous"));
    println!("{name}, second half: {counted:?}");
    assert!(counted.right * 100 >= counted.rows * 80, "{counted:?}");
    assert_eq!(counted.dangerous, 0, "{counted:?}\n{}", misses.join("\n"));
}

#[test]
fn answers_give_the_facts_that_are_asked_for() {
    first_half("third set", THIRD);
}

#[test]
fn answers_of_the_other_half_give_them_too() {
    second_half("third set", THIRD);
}

#[test]
fn answers_tell_branches_and_mutes_apart() {
    first_half("fourth set", FOURTH);
}

#[test]
fn answers_of_the_other_half_tell_them_apart_too() {
    second_half("fourth set", FOURTH);
}

/// Every name is asked about in four of these.
const WORDINGS: [&str; 12] = [
    "is NAME ok",
    "why did NAME fail",
    "status of NAME",
    "NAME",
    "when did NAME last deploy",
    "who broke NAME",
    "is the NAME green in production",
    "failures of NAME this week",
    "which stage failed in NAME",
    "hey what's up with NAME",
    "what is live on NAME",
    "is NAME flaky",
];

#[test]
fn no_invented_name_is_answered_about_another() {
    let (mut asked, mut answered) = (0, Vec::new());
    for (fleet, _) in FLEETS {
        let names = NAMES.lines().filter_map(|line| line.strip_prefix(fleet)?.strip_prefix('\t'));
        let wording = |at: usize, name: &str| WORDINGS[at % WORDINGS.len()].replace("NAME", name);
        let questions: Vec<String> =
            names.enumerate().flat_map(|(at, name)| (0..4).map(move |step| wording(at + 3 * step, name))).collect();
        let questions: Vec<&str> = questions.iter().map(String::as_str).collect();
        for (question, answer) in questions.iter().zip(answers(fleet, &questions)) {
            asked += 1;
            if matches!(answer.kind, Kind::Told | Kind::WhichOne(_)) {
                answered.push(format!("{fleet}: {question}: {}", answer.speech));
            }
        }
    }
    println!("{asked} questions about names that there are not");
    assert!(answered.is_empty(), "{} of {asked}:\n{}", answered.len(), answered.join("\n"));
}
