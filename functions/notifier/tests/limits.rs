//! Whatever people write, and however much fails: every destination takes the message, and nothing in it is markup or
//! calls anybody.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

use andon::alert::AlertKind;
use andon::ledger::NoArchive;
use andon::ledger::memory::MemoryLedger;
use andon::testing::queue::batch;
use andon::testing::{home, invocation};
use andon_config::Config;
use andon_notify::destination::{opsgenie, pagerduty, slack, sns, teams, webhook};
use andon_notify::message::Message;
use andon_notify::testing::RecordingSender;
use andon_notify::{Mention, NoDeadLetters, NoEvidenceSource};
use futures_util::FutureExt;
use jiff::Timestamp;
use notifier::Notifier;
use proptest::prelude::*;
use serde_json::{Value, json};
use test_support::stand_in::{opsgenie as opsgenie_api, pagerduty as pagerduty_api};
use test_support::{adaptive_card, block_kit};

/// The most actions that a stage can have is 50; a run can have several stages.
const ACTIONS: usize = 60;

fn hurtful() -> Vec<(&'static str, String)> {
    vec![
        ("long", "Refund twice in words that go on and on, ".repeat(100)),
        ("one long word", "x".repeat(4000)),
        ("calls", "<!channel> <!here> <!everyone> <@U012AB3CD> <!subteam^S012> <#C024BE7LR> @here".to_owned()),
        ("links", "<https://evil.example|Approve> https://evil.example/`x` [a](https://b)".to_owned()),
        ("backticks", "```\n<!channel>\n``` and `` ` `` ````` ```".repeat(60)),
        ("markup", "*bold* _slanted_ ~gone~ &lt;!here&gt; > quoted".to_owned()),
        ("signs that grow", "&<>".repeat(1500)),
        ("emoji", "👩‍👩‍👧‍👦🏳️‍🌈🚀 :tada: ".repeat(400)),
        ("right to left", format!("\u{202e}{}\u{202c} \u{2067}שלום\u{2069}", "مرحبا بالعالم ".repeat(300))),
        ("combining", format!("a{}", "\u{0301}".repeat(3500))),
        ("lines", "\n\r\n\u{2028}\u{85}\t".repeat(900)),
        ("control", "\u{0}\u{7}\u{1b}[31mred\u{1b}[0m\u{7f}".repeat(200)),
        ("nothing", String::new()),
        ("blank", " \u{a0}\u{200b} ".to_owned()),
    ]
}

/// One of everything, with the same text wherever people or other services write.
fn events(text: &str) -> Vec<Value> {
    let event = |run: &str, level: &str, minute: usize, detail: Value| {
        let mut event = json!({
            "source": "aws.codepipeline", "detail-type": format!("CodePipeline {level} Execution State Change"),
            "account": home().account, "region": home().region, "time": format!("2026-11-20T10:{minute:02}:00Z"),
            "detail": {"pipeline": "shop", "execution-id": run, "pipeline-execution-attempt": 1.0},
        });
        event["detail"].as_object_mut().unwrap().extend(detail.as_object().unwrap().clone());
        event
    };
    let trigger = json!({
        "author-display-name": text, "author-email": text, "commit-message": text, "commit-id": text,
        "full-repository-name": text, "branch-name": text, "provider-type": "GitHub",
    });
    let started =
        |run: &str, minute| event(run, "Pipeline", minute, json!({"state": "STARTED", "execution-trigger": trigger}));
    let failed = |number: usize| {
        let stage = if number < 30 { "Build" } else { "Deploy" };
        // CodePipeline allows far less in a name; what has control characters in it is refused as malformed.
        let action: String = text.chars().filter(|c| !c.is_control()).take(90).collect();
        let action = format!("{number}-{action}");
        let result = json!({
            "external-execution-summary": text, "external-execution-id": text, "external-execution-url": text,
            "error-code": text,
        });
        let category = json!({"owner": "AWS", "category": "Build", "provider": text, "version": "1"});
        let detail = json!({
            "state": "FAILED", "stage": stage, "action": action, "type": category, "execution-result": result,
        });
        event("fails", "Action", 5, detail)
    };
    let approval = json!({
        "region": home().region, "consoleLink": text,
        "approval": {
            "pipelineName": "shop", "stageName": "Release", "actionName": "Approve", "token": "a-token",
            "expires": "2026-11-27T10:52Z", "externalEntityLink": text, "approvalReviewLink": text, "customData": text,
        },
    });
    let mut events = vec![started("fails", 0)];
    events.extend((0..ACTIONS).map(failed));
    events.push(event("fails", "Pipeline", 6, json!({"state": "FAILED"})));
    events.push(approval);
    events.push(started("recovers", 10));
    events.push(event("recovers", "Pipeline", 20, json!({"state": "SUCCEEDED", "execution-trigger": trigger})));
    events.push(started("stops", 30));
    events.push(event("stops", "Pipeline", 31, json!({"state": "STOPPED", "stop-execution-comments": text})));
    events
}

fn messages(text: &str) -> Vec<Message> {
    let config = "version: 1\nroutes:\n  - to: default\n    kinds: [failed, recovered, approval-needed, stopped]\n";
    let notifier: Notifier<(MemoryLedger, NoArchive, NoEvidenceSource, RecordingSender, NoDeadLetters, Timestamp)> =
        Notifier {
            ledger: MemoryLedger::new(),
            archive: NoArchive,
            evidence: NoEvidenceSource,
            sender: RecordingSender::default(),
            dead_letters: NoDeadLetters,
            clock: "2026-11-20T12:00:00Z".parse::<Timestamp>().unwrap(),
            config: Config::parse(config, "andon.yml").unwrap(),
        };
    // All at once, as a queue would hand them over, so that all the actions that failed are in one message.
    let answer = notifier.handle(batch(&events(text)), &invocation("call")).now_or_never().unwrap();
    assert_eq!(answer.unwrap(), json!({"batchItemFailures": []}));
    notifier.sender.sent.borrow_mut().drain(..).map(|(_, _, message)| message).collect()
}

/// Everything that Slack reads as markup, or shows beside it.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, value)| match value {
                Value::String(text) if name == "text" => vec![text.as_str()],
                value => texts(value),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// What could call somebody or pass for a link of our own.
fn injected(payload: &Value) -> Vec<String> {
    let marked = texts(payload).into_iter().flat_map(|text| text.split('<').skip(1));
    marked.filter(|rest| !rest.starts_with("https://")).map(|rest| rest.chars().take(40).collect()).collect()
}

fn check(name: &str, message: &Message) -> Value {
    let payload = slack::render(message, &[]);
    assert_eq!(block_kit::faults(&payload), [""; 0], "{name}: {} {payload}", message.kind);
    assert_eq!(injected(&payload), [""; 0], "{name}: {}", message.kind);
    let card = teams::render(message);
    assert_eq!(adaptive_card::faults(&card), [""; 0], "{name}: {} {card}", message.kind);
    assert!(card.to_string().len() <= teams::MAX_LEN, "{name}: {} bytes", card.to_string().len());
    let event = webhook::render(message, "id");
    let schema = serde_json::from_str(webhook::SCHEMA).unwrap();
    if let Err(error) = jsonschema::validate(&schema, &event) {
        panic!("{name}: {} {error} {event}", message.kind);
    }
    assert!(event.to_string().len() <= 64 * 1024, "{name}: what intermediaries have to forward");
    for mut event in pagerduty::render(message) {
        event["routing_key"] = json!("0".repeat(32));
        assert_eq!(pagerduty_api::faults(&event), [""; 0], "{name}: {} {event}", message.kind);
        assert!(event.to_string().len() < 512 * 1024, "{name}: what PagerDuty takes");
    }
    for request in opsgenie::render(message) {
        let faults = opsgenie_api::faults(&request.body, request.close.is_some());
        assert_eq!(faults, [""; 0], "{name}: {} {request:?}", message.kind);
        assert!(request.close.is_none_or(|alias| alias.is_ascii() && alias.len() <= 512), "{name}");
    }
    let mail = sns::render(message);
    assert!(mail.subject.is_ascii() && (1..=100).contains(&mail.subject.len()), "{name}: {:?}", mail.subject);
    assert!(!mail.subject.contains(|c: char| c.is_ascii_control()), "{name}: {:?}", mail.subject);
    assert!(mail.body.len() < 256 * 1024, "{name}: what SNS takes");
    payload
}

#[test]
fn slack_takes_every_message_whatever_is_in_it() {
    let mut payloads = Vec::new();
    for (name, text) in hurtful() {
        let messages = messages(&text);
        let kinds: Vec<AlertKind> = messages.iter().map(|message| message.kind).collect();
        for kind in [AlertKind::Failed, AlertKind::Recovered, AlertKind::ApprovalNeeded, AlertKind::Stopped] {
            assert!(kinds.contains(&kind), "{name}: {kind} is told: {kinds:?}");
        }
        payloads.extend(messages.iter().map(|message| check(name, message)));
        payloads.extend(messages.iter().map(|message| slack::render(message, &[Mention::Here])));
    }
    assert_eq!(block_kit::refusals(&payloads).unwrap(), [""; 0]);
}

#[test]
fn what_is_left_out_is_said() {
    let messages = messages("why");
    let failed = messages.iter().find(|message| message.kind == AlertKind::Failed).unwrap();
    let text = slack::render(failed, &[]).to_string();
    assert!(text.contains("52 more"), "of 60 failed actions 8 are told one by one: {text}");
    let long = messages_of_commit(&"Refund twice, and say so. ".repeat(200));
    assert!(long.contains("(truncated)"), "{long}");
}

fn messages_of_commit(text: &str) -> String {
    messages(text).iter().map(|message| slack::render(message, &[]).to_string()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn slack_takes_any_text(text in "(?s).{0,600}|[<>&*_~`|!@\n\u{202e}\u{1f469} ]{0,4000}") {
        for message in messages(&text) {
            check("any text", &message);
        }
    }
}
