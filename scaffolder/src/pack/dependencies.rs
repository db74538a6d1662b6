//! The crates that a pack needs, put into the project's `Cargo.toml`.
//!
//! Where the template keeps its versions in one place (`[workspace.dependencies]`), those of packs stand there too. A crate that
//! is there already stays as it is, if the pack takes its version; features that the pack needs are added.

use semver::{Comparator, Version, VersionReq};
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, Value};

use crate::error::{Error, Result};
use crate::manifest::Dependency;
use crate::tree::{Tree, TreePath};

const MANIFEST: &str = "Cargo.toml";

/// What a dependency may say; anything else could change where code comes from without being seen.
const KNOWN: [&str; 9] =
    ["version", "features", "default-features", "optional", "package", "path", "git", "rev", "tag"];

/// Adds dependencies, and returns each as it is written.
pub(super) fn add(tree: &mut Tree, dependencies: &[Dependency]) -> Result<Vec<String>> {
    if dependencies.is_empty() {
        return Ok(Vec::new());
    }
    let file = TreePath::parse(MANIFEST).ok().and_then(|path| tree.get_mut(&path));
    let file = file.ok_or_else(|| Error::template(format!("it needs crates, and the template has no `{MANIFEST}`")))?;
    let text = String::from_utf8_lossy(&file.bytes).into_owned();
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
        Error::template(format!("the template's `{MANIFEST}` is not valid TOML once it is rendered")).because(error)
    })?;
    let mut written = Vec::new();
    for dependency in dependencies {
        let spec = Spec::read(dependency)?;
        written.push(format!("{} = {}", dependency.name, spec.value()));
        put(&mut document, dependency, &spec)?;
    }
    file.bytes = document.to_string().into_bytes();
    Ok(written)
}

/// What is asked of a crate.
struct Spec(InlineTable);

impl Spec {
    fn read(dependency: &Dependency) -> Result<Self> {
        let name = &dependency.name;
        let bad = |what: &str| {
            Error::template(format!("its dependency `{name}` {what}"))
                .hint("write it as Cargo does: `name = \"1\"`, or `{ version = \"1\", features = [\"x\"] }`")
        };
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        if !is_name {
            return Err(bad("has no name that a crate can have"));
        }
        let mut spec = InlineTable::new();
        match &dependency.spec {
            toml::Value::String(version) => drop(spec.insert("version", version.as_str().into())),
            toml::Value::Table(table) => {
                for (key, value) in table {
                    if !KNOWN.contains(&key.as_str()) {
                        return Err(bad(&format!("has `{}`, which a pack cannot give", key.escape_debug())));
                    }
                    let value: Value = value.to_string().parse().map_err(|_| bad("cannot be read"))?;
                    spec.insert(key, value);
                }
            }
            _ => return Err(bad("is neither a version nor a table")),
        }
        if let Some(path) = spec.get("path") {
            let path = path.as_str().unwrap_or_default();
            TreePath::parse(path)
                .map_err(|problem| bad(&format!("has the path `{}`, which {problem}", path.escape_debug())))?;
        }
        Ok(Self(spec))
    }

    /// As it stands in a manifest: a version alone is a text.
    fn value(&self) -> Value {
        match self.0.get("version") {
            Some(_) if self.0.len() == 1 => self.version().into(),
            _ => self.0.clone().into(),
        }
    }

    fn features(&self) -> Vec<String> {
        features(&self.0)
    }

    fn version(&self) -> &str {
        self.0.get("version").and_then(Value::as_str).unwrap_or_default()
    }
}

fn put(document: &mut DocumentMut, dependency: &Dependency, spec: &Spec) -> Result<()> {
    let name = &dependency.name;
    let key = if dependency.dev { "dev-dependencies" } else { "dependencies" };
    let in_one_place =
        document.get("workspace").and_then(|workspace| workspace.get("dependencies")).is_some_and(Item::is_table_like);
    if !in_one_place {
        let table = table(document.as_table_mut(), key)?;
        return match table.get_mut(name) {
            Some(there) => extend(name, there, spec),
            None => {
                insert(table, name, Item::Value(spec.value()));
                Ok(())
            }
        };
    }
    let versions = document
        .get_mut("workspace")
        .and_then(|workspace| workspace.get_mut("dependencies"))
        .and_then(Item::as_table_mut)
        .ok_or_else(|| Error::template(format!("`workspace.dependencies` in `{MANIFEST}` is not a table")))?;
    let is_there = match versions.get(name) {
        Some(there) => {
            compatible(name, version_of(there), spec.version())?;
            true
        }
        None => {
            insert(versions, name, Item::Value(spec.value()));
            false
        }
    };
    let needed = if is_there { spec.features() } else { Vec::new() };
    let table = table(document.as_table_mut(), key)?;
    match table.get_mut(name) {
        Some(_) if needed.is_empty() => {}
        Some(there) => add_features(there, &needed),
        None if needed.is_empty() => {
            let mut inherited = Table::new();
            inherited.set_dotted(true);
            inherited.insert("workspace", Item::Value(true.into()));
            insert(table, name, Item::Table(inherited));
        }
        None => {
            let mut inherited = InlineTable::new();
            inherited.insert("workspace", true.into());
            inherited.insert("features", needed.iter().map(String::as_str).collect::<Array>().into());
            insert(table, name, Item::Value(inherited.into()));
        }
    }
    Ok(())
}

/// Gives a dependency that is there what a pack needs more of it.
fn extend(name: &str, there: &mut Item, spec: &Spec) -> Result<()> {
    compatible(name, version_of(there), spec.version())?;
    let needed = spec.features();
    if !needed.is_empty() {
        add_features(there, &needed);
    }
    Ok(())
}

fn add_features(there: &mut Item, needed: &[String]) {
    if let Some(version) = there.as_str().map(str::to_owned) {
        let mut table = InlineTable::new();
        table.insert("version", version.into());
        *there = Item::Value(table.into());
    }
    let Some(table) = there.as_table_like_mut() else { return };
    let mut all: Vec<String> = table.get("features").and_then(Item::as_array).map(texts).unwrap_or_default();
    all.extend(needed.iter().cloned());
    all.sort();
    all.dedup();
    let all: Array = all.iter().map(String::as_str).collect();
    table.insert("features", Item::Value(all.into()));
    if let Some(inline) = there.as_inline_table_mut() {
        inline.fmt();
    }
}

fn features(table: &InlineTable) -> Vec<String> {
    table.get("features").and_then(Value::as_array).map(texts).unwrap_or_default()
}

fn texts(array: &Array) -> Vec<String> {
    array.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect()
}

fn version_of(item: &Item) -> &str {
    item.as_str().or_else(|| item.get("version").and_then(Item::as_str)).unwrap_or_default()
}

/// Refuses two requirements of which neither takes the least version of the other.
fn compatible(name: &str, there: &str, wanted: &str) -> Result<()> {
    let takes = |one: &str, other: &str| {
        let (Ok(one), Ok(other)) = (VersionReq::parse(one), VersionReq::parse(other)) else { return false };
        other.comparators.first().is_some_and(|least| one.matches(&lowest(least)))
    };
    if there == wanted || takes(there, wanted) || takes(wanted, there) {
        return Ok(());
    }
    Err(Error::template(format!("it needs `{name} = \"{wanted}\"`, and the project has \"{there}\""))
        .hint("another version of the pack may fit: `URL#REV`"))
}

fn lowest(comparator: &Comparator) -> Version {
    Version::new(comparator.major, comparator.minor.unwrap_or(0), comparator.patch.unwrap_or(0))
}

fn table<'a>(document: &'a mut Table, key: &str) -> Result<&'a mut Table> {
    let item = document.entry(key).or_insert_with(|| Item::Table(Table::new()));
    item.as_table_mut().ok_or_else(|| Error::template(format!("`{key}` in `{MANIFEST}` is not a table")))
}

/// Inserts an entry in the order of the alphabet, where the table is in it.
fn insert(table: &mut Table, name: &str, item: Item) {
    let below: Vec<String> = table.iter().map(|(key, _)| key.to_owned()).filter(|key| key.as_str() > name).collect();
    let moved: Vec<_> = below.iter().filter_map(|key| table.remove_entry(key)).collect();
    table.insert(name, item);
    for (key, item) in moved {
        table.insert_formatted(&key, item);
    }
}
