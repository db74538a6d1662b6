//! Calls of browser APIs from Rust.

use maud::html;
use stack_live::{Cx, Result};

use crate::components::{button::Button, input::Input, layout::row};
use crate::models::FieldErrors;

/// The key of the name in `localStorage`.
const NAME: &str = "name";

/// Clipboard, scrolling, a new tab, and a name in the browser's storage.
pub async fn browser(cx: Cx, (): ()) -> Result {
    let name = cx.use_state(String::new);
    cx.use_effect((), move |cx| async move {
        // The result of a browser call is untrusted, so errors are ignored and the text is truncated.
        if let Ok(Some(stored)) = cx.browser().stored(NAME).await {
            name.set(&cx, truncate(&stored));
        }
        Ok(())
    });
    let remember = cx.on(move |cx, event| {
        let new_name = truncate(event.field("name"));
        cx.browser().store(NAME, &new_name);
        name.set(cx, new_name);
    });
    let copy = cx.on_async(|cx, _| async move {
        match cx.browser().copy("cargo dev pave").await {
            Ok(()) => cx.flash("Copied: cargo dev pave"),
            Err(_) => cx.flash_error("Your browser does not allow access to the clipboard."),
        }
        Ok(())
    });
    let scroll = cx.on(|cx, _| cx.browser().scroll_to("#dates"));
    let open = cx.on(|cx, _| cx.browser().open_new_tab("/login"));

    let name = name.get(&cx);
    Ok(html! {
        form on:submit=(remember) {
            (Input::line("name", "Your name, stored in this browser").value(&name)
                .autocomplete("nickname").render(&FieldErrors::default()))
            div.row {
                (Button::new("Remember").secondary())
                p role="status" { @if !name.is_empty() { strong { "Hello, " (name) "!" } } }
            }
        }
        (row(html! {
            (Button::new("Copy a command").secondary().on_click(&copy))
            (Button::new("Scroll").secondary().on_click(&scroll))
            (Button::new("New tab").secondary().on_click(&open))
        }))
    })
}

/// The first 40 characters.
fn truncate(name: &str) -> String {
    name.trim().chars().take(40).collect()
}
