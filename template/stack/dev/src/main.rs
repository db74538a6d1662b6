//! `cargo dev`: the commands for working on this project.

fn main() {}
