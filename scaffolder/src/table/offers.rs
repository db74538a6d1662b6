//! What a form offers to choose from: the rows of other tables, for references and for sets.

use serde::Serialize;

use super::Table;
use super::sql::lines;

/// What a form offers for one of its fields.
#[derive(Debug, Serialize)]
pub(super) struct Offer {
    /// How its functions are called: `author_id`, `tags`.
    name: String,
    /// The field in the form and in Rust: `author_id`, `tag_ids`.
    key: String,
    /// "author", "tags".
    words: String,
    /// `AuthorId`.
    pub(super) id: String,
    /// Whether the rows belong to one user each.
    pub(super) owned: bool,
    /// Whether several can be chosen.
    many: bool,
    /// Whether the tests can make such a row.
    made: bool,
    /// The statement that finds them.
    sql: String,
    /// A Rust expression of the ids that the form, called `form`, begins with.
    first: String,
    /// A Rust expression of the ids that the row, called `stored`, has.
    stored: String,
    /// In tests, a Rust expression that selects the text that is typed.
    text: String,
}

impl Table {
    /// What the form offers.
    pub(super) fn offers(&self) -> Vec<Offer> {
        let references = self.columns.iter().filter(|column| column.is_chosen).filter_map(|column| {
            let reference = column.references.as_ref()?;
            let (name, optional) = (&column.name, column.optional);
            Some(Offer {
                name: name.clone(),
                key: name.clone(),
                words: column.label.to_lowercase(),
                id: reference.id.clone(),
                owned: reference.owned,
                many: false,
                made: !reference.variable.is_empty(),
                sql: statement(&reference.table, reference.shown.as_deref()?, reference.owned),
                first: format!("vec![form.{name}.to_string()]"),
                stored: if optional {
                    format!("stored.and_then(|stored| stored.{name}).into_iter().collect()")
                } else {
                    format!("stored.map(|stored| stored.{name}).into_iter().collect()")
                },
                text: format!("\"search-select:has(#{name}) > input\""),
            })
        });
        let sets = self.sets.iter().map(|set| Offer {
            name: set.name.clone(),
            key: set.key.clone(),
            words: set.words.clone(),
            id: set.id.clone(),
            owned: set.owned,
            many: true,
            made: true,
            sql: statement(&set.table, &set.shown, set.owned),
            first: format!("form.{}.clone()", set.key),
            stored: format!("stored.map(|stored| stored.{}.clone()).unwrap_or_default()", set.key),
            text: format!("\"input[aria-label='Find {}']\"", set.label),
        });
        references.chain(sets).collect()
    }
}

fn statement(table: &str, shown: &str, owned: bool) -> String {
    let theirs = if owned { "user_id = $4 AND " } else { "" };
    lines(
        9,
        &[
            format!("SELECT id, {shown} FROM {table} WHERE {theirs}(id = ANY($1) OR {shown} ILIKE $2)"),
            format!("ORDER BY id = ANY($1) DESC, {shown}, id LIMIT $3"),
        ],
    )
}
