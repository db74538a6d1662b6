//! The packages of the workspace, as `cargo metadata` describes them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, MetadataCommand, Package};

use crate::error::{Error, Result};
use crate::project::Project;

/// What cargo knows of the project.
#[derive(Clone, Debug)]
pub(super) struct Workspace(Metadata);

impl Workspace {
    /// Asks cargo; third-party packages are left out.
    pub(super) fn read(project: &Project) -> Result<Self> {
        let mut command = MetadataCommand::new();
        let metadata = command.current_dir(project.folder()).no_deps().exec();
        metadata.map(Self).map_err(|error| {
            let error = error.to_string();
            Error::new(error.trim()).hint("cargo metadata --no-deps")
        })
    }

    /// Where the daemon keeps what it knows, among what cargo builds.
    pub(super) fn state(&self) -> PathBuf {
        self.0.target_directory.join("dev-test").into()
    }

    /// The folder of a package from the workspace's root; empty for the package that is there.
    fn folder<'a>(&self, package: &'a Package) -> Option<&'a Path> {
        let folder = package.manifest_path.as_std_path().parent()?;
        folder.strip_prefix(&self.0.workspace_root).ok()
    }

    /// The package that a file belongs to, and its path from that package's folder. `file` is a path from the
    /// workspace's root.
    pub(super) fn owner<'a>(&self, file: &'a Path) -> Option<(&Package, &'a Path)> {
        let owners = self.0.packages.iter().filter_map(|package| {
            let inside = file.strip_prefix(self.folder(package)?).ok()?;
            Some((package, inside))
        });
        owners.min_by_key(|(_, inside)| inside.components().count())
    }

    /// Whether there is a target of this name.
    pub(super) fn has_target(&self, package: &str, target: &str) -> bool {
        let targets = self.package(package).map(|package| &package.targets);
        targets.is_some_and(|targets| targets.iter().any(|known| known.name == target))
    }

    /// The test programs of a package, those of `tests/`.
    pub(super) fn test_programs(&self, package: &str) -> Vec<String> {
        let targets = self.package(package).into_iter().flat_map(|it| &it.targets);
        let tests = targets.filter(|target| target.is_test());
        tests.map(|target| target.name.clone()).collect()
    }

    /// Which packages are tested: those of `cargo test` together, as that builds them, and each by itself that is
    /// in `near` or is built with one that is. Groups with a package that is in `near` come first.
    pub(super) fn groups(&self, near: &BTreeSet<String>, all: bool) -> Vec<Vec<String>> {
        let default = &self.0.workspace_default_members;
        let packages = self.0.packages.iter();
        let (default, others): (Vec<_>, Vec<_>) =
            packages.partition(|package| default.is_missing() || default.contains(&package.id));
        let affected = others.into_iter().filter(|package| {
            let name = package.name.as_str();
            all || near.contains(name) || near.iter().any(|near| self.depends(name, near))
        });
        let mut groups = vec![default.into_iter().map(name).collect()];
        groups.extend(affected.map(|package| vec![name(package)]));
        groups.sort_by_key(|group: &Vec<String>| !group.iter().any(|name| near.contains(name)));
        groups
    }

    fn package(&self, name: &str) -> Option<&Package> {
        let mut packages = self.0.packages.iter();
        packages.find(|package| package.name.as_str() == name)
    }

    /// Whether one package is built with another, directly or by way of others.
    fn depends(&self, package: &str, on: &str) -> bool {
        let mut seen = BTreeSet::new();
        let mut next = vec![package];
        while let Some(package) = next.pop().and_then(|name| self.package(name)) {
            for needed in &package.dependencies {
                if needed.path.is_none() || !seen.insert(needed.name.as_str()) {
                    continue;
                }
                if needed.name == on {
                    return true;
                }
                next.push(&needed.name);
            }
        }
        false
    }
}

fn name(package: &Package) -> String {
    package.name.to_string()
}
{%- if stack_tests %}

#[cfg(test)]
pub(super) mod tests;
{%- endif %}
