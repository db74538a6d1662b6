//! Node, npm and Chromium on this machine.

use std::path::{Path, PathBuf};

use which::which;

use crate::error::{Error, Result};
use crate::project::Project;

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

/// Where `npx playwright install` puts its browsers, in the home folder.
const DOWNLOADS: &str = if cfg!(target_os = "macos") {
    "Library/Caches/ms-playwright"
} else if cfg!(windows) {
    r"AppData\Local\ms-playwright"
} else {
    ".cache/ms-playwright"
};

/// Where each of them is.
pub(super) struct Programs {
    pub(super) node: PathBuf,
    pub(super) npm: PathBuf,
    /// None if it is one that Playwright has downloaded, and finds by itself.
    pub(super) chromium: Option<PathBuf>,
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
        let has_browser = chromium.is_some() || is_downloaded();
        let mut missing = Vec::new();
        for (name, is_there) in [
            ("node", node.is_some()),
            ("npm", npm.is_some()),
            ("Chromium", has_browser),
        ] {
            if !is_there {
                missing.push(name);
            }
        }
        match (node, npm) {
            (Some(node), Some(npm)) if missing.is_empty() => Ok(Self {
                node,
                npm,
                chromium,
            }),
            _ => Err(lacking(&missing)),
        }
    }
}

/// What `cargo dev doctor` reports about them.
pub(in crate::commands) fn check(project: &Project) -> Result<String> {
    let found = Programs::find(project)?;
    let chromium = match found.chromium {
        Some(path) => format!("`{}`", path.display()),
        None => "the Chromium of `npx playwright install`".to_owned(),
    };
    Ok(format!("`{}`, {chromium}", found.node.display()))
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

/// Whether Playwright has downloaded a Chromium; which version it wants, it says itself.
fn is_downloaded() -> bool {
    let named = std::env::var_os("PLAYWRIGHT_BROWSERS_PATH").map(PathBuf::from);
    let folder = named.or_else(|| Some(std::env::home_dir()?.join(DOWNLOADS)));
    let Some(entries) = folder.and_then(|folder| std::fs::read_dir(folder).ok()) else {
        return false;
    };
    entries
        .filter_map(std::result::Result::ok)
        .any(|entry| entry.file_name().to_string_lossy().starts_with("chromium-"))
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
        error.hint(
            "`CHROMIUM=PATH` names a Chromium or Chrome elsewhere; `npx playwright install chromium` in `tests/browser` downloads one",
        )
    } else {
        error
    }
}
{%- if stack_tests %}

#[cfg(test)]
mod tests;
{%- endif %}
