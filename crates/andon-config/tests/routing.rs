//! Who is told.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::fmt::Write as _;
use strum::VariantArray as _;

use andon::alert::AlertKind;
use andon_config::Config;
use andon_notify::{Facts, Timing, route};
use proptest::prelude::*;

const DESTINATIONS: &str = "version: 1\ndestinations:\n  a: { sns: default }\n  b: { slack: b, token: env:T }\n  c: { slack: c, token: env:T }\n";

fn config(routes: &str) -> Config {
    Config::parse(&format!("{DESTINATIONS}{routes}"), "andon.yml").unwrap_or_else(|e| panic!("{e}"))
}

fn facts(pipeline: &str, kind: AlertKind) -> Facts<'_> {
    Facts {
        account: "111122223333",
        region: "eu-west-1",
        pipeline,
        stage: Some("Prod"),
        action: Some("Deploy"),
        category: Some("deploy"),
        branch: Some("main"),
        tag: None,
        trigger: Some("push"),
        pull_request: None,
        author: Some("Ada"),
        kind,
        first_of_streak: true,
    }
}

fn told(config: &Config, facts: &Facts<'_>) -> Vec<String> {
    route(&config.routing, facts).iter().map(|delivery| delivery.destination.name.to_string()).collect()
}

#[test]
fn without_a_file_what_needs_a_person_goes_to_the_default_topic() {
    let config = Config::default();
    for kind in AlertKind::VARIANTS.iter().copied() {
        // Only routes say when a digest is sent.
        let expected: &[&str] = if kind.is_default() && kind != AlertKind::Digest { &["default"] } else { &[] };
        assert_eq!(told(&config, &facts("x", kind)), expected, "{kind}");
    }
}

#[test]
fn the_first_route_that_fits_takes_the_alert() {
    let config = config("routes:\n  - {match: {pipeline: 'pay-*'}, to: a}\n  - {match: {pipeline: '*'}, to: [b, c]}\n");
    assert_eq!(told(&config, &facts("pay-api", AlertKind::Failed)), ["a"]);
    assert_eq!(told(&config, &facts("web", AlertKind::Failed)), ["b", "c"]);
}

#[test]
fn a_route_that_continues_lets_later_ones_see_the_alert() {
    let config = config("routes:\n  - {match: {pipeline: 'pay-*'}, to: [a, b], continue: true}\n  - {to: [b, c]}\n");
    assert_eq!(told(&config, &facts("pay-api", AlertKind::Failed)), ["a", "b", "c"]);
}

#[test]
fn what_no_route_takes_goes_to_the_default_topic() {
    let config = config("routes:\n  - {match: {pipeline: 'pay-*'}, to: [a, b, c]}\n");
    assert_eq!(told(&config, &facts("web", AlertKind::Failed)), ["default"]);
    assert!(told(&config, &facts("web", AlertKind::Started)).is_empty());
}

#[test]
fn a_route_that_continues_and_takes_the_alert_spares_the_default_topic() {
    let config = config("routes:\n  - {to: [a, b, c], continue: true}\n");
    assert_eq!(told(&config, &facts("web", AlertKind::Failed)), ["a", "b", "c"]);
}

#[test]
fn an_empty_list_silences() {
    let config = config("routes:\n  - {match: {pipeline: 'sandbox-*'}, to: []}\n  - {to: [a, b, c]}\n");
    assert!(route(&config.routing, &facts("sandbox-x", AlertKind::Failed)).is_empty());
    assert_eq!(told(&config, &facts("web", AlertKind::Failed)).len(), 3);
}

#[test]
fn an_alert_of_another_kind_passes_on_to_the_next_route() {
    let config = config("routes:\n  - {kinds: failed, to: a}\n  - {kinds: all, to: [b, c]}\n");
    assert_eq!(told(&config, &facts("x", AlertKind::Failed)), ["a"]);
    assert_eq!(told(&config, &facts("x", AlertKind::Superseded)), ["b", "c"]);
}

#[test]
fn a_repeated_failure_ends_at_a_route_that_tells_changes() {
    let config = config("routes:\n  - {failures: changes, to: a}\n  - {kinds: all, to: [b, c]}\n");
    let again = Facts { first_of_streak: false, ..facts("x", AlertKind::Failed) };
    assert!(route(&config.routing, &again).is_empty());
    assert_eq!(told(&config, &facts("x", AlertKind::Failed)), ["a"]);
    let stuck = Facts { kind: AlertKind::Stuck, ..again };
    assert_eq!(told(&config, &stuck), ["a"]);
}

#[test]
fn an_account_is_matched_by_id_by_name_and_by_customer() {
    let accounts = "accounts:\n  '111122223333': {name: acme production, customer: acme}\n";
    for pattern in ["account: '1111*'", "account: '*production'", "customer: ACME"] {
        let config = config(&format!("{accounts}routes:\n  - {{match: {{{pattern}}}, to: a}}\n  - {{to: [b, c]}}\n"));
        assert_eq!(told(&config, &facts("x", AlertKind::Failed)), ["a"], "{pattern}");
        let elsewhere = Facts { account: "999999999999", ..facts("x", AlertKind::Failed) };
        assert_eq!(told(&config, &elsewhere), ["b", "c"], "{pattern}");
    }
}

#[test]
fn an_alert_about_no_stage_does_not_match_a_stage() {
    let config = config("routes:\n  - {match: {stage: '*'}, to: a}\n  - {to: [b, c]}\n");
    let whole_run = Facts { stage: None, ..facts("x", AlertKind::Stuck) };
    assert_eq!(told(&config, &whole_run), ["b", "c"]);
}

#[test]
fn people_are_called_only_when_somebody_has_to_act() {
    let config = config("routes:\n  - {mention: [here, U0123456789], kinds: all, to: [a, b, c]}\n");
    let mentions = |kind| {
        route(&config.routing, &facts("x", kind))
            .first()
            .map(|delivery| delivery.mention.iter().map(ToString::to_string).collect::<Vec<_>>())
            .unwrap()
    };
    assert_eq!(mentions(AlertKind::Failed), ["<!here>", "<@U0123456789>"]);
    assert!(mentions(AlertKind::Recovered).is_empty());
}

#[test]
fn quiet_hours_hold_what_is_not_urgent() {
    let config = config("routes:\n  - {quiet: {from: '22:00', to: '07:00'}, to: [a, b, c]}\n");
    let now = "2026-01-15T23:00:00Z".parse().unwrap();
    let timing = |kind| route(&config.routing, &facts("x", kind))[0].timing(now);
    assert_eq!(timing(AlertKind::Failed), Timing::Deliver);
    let morning = "2026-01-16T07:00:00Z".parse().unwrap();
    assert_eq!(timing(AlertKind::ApprovalNeeded), Timing::HoldUntil(morning));
}

#[test]
fn a_default_destination_of_ones_own_takes_the_place_of_the_topic() {
    let config =
        Config::parse("version: 1\ndestinations: {default: {slack: all, token: env:T}}\n", "andon.yml").unwrap();
    let deliveries = route(&config.routing, &facts("x", AlertKind::Failed));
    assert!(matches!(deliveries[0].destination.target, andon_notify::Target::Slack { .. }));
}

#[derive(Debug, Clone)]
struct Line {
    pipeline: String,
    stage: Option<String>,
    kinds: Vec<AlertKind>,
    to: usize,
    continues: bool,
}

fn a_line() -> impl Strategy<Value = Line> {
    (
        "[ab*?]{1,3}",
        prop::option::of("[ab*]{1,2}"),
        prop::sample::subsequence(AlertKind::VARIANTS.to_vec(), 1..=12),
        0usize..3,
        any::<bool>(),
    )
        .prop_map(|(pipeline, stage, kinds, to, continues)| Line { pipeline, stage, kinds, to, continues })
}

fn written(lines: &[Line]) -> String {
    let mut text = DESTINATIONS.to_owned() + "routes:\n";
    for line in lines {
        let stage = line.stage.as_ref().map_or(String::new(), |stage| format!(", stage: '{stage}'"));
        let kinds: Vec<&str> = line.kinds.iter().map(|kind| kind.as_str()).collect();
        writeln!(
            text,
            "  - {{match: {{pipeline: '{}'{stage}}}, kinds: [{}], to: {}, continue: {}}}",
            line.pipeline,
            kinds.join(", "),
            ["a", "b", "c"][line.to],
            line.continues
        )
        .unwrap();
    }
    text
}

#[test]
fn a_digest_goes_where_a_route_says_when_unless_an_earlier_one_silences_it() {
    let config =
        config("routes:\n  - {match: {pipeline: 'docs*'}, to: []}\n  - {to: a}\n  - {to: [b, c], digest: '09:00'}\n");
    assert_eq!(told(&config, &facts("web", AlertKind::Failed)), ["a"]);
    assert_eq!(told(&config, &facts("web", AlertKind::Digest)), ["b", "c"]);
    assert_eq!(told(&config, &facts("docs-site", AlertKind::Digest)), Vec::<String>::new());
}

fn glob(pattern: &str, text: &str) -> bool {
    andon::glob::Glob::parse(pattern, andon::glob::Subject::Text).unwrap().matches(text)
}

proptest! {
    /// The meaning of the list, said in the plainest way, against the code; and no route that
    /// the check calls unreachable is ever reached.
    #[test]
    fn routes_mean_what_they_say(
        lines in prop::collection::vec(a_line(), 1..6), pipeline in "[ab]{1,3}",
        stage in prop::option::of("[ab]{1,2}"),
        // A digest is taken by routes that say when.
        kind in prop::sample::select(AlertKind::VARIANTS.to_vec()).prop_filter("a digest", |k| *k != AlertKind::Digest),
    ) {
        let fits: Vec<&Line> = lines.iter().filter(|line| {
            glob(&line.pipeline, &pipeline)
                && line.stage.as_ref().is_none_or(|g| stage.as_ref().is_some_and(|s| glob(g, s)))
                && line.kinds.contains(&kind)
        }).collect();
        let reached = fits.iter().position(|line| !line.continues).map_or(fits.len(), |end| end + 1);
        let reached = &fits[..reached];
        match Config::parse(&written(&lines), "andon.yml") {
            Ok(config) => {
                let mut expected: Vec<&str> = Vec::new();
                for line in reached {
                    let name = ["a", "b", "c"][line.to];
                    if !expected.contains(&name) { expected.push(name); }
                }
                if fits.is_empty() && kind.is_default() { expected.push("default"); }
                let facts = Facts { stage: stage.as_deref(), ..facts(&pipeline, kind) };
                prop_assert_eq!(told(&config, &facts), expected);
            }
            Err(findings) => {
                for finding in findings.errors() {
                    prop_assert_eq!(finding.message(), "unreachable route");
                    let (line, _) = findings.position(finding);
                    let unreachable = &lines[line - 7];
                    prop_assert!(!reached.iter().any(|line| std::ptr::eq(*line, unreachable)), "{}", findings);
                }
            }
        }
    }
}
