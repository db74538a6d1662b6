//! A generated project is product code: in every combination of features it is formatted, has no warning and passes
//! its own tests, and its committed `Cargo.lock` is exactly what cargo would write.

mod workshop;

use workshop::{Servers, cargo, project, turn};

fn is_formatted_clean_and_passes_its_tests(name: &str, features: &[&str]) {
    let _turn = turn();
    let project = project(name, features);
    let _servers = Servers(&project);
    cargo(&project, &["fmt", "--all", "--check"]);
    cargo(&project, &["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    cargo(&project, &["test", "--locked", "--workspace"]);
}

#[test]
fn a_plain_project_is_formatted_clean_and_passes_its_tests() {
    is_formatted_clean_and_passes_its_tests("plain", &[]);
}

#[test]
fn a_project_with_pgvector_is_formatted_clean_and_passes_its_tests() {
    is_formatted_clean_and_passes_its_tests("vectors", &["pgvector"]);
}

#[test]
fn a_project_with_cockroach_is_formatted_clean_and_passes_its_tests() {
    is_formatted_clean_and_passes_its_tests("roach-app", &["cockroach"]);
}

#[test]
fn a_project_with_everything_is_formatted_clean_and_passes_its_tests() {
    is_formatted_clean_and_passes_its_tests("zz-everything", &["pgvector", "cockroach"]);
}
