//! Where the project goes, and its name.

use std::path::{Path, PathBuf};

use super::answers_file::AnswersFile;
use crate::answers::ProjectName;
use crate::cli::New;
use crate::commands::host::environment;
use crate::error::{Error, Result};
use crate::plan::TargetState;
use crate::prompt::Prompt;
use crate::render::{check_crates, check_name};
use crate::suggest::typed;
use crate::template::Template;

/// A folder to be, and the project's name.
#[derive(Debug)]
pub(super) struct Destination {
    /// As typed, for messages and for writing.
    pub(super) path: PathBuf,
    /// The same from the root on.
    pub(super) absolute: PathBuf,
    pub(super) name: ProjectName,
}

/// What the command line and the answers file say about the destination.
#[derive(Debug)]
pub(super) struct Request<'a> {
    args: &'a New,
    /// From `--name`, the last part of the path, or the answers file.
    name: Option<String>,
}

impl<'a> Request<'a> {
    /// Reads the request, and refuses what can be refused before anything is fetched or asked.
    pub(super) fn read(args: &'a New, file: Option<&AnswersFile>, prompt: Option<&Prompt>) -> Result<Self> {
        let last = args.path.as_deref().map(last_part).transpose()?;
        let name = args.name.clone().or(last).or_else(|| file.and_then(|file| file.name.clone()));
        let request = Self { args, name };
        let path = match (request.parsed(), prompt) {
            (Some(Ok(name)), _) => Some(request.path(&name)),
            (Some(Err(error)), None) => return Err(with_way_out(error, args)),
            (Some(Err(error)), Some(_)) if args.name.is_some() => return Err(error),
            (Some(Err(_)) | None, Some(_)) => args.path.clone(),
            (None, None) => {
                return Err(Error::usage("the path of the project is missing").hint("for example `heavy new my-app`"));
            }
        };
        if let Some(path) = path {
            TargetState::of(&path, args.force)?;
        }
        Ok(request)
    }

    /// The destination. Somebody at a terminal is asked for a name until neither the rules for names, nor the
    /// template, nor what stands at the path refuses it.
    pub(super) fn resolve(&self, template: &Template, prompt: Option<&Prompt>) -> Result<Destination> {
        let check = |name: &ProjectName| {
            let path = self.path(name);
            TargetState::of(&path, self.args.force)?;
            check_name(template, name, &environment(&path, &absolute(&path)?))
        };
        let name = match (self.parsed(), prompt) {
            (Some(name), None) => {
                let name = name?;
                check_crates(template, &name).map_err(|error| with_way_out(error, self.args))?;
                name
            }
            (None, None) => return Err(Error::usage("the path of the project is missing")),
            (None, Some(prompt)) => prompt.name(None, check)?,
            (Some(given), Some(prompt)) => match given.and_then(|name| check(&name).map(|()| name)) {
                Ok(name) => name,
                Err(error) if self.args.name.is_some() => return Err(error),
                Err(error) => prompt.name(Some(&error), check)?,
            },
        };
        let path = self.path(&name);
        Ok(Destination { absolute: absolute(&path)?, path, name })
    }

    fn parsed(&self) -> Option<Result<ProjectName>> {
        self.name.as_deref().map(ProjectName::parse)
    }

    /// The path as typed; without one, the name serves as the path.
    fn path(&self, name: &ProjectName) -> PathBuf {
        self.args.path.clone().unwrap_or_else(|| PathBuf::from(name.typed()))
    }
}

fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).map_err(|error| Error::io("find", path, &error))
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
