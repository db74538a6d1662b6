//! What the documentation names is there: files, links, commands of `heavy` and their flags.

#[path = "docs/project.rs"]
mod project;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use clap::CommandFactory;
use heavy_stack::cli::Cli;
use regex::Regex;

/// What a page names and what lies in no repository: git's, the user's, a project's own, and what comes with an added table.
const ELSEWHERE: [&str; 12] = [
    ".agents/skills/heavy/SKILL.md",
    ".git/heavy/",
    ".git/heavy/time/",
    ".heavy/",
    "SKILL.md",
    "docs/UPGRADING.md",
    "kept/",
    "src/components/choice.rs",
    "src/components/moment.rs",
    "static/elements/search-select.js",
    "templates/table/",
    "time/NAME-CHAIN.jsonl",
];

/// Text between backticks.
static CODE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"`([^`\n]+)`").expect("a pattern"));
/// A block between fences.
static BLOCK: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?s)```.*?```").expect("a pattern"));
/// A file by its ending, or a folder by its last `/`.
static PATH: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^/?(?:[\w.-]+/)*(?:[\w.-]+/|[\w.-]+\.(?:css|js|json|jsonl|lock|md|pack|patch|py|rhai|rs|sql|tar|toml|yaml|yml))$")
        .expect("a pattern")
});
static LINK: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\]\(([^)#:]+)(?:#[^)]*)?\)").expect("a pattern"));

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the checkout")
}

/// The files of the repository that git would not ignore, and the folders with a `/` at their end.
fn paths(root: &Path) -> BTreeSet<String> {
    let entries = ignore::WalkBuilder::new(root).hidden(false).require_git(false).build();
    entries
        .map(|entry| entry.expect("a readable folder").into_path())
        .filter_map(|path| {
            let name = path.strip_prefix(root).ok()?.to_string_lossy().replace('\\', "/");
            (!name.starts_with(".git/")).then(|| if path.is_dir() { format!("/{name}/") } else { format!("/{name}") })
        })
        .collect()
}

/// The pages about this repository, by name and text.
fn pages(root: &Path) -> Vec<(String, String)> {
    let docs = std::fs::read_dir(root.join("docs")).expect("docs").map(|entry| entry.expect("a page").path());
    let others = ["CHANGELOG.md", "CONTRIBUTING.md", "README.md", "SECURITY.md", "examples/README.md"];
    let pages = docs.chain(others.map(|page| root.join(page)));
    let named = |path: PathBuf| {
        let name = path.strip_prefix(root).expect("below it").to_string_lossy().into_owned();
        std::fs::read_to_string(path).ok().map(|text| (name, text))
    };
    pages.filter_map(named).collect()
}

#[test]
fn every_file_and_folder_that_a_page_names_is_there() {
    let root = repository();
    let paths = paths(&root);
    let mut missing = Vec::new();
    for (page, text) in pages(&root) {
        let prose = BLOCK.replace_all(&text, "");
        let named = CODE.captures_iter(&prose).map(|code| code[1].to_owned());
        for name in named.filter(|name| PATH.is_match(name) && !ELSEWHERE.contains(&name.as_str())) {
            // A page may leave out the first folders: `commands/migrate.rs` where it speaks of `stack/dev`.
            let end = format!("/{}", name.trim_start_matches('/'));
            if !paths.iter().any(|path| path.ends_with(&end)) {
                missing.push(format!("{page}: `{name}`"));
            }
        }
    }
    assert!(missing.is_empty(), "there is no such file:\n{}", missing.join("\n"));
}

#[test]
fn every_link_of_a_page_leads_somewhere() {
    let root = repository();
    let mut missing = Vec::new();
    for (page, text) in pages(&root) {
        let folder = root.join(&page).parent().expect("a folder").to_owned();
        let links = LINK.captures_iter(&text).map(|link| link[1].to_owned());
        missing.extend(links.filter(|link| !folder.join(link).exists()).map(|link| format!("{page}: {link}")));
    }
    assert!(missing.is_empty(), "these links lead nowhere:\n{}", missing.join("\n"));
}

#[test]
fn every_command_of_heavy_that_a_page_names_can_be_typed() {
    let root = repository();
    let mut wrong = Vec::new();
    for (page, text) in pages(&root) {
        let spans = CODE.captures_iter(&text).map(|code| code[1].to_owned());
        let lines = text.lines().filter_map(|line| line.trim_start().strip_prefix("$ ")).map(str::to_owned);
        for typed in spans.chain(lines) {
            // Up to a comment or the next command.
            let typed = typed.split(['#', '&', ';', '|']).next().unwrap_or_default();
            let Some(rest) = typed.strip_prefix("heavy ").or_else(|| typed.strip_prefix("cargo run -- ")) else {
                continue;
            };
            wrong.extend(problem(rest).map(|problem| format!("{page}: `{}`: {problem}", typed.trim())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What `heavy` does not know of this command line: a subcommand or a flag.
fn problem(typed: &str) -> Option<String> {
    let mut command = Cli::command();
    for word in typed.split_whitespace() {
        let word = word.trim_start_matches('[').trim_end_matches([']', '…']);
        if let Some(flag) = word.strip_prefix("--") {
            let flag = flag.split('=').next().unwrap_or(flag);
            let is_known = ["help", "version"].contains(&flag)
                || command.get_arguments().any(|argument| argument.get_long() == Some(flag));
            if !is_known {
                return Some(format!("there is no `--{flag}`"));
            }
        } else if command.has_subcommands() && !word.is_empty() {
            match command.find_subcommand(word).cloned() {
                Some(subcommand) => command = subcommand,
                None => return Some(format!("there is no `{word}`")),
            }
        }
    }
    None
}
