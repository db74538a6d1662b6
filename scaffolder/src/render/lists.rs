//! Which files are left out, and which are copied verbatim.

use ignore::gitignore::Gitignore;

use crate::dialect::{Token, tokens};
use crate::error::{Error, Result};
use crate::hooks::{Hooks, Variables};
use crate::manifest::patterns::matcher;
use crate::suggest::{listed, nearest};
use crate::template::{MANIFEST, Manifest};
use crate::tree::{Tree, TreePath};

/// The manifest's lists, for one set of answers.
pub(crate) struct Lists {
    ignore: Vec<String>,
    hooks: Vec<String>,
    verbatim: Verbatim,
}

enum Verbatim {
    None,
    Matching(Gitignore),
    AllBut(Gitignore),
}

impl Lists {
    /// Adds what the conditions add that hold.
    pub(crate) fn of(manifest: &Manifest, variables: &Variables, hooks: Option<&Hooks>) -> Result<Self> {
        let mut ignore = manifest.ignore.clone();
        let mut exclude = manifest.exclude.clone();
        let mut include = manifest.include.clone();
        for conditional in &manifest.conditionals {
            check_names(&conditional.expression, variables)?;
            let Some(hooks) = hooks else { continue };
            if hooks.condition(&conditional.expression, variables)? {
                ignore.extend(conditional.ignore.iter().cloned());
                extend(&mut exclude, conditional.exclude.as_ref());
                extend(&mut include, conditional.include.as_ref());
            }
        }
        let verbatim = match (&include, &exclude) {
            (Some(patterns), _) => Verbatim::AllBut(matcher(patterns)?),
            (None, Some(patterns)) => Verbatim::Matching(matcher(patterns)?),
            (None, None) => Verbatim::None,
        };
        let hooks = manifest.hooks.all().map(str::to_owned).collect();
        Ok(Self { ignore: ignore.iter().map(|path| literal(path)).collect(), hooks, verbatim })
    }

    /// Takes the ignored paths out of a tree.
    pub(crate) fn leave_out(&self, tree: &mut Tree) {
        tree.retain(|path, _| !self.ignores(path));
    }

    /// Whether a file is left out.
    pub(crate) fn ignores(&self, path: &TreePath) -> bool {
        self.ignore.iter().any(|ignored| path.is_within(ignored))
    }

    /// Whether a file is copied as it is.
    pub(crate) fn is_verbatim(&self, path: &TreePath) -> bool {
        let matched = |matcher: &Gitignore| matcher.matched_path_or_any_parents(path.as_str(), false).is_ignore();
        match &self.verbatim {
            Verbatim::None => false,
            Verbatim::Matching(matcher) => matched(matcher),
            Verbatim::AllBut(matcher) => !matched(matcher),
        }
    }

    /// Whether a file is a script that the manifest names.
    pub(crate) fn is_hook(&self, path: &TreePath) -> bool {
        self.hooks.iter().any(|hook| hook == path.as_str())
    }
}

fn extend(list: &mut Option<Vec<String>>, more: Option<&Vec<String>>) {
    if let Some(more) = more {
        list.get_or_insert_default().extend(more.iter().cloned());
    }
}

/// A path as the manifest writes it (`./src/x/`) as it stands in a tree.
pub(crate) fn literal(path: &str) -> String {
    path.split('/').filter(|part| !matches!(*part, "" | ".")).collect::<Vec<_>>().join("/")
}

/// The names in a condition, outside its texts.
pub(crate) fn names(expression: &str) -> Vec<&str> {
    let named = tokens(expression).into_iter().filter_map(|token| match token {
        Token::Name(name) if !matches!(name, "true" | "false") => Some(name),
        _ => None,
    });
    named.collect()
}

/// cargo-generate takes a condition with a slip in it for false, whichever way it stands.
fn check_names(expression: &str, variables: &Variables) -> Result<()> {
    let Some(unknown) = names(expression).into_iter().find(|name| !variables.contains_key(*name)) else {
        return Ok(());
    };
    let error = Error::template(format!(
        "the condition `{expression}` in `{MANIFEST}` names `{unknown}`, which is declared nowhere"
    ));
    let known = variables.keys().map(String::as_str).filter(|name| !name.contains('-'));
    Err(match nearest(unknown, known.clone()) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint(format!("declared are {}", listed(known))),
    })
}
