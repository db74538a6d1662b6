//! One private cluster: where it lies, how it is made, how it is reached.

use std::fs;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest as _, Sha256};

use super::account::Account;
use super::binaries::{self, Binaries};
use super::endpoint::{self, Endpoint};
use super::{Error, Purpose};

/// Our settings, included by `postgresql.conf`.
const SETTINGS: &str = "stack.conf";

/// A cluster and everything that is needed to run it.
#[derive(Clone, Debug)]
pub(super) struct Cluster {
    pub(super) binaries: Binaries,
    /// The folder that holds the cluster's folder, its log and its password.
    pub(super) base: PathBuf,
    pub(super) account: Option<Account>,
    pub(super) purpose: Purpose,
    pub(super) endpoint: Endpoint,
}

impl Cluster {
    /// `postgres-18`: the name says the major version, because no other can read the files.
    pub(super) fn name(&self) -> String {
        format!("postgres-{}", self.binaries.major)
    }

    pub(super) fn dir(&self) -> PathBuf {
        self.base.join(self.name())
    }

    pub(super) fn log(&self) -> PathBuf {
        self.base.join(format!("{}.log", self.name()))
    }

    fn password_file(&self) -> PathBuf {
        self.base.join(format!("{}.password", self.name()))
    }

    /// A command for one of PostgreSQL's programs: as the server's user, from the base folder, so
    /// that the cluster can be given by its plain name (`pg_ctl` hands paths to a shell), in
    /// English, and without the user's own `PG…` settings.
    pub(super) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(binaries::program(&self.binaries.dir, program));
        command
            .current_dir(&self.base)
            .env("LC_ALL", "C")
            .stdin(std::process::Stdio::null());
        for (name, _) in std::env::vars_os() {
            if name.as_encoded_bytes().starts_with(b"PG") {
                command.env_remove(name);
            }
        }
        if let Some(account) = self.account {
            account.apply(&mut command);
        }
        command
    }

    /// Makes the cluster if it is not there. Killed half way, it leaves a folder of another name,
    /// which the next run removes.
    pub(super) fn create_if_missing(&self, report: fn(&str)) -> Result<(), Error> {
        let dir = self.dir();
        if fs::exists(dir.join("PG_VERSION")).map_err(Error::io("look into", &dir))? {
            return Ok(());
        }
        report(&format!(
            "creating a database cluster in `{}`",
            dir.display()
        ));
        let new = self.base.join(format!("{}.new", self.name()));
        if fs::exists(&new).map_err(Error::io("look at", &new))? {
            fs::remove_dir_all(&new).map_err(Error::io("remove", &new))?;
        }
        let mut password = [0; 16];
        getrandom::fill(&mut password).map_err(Error::Random)?;
        let password = hex::encode(password);
        write_private(&self.password_file(), &password)?;
        fs::create_dir(&new).map_err(Error::io("create", &new))?;
        if let Some(account) = self.account {
            account.give(&self.password_file())?;
            account.give(&new)?;
        }
        self.initdb(&new, self.locales())?;
        append(
            &new.join("postgresql.conf"),
            &format!("\ninclude_if_exists = '{SETTINGS}'\n"),
        )?;
        fs::rename(&new, &dir).map_err(Error::io("rename", &new))
    }

    /// What sorts and folds text. UTF-8 in the order of code points, the same on every machine:
    /// built in since PostgreSQL 17, else the system's own, else plain C, where `lower` knows
    /// ASCII only.
    fn locales(&self) -> &'static [&'static [&'static str]] {
        if self.binaries.major >= 17 {
            &[&[
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
            ]]
        } else {
            &[&["--locale=C.UTF-8"], &["--locale=C"]]
        }
    }

    fn initdb(&self, new: &Path, locales: &[&[&str]]) -> Result<(), Error> {
        let mut output = String::new();
        for locale in locales {
            let mut command = self.command("initdb");
            command
                .arg("--pgdata")
                .arg(new)
                .arg("--pwfile")
                .arg(self.password_file());
            command.args([
                "--username=postgres",
                "--encoding=UTF8",
                "--auth=scram-sha-256",
            ]);
            // Nothing is lost yet that could not be made again.
            command
                .args(["--no-instructions", "--no-sync"])
                .args(*locale);
            let ran = command
                .output()
                .map_err(Error::io("run `initdb` in", &self.base))?;
            if ran.status.success() {
                return Ok(());
            }
            output = String::from_utf8_lossy(&ran.stderr).trim().to_owned();
        }
        Err(Error::Program {
            program: "initdb".to_owned(),
            output,
            log: None,
        })
    }

    /// Decides how the server is to be reached; a port that was used before is kept if possible.
    pub(super) fn choose_endpoint(&mut self) -> Result<(), Error> {
        self.endpoint = if endpoint::socket_fits(&self.dir()) {
            Endpoint::Socket
        } else {
            self.tcp(self.written_port().unwrap_or(0))?
        };
        Ok(())
    }

    /// How the server is reached that was configured last.
    pub(super) fn read_endpoint(&mut self) -> Result<(), Error> {
        self.endpoint = match self.written_port() {
            Some(port) => self.tcp(port)?,
            None => Endpoint::Socket,
        };
        Ok(())
    }

    fn tcp(&self, port: u16) -> Result<Endpoint, Error> {
        let file = self.password_file();
        let password = fs::read_to_string(&file).map_err(Error::io("read", &file))?;
        Ok(Endpoint::Tcp { port, password })
    }

    /// The TCP port in the written settings, if they name one.
    fn written_port(&self) -> Option<u16> {
        let settings = fs::read_to_string(self.dir().join(SETTINGS)).ok()?;
        settings
            .lines()
            .find_map(|line| line.strip_prefix("port = ")?.parse().ok())
    }

    /// Replaces a port that is not set, or taken by another, by a free one. Only while the server
    /// does not run.
    pub(super) fn choose_free_port(&mut self) -> Result<(), Error> {
        let dir = self.dir();
        let Endpoint::Tcp { port, .. } = &mut self.endpoint else {
            return Ok(());
        };
        let any_or = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
        let listener = any_or(*port).or_else(|_| any_or(0));
        let address = listener.and_then(|listener| listener.local_addr());
        *port = address
            .map_err(Error::io("find a free port for", &dir))?
            .port();
        Ok(())
    }

    /// Whether the written settings are those that would be written now.
    pub(super) fn is_configured(&self) -> bool {
        fs::read_to_string(self.dir().join(SETTINGS)).is_ok_and(|text| text == self.settings())
    }

    /// Writes the settings and who may connect.
    pub(super) fn configure(&self) -> Result<(), Error> {
        for (name, text) in [
            (SETTINGS, self.settings().as_str()),
            ("pg_hba.conf", self.endpoint.access()),
        ] {
            let path = self.dir().join(name);
            fs::write(&path, text).map_err(Error::io("write", &path))?;
            if let Some(account) = self.account {
                account.give(&path)?;
            }
        }
        Ok(())
    }

    fn settings(&self) -> String {
        let mut text = self.endpoint.settings();
        text +=
            "timezone = 'UTC'\nlog_timezone = 'UTC'\nwal_level = minimal\nmax_wal_senders = 0\n";
        text += match self.purpose {
            Purpose::Development => "max_connections = 100\n",
            // Nothing in a test database outlives the test, so nothing has to reach the disk.
            Purpose::Tests => {
                "max_connections = 300\nfsync = off\nsynchronous_commit = off\n\
                 full_page_writes = off\nautovacuum = off\nmax_wal_size = 4GB\n\
                 checkpoint_timeout = 1h\n"
            }
        };
        text
    }

    /// The URL of one database in this cluster.
    pub(super) fn url(&self, database: &str) -> String {
        self.endpoint.url(&self.dir(), database)
    }
}

/// Where the cluster's folder is made: in `data_dir`, or, where the server's user cannot get there
/// (a project under `/root`), in a folder of the system named after the project's path.
pub(super) fn base(data_dir: &Path, account: Option<Account>) -> Result<PathBuf, Error> {
    let Some(account) = account.filter(|account| !account.can_enter(data_dir)) else {
        return Ok(data_dir.to_owned());
    };
    let digest = Sha256::digest(data_dir.as_os_str().as_encoded_bytes());
    let name = hex::encode(&digest[..8]);
    let mut problem = None;
    for parent in [
        PathBuf::from("/var/lib/heavy"),
        std::env::temp_dir().join("heavy"),
    ] {
        let base = parent.join(&name);
        match fs::create_dir_all(&base) {
            Ok(()) if account.can_enter(&base) && is_ours(&parent) && is_ours(&base) => {
                return Ok(base);
            }
            Ok(()) => {}
            Err(error) => problem = Some((base, error)),
        }
    }
    let (path, source) = problem.unwrap_or_else(|| {
        let refused = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        (data_dir.to_owned(), refused)
    });
    Err(Error::Io {
        action: "let the server's user into",
        path,
        source,
    })
}

/// Whether root made this folder, and not somebody who could write beside it.
#[cfg(unix)]
fn is_ours(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::symlink_metadata(folder).is_ok_and(|found| found.is_dir() && found.uid() == 0)
}

#[cfg(not(unix))]
fn is_ours(_folder: &Path) -> bool {
    true
}

fn append(path: &Path, text: &str) -> Result<(), Error> {
    let file = fs::OpenOptions::new().append(true).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(Error::io("write", path))
}

/// Writes a file that only its owner may read.
fn write_private(path: &Path, text: &str) -> Result<(), Error> {
    let _ = fs::remove_file(path);
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(Error::io("write", path))
}
