//! Dashboards of fleets of every size: within CloudWatch's limits, complete, and the same bytes for the same pipelines.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod changes;
mod cloudwatch;
mod limits;

use std::collections::{BTreeMap, BTreeSet};

use andon::account::{Account, Accounts};
use andon::name::{AccountId, Home, PipelineId, PipelineName, Region};
use andon::service::Service;
use andon::statistics::Metric;
use andon_dashboards::{Dashboard, Site, build};
use proptest::prelude::*;

use cloudwatch::{found, metrics};
use limits::violations;

const FUNCTION: &str = "arn:aws:lambda:eu-west-1:111122223333:function:andon-dashboard:live";

fn home() -> Home {
    place("111122223333", "eu-west-1")
}

fn place(account: &str, region: &str) -> Home {
    Home { account: AccountId::parse(account).unwrap(), region: Region::parse(region).unwrap() }
}

fn pipeline(name: &str, home: Home) -> PipelineId {
    PipelineId { home, name: PipelineName::parse(name).unwrap() }
}

/// Pipelines of the home account alone.
fn at_home(count: usize) -> Vec<PipelineId> {
    (0..count).map(|number| pipeline(&format!("service-{number}"), home())).collect()
}

/// Pipelines of so many accounts, each in two regions, the home account among them.
fn spread(count: usize, accounts: usize) -> Vec<PipelineId> {
    let place = |number: usize| {
        let account = match number % accounts {
            0 => "111122223333".to_owned(),
            other => format!("{:012}", 200_000_000_000 + other),
        };
        place(&account, if (number / accounts).is_multiple_of(2) { "eu-west-1" } else { "us-east-1" })
    };
    (0..count).map(|number| pipeline(&format!("service-{number}"), place(number))).collect()
}

/// The first ten accounts belong to two customers, the next ones have names.
fn accounts() -> Accounts {
    let mut accounts = vec![named("111122223333", "shared", None)];
    for number in 1..30 {
        let customer = match number {
            1..=5 => Some("Acme GmbH & Co."),
            6..=9 => Some("globex"),
            _ => None,
        };
        accounts.push(named(&(200_000_000_000_u64 + number).to_string(), &format!("team-{number}"), customer));
    }
    Accounts(accounts.into_iter().collect())
}

fn named(id: &str, name: &str, customer: Option<&str>) -> (String, Account) {
    (id.to_owned(), Account { name: name.to_owned(), customer: customer.map(str::to_owned) })
}

fn dashboards(pipelines: &[PipelineId], accounts: &Accounts) -> Vec<Dashboard> {
    build(
        pipelines,
        &Site {
            home: &home(),
            function: FUNCTION,
            accounts,
            deployments: Metric::DeploymentCount,
            alarms: &[],
            services: &[],
        },
    )
}

fn names(dashboards: &[Dashboard]) -> Vec<&str> {
    dashboards.iter().map(|dashboard| dashboard.name.as_str()).collect()
}

/// What each graph that has a line for every pipeline finds, by its title.
fn lines(dashboard: &Dashboard, pipelines: &[PipelineId]) -> BTreeMap<String, Vec<String>> {
    let metrics = metrics(pipelines, &home());
    let body = serde_json::to_value(&dashboard.body).unwrap();
    let mut lines = BTreeMap::new();
    for widget in body["widgets"].as_array().unwrap().iter().filter(|widget| widget["type"] == "metric") {
        let found: Vec<String> = widget["properties"]["metrics"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|line| line[0]["visible"].is_null())
            .filter_map(|line| Some(found(line[0]["expression"].as_str()?, &metrics)?.0))
            .flatten()
            .map(|series| series.dimensions.values().cloned().collect::<Vec<_>>().join("/"))
            .collect();
        let title = widget["properties"]["title"].as_str().unwrap();
        lines.insert(title.split_once(": highest").map_or(title, |(title, _)| title).to_owned(), found);
    }
    lines
}

#[test]
fn fleets_of_every_size_stay_within_the_limits() {
    for accounts in [Accounts::default(), accounts()] {
        for pipelines in [0, 1, 30, 100, 101, 300, 3000].map(at_home).into_iter().chain(
            [(30, 5), (100, 60), (300, 12), (3000, 7), (3000, 40), (3000, 300)]
                .map(|(count, accounts)| spread(count, accounts)),
        ) {
            let metrics = metrics(&pipelines, &home());
            for dashboard in dashboards(&pipelines, &accounts) {
                assert_eq!(violations(&dashboard, &metrics), Vec::<String>::new(), "{} pipelines", pipelines.len());
            }
        }
    }
}

#[test]
fn a_dashboard_beyond_a_limit_is_noticed() {
    let pipelines = at_home(100);
    let dashboard = &dashboards(&pipelines, &Accounts::default())[0];
    let other = metrics(&at_home(600), &home());
    let wrong = violations(dashboard, &other);
    assert!(wrong.iter().any(|limit| limit.contains("500 metrics in \"Failed runs")), "{wrong:?}");
    assert!(wrong.iter().any(|limit| limit.contains("2,500 metrics")), "{wrong:?}");
}

#[test]
fn a_small_fleet_has_one_dashboard_with_a_line_for_every_pipeline() {
    for pipelines in [at_home(30), spread(30, 5), spread(100, 60)] {
        let dashboards = dashboards(&pipelines, &accounts());
        assert_eq!(names(&dashboards), ["Pipelines-eu-west-1"]);
        let graphs = lines(&dashboards[0], &pipelines);
        for title in ["Deployments", "Failed runs", "Duration (daily median)", "Time to recovery (median, minutes)"] {
            assert_eq!(graphs[title].len(), pipelines.len(), "{title}");
            assert_eq!(graphs[title].iter().collect::<BTreeSet<_>>().len(), pipelines.len(), "{title}");
        }
    }
}

#[test]
fn alarms_and_services_stand_on_the_dashboard_of_all_pipelines() {
    let alarms = ["arn:aws:cloudwatch:eu-west-1:111122223333:alarm:andon-NotifierErrors-X".to_owned()];
    let services = [
        Service::Ecs { cluster: "shop".to_owned(), name: "payments".to_owned() },
        Service::Lambda { function: "resize".to_owned() },
    ];
    let accounts = accounts();
    let build = |services: &[Service], count: usize| {
        let site = Site {
            home: &home(),
            function: FUNCTION,
            accounts: &accounts,
            deployments: Metric::DeploymentCount,
            alarms: &alarms,
            services,
        };
        build(&spread(count, 12), &site)
    };
    for count in [30, 300] {
        let dashboards = build(&services, count);
        let body = serde_json::to_value(&dashboards[0].body).unwrap();
        assert_eq!(violations(&dashboards[0], &metrics(&spread(count, 12), &home())), Vec::<String>::new());
        let widgets = body["widgets"].as_array().unwrap();
        let of_kind = |kind: &str| widgets.iter().filter(|widget| widget["type"] == kind).count();
        assert_eq!((of_kind("alarm"), of_kind("custom")), (1, 1));
        assert_eq!((&widgets[0]["type"], &widgets.last().unwrap()["type"]), (&"custom".into(), &"text".into()));
        let titles: Vec<&str> = widgets.iter().filter_map(|widget| widget["properties"]["title"].as_str()).collect();
        for title in ["ECS: CPU", "ECS: memory", "Lambda: errors", "Lambda: duration (95th percentile)"] {
            assert!(titles.contains(&title), "{titles:?}");
        }
        for part in &dashboards[1..] {
            assert!(!part.json().contains("ECS: CPU") && !part.json().contains(&alarms[0]), "{}", part.name);
        }
    }
    let lambda = build(&services[1..], 30);
    assert!(!lambda[0].json().contains("AWS/ECS"));
}

#[test]
fn a_new_pipeline_appears_without_a_new_dashboard() {
    let pipelines = spread(20, 3);
    let dashboard = &dashboards(&pipelines, &accounts())[0];
    let newcomers = [pipeline("newcomer", home()), pipeline("newcomer", pipelines[1].home.clone())];
    let all: Vec<PipelineId> = pipelines.iter().cloned().chain(newcomers).collect();
    assert_eq!(lines(dashboard, &all)["Failed runs"].iter().filter(|line| line.contains("newcomer")).count(), 2);
}

#[test]
fn the_first_pipeline_appears_on_the_empty_dashboard() {
    let dashboard = &dashboards(&[], &Accounts::default())[0];
    assert_eq!(lines(dashboard, &at_home(1))["Failed runs"], ["service-0"]);
}

#[test]
fn a_large_fleet_is_divided_by_customer_and_by_account() {
    let dashboards = dashboards(&spread(300, 12), &accounts());
    assert_eq!(
        names(&dashboards),
        [
            "Pipelines-eu-west-1",
            "Pipelines-eu-west-1-globex",
            "Pipelines-eu-west-1-shared",
            "Pipelines-eu-west-1-team-1",
            "Pipelines-eu-west-1-team-10",
            "Pipelines-eu-west-1-team-11",
            "Pipelines-eu-west-1-team-2",
            "Pipelines-eu-west-1-team-3",
            "Pipelines-eu-west-1-team-4",
            "Pipelines-eu-west-1-team-5",
        ]
    );
}

#[test]
fn a_customer_with_many_pipelines_is_divided_by_account() {
    let dashboards = dashboards(&spread(3000, 12), &accounts());
    assert_eq!(
        names(&dashboards),
        [
            "Pipelines-eu-west-1",
            "Pipelines-eu-west-1-shared",
            "Pipelines-eu-west-1-team-1",
            "Pipelines-eu-west-1-team-10",
            "Pipelines-eu-west-1-team-11",
            "Pipelines-eu-west-1-team-2",
            "Pipelines-eu-west-1-team-3",
            "Pipelines-eu-west-1-team-4",
            "Pipelines-eu-west-1-team-5",
            "Pipelines-eu-west-1-team-6",
            "Pipelines-eu-west-1-team-7",
            "Pipelines-eu-west-1-team-8",
            "Pipelines-eu-west-1-team-9",
        ]
    );
}

#[test]
fn every_pipeline_of_a_divided_fleet_is_on_one_of_its_dashboards() {
    let pipelines = spread(700, 30);
    let dashboards = dashboards(&pipelines, &accounts());
    let mut shown: Vec<String> = dashboards[1..]
        .iter()
        .flat_map(|dashboard| lines(dashboard, &pipelines).remove("Failed runs").unwrap())
        .collect();
    shown.sort();
    let once: BTreeSet<&String> = shown.iter().collect();
    assert_eq!((shown.len(), once.len()), (700, 700));
}

#[test]
fn at_most_fifty_dashboards_are_made_beside_the_first() {
    assert_eq!(dashboards(&spread(3000, 300), &Accounts::default()).len(), 51);
}

#[test]
fn accounts_that_are_called_like_a_customer_have_a_dashboard_of_their_own() {
    let accounts = Accounts(
        [named("200000000001", "one", Some("acme")), named("200000000002", "acme", None)].into_iter().collect(),
    );
    let dashboards = dashboards(&spread(300, 3), &accounts);
    let names: BTreeSet<&str> = names(&dashboards).into_iter().collect();
    assert_eq!(names.len(), 4, "{names:?}");
}

#[test]
fn an_account_id_that_aws_never_gave_harms_no_expression() {
    let mut pipelines = at_home(3);
    pipelines.push(pipeline("odd", place("a\"b'c)", "eu-west-1")));
    let dashboard = &dashboards(&pipelines, &Accounts::default())[0];
    assert_eq!(violations(dashboard, &metrics(&pipelines, &home())), Vec::<String>::new());
    assert_eq!(lines(dashboard, &pipelines)["Failed runs"].len(), 4);
}

#[test]
fn what_stands_on_the_dashboard_of_a_small_fleet() {
    let dashboards = dashboards(&spread(12, 3), &accounts());
    insta::assert_json_snapshot!(dashboards[0].body);
}

#[test]
fn what_stands_on_the_dashboard_of_a_large_fleet() {
    let dashboards = dashboards(&spread(3000, 12), &accounts());
    insta::assert_json_snapshot!(dashboards[0].body);
}

#[test]
fn what_stands_on_the_dashboard_of_a_customer() {
    let dashboards = dashboards(&spread(300, 40), &accounts());
    let acme = dashboards.iter().find(|dashboard| dashboard.name.as_str().contains("Acme")).unwrap();
    insta::assert_json_snapshot!(acme.body);
}

#[test]
fn without_a_function_there_is_no_live_board() {
    let dashboards = build(
        &at_home(2),
        &Site {
            home: &home(),
            function: "",
            accounts: &Accounts::default(),
            deployments: Metric::DeploymentCount,
            alarms: &[],
            services: &[],
        },
    );
    assert!(!serde_json::to_string(&dashboards[0].body).unwrap().contains("\"custom\""));
}

fn any_fleet() -> impl Strategy<Value = Vec<PipelineId>> {
    let account = prop_oneof![Just("111122223333".to_owned()), "2[0-9]{11}", "[!-~&&[^#]]{1,12}"];
    let accounts = proptest::collection::vec((account, "[a-z]{2}-[a-z]{4,9}-[1-3]"), 1..40);
    (accounts, 0..250_usize).prop_map(|(places, count)| {
        let place = |number: usize| {
            let (account, region) = &places[number % places.len()];
            place(account, region)
        };
        (0..count).map(|number| pipeline(&format!("ü {number}"), place(number))).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn any_fleet_stays_within_the_limits(pipelines in any_fleet()) {
        let metrics = metrics(&pipelines, &home());
        for dashboard in dashboards(&pipelines, &accounts()) {
            prop_assert_eq!(violations(&dashboard, &metrics), Vec::<String>::new());
        }
    }

    #[test]
    fn the_order_of_the_pipelines_changes_nothing(
        (pipelines, shuffled) in any_fleet().prop_flat_map(|fleet| (Just(fleet.clone()), Just(fleet).prop_shuffle()))
    ) {
        prop_assert_eq!(dashboards(&pipelines, &accounts()), dashboards(&shuffled, &accounts()));
    }
}

#[test]
fn successes_that_count_as_deployments_are_not_counted_with_those_of_stages() {
    for count in [2, 200] {
        let site = Site {
            home: &home(),
            function: "",
            accounts: &Accounts::default(),
            deployments: Metric::SuccessCount,
            alarms: &[],
            services: &[],
        };
        let dashboards = build(&at_home(count), &site);
        let json: String = dashboards.iter().map(Dashboard::json).collect();
        assert!(json.contains("SuccessCount") && !json.contains("DeploymentCount"), "{count}");
        assert!(!json.contains(r#"Namespace=\"Pipeline\" MetricName=\"SuccessCount"#), "{json}");
        assert!(!json.contains(r#"SUM(\"SuccessCount\") FROM \"Pipeline\""#), "{json}");
    }
}
