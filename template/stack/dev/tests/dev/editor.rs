//! What the editor's entries name is there: each of them is a command that works without the editor.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(project().join(path)).unwrap()
}

fn json(path: &str) -> Value {
    serde_json::from_str(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The words of a command, with the default of each input in the place of the input.
fn words(arguments: &Value, inputs: &Value) -> Vec<String> {
    list(arguments)
        .iter()
        .map(|word| {
            let mut word = text(word).to_owned();
            for input in list(inputs) {
                let place = ["${input:", text(&input["id"]), "}"].concat();
                word = word.replace(&place, text(&input["default"]));
            }
            assert!(!word.contains("${input:"), "there is no input for {word}");
            word
        })
        .collect()
}

/// Asks `cargo dev` for the help of a command, which it has only if it knows each word of it.
fn must_be_known(name: &str, words: &[String]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stack_dev"));
    command.args(words).arg("--help").current_dir(project());
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "`{name}`: cargo dev {}: {said}",
        words.join(" ")
    );
}

fn unique<'a>(names: impl Iterator<Item = &'a str>) -> HashSet<&'a str> {
    let mut seen = HashSet::new();
    for name in names {
        assert!(
            !name.is_empty() && seen.insert(name),
            "`{name}` is there twice, or empty"
        );
    }
    seen
}

/// The package of the application, and its title.
fn application() -> (String, String) {
    let manifest = read("Cargo.toml");
    let value = |key: &str| {
        let line = manifest
            .lines()
            .find_map(|line| line.strip_prefix(key))
            .unwrap();
        line.trim_start_matches([' ', '='])
            .trim_matches('"')
            .to_owned()
    };
    (value("name"), value("description"))
}

#[test]
fn every_launch_entry_has_a_name_of_its_own_and_starts_a_command_that_is_there() {
    let (package, title) = application();
    let launch = json(".vscode/launch.json");
    let entries = list(&launch["configurations"]);
    let names = unique(entries.iter().map(|entry| text(&entry["name"])));
    for verb in [
        "Hot Reload",
        "Run",
        {%- if test_daemon %}
        "Test Daemon",
        {%- endif %}
        "Debug one test",
        "Pave DB",
        "Create and test migrations",
        {%- if load %}
        "Record",
        {%- endif %}
    ] {
        assert!(
            names.contains(format!("{title}: {verb}").as_str()),
            "{verb}"
        );
    }
    let tasks = json(".vscode/tasks.json");
    let labels = unique(
        list(&tasks["tasks"])
            .iter()
            .map(|task| text(&task["label"])),
    );
    for entry in entries {
        let name = text(&entry["name"]);
        assert_eq!(entry["cwd"], "${workspaceFolder}", "{name}");
        if let Some(before) = entry["preLaunchTask"].as_str() {
            assert!(
                labels.contains(before),
                "`{name}`: there is no task `{before}`"
            );
        }
        let arguments = words(&entry["args"], &launch["inputs"]);
        let build = words(&entry["cargo"]["args"], &launch["inputs"]);
        if build.contains(&"--bin=stack_dev".to_owned()) {
            must_be_known(name, &arguments);
        } else {
            // The application under the debugger: its server, or its tests.
            assert!(build.contains(&format!("--package={package}")), "{name}");
            let tests = build.contains(&"--test=app".to_owned());
            assert!(tests || arguments == ["serve"], "{name}");
        }
    }
}

#[test]
fn every_task_has_a_name_of_its_own_and_runs_a_command_that_is_there() {
    let tasks = json(".vscode/tasks.json");
    let all = list(&tasks["tasks"]);
    let labels = unique(all.iter().map(|task| text(&task["label"])));
    let of_cargo = ["build", "clippy", "fmt", "run", "test"];
    for task in all {
        let label = text(&task["label"]);
        for needed in list(&task["dependsOn"]) {
            assert!(
                labels.contains(text(needed)),
                "`{label}`: there is no task {needed}"
            );
        }
        let words = words(&task["args"], &tasks["inputs"]);
        match text(&task["command"]) {
            "cargo" if words[0] == "dev" => must_be_known(label, &words[1..]),
            "cargo" => assert!(of_cargo.contains(&words[0].as_str()), "{label}"),
            "docker" => assert!(["build", "compose"].contains(&words[0].as_str()), "{label}"),
            "" => assert!(
                !list(&task["dependsOn"]).is_empty(),
                "`{label}` does nothing"
            ),
            other => assert!(other.starts_with("heavy add-table "), "`{label}`: {other}"),
        }
    }
}

#[test]
fn the_editor_recommends_what_the_dev_container_brings() {
    let container = json(".devcontainer/devcontainer.json");
    let brought = list(&container["customizations"]["vscode"]["extensions"]);
    let recommended = json(".vscode/extensions.json");
    for extension in brought {
        assert!(
            list(&recommended["recommendations"]).contains(extension),
            "{extension}"
        );
    }
    json(".vscode/settings.json");
}

#[test]
fn each_step_of_the_dev_container_is_one_that_its_script_has() {
    let container = json(".devcontainer/devcontainer.json");
    let script = read(".devcontainer/step.sh");
    for command in [
        "onCreateCommand",
        "updateContentCommand",
        "postCreateCommand",
        "postStartCommand",
    ] {
        let step = text(&container[command]).strip_prefix("bash .devcontainer/step.sh ");
        let step = step.unwrap_or_else(|| panic!("{command} is no step"));
        assert!(
            script.contains(&format!("\n    {step})\n")),
            "there is no step {step}"
        );
    }
}

#[test]
fn the_dev_container_has_the_same_databases_as_the_project() {
    let images = |path: &str| -> Vec<String> {
        let text = read(path);
        let images = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("image: "));
        images
            .filter(|image| image.contains(':'))
            .map(str::to_owned)
            .collect()
    };
    let project = images("compose.yaml");
    assert!(!project.is_empty());
    assert_eq!(images(".devcontainer/compose.yaml"), project);
}
