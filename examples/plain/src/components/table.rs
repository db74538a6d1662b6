//! Tables.

use maud::{Markup, html};
use stack_live::Handler;

/// A column.
#[derive(Clone, Copy)]
pub struct Column<'a> {
    /// The heading.
    pub title: &'a str,
    /// Whether it is right-aligned, for numbers.
    pub numeric: bool,
    /// Set if the table can be sorted by this column.
    pub sort: Option<Sort<'a>>,
}

/// How a table is sorted by a column.
#[derive(Clone, Copy)]
pub struct Sort<'a> {
    /// The handler of a click on the heading. `event.data("id")` is the index of the column.
    pub handler: &'a Handler,
    /// The order, if the table is sorted by this column.
    pub order: Option<Order>,
}

/// The order of a sorted column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

impl<'a> Column<'a> {
    /// A column of text.
    pub fn text(title: &'a str) -> Self {
        Self {
            title,
            numeric: false,
            sort: None,
        }
    }

    /// A column of numbers.
    pub fn number(title: &'a str) -> Self {
        Self {
            numeric: true,
            ..Self::text(title)
        }
    }

    /// Makes the table sortable by this column.
    #[must_use]
    pub fn sortable(self, handler: &'a Handler, order: Option<Order>) -> Self {
        Self {
            sort: Some(Sort { handler, order }),
            ..self
        }
    }

    fn heading(&self, index: usize) -> Markup {
        let order = self.sort.and_then(|sort| sort.order);
        let order = order.map(|order| match order {
            Order::Ascending => "ascending",
            Order::Descending => "descending",
        });
        html! {
            th scope="col" class=[self.numeric.then_some("number")] aria-sort=[order] {
                @if let Some(sort) = self.sort {
                    button.quiet type="button" on:click=(sort.handler) data-id=(index) { (self.title) }
                } @else {
                    (self.title)
                }
            }
        }
    }
}

/// A table, which scrolls horizontally if it is wider than the window. A row has a unique key, which identifies it when the
/// order of the rows changes, and one cell per column.
pub fn table<const N: usize>(
    caption: &str,
    columns: [Column<'_>; N],
    rows: impl IntoIterator<Item = (String, [Markup; N])>,
) -> Markup {
    html! {
        // Focusable, so that the arrow keys can scroll it.
        div.table role="region" aria-label=(caption) tabindex="0" {
            table {
                caption { (caption) }
                thead {
                    tr {
                        @for (index, column) in columns.iter().enumerate() { (column.heading(index)) }
                    }
                }
                tbody {
                    @for (key, cells) in rows {
                        tr data-key=(key) {
                            @for (column, cell) in columns.iter().zip(&cells) {
                                td class=[column.numeric.then_some("number")] { (cell) }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_its_key_and_one_cell_per_column() {
        let columns = [Column::text("Name"), Column::number("Size")];
        let row = ("7".to_owned(), [html! { "a<b" }, html! { (1) }]);
        let html = table("Files", columns, [row]).into_string();
        assert!(
            html.contains(r#"<tr data-key="7"><td>a&lt;b</td><td class="number">1</td></tr>"#),
            "{html}"
        );
    }
}
