//! rustfmt in a project, by its `rustfmt.toml`.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Formats Rust files as `cargo fmt` does in the project at `root`.
#[derive(Clone, Copy, Debug)]
pub struct Rustfmt<'a> {
    root: &'a Path,
}

impl<'a> Rustfmt<'a> {
    /// `None` where no rustfmt can be started.
    #[must_use]
    pub fn of(root: &'a Path) -> Option<Self> {
        let found = Self { root };
        found.format("").map(|_| found)
    }

    /// The text, formatted; `None` if it is no Rust. The modules that it declares are not looked at.
    #[must_use]
    pub fn format(&self, text: &str) -> Option<String> {
        let mut child = Command::new("rustfmt")
            .args(["--edition", "2024", "--emit", "stdout", "--quiet"])
            .current_dir(self.root)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        // All of it is read before anything is written.
        child.stdin.take()?.write_all(text.as_bytes()).ok()?;
        let output = child.wait_with_output().ok()?;
        output.status.success().then(|| String::from_utf8(output.stdout).ok())?
    }
}
