//! A generated project is product code: in every combination of features it is formatted, has no warning and passes
//! its own tests, and its committed `Cargo.lock` is exactly what cargo would write.

mod workshop;

use std::path::Path;

use workshop::{Servers, browser_tests, cargo, project, turn};

/// Which tests of a project are run. The crates in `stack/` are tested without any feature and with all of them; what
/// one feature alone changes is the application.
#[derive(Clone, Copy)]
enum Tests {
    All,
    OfTheApplication,
}

fn is_formatted_clean_and_passes_its_tests(name: &str, features: &[&str], tests: Tests) {
    let _turn = turn();
    let project = project(name, features);
    let _servers = Servers(&project);
    check(&project, tests);
}

fn check(project: &Path, tests: Tests) {
    cargo(project, &["fmt", "--all", "--check"]);
    cargo(project, &["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    match tests {
        Tests::All => cargo(project, &["test", "--locked", "--workspace"]),
        Tests::OfTheApplication => cargo(project, &["test", "--locked"]),
    }
}

/// The one combination whose tests in a browser run as well.
#[test]
fn a_plain_project_is_formatted_clean_and_passes_its_tests_and_those_in_a_browser() {
    let _turn = turn();
    let project = project("plain", &[]);
    let _servers = Servers(&project);
    check(&project, Tests::All);
    browser_tests(&project);
}

#[test]
fn a_project_with_pgvector_is_formatted_clean_and_passes_its_tests() {
    is_formatted_clean_and_passes_its_tests("vectors", &["pgvector"], Tests::OfTheApplication);
}

#[test]
fn a_project_with_cockroach_is_formatted_clean_and_passes_its_tests() {
    is_formatted_clean_and_passes_its_tests("roach-app", &["cockroach"], Tests::OfTheApplication);
}

#[test]
fn a_project_with_everything_is_formatted_clean_and_passes_its_tests() {
    is_formatted_clean_and_passes_its_tests("zz-everything", &["pgvector", "cockroach"], Tests::All);
}
