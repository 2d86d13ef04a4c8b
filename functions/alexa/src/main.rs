//! Wires the function to Lambda.
fn main() {}
