//! Wires the notifier to Lambda.
fn main() {}
