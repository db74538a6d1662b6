//! The layers of `src/`: a module imports only modules of lower layers, and no two modules import each other.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The layers of `src/`, from the top down. Modules of one layer do not import each other.
const LAYERS: &[&[&str]] = &[
    &["main"],
    &["cli"],
    &["app", "seed"],
    &["routes"],
    &["pages"],
    &["components", "http"],
{%- if jobs %}
    &["jobs"],
{%- endif %}
    &["state"],
    &["services"],
    &["mails"],
    &["repositories"],
    &["database"],
    &["config"],
    &["error"],
    &["models"],
];

/// Pairs of an importing module and an imported path, such as `pages::notes` and `services::notes::changed`.
type Imports = Vec<(String, String)>;

#[test]
fn a_module_imports_only_modules_below_it() {
    let layer = |module: &str| {
        let name = module.split("::").next().unwrap_or_default();
        LAYERS
            .iter()
            .position(|layer| layer.contains(&name))
            .unwrap_or_else(|| panic!("give `{name}` its place in LAYERS"))
    };
    let (mut upwards, own) = (Vec::new(), |path: &str| top(path, 1));
    for (from, to) in imports() {
        if own(&from) != own(&to) && layer(&from) >= layer(&to) {
            upwards.push(format!("{from} imports {to}"));
        }
    }
    assert!(upwards.is_empty(), "{upwards:#?}");
}

#[test]
fn no_two_modules_of_a_folder_import_each_other() {
    let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (from, to) in imports() {
        let (from, to) = (top(&from, 2), top(&to, 2));
        if from != to && top(&from, 1) == top(&to, 1) {
            graph.entry(from).or_default().insert(to);
        }
    }
    // A module that imports none of the remaining ones is not part of a cycle.
    while let Some(done) = graph
        .iter()
        .find(|(_, imported)| imported.iter().all(|to| !graph.contains_key(to)))
        .map(|(from, _)| from.clone())
    {
        graph.remove(&done);
    }
    assert!(graph.is_empty(), "a cycle among {graph:#?}");
}

/// The first `count` parts of a path.
fn top(path: &str, count: usize) -> String {
    let parts: Vec<&str> = path.split("::").take(count).collect();
    parts.join("::")
}

/// Every import of a module of `src/`.
fn imports() -> Imports {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut imports = Vec::new();
    for file in files(&root) {
        let path = file.strip_prefix(&root).expect("a file of `src/`");
        let path = path.with_extension("");
        let mut module: Vec<&str> = path.iter().filter_map(|part| part.to_str()).collect();
        if module.last() == Some(&"mod") {
            module.pop();
        }
        if module == ["lib"] {
            continue;
        }
        let text = fs::read_to_string(&file).expect("a file that can be read");
        for used in uses(&text).iter().flat_map(|tree| paths(tree)) {
            let parts: Vec<&str> = used.split("::").collect();
            let to = match parts.split_first() {
                Some((&("crate" | "app"), rest)) => rest.join("::"),
                Some((&"super", rest)) => [&module[..module.len() - 1], rest].concat().join("::"),
                _ => continue,
            };
            imports.push((module.join("::"), to));
        }
    }
    assert!(!imports.is_empty());
    imports
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder that can be read");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => files(&path),
            false => vec![path],
        })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

/// The tree of each `use` at the start of a line.
fn uses(text: &str) -> Vec<String> {
    let text = format!("\n{text}").replace("\npub use ", "\nuse ");
    let statements = text.split(';');
    let trees = statements.filter_map(|statement| statement.rsplit_once("\nuse "));
    trees
        .map(|(_, tree)| tree.split_whitespace().collect())
        .collect()
}

/// `a::{b, c::{d, e}}` → `a::b`, `a::c::d`, `a::c::e`.
fn paths(tree: &str) -> Vec<String> {
    let Some((head, list)) = tree.split_once('{') else {
        return vec![tree.to_owned()];
    };
    let (mut depth, mut items) = (0, vec![String::new()]);
    for letter in list.strip_suffix('}').unwrap_or(list).chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        match items.last_mut() {
            Some(item) if letter != ',' || depth > 0 => item.push(letter),
            _ => items.push(String::new()),
        }
    }
    let items = items.iter().filter(|item| !item.is_empty());
    items
        .flat_map(|item| paths(item))
        .map(|path| format!("{head}{path}"))
        .collect()
}
