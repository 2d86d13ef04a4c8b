//! The page of the board for many pipelines: searching, grouping by cause and by customer, and the screen on a wall.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

#[path = "widget/document.rs"]
mod document;

use std::collections::BTreeMap;
use std::sync::Arc;

use andon::account::{Account, Accounts};
use andon::board::PipelineRow;
use andon::environment::{Environments, NamedEnvironment};
use andon::glob::{Glob, Globs, Subject};
use andon::history::{History, RunSummary};
use andon::issue::Trackers;
use andon::name::{AccountId, ExecutionId, Home, PipelineId, PipelineName, Region};
use andon::run::{DeploymentRule, Run};
use andon::testing::{events, told};
use andon_board::{Group, Names, Navigation, Renderer, Selection, Sort, Theme, View, Viewer};
use document::{Element, read};
use jiff::Timestamp;
use jiff::tz::TimeZone;

const ACME: [&str; 2] = ["111111111111", "222222222222"];
const GLOBEX: &str = "333333333333";

fn accounts() -> Accounts {
    let account = |name: &str, customer: &str| Account { name: name.to_owned(), customer: Some(customer.to_owned()) };
    Accounts(BTreeMap::from([
        (ACME[0].to_owned(), account("acme-prod", "Acme Corp")),
        (ACME[1].to_owned(), account("acme-test", "Acme Corp")),
        (GLOBEX.to_owned(), account("globex", "Globex")),
    ]))
}

/// Whose name ends in an even digit is deployed to customers by its stage of builds.
fn environments() -> Environments {
    let globs =
        |texts: &[&str]| Some(Globs(texts.iter().map(|text| Glob::parse(text, Subject::Name).unwrap()).collect()));
    Environments(vec![NamedEnvironment {
        name: "customers".to_owned(),
        pipeline: globs(&["*0", "*2", "*4", "*6", "*8"]),
        stage: globs(&["build"]),
        url: None,
    }])
}

fn summary(file: &str) -> RunSummary {
    let mut runs = events(file).iter().filter_map(told).collect::<Vec<Run>>().into_iter();
    let mut whole = runs.next().unwrap();
    for run in runs {
        whole.merge(run);
    }
    RunSummary::of(&whole, &DeploymentRule::EVERY_RUN)
}

fn row(account: &str, name: &str, cause: Option<&str>) -> PipelineRow {
    let home = Home { account: AccountId::parse(account).unwrap(), region: Region::parse("eu-west-1").unwrap() };
    let mut history = History::new(PipelineId { home, name: PipelineName::parse(name).unwrap() });
    let file = if cause.is_some() { "codepipeline-run-build-failed" } else { "codepipeline-run-build-fixed" };
    let mut run = summary(file);
    run.execution = ExecutionId::parse(format!("run-of-{name}")).unwrap();
    if let (Some(cause), Some(failure)) = (cause, &mut run.failure) {
        failure.cause = Some(cause.to_owned());
    }
    history.learn(run);
    PipelineRow::of(history.overview().unwrap())
}

/// 30 pipelines: 12 with one cause in both of Acme's accounts and one of Globex, 3 with another, one with its own.
fn fleet() -> Vec<PipelineRow> {
    let mut rows = Vec::new();
    for number in 0..30 {
        let account = if number % 3 == 2 { GLOBEX } else { ACME[number % 2] };
        let name = format!("service-{number:02}");
        let cause = match number {
            0..12 => Some(format!("(service {name}) deployment ecs-svc/{number}12345 failed: tasks failed to start")),
            12..15 => Some(format!("toomanyrequests: rate limit exceeded for \"image-{number}\"")),
            15 => Some("cannot find module 'left-pad'".to_owned()),
            _ => None,
        };
        rows.push(Arc::new(row(account, &name, cause.as_deref())));
    }
    PipelineRow::list(rows.iter().map(|row| Arc::clone(&row.overview)).collect())
}

fn shown(rows: &[PipelineRow], selection: &Selection) -> Element {
    let viewer = Viewer { theme: Theme::Preferred, zone: TimeZone::UTC, locale: "en".to_owned(), since: None };
    let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
    let (accounts, environments, issues) = (accounts(), environments(), Trackers::default());
    let names = Names { accounts: &accounts, environments: &environments, issues: &issues };
    let renderer = Renderer { viewer: &viewer, names, now, navigation: Navigation::Page("") };
    read(&renderer.board(rows, selection).into_string())
}

fn searching(search: &str) -> Selection {
    Selection { search: search.to_owned(), page: 1, rows: 50, ..Selection::default() }
}

fn names(page: &Element) -> Vec<String> {
    page.with_class("row").iter().map(|row| row.with_class("who").first().unwrap().text()).collect()
}

#[test]
fn a_search_finds_customers_changes_authors_stages_and_causes() {
    let rows = fleet();
    let counts = [
        ("", 30),
        ("acme", 20),
        ("customer:\"Acme Corp\"", 20),
        ("customer:\"acme corp\" state:red", 11),
        ("account:globex", 10),
        ("account:333333333333", 10),
        ("region:ireland red", 16),
        ("left-pad", 1),
        ("stage:build state:red", 16),
        ("state:green", 14),
        ("category:nonsense", 0),
        ("environment:customers", 15),
        ("environment:customers state:red customer:\"Acme Corp\"", 5),
        ("customers", 15),
        ("environment:staging", 0),
        ("branch:main", 30),
        ("branch:develop", 0),
        ("owner:ada", 0),
        ("customer:Globex customer:\"Acme Corp\"", 30),
    ];
    for (search, count) in counts {
        assert_eq!(names(&shown(&rows, &searching(search))).len(), count, "{search}");
    }
    let change = rows.first().unwrap().change().unwrap();
    let author = change.author.as_deref().unwrap();
    assert!(!names(&shown(&rows, &searching(author))).is_empty());
    assert!(!names(&shown(&rows, &searching(change.id.as_deref().unwrap()))).is_empty());
}

#[test]
fn common_causes_stand_above_the_rows_and_list_their_pipelines() {
    let rows = fleet();
    let page = shown(&rows, &searching(""));
    let causes: Vec<String> =
        page.with_class("causes").first().unwrap().with_name("li").iter().map(|li| li.text()).collect();
    insta::assert_snapshot!(causes.join("\n"), @r#"
    12 pipelines Build / UnitTests: (service service-00) deployment ecs-svc/012345 failed: tasks failed to start Acme Corp, Globex
    3 pipelines Build / UnitTests: toomanyrequests: rate limit exceeded for "image-12" Acme Corp, Globex
    "#);
    let link = page.with_class("common").first().unwrap().attribute("href").unwrap().to_owned();
    let search = link.strip_prefix("/?search=").unwrap().replace("%3A", ":");
    let listed = shown(&rows, &searching(&search));
    assert_eq!(names(&listed).len(), 12);
    assert!(listed.with_class("common").first().unwrap().has_class("chosen"));
}

#[test]
fn pipelines_are_grouped_by_cause_and_by_customer() {
    let rows = fleet();
    let titles = |group| {
        let page = shown(&rows, &Selection { group, ..searching("") });
        assert_eq!(names(&page).len(), 30, "every pipeline is in one group");
        let title = |group: &&Element| group.with_name("summary").first().unwrap().text();
        page.with_class("group").iter().map(title).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(titles(Group::Cause), @r#"
    Build / UnitTests: (service service-00) deployment ecs-svc/012345 failed: tasks failed to start 12 pipelines 12 red
    Build / UnitTests: toomanyrequests: rate limit exceeded for "image-12" 3 pipelines 3 red
    Other causes, and pipelines that are not red 15 pipelines 1 red
    "#);
    insta::assert_snapshot!(titles(Group::Customer), @r#"
    Acme Corp 20 pipelines 11 red
    Globex 10 pipelines 5 red
    "#);
}

#[test]
fn addresses_keep_the_search_and_every_choice() {
    let rows = fleet();
    let selection =
        Selection { view: View::Compact, group: Group::Customer, sort: Sort::Name, ..searching("state:red") };
    let page = shown(&rows, &selection);
    for link in page.with_class("chip") {
        let address = link.attribute("href").unwrap();
        assert!(address.contains("search=state%3Ared"), "{address}");
        let kept = ["view=compact", "group=customer", "sort=name"].iter().filter(|choice| address.contains(**choice));
        assert!(kept.count() >= 2, "{address}");
    }
}

#[test]
fn a_row_leads_to_the_log_the_run_and_the_commit() {
    let page = shown(&fleet(), &searching("left-pad"));
    let links: Vec<String> =
        page.with_class("links").first().unwrap().with_name("a").iter().map(|a| a.text()).collect();
    assert_eq!(links, ["Log", "Run", "Commit"]);
}

#[test]
fn a_wall_shows_what_needs_attention_and_counts_the_rest() {
    let wall = shown(&fleet(), &Selection { view: View::Wall, ..searching("") });
    // One card for the cause that is one pipeline's own; the common ones have a line each.
    assert_eq!(wall.with_class("row").len(), 1);
    assert_eq!(wall.with_class("common").len(), 2);
    assert!(wall.with_class("summary").first().unwrap().text().contains("14 green"));
    let calm = shown(&[row(GLOBEX, "web", None)], &Selection { view: View::Wall, ..searching("") });
    assert!(calm.text().contains("Nothing needs attention"));
}
