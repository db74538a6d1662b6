//! Fields that are chosen from the rows of a table, which are searched while somebody types.
//!
//! The server offers the rows that are chosen and some others, and looks for more when asked. With JavaScript a single choice
//! is a combobox, `static/elements/search-select.js`; without it, it is a plain `select` of what is offered first.

use std::{fmt::Display, str::FromStr};

use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use stack_live::{Command, Ctx, Cx, Event, Handler, Loaded, PageError};

use super::field::FormField;

/// How many rows a form offers, besides those that are chosen.
pub const OFFERED: i64 = 100;

/// What was typed to find rows, and what the form has chosen meanwhile.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    /// The text to search for.
    pub text: String,
    /// The ids that are chosen.
    pub chosen: Vec<String>,
}

impl Search {
    /// What `event`, an `input` of the text, says of the field `name`.
    fn of(event: &Event, name: &str) -> Self {
        let of_field = |field: &str| field.strip_suffix("[]").unwrap_or(field) == name;
        let fields = event.fields.iter().filter(|(field, _)| of_field(field));
        Self {
            text: event.value().trim().to_owned(),
            chosen: fields.map(|(_, id)| id.clone()).collect(),
        }
    }
}

/// What a form offers for one of its fields.
pub struct Offer<Id: 'static> {
    /// The rows, each with what it is called.
    rows: Loaded<Vec<(Id, String)>>,
    search: Search,
    find: Handler,
}

impl<Id> Offer<Id>
where
    Id: Clone + Display + FromStr + PartialEq + Send + Sync + 'static,
{
    /// The offer for the field `name`: what `load` finds for the ids that are chosen, with those that are `stored`, and for a
    /// text. The form begins with the ids `first`.
    ///
    /// # Errors
    /// Those of `load`.
    pub async fn of<E, Fut>(
        cx: &Cx,
        name: &'static str,
        first: impl FnOnce() -> Vec<String>,
        stored: Vec<Id>,
        load: impl FnOnce(Ctx, Vec<Id>, String) -> Fut,
    ) -> Result<Self, PageError>
    where
        PageError: From<E>,
        Fut: Future<Output = Result<Vec<(Id, String)>, E>> + Send + 'static,
    {
        let search = cx.use_state(|| Search {
            text: String::new(),
            chosen: first(),
        });
        let find = cx
            .keyed(name)
            .on(move |ctx, event| search.set(ctx, Search::of(&event, name)));
        let search = search.get(cx);
        let chosen = search.chosen.iter().filter_map(|id| id.parse().ok());
        let chosen = chosen.chain(stored.iter().cloned()).collect();
        let text = search.text.clone();
        let deps = (search.clone(), stored);
        let rows = cx.use_load(deps, |ctx| load(ctx, chosen, text)).await?;
        Ok(Self { rows, search, find })
    }

    /// What these rows are called.
    pub fn labels<'a>(&self, ids: impl IntoIterator<Item = &'a Id>) -> String {
        let label = |wanted: &Id| {
            self.rows
                .iter()
                .find(|(id, _)| id == wanted)
                .map(|(_, label)| &**label)
        };
        ids.into_iter()
            .filter_map(label)
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// A choice of one row.
    pub fn one(&self, field: &FormField<'_>, value: &str) -> Markup {
        let chosen = self.rows.iter().find(|(id, _)| id.to_string() == value);
        field.stacked(html! {
            search-select on:input=(self.find) data-debounce="150" data-none="Nothing found" {
                select #(field.name) name=(field.name)
                    aria-invalid=[field.invalid()] aria-describedby=[field.described_by()] {
                    option value="" { "–" }
                    @for (id, label) in self.rows.iter() {
                        @let id = id.to_string();
                        option value=(id) selected[id == value] { (label) }
                    }
                }
                // Shown by the script. It has no name, and so is no part of the form.
                input type="text" hidden role="combobox" aria-label=(field.label) aria-autocomplete="list"
                    aria-expanded="false" autocomplete="off" spellcheck="false"
                    value=[chosen.map(|(_, label)| label)];
            }
        })
    }

    /// A choice of any number of rows: a box for each that is offered, and a text to find others.
    pub fn many(&self, field: &FormField<'_>) -> Markup {
        html! {
            fieldset.field {
                legend { (field.label) }
                // It has no name, and so is no part of the form, which Enter does not send.
                input.find type="search" aria-label={ "Find " (field.label) } placeholder="Find" autocomplete="off"
                    on:input=(self.find) data-debounce="150"
                    do:keydown=(Command::on_key("Enter", Command::prevent_default()));
                @for (id, label) in self.rows.iter() {
                    @let id = id.to_string();
                    div.field.tick data-key=(id) {
                        label {
                            input type="checkbox" name={ (field.name) "[]" } value=(id)
                                checked[self.search.chosen.contains(&id)]
                                aria-invalid=[field.invalid()] aria-describedby=[field.described_by()];
                            " " (label)
                        }
                    }
                }
                @if self.rows.is_empty() {
                    p.hint { "There is nothing to choose from." }
                }
                @if let Some(error) = field.error {
                    p.field-error #{ (field.name) "-error" } { "This " (error) "." }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_knows_what_is_chosen_in_its_form() {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let event = Event {
            value: Some(" pe ".to_owned()),
            fields: vec![
                field("tag_ids[]", "1"),
                field("tag_ids[]", "2"),
                field("title", "3"),
            ],
            ..Event::default()
        };
        let search = Search::of(&event, "tag_ids");
        assert_eq!(search.text, "pe");
        assert_eq!(search.chosen, ["1", "2"]);
        assert_eq!(Search::of(&event, "title").chosen, ["3"]);
    }
}
