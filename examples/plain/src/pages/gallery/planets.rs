//! A sortable table with pagination.

use maud::html;
use serde::{Deserialize, Serialize};
use stack_live::{Cx, Result};

use crate::components::{
    pager::pager,
    table::{Column, Order, table},
};

/// Name, moons, and length of a day in hours.
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

/// Rows per page.
const ROWS: usize = 4;

/// The query of the URL: the page from 1, the index of the sorted column, and its order.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct View {
    page: usize,
    by: usize,
    descending: bool,
}

impl Default for View {
    fn default() -> Self {
        Self {
            page: 1,
            by: 0,
            descending: false,
        }
    }
}

impl View {
    /// The URL of another page.
    fn link(&self, page: usize) -> String {
        let view = Self {
            page,
            ..self.clone()
        };
        let query = serde_urlencoded::to_string(view).unwrap_or_default();
        format!("/components?{query}#table")
    }
}

/// All planets. Page and order are in the URL, so the back button works, and the view can be shared as a link.
pub async fn planets(cx: Cx, (): ()) -> Result {
    let view: View = cx.query().unwrap_or_default();
    let sort = cx.on(|cx, event| {
        let by = event.data("id").parse().unwrap_or_default();
        let view: View = cx.query().unwrap_or_default();
        let descending = view.by == by && !view.descending;
        cx.push_query(&View {
            page: 1,
            by,
            descending,
        });
    });

    let mut planets = PLANETS;
    match view.by {
        1 => planets.sort_by_key(|planet| planet.1),
        2 => planets.sort_by(|a, b| a.2.total_cmp(&b.2)),
        _ => planets.sort_by_key(|planet| planet.0),
    }
    let order = if view.descending {
        planets.reverse();
        Order::Descending
    } else {
        Order::Ascending
    };
    let last = PLANETS.len() / ROWS;
    let page = view.page.clamp(1, last);
    let previous = (page > 1).then(|| view.link(page - 1));
    let next = (page < last).then(|| view.link(page + 1));

    let order_of = |column: usize| (view.by == column).then_some(order);
    let columns = [
        Column::text("Name").sortable(&sort, order_of(0)),
        Column::number("Moons").sortable(&sort, order_of(1)),
        Column::number("Hours per day").sortable(&sort, order_of(2)),
    ];
    let rows = planets.iter().skip((page - 1) * ROWS).take(ROWS);
    let rows = rows.map(|(name, moons, hours)| {
        let cells = [html! { (name) }, html! { (moons) }, html! { (hours) }];
        ((*name).to_owned(), cells)
    });
    Ok(html! {
        (table("Planets", columns, rows))
        (pager(previous.as_deref(), next.as_deref()))
    })
}
