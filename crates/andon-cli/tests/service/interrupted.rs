//! `andon up`, cut off at every change that it makes and run again: nothing twice, nothing left over.

use crate::world::{World, is_change};

#[test]
fn cut_off_at_any_change_it_goes_on_when_it_is_run_again() {
    let mut world = World::new();
    for passing in 0..20 {
        for loses_reply in [false, true] {
            world.empty_again();
            world.recorder.cut_off(is_change, passing, loses_reply);
            let cut = world.up(&["--no-follow"]);
            if !world.recorder.clear_faults() {
                assert_eq!(cut.code, 0, "{}", cut.err);
                assert!(passing >= 5, "{passing}");
                return;
            }
            assert_eq!(cut.code, 2, "after {passing}, {loses_reply}: {}", cut.out);
            let again = world.up(&["--no-follow"]);
            assert_eq!(again.code, 0, "after {passing}, {loses_reply}: {}{}", again.out, again.err);
            let stacks = world.stacks();
            assert_eq!(stacks.keys().collect::<Vec<_>>(), ["main-environment", "orders-pipeline"]);
            assert!(stacks.values().all(|status| status.ends_with("_COMPLETE")), "{stacks:?}");
        }
    }
    panic!("it never came to its end");
}
