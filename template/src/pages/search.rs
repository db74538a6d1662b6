//! `/notes/search`: finding notes by what they say.

use maud::html;
use serde::Serialize;
use stack_live::{Ctx, Cx};

use super::{context::Context, layout};
use crate::{
    components::{form, note_card::note_card},
    error::{Error, Result},
    http::search::{Raw, SearchQuery},
    models::UserId,
    services::search::{self, Hit},
};

/// What the address bar says.
#[derive(Serialize)]
struct Address<'a> {
    q: &'a str,
    since: &'a str,
}

/// The search box, and what was found.
pub async fn page(cx: Cx) -> stack_live::Result {
    let user = cx.signed_in()?;
    let asked = SearchQuery::parse(&cx.query()?).map_err(Error::from)?;
    let query = cx.use_local(|| asked);
    let wrong = cx.use_local(|| None);
    let asked = query.get(&cx);
    let found = cx
        .use_load(asked.clone(), |ctx| find(ctx, user.id, asked.clone()))
        .await?;

    let search = cx.on(move |ctx, event| {
        let raw: Result<Raw, _> = event.form();
        match raw.ok().map(|raw| SearchQuery::parse(&raw)) {
            Some(Ok(asked)) => {
                let (q, since) = (event.field("q"), event.field("since"));
                ctx.set_query(&Address { q, since });
                wrong.set(ctx, None);
                query.set(ctx, asked);
            }
            Some(Err(errors)) => {
                let what = errors
                    .iter()
                    .map(|error| format!("{} {}", error.field, error.message));
                wrong.set(ctx, Some(what.collect::<Vec<_>>().join(", ")));
            }
            None => {}
        }
    });
    let main = html! {
        header.title {
            h1 { "Search" }
            a.button.secondary href="/notes" data-link { "All notes" }
        }
        (form::alert(wrong.get(&cx).as_deref()))
        form.search role="search" action="/notes/search" on:submit=(search) {
            div.field {
                label for="q" { "Search in your notes" }
                input #q name="q" type="search" maxlength="500" value=(asked.text) required;
            }
            div.field {
                label for="since" { "Written since" }
                input #since name="since" type="date" value=[asked.since];
            }
            button type="submit" { "Search" }
        }
        @if found.is_empty() && !asked.text.is_empty() {
            section.empty { h2 { "Nothing found" } p { "Other words may find it." } }
        }
        div.notes { @for hit in found.iter() { (note_card(&hit.note)) } }
    };
    Ok(layout::live(&cx, "Search", main))
}

async fn find(ctx: Ctx, owner: UserId, asked: SearchQuery) -> Result<Vec<Hit>> {
    match asked.text.as_str() {
        "" => Ok(Vec::new()),
        text => search::find(&ctx.app().search, owner, text, asked.since(), asked.limit).await,
    }
}
