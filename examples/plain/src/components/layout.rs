//! Layout: stacks, rows, grids and cards.

use maud::{Markup, Render, html};

/// Items below each other, with space between them.
pub fn stack(content: impl Render) -> Markup {
    html! { div.stack { (content) } }
}

/// Items side by side, which wrap if there is no room.
pub fn row(content: impl Render) -> Markup {
    html! { div.row { (content) } }
}

/// As many columns of the same width as there is room for.
pub fn grid(content: impl Render) -> Markup {
    html! { div.grid { (content) } }
}

/// A box.
pub fn card(content: impl Render) -> Markup {
    html! { div.card { (content) } }
}
