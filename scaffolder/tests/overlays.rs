//! The applications in `examples/`: each is laid over a fresh project with the features that it needs, is formatted, has no
//! warning and passes its tests. Only with `HEAVY_FULL=1`.

mod workshop;

use std::fs;
use std::path::Path;
use std::process::Command;

use workshop::full::is_full_run;
use workshop::{Servers, cargo, cargo_with_clippy, made, run, turn};

/// Makes the project of the overlay's answers, as its README says, lays the overlay `name` over it and checks it.
fn is_formatted_clean_and_passes_its_tests(name: &str) {
    if !is_full_run(&format!("the overlay examples/{name}")) {
        return;
    }
    let _turn = turn();
    let overlay = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(name);
    let answers = overlay.join("answers.toml");
    let project = made(&format!("overlay-{name}"), &["--answers", &answers.to_string_lossy()]);
    let _servers = Servers(&project);
    add_files(&overlay.join("files"), &project);
    apply(&overlay.join("insertion-points.patch"), &project);
    cargo(&project, &["fmt", "--all", "--check"]);
    cargo_with_clippy(&project, &["test", "--locked", "-p", "app"]);
}

/// Copies a folder. An overlay only adds: what is there already is changed by its patch.
fn add_files(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder of the overlay") {
        let entry = entry.expect("a readable folder");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            add_files(&entry.path(), &target);
        } else {
            assert!(!target.exists(), "{} is there already", target.display());
            fs::copy(entry.path(), &target).expect("a file that can be copied");
        }
    }
}

/// `git apply`, as the README has it. The project stands inside of this repository, which is not to be found.
fn apply(patch: &Path, project: &Path) {
    let mut git = Command::new("git");
    git.arg("apply").arg(patch).current_dir(project);
    git.env("GIT_CEILING_DIRECTORIES", project.parent().expect("a folder around the project"));
    run(&mut git);
}

#[test]
fn the_kanban_board_is_formatted_clean_and_passes_its_tests() {
    is_formatted_clean_and_passes_its_tests("kanban");
}

#[test]
fn the_chat_is_formatted_clean_and_passes_its_tests() {
    is_formatted_clean_and_passes_its_tests("chat");
}

#[test]
fn the_dashboard_is_formatted_clean_and_passes_its_tests() {
    is_formatted_clean_and_passes_its_tests("dashboard");
}
