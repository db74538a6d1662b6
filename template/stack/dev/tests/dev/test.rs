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
        let tests = "#[test]\nfn a_test_passes() {}\n\n\
                     #[test]\nfn it_fails() {\n    assert_eq!(1, 2, \"they differ\");\n}\n";
        project.write("tests/app.rs", tests);
        let target = project.root.join("target").display().to_string();
        Self { project, target }
    }

    /// Runs the tests once, and claims the exit code and what is said.
    fn once(&self, arguments: &[&str], code: i32, says: &[&str]) {
        let variables = [
            ("CARGO_TARGET_DIR", self.target.as_str()),
            ("NEXTEST_TEST_THREADS", "1"),
            ("RUST_BACKTRACE", "0"),
        ];
        let arguments = [&["test", "--once"], arguments].concat();
        let done = self.project.dev_with(&variables, &arguments);
        for words in says {
            done.says(code, words);
        }
    }
}

fn is_installed() -> bool {
    let mut cargo = Command::new("cargo");
    cargo.args(["nextest", "--version"]);
    let quiet = cargo.stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

#[test]
fn a_run_tells_what_failed() {
    if !is_installed() {
        eprintln!("skipped: cargo-nextest is not installed");
        return;
    }
    let trial = Trial::new();
    let failed = [
        "trial::app it_fails\n",
        "they differ",
        "2 tests run: 1 passed, 1 failed",
    ];
    trial.once(&[], 1, &failed);
    trial.once(&["passes"], 0, &["1 test run: 1 passed"]);
    let missing = ["error: no test has `nothing` in its name\nhint: "];
    trial.once(&["nothing"], 1, &missing);
    // What failed is known to the next run, and comes first; the other one does not run any more.
    let stopped = [
        "1 failed last time",
        "they differ",
        "1/2 tests run: 0 passed, 1 failed",
    ];
    trial.once(&["--fail-fast"], 1, &stopped);
    trial
        .project
        .write("src/lib.rs", "fn broken() -> u8 { \"no number\" }\n");
    let unbuilt = ["error[E0308]", "error: the tests cannot be built"];
    trial.once(&[], 1, &unbuilt);
}

#[test]
fn without_cargo_nextest_it_says_how_to_get_it() {
    let project = Project::new();
    // A cargo that knows no command.
    let done = project.dev_with(&[("CARGO", "false")], &["test", "--once"]);
    done.says(
        1,
        "which is not installed\nhint: cargo install cargo-nextest --locked\n",
    );
}
