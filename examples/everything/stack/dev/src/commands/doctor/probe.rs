//! Looking at this machine. Nothing here changes anything, and nothing that is missing is an error.

use std::net::{Ipv4Addr, TcpListener};
use std::process::{Command, Stdio};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _};
use stack_db::embedded;

use super::facts::{Databases, Docker, Facts, Named, PROGRAMS, Port, Rust, Server, Settings};
use super::platform::Platform;
use crate::commands::browser_test::{has_browser, major};
use crate::databases::{DATABASES, Database};
use crate::error::Result;
use crate::on_path::on_path;
use crate::project::{Project, first_value};

/// How long a database may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// Where `cargo dev load` shows its page.
const LOAD_PORT: u16 = 8089;

pub(super) async fn facts(project: &Project) -> Result<Facts> {
    let has = |name: &&str| on_path(name).is_some();
    let port = project.setting("PORT").and_then(|port| port.parse().ok());
    Ok(Facts {
        platform: Platform::of(std::env::consts::OS, &read("/etc/os-release")),
        rust: rust(project),
        programs: PROGRAMS.iter().copied().filter(has).collect(),
        chromium: has_browser(project),
        node: said("node", &["--version"]).and_then(|version| major(&version)),
        docker: docker(),
        databases: databases(project).await?,
        settings: settings(project),
        ports: [
            (port.unwrap_or(3000), "the application"),
            (LOAD_PORT, "the page of load tests"),
        ]
        .map(|(number, what)| Port {
            number,
            what,
            free: TcpListener::bind((Ipv4Addr::LOCALHOST, number)).is_ok(),
        })
        .to_vec(),
        disk: disk(project),
        watches: read("/proc/sys/fs/inotify/max_user_watches")
            .trim()
            .parse()
            .ok(),
        open_files: open_files(),
        perf_paranoid: read("/proc/sys/kernel/perf_event_paranoid")
            .trim()
            .parse()
            .ok(),
    })
}

/// What a file says; nothing if it cannot be read.
fn read(path: impl AsRef<std::path::Path>) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// What a program prints, if it is there and all goes well.
fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(on_path(program)?)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn rust(project: &Project) -> Rust {
    let manifest = read(project.root.join("Cargo.toml"));
    Rust {
        version: said("rustc", &["--version"])
            .and_then(|version| Some(version.split_whitespace().nth(1)?.to_owned())),
        wanted: first_value(&manifest, "rust-version").unwrap_or_default(),
        clippy: said("cargo", &["clippy", "--version"]).is_some(),
        rustfmt: said("cargo", &["fmt", "--version"]).is_some(),
    }
}

fn docker() -> Docker {
    if on_path("docker").is_none() {
        Docker::Missing
    } else if said("docker", &["version"]).is_none() {
        Docker::Silent
    } else if said("docker", &["compose", "version"]).is_none() {
        Docker::WithoutCompose
    } else {
        Docker::Ready
    }
}

async fn databases(project: &Project) -> Result<Databases> {
    if project.setting("DATABASE_URL").is_none() {
        return own_server(project).await;
    }
    let mut all = Vec::new();
    for database in DATABASES {
        if let Some(url) = project.setting(database.variable) {
            all.push(Named {
                variable: database.variable,
                problem: problem(database, &url).await,
            });
        }
    }
    Ok(Databases::Named(all))
}

async fn own_server(project: &Project) -> Result<Databases> {
    let options = project.server_options()?;
    let server = match embedded::installed(&options).await? {
        Some(found) => Some(Server {
            major: found.major,
            dir: found.dir,
            runs: embedded::running(&options).await?.is_some(),
        }),
        None => None,
    };
    Ok(Databases::Own {
        server,
        needs_vector: options.needs_vector,
        pip: ["python3", "python", "py"]
            .iter()
            .any(|python| said(python, &["-m", "pip", "--version"]).is_some()),
    })
}

/// Why a database cannot be used, without its URL, which has a password in it.
async fn problem(database: &Database, url: &str) -> Option<String> {
    let Ok(options) = url.parse::<PgConnectOptions>() else {
        return Some("it is not the URL of a PostgreSQL database".to_owned());
    };
    let ask = async {
        let mut connection: PgConnection = options.connect().await?;
        let vector: bool = if database.name == "vectors" {
            let statement =
                "select exists (select from pg_available_extensions where name = 'vector')";
            sqlx::query_scalar(statement)
                .fetch_one(&mut connection)
                .await?
        } else {
            true
        };
        connection.close().await?;
        Ok::<_, sqlx::Error>(vector)
    };
    match tokio::time::timeout(PATIENCE, ask).await {
        Ok(Ok(true)) => None,
        Ok(Ok(false)) => Some("its server has no pgvector".to_owned()),
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some(format!("no answer within {} seconds", PATIENCE.as_secs())),
    }
}

fn settings(project: &Project) -> Settings {
    let Ok(file) = dotenvy::from_path_iter(project.root.join(".env")) else {
        return Settings::default();
    };
    let example = read(project.root.join(".env.example"));
    let known: Vec<&str> = example
        .lines()
        .filter_map(|line| line.trim_start_matches(['#', ' ']).split_once('='))
        .map(|(name, _)| name)
        .collect();
    let mut unknown: Vec<String> = file
        .flatten()
        .map(|(name, _)| name)
        .filter(|name| !known.contains(&name.as_str()))
        .collect();
    unknown.sort();
    Settings {
        file: true,
        unknown,
    }
}

#[cfg(unix)]
fn disk(project: &Project) -> Option<u64> {
    let found = rustix::fs::statvfs(project.folder()).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

#[cfg(not(unix))]
fn disk(_project: &Project) -> Option<u64> {
    None
}

#[cfg(unix)]
fn open_files() -> Option<u64> {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    // No limit at all is a large one.
    Some(limit.current.unwrap_or(u64::MAX))
}

#[cfg(not(unix))]
fn open_files() -> Option<u64> {
    None
}
