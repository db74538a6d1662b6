//! Node, npm and Chromium on this machine.

use std::path::{Path, PathBuf};
use std::process::Command;

use which::which;

use crate::error::{Error, Result};
use crate::project::Project;

/// What `playwright-core` runs on.
const OLDEST_NODE: u32 = 20;

/// Browsers by the names of their programs, in the order in which they are looked for.
const BROWSERS: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
];

/// Browsers that are not on `PATH` where they are installed; on Windows below one of [`WINDOWS_FOLDERS`].
const ELSEWHERE: &[&str] = if cfg!(target_os = "macos") {
    &[
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ]
} else if cfg!(windows) {
    &[
        r"Chromium\Application\chrome.exe",
        r"Google\Chrome\Application\chrome.exe",
    ]
} else {
    &[]
};

const WINDOWS_FOLDERS: [&str; 3] = ["ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"];

/// Where each of them is.
pub(super) struct Programs {
    pub(super) node: PathBuf,
    pub(super) npm: PathBuf,
    pub(super) chromium: PathBuf,
}

impl Programs {
    /// All of them, or an error that names every one that is missing and the packages that have them.
    pub(super) fn find(project: &Project) -> Result<Self> {
        let node = which("node").ok();
        let npm = which("npm").ok();
        let chromium = match project.setting("CHROMIUM") {
            Some(named) => Some(named_browser(&named)?),
            None => browser(),
        };
        let (Some(node), Some(npm), Some(chromium)) = (&node, &npm, &chromium) else {
            let mut missing = Vec::new();
            let all = [("node", &node), ("npm", &npm), ("Chromium", &chromium)];
            for (name, _) in all.iter().filter(|(_, path)| path.is_none()) {
                missing.push(*name);
            }
            return Err(lacking(&missing));
        };
        require_new(node)?;
        Ok(Self {
            node: node.clone(),
            npm: npm.clone(),
            chromium: chromium.clone(),
        })
    }
}

/// What `cargo dev doctor` reports about them.
pub(in crate::commands) fn check(project: &Project) -> Result<String> {
    let found = Programs::find(project)?;
    let (node, chromium) = (found.node.display(), found.chromium.display());
    Ok(format!("`{node}`, `{chromium}`"))
}

/// What a person named in `CHROMIUM`: a path, or a program on `PATH`.
fn named_browser(named: &str) -> Result<PathBuf> {
    let path = Path::new(named);
    let found = if path.is_file() {
        std::path::absolute(path).ok()
    } else {
        which(named).ok()
    };
    found.ok_or_else(|| {
        Error::new(format!("`CHROMIUM` is `{named}`, and there is none"))
            .hint("name the program itself, or leave it out and Chromium or Chrome is looked for")
    })
}

fn browser() -> Option<PathBuf> {
    let folders: Vec<PathBuf> = if cfg!(windows) {
        let folders = WINDOWS_FOLDERS.iter().filter_map(std::env::var_os);
        folders.map(PathBuf::from).collect()
    } else {
        vec![PathBuf::new()]
    };
    let elsewhere = folders
        .iter()
        .flat_map(|folder| ELSEWHERE.iter().map(|path| folder.join(path)));
    let on_path = BROWSERS.iter().filter_map(|name| which(name).ok());
    on_path.chain(elsewhere).find(|path| path.is_file())
}

const INSTALL: &str = if cfg!(target_os = "macos") {
    "brew install"
} else if cfg!(windows) {
    "winget install"
} else {
    "apt-get install"
};

/// The package that has a program, in the words of [`INSTALL`].
fn package(program: &str) -> &'static str {
    match program {
        "node" | "npm" if cfg!(target_os = "macos") => "node",
        "node" | "npm" if cfg!(windows) => "OpenJS.NodeJS.LTS",
        "node" => "nodejs",
        "npm" => "npm",
        _ if cfg!(target_os = "macos") => "google-chrome",
        _ if cfg!(windows) => "Google.Chrome",
        _ => "chromium",
    }
}

/// An error with the packages to install.
fn lacking(missing: &[&str]) -> Error {
    let (names, are) = match missing {
        [first @ .., last] if !first.is_empty() => {
            (format!("{} and {last}", first.join(", ")), "are")
        }
        _ => (missing.join(""), "is"),
    };
    let text = format!("the browser tests need {names}, which {are} not on this machine");
    let mut packages: Vec<&str> = missing.iter().map(|program| package(program)).collect();
    packages.dedup();
    let hint = format!("{INSTALL} {}", packages.join(" "));
    let error = Error::new(text).hint(hint);
    if missing.contains(&"Chromium") {
        error.hint("`CHROMIUM=PATH cargo dev browser-test` names one elsewhere; Chrome will do")
    } else {
        error
    }
}

/// Refuses a Node that is too old, which would say so in the words of a library.
fn require_new(node: &Path) -> Result<()> {
    let output = Command::new(node)
        .arg("--version")
        .output()
        .map_err(|error| Error::new(format!("`node` could not be started: {error}")))?;
    let version = String::from_utf8_lossy(&output.stdout);
    match major(&version) {
        Some(major) if major < OLDEST_NODE => Err(Error::new(format!(
            "the browser tests need Node {OLDEST_NODE} or newer, and `{}` is {}",
            node.display(),
            version.trim()
        ))
        .hint("put a newer one in front on `PATH`")),
        _ => Ok(()),
    }
}

/// 20 of `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    let (major, _) = version.trim().strip_prefix('v')?.split_once('.')?;
    major.parse().ok()
}
{%- if stack_tests %}

#[cfg(test)]
mod tests;
{%- endif %}
