//! The trees under `examples/` are what their answers files render to today.
//!
//! `HEAVY_BLESS=1 cargo test --test examples` writes them again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

type Files = BTreeMap<String, Vec<u8>>;

fn files_below(root: &Path) -> Files {
    let mut files = Files::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).expect("a path below the root").to_string_lossy().replace('\\', "/");
                files.insert(name, std::fs::read(&path).expect("a readable file"));
            }
        }
    }
    files
}

fn is_what_its_answers_render_to(example: &str) {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let rendered: PathBuf = scratch.path().join(example);
    let output = Command::new(env!("CARGO_BIN_EXE_heavy"))
        .arg("new")
        .arg(&rendered)
        .arg("--answers")
        .arg(examples.join(format!("{example}.toml")))
        .args(["--defaults", "--vcs", "none", "--quiet"])
        .output()
        .expect("heavy starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let committed = examples.join(example);
    if std::env::var_os("HEAVY_BLESS").is_some() {
        if committed.exists() {
            std::fs::remove_dir_all(&committed).expect("the old example can be removed");
        }
        std::fs::rename(&rendered, &committed)
            .or_else(|_| copy(&rendered, &committed))
            .expect("the new example can be written");
        return;
    }
    let (new, old) = (files_below(&rendered), files_below(&committed));
    let stale: Vec<&String> = new.keys().chain(old.keys()).filter(|name| new.get(*name) != old.get(*name)).collect();
    assert!(stale.is_empty(), "examples/{example} is stale: {stale:?}\nrun `HEAVY_BLESS=1 cargo test --test examples`");
}

/// Copies a tree where a rename cannot: to another file system.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    for name in files_below(from).keys() {
        let target = to.join(name);
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::copy(from.join(name), target)?;
    }
    Ok(())
}

#[test]
fn the_plain_example_is_what_its_answers_render_to() {
    is_what_its_answers_render_to("plain");
}

#[test]
fn the_name_of_a_project_stands_in_a_handful_of_files_and_in_no_rust_file() {
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let project = scratch.path().join("zebrafinch-quartz");
    let output = Command::new(env!("CARGO_BIN_EXE_heavy"))
        .arg("new")
        .arg(&project)
        .args(["--all-features", "--defaults", "--vcs", "none", "--quiet"])
        .output()
        .expect("heavy starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let named: Vec<String> = files_below(&project)
        .into_iter()
        .filter(|(_, bytes)| String::from_utf8_lossy(bytes).to_lowercase().contains("zebrafinch"))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(
        named,
        [
            ".devcontainer/compose.yaml",
            ".devcontainer/devcontainer.json",
            ".env.example",
            ".github/workflows/ci.yml",
            ".vscode/launch.json",
            ".vscode/tasks.json",
            "Cargo.toml",
            "Dockerfile",
            "README.md",
            "compose.yaml",
            "docs/containers.md",
            "docs/editor.md",
            "docs/observability.md",
            "docs/production.md",
            "heavy.toml",
        ]
    );
}
