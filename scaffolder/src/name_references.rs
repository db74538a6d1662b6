//! Where the user's own files speak of the project by its old name.
//!
//! A rename moves what the template derives from the name. What the user wrote is found here, as whole words: `app`
//! is no reference in `apple`, `my_app_test` or `my-app-2`.

use std::collections::BTreeSet;

use crate::tree::{File, Tree, TreePath};

/// One spelling of the old name, and what stands in its place after a rename.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spelling {
    /// As it was: `my_app`, `my-app`, `My App`.
    pub old: String,
    /// As it becomes.
    pub new: String,
}

/// A line that speaks of the old name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameReference {
    /// The file.
    pub path: TreePath,
    /// The line, from 1 on.
    pub line: usize,
    /// Its text, without the newline.
    pub before: String,
    /// The text with the new name.
    pub after: String,
}

/// Every line of a text file that has one of the spellings as a whole word, by path and line. A line that stands in the same
/// file of `pristine`, the rendering with the new name, is the template's: there the word means something else.
#[must_use]
pub fn find(tree: &Tree, pristine: &Tree, spellings: &[Spelling]) -> Vec<NameReference> {
    let mut references = Vec::new();
    for (path, file) in tree {
        let Some(lines) = replaced_lines(path, file, pristine, spellings) else { continue };
        for (index, (before, after)) in lines.into_iter().enumerate() {
            if let Some(after) = after {
                let (before, after) = (shown(before), shown(&after));
                references.push(NameReference { path: path.clone(), line: index + 1, before, after });
            }
        }
    }
    references
}

/// The same files with the new name in every reference, and in the names of files and folders that are not the template's:
/// `mod shop;` and a link to `docs/shop.md` lead to them. A file stays where it is if its new place is taken.
#[must_use]
pub fn replace(tree: &Tree, pristine: &Tree, spellings: &[Spelling]) -> Tree {
    let mut replaced = tree.clone();
    for (path, file) in tree {
        if let (Some(lines), Some(file)) = (replaced_lines(path, file, pristine, spellings), replaced.get_mut(path)) {
            file.bytes = lines
                .into_iter()
                .map(|(before, after)| after.unwrap_or_else(|| before.to_owned()))
                .collect::<String>()
                .into_bytes();
        }
    }
    let moved = replaced.keys().filter(|path| !pristine.contains_key(path));
    let moved = moved.filter_map(|path| Some((path.clone(), moved_path(path, spellings)?)));
    for (from, to) in moved.collect::<Vec<_>>() {
        if !replaced.contains_key(&to)
            && let Some(file) = replaced.remove(&from)
        {
            replaced.insert(to, file);
        }
    }
    replaced
}

/// Where a file with the old name in its path belongs; `None` if it has not.
fn moved_path(path: &TreePath, spellings: &[Spelling]) -> Option<TreePath> {
    let after = replaced(path.as_str(), spellings);
    TreePath::parse(&after).ok().filter(|after| after != path)
}

/// Each line of a file, newline included, with its replacement if it has a reference; nothing for a file without any.
fn replaced_lines<'a>(
    path: &TreePath,
    file: &'a File,
    pristine: &Tree,
    spellings: &[Spelling],
) -> Option<Vec<(&'a str, Option<String>)>> {
    let text = text(&file.bytes)?;
    // Most files have none; a look at the whole is cheaper than one at each line.
    spellings.iter().any(|spelling| text.contains(&spelling.old)).then_some(())?;
    let template = pristine.get(path).and_then(|file| self::text(&file.bytes)).unwrap_or_default();
    let template: BTreeSet<&str> = template.lines().collect();
    let lines = text.split_inclusive('\n').map(|line| {
        let after = replaced(line, spellings);
        (line, Some(after).filter(|after| after != line && !template.contains(line.trim_end_matches(['\r', '\n']))))
    });
    let lines: Vec<_> = lines.collect();
    lines.iter().any(|(_, after)| after.is_some()).then_some(lines)
}

fn shown(line: &str) -> String {
    line.trim_end_matches(['\r', '\n']).to_owned()
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

/// Replaces whole words from left to right. Where two spellings begin at one place, the longer one counts.
fn replaced(text: &str, spellings: &[Spelling]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut last = None;
    while let Some(next) = rest.chars().next() {
        let here = spellings
            .iter()
            .filter(|spelling| !spelling.old.is_empty() && rest.starts_with(&spelling.old))
            .filter(|_| !last.is_some_and(part_of_word))
            .filter(|spelling| !rest[spelling.old.len()..].chars().next().is_some_and(part_of_word))
            .max_by_key(|spelling| spelling.old.len());
        let step = here.map_or(next.len_utf8(), |spelling| spelling.old.len());
        out.push_str(here.map_or(&rest[..step], |spelling| &spelling.new));
        last = rest[..step].chars().next_back();
        rest = &rest[step..];
    }
    out
}

/// A hyphen belongs to names of crates, containers and hosts.
fn part_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tree::tests::tree;

    fn spellings(pairs: &[(&str, &str)]) -> Vec<Spelling> {
        pairs.iter().map(|(old, new)| Spelling { old: (*old).to_owned(), new: (*new).to_owned() }).collect()
    }

    #[test]
    fn case_34_a_name_that_is_part_of_another_word_is_no_reference() {
        let app = spellings(&[("app", "shop")]);
        for word in ["apple", "my_app", "app_test", "app-2", "snapp", "äapp", "APP"] {
            assert_eq!(replaced(word, &app), word);
        }
        assert_eq!(
            replaced("app, `app`, app.rs; use app::x; (app)", &app),
            "shop, `shop`, shop.rs; use shop::x; (shop)"
        );
    }

    #[test]
    fn each_spelling_becomes_its_own() {
        let all = spellings(&[("my_app", "the_shop"), ("my-app", "the-shop"), ("My App", "The Shop")]);
        assert_eq!(replaced("My App: my_app in my-app/", &all), "The Shop: the_shop in the-shop/");
    }

    #[test]
    fn references_are_named_by_file_and_line() {
        let files = tree(&[("a.md", "one\nthe app runs\n"), ("b.bin", "app\0"), ("c", "apple")]);
        let found = find(&files, &Tree::new(), &spellings(&[("app", "shop")]));
        let shown: Vec<_> =
            found.iter().map(|m| format!("{}:{}: {} -> {}", m.path, m.line, m.before, m.after)).collect();
        assert_eq!(shown, ["a.md:2: the app runs -> the shop runs"]);
    }

    #[test]
    fn a_line_of_the_template_is_no_reference() {
        let files = tree(&[("a.rs", "use app::page;\nuse app::mine;\n"), ("b.rs", "use app::page;\n")]);
        let pristine = tree(&[("a.rs", "use app::page;\n")]);
        let app = spellings(&[("app", "shop")]);
        let found: Vec<_> = find(&files, &pristine, &app).iter().map(|m| format!("{}:{}", m.path, m.line)).collect();
        assert_eq!(found, ["a.rs:2", "b.rs:1"]);
        let after = replace(&files, &pristine, &app);
        assert_eq!(after, tree(&[("a.rs", "use app::page;\nuse shop::mine;\n"), ("b.rs", "use shop::page;\n")]));
    }

    #[test]
    fn files_that_are_called_so_move_with_what_leads_to_them() {
        let files = tree(&[
            ("src/lib.rs", "mod app;\nmod my_app;\n"),
            ("src/app.rs", "mod inner;\n"),
            ("src/app/inner.rs", ""),
            ("src/my_app.rs", ""),
            ("app/of_the_template.rs", ""),
            ("docs/app.md", ""),
            ("docs/shop.md", ""),
        ]);
        let after = replace(&files, &tree(&[("app/of_the_template.rs", "")]), &spellings(&[("app", "shop")]));
        let paths: Vec<&str> = after.keys().map(TreePath::as_str).collect();
        assert_eq!(
            paths,
            [
                "app/of_the_template.rs",
                "docs/app.md",
                "docs/shop.md",
                "src/lib.rs",
                "src/my_app.rs",
                "src/shop.rs",
                "src/shop/inner.rs"
            ]
        );
        assert_eq!(after[&TreePath::parse("src/lib.rs").expect("a path")].bytes, b"mod shop;\nmod my_app;\n");
    }

    proptest! {
        #[test]
        fn what_is_found_is_what_is_replaced(text in "(app|my|[ _.\\-\n]|é){0,12}") {
            let files = tree(&[("x", &text)]);
            let app = spellings(&[("app", "shop")]);
            let lines = find(&files, &Tree::new(), &app).len();
            let after = replace(&files, &Tree::new(), &app);
            prop_assert_eq!(lines == 0, after == files);
            prop_assert!(find(&after, &Tree::new(), &app).is_empty());
        }
    }
}
