//! Node, npm and a browser on this machine.

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

/// Those with `BROWSER_NAME=firefox`.
const FIREFOXES: &[&str] = &["firefox", "firefox-esr"];

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
    pub(super) browser: Browser,
}

/// What the tests drive.
pub(super) enum Browser {
    /// None if it is one that Playwright has downloaded, and finds by itself.
    Chromium(Option<PathBuf>),
    /// That of this machine; the one of Playwright is another program.
    Firefox(PathBuf),
}

impl Browser {
    /// What `playwright.config.mjs` is told of it.
    pub(super) fn variables(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Chromium(path) => {
                let path = path
                    .iter()
                    .map(|path| ("CHROMIUM", path.display().to_string()));
                path.collect()
            }
            Self::Firefox(path) => vec![
                ("BROWSER_NAME", "firefox".to_owned()),
                ("FIREFOX", path.display().to_string()),
            ],
        }
    }
}

impl Programs {
    /// All of them, or an error that names every one that is missing and the packages that have them.
    pub(super) fn find(project: &Project) -> Result<Self> {
        let node = which("node").ok();
        let npm = which("npm").ok();
        let (name, browser) = match project.setting("BROWSER_NAME").as_deref() {
            None | Some("chromium") => ("Chromium", chromium(project)?),
            Some("firefox") => ("Firefox", firefox(project)?),
            Some(other) => {
                let text = format!("`BROWSER_NAME` is `{other}`, and there are no tests in it");
                return Err(Error::new(text).hint("`chromium` or `firefox`"));
            }
        };
        let mut missing = Vec::new();
        for (name, is_there) in [
            ("node", node.is_some()),
            ("npm", npm.is_some()),
            (name, browser.is_some()),
        ] {
            if !is_there {
                missing.push(name);
            }
        }
        match (node, npm, browser) {
            (Some(node), Some(npm), Some(browser)) => Ok(Self { node, npm, browser }),
            _ => Err(lacking(&missing)),
        }
    }
}

/// What `cargo dev doctor` reports about them.
pub(in crate::commands) fn check(project: &Project) -> Result<String> {
    let found = Programs::find(project)?;
    let browser = match found.browser {
        Browser::Chromium(Some(path)) | Browser::Firefox(path) => format!("`{}`", path.display()),
        Browser::Chromium(None) => "the Chromium of `npx playwright install`".to_owned(),
    };
    Ok(format!("`{}`, {browser}", found.node.display()))
}

fn chromium(project: &Project) -> Result<Option<Browser>> {
    let path = match project.setting("CHROMIUM") {
        Some(named) => Some(named_browser("CHROMIUM", &named)?),
        None => browser(),
    };
    Ok((path.is_some() || is_downloaded()).then_some(Browser::Chromium(path)))
}

fn firefox(project: &Project) -> Result<Option<Browser>> {
    let path = match project.setting("FIREFOX") {
        Some(named) => Some(named_browser("FIREFOX", &named)?),
        None => FIREFOXES.iter().find_map(|name| which(name).ok()),
    };
    Ok(path.map(Browser::Firefox))
}

/// What a person named in `setting`: a path, or a program on `PATH`.
fn named_browser(setting: &str, named: &str) -> Result<PathBuf> {
    let path = Path::new(named);
    let found = if path.is_file() {
        std::path::absolute(path).ok()
    } else {
        which(named).ok()
    };
    found.ok_or_else(|| {
        Error::new(format!("`{setting}` is `{named}`, and there is none"))
            .hint("name the program itself, or leave it out and it is looked for")
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
        "Firefox" if cfg!(target_os = "macos") => "firefox",
        "Firefox" if cfg!(windows) => "Mozilla.Firefox",
        "Firefox" => "firefox-esr",
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
    } else if missing.contains(&"Firefox") {
        error.hint("`FIREFOX=PATH` names one elsewhere")
    } else {
        error
    }
}
{%- if stack_tests %}

#[cfg(test)]
mod tests;
{%- endif %}
