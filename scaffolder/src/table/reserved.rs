//! Names that cannot be taken: words of SQL and Rust, and what the generated code or the template uses itself.

use heck::ToSnakeCase;

use crate::error::{Error, Result};
use crate::name::KEYWORDS;

/// Reserved words of PostgreSQL 18 ("SQL Key Words") and CockroachDB 25 ("SQL Grammar"), as far as a name would need
/// quotes in either.
const SQL: [&str; 103] = [
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "binary",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "ilike",
    "in",
    "index",
    "initially",
    "inner",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "not",
    "nothing",
    "notnull",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "overlaps",
    "placing",
    "primary",
    "references",
    "returning",
    "right",
    "select",
    "session_user",
    "similar",
    "some",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "view",
    "when",
    "where",
    "window",
    "with",
];

/// Columns that every table gets by itself, and names that a form or a page of a list uses.
const COLUMNS: [&str; 5] = ["id", "user_id", "version", "created_at", "updated_at"];

/// Modules and crates that generated code names: a module of that name would be taken for them. Modules of features that
/// a project has not (yet) are among them.
const MODULES: [&str; 35] = [
    "account",
    "accounts",
    "app",
    "axum",
    "components",
    "config",
    "crypto",
    "database",
    "embedder",
    "embeddings",
    "error",
    "form",
    "header",
    "http",
    "maud",
    "middleware",
    "models",
    "next",
    "pages",
    "pagination",
    "repositories",
    "routes",
    "search",
    "serde",
    "services",
    "sqlx",
    "stack_web",
    "state",
    "std",
    "system_columns",
    "test",
    "time",
    "tokio",
    "uuid",
    "vectors",
];

/// Types that generated code uses, besides those of the project's models.
const TYPES: [&str; 63] = [
    "ApiJson",
    "AppState",
    "Arc",
    "Box",
    "Body",
    "Cookies",
    "CurrentUser",
    "Date",
    "Db",
    "Debug",
    "Decimal",
    "Default",
    "Deserialize",
    "Display",
    "EditForm",
    "Edit",
    "Err",
    "Error",
    "Field",
    "Flash",
    "Form",
    "From",
    "FromRow",
    "FromStr",
    "IntoResponse",
    "Into",
    "Invalid",
    "Iterator",
    "Json",
    "Key",
    "Layout",
    "Markup",
    "Near",
    "NoFields",
    "None",
    "OffsetDateTime",
    "Ok",
    "Option",
    "PageQuery",
    "PgExecutor",
    "Redirect",
    "Response",
    "Result",
    "Router",
    "Row",
    "Self",
    "Send",
    "Serialize",
    "SignedIn",
    "Some",
    "State",
    "StatusCode",
    "String",
    "Sync",
    "TestApp",
    "Text",
    "Trouble",
    "Uuid",
    "Value",
    "Vec",
    "Vector",
    "VectorDb",
    "Visitor",
];

/// Variables of generated functions, in whose place one named after the model would be mistaken.
const VARIABLES: [&str; 26] = [
    "ada", "after", "answer", "app", "body", "client", "db", "draft", "edit", "errors", "eve", "fields", "form",
    "found", "html", "id", "input", "limit", "owner", "page", "path", "row", "state", "stored", "text", "user",
];

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

/// Refuses names that a model and its module cannot have.
pub(super) fn check_model(model: &str) -> Result<()> {
    let module = model.to_snake_case();
    let why = if TYPES.contains(&model) {
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

/// Whether a variable of that name would hide one that generated code has.
pub(super) fn is_variable(name: &str) -> bool {
    VARIABLES.contains(&name)
}
