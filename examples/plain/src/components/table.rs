//! Tables.

use maud::{Markup, html};
use stack_live::Handler;

/// A column.
#[derive(Clone, Copy)]
pub struct Column<'a> {
    /// What stands above it.
    pub title: &'a str,
    /// Numbers stand at the right, so that their digits are below each other.
    pub numeric: bool,
    /// For a table that can be sorted by it.
    pub sort: Option<Sort<'a>>,
}

/// How a table is sorted by a column.
#[derive(Clone, Copy)]
pub struct Sort<'a> {
    /// Sorts by the column whose number is in `data-id`, or turns the order round.
    pub handler: &'a Handler,
    /// The order, if the table is sorted by this column now.
    pub now: Option<Order>,
}

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// From small to large.
    Ascending,
    /// From large to small.
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

    /// One that can be sorted by.
    #[must_use]
    pub fn sorted(self, handler: &'a Handler, now: Option<Order>) -> Self {
        Self {
            sort: Some(Sort { handler, now }),
            ..self
        }
    }

    fn heading(&self, nth: usize) -> Markup {
        let order = self.sort.and_then(|sort| sort.now).map(|now| match now {
            Order::Ascending => "ascending",
            Order::Descending => "descending",
        });
        html! {
            th scope="col" class=[self.numeric.then_some("number")] aria-sort=[order] {
                @if let Some(sort) = self.sort {
                    button.quiet type="button" on:click=(sort.handler) data-id=(nth) { (self.title) }
                } @else {
                    (self.title)
                }
            }
        }
    }
}

/// A table that scrolls by itself where it is wider than the window. Each row is its key, which tells it from the
/// others when they are put into another order, and one cell a column.
pub fn table<const N: usize>(
    caption: &str,
    columns: [Column<'_>; N],
    rows: impl IntoIterator<Item = (String, [Markup; N])>,
) -> Markup {
    html! {
        // It takes the focus, so that the arrow keys scroll it.
        div.table role="region" aria-label=(caption) tabindex="0" {
            table {
                caption { (caption) }
                thead {
                    tr { @for (nth, column) in columns.iter().enumerate() { (column.heading(nth)) } }
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
    fn a_row_has_one_cell_a_column_and_carries_its_key() {
        let columns = [Column::text("Name"), Column::number("Size")];
        let row = ("7".to_owned(), [html! { "a<b" }, html! { (1) }]);
        let html = table("Files", columns, [row]).into_string();
        assert!(
            html.contains(r#"<tr data-key="7"><td>a&lt;b</td><td class="number">1</td></tr>"#),
            "{html}"
        );
    }
}
