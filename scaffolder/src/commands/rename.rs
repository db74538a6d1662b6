//! `heavy rename`.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToKebabCase;

use crate::answers::{ProjectName, Value};
use crate::cli::Rename;
use crate::error::{Error, Result};
use crate::lockfile::LOCKFILE;
use crate::name_references::{self, Spelling};
use crate::project::files::Reach;
use crate::render::{check_crates, sentences};
use crate::snapshot::Snapshot;
use crate::transition::Move;
use crate::tree::{Tree, TreePath};
use crate::ui::Ui;

use super::moving::{CurrentState, Extra, Findings, Moving, State};

pub(super) fn run(args: &Rename, ui: Ui) -> Result<u8> {
    let given = args.name.as_deref().map(ProjectName::parse).transpose()?;
    let moving = Moving::begin(&args.move_args, ui)?;
    let from = moving.known_state()?;
    let check = |name: &ProjectName| match name.crate_name() == from.answers.name.crate_name() {
        true => Ok(()),
        false => check_crates(&from.template, name),
    };
    let name = match (given, &moving.prompt) {
        (Some(name), _) => name,
        (None, Some(prompt)) => prompt.name(None, check)?,
        (None, None) => {
            return Err(Error::usage("the new name is missing").hint("write it: `heavy rename my-shop`"));
        }
    };
    check(&name)?;
    let old_title = title(&from);
    let mut answers = from.answers.clone();
    let derived = old_title == from.answers.name.default_title();
    let new_title = match &args.title {
        Some(title) => title.clone(),
        None if derived => name.default_title(),
        None => old_title.clone(),
    };
    let manifest = &from.template.manifest;
    // An empty title is for the template to derive from the name, and stays so.
    let left_to_the_template = args.title.is_none() && from.answers.get("title") == Some(&Value::Text(String::new()));
    if manifest.question("title").is_some() && !left_to_the_template {
        answers.set(manifest, "title", Value::Text(new_title.clone()))?;
    }
    answers.name = name.clone();
    let to = from.with_answers(answers);

    let spellings = spellings(&from.answers.name, &name, &old_title, &new_title);
    let old = from.answers.name.crate_name().to_owned();
    let outside = if old == name.crate_name() { Vec::new() } else { sentences(&manifest.outside, &from.answers)? };
    let extra = Extra {
        verb: "rename",
        what: format!("from `{old}` to `{}`", name.crate_name()),
        nothing: format!("the project is called `{}` (\"{new_title}\") already", name.crate_name()),
        reach: Reach::Everything,
        outside,
        afterwards: Vec::new(),
        trusted: false,
        replaced: args.replace,
        writes: None,
        and_then: &|plan: &mut Move, ours: &Snapshot, theirs: &Tree| {
            // What programs wrote is not the user's to word, databases have run what is written once, and in a file with
            // conflicts the markers have to stay as they are.
            let once = &to.template.manifest.once;
            let open: BTreeSet<TreePath> = plan
                .conflicts
                .iter()
                .flat_map(|conflict| [Some(&conflict.path), conflict.side_file.as_ref()])
                .flatten()
                .cloned()
                .collect();
            let is_users = |path: &TreePath| path.as_str() != LOCKFILE && !once.matches(path) && !open.contains(path);
            let after = plan.applied_to(&ours.files);
            let (users, others): (Tree, Tree) = after.into_iter().partition(|(path, _)| is_users(path));
            let found = name_references::find(&users, theirs, &spellings);
            if args.replace {
                let mut after = name_references::replace(&users, theirs, &spellings);
                after.extend(others);
                plan.give(&ours.files, after);
            }
            Findings { references: found, ..Findings::default() }
        },
    };
    moving.run(&CurrentState::Known(Box::new(from)), &to, &extra)
}

fn title(state: &State) -> String {
    match state.answers.get("title") {
        Some(Value::Text(title)) if !title.is_empty() => title.clone(),
        _ => state.answers.name.default_title(),
    }
}

/// The spellings of the old name that people write. A title of one word is none: it may be any word (`App`). A name that is
/// spelled alike in two ways counts as the crate's.
fn spellings(old: &ProjectName, new: &ProjectName, old_title: &str, new_title: &str) -> Vec<Spelling> {
    let (old, new) = (old.crate_name(), new.crate_name());
    let mut spellings = BTreeMap::new();
    let ways = [
        (old.to_owned(), new.to_owned()),
        (old.to_kebab_case(), new.to_kebab_case()),
        (old.to_uppercase(), new.to_uppercase()),
    ];
    let title = old_title.contains(' ').then(|| (old_title.to_owned(), new_title.to_owned()));
    for (old, new) in ways.into_iter().chain(title).filter(|(old, new)| old != new) {
        spellings.entry(old).or_insert(new);
    }
    spellings.into_iter().map(|(old, new)| Spelling { old, new }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(old: &str, new: &str, old_title: &str, new_title: &str) -> Vec<String> {
        let name = |name| ProjectName::parse(name).expect("a good name");
        let all = spellings(&name(old), &name(new), old_title, new_title);
        all.into_iter().map(|spelling| format!("{} -> {}", spelling.old, spelling.new)).collect()
    }

    #[test]
    fn a_name_is_looked_for_in_every_spelling() {
        assert_eq!(
            shown("my-app", "the-shop", "My App", "The Shop"),
            ["MY_APP -> THE_SHOP", "My App -> The Shop", "my-app -> the-shop", "my_app -> the_shop"]
        );
    }

    #[test]
    fn a_title_of_one_word_is_not_looked_for() {
        assert_eq!(shown("wiki", "the-shop", "Wiki", "The Shop"), ["WIKI -> THE_SHOP", "wiki -> the_shop"]);
    }
}
