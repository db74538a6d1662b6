//! `/notes/search`: searching notes by meaning and by words.

use maud::html;
use serde::Serialize;
use stack_live::{Ctx, Cx};

use super::{context::Context, layout};
use crate::{
    components::{form, note_card::note_card},
    error::{Error, Result},
    http::search::{SearchParams, SearchQuery},
    models::{NoteSummary, Owner},
    services::search,
};

/// The query of the URL.
#[derive(Serialize)]
struct UrlQuery<'a> {
    q: &'a str,
    since: &'a str,
}

/// The search form and its results.
pub async fn page(cx: Cx) -> stack_live::Result {
{%- if teams %}
    let owner = cx.scope().await?.owner();
{%- else %}
    let owner = cx.signed_in()?.owner();
{%- endif %}
    let initial = SearchQuery::parse(&cx.query()?).map_err(Error::from)?;
    let state = cx.use_local(|| initial);
    let error = cx.use_local(|| None);
    let query = state.get(&cx);
    let hits = cx
        .use_load(query.clone(), |ctx| load_hits(ctx, owner, query.clone()))
        .await?;

    let search = cx.on(move |ctx, event| {
        let params: Result<SearchParams, _> = event.form();
        match params.ok().map(|params| SearchQuery::parse(&params)) {
            Some(Ok(query)) => {
                let (q, since) = (event.field("q"), event.field("since"));
                ctx.set_query(&UrlQuery { q, since });
                error.set(ctx, None);
                state.set(ctx, query);
            }
            Some(Err(errors)) => {
                let messages = errors
                    .iter()
                    .map(|error| format!("{} {}", error.field, error.message));
                error.set(ctx, Some(messages.collect::<Vec<_>>().join(", ")));
            }
            None => {}
        }
    });
    let main = html! {
        header.title {
            h1 { "Search" }
            a.button.secondary href="/notes" data-link { "All notes" }
        }
        (form::alert(error.get(&cx).as_deref()))
        form.search role="search" action="/notes/search" on:submit=(search) {
            div.field {
                label for="q" { "Search in your notes" }
                input #q name="q" type="search" maxlength="500" value=(query.text) required;
            }
            div.field {
                label for="since" { "Written since" }
                input #since name="since" type="date" value=[query.since];
            }
            button type="submit" { "Search" }
        }
        @if hits.is_empty() && !query.text.is_empty() {
            section.empty { h2 { "Nothing found" } p { "Try other words." } }
        }
        div.notes { @for hit in hits.iter() { (note_card(hit)) } }
    };
    Ok(layout::live(&cx, "Search", main))
}

async fn load_hits(ctx: Ctx, owner: Owner, query: SearchQuery) -> Result<Vec<NoteSummary>> {
    let (app, since) = (ctx.app(), query.since());
    match query.text.as_str() {
        "" => Ok(Vec::new()),
        text => {
            let hits = search::find_notes(&app.search, owner, text, since, query.limit).await?;
            Ok(hits.into_iter().map(|hit| hit.note.into()).collect())
        }
    }
}
