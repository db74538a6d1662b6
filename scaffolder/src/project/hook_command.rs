//! Running a command that a hook asked for, on a copy of the project that is being rendered.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::git_environment;
use crate::disk::journal::Journal;
use crate::disk::mode::is_executable;
use crate::disk::write::write_into;
use crate::error::{Error, Result};
use crate::tree::{File, Tree, TreePath};

/// Runs `command` in a temporary folder that holds `tree`; what it changes there is the tree afterwards.
///
/// # Errors
/// It cannot be started, fails, or leaves something that a project cannot hold.
pub fn run(command: &str, args: &[String], tree: &mut Tree) -> Result<String> {
    let failed = || Error::system(format!("`{}`, which a hook of the template runs, failed", command.escape_debug()));
    let journal = Journal::begin();
    let folder = journal.make_temporary("hook")?;
    write_into(&folder, tree, &journal)?;
    let mut program = Command::new(command);
    program.args(args).current_dir(&folder);
    // The copy is in no repository, and certainly not in the one that these would lead to.
    for name in git_environment::LOCATING {
        program.env_remove(name);
    }
    let output = program.output().map_err(|error| failed().because(error))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(failed().hint(if said.is_empty() { output.status.to_string() } else { said }));
    }
    tree.clear();
    collect(&folder, "", tree)?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn collect(folder: &Path, above: &str, tree: &mut Tree) -> Result<()> {
    let unreadable = |error: std::io::Error| Error::io("read", folder, &error);
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let kind = entry.file_type().map_err(unreadable)?;
        let name = entry.file_name();
        let path = format!("{above}{}", name.to_string_lossy());
        if kind.is_dir() {
            if name != ".git" {
                collect(&entry.path(), &format!("{path}/"), tree)?;
            }
        } else if kind.is_file() {
            let parsed = TreePath::parse(&path).map_err(|problem| {
                Error::template(format!("the path `{path}`, made by a hook's command, {problem}"))
            })?;
            let bytes = fs::read(entry.path()).map_err(|error| Error::io("read", &entry.path(), &error))?;
            tree.insert(parsed, File { bytes, executable: is_executable(&entry.path())? });
        } else {
            return Err(Error::template(format!(
                "a hook's command made `{path}`, which is neither a file nor a folder"
            )));
        }
    }
    Ok(())
}
