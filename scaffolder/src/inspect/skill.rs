//! A skill for coding agents: a folder with a `SKILL.md`, whose head says when it is of use. It is made from the help of `heavy` and
//! from the project's own pages, so that it says what they say.

use crate::cli::Cli;
use crate::tree::{Tree, TreePath};

use super::squeezed;

/// What the skill is called; the format wants its folder to be called so too.
pub const NAME: &str = "heavy";

/// The line by which a file shows that it was written here.
pub const MARK: &str = "Written by `heavy skill`, which writes it again.";

/// Commands that are of no use to whoever works in a project.
const FOR_OTHERS: [&str; 6] = ["adopt", "completions", "help", "merge-driver", "new", "template"];

/// The text of the skill for a project.
#[must_use]
pub fn skill(project: &Tree) -> String {
    let has = |path: &str| TreePath::parse(path).is_ok_and(|path| project.contains_key(&path));
    let rules = if has("AGENTS.md") {
        "\n\nRead `AGENTS.md` first: the commands, the layers and the rules of this repository."
    } else {
        ""
    };
    let command = <Cli as clap::CommandFactory>::command();
    let verbs: String = command
        .get_subcommands()
        .filter(|verb| !verb.is_hide_set() && !FOR_OTHERS.contains(&verb.get_name()))
        .map(|verb| {
            let about = verb.get_about().map(ToString::to_string).unwrap_or_default();
            format!("- `heavy {}`: {}\n", verb.get_name(), squeezed(&about))
        })
        .collect();
    let pages: String = project
        .iter()
        .filter(|(path, _)| path.is_within("docs") && path.as_str().ends_with(".md"))
        .filter(|(path, _)| !matches!(path.as_str(), "docs/README.md" | "docs/UPGRADING.md"))
        .filter_map(|(path, file)| {
            let (title, sentence) = title_and_sentence(&String::from_utf8_lossy(&file.bytes))?;
            let sentence = if sentence.is_empty() { String::new() } else { format!(". {sentence}") };
            Some(format!("- `{path}`: {title}{sentence}\n"))
        })
        .collect();
    let pages = if pages.is_empty() { String::new() } else { format!("\n## Pages\n\n{pages}") };
    format!(
        "---
name: {NAME}
description: How to work in this repository, a web application in Rust that `heavy` made (axum, sqlx, PostgreSQL, live pages). Use it to \
find routes, tables and documentation, to add or remove tables, fields, pages and features, to change the schema, and to update the \
project from its template.
---

# Working in this repository

{MARK} What is particular to this project belongs into `AGENTS.md`.{rules}

## Ask before you read

- `heavy routes --json`: every URL with its method, its handler, and the lines of both; `heavy routes TEXT` for those with the text
- `heavy schema --json`: every table with columns, types, keys and references; `heavy schema TABLE` for one
- `heavy features --json`: what the project has and what it could have
- `heavy check --json`: whether a newer template is there, or conflicts are open
- `heavy COMMAND --dry-run --json` for a command that writes: its plan, and nothing is written

With `--json` an error is an object on standard output: `{{\"error\": {{\"kind\", \"code\", \"message\", \"causes\", \"hints\"}}}}`. A hint has a
command that can be run. `heavy undo` takes back the last command that wrote.

## Commands

{verbs}{pages}"
    )
}

/// The title of a page, and its first sentence.
fn title_and_sentence(page: &str) -> Option<(String, String)> {
    let mut lines = page.lines();
    let title = lines.find_map(|line| line.strip_prefix("# "))?;
    // Before the first part with a heading of its own; code, tables and lists are no sentence.
    let is_prose = |line: &&str| !line.starts_with(['#', '|', '`', '-', '<', ' ', '\t']) && !line.trim().is_empty();
    let paragraph: Vec<&str> = lines
        .take_while(|line| !line.starts_with('#'))
        .skip_while(|line| !is_prose(line))
        .take_while(is_prose)
        .collect();
    let text = squeezed(&paragraph.join(" "));
    let end = text.match_indices(". ").map(|(at, _)| at + 1).next().unwrap_or(text.len());
    let sentence = text[..end].trim_end_matches(':');
    // A link leads from the page's folder, and not from here.
    let sentence = LINK.replace_all(sentence, "$1");
    Some((squeezed(title), sentence.into_owned()))
}

static LINK: std::sync::LazyLock<regex::Regex> =
    std::sync::LazyLock::new(|| regex::Regex::new(r"\[([^\]]*)\]\([^)]*\)").expect("a pattern"));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tests::tree;

    #[test]
    fn a_page_stands_in_the_skill_with_its_first_sentence() {
        let files = tree(&[
            ("AGENTS.md", "# Rules\n"),
            ("docs/live.md", "# Live pages\r\n\r\nA page is a function of [hooks](hooks.md).\r\nIt lives. More.\r\n"),
            ("docs/run.md", "# Running\n\n    cargo dev\n\nIt runs: always\nand ever.\n"),
            ("docs/table.md", "# Table\n\n| a |\n\n## Part\n\nNot this.\n"),
            ("docs/none.md", "no title\n"),
            ("src/docs/other.md", "# Other\n"),
        ]);
        let text = skill(&files);
        let (_, pages) = text.split_once("## Pages\n\n").expect("pages");
        let expected = [
            "- `docs/live.md`: Live pages. A page is a function of hooks.",
            "- `docs/run.md`: Running. It runs: always and ever.",
            "- `docs/table.md`: Table",
        ];
        assert_eq!(pages.lines().collect::<Vec<_>>(), expected);
        assert!(text.contains("Read `AGENTS.md` first"));
        assert!(!skill(&tree(&[])).contains("AGENTS.md` first"));
    }

    #[test]
    fn the_head_is_as_the_format_wants_it() {
        let text = skill(&tree(&[]));
        let head = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).expect("a head").0;
        let (name, description) = head.split_once('\n').expect("two lines");
        assert_eq!(name, "name: heavy");
        let description = description.strip_prefix("description: ").expect("a description");
        assert!(description.len() <= 1024 && !description.contains(['\n', '#']) && !description.contains(": "));
        assert!(text.contains("\n- `heavy add-table`: Add a table"), "{text}");
    }
}
