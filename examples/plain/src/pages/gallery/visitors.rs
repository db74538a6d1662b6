//! Who else is looking at this page, see docs/presence.md.

use maud::html;
use stack_live::{Cx, Result};

/// The others, in every process of the application. The key is a state, so that a visitor whose connection breaks comes
/// back as the same one.
pub async fn visitors(cx: Cx, (): ()) -> Result {
    let me = cx.use_state(|| uuid::Uuid::now_v7().simple().to_string());
    let me = me.get(&cx);
    let name = format!("Guest {}", me.get(28..).unwrap_or_default());
    let mut others = cx.use_presence("components", &me, name.clone());
    others.remove(&me);
    Ok(html! {
        p { "You are " strong { (name) } ". Open this page in another window as well." }
        @if others.is_empty() {
            p.soft { "Nobody else is here." }
        } @else {
            p { "Also here:" }
            ul.visitors { @for (key, name) in &others { li data-key=(key) { (name) } } }
        }
    })
}
