//! Which command brings what, on which system.

/// A system, as far as its packages are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Platform {
    /// Debian and what comes from it: Ubuntu, Mint.
    Debian,
    /// Fedora and what is like it.
    Fedora,
    Arch,
    Alpine,
    /// Another Linux, or another Unix.
    Other,
    MacOs,
    Windows,
}

/// What can be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    Compiler,
    Git,
    Postgres,
    Vector,
    Node,
    Npm,
    Chromium,
    Docker,
    Perf,
}

impl Platform {
    /// By the name of the system and, on Linux, `/etc/os-release`.
    pub(super) fn of(system: &str, release: &str) -> Self {
        match system {
            "macos" => return Self::MacOs,
            "windows" => return Self::Windows,
            _ => {}
        }
        let ids: Vec<&str> = release
            .lines()
            .filter_map(|line| line.strip_prefix("ID=").or(line.strip_prefix("ID_LIKE=")))
            .flat_map(|ids| ids.trim_matches('"').split_whitespace())
            .collect();
        let is = |id| ids.contains(&id);
        if is("debian") || is("ubuntu") {
            Self::Debian
        } else if is("fedora") || is("rhel") {
            Self::Fedora
        } else if is("arch") {
            Self::Arch
        } else if is("alpine") {
            Self::Alpine
        } else {
            Self::Other
        }
    }

    pub(super) fn is_linux(self) -> bool {
        !matches!(self, Self::MacOs | Self::Windows)
    }

    /// Whether there is a program that `flamegraph` starts to profile with; Windows has it built in.
    pub(super) fn has_profiler(self) -> bool {
        self != Self::Windows
    }

    /// The command that gets it here.
    pub(super) fn get(self, missing: Missing) -> String {
        let (install, names) = match self {
            Self::Debian => ("sudo apt-get install", 0),
            Self::Fedora => ("sudo dnf install", 1),
            Self::Arch => ("sudo pacman -S", 2),
            Self::Alpine => ("sudo apk add", 3),
            Self::MacOs => ("brew install", 4),
            Self::Windows => ("winget install", 5),
            Self::Other => return format!("the package of your system for {}", missing.name()),
        };
        match missing.packages()[names] {
            // What no package of the system has.
            other if other.contains(' ') => other.to_owned(),
            package => format!("{install} {package}"),
        }
    }
}

impl Missing {
    fn name(self) -> &'static str {
        match self {
            Self::Compiler => "a C compiler",
            Self::Git => "git",
            Self::Postgres => "PostgreSQL 15 or newer",
            Self::Vector => "PostgreSQL with pgvector",
            Self::Node => "Node 20 or newer",
            Self::Npm => "npm",
            Self::Chromium => "Chromium",
            Self::Docker => "Docker with compose",
            Self::Perf => "perf",
        }
    }

    /// The package on Debian, Fedora, Arch, Alpine, macOS and Windows; with a space in it, a whole command.
    fn packages(self) -> [&'static str; 6] {
        match self {
            Self::Compiler => [
                "build-essential",
                "gcc",
                "base-devel",
                "build-base",
                "xcode-select --install",
                "winget install Microsoft.VisualStudio.2022.BuildTools",
            ],
            Self::Git => ["git", "git", "git", "git", "git", "Git.Git"],
            Self::Postgres => [
                "postgresql",
                "postgresql-server",
                "postgresql",
                "postgresql",
                "postgresql@18",
                "PostgreSQL.PostgreSQL.18",
            ],
            Self::Vector => [
                "sudo apt-get install postgresql postgresql-*-pgvector",
                "sudo dnf install postgresql-server pgvector",
                "sudo pacman -S postgresql pgvector",
                "sudo apk add postgresql postgresql-pgvector",
                "brew install postgresql@18 pgvector",
                "python -m ensurepip, and the project fetches a server that has it",
            ],
            Self::Node => [
                "nodejs",
                "nodejs",
                "nodejs",
                "nodejs",
                "node",
                "OpenJS.NodeJS.LTS",
            ],
            Self::Npm => ["npm", "npm", "npm", "npm", "node", "OpenJS.NodeJS.LTS"],
            Self::Chromium => [
                "chromium",
                "chromium",
                "chromium",
                "chromium",
                "google-chrome",
                "Google.Chrome",
            ],
            Self::Docker => [
                "sudo apt-get install docker.io docker-compose (on Ubuntu docker-compose-v2)",
                "sudo dnf install moby-engine docker-compose",
                "sudo pacman -S docker docker-compose docker-buildx",
                "sudo apk add docker docker-cli-compose docker-cli-buildx",
                "docker-desktop",
                "Docker.DockerDesktop",
            ],
            Self::Perf => [
                "linux-perf",
                "perf",
                "perf",
                "perf",
                "xcode-select --install",
                "an administrator's terminal: flamegraph uses what Windows has",
            ],
        }
    }
}
