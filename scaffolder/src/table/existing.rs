//! What a project has already, as far as a new table has to know: tables, modules, types, factories.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::names::singular_of;
use super::source_code::without_comments;
use crate::tree::{Tree, TreePath};

/// A table of the project's schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its name.
    pub name: String,
    /// Whether each of its rows belongs to a user.
    pub owned: bool,
    /// Whether it lives in the vector database.
    pub in_vectors: bool,
}

/// A function of the tests that makes a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factory {
    /// The function's name.
    pub name: String,
    /// Whether it takes the row's owner.
    pub takes_owner: bool,
    /// How many texts it takes besides.
    pub texts: usize,
}

/// A project's files, looked at.
#[derive(Clone, Copy, Debug)]
pub struct Existing<'a>(pub &'a Tree);

static CREATE_TABLE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r#"(?is)\bcreate\s+(?:unlogged\s+)?(?:table|view|materialized\s+view)\s+(?:if\s+not\s+exists\s+)?(?:\w+\.)?"?(\w+)"?"#,
    )
});
static NAMED: LazyLock<Regex> =
    LazyLock::new(|| regex(r#"(?i)\b(?:constraint|index(?:\s+concurrently)?(?:\s+if\s+not\s+exists)?)\s+"?(\w+)"?"#));
static TABLE_OR_REFERENCE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r#"(?i)\b((?:create\s+(?:unlogged\s+)?|alter\s+)table(?:\s+if(?:\s+not)?\s+exists)?(?:\s+only)?|references)\s+(?:\w+\.)?"?(\w+)"?"#,
    )
});
static OWNER: LazyLock<Regex> = LazyLock::new(|| regex(r"(?i)\buser_id\s+uuid\s+not\s+null"));
static COMMENT: LazyLock<Regex> = LazyLock::new(|| regex(r"--[^\n]*"));
static ROW_ID: LazyLock<Regex> = LazyLock::new(|| regex(r"\bid: (\w+Id),"));
static FACTORY: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"(?s)pub async fn (\w+)\(\s*&self,?(\s*_?\w+: &User,?)?((?:\s*\w+: &str,?)*)\s*\)\s*->\s*(\w+)")
});
static WORD: LazyLock<Regex> = LazyLock::new(|| regex(r"\w+"));

/// The patterns above are constants, so they can be read.
fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern")
}

/// SQL without its comments.
pub(super) fn without_sql_comments(sql: &str) -> Cow<'_, str> {
    COMMENT.replace_all(sql, "")
}

impl<'a> Existing<'a> {
    /// The text of a file; `None` if there is no such file, or it is no text.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&'a str> {
        let path = TreePath::parse(path).ok()?;
        self.0.get(&path).and_then(|file| std::str::from_utf8(&file.bytes).ok())
    }

    /// The schema's files: path, and whether it is the vector database's.
    fn schema(self) -> impl Iterator<Item = (&'a TreePath, &'a str, bool)> {
        self.0.iter().filter_map(|(path, file)| {
            let rest = path.as_str().strip_prefix("schema/")?.strip_suffix(".sql")?;
            let in_vectors = rest.strip_prefix("vector/");
            let depth = in_vectors.unwrap_or(rest);
            (!depth.contains('/')).then_some(())?;
            Some((path, std::str::from_utf8(&file.bytes).ok()?, in_vectors.is_some()))
        })
    }

    /// Every table and view of the schema.
    #[must_use]
    pub fn tables(self) -> Vec<Known> {
        let mut tables = Vec::new();
        for (_, text, in_vectors) in self.schema() {
            let text = without_sql_comments(text);
            let found: Vec<_> = CREATE_TABLE.captures_iter(&text).collect();
            for (index, table) in found.iter().enumerate() {
                let end = found.get(index + 1).and_then(|next| next.get(0)).map_or(text.len(), |next| next.start());
                let from = table.get(0).map_or(0, |table| table.end());
                let body = &text[from..end];
                let body = body.split(';').next().unwrap_or(body);
                tables.push(Known { name: table[1].to_lowercase(), owned: OWNER.is_match(body), in_vectors });
            }
        }
        tables
    }

    /// What stands between the `CREATE` of a table and its semicolon, in SQL without comments.
    pub(super) fn body_of<'t>(self, table: &str, sql: &'t str) -> Option<&'t str> {
        let found = CREATE_TABLE.captures_iter(sql).find(|found| found[1].eq_ignore_ascii_case(table))?;
        sql[found.get(0)?.end()..].split(';').next()
    }

    /// The number of the next file of the schema, with zeros in front: the next multiple of ten, as long as it has no more digits
    /// than the others, else the next one. So the order of the numbers is that of the names, however somebody sorts them.
    /// `None` if all numbers of so many digits are taken.
    #[must_use]
    pub fn next_number(self, in_vectors: bool) -> Option<String> {
        let digits = |path: &'a TreePath| {
            let name = path.file_name();
            &name[..name.len() - name.trim_start_matches(|c: char| c.is_ascii_digit()).len()]
        };
        let files = self.schema().filter(|(.., vectors)| *vectors == in_vectors);
        let numbers = files.filter_map(|(path, ..)| Some((digits(path).len(), digits(path).parse::<u64>().ok()?)));
        let numbers: Vec<(usize, u64)> = numbers.collect();
        // Files of a project that was numbered with more digits have them all.
        let width = numbers.iter().map(|(width, _)| *width).min().unwrap_or(3).max(3);
        let last = numbers.iter().map(|(_, number)| *number).max().unwrap_or(0);
        let fits = |number: &u64| number.to_string().len() <= width;
        let next = [(last / 10 + 1) * 10, last + 1].into_iter().find(fits)?;
        Some(format!("{next:0width$}"))
    }

    /// The file of the schema that makes a table.
    pub(super) fn schema_of(self, table: &str) -> Option<(&'a TreePath, &'a str)> {
        let makes = |text: &str| {
            let text = without_sql_comments(text);
            CREATE_TABLE.captures_iter(&text).any(|found| found[1].eq_ignore_ascii_case(table))
        };
        self.schema().find(|(_, text, _)| makes(text)).map(|(path, text, _)| (path, text))
    }

    /// The other tables that refer to one.
    pub(super) fn referring_to(self, table: &str) -> Vec<String> {
        let mut others = Vec::new();
        for (_, text, _) in self.schema() {
            let text = without_sql_comments(text);
            let mut current = String::new();
            for word in TABLE_OR_REFERENCE.captures_iter(&text) {
                let name = word[2].to_lowercase();
                if word[1].to_lowercase().ends_with("references") {
                    if name == table && current != table && !others.contains(&current) {
                        others.push(current.clone());
                    }
                } else {
                    current = name;
                }
            }
        }
        others
    }

    /// Every name that the schema and the application give to a table, a constraint or an index.
    #[must_use]
    pub fn relation_names(self) -> BTreeSet<String> {
        let mut names: BTreeSet<String> = self.tables().into_iter().map(|table| table.name).collect();
        for (_, text, _) in self.schema() {
            let text = without_sql_comments(text);
            names.extend(NAMED.captures_iter(&text).map(|found| found[1].to_lowercase()));
        }
        names
    }

    /// Where the routes are, without comments.
    #[must_use]
    pub fn routes(self) -> String {
        without_comments(self.text("src/routes.rs").unwrap_or_default())
    }

    /// Whether there is a module of this name in a folder of modules: a file, a folder, or a line that declares it.
    #[must_use]
    pub fn has_module(self, folder: &str, name: &str) -> bool {
        let file = format!("{folder}/{name}.rs");
        let below = format!("{folder}/{name}/");
        let declared = format!("mod {name};");
        self.0.keys().any(|path| path.as_str() == file || path.as_str().starts_with(&below))
            || self.text(&format!("{folder}/mod.rs")).is_some_and(|text| {
                text.lines()
                    .any(|line| line.trim().trim_start_matches("pub ").trim_start_matches("pub(crate) ") == declared)
            })
    }

    /// Whether a word stands in a file.
    #[must_use]
    pub fn has_word(self, path: &str, word: &str) -> bool {
        self.text(path).is_some_and(|text| WORD.find_iter(&without_comments(text)).any(|found| found.as_str() == word))
    }

    /// The type of a table's identifiers.
    #[must_use]
    pub fn id_type(self, table: &str) -> Option<String> {
        let repository = self.text(&format!("src/repositories/{table}.rs"));
        let in_row = repository.and_then(|text| ROW_ID.captures(text)).map(|found| found[1].to_owned());
        let usual = format!("{}Id", heck::ToPascalCase::to_pascal_case(singular_of(table).as_str()));
        in_row.into_iter().chain([usual]).find(|id| self.has_word("src/models/id.rs", id))
    }

    /// The factory that makes a `model` in the tests: of those that return one, that with the model's name, since others may
    /// look for what is there.
    #[must_use]
    pub fn factory(self, model: &str) -> Option<Factory> {
        let is_factory = |path: &TreePath| path.is_within("tests/app/common");
        let files = self.0.iter().filter(|(path, _)| is_factory(path));
        let texts = files.filter_map(|(_, file)| std::str::from_utf8(&file.bytes).ok());
        let all = texts.flat_map(|text| FACTORY.captures_iter(text)).filter(|found| &found[4] == model);
        let mut factories: Vec<Factory> = all
            .map(|found| Factory {
                name: found[1].to_owned(),
                takes_owner: found.get(2).is_some(),
                texts: found[3].matches("&str").count(),
            })
            .collect();
        let usual = heck::ToSnakeCase::to_snake_case(model);
        let best = factories.iter().position(|factory| factory.name == usual).unwrap_or(0);
        (!factories.is_empty()).then(|| factories.swap_remove(best))
    }

    /// Whether the tests' `TestApp` has a function of this name.
    #[must_use]
    pub fn has_test_function(self, name: &str) -> bool {
        let declared = format!("fn {name}(");
        self.0.iter().any(|(path, file)| {
            path.is_within("tests/app/common")
                && without_comments(&String::from_utf8_lossy(&file.bytes)).contains(&declared)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tests::tree;

    #[test]
    fn tables_are_read_from_the_schema_with_who_owns_their_rows() {
        let files = tree(&[
            ("schema/010_users.sql", "-- create table comments (\nCREATE TABLE users (\n    id uuid\n);\n"),
            (
                "schema/020_more.sql",
                "create table if not exists public.\"notes\" (user_id uuid NOT NULL);\nCREATE TABLE tags (id uuid);\nCREATE VIEW recent AS SELECT 1;",
            ),
            ("schema/vector/010_embeddings.sql", "CREATE TABLE embeddings (\n    user_id uuid NOT NULL\n);\n"),
            ("schema/notes.txt", "CREATE TABLE nothing (id uuid);"),
        ]);
        let all = Existing(&files).tables();
        let shown: Vec<_> = all.iter().map(|table| (table.name.as_str(), table.owned, table.in_vectors)).collect();
        assert_eq!(
            shown,
            [
                ("users", false, false),
                ("notes", true, false),
                ("tags", false, false),
                ("recent", false, false),
                ("embeddings", true, true)
            ]
        );
        let next = |in_vectors| Existing(&files).next_number(in_vectors);
        assert_eq!((next(false).as_deref(), next(true).as_deref()), (Some("030"), Some("020")));
    }

    #[test]
    fn the_next_number_is_the_last_in_any_order() {
        let next = |names: &[&str]| {
            let files: Vec<_> = names.iter().map(|name| (format!("schema/{name}.sql"), "")).collect();
            let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
            Existing(&tree(&files)).next_number(false)
        };
        assert_eq!(next(&[]).as_deref(), Some("010"));
        assert_eq!(next(&["010_a", "985_b"]).as_deref(), Some("990"));
        assert_eq!(next(&["200_a", "990_b"]).as_deref(), Some("991"));
        assert_eq!(next(&["200_a", "999_b"]), None);
        assert_eq!(next(&["0010_a", "0990_b"]).as_deref(), Some("1000"));
        assert_eq!(next(&["0010_a", "9990_b", "more"]).as_deref(), Some("9991"));
    }

    #[test]
    fn a_factory_is_found_by_what_it_makes() {
        let files = tree(&[(
            "tests/app/common/factories.rs",
            "pub async fn user(&self, name: &str) -> User {}\npub async fn newest_note(&self, owner: &User) -> Note {}\npub async fn note(&self, owner: &User, title: &str, body: &str) -> Note {}\npub async fn tag(\n    &self,\n) -> Tag {}",
        )]);
        let factory = |model| Existing(&files).factory(model).map(|found| (found.name, found.takes_owner, found.texts));
        assert_eq!(factory("User"), Some(("user".to_owned(), false, 1)));
        assert_eq!(factory("Note"), Some(("note".to_owned(), true, 2)));
        assert_eq!(factory("Tag"), Some(("tag".to_owned(), false, 0)));
        assert_eq!(factory("Book"), None);
    }
}
