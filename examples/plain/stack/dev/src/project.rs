//! The project: its folder, its settings, its databases.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use stack_db::embedded::{self, Server};

use crate::databases::{DATABASES, Database};
use crate::error::{Error, Result};
use crate::ui;

/// The project that the command was typed in.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    /// From the current folder; empty if that is it.
    pub(crate) root: PathBuf,
    /// What `.env` says; the environment wins.
    file: HashMap<String, String>,
}

impl Project {
    /// Finds the project from the current folder upwards.
    pub(crate) fn find() -> Result<Self> {
        let here = std::env::current_dir()
            .map_err(|error| Error::new(format!("no current folder: {error}")))?;
        let up = here
            .ancestors()
            .position(|folder| folder.join("stack/dev/Cargo.toml").is_file());
        let Some(up) = up else {
            return Err(Error::new(format!("`{}` is in no project", here.display()))
                .hint("type `cargo dev` in the project's folder"));
        };
        // Relative, so that messages name files as the person who types would.
        Self::at(&std::iter::repeat_n("..", up).collect::<PathBuf>())
    }

    pub(crate) fn at(root: &Path) -> Result<Self> {
        let path = root.join(".env");
        let file = match dotenvy::from_path_iter(&path) {
            Ok(vars) => vars
                .collect::<std::result::Result<_, _>>()
                .map_err(|error| Error::new(format!("`.env`: {error}")))?,
            Err(error) if error.not_found() => HashMap::new(),
            Err(error) => return Err(Error::new(format!("`.env`: {error}"))),
        };
        Ok(Self {
            root: root.to_owned(),
            file,
        })
    }

    /// A setting; an empty one counts as missing.
    pub(crate) fn setting(&self, name: &str) -> Option<String> {
        let own = std::env::var(name)
            .ok()
            .or_else(|| self.file.get(name).cloned());
        own.filter(|value| !value.is_empty())
    }

    /// The values of a setting in the environment and in `.env`.
    pub(crate) fn values(&self, name: &str) -> impl Iterator<Item = String> {
        let both = [std::env::var(name).ok(), self.file.get(name).cloned()];
        both.into_iter().flatten().filter(|value| !value.is_empty())
    }

    /// The name of the application: of its program and of its database.
    pub(crate) fn name(&self) -> Result<String> {
        let path = self.root.join("Cargo.toml");
        let text = std::fs::read_to_string(&path)
            .map_err(|error| Error::new(format!("cannot read `{}`: {error}", path.display())))?;
        first_value(&text, "default-run").ok_or_else(|| {
            Error::new(format!("`{}` has no `default-run`", path.display()))
                .hint("it names the program of the application")
        })
    }

    /// The folder of the project's own server.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.root.join(".data")
    }

    /// The project's own server, started if need be.
    pub(crate) async fn server(&self) -> Result<Server> {
        Ok(embedded::start(&self.data_dir(), ui::say).await?)
    }

    /// Where a database is: at the URL of its setting, else on the project's own server, which is
    /// started; none if only others are set.
    pub(crate) async fn url(&self, database: &Database) -> Result<Option<String>> {
        if let Some(url) = self.setting(database.variable) {
            return Ok(Some(url));
        }
        if self.setting("DATABASE_URL").is_some() {
            return Ok(None);
        }
        let name = format!("{}{}", self.name()?, database.suffix);
        Ok(Some(self.server().await?.url(&name)))
    }

    /// The database that a person names.
    pub(crate) fn database(name: &str) -> Result<&'static Database> {
        DATABASES
            .iter()
            .find(|database| database.name == name)
            .ok_or_else(|| {
                let names: Vec<String> = DATABASES
                    .iter()
                    .map(|database| format!("`{}`", database.name))
                    .collect();
                Error::new(format!("there is no database `{name}`"))
                    .hint(format!("there is {}", names.join(" and ")))
            })
    }

    pub(crate) fn schema(&self, database: &Database) -> PathBuf {
        self.root.join(database.schema)
    }

    /// The folder for programs that are to run in the project.
    pub(crate) fn folder(&self) -> &Path {
        if self.root.as_os_str().is_empty() {
            Path::new(".")
        } else {
            &self.root
        }
    }

    pub(crate) fn migrations(&self, database: &Database) -> PathBuf {
        self.root.join(database.migrations)
    }
}

/// What the first line with this key says in a manifest. `cargo metadata` would say it too, but fails while another line
/// of a manifest has an error.
pub(crate) fn first_value(manifest: &str, key: &str) -> Option<String> {
    manifest.lines().find_map(|line| {
        let value = line.strip_prefix(key)?.trim_start().strip_prefix('=')?;
        Some(value.trim().trim_matches('"').to_owned())
    })
}
