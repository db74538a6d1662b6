//! Which schema needs the extension `vector`.

use super::Schema;

impl Schema {
    /// Whether a file creates the extension `vector`, which not every server has.
    pub(crate) fn creates_vector(&self) -> bool {
        self.files.iter().any(|file| creates_vector(&file.sql))
    }
}

/// Whether the text has `create extension … vector`.
fn creates_vector(sql: &str) -> bool {
    sql.split(';').any(|statement| {
        let words: Vec<String> = statement
            .lines()
            .map(|line| line.split_once("--").map_or(line, |(code, _)| code))
            .flat_map(str::split_whitespace)
            .map(|word| word.trim_matches('"').to_lowercase())
            .collect();
        words.starts_with(&["create".to_owned(), "extension".to_owned()])
            && words.iter().any(|word| word == "vector")
    })
}
{%- if stack_tests %}

#[cfg(test)]
mod tests;
{%- endif %}
