//! How far something is.

use maud::{Markup, html};

/// A bar, from 0 to 100; without a number it only says that something is going on.
pub fn progress(label: &str, percent: Option<u8>) -> Markup {
    html! {
        label.progress {
            span { (label) @if let Some(percent) = percent { " " (percent) " %" } }
            progress max="100" value=[percent] {}
        }
    }
}
