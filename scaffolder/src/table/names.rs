//! What a table is called, in the plural and in the singular, in SQL, Rust, URLs and on pages.

use heck::{ToKebabCase, ToPascalCase, ToSnakeCase};

use super::{inflection, reserved};
use crate::error::{Error, Result};

/// The longest name of a table: the names of constraints and indexes are made of it, and 63 bytes are all they have.
const LONGEST: usize = 28;

/// The names of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// `blog_posts`: the table, and the modules beside it.
    pub table: String,
    /// `BlogPost`: one row, as a type.
    pub model: String,
    /// `blog_post`: one row, as a module and a function.
    pub one: String,
}

impl Names {
    /// Parses a table's name, and a model's where the singular is not what the rules of English say.
    ///
    /// # Errors
    /// Of kind `User`: the name is not one, is taken by a language, or is not a plural.
    pub fn parse(table: &str, model: Option<&str>) -> Result<Self> {
        reserved::check_snake(table, "table", LONGEST)?;
        reserved::check_table(table)?;
        let model = match model {
            Some(model) => given(model)?,
            None => derived(table)?.to_pascal_case(),
        };
        reserved::check_model(&model)?;
        Ok(Self { table: table.to_owned(), one: model.to_snake_case(), model })
    }

    /// `/blog-posts`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("/{}", self.table.to_kebab_case())
    }

    /// "blog posts".
    #[must_use]
    pub fn plural(&self) -> String {
        self.table.replace('_', " ")
    }

    /// "blog post".
    #[must_use]
    pub fn singular(&self) -> String {
        self.one.replace('_', " ")
    }

    /// "a blog post", "an author".
    #[must_use]
    pub fn one_of_them(&self) -> String {
        with_article(&self.singular())
    }
}

/// "an author". After the first letter, which is right for all but a few words.
#[must_use]
pub fn with_article(noun: &str) -> String {
    let exception = ["hour", "heir", "honor", "honour"].iter().any(|word| noun.starts_with(word));
    let consonant = ["uni", "use", "user", "eu", "one", "ura", "uti"].iter().any(|start| noun.starts_with(start));
    let vowel = noun.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {noun}", if (vowel && !consonant) || exception { "an" } else { "a" })
}

/// "Blog posts".
#[must_use]
pub fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Whether three or more variants of an enum begin or end with the same word, which clippy takes for a prefix too many.
pub(super) fn are_alike<'a>(variants: impl IntoIterator<Item = &'a str>) -> bool {
    let words: Vec<Vec<String>> =
        variants.into_iter().map(|variant| variant.to_snake_case().split('_').map(str::to_owned).collect()).collect();
    let same =
        |of: fn(&Vec<String>) -> Option<&String>| words.iter().all(|word| of(word) == words.first().and_then(of));
    words.len() >= 3 && (same(|words| words.first()) || same(|words| words.last()))
}

/// The singular of a name in the plural, by its last word.
#[must_use]
pub fn singular_of(table: &str) -> String {
    match table.rsplit_once('_') {
        Some((words, last)) => format!("{words}_{}", inflection::singular(last)),
        None => inflection::singular(table),
    }
}

fn derived(table: &str) -> Result<String> {
    let one = singular_of(table);
    let is_name = one.starts_with(|c: char| c.is_ascii_lowercase()) && !one.ends_with('_');
    if one != table && is_name {
        return Ok(one);
    }
    let (words, last) = table.rsplit_once('_').map_or(("", table), |(words, last)| (words, last));
    let many = inflection::plural(last);
    let many = if words.is_empty() { many } else { format!("{words}_{many}") };
    let error = Error::user(format!("`{table}` is not a plural, or is its own singular"));
    Err(if many == table {
        error.hint(format!("name one of them: `--model {}Item`", table.to_pascal_case()))
    } else {
        error.hint(format!("a table is named in the plural: `{many}`"))
    })
}

fn given(model: &str) -> Result<String> {
    let is_pascal = model == model.to_pascal_case()
        && model.starts_with(|c: char| c.is_ascii_uppercase())
        && model.chars().all(|c| c.is_ascii_alphanumeric())
        && model.to_snake_case().to_pascal_case() == model;
    if !is_pascal || model.len() > LONGEST {
        return Err(Error::user(format!("the model cannot be called `{}`", model.escape_debug()))
            .hint("write one word of at most 28 letters and digits in the way of Rust's types: `BlogPost`"));
    }
    Ok(model.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_the_singular_of_its_table() {
        for (table, model) in [
            ("books", "Book"),
            ("blog_posts", "BlogPost"),
            ("categories", "Category"),
            ("people", "Person"),
            ("addresses", "Address"),
            ("order_statuses", "OrderStatus"),
            ("analyses", "Analysis"),
            ("mice", "Mouse"),
            ("boxes", "Box_"),
            ("v2_keys", "V2Key"),
        ] {
            match Names::parse(table, None) {
                Ok(names) => assert_eq!(names.model, model),
                Err(error) => assert!(error.message.contains("uses a type of that name"), "{error}"),
            }
        }
    }

    #[test]
    fn names_that_cannot_be_are_refused_with_one_that_can() {
        let refused = |table: &str, model: Option<&str>| match Names::parse(table, model) {
            Ok(names) => format!("{names:?}"),
            Err(error) => format!("{}; {}", error.message, error.hints.join("; ")),
        };
        let all: Vec<String> = [
            ("book", None),
            ("news", None),
            ("news", Some("Article")),
            ("BlogPosts", None),
            ("blog-posts", None),
            ("2books", None),
            ("", None),
            ("größen", None),
            ("types", None),
            ("orders", None),
            ("order", None),
            ("pages", None),
            ("results", None),
            ("books", Some("book")),
            ("books", Some("Result")),
            ("pg_things", None),
            ("s", None),
            ("a_name_that_is_much_too_long_for_tables", None),
        ]
        .into_iter()
        .map(|(table, model)| refused(table, model))
        .collect();
        insta::assert_snapshot!(all.join("\n"), @r#"
        `book` is not a plural, or is its own singular; a table is named in the plural: `books`
        `news` is not a plural, or is its own singular; name one of them: `--model NewsItem`
        Names { table: "news", model: "Article", one: "article" }
        the table `BlogPosts` cannot be called that: a name is lower-case words of letters and digits, joined by `_`; write it as `blog_posts`
        the table `blog-posts` cannot be called that: a name is lower-case words of letters and digits, joined by `_`; write it as `blog_posts`
        the table `2books` cannot be called that: a name is lower-case words of letters and digits, joined by `_`; write a word such as `blog_posts`
        the name of a table is empty; give the table a name
        the table `größen` cannot be called that: a name is lower-case words of letters and digits, joined by `_`; write a word such as `blog_posts`
        the model cannot be called `Type`: its module would be a keyword of Rust; name it yourself, for example with `--model MyType`
        Names { table: "orders", model: "Order", one: "order" }
        the table cannot be called `order`, which is a word of SQL; find another name, for example `my_order`
        the table cannot be called `pages`: something else has that name; find another name
        the model cannot be called `Result`: generated code uses a type of that name; name it yourself, for example with `--model MyResult`
        the model cannot be called `book`; write one word of at most 28 letters and digits in the way of Rust's types: `BlogPost`
        the model cannot be called `Result`: generated code uses a type of that name; name it yourself, for example with `--model MyResult`
        the table cannot be called `pg_things`: something else has that name; find another name
        `s` is not a plural, or is its own singular; name one of them: `--model SItem`
        the table `a_name_that_is_much_too_long_for_tables` has 39 characters, 28 are allowed; find a shorter name
        "#);
    }

    #[test]
    fn nouns_get_the_article_that_people_say() {
        assert_eq!(with_article("author"), "an author");
        assert_eq!(with_article("unit"), "a unit");
        assert_eq!(with_article("hour"), "an hour");
        assert_eq!(capitalized("blog posts"), "Blog posts");
    }
}
