//! `/dashboard`: statistics of the user's notes, a chart, and a slow query that does not delay the page.

use std::time::Duration;

use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use stack_live::{Cx, Result};
use time::OffsetDateTime;

use super::{context::Context, layout};
use crate::{
    components::{
        button::Button,
        date::date,
        dialog::dialog,
        layout::{card, grid},
        progress::progress,
        section::section,
        table::{Column, table},
    },
    repositories::reports::{self, Day, Word},
    services,
};

/// How often the statistics are loaded again.
const REFRESH: Duration = Duration::from_secs(10);

/// How many words are shown.
const WORDS: i64 = 10;

/// Width and height of the chart, in its own units.
const WIDTH: i64 = 700;
const HEIGHT: i64 = 160;

/// The report below the statistics. It is in the URL, so a reload shows the same one.
#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Tab {
    #[default]
    Days,
    Words,
}

/// `?tab=`
#[derive(Default, Serialize, Deserialize)]
struct Query {
    #[serde(default)]
    tab: Tab,
}

/// The page. Each part that changes is a component of its own, so only that component renders again.
pub async fn page(cx: Cx) -> Result {
    cx.signed_in()?;
    let Query { tab: shown } = cx.query().unwrap_or_default();
    let choose = cx.on(|ctx, event| {
        let tab = if event.data("tab") == "words" {
            Tab::Words
        } else {
            Tab::Days
        };
        ctx.push_query(&Query { tab });
    });
    let main = html! {
        header.title { h1 { "Dashboard" } }
        (cx.child(numbers, ()).await?)
        // Without JavaScript these are links to the same page with another tab.
        nav.tabs aria-label="Reports" {
            @for (value, name, is_shown) in [
                ("days", "Notes per day", shown == Tab::Days),
                ("words", "Words", shown == Tab::Words),
            ] {
                a href={ "/dashboard?tab=" (value) } data-tab=(value) on:click=(choose)
                    aria-current=[is_shown.then_some("page")] { (name) }
            }
        }
        @if shown == Tab::Days {
            (section("days", "The last two weeks", cx.child(chart, ()).await?))
        } @else {
            (section("words", "Words that you use", cx.child(words, ()).await?))
        }
    };
    Ok(layout::live(&cx, "Dashboard", main))
}

/// Statistics, which are loaded again periodically, and whenever a note changes.
async fn numbers(cx: Cx, (): ()) -> Result {
    let owner = cx.signed_in()?.owner();
    let totals = cx
        .use_load((), |ctx| async move {
            reports::totals(ctx.app().db.pool(), owner).await
        })
        .await?;
    let reload = totals.reloading();
    cx.subscribe(&services::notes::topic(owner), move |ctx, ()| {
        reload.reload(ctx);
    });
    cx.use_effect((), move |ctx| async move {
        loop {
            tokio::time::sleep(REFRESH).await;
            reload.reload(&ctx);
        }
    });
    Ok(grid(html! {
        (card(html! { p.number #notes { (totals.notes) } p.soft { "notes" } }))
        (card(html! { p.number #characters { (totals.characters) } p.soft { "characters" } }))
    }))
}

/// A bar chart, rendered by the server, and a dialog with the same data.
async fn chart(cx: Cx, (): ()) -> Result {
    let owner = cx.signed_in()?.owner();
    let days = cx
        .use_load((), |ctx| async move {
            reports::days(ctx.app().db.pool(), owner).await
        })
        .await?;
    let open = cx.use_state(|| false);
    let show = cx.on(move |ctx, _| open.set(ctx, true));
    Ok(html! {
        (bars(&days))
        div.row { (Button::new("As a table").secondary().on_click(&show)) }
        (dialog(&cx, open, "Notes per day", day_table(&days)))
    })
}

/// Positions and sizes are attributes, colours are in `static/dashboard.css`: the Content-Security-Policy allows no inline styles.
fn bars(days: &[Day]) -> Markup {
    let most = days.iter().map(|day| day.notes).max().unwrap_or(0).max(1);
    let step = WIDTH / i64::try_from(days.len().max(1)).unwrap_or(WIDTH);
    html! {
        svg.chart viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label="Notes per day" {
            @for (day, x) in days.iter().zip((0..).step_by(usize::try_from(step).unwrap_or(1))) {
                @let height = day.notes * HEIGHT / most;
                rect x=(x) y=(HEIGHT - height) width=(step - 6) height=(height) rx="3" {
                    title { (day_name(day.day)) ": " (day.notes) }
                }
            }
            line x1="0" y1=(HEIGHT) x2=(WIDTH) y2=(HEIGHT) {}
        }
    }
}

fn day_table(days: &[Day]) -> Markup {
    let columns = [Column::text("Day"), Column::number("Notes")];
    let rows = days.iter().rev().map(|day| {
        let cells = [date(day.day), html! { (day.notes) }];
        (day_name(day.day), cells)
    });
    table("Notes per day", columns, rows)
}

fn day_name(day: OffsetDateTime) -> String {
    day.date().to_string()
}

/// A slow query. The page first shows a progress bar; an effect runs the query and replaces the bar with the result.
async fn words(cx: Cx, (): ()) -> Result {
    let owner = cx.signed_in()?.owner();
    let found = cx.use_local(|| None::<Vec<Word>>);
    cx.use_effect((), move |ctx| async move {
        let words = reports::words(ctx.app().db.pool(), owner, WORDS).await?;
        found.set(&ctx, Some(words));
        Ok(())
    });
    let columns = [Column::text("Word"), Column::number("Uses")];
    Ok(match &*found.read(&cx) {
        None => progress("Counting words", None),
        Some(words) => {
            let rows = words.iter().map(|word| {
                let cells = [html! { (word.word) }, html! { (word.uses) }];
                (word.word.clone(), cells)
            });
            table("Words", columns, rows)
        }
    })
}
