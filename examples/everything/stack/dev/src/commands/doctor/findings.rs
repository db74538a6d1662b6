//! What the facts mean: one finding for each thing that was looked at.

use super::facts::{Databases, Docker, Facts, Named, Server};
use super::platform::{Missing, Platform};
use crate::commands::browser_test::OLDEST_NODE;
use crate::commands::profile::flamegraph::{INSTALL, OPEN_TO_ALL};

/// Whether the project can do without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// It cannot: nothing builds, or nothing starts.
    Project,
    /// A command of the project, or a part of what it does.
    Part,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Good,
    /// Something is missing or small that only a part needs.
    Lacking,
    /// Something is missing that the project cannot do without.
    Broken,
}

#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) need: Need,
    pub(super) what: &'static str,
    pub(super) level: Level,
    pub(super) says: String,
    /// What to do about it.
    pub(super) get: Option<String>,
}

/// A build with its debug information, and some room to go on.
const DISK: u64 = 10 << 30;
/// Below this, watchers of editors and of `cargo dev` together run out.
const WATCHES: u64 = 65_536;
/// Enough for a load test of 5,000 users, whose sockets have two ends on one machine.
const OPEN_FILES: u64 = 16_384;

/// All findings, those that matter most first.
pub(super) fn of(facts: &Facts) -> Vec<Finding> {
    let mut found = vec![rust(facts), components(facts), compiler(facts)];
    found.extend(databases(facts));
    found.extend([settings(facts), disk(facts)].into_iter().flatten());
    found.extend([git(facts), nextest(facts), linker(facts)]);
    found.extend([node(facts), chromium(facts), docker(facts)]);
    found.extend([profiler(facts), heavy(facts)]);
    found.extend(ports(facts));
    found.extend([watches(facts), open_files(facts)].into_iter().flatten());
    found
}

impl Need {
    fn good(self, what: &'static str, says: impl Into<String>) -> Finding {
        Finding {
            need: self,
            what,
            level: Level::Good,
            says: says.into(),
            get: None,
        }
    }

    fn missing(
        self,
        what: &'static str,
        says: impl Into<String>,
        get: impl Into<String>,
    ) -> Finding {
        Finding {
            need: self,
            what,
            level: match self {
                Self::Project => Level::Broken,
                Self::Part => Level::Lacking,
            },
            says: says.into(),
            get: Some(get.into()),
        }
    }
}

fn rust(facts: &Facts) -> Finding {
    let what = "Rust";
    let wanted = &facts.rust.wanted;
    match &facts.rust.version {
        Some(version) if numbers(version) >= numbers(wanted) => Need::Project.good(what, version),
        Some(version) => {
            let says = format!("{version} is older than the {wanted} that `Cargo.toml` asks for");
            Need::Project.missing(what, says, "rustup update stable")
        }
        None => Need::Project.missing(what, "`rustc` does not run", "https://rustup.rs"),
    }
}

/// 1 and 95 of `1.95.0`.
fn numbers(version: &str) -> (u32, u32) {
    let mut numbers = version.split(['.', '-']).map(|part| part.parse().ok());
    let mut next = || numbers.next().flatten().unwrap_or(0);
    (next(), next())
}

fn components(facts: &Facts) -> Finding {
    let what = "clippy and rustfmt";
    let all = [
        ("clippy", facts.rust.clippy),
        ("rustfmt", facts.rust.rustfmt),
    ];
    let missing: Vec<&str> = all
        .iter()
        .filter_map(|(name, there)| (!there).then_some(*name))
        .collect();
    if missing.is_empty() {
        return Need::Part.good(what, "there, for what is checked before a commit");
    }
    let missing = missing.join(" ");
    let get = format!("rustup component add {missing}");
    Need::Part.missing(what, "a commit is not checked without", get)
}

/// What builds C in dependencies, and links. Windows keeps it off `PATH`; there rustup has looked for it.
fn compiler(facts: &Facts) -> Finding {
    let what = "C compiler and linker";
    let compilers = ["cc", "gcc", "clang"];
    match compilers.into_iter().find(|name| facts.has(name)) {
        Some(name) => Need::Project.good(what, format!("`{name}`")),
        None if facts.platform == Platform::Windows => {
            Need::Project.good(what, "not looked for on Windows, where rustup has")
        }
        None => {
            let get = facts.platform.get(Missing::Compiler);
            Need::Project.missing(what, "nothing can be linked without", get)
        }
    }
}

fn databases(facts: &Facts) -> Vec<Finding> {
    match &facts.databases {
        Databases::Named(all) => all.iter().map(named).collect(),
        Databases::Own {
            server,
            needs_vector,
            pip,
        } => vec![own_server(facts, server.as_ref(), *needs_vector, *pip)],
    }
}

fn named(database: &Named) -> Finding {
    let variable = database.variable;
    match &database.problem {
        None => Need::Project.good("Database", format!("that of `{variable}` answers")),
        Some(problem) => Need::Project.missing(
            "Database",
            format!("that of `{variable}` cannot be used: {problem}"),
            format!("docker compose up --detach --wait db, or take `{variable}` out of `.env` and the environment"),
        ),
    }
}

fn own_server(facts: &Facts, server: Option<&Server>, needs_vector: bool, pip: bool) -> Finding {
    let what = if needs_vector {
        "PostgreSQL with pgvector"
    } else {
        "PostgreSQL"
    };
    match server {
        Some(Server { major, dir, runs }) => {
            let how = if *runs {
                "the project's own server runs"
            } else {
                "the project starts a server of its own when it needs one"
            };
            Need::Project.good(what, format!("{major} in `{}`; {how}", dir.display()))
        }
        None if pip => Need::Project.good(
            what,
            "none is installed; the project fetches one by pip at its first start",
        ),
        None => {
            let get = facts.platform.get(if needs_vector {
                Missing::Vector
            } else {
                Missing::Postgres
            });
            let says = "none is installed, and there is no pip to fetch one with";
            Need::Project.missing(what, says, get)
        }
    }
}

fn settings(facts: &Facts) -> Option<Finding> {
    let what = ".env";
    let settings = &facts.settings;
    if !settings.file {
        let says = "not there, and not needed: development has defaults for all of it";
        return Some(Need::Part.good(what, says));
    }
    if settings.unknown.is_empty() {
        return Some(Need::Part.good(what, "there; `.env.example` knows all that it sets"));
    }
    let says = format!(
        "`.env.example` does not know {}",
        settings
            .unknown
            .iter()
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", ")
    );
    Some(Need::Part.missing(what, says, "look for a typing error, or describe it there"))
}

fn disk(facts: &Facts) -> Option<Finding> {
    let what = "Disk";
    let free = facts.disk?;
    let says = format!("{:.1} GB free", free as f64 / (1u64 << 30) as f64);
    Some(if free >= DISK {
        Need::Part.good(what, says)
    } else {
        let says = format!("{says}; all tests and a release together take about 10");
        Need::Part.missing(what, says, "cargo clean, docker system prune")
    })
}

fn git(facts: &Facts) -> Finding {
    if facts.has("git") {
        return Need::Part.good("git", "there");
    }
    let says = "neither `heavy sync` nor `cargo dev serve` sees what is ignored without";
    Need::Part.missing("git", says, facts.platform.get(Missing::Git))
}

fn nextest(facts: &Facts) -> Finding {
    let what = "cargo-nextest";
    if facts.has("cargo-nextest") {
        return Need::Part.good(what, "there, for `cargo dev test`");
    }
    let says = "`cargo dev test` uses `cargo test` without it";
    Need::Part.missing(what, says, "cargo install --locked cargo-nextest")
}

fn linker(facts: &Facts) -> Finding {
    let what = "wild";
    if facts.has("wild") {
        return Need::Part.good(what, "there, the quickest linker");
    }
    if facts.platform.is_linux() {
        let says = "each rebuild links in some tenths of a second less with it";
        return Need::Part.missing(what, says, "cargo install --locked wild-linker");
    }
    Need::Part.good(what, "not for this system; Rust's own linker is used")
}

fn node(facts: &Facts) -> Finding {
    let what = "Node and npm";
    let platform = facts.platform;
    match facts.node {
        None => {
            let says = "`cargo dev browser-test` needs them";
            Need::Part.missing(what, says, platform.get(Missing::Node))
        }
        Some(major) if major < OLDEST_NODE => {
            let says = format!("{major} is too old for `cargo dev browser-test`");
            Need::Part.missing(what, says, platform.get(Missing::Node))
        }
        Some(_) if !facts.has("npm") => {
            let says = "`cargo dev browser-test` needs npm";
            Need::Part.missing(what, says, platform.get(Missing::Npm))
        }
        Some(major) => Need::Part.good(what, format!("{major}, for `cargo dev browser-test`")),
    }
}

fn chromium(facts: &Facts) -> Finding {
    let what = "Chromium or Chrome";
    if facts.chromium {
        return Need::Part.good(what, "there, for `cargo dev browser-test`");
    }
    let says = "`cargo dev browser-test` needs it; `CHROMIUM=PATH` names one elsewhere";
    Need::Part.missing(what, says, facts.platform.get(Missing::Chromium))
}

fn docker(facts: &Facts) -> Finding {
    let what = "Docker with compose";
    let get = facts.platform.get(Missing::Docker);
    match facts.docker {
        Docker::Ready => Need::Part.good(what, "the engine answers"),
        Docker::Missing => {
            let says = "for images, the dev container, and services of `compose.yaml`";
            Need::Part.missing(what, says, get)
        }
        Docker::WithoutCompose => Need::Part.missing(what, "`docker compose` is not there", get),
        Docker::Silent => {
            let says = "the program is there, and no engine answers";
            let start = if facts.platform.is_linux() {
                "sudo systemctl start docker; and be in the group `docker`"
            } else {
                "start Docker Desktop"
            };
            Need::Part.missing(what, says, start)
        }
    }
}

fn profiler(facts: &Facts) -> Finding {
    let what = "Profiler";
    if !facts.has("flamegraph") {
        let says = "`cargo dev profile` needs the tool `flamegraph`";
        return Need::Part.missing(what, says, INSTALL);
    }
    let there = facts.has("perf") || facts.has("xctrace") || !facts.platform.has_profiler();
    if !there {
        let says = "`cargo dev profile` needs what the system profiles with";
        return Need::Part.missing(what, says, facts.platform.get(Missing::Perf));
    }
    match facts.perf_paranoid {
        Some(level) if level > OPEN_TO_ALL => {
            let says = format!("kernel.perf_event_paranoid is {level}, so only root may profile");
            let get = format!("sudo sysctl kernel.perf_event_paranoid={OPEN_TO_ALL}");
            Need::Part.missing(what, says, get)
        }
        _ => Need::Part.good(what, "there, for `cargo dev profile`"),
    }
}

fn heavy(facts: &Facts) -> Finding {
    if facts.has("heavy") {
        return Need::Part.good("heavy", "there");
    }
    let says = "it adds tables and features, brings the template's next version, and tracks time";
    let get = "cargo install --path scaffolder, in a checkout of the template's repository";
    Need::Part.missing("heavy", says, get)
}

fn ports(facts: &Facts) -> impl Iterator<Item = Finding> {
    facts.ports.iter().map(|port| {
        let what = "Port";
        let (number, user) = (port.number, port.what);
        if port.free {
            return Need::Part.good(what, format!("{number} is free for {user}"));
        }
        let says = format!("{number}, for {user}, is taken; maybe by one that runs already");
        Need::Part.missing(what, says, "end that one, or choose another port")
    })
}

fn watches(facts: &Facts) -> Option<Finding> {
    let what = "Watched files";
    let limit = facts.watches?;
    Some(if limit >= WATCHES {
        Need::Part.good(what, format!("at most {limit}"))
    } else {
        let says = format!("at most {limit}, which an editor and `cargo dev` may use up");
        let get = "sudo sysctl fs.inotify.max_user_watches=524288";
        Need::Part.missing(what, says, get)
    })
}

fn open_files(facts: &Facts) -> Option<Finding> {
    let what = "Open files and sockets";
    let limit = facts.open_files?;
    Some(if limit >= OPEN_FILES {
        Need::Part.good(what, "enough for load tests with thousands of users")
    } else {
        let says = format!("at most {limit} in a process; enough but for large load tests");
        Need::Part.missing(
            what,
            says,
            "ulimit -n 65536, in the terminal of the load test",
        )
    })
}
