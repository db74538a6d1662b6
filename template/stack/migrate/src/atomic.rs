//! Files appear whole and all together, or not at all.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// Writes new files: each beside its place, all of them flushed, then renamed. If one cannot be,
/// those before it are taken away again.
pub(crate) fn all<'a>(files: impl IntoIterator<Item = (&'a Path, &'a str)>) -> Result<(), Error> {
    let mut waiting: Vec<(PathBuf, &Path)> = Vec::new();
    let mut done: Vec<&Path> = Vec::new();
    let outcome = (|| {
        for (path, text) in files {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
            }
            // Nobody else writes to it, not even the same command typed twice.
            let beside = path.with_extension(format!("sql.{}.new", std::process::id()));
            waiting.push((beside.clone(), path));
            let mut file = fs::File::create(&beside).map_err(Error::file("create", &beside))?;
            file.write_all(text.as_bytes())
                .map_err(Error::file("write", &beside))?;
            file.sync_all().map_err(Error::file("write", &beside))?;
        }
        for (beside, path) in &waiting {
            appear(beside, path).map_err(Error::file("write", *path))?;
            done.push(path);
        }
        Ok(())
    })();
    if outcome.is_err() {
        for (beside, _) in &waiting {
            let _ = fs::remove_file(beside);
        }
        for path in done {
            let _ = fs::remove_file(path);
        }
    }
    outcome
}

/// Gives a file its name, which nobody has yet.
fn appear(beside: &Path, path: &Path) -> std::io::Result<()> {
    match fs::hard_link(beside, path) {
        Ok(()) => fs::remove_file(beside),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Err(error),
        // Not every file system has hard links.
        Err(_) if path.exists() => Err(std::io::ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(beside, path),
    }
}
{%- if stack_tests %}

#[cfg(test)]
mod tests;
{%- endif %}
