//! A table that is sorted by a click, and a pager below it.

use maud::html;
use serde::{Deserialize, Serialize};
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

/// Which part of the table is shown, and in which order.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Shown {
    page: usize,
    by: usize,
    down: bool,
}

impl Default for Shown {
    fn default() -> Self {
        Self {
            page: 1,
            by: 0,
            down: false,
        }
    }
}

impl Shown {
    /// The address of another part.
    fn link(&self, page: usize) -> String {
        let shown = Self {
            page,
            ..self.clone()
        };
        let query = serde_urlencoded::to_string(shown).unwrap_or_default();
        format!("/components?{query}#table")
    }
}

/// All planets. What is shown of them is in the address, so that back leads back, and a link leads others here.
pub async fn planets(cx: Cx, (): ()) -> Result {
    let shown = cx.use_state(|| cx.query::<Shown>().unwrap_or_default());
    let sort = cx.on(move |cx, event| {
        let by = event.data("id").parse().unwrap_or_default();
        shown.update(cx, |shown| {
            let down = shown.by == by && !shown.down;
            *shown = Shown { page: 1, by, down };
        });
        cx.set_query(&shown.get(cx));
    });

    let shown = shown.get(&cx);
    let mut planets = PLANETS;
    match shown.by {
        1 => planets.sort_by_key(|planet| planet.1),
        2 => planets.sort_by(|one, other| one.2.total_cmp(&other.2)),
        _ => planets.sort_by_key(|planet| planet.0),
    }
    let order = if shown.down {
        planets.reverse();
        Order::Descending
    } else {
        Order::Ascending
    };
    let last = PLANETS.len() / ROWS;
    let page = shown.page.clamp(1, last);
    let before = (page > 1).then(|| shown.link(page - 1));
    let after = (page < last).then(|| shown.link(page + 1));

    let now = |column: usize| (shown.by == column).then_some(order);
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
