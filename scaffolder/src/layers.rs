//! The modules' order: none imports one above it, and no two import each other, at any depth.
//!
//! A module and the modules inside it are one unit: what stands in `plan.rs` may be used in `plan/` and the reverse.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

/// Every module of the crate, from the top down. A line may only import lines below it.
const LAYERS: [&str; 39] = [
    "commands",
    "adopt",
    "inspect",
    "table",
    "time",
    "plan",
    "source",
    "project",
    "prompt",
    "ui",
    "cli",
    "transition",
    "lint",
    "weight",
    "pack",
    "lockfile",
    "stamp",
    "render",
    "merge",
    "codemods",
    "notes",
    "lockgen",
    "hooks",
    "answers",
    "template",
    "manifest",
    "name",
    "name_references",
    "snapshot",
    "archive",
    "disk",
    "diff",
    "dialect",
    "hidden",
    "suggest",
    "version",
    "value",
    "tree",
    "error",
];

/// A path that starts at the crate or at a parent, with the group in braces behind it.
static PATH: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b((?:crate|super)(?:::\w+)*)(?:::\{([^{}]*)\})?").expect("a pattern"));

/// Modules for tests only; they may look at anything.
const FOR_TESTS: [&str; 5] = ["cases", "laws", "layers", "testing", "tests"];

/// A module's path from the crate's root: `["merge", "toml", "array"]`.
type Module = Vec<String>;

#[test]
fn no_module_imports_one_above_it() {
    let source = Source::read();
    let named: BTreeSet<&str> = LAYERS.into_iter().collect();
    let found: BTreeSet<&str> = source.modules.keys().map(|module| module[0].as_str()).collect();
    assert_eq!(found, named, "LAYERS names every module");
    let depth = |name: &str| LAYERS.iter().position(|layer| *layer == name);
    let upward: Vec<String> = source
        .siblings(&[])
        .into_iter()
        .filter(|((from, to), _)| depth(from) > depth(to))
        .flat_map(|(_, places)| places)
        .collect();
    assert!(upward.is_empty(), "these import a module above theirs:\n{}", upward.join("\n"));
}

#[test]
fn no_modules_side_by_side_import_each_other() {
    let source = Source::read();
    let parents: BTreeSet<&[String]> = source.modules.keys().map(|module| &module[..module.len() - 1]).collect();
    for parent in parents {
        let imports = source.siblings(parent);
        let mut below: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (from, to) in imports.keys() {
            below.entry(from).or_default().insert(to);
        }
        // What imports nothing that is left is taken away until only circles are left.
        while let Some(bottom) =
            below.keys().copied().find(|name| below[name].iter().all(|other| !below.contains_key(other)))
        {
            below.remove(bottom);
        }
        let circle: Vec<&String> = imports
            .iter()
            .filter(|((from, to), _)| below.contains_key(from.as_str()) && below.contains_key(to.as_str()))
            .flat_map(|(_, places)| places)
            .collect();
        assert!(circle.is_empty(), "in `{}` there is a circle among these: {circle:#?}", parent.join("::"));
    }
}

/// The crate's source, without its tests.
struct Source {
    /// The paths that each module names.
    modules: BTreeMap<Module, Vec<Module>>,
}

impl Source {
    fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut modules = BTreeMap::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).expect("our own source") {
                let path: PathBuf = entry.expect("our own source").path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let module = module_of(path.strip_prefix(&root).expect("below it"));
                let is_module = !matches!(module.last().map(String::as_str), Some("lib" | "main"));
                if is_module && !module.iter().any(|part| FOR_TESTS.contains(&part.as_str())) {
                    let text = fs::read_to_string(&path).expect("our own source");
                    modules.insert(module, paths(&without_tests_and_comments(&text)));
                }
            }
        }
        Self { modules }
    }

    /// The imports between the modules directly in `parent`, or anything inside of these: (from, to) → where and what.
    fn siblings(&self, parent: &[String]) -> BTreeMap<(String, String), Vec<String>> {
        let mut imports: BTreeMap<_, Vec<String>> = BTreeMap::new();
        for (module, paths) in self.modules.iter().filter(|(module, _)| module.starts_with(parent)) {
            let Some(from) = module.get(parent.len()) else { continue };
            for path in paths {
                let target = self.target(module, path);
                if let Some(to) = target.strip_prefix(parent).and_then(<[String]>::first).filter(|to| *to != from) {
                    let place = format!("{}: {}", module.join("::"), path.join("::"));
                    imports.entry((from.clone(), to.clone())).or_default().push(place);
                }
            }
        }
        imports
    }

    /// The module that a path leads to, from within `module`.
    fn target(&self, module: &[String], path: &[String]) -> Module {
        let mut target = if path[0] == "crate" { Vec::new() } else { module.to_vec() };
        for part in path {
            match part.as_str() {
                "crate" => {}
                "super" => drop(target.pop()),
                part => target.push(part.to_owned()),
            }
        }
        while !target.is_empty() && !self.modules.contains_key(&target) {
            target.pop();
        }
        target
    }
}

fn module_of(path: &Path) -> Module {
    let mut module: Module = path.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if module.last().is_some_and(|name| name == "mod") {
        module.pop();
    }
    module
}

fn without_tests_and_comments(text: &str) -> String {
    let code = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect()
}

/// Every path in the text that starts at the crate or at a parent; `super::{a, b::C}` is two.
fn paths(text: &str) -> Vec<Module> {
    let split = |text: &str| text.split("::").map(str::to_owned).collect::<Module>();
    let mut paths = Vec::new();
    for found in PATH.captures_iter(text) {
        let start = split(&found[1]);
        match found.get(2) {
            None => paths.push(start),
            Some(group) => {
                for item in group.as_str().split(',').filter_map(|item| item.split_whitespace().next()) {
                    paths.push([start.clone(), split(item)].concat());
                }
            }
        }
    }
    paths
}

#[test]
fn paths_are_read_from_imports_and_from_code() {
    let text = "use super::{json, toml::array as list};\nuse crate::tree::Tree;\nlet x = crate::ui::Ui::default();\n";
    let shown: Vec<String> = paths(text).iter().map(|path| path.join("::")).collect();
    assert_eq!(shown, ["super::json", "super::toml::array", "crate::tree::Tree", "crate::ui::Ui::default"]);
}
