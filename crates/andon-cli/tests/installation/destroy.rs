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
    let gone = world.destroy(&["--packages", "--json"]);
    assert_eq!(gone.code, 0, "{}{}", gone.out, gone.err);
    assert_eq!(gone.json()["removed"], true);
    let buckets = world.look(async |config| {
        aws_sdk_s3::Client::new(&config).list_buckets().send().await.unwrap().buckets.unwrap_or_default()
    });
    assert_eq!(buckets, []);
}
