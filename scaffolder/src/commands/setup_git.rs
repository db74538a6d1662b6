//! `heavy setup-git`.

use std::env;
use std::fs;
use std::path::Path;

use serde_json::json;

use crate::cli::SetupGit;
use crate::disk::replace::{Access, replace};
use crate::error::{Error, Result};
use crate::project::driver::OWN;
use crate::ui::Ui;

/// The files that are merged as sets.
const PATTERNS: [&str; 10] =
    ["*.rs", "*.toml", "*.json", "*.jsonc", "*.yml", "*.yaml", "*.md", ".env.*", ".gitignore", ".dockerignore"];

const ATTRIBUTES: &str = ".gitattributes";

const COMMENT: &str = "# Merged as sets once `heavy setup-git` was run in a clone, and by lines otherwise.";

pub(super) fn run(args: &SetupGit, ui: Ui) -> Result<u8> {
    let project = super::project(args.project.as_deref())?;
    let git = project.git().ok_or_else(|| {
        Error::user("the project is in no git repository").hint("make one: `git init`, then run this again")
    })?;
    let command = args.undo.then(String::new).map_or_else(command, Ok)?;
    let configured = git.set_merge_driver(OWN, (!args.undo).then_some(("merge lists as sets (heavy)", &command)))?;
    let path = project.root().join(ATTRIBUTES);
    let before = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(Error::io("read", &path, &error)),
    };
    let after = if args.undo { without(&before) } else { with(&before) };
    if after != before {
        if after.is_empty() {
            fs::remove_file(&path).map_err(|error| Error::io("delete", &path, &error))?;
        } else {
            replace(&path, after.as_bytes(), Access::Usual).map_err(|error| Error::io("write", &path, &error))?;
        }
    }
    if ui.wants_json() {
        ui.json(&json!({
            "project": project.root(),
            "config": configured.as_deref(),
            "attributes": (after != before).then_some(ATTRIBUTES),
            "undo": args.undo,
        }))?;
    }
    if let Some(config) = &configured {
        let what = if args.undo { "removed the merge driver from" } else { "set the merge driver in" };
        ui.status("Git", format_args!("{what} {}", config.display()));
    }
    if after != before {
        let what = if args.undo { "took its lines out of" } else { "wrote which files it merges into" };
        ui.status("Git", format_args!("{what} {ATTRIBUTES}"));
    }
    match (configured.is_some() || after != before, args.undo) {
        (false, false) => ui.status("Unchanged", "git merges with `heavy` in this repository already"),
        (false, true) => ui.status("Unchanged", "git does not merge with `heavy` in this repository"),
        (true, false) => {
            ui.note(format_args!("commit {ATTRIBUTES}; every clone runs `heavy setup-git` once for itself"));
            ui.note("`heavy setup-git --undo` takes it back");
        }
        (true, true) => {}
    }
    Ok(0)
}

/// What git runs: this program, by its name if that is what a shell would find.
fn command() -> Result<String> {
    let own = env::current_exe().map_err(|error| Error::system("cannot tell where this program is").because(error))?;
    let real = |path: &Path| path.canonicalize().ok();
    let name = format!("heavy{}", env::consts::EXE_SUFFIX);
    let folders = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&folders).map(|folder| folder.join(&name)).find(|path| path.is_file());
    let program = if found.is_some_and(|found| real(&found) == real(&own)) {
        "heavy".to_owned()
    } else {
        // A shell runs it, on Windows too.
        format!("'{}'", own.display().to_string().replace('\\', "/").replace('\'', r"'\''"))
    };
    Ok(format!("{program} merge-driver %O %A %B %P --marker-size %L --base-label %S --our-label %X --their-label %Y"))
}

fn lines() -> Vec<String> {
    let line = |pattern: &&str| format!("{pattern} merge={OWN}");
    std::iter::once(COMMENT.to_owned()).chain(PATTERNS.iter().map(line)).collect()
}

/// They are the first lines, so that those that are there go before them.
fn with(text: &str) -> String {
    let rest = without(text);
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let own: String = lines().iter().map(|line| format!("{line}{end}")).collect();
    if rest.is_empty() { own } else { format!("{own}{end}{rest}") }
}

fn without(text: &str) -> String {
    let own = lines();
    let mut rest = text;
    while let Some(line) = rest.split_inclusive('\n').next() {
        let is_own = own.iter().any(|own| own == line.trim_end());
        let is_space = rest.len() < text.len() && line.trim().is_empty();
        if !is_own && !is_space {
            break;
        }
        rest = &rest[line.len()..];
    }
    rest.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_are_put_in_once_and_taken_out_without_a_trace() {
        for text in ["", "* text=auto\n", "*.md merge=union\r\n\r\n*.png binary\r\n"] {
            let added = with(text);
            assert!(added.ends_with(text));
            assert_eq!(with(&added), added);
            assert_eq!(without(&added), text);
            assert_eq!(without(text), text);
        }
    }
}
