//! Wires the metrics function to Lambda.
fn main() {}
