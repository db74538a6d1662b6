//! Files that no pack may write, and files that run without anybody calling them.

use crate::tree::TreePath;

/// Whether this file is none of a pack's business: what `heavy` and cargo write, and what tells git what to run.
pub(super) fn is_kept(path: &TreePath) -> bool {
    let path = path.as_str().to_lowercase();
    ["heavy.toml", "cargo.lock", "cargo.toml", ".gitmodules"].contains(&path.as_str())
}

/// When this file, or what it names, runs by itself on the machine of whoever works on the project; none if it does not.
#[must_use]
pub fn runs_when(path: &TreePath, executable: bool) -> Option<&'static str> {
    let lower = path.as_str().to_lowercase();
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    let below = |folder: &str| lower.starts_with(folder) || lower.contains(&format!("/{folder}"));
    let ends = |extensions: &[&str]| extensions.iter().any(|extension| name.ends_with(extension));
    Some(match name {
        "build.rs" => "runs with every build",
        "rust-toolchain" | "rust-toolchain.toml" => "chooses the compiler of every build",
        "cargo.toml" => "may name a build script, which runs with every build",
        ".envrc" => "runs when a shell enters the folder",
        ".gitattributes" => "may name filters, which git runs",
        "package.json" => "may name scripts, which npm runs",
        "makefile" | "justfile" => "runs when it is asked for a task",
        _ if below(".cargo/") => "changes what cargo runs",
        _ if below(".github/") || below(".gitlab/") || name.starts_with(".gitlab-ci") => "runs in CI, with its secrets",
        _ if below(".vscode/") || below(".zed/") || below(".idea/") => "is read by editors, which may run it",
        _ if below(".devcontainer/") => "runs when a dev container starts",
        _ if below(".githooks/") || below(".husky/") => "may run with git's commands",
        _ if name.starts_with("dockerfile") || name.starts_with("compose.") || name.starts_with("docker-compose") => {
            "runs in containers"
        }
        _ if executable => "is a program",
        _ if ends(&[".sh", ".ps1", ".bat", ".cmd", ".py"]) => "is a script",
        _ => return None,
    })
}
