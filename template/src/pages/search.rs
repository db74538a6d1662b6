//! `/notes/search`: finding notes by what they say.

use axum::extract::State;
use maud::{Markup, html};

use super::{layout, visitor::SignedIn};
use crate::{
    app::AppState, components::note_card::note_card, error::Result, http::search::SearchQuery,
    services::search,
};

/// The search box, and what was found.
pub async fn show(
    State(state): State<AppState>,
    SignedIn { user, visitor }: SignedIn,
    query: SearchQuery,
) -> Result<Markup> {
    let text = query.text.as_str();
    let hits = match text {
        "" => Vec::new(),
        text => search::find(&state, user.id, text, query.since(), query.limit).await?,
    };
    let main = html! {
        header.title { h1 { "Search" } a.button.secondary href="/notes" { "All notes" } }
        (search_box(text, html! {
            div.field {
                label for="since" { "Written since" }
                input #since name="since" type="date" value=[query.since];
            }
        }))
        @if hits.is_empty() && !text.is_empty() {
            section.empty { h2 { "Nothing found" } p { "Other words may find it." } }
        }
        div.notes { @for hit in &hits { (note_card(&hit.note)) } }
    };
    Ok(layout::page(&visitor, "Search", main))
}

/// The form, for this page and that of all notes; `more` are further fields.
pub(super) fn search_box(text: &str, more: Markup) -> Markup {
    html! {
        form.search role="search" action="/notes/search" {
            div.field {
                label for="q" { "Search in your notes" }
                input #q name="q" type="search" maxlength="500" value=(text) required;
            }
            (more)
            button type="submit" { "Search" }
        }
    }
}
