//! `[heavy.pack]`: what makes a template a pack, a feature from somebody else.

use semver::VersionReq;
use serde::Deserialize;
use toml::Table;

use super::malformed;
use crate::error::Result;
use crate::suggest::kebab;
use crate::tree::TreePath;
use crate::version;

/// The longest name of a pack.
const LONGEST_NAME: usize = 40;

/// What a pack says of itself, and what it puts into files of the template.
#[derive(Clone, Debug)]
pub struct PackManifest {
    /// What it is called on the command line and in `heavy.toml`.
    pub name: String,
    /// One line that explains it.
    pub about: String,
    /// The template that it is made for, by its name.
    pub template: String,
    /// The versions of that template.
    pub versions: VersionReq,
    /// Lines that go into files of the template.
    pub insertions: Vec<Insertion>,
    /// What goes into the tables of the project's `Cargo.toml`, one entry each.
    pub dependencies: Vec<Dependency>,
}

impl PackManifest {
    /// Whether the pack is made for `version` of its template. A prerelease counts as the release that it leads to.
    #[must_use]
    pub fn fits(&self, version: &str) -> bool {
        version::parse(version).is_some_and(|mut version| {
            version.pre = semver::Prerelease::EMPTY;
            self.versions.matches(&version)
        })
    }
}

/// Lines that go into one file of the template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Insertion {
    /// The file.
    pub file: TreePath,
    /// Beside which line of it.
    pub anchor: String,
    /// On which side.
    pub place: Place,
    /// The lines, indented as the anchor is.
    pub text: String,
}

/// Where lines go, seen from the anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Directly below it.
    After,
    /// Directly above it.
    Before,
    /// Among the lines without a gap around it, in the order of the alphabet.
    Among,
}

/// A crate that the pack needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Dependency {
    /// Whether only tests need it.
    pub dev: bool,
    /// Its name.
    pub name: String,
    /// The requirement, as Cargo writes it: a version, or a table.
    pub spec: toml::Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawPack {
    name: String,
    about: String,
    template: String,
    versions: String,
    #[serde(default)]
    insert: Vec<RawInsertion>,
    #[serde(default)]
    dependencies: Table,
    #[serde(default)]
    dev_dependencies: Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawInsertion {
    file: String,
    after: Option<String>,
    before: Option<String>,
    among: Option<String>,
    text: String,
}

impl RawPack {
    pub(super) fn read(self) -> Result<PackManifest> {
        let is_name = self.name.starts_with(|c: char| c.is_ascii_lowercase())
            && self.name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'));
        if !is_name || self.name.len() > LONGEST_NAME {
            return Err(malformed(format_args!("calls the pack `{}`", self.name.escape_debug()))
                .hint("a name has lower-case letters, digits and `-`, and starts with a letter"));
        }
        let versions = VersionReq::parse(&self.versions).map_err(|error| {
            malformed(format_args!("has the versions `{}`", self.versions.escape_debug()))
                .because(error)
                .hint("write them as Cargo does: `versions = \">=0.6, <0.8\"`")
        })?;
        let dependencies = [(false, self.dependencies), (true, self.dev_dependencies)];
        Ok(PackManifest {
            name: kebab(&self.name),
            about: self.about,
            template: self.template,
            versions,
            insertions: self.insert.into_iter().map(RawInsertion::read).collect::<Result<_>>()?,
            dependencies: dependencies
                .into_iter()
                .flat_map(|(dev, table)| table.into_iter().map(move |(name, spec)| Dependency { dev, name, spec }))
                .collect(),
        })
    }
}

impl RawInsertion {
    fn read(self) -> Result<Insertion> {
        let shown = self.file.escape_debug().to_string();
        let file = TreePath::parse(&self.file)
            .map_err(|problem| malformed(format_args!("puts lines into `{shown}`, which {problem}")))?;
        let places = [(Place::After, self.after), (Place::Before, self.before), (Place::Among, self.among)];
        let mut given = places.into_iter().filter_map(|(place, line)| Some((place, line?)));
        match (given.next(), given.next()) {
            (Some((place, anchor)), None) if !anchor.trim().is_empty() && !anchor.contains('\n') => {
                Ok(Insertion { file, anchor, place, text: self.text })
            }
            _ => Err(malformed(format_args!("puts lines into `{shown}`, and does not say at which line"))
                .hint("give one of `after`, `before` and `among`: a whole line of the file")),
        }
    }
}
