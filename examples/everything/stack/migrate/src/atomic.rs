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

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder =
            std::env::temp_dir().join(format!("stack-migrate-write-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn if_one_file_cannot_be_written_none_is() {
        let folder = folder("none");
        let (one, two) = (folder.join("1.sql"), folder.join("2.sql"));
        fs::write(&two, "mine").unwrap();
        assert!(all([(one.as_path(), "one"), (two.as_path(), "two")]).is_err());
        assert_eq!(names(&folder), ["2.sql"]);
        assert_eq!(fs::read_to_string(&two).unwrap(), "mine");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_folder_is_made_if_it_is_missing() {
        let folder = folder("made");
        all([(folder.join("new/1.sql").as_path(), "one")]).unwrap();
        assert_eq!(names(&folder.join("new")), ["1.sql"]);
        fs::remove_dir_all(folder).unwrap();
    }
}
