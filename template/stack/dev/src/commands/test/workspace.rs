//! The packages of the workspace, as `cargo metadata` tells them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cargo;
use crate::error::{Error, Result};
use crate::project::Project;

/// What cargo knows of the project.
#[derive(Clone, Debug, Default)]
pub(super) struct Workspace {
    pub(super) root: PathBuf,
    /// Where what was built is.
    pub(super) target: PathBuf,
    pub(super) packages: Vec<Package>,
}

/// One package of the workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Package {
    pub(super) name: String,
    /// From the workspace's root; empty for the package that is there.
    pub(super) folder: PathBuf,
    /// Packages of the workspace that it is built with.
    pub(super) needs: Vec<String>,
    /// Whether its documentation has examples that are tests.
    pub(super) doctest: bool,
    /// Whether `cargo test` without more tests it.
    pub(super) default: bool,
    pub(super) targets: Vec<Target>,
}

/// One thing that cargo builds of a package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) kind: String,
    pub(super) name: String,
    /// From the workspace's root: the file with the first line.
    pub(super) source: PathBuf,
}

impl Workspace {
    pub(super) fn read(project: &Project) -> Result<Self> {
        let output = cargo::command(project)
            .args(["metadata", "--format-version=1", "--no-deps"])
            .output()
            .map_err(cargo::not_started)?;
        if !output.status.success() {
            let why = String::from_utf8_lossy(&output.stderr);
            let why = why.trim().trim_start_matches("error: ").to_owned();
            return Err(Error::new(why).hint("cargo metadata --no-deps"));
        }
        Self::parse(&output.stdout)
            .ok_or_else(|| Error::new("cargo says nothing of the packages").hint("cargo metadata"))
    }

    fn parse(text: &[u8]) -> Option<Self> {
        let all: Value = serde_json::from_slice(text).ok()?;
        let root = PathBuf::from(all["workspace_root"].as_str()?);
        let entries = all["packages"].as_array()?;
        let names: BTreeSet<&str> = entries
            .iter()
            .filter_map(|entry| entry["name"].as_str())
            .collect();
        let default = all["workspace_default_members"].as_array();
        let packages = entries.iter().filter_map(|entry| {
            let is_default = default.is_none_or(|ids| ids.contains(&entry["id"]));
            package(entry, &root, &names, is_default)
        });
        Some(Self {
            target: all["target_directory"].as_str()?.into(),
            packages: packages.collect(),
            root,
        })
    }

    pub(super) fn package(&self, name: &str) -> Option<&Package> {
        self.packages.iter().find(|package| package.name == name)
    }

    /// The package that a file belongs to, and its path from that package's folder.
    pub(super) fn owner<'a>(&'a self, file: &'a Path) -> Option<(&'a Package, &'a Path)> {
        let owners = self.packages.iter().filter_map(|package| {
            let inside = file.strip_prefix(&package.folder).ok()?;
            Some((package, inside))
        });
        owners.max_by_key(|(package, _)| package.folder.components().count())
    }

    /// Whether one package is built with another, directly or by way of others.
    pub(super) fn depends(&self, package: &str, on: &str) -> bool {
        let mut seen = BTreeSet::new();
        let mut next = vec![package];
        while let Some(name) = next.pop() {
            let needs = self.package(name).map(|package| package.needs.as_slice());
            for need in needs.unwrap_or_default() {
                if need == on {
                    return true;
                }
                if seen.insert(need.as_str()) {
                    next.push(need);
                }
            }
        }
        false
    }
}

fn package(entry: &Value, root: &Path, names: &BTreeSet<&str>, default: bool) -> Option<Package> {
    let inside = |path: &Value| {
        let path = Path::new(path.as_str()?);
        Some(path.strip_prefix(root).unwrap_or(path).to_owned())
    };
    let needs = entry["dependencies"].as_array()?.iter();
    let needs = needs.filter(|need| need["path"].is_string());
    let needs = needs.filter_map(|need| need["name"].as_str());
    let targets = entry["targets"].as_array()?;
    Some(Package {
        name: entry["name"].as_str()?.to_owned(),
        folder: inside(&entry["manifest_path"])?.parent()?.to_owned(),
        needs: needs
            .filter(|need| names.contains(need))
            .map(str::to_owned)
            .collect(),
        doctest: targets.iter().any(|target| target["doctest"] == true),
        default,
        targets: targets
            .iter()
            .filter_map(|target| {
                Some(Target {
                    kind: target["kind"][0].as_str()?.to_owned(),
                    name: target["name"].as_str()?.to_owned(),
                    source: inside(&target["src_path"])?,
                })
            })
            .collect(),
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A project of the usual shape.
    pub(in super::super) fn shop() -> Workspace {
        let package = |name: &str, folder: &str, needs: &[&str]| Package {
            name: name.to_owned(),
            folder: folder.into(),
            needs: needs.iter().map(|need| (*need).to_owned()).collect(),
            default: folder.is_empty(),
            targets: vec![
                Target {
                    kind: "lib".to_owned(),
                    name: name.to_owned(),
                    source: Path::new(folder).join("src/lib.rs"),
                },
                Target {
                    kind: "test".to_owned(),
                    name: "app".to_owned(),
                    source: Path::new(folder).join("tests/app/main.rs"),
                },
            ],
            ..Package::default()
        };
        Workspace {
            root: "/shop".into(),
            target: "/shop/target".into(),
            packages: vec![
                package("shop", "", &["stack_db", "stack_live"]),
                package("stack_db", "stack/db", &[]),
                package("stack_dev", "stack/dev", &["stack_migrate"]),
                package("stack_live", "stack/live", &[]),
                package("stack_migrate", "stack/migrate", &["stack_db"]),
            ],
        }
    }

    #[test]
    fn a_file_belongs_to_the_innermost_package() {
        let shop = shop();
        let owner = |file: &str| {
            let (package, inside) = shop.owner(Path::new(file)).unwrap();
            (package.name.clone(), inside.to_owned())
        };
        assert_eq!(owner("src/app.rs"), ("shop".into(), "src/app.rs".into()));
        let hash = ("stack_live".into(), "src/hash.rs".into());
        assert_eq!(owner("stack/live/src/hash.rs"), hash);
    }

    #[test]
    fn what_depends_on_a_package_is_found_through_others() {
        let shop = shop();
        assert!(shop.depends("stack_dev", "stack_db"));
        assert!(shop.depends("shop", "stack_live"));
        assert!(!shop.depends("stack_db", "shop"));
        assert!(!shop.depends("stack_dev", "stack_live"));
    }

    #[test]
    fn what_cargo_says_is_read() {
        let text = r#"{"workspace_root":"/shop","target_directory":"/t","workspace_default_members":["a"],
            "packages":[
              {"id":"a","name":"shop","manifest_path":"/shop/Cargo.toml",
               "dependencies":[{"name":"lib","path":"/shop/lib"},{"name":"serde","path":null}],
               "targets":[{"kind":["test"],"name":"app","src_path":"/shop/tests/app/main.rs","doctest":false}]},
              {"id":"b","name":"lib","manifest_path":"/shop/lib/Cargo.toml","dependencies":[],
               "targets":[{"kind":["lib"],"name":"lib","src_path":"/shop/lib/src/lib.rs","doctest":true}]}]}"#;
        let workspace = Workspace::parse(text.as_bytes()).unwrap();
        let shop = workspace.package("shop").unwrap();
        assert_eq!(shop.needs, ["lib"]);
        assert_eq!(shop.targets[0].source, Path::new("tests/app/main.rs"));
        assert!(shop.default && !shop.doctest);
        let lib = workspace.package("lib").unwrap();
        assert!(!lib.default && lib.doctest && lib.folder == Path::new("lib"));
    }
}
