//! What the project's server was last time: `<data_dir>/server`, a few lines of `key=value`.
//!
//! With it a warm start neither searches nor runs any program, and a project keeps to the major
//! version that its data was written by.

use std::fs;
use std::path::{Path, PathBuf};

use super::account::Account;
use super::binaries::Binaries;
use super::cluster::Cluster;
use super::endpoint::Endpoint;
use super::{Error, Purpose};

/// The recorded cluster; `None` if there is no record or it cannot be read.
pub(super) fn read(data_dir: &Path, purpose: Purpose) -> Option<Cluster> {
    let text = fs::read_to_string(data_dir.join("server")).ok()?;
    let value = |key: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
    };
    let binaries = Binaries {
        dir: PathBuf::from(value("programs")?),
        major: value("major")?.parse().ok()?,
    };
    let account = match (value("uid"), value("gid")) {
        (Some(uid), Some(gid)) => Some(Account {
            uid: uid.parse().ok()?,
            gid: gid.parse().ok()?,
        }),
        _ => None,
    };
    // A project that was moved takes its cluster along; only a place outside is recorded.
    let base = value("place").map_or_else(|| data_dir.to_owned(), PathBuf::from);
    Some(Cluster {
        binaries,
        base,
        account,
        purpose,
        endpoint: Endpoint::Socket,
    })
}

/// The folder of the programs that the server was started from last.
pub(super) fn programs(data_dir: &Path) -> Option<PathBuf> {
    let text = fs::read_to_string(data_dir.join("server")).ok()?;
    let dir = text
        .lines()
        .find_map(|line| line.strip_prefix("programs="))?;
    Some(PathBuf::from(dir))
}

/// Records the cluster. Replaces the file in one step, so that no reader sees half of it. The crate `tempfile` could do
/// it, but would come into the application with two more.
pub(super) fn write(data_dir: &Path, cluster: &Cluster) -> Result<(), Error> {
    let mut text = format!(
        "programs={}\nmajor={}\n",
        cluster.binaries.dir.display(),
        cluster.binaries.major,
    );
    if cluster.base != data_dir {
        text += &format!("place={}\n", cluster.base.display());
    }
    if let Some(Account { uid, gid }) = cluster.account {
        text += &format!("uid={uid}\ngid={gid}\n");
    }
    let (path, beside) = (data_dir.join("server"), data_dir.join("server.new"));
    fs::write(&beside, text).map_err(Error::io("write", &beside))?;
    fs::rename(&beside, &path).map_err(Error::io("write", &path))
}

/// A cluster of another major version beside this one.
pub(super) fn others(cluster: &Cluster) -> Option<PathBuf> {
    fs::read_dir(&cluster.base).ok()?.find_map(|entry| {
        let path = entry.ok()?.path();
        (path != cluster.dir() && path.join("PG_VERSION").is_file()).then_some(path)
    })
}
