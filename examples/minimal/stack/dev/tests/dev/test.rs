use std::process::{Command, Stdio};

use crate::workbench::Project;

/// A package with a test that passes and one that fails, which is built in its own folder.
struct Trial {
    project: Project,
    target: String,
}

impl Trial {
    fn new() -> Self {
        let project = Project::new();
        let manifest = "[package]\nname = \"trial\"\nedition = \"2024\"\n\n[workspace]\n\n\
                        [lib]\ndoctest = false\n";
        project.write("Cargo.toml", manifest);
        project.write("src/lib.rs", "");
        let tests = "#[test]\nfn it_passes() {}\n\n\
                     #[test]\nfn it_fails() {\n    assert_eq!(1, 2, \"they differ\");\n}\n";
        project.write("tests/app.rs", tests);
        let target = project.root.join("target").display().to_string();
        Self { project, target }
    }

    /// Runs the tests once, and claims the exit code and what is said.
    fn once(&self, arguments: &[&str], code: i32, says: &[&str]) {
        let variables = [
            ("CARGO_TARGET_DIR", self.target.as_str()),
            ("RUST_BACKTRACE", "0"),
        ];
        let arguments = [&["test", "--once"], arguments].concat();
        let done = self.project.dev_with(&variables, &arguments);
        for words in says {
            done.says(code, words);
        }
    }
}

/// What both runners do.
fn a_run_tells_what_failed(runner: &[&str]) {
    let trial = Trial::new();
    let with = |arguments: &[&'static str]| [runner, arguments].concat();
    let failed = [
        "FAILED trial::app it_fails\n",
        "they differ",
        "FAILED: 1 failed, 1 passed in ",
    ];
    trial.once(&with(&[]), 1, &failed);
    trial.once(&with(&["passes"]), 0, &["ok: 1 passed in "]);
    let missing = ["error: no test has `nothing` in its name\nhint: "];
    trial.once(&with(&["nothing"]), 1, &missing);
    // What failed is known to the next run, and comes first; the other one does not run any more.
    let stopped = [
        "1 failed last time",
        "they differ",
        "1 failed, 1 not run in ",
    ];
    trial.once(&with(&["--fail-fast"]), 1, &stopped);
    trial
        .project
        .write("src/lib.rs", "fn broken() -> u8 { \"no number\" }\n");
    let unbuilt = ["error[E0308]", "error: the tests cannot be built"];
    trial.once(&with(&[]), 1, &unbuilt);
}

#[test]
fn cargo_test_tells_what_failed() {
    a_run_tells_what_failed(&["--no-nextest"]);
}

#[test]
fn nextest_tells_what_failed_where_it_is_installed() {
    let mut cargo = Command::new("cargo");
    cargo.args(["nextest", "--version"]);
    let quiet = cargo.stdout(Stdio::null()).stderr(Stdio::null());
    if quiet.status().is_ok_and(|status| status.success()) {
        a_run_tells_what_failed(&[]);
    } else {
        eprintln!("skipped: cargo-nextest is not installed");
    }
}
