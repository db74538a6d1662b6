//! minijinja, set up so that it renders the shared dialect as Liquid does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use heck::{
    ToKebabCase, ToLowerCamelCase, ToPascalCase, ToShoutyKebabCase, ToShoutySnakeCase, ToSnakeCase, ToTitleCase,
    ToUpperCamelCase,
};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Object, ValueKind};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, escape_formatter};

use super::Renderings;
use crate::dialect;
use crate::error::{Error, Result};
use crate::hooks::{Variable, Variables};
use crate::suggest::{listed, nearest};
use crate::template::MANIFEST;
use crate::tree::TreePath;

/// The tags that both engines have and the dialect allows, and what only minijinja has in their place.
const TAGS: [&str; 6] = ["if", "else", "endif", "raw", "endraw", "elif"];

/// Renders texts with one set of values.
pub(super) struct Renderer<'a> {
    environment: Environment<'static>,
    variables: &'a Variables,
    context: Value,
    before: Option<&'a Renderings>,
}

impl<'a> Renderer<'a> {
    pub(super) fn new(variables: &'a Variables) -> Self {
        let context = variables
            .iter()
            .filter_map(|(name, value)| match value {
                Variable::Bool(value) => Some((name.clone(), Value::from(*value))),
                Variable::Text(value) => Some((name.clone(), Value::from(value.clone()))),
                Variable::List(_) => None,
            })
            .collect();
        Self { environment: environment(), variables, context: Value::from_object(Context(context)), before: None }
    }

    /// Takes what was rendered before from there, and leaves there what is rendered.
    pub(super) fn with(self, before: Option<&'a Renderings>) -> Self {
        Self { before, ..self }
    }

    /// Renders the content of a file.
    pub(super) fn bytes(&self, path: &TreePath, bytes: Vec<u8>) -> Result<Vec<u8>> {
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            Error::template(format!("the template's file `{path}` is not text in UTF-8 (byte {at})"))
                .hint(format!("list it under `exclude` in `{MANIFEST}`, so that it is copied as it is"))
        })?;
        if !dialect::has_tags(&text) {
            return Ok(text.into_bytes());
        }
        if let Some(rendered) = self.before.and_then(|before| before.find(path, &text, self.variables)) {
            return Ok(rendered.into_bytes());
        }
        let names = self.check(path.as_str(), &text)?;
        let rendered = self.filled(path.as_str(), &text)?;
        if let Some(before) = self.before {
            let value = |name: &str| Some((name.to_owned(), self.variables.get(name)?.clone()));
            let values = names.into_iter().filter_map(value).collect();
            before.keep(path, text, values, &rendered);
        }
        Ok(rendered.into_bytes())
    }

    /// Renders a text that stands at `path`, for errors.
    pub(super) fn text(&self, path: &TreePath, text: &str) -> Result<String> {
        self.named(path.as_str(), text)
    }

    /// Renders a sentence of the manifest.
    pub(super) fn sentence(&self, text: &str) -> Result<String> {
        self.named("[heavy.rename] outside", text)
    }

    /// Renders a text; `path` is where it stands, for errors.
    pub(super) fn named(&self, path: &str, text: &str) -> Result<String> {
        self.check(path, text)?;
        self.filled(path, text)
    }

    /// Refuses tags that templates cannot use, and names that nothing declares; the names.
    fn check<'t>(&self, path: &str, text: &'t str) -> Result<BTreeSet<&'t str>> {
        let mut names = BTreeSet::new();
        let tags = dialect::tags(text)
            .map_err(|open| Error::template(format!("a tag in `{path}`, line {}, does not end", open.line)))?;
        for tag in &tags {
            // The engine knows loops and macros as well, with which a few lines would render for ever.
            if let Some(keyword) = tag.keyword().filter(|keyword| !TAGS.contains(keyword)) {
                let keyword = keyword.escape_debug();
                return Err(Error::template(format!(
                    "`{path}`, line {}, has the tag `{keyword}`, which templates cannot use",
                    tag.line
                ))
                .hint(format!("the tags are {}", listed(TAGS))));
            }
            if let Some(name) = tag.placeholders().into_iter().find(|name| !self.variables.contains_key(*name)) {
                return Err(self.undeclared(name, path, tag.line));
            }
            if tag.placeholders().contains(&"project-name") {
                return Err(self.undeclared("project-name", path, tag.line));
            }
            names.extend(tag.placeholders());
        }
        Ok(names)
    }

    /// Puts the values in.
    fn filled(&self, path: &str, text: &str) -> Result<String> {
        self.environment.render_named_str(path, text, &self.context).map_err(|error| {
            let line = error.line().map(|line| format!(", line {line}")).unwrap_or_default();
            let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
            Error::template(format!("`{path}`{line} cannot be rendered: {detail}"))
                .hint("run `heavy template lint` on the template")
        })
    }

    fn undeclared(&self, name: &str, path: &str, line: usize) -> Error {
        let error =
            Error::template(format!("`{path}`, line {line}, uses `{name}`, which the template does not declare"));
        if name == "project-name" {
            return error.hint("write `{{ crate_name | kebab_case }}`");
        }
        // Names with a hyphen are for hooks: in a template they would be a subtraction.
        let known = self.variables.keys().map(String::as_str).filter(|name| !name.contains('-'));
        match nearest(name, known.clone()) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint(format!("it declares {}", listed(known))),
        }
    }
}

/// The values, by name.
#[derive(Debug)]
struct Context(BTreeMap<String, Value>);

impl Object for Context {
    fn get_value(self: &Arc<Self>, name: &Value) -> Option<Value> {
        self.0.get(name.as_str()?).cloned()
    }
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::empty();
    // `{#` is plain text in Liquid (`${#a[@]}` in a shell script); these delimiters occur in no text.
    let syntax = SyntaxConfig::builder()
        .comment_delimiters("{\u{1}#", "#\u{1}}")
        .keep_trailing_newline(true)
        .build()
        .unwrap_or_default();
    environment.set_syntax(syntax);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_formatter(|out, state, value| match value.kind() {
        // minijinja 3 would print Python's `True`.
        ValueKind::Bool => out.write_str(if value.is_true() { "true" } else { "false" }).map_err(Into::into),
        _ => escape_formatter(out, state, value),
    });
    environment.add_filter("kebab_case", |text: &str| text.to_kebab_case());
    environment.add_filter("lower_camel_case", |text: &str| text.to_lower_camel_case());
    environment.add_filter("pascal_case", |text: &str| text.to_pascal_case());
    environment.add_filter("shouty_kebab_case", |text: &str| text.to_shouty_kebab_case());
    environment.add_filter("shouty_snake_case", |text: &str| text.to_shouty_snake_case());
    environment.add_filter("snake_case", |text: &str| text.to_snake_case());
    environment.add_filter("title_case", |text: &str| text.to_title_case());
    environment.add_filter("upper_camel_case", |text: &str| text.to_upper_camel_case());
    environment
}
