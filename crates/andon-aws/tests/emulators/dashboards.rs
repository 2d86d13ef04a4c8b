use andon::account::Accounts;
use andon::name::{AccountId, Home, PipelineId, PipelineName, Region};
use andon::statistics::Metric;
use andon_aws::dashboards::CloudWatchShelf;
use andon_dashboards::{Dashboard, DashboardName, DashboardStore, Site, build};
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::config::{BehaviorVersion, Credentials};
use test_support::fault::Fault;
use test_support::recorder::Recorder;
use test_support::unique;

use super::moto;

fn shelf(endpoint: &str) -> CloudWatchShelf {
    let config = aws_sdk_cloudwatch::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(aws_sdk_cloudwatch::config::Region::new("eu-west-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(endpoint)
        .build();
    CloudWatchShelf::new(Client::from_conf(config))
}

/// The dashboards of so many pipelines in three accounts, of a region that no other test has.
fn dashboards(count: usize) -> (Region, Vec<Dashboard>) {
    let region = Region::parse(unique("region")).unwrap();
    let home = Home { account: AccountId::parse("111122223333").unwrap(), region: region.clone() };
    let pipelines: Vec<PipelineId> = (0..count)
        .map(|number| {
            let account = AccountId::parse(format!("{}", 111_122_223_333_usize + number % 3)).unwrap();
            let home = Home { account, region: region.clone() };
            PipelineId { home, name: PipelineName::parse(format!("service-{number}")).unwrap() }
        })
        .collect();
    let function = "arn:aws:lambda:eu-west-1:111122223333:function:andon-dashboard";
    let built = build(
        &pipelines,
        &Site {
            home: &home,
            function,
            accounts: &Accounts::default(),
            deployments: Metric::SuccessCount,
            alarms: &[],
            services: &[],
        },
    );
    (region, built)
}

#[tokio::test]
async fn dashboards_of_every_size_can_be_put_listed_read_back_and_removed() {
    let shelf = shelf(&moto());
    for count in [0, 1, 30, 300, 3000] {
        let (region, dashboards) = dashboards(count);
        for dashboard in &dashboards {
            assert_eq!(shelf.put(dashboard).await.unwrap(), Vec::<String>::new());
        }
        let mut names = shelf.names(&format!("Pipelines-{region}")).await.unwrap();
        names.sort();
        let mut expected: Vec<DashboardName> = dashboards.iter().map(|dashboard| dashboard.name.clone()).collect();
        expected.sort();
        assert_eq!(names, expected, "{count} pipelines");
        for dashboard in &dashboards {
            assert_eq!(shelf.body(&dashboard.name).await.unwrap(), Some(dashboard.json()));
            shelf.remove(&dashboard.name).await.unwrap();
            assert_eq!(shelf.body(&dashboard.name).await.unwrap(), None);
            shelf.remove(&dashboard.name).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_throttled_call_is_tried_again() {
    let recorder = Recorder::start(&moto()).unwrap();
    let shelf = shelf(&recorder.url());
    let (_, dashboards) = dashboards(1);
    recorder.inject("PutDashboard", Fault::throttled());
    shelf.put(&dashboards[0]).await.unwrap();
    let calls: Vec<String> = recorder.requests().into_iter().map(|call| call.operation).collect();
    assert_eq!(calls, ["PutDashboard", "PutDashboard"]);
    assert_eq!(shelf.body(&dashboards[0].name).await.unwrap(), Some(dashboards[0].json()));
}
