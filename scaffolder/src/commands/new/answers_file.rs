//! `--answers FILE`.

use std::path::Path;

use crate::answers::Value;
use crate::error::{Error, Result};

/// The answers in a file: `[answers]` of a project's `heavy.toml`, or a file that holds nothing else.
#[derive(Debug)]
pub(super) struct AnswersFile {
    /// Its path, as typed.
    pub(super) path: String,
    /// The project's name, which is no question of the template.
    pub(super) name: Option<String>,
    pub(super) values: Vec<(String, Value)>,
}

/// Reads answers. Whether the template asks for them is not known yet.
pub(super) fn read(path: &Path) -> Result<AnswersFile> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| Error::io("read the answers in", path, &error))?;
    let mut table: toml::Table = toml::from_str(&text).map_err(|error| {
        Error::user(format!("`{shown}` is not valid TOML")).because(error).hint("write one `key = value` a line")
    })?;
    if let Some(toml::Value::Table(answers)) = table.remove("answers") {
        table = answers;
    }
    let mut file = AnswersFile { path: shown, name: None, values: Vec::new() };
    for (key, value) in table {
        let value = match value {
            toml::Value::Boolean(value) => Value::Bool(value),
            toml::Value::String(value) => Value::Text(value),
            toml::Value::Integer(value) => Value::Text(value.to_string()),
            other => {
                return Err(Error::user(format!(
                    "`{key}` in `{}` is a {}, which answers nothing",
                    file.path,
                    other.type_str()
                ))
                .hint("an answer is `true`, `false`, or a text in quotes"));
            }
        };
        match value {
            Value::Text(name) if key == "name" => file.name = Some(name),
            value => file.values.push((key, value)),
        }
    }
    Ok(file)
}
