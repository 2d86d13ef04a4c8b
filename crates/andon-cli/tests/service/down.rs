//! `andon down`: everything goes, in order, and production only when it is named.

use std::fs;

use crate::world::{World, is_change};

/// A service whose pipeline has deployed acceptance.
fn deployed() -> World {
    let world = World::new();
    deploy(&world);
    world
}

fn deploy(world: &World) {
    let ended = world.up(&["--no-follow"]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    let outputs = world.outputs("main-environment");
    world.deploy_stage("acceptance", &outputs);
}

#[test]
fn what_was_deployed_last_goes_first_and_nothing_is_left() {
    let world = deployed();
    world.deploy_stage("production", &world.outputs("main-environment"));
    let kept = world.down(&[]);
    assert_eq!(kept.code, 2, "{}", kept.out);
    assert!(kept.err.contains("orders-production exists") && kept.err.contains("--production"), "{}", kept.err);
    assert_eq!(world.stacks().len(), 4);
    world.recorder.take_requests();
    let ended = world.down(&["--production"]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert!(world.stacks().is_empty(), "{:?}", world.stacks());
    let order: Vec<usize> = ["orders-production", "orders-acceptance", "orders-pipeline", "main-environment"]
        .iter()
        .map(|name| ended.out.find(&format!("\n{name}\n")).unwrap_or_else(|| panic!("{name} in {}", ended.out)))
        .collect();
    assert!(order.is_sorted(), "{}", ended.out);
    assert!(ended.out.contains("stays:"), "{}", ended.out);
    // Nothing is deployed while it is being removed.
    assert!(world.aws.requests().iter().any(|call| call.operation == "DisableStageTransition"));
    let nothing = world.down(&[]);
    assert_eq!(nothing.code, 0, "{}", nothing.err);
    assert!(nothing.out.contains("There is nothing of orders"), "{}", nothing.out);
}

#[test]
fn the_name_has_to_be_given() {
    let world = deployed();
    let wrong = world.andon(&["down", "--pace", "10", "--confirm", "order"]);
    assert!(wrong.out.contains("Nothing was removed"), "{}", wrong.out);
    let unasked = world.andon(&["down", "--pace", "10"]);
    assert_eq!(unasked.code, 2);
    assert!(unasked.err.contains("--confirm orders"), "{}", unasked.err);
    assert_eq!(world.stacks().len(), 3);
}

#[test]
fn an_environment_stays_as_long_as_another_service_uses_it() {
    let world = deployed();
    let settings = fs::read_to_string(world.folder.path().join("andon-service.yml")).unwrap();
    fs::write(world.folder.path().join("andon-service.yml"), settings.replace("name: orders", "name: basket")).unwrap();
    world.aws.declare_pipeline(serde_json::json!({"name": "basket", "version": 1, "stages": []}));
    let ended = world.up(&["--no-follow", "--json"]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert_eq!(ended.json()["stacks"][0]["outcome"], "unchanged");
    let ended = world.andon(&["down", "orders", "--pace", "10", "--confirm", "orders", "--json"]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert_eq!(world.stacks().keys().collect::<Vec<_>>(), ["basket-pipeline", "main-environment"]);
    assert!(ended.json()["stays"][0].as_str().unwrap().contains("basket uses too"), "{}", ended.out);
}

#[test]
fn cut_off_at_any_change_it_goes_on_when_it_is_run_again() {
    let mut world = World::new();
    for passing in 0..20 {
        for loses_reply in [false, true] {
            world.empty_again();
            deploy(&world);
            world.recorder.cut_off(is_change, passing, loses_reply);
            let cut = world.down(&[]);
            if !world.recorder.clear_faults() {
                assert_eq!(cut.code, 0, "{}", cut.err);
                assert!(passing >= 4, "{passing}");
                return;
            }
            let again = world.down(&[]);
            assert_eq!(again.code, 0, "after {passing}, {loses_reply}: {}{}", again.out, again.err);
            assert!(world.stacks().is_empty(), "after {passing}, {loses_reply}: {:?}", world.stacks());
        }
    }
    panic!("it never came to its end");
}
