//! The merge drivers that a user configured in git: `merge=<name>` in its attributes, and what each name means.

use std::cell::RefCell;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use gix::bstr::{BString, ByteSlice};
use gix::index::entry::Mode;
use gix::merge::blob::builtin_driver::text;

use super::Project;
use super::git::Git;
use crate::disk::journal::Journal;
use crate::error::{Error, Result};
use crate::merge::{Driver, Labels};
use crate::tree::TreePath;

/// The name of the driver that `heavy setup-git` sets up. A move merges like that by itself.
pub const OWN: &str = "heavy";

/// The drivers that git's attributes name for the files of a project.
///
/// `merge=<name>` with `merge.<name>.driver` configured runs that command as git does: in the top of the work tree,
/// with `%O %A %B` (base, yours, template) in a temporary folder, `%L %P %S %X %Y` as git-merge and gitattributes(5)
/// say; exit code 0 is a merge, 1 to 127 one with conflicts. `merge=union` is built in. `-merge` and `merge=binary` leave
/// the user's file: `Err` with exactly its content.
pub struct GitDriver<'a> {
    git: Option<(&'a Git, RefCell<gix::AttributeStack<'a>>)>,
    notes: RefCell<Vec<String>>,
}

impl std::fmt::Debug for GitDriver<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GitDriver").field("notes", &self.notes).finish_non_exhaustive()
    }
}

impl Project {
    /// The user's merge drivers; none where there is no repository.
    ///
    /// # Errors
    /// Git's index or attributes cannot be read.
    pub fn merge_driver(&self) -> Result<GitDriver<'_>> {
        let git = match self.git() {
            None => None,
            Some(git) => {
                let index = git.index()?;
                let source = gix::worktree::stack::state::attributes::Source::WorktreeThenIdMapping;
                let stack = git.repository().attributes_only(&index, source).map_err(|error| {
                    Error::system("cannot read git's attributes").because(error).hint("look at your `.gitattributes`")
                })?;
                Some((git, RefCell::new(stack)))
            }
        };
        Ok(GitDriver { git, notes: RefCell::default() })
    }
}

/// What the attributes of a path say.
enum Choice {
    /// Nothing, or git's own text merge.
    Own,
    Union,
    Binary,
    Command {
        name: String,
        command: OsString,
        marker_size: usize,
    },
}

impl GitDriver<'_> {
    /// What a person has to know: drivers that could not be run.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        self.notes.borrow().clone()
    }

    fn choice(&self, path: &TreePath) -> Option<Choice> {
        let (git, stack) = self.git.as_ref()?;
        let mut stack = stack.borrow_mut();
        let mut outcome = stack.selected_attribute_matches(["merge", "conflict-marker-size"]);
        let full = git.in_work_tree(path);
        stack.at_entry(full.as_bstr(), Some(Mode::FILE)).ok()?.matching_attributes(&mut outcome);
        let mut states = outcome.iter_selected().map(|found| found.assignment.state.to_owned());
        let (merge, size) = (states.next()?, states.next()?);
        let name = match merge.as_ref() {
            gix::attrs::StateRef::Unset => return Some(Choice::Binary),
            gix::attrs::StateRef::Set => return Some(Choice::Own),
            gix::attrs::StateRef::Unspecified => {
                git.repository().config_snapshot().string("merge.default")?.to_str().ok()?.to_owned()
            }
            gix::attrs::StateRef::Value(name) => name.as_bstr().to_str().ok()?.to_owned(),
        };
        if name == OWN {
            return Some(Choice::Own);
        }
        let marker_size = match size.as_ref() {
            gix::attrs::StateRef::Value(size) => size.as_bstr().to_str().ok().and_then(|size| size.parse().ok()),
            _ => None,
        };
        // Only from settings of the user's own, never from those of a repository that somebody else owns.
        let command =
            git.repository().config_snapshot().trusted_program(&*format!("merge.{name}.driver")).ok().flatten();
        Some(match (command, name.as_str()) {
            (Some(command), _) => Choice::Command { name, command, marker_size: marker_size.unwrap_or(7) },
            (None, "union") => Choice::Union,
            (None, "binary") => Choice::Binary,
            (None, _) => Choice::Own,
        })
    }

    fn run(&self, call: &Call<'_>) -> Result<Option<Result<Vec<u8>, Vec<u8>>>> {
        let journal = Journal::begin();
        let folder = journal.make_temporary("merge")?;
        let file = |name: &str, bytes: &[u8]| -> Result<PathBuf> {
            let path = folder.join(name);
            fs::write(&path, bytes).map_err(|error| Error::io("write", &path, &error))?;
            Ok(path)
        };
        let result = file("yours", call.ours)?;
        let line = call.line(&file("base", call.base)?, &result, &file("template", call.theirs)?);
        let work_tree = self.git.as_ref().and_then(|(git, _)| git.repository().workdir()).unwrap_or(Path::new("."));
        let failed = |error: gix::error::Error| Error::system(error.to_string());
        let line = gix::path::from_bstring(line).map_err(failed)?;
        let mut command: std::process::Command =
            gix::command::prepare(line).command_may_be_shell_script().try_into().map_err(failed)?;
        let output = command
            .current_dir(work_tree)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .output()
            .map_err(|error| Error::system("it could not be started").because(error))?;
        let merged = || fs::read(&result).map_err(|error| Error::io("read", &result, &error));
        match output.status.code() {
            Some(0) => Ok(Some(Ok(merged()?))),
            Some(1..=127) if !not_found(output.status.code(), &output.stderr) => Ok(Some(Err(merged()?))),
            _ => Err(Error::system(format!("it ended with {}", output.status))),
        }
    }
}

/// 126 and 127 are how a shell says that it cannot run a command; a merge with that many conflicts leaves nothing on
/// standard error.
fn not_found(code: Option<i32>, stderr: &[u8]) -> bool {
    matches!(code, Some(126 | 127)) && !stderr.is_empty()
}

/// One run of a driver's command.
struct Call<'a> {
    command: &'a OsString,
    marker_size: usize,
    /// The file's path in the work tree.
    path: BString,
    base: &'a [u8],
    ours: &'a [u8],
    theirs: &'a [u8],
    labels: &'a Labels,
}

impl Call<'_> {
    /// The command with its placeholders filled in, each quoted for a shell where it needs to be.
    fn line(&self, base: &Path, ours: &Path, theirs: &Path) -> BString {
        let command = gix::path::os_str_into_bstr(self.command).unwrap_or_default();
        let mut line = BString::default();
        let mut rest = command.iter().copied();
        while let Some(byte) = rest.next() {
            if byte != b'%' {
                line.push(byte);
                continue;
            }
            match rest.next() {
                Some(b'O') => line.extend_from_slice(&as_argument(base)),
                Some(b'A') => line.extend_from_slice(&as_argument(ours)),
                Some(b'B') => line.extend_from_slice(&as_argument(theirs)),
                Some(b'L') => line.extend(self.marker_size.to_string().bytes()),
                Some(b'P') => line.extend_from_slice(&gix::quote::single(self.path.as_ref())),
                Some(b'S') => line.extend_from_slice(&gix::quote::single(b"base".as_bstr())),
                Some(b'X') => line.extend_from_slice(&gix::quote::single(self.labels.yours.as_bytes().as_bstr())),
                Some(b'Y') => line.extend_from_slice(&gix::quote::single(self.labels.template.as_bytes().as_bstr())),
                Some(b'%') => line.push(b'%'),
                Some(other) => line.extend([b'%', other]),
                None => line.push(b'%'),
            }
        }
        line
    }
}

/// Bare where that is safe, as git writes it, so that a command that has it in quotes already works.
fn as_argument(path: &Path) -> BString {
    let text = gix::path::to_unix_separators_on_windows(gix::path::into_bstr(path).unwrap_or_default()).into_owned();
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-:+@".contains(byte);
    if text.iter().all(plain) { text } else { gix::quote::single(text.as_ref()) }
}

impl Driver for GitDriver<'_> {
    fn merge(
        &self,
        path: &TreePath,
        base: Option<&[u8]>,
        ours: &[u8],
        theirs: &[u8],
        labels: &Labels,
    ) -> Option<Result<Vec<u8>, Vec<u8>>> {
        match self.choice(path)? {
            Choice::Own => None,
            Choice::Binary => Some(Err(ours.to_vec())),
            Choice::Union => Some(Ok(union(base.unwrap_or_default(), ours, theirs))),
            Choice::Command { name, command, marker_size } => {
                let (git, _) = self.git.as_ref()?;
                let call = Call {
                    command: &command,
                    marker_size,
                    path: git.in_work_tree(path),
                    base: base.unwrap_or_default(),
                    ours,
                    theirs,
                    labels,
                };
                self.run(&call).unwrap_or_else(|error| {
                    let why = error.causes.first().map(|cause| format!(" ({cause})")).unwrap_or_default();
                    self.notes.borrow_mut().push(format!(
                        "the merge driver `{name}` was not used for `{path}`: {error}{why}; it was merged line by line"
                    ));
                    None
                })
            }
        }
    }
}

/// Both sides' lines, one after the other where they conflict.
fn union(base: &[u8], ours: &[u8], theirs: &[u8]) -> Vec<u8> {
    let mut merged = Vec::new();
    let options = text::Options { conflict: text::Conflict::ResolveWithUnion, ..text::Options::default() };
    let mut input = gix::diff::blob::InternedInput::new(&[][..], &[]);
    text(&mut merged, &mut input, text::Labels::default(), ours, base, theirs, options);
    merged
}
