//! Where the project goes, and its name.

use std::path::{Path, PathBuf};

use super::answers_file::AnswersFile;
use crate::answers::ProjectName;
use crate::cli::New;
use crate::error::{Error, Result};
use crate::prompt::Prompt;
use crate::suggest::typed;

/// A folder to be, and the project's name.
#[derive(Debug)]
pub(super) struct Destination {
    /// As typed, for messages and for writing.
    pub(super) path: PathBuf,
    /// The same from the root on.
    pub(super) absolute: PathBuf,
    pub(super) name: ProjectName,
}

/// The name comes from `--name`, the last part of the path, the answers file, or a question, and then serves as
/// the path if there is none.
pub(super) fn choose(args: &New, file: Option<&AnswersFile>, prompt: Option<&Prompt>) -> Result<Destination> {
    let last = args.path.as_deref().map(last_part).transpose()?;
    let given = args.name.as_deref().or(last.as_deref()).or_else(|| file.and_then(|file| file.name.as_deref()));
    let name = match (given.map(ProjectName::parse), prompt) {
        (Some(Ok(name)), _) => name,
        (Some(Err(error)), None) => return Err(with_way_out(error, args)),
        (Some(Err(error)), Some(_)) if args.name.is_some() => return Err(error),
        (Some(Err(error)), Some(prompt)) => prompt.name(Some(&error))?,
        (None, Some(prompt)) => prompt.name(None)?,
        (None, None) => {
            return Err(Error::usage("the path of the project is missing").hint("for example `heavy new my-app`"));
        }
    };
    let path = args.path.clone().unwrap_or_else(|| PathBuf::from(name.typed()));
    let absolute = std::path::absolute(&path).map_err(|error| Error::io("find", &path, &error))?;
    Ok(Destination { path, absolute, name })
}

/// A bad last part of a path need not be the project's name.
fn with_way_out(mut error: Error, args: &New) -> Error {
    if let (None, Some(path)) = (&args.name, &args.path) {
        error.hints = vec![format!("give it another name: `heavy new {} --name my-app`", typed(path))];
    }
    error
}

/// The last part of a path, also of `.` and `..`.
fn last_part(path: &Path) -> Result<String> {
    let whole = match path.file_name() {
        Some(_) => path.to_owned(),
        None => path.canonicalize().map_err(|error| Error::io("find", path, &error))?,
    };
    match whole.file_name() {
        Some(name) => Ok(name.to_string_lossy().into_owned()),
        None => Err(Error::user(format!("`{}` has no last part that could be a name", path.display()))
            .hint("choose a folder for the project, for example `heavy new my-app`")),
    }
}
