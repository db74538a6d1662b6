//! A table that is sorted by a click, and a pager below it.

use maud::html;
use serde::Deserialize;
use stack_live::{Cx, Result};

use crate::components::{
    pager::pager,
    table::{Column, Order, table},
};

/// Name, moons, and hours of a day.
const PLANETS: [(&str, u32, f32); 8] = [
    ("Mercury", 0, 4222.6),
    ("Venus", 0, 2802.0),
    ("Earth", 1, 24.0),
    ("Mars", 2, 24.7),
    ("Jupiter", 97, 9.9),
    ("Saturn", 274, 10.7),
    ("Uranus", 28, 17.2),
    ("Neptune", 16, 16.1),
];

/// Rows of a page.
const ROWS: usize = 4;

/// The query of the page: which part of the table is shown.
#[derive(Deserialize)]
struct Shown {
    page: usize,
}

/// All planets. The page of the table is in the address, so that back leads back.
pub async fn planets(cx: Cx, (): ()) -> Result {
    let sorted = cx.use_state(|| (0_usize, true));
    let sort = cx.on(move |cx, event| {
        let column = event.data("id").parse().unwrap_or_default();
        sorted.update(cx, |sorted| {
            *sorted = (column, sorted.0 != column || !sorted.1);
        });
    });

    let (by, ascending) = sorted.get(&cx);
    let mut planets = PLANETS;
    match by {
        1 => planets.sort_by_key(|planet| planet.1),
        2 => planets.sort_by(|one, other| one.2.total_cmp(&other.2)),
        _ => planets.sort_by_key(|planet| planet.0),
    }
    let order = if ascending {
        Order::Ascending
    } else {
        planets.reverse();
        Order::Descending
    };
    let last = PLANETS.len() / ROWS;
    let page = cx.query::<Shown>().map_or(1, |shown| shown.page);
    let page = page.clamp(1, last);
    let link = |page: usize| format!("/components?page={page}#table");
    let (before, after) = (
        (page > 1).then(|| link(page - 1)),
        (page < last).then(|| link(page + 1)),
    );

    let now = |column: usize| (by == column).then_some(order);
    let columns = [
        Column::text("Name").sorted(&sort, now(0)),
        Column::number("Moons").sorted(&sort, now(1)),
        Column::number("Hours of a day").sorted(&sort, now(2)),
    ];
    let rows = planets.iter().skip((page - 1) * ROWS).take(ROWS);
    let rows = rows.map(|(name, moons, hours)| {
        let cells = [html! { (name) }, html! { (moons) }, html! { (hours) }];
        ((*name).to_owned(), cells)
    });
    Ok(html! {
        (table("Planets", columns, rows))
        (pager(before.as_deref(), after.as_deref()))
    })
}
