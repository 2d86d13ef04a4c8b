//! `andon destroy`: what goes, and what stays.

use serde_json::json;

use crate::world::{BUCKET, World};

#[test]
fn the_stack_goes_and_what_stays_is_said_with_what_removes_it() {
    let world = World::new();
    assert_eq!(world.deploy(&[]).code, 0);
    let unasked = world.run(&["destroy"]);
    assert_eq!(unasked.code, 2);
    assert!(unasked.err.contains("--confirm andon"), "{}", unasked.err);
    let wrong = world.run(&["destroy", "--confirm", "other"]);
    assert!(wrong.out.contains("Nothing was removed"), "{}", wrong.out);
    assert_eq!(world.status(), "CREATE_COMPLETE");

    let gone = world.destroy(&[]);
    assert_eq!(gone.code, 0, "{}{}", gone.out, gone.err);
    assert_eq!(world.status(), "none");
    let table = gone.out.split("stays:   the table ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    assert!(gone.out.contains(&format!("aws dynamodb delete-table --region us-east-1 --table-name {table}")));
    assert!(gone.out.contains(&format!("the packages in the bucket {BUCKET}")), "{}", gone.out);
    assert_eq!(world.ask("dynamodb", "DynamoDB_20120810.ListTables", &json!({}))["TableNames"], json!([table]));

    let nothing = world.destroy(&[]);
    assert_eq!(nothing.code, 0, "{}", nothing.err);
    assert!(nothing.out.contains("There is no stack andon"), "{}", nothing.out);

    // Its history is there for the next one.
    let again = world.deploy(&["--parameter", &format!("ExistingTable={table}"), "--json"]);
    assert_eq!(again.code, 0, "{}{}", again.out, again.err);
    assert_eq!(again.json()["outputs"]["Table"], table.as_str());
}

#[test]
fn its_packages_go_where_that_is_wanted() {
    let world = World::new();
    assert_eq!(world.deploy(&[]).code, 0);
    let put = |key: &'static str| {
        world.look(async |config| {
            let client = aws_sdk_s3::Client::new(&config);
            client.put_object().bucket(BUCKET).key(key).body(b"x".to_vec().into()).send().await.unwrap();
        });
    };
    put("andon/somebody-elses.zip");
    let keys = || {
        world.look(async |config| {
            let listed = aws_sdk_s3::Client::new(&config).list_objects_v2().bucket(BUCKET).send().await.unwrap();
            listed.contents().iter().filter_map(|object| object.key().map(str::to_owned)).collect::<Vec<_>>()
        })
    };
    let gone = world.destroy(&["--packages", "--json"]);
    assert_eq!(gone.code, 0, "{}{}", gone.out, gone.err);
    assert_eq!(gone.json()["removed"], true);
    assert_eq!(keys(), ["andon/somebody-elses.zip"], "what somebody else stored stays");

    // Packages that a first try left, after the stack has gone.
    assert_eq!(world.deploy(&[]).code, 0);
    assert_eq!(world.destroy(&[]).code, 0);
    assert!(keys().len() > 1);
    let again = world.destroy(&["--packages"]);
    assert_eq!(again.code, 0, "{}{}", again.out, again.err);
    assert_eq!(keys(), ["andon/somebody-elses.zip"]);
    world.look(async |config| {
        let client = aws_sdk_s3::Client::new(&config);
        let listed = client.list_object_versions().bucket(BUCKET).send().await.unwrap();
        for version in listed.versions() {
            let (key, id) = (version.key().unwrap(), version.version_id().unwrap());
            client.delete_object().bucket(BUCKET).key(key).version_id(id).send().await.unwrap();
        }
    });
    assert_eq!(world.destroy(&["--packages"]).code, 0);
    let buckets = world.look(async |config| {
        aws_sdk_s3::Client::new(&config).list_buckets().send().await.unwrap().buckets.unwrap_or_default()
    });
    assert_eq!(buckets, []);
}

#[test]
fn dashboards_go_even_where_a_removal_was_interrupted() {
    let world = World::new();
    let put = |name: &'static str, stack: &str| {
        let function = format!("arn:aws:lambda:us-east-1:123456789012:function:customWidget-{stack}");
        let board = json!({"endpoint": function, "params": {"dashboard": name}});
        let widget = json!({"type": "custom", "x": 0, "y": 0, "width": 24, "height": 6, "properties": board});
        let body = json!({"widgets": [widget]}).to_string();
        world.look(async |config| {
            let client = aws_sdk_cloudwatch::Client::new(&config);
            client.put_dashboard().dashboard_name(name).dashboard_body(&body).send().await.unwrap();
        });
    };
    put("Pipelines-us-east-1", "andon");
    put("Pipelines-us-east-1-other", "other");
    let names = || {
        world.look(async |config| {
            let listed = aws_sdk_cloudwatch::Client::new(&config).list_dashboards().send().await.unwrap();
            let names = listed.dashboard_entries().iter().filter_map(|entry| entry.dashboard_name());
            names.map(str::to_owned).collect::<Vec<_>>()
        })
    };
    let unconfirmed = world.run(&["destroy", "--confirm", "other"]);
    assert!(unconfirmed.out.contains("removed: the dashboard Pipelines-us-east-1\n"), "{}", unconfirmed.out);
    assert_eq!(names(), ["Pipelines-us-east-1", "Pipelines-us-east-1-other"]);
    let gone = world.destroy(&[]);
    assert_eq!(gone.code, 0, "{}{}", gone.out, gone.err);
    assert_eq!(names(), ["Pipelines-us-east-1-other"], "what another stack made stays");
}
