//! `heavy`.
fn main() {}
