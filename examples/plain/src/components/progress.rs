//! Progress bars.

use maud::{Markup, html};

/// A progress bar from 0 to 100 percent; indeterminate without a number.
pub fn progress(label: &str, percent: Option<u8>) -> Markup {
    html! {
        label.progress {
            span { (label) @if let Some(percent) = percent { " " (percent) " %" } }
            progress max="100" value=[percent] {}
        }
    }
}
