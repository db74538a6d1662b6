//! Names that cannot be taken: words of SQL and Rust, and what the generated code or the template uses itself.

use heck::ToSnakeCase;

use crate::error::{Error, Result};
use crate::name::KEYWORDS;

mod words;

use words::{COLUMNS, MODULES, SQL, SYSTEM_COLUMNS, TYPES};

/// Checks a name in snake case.
///
/// # Errors
/// Which rule it breaks.
pub(super) fn check_snake(name: &str, what: &str, longest: usize) -> Result<()> {
    let shown = name.escape_debug();
    if name.is_empty() {
        return Err(Error::user(format!("the name of a {what} is empty")).hint(format!("give the {what} a name")));
    }
    let is_word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.split('_').all(is_word) {
        let mended = name.to_snake_case();
        let good = mended.starts_with(|c: char| c.is_ascii_lowercase()) && mended.split('_').all(is_word);
        let error = Error::user(format!(
            "the {what} `{shown}` cannot be called that: a name is lower-case words of letters and digits, joined by `_`"
        ));
        let example = match what {
            "table" => "blog_posts",
            "choice" => "draft",
            "page" => "about",
            _ => "title",
        };
        return Err(error.hint(format!(
            "write {} `{}`",
            if good { "it as" } else { "a word such as" },
            if good { &mended } else { example }
        )));
    }
    if name.len() > longest {
        return Err(Error::user(format!("the {what} `{shown}` has {} characters, {longest} are allowed", name.len()))
            .hint("find a shorter name"));
    }
    Ok(())
}

/// Refuses names that a column cannot have.
pub(super) fn check_column(name: &str) -> Result<()> {
    if SYSTEM_COLUMNS.contains(&name) {
        return Err(Error::user(format!(
            "the field cannot be called `{name}`: PostgreSQL gives every table a column of that name"
        ))
        .hint(format!("find another name, for example `{name}_value`")));
    }
    if COLUMNS.contains(&name) {
        return Err(Error::user(format!("every table has a `{name}` by itself, or uses that name"))
            .hint("leave this field out, or call it something else"));
    }
    refuse_words(name, "field")
}

/// Refuses names that a table and its modules cannot have.
pub(super) fn check_table(name: &str) -> Result<()> {
    if MODULES.contains(&name) || name.starts_with("pg_") {
        return Err(Error::user(format!("the table cannot be called `{name}`: something else has that name"))
            .hint("find another name"));
    }
    refuse_words(name, "table")
}

fn refuse_words(name: &str, what: &str) -> Result<()> {
    let of = match (KEYWORDS.contains(&name), SQL.contains(&name)) {
        (true, _) => "Rust",
        (_, true) => "SQL",
        _ => return Ok(()),
    };
    Err(Error::user(format!("the {what} cannot be called `{name}`, which is a word of {of}")).hint(format!(
        "find another name, for example `{}`",
        if what == "field" { format!("{name}_name") } else { format!("my_{name}") }
    )))
}

/// Refuses names that a page's module cannot have.
pub(super) fn check_page(name: &str) -> Result<()> {
    if KEYWORDS.contains(&name) || ["components", "crate", "mod", "pages", "static"].contains(&name) {
        return Err(Error::user(format!(
            "the page cannot be called `{name}`: that is a word of Rust, or of the application"
        ))
        .hint(format!("find another name, for example `{name}-page`")));
    }
    Ok(())
}

/// Refuses names that a model and its module cannot have.
pub(super) fn check_model(model: &str) -> Result<()> {
    let module = model.to_snake_case();
    let why = if is_type(model) {
        "generated code uses a type of that name"
    } else if KEYWORDS.contains(&module.as_str()) {
        "its module would be a keyword of Rust"
    } else if ["input", "mod", "id", "invalid", "text", "version"].contains(&module.as_str()) {
        "there is a module of that name"
    } else {
        return Ok(());
    };
    Err(Error::user(format!("the model cannot be called `{model}`: {why}"))
        .hint(format!("name it yourself, for example with `--model My{model}`")))
}

/// Whether generated code uses a type of that name, besides those that the templates name.
pub(super) fn is_type(name: &str) -> bool {
    TYPES.contains(&name)
}
