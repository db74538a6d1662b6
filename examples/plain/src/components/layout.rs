//! Where things stand: below each other, beside each other, in a grid, in a box.

use maud::{Markup, Render, html};

/// Below each other, with some space between.
pub fn stack(content: impl Render) -> Markup {
    html! { div.stack { (content) } }
}

/// Beside each other, as far as there is room.
pub fn row(content: impl Render) -> Markup {
    html! { div.row { (content) } }
}

/// In columns of the same width: as many as there is room for.
pub fn grid(content: impl Render) -> Markup {
    html! { div.grid { (content) } }
}

/// In a box.
pub fn card(content: impl Render) -> Markup {
    html! { div.card { (content) } }
}
