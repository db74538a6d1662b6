//! Which user the server runs as.
//!
//! PostgreSQL refuses to run as root. In a container or a sandbox everything runs as root, so there
//! the server and its files are given to another user.

use std::path::Path;
use std::process::Command;

use super::Error;

/// A user of this machine, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

impl Account {
    /// The account to drop to, or `None` where the server may run as who we are.
    ///
    /// The owner of the project's folder first, so that a folder mounted into a container keeps
    /// one owner; then `postgres`; then `nobody`. Only users with a name count: `initdb` looks it
    /// up.
    pub(super) fn for_server(project: &Path) -> Result<Option<Self>, Error> {
        if !is_root() {
            return Ok(None);
        }
        let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        choose(&users, owner(project))
            .map(Some)
            .ok_or(Error::NoAccount)
    }

    /// Makes `command` run as this user.
    #[cfg(unix)]
    pub(super) fn apply(self, command: &mut Command) {
        use std::os::unix::process::CommandExt as _;
        command.uid(self.uid).gid(self.gid);
    }

    #[cfg(not(unix))]
    pub(super) fn apply(self, _command: &mut Command) {}

    /// Makes this user the owner of `path`.
    #[cfg(unix)]
    pub(super) fn give(self, path: &Path) -> Result<(), Error> {
        std::os::unix::fs::chown(path, Some(self.uid), Some(self.gid))
            .map_err(Error::io("change the owner of", path))
    }

    #[cfg(not(unix))]
    pub(super) fn give(self, _path: &Path) -> Result<(), Error> {
        Ok(())
    }

    /// Whether this user gets as far as into `folder`: it and each folder above must let them
    /// pass. `/root` usually does not.
    #[cfg(unix)]
    pub(super) fn can_enter(self, folder: &Path) -> bool {
        use std::os::unix::fs::MetadataExt as _;
        let Ok(folder) = folder.canonicalize() else {
            return false;
        };
        folder.ancestors().all(|folder| {
            std::fs::metadata(folder).is_ok_and(|found| {
                let pass = match (found.uid() == self.uid, found.gid() == self.gid) {
                    (true, _) => 0o100,
                    (false, true) => 0o010,
                    (false, false) => 0o001,
                };
                found.mode() & pass != 0
            })
        })
    }

    #[cfg(not(unix))]
    pub(super) fn can_enter(self, _folder: &Path) -> bool {
        true
    }
}

/// Whether this process is root. The standard library does not say; the owner of `/proc/self`
/// does on Linux, and `id` everywhere else.
fn is_root() -> bool {
    if !cfg!(unix) {
        return false;
    }
    owner(Path::new("/proc/self")).map_or_else(
        || {
            Command::new("id")
                .arg("-u")
                .output()
                .is_ok_and(|id| id.stdout.trim_ascii() == b"0")
        },
        |owner| owner == 0,
    )
}

#[cfg(unix)]
fn owner(path: &Path) -> Option<u32> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(path).ok().map(|found| found.uid())
}

#[cfg(not(unix))]
fn owner(_path: &Path) -> Option<u32> {
    None
}

/// Picks from the text of `/etc/passwd`.
fn choose(users: &str, owner: Option<u32>) -> Option<Account> {
    let known: Vec<(&str, Account)> = users
        .lines()
        .filter_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next()?;
            let _password = fields.next()?;
            Some((
                name,
                Account {
                    uid: number(fields.next()?)?,
                    gid: number(fields.next()?)?,
                },
            ))
        })
        .filter(|(_, account)| account.uid != 0)
        .collect();
    let by_owner = known.iter().find(|(_, account)| Some(account.uid) == owner);
    let by_name = |name| known.iter().find(move |(known, _)| *known == name);
    by_owner
        .or_else(|| by_name("postgres"))
        .or_else(|| by_name("nobody"))
        .map(|(_, account)| *account)
}

/// macOS writes `nobody` as -2, which the system means modulo 2^32.
fn number(text: &str) -> Option<u32> {
    text.parse()
        .ok()
        .or_else(|| text.parse::<i32>().ok().map(i32::cast_unsigned))
}
