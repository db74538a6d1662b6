//! The templates of a table's files: built in, or the project's own in `templates/table/`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use regex::Regex;

use super::source_code;
use super::unique_together::UniqueTogether;
use crate::error::{Error, Result};
use crate::tree::{File, Tree, TreePath};

/// Where a project keeps its own.
pub const FOLDER: &str = "templates/table";

/// The built-in ones, in the order in which their files are read.
pub const BUILT_IN: [(&str, &str); 9] = [
    ("schema.sql.jinja", include_str!("templates/schema.sql.jinja")),
    ("model.rs.jinja", include_str!("templates/model.rs.jinja")),
    ("repository.rs.jinja", include_str!("templates/repository.rs.jinja")),
    ("service.rs.jinja", include_str!("templates/service.rs.jinja")),
    ("http.rs.jinja", include_str!("templates/http.rs.jinja")),
    ("page.rs.jinja", include_str!("templates/page.rs.jinja")),
    ("factory.rs.jinja", include_str!("templates/factory.rs.jinja")),
    ("api_test.rs.jinja", include_str!("templates/api_test.rs.jinja")),
    ("page_test.rs.jinja", include_str!("templates/page_test.rs.jinja")),
];

/// What minijinja puts something in the place of.
static TAG: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?s)\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}").expect("a pattern"));

/// Every word of the code that the templates make, without those that a table brings: a variable or a type of one of these
/// names could be mistaken for what is meant there.
pub(super) fn words(files: &Tree) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for (name, built_in) in BUILT_IN.iter().filter(|(name, _)| name.ends_with(".rs.jinja")) {
        let own = TreePath::parse(&format!("{FOLDER}/{name}")).ok().and_then(|path| files.get(&path));
        let own = own.and_then(|file| std::str::from_utf8(&file.bytes).ok());
        for text in [*built_in].into_iter().chain(own) {
            // `{{ Model }}Draft` has no word of the template's own.
            words.extend(source_code::words(&TAG.replace_all(text, "_")));
        }
    }
    words
}

/// Refuses fields that are unique together where the project's own template of the schema would leave that out.
pub(super) fn check_unique(unique: &[UniqueTogether], files: &Tree) -> Result<()> {
    let path = TreePath::parse(&format!("{FOLDER}/schema.sql.jinja")).ok();
    let own = path.as_ref().and_then(|path| files.get(path));
    if unique.is_empty() || own.is_none_or(|file| String::from_utf8_lossy(&file.bytes).contains("unique_together")) {
        return Ok(());
    }
    Err(Error::template(format!(
        "`{FOLDER}/schema.sql.jinja` says nothing of `unique_together`, so `--unique` would be lost"
    ))
    .hint("delete it to use the built-in one, or take over from that: `heavy add-table --eject` writes it there again"))
}

/// What a template made.
pub(super) struct Rendered {
    /// The name of the built-in template.
    pub(super) name: &'static str,
    /// The template that was used, for errors.
    pub(super) template: String,
    pub(super) text: String,
}

/// Renders every file.
pub(super) fn render(context: &Value, files: &Tree) -> Result<Vec<Rendered>> {
    let environment = environment();
    let mut rendered = Vec::new();
    for (name, built_in) in BUILT_IN {
        let own = TreePath::parse(&format!("{FOLDER}/{name}")).ok();
        let own = own.as_ref().and_then(|path| Some((path, files.get(path)?)));
        let (shown, text) = match own {
            Some((path, file)) => (path.as_str(), text_of(path, file)?),
            None => (name, built_in),
        };
        let text = environment.render_named_str(shown, text, context).map_err(|error| failed(shown, text, &error))?;
        rendered.push(Rendered { name, template: shown.to_owned(), text: single_blank_lines(&text) });
    }
    Ok(rendered)
}

fn text_of<'a>(path: &TreePath, file: &'a File) -> Result<&'a str> {
    std::str::from_utf8(&file.bytes).map_err(|error| {
        Error::template(format!("`{path}` is no text in UTF-8")).because(error).hint("write it again, or delete it")
    })
}

fn failed(path: &str, text: &str, error: &minijinja::Error) -> Error {
    let at = error.line();
    let line = at.map(|line| format!(", line {line},")).unwrap_or_default();
    let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    let shown = at.and_then(|line| text.lines().nth(line.saturating_sub(1))).map(str::trim);
    let mut failure = Error::template(format!("`{path}`{line} cannot be rendered: {detail}"));
    failure.causes.extend(shown.filter(|line| !line.is_empty()).map(str::to_owned));
    failure.hint("delete the file to use the built-in one; `heavy add-table --eject` writes that one there again")
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    environment.set_syntax(syntax.unwrap_or_default());
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    // Rust's `true`, not Python's.
    environment.set_formatter(|out, _, value| match bool::try_from(value.clone()) {
        Ok(value) => out.write_str(if value { "true" } else { "false" }).map_err(Into::into),
        Err(_) => write!(out, "{value}").map_err(Into::into),
    });
    environment
}

/// What conditions leave behind: never two blank lines, and none at the end.
fn single_blank_lines(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for line in text.trim_end().lines() {
        if line.trim().is_empty() && (result.is_empty() || result.ends_with("\n\n")) {
            continue;
        }
        result.push_str(line.trim_end());
        result.push('\n');
    }
    result
}
