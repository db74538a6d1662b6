//! `/dashboard`: statistics of the user's notes, a chart that is an element of its own, and a slow query that nothing
//! waits for.

use std::time::Duration;

use maud::html;
use stack_live::{Cx, Reload, Result};

use super::{context::Context, layout};
use crate::{
    components::{
        date::date,
        layout::{card, grid},
        progress::progress,
        table::{Column, table},
        tabs::tabs,
    },
    models::Owner,
    repositories::reports,
    services,
};

/// How often the totals are loaded again.
const REFRESH: Duration = Duration::from_secs(10);

/// How many words are shown.
const WORDS: i64 = 10;

/// The page. Each part that changes is a component of its own, so only that component renders again.
pub async fn page(cx: Cx) -> Result {
    let owner = cx.signed_in()?.owner();
    let main = html! {
        header.title { h1 { "Dashboard" } }
        (cx.child(numbers, owner).await?)
        // Both reports are on the page: to change the tab is a command, which asks no server.
        (tabs("reports", "Reports", [
            ("Notes per day", cx.child(chart, owner).await?),
            ("Words", cx.child(words, owner).await?),
        ]))
    };
    Ok(layout::live(&cx, "Dashboard", main))
}

/// Loads again whenever a note changes.
fn follow_notes(cx: &Cx, owner: Owner, reload: Reload) {
    cx.subscribe(&services::notes::topic(owner), move |ctx, ()| {
        reload.reload(ctx);
    });
}

/// The totals, which are also loaded again periodically.
async fn numbers(cx: Cx, owner: Owner) -> Result {
    let totals = cx
        .use_load(owner, move |ctx| async move {
            reports::totals(ctx.app().db.pool(), owner).await
        })
        .await?;
    let reload = totals.reloading();
    follow_notes(&cx, owner, reload);
    cx.use_effect((), move |ctx| async move {
        loop {
            tokio::time::sleep(REFRESH).await;
            reload.reload(&ctx);
        }
    });
    Ok(grid(html! {
        (card(html! { p.total #notes { (totals.notes) } p.soft { "notes" } }))
        (card(html! { p.total #characters { (totals.characters) } p.soft { "characters" } }))
    }))
}

/// The last days. `static/elements/bar-chart.js` draws them; the table is there for those who cannot see that, and without
/// a script.
async fn chart(cx: Cx, owner: Owner) -> Result {
    let days = cx
        .use_load(owner, move |ctx| async move {
            reports::days(ctx.app().db.pool(), owner).await
        })
        .await?;
    follow_notes(&cx, owner, days.reloading());
    let bars = days
        .iter()
        .map(|day| (day.day.date().to_string(), day.notes));
    let bars: Vec<(String, i64)> = bars.collect();
    let columns = [Column::text("Day"), Column::number("Notes")];
    let rows = days.iter().rev().map(|day| {
        let cells = [date(day.day), html! { (day.notes) }];
        (day.day.date().to_string(), cells)
    });
    Ok(html! {
        bar-chart data-bars=(serde_json::to_string(&bars)?) aria-label="Notes per day" {
            details { summary { "As a table" } (table("Notes per day", columns, rows)) }
        }
    })
}

/// A slow query. The page is there at once, with a progress bar in the place of the result.
async fn words(cx: Cx, owner: Owner) -> Result {
    let found = cx.use_later(owner, move |ctx| async move {
        reports::words(ctx.app().db.pool(), owner, WORDS).await
    });
    follow_notes(&cx, owner, found.reloading());
    let waiting = match found.has_failed() {
        true => html! { p { "The words could not be counted." } },
        false => progress("Counting words", None),
    };
    Ok(found.show(waiting, |words| {
        let columns = [Column::text("Word"), Column::number("Uses")];
        let rows = words.iter().map(|word| {
            let cells = [html! { (word.word) }, html! { (word.uses) }];
            (word.word.clone(), cells)
        });
        table("Words that you use", columns, rows)
    }))
}
