//! Runs a template through both engines and says where the results differ.
//!
//! cargo-generate is run as a program of its own ([`Engine`]), so that each run has a home, a user and a working
//! directory of its own.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use heavy_stack::answers::{Answers, ProjectName, Value};
use heavy_stack::error::Result;
use heavy_stack::hooks::NoHost;
use heavy_stack::render::render;
use heavy_stack::template::Template;
use heavy_stack::tree::{File, Tree, TreePath};
use tempfile::TempDir;

/// Folders that a build leaves in a template, and that belong to no project.
const LEFTOVERS: [&str; 3] = [".data", ".git", "target"];

/// What is generated: a name and the answers to the template's questions.
#[derive(Clone, Debug)]
pub struct Request {
    /// The project's name.
    pub name: String,
    /// The answers; the rest takes defaults.
    pub answers: BTreeMap<String, Value>,
}

/// How the repository is handed to cargo-generate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `cargo generate --git URL`
    Root,
    /// `cargo generate --git URL template`
    Subfolder,
}

/// A way to run cargo-generate.
#[derive(Clone, Debug)]
pub struct Engine {
    /// The program, up to its subcommand `generate`.
    pub program: PathBuf,
    /// Whether it takes the repository by `--git` (a URL) or by `--path`.
    pub by_git: bool,
}

/// What an engine left on disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// Its files.
    pub tree: Tree,
    /// Folders with nothing in them, which no tree can hold.
    pub empty_folders: Vec<String>,
}

/// Reads a folder.
///
/// # Errors
/// The disk's own.
pub fn read(folder: &Path) -> io::Result<Output> {
    let mut output = Output::default();
    read_into(folder, "", &mut output)?;
    Ok(output)
}

fn read_into(folder: &Path, prefix: &str, output: &mut Output) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        if LEFTOVERS.contains(&name.as_str()) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            if fs::read_dir(entry.path())?.next().is_none() {
                output.empty_folders.push(path.clone());
            }
            read_into(&entry.path(), &format!("{path}/"), output)?;
        } else {
            let key = TreePath::parse(&path).map_err(|problem| io::Error::other(format!("`{path}` {problem}")))?;
            let executable = is_executable(&entry.metadata()?);
            output.tree.insert(key, File { bytes: fs::read(entry.path())?, executable });
        }
    }
    Ok(())
}

/// Writes a tree into a folder.
///
/// # Errors
/// The disk's own.
pub fn write(tree: &Tree, folder: &Path) -> io::Result<()> {
    for (path, file) in tree {
        let target = folder.join(path.as_str());
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&target, &file.bytes)?;
        if file.executable {
            make_executable(&target)?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn is_executable(metadata: &fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o100 != 0
}

#[cfg(unix)]
fn make_executable(path: &Path) -> io::Result<()> {
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755))
}

#[cfg(not(unix))]
fn is_executable(_: &fs::Metadata) -> bool {
    false
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> io::Result<()> {
    Ok(())
}

/// What heavy makes of a repository.
///
/// # Errors
/// See [`render`].
pub fn by_heavy(repository: &Tree, request: &Request) -> Result<Tree> {
    let template = Template::from_tree(repository.clone())?;
    let name = ProjectName::parse(&request.name)?;
    let answers = Answers::new(name, &template.manifest, request.answers.clone())?;
    Ok(render(&template, &answers, &mut NoHost)?.tree)
}

impl Engine {
    /// What cargo-generate makes of a repository; its input is closed, so that a question is a failure.
    ///
    /// # Errors
    /// What it printed, if it failed.
    pub fn generate(&self, repository: &Path, form: Form, request: &Request) -> std::result::Result<Output, String> {
        let scratch = TempDir::new().map_err(|error| error.to_string())?;
        let [home, destination] = ["home", "out"].map(|name| scratch.path().join(name));
        for folder in [&home, &destination] {
            fs::create_dir(folder).map_err(|error| error.to_string())?;
        }
        let mut command = Command::new(&self.program);
        command.arg("generate");
        if self.by_git {
            command.arg("--git").arg(format!("file://{}", repository.display()));
        } else {
            command.arg("--path").arg(repository);
        }
        if form == Form::Subfolder {
            command.arg("template");
        }
        command
            .args(["--no-workspace", "--silent", "--vcs", "none", "--name", &request.name, "--destination"])
            .arg(&destination);
        for (name, value) in &request.answers {
            command.args(["--define", &format!("{name}={value}")]);
        }
        // Nothing of the person's configuration, and a user's name, without which it refuses to work.
        command.env_clear().env("HOME", &home).env("USER", "parity").env("CARGO_HOME", &home);
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        let result =
            command.current_dir(scratch.path()).stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
        let printed = format!("{}{}", String::from_utf8_lossy(&result.stdout), String::from_utf8_lossy(&result.stderr));
        if !result.status.success() {
            return Err(printed);
        }
        let mut made = fs::read_dir(&destination).map_err(|error| error.to_string())?;
        let Some(Ok(project)) = made.next() else { return Err(format!("it made no project\n{printed}")) };
        read(&project.path()).map_err(|error| error.to_string())
    }
}

/// Every difference between what the two engines made, one line each; empty if there is none.
#[must_use]
pub fn differences(heavy: &Tree, other: &Output) -> Vec<String> {
    let mut lines: Vec<String> =
        other.empty_folders.iter().map(|folder| format!("{folder}: an empty folder by cargo-generate alone")).collect();
    let paths: std::collections::BTreeSet<&TreePath> = heavy.keys().chain(other.tree.keys()).collect();
    for path in paths {
        match (heavy.get(path), other.tree.get(path)) {
            (Some(_), None) => lines.push(format!("{path}: by heavy alone")),
            (None, Some(_)) => lines.push(format!("{path}: by cargo-generate alone")),
            (Some(one), Some(two)) if one.bytes != two.bytes => {
                let [one, two] = [one, two].map(|file| String::from_utf8_lossy(&file.bytes).into_owned());
                lines.push(format!("{path}: heavy {one:?}, cargo-generate {two:?}"));
            }
            (Some(one), Some(two)) if one.executable != two.executable => {
                lines.push(format!(
                    "{path}: executable by heavy {}, by cargo-generate {}",
                    one.executable, two.executable
                ));
            }
            _ => {}
        }
    }
    lines
}
