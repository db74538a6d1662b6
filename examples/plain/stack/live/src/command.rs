//! What a page does in the browser without asking the server: opening, hiding, moving the focus, copying.
//!
//! A [`Command`] goes into an attribute such as `do:click`, as data; `client/commands.js` interprets it, and nothing is
//! evaluated. It runs at once, also while there is no connection, and before an event of the same element is sent. What it
//! has changed outlives patches, until the server changes its mind about the same attribute, class or text.

mod target;
mod text;

use std::time::Duration;

use maud::Render;
use serde::Serialize;
use serde_json::{Value, json};

pub use target::Target;
pub use text::Text;

/// Steps that the browser takes one after another: `button do:click=(Command::toggle("#menu"))`. Targets are selectors
/// within the page, which mean every element that they find, or ways from the element itself, see [`Target`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Command(Vec<Value>);

impl Command {
    fn step(step: Value) -> Self {
        Self(vec![step])
    }

    /// This command, and `next` after it.
    #[must_use]
    pub fn then(mut self, next: Self) -> Self {
        self.0.extend(next.0);
        self
    }

    /// Removes the attribute `hidden`.
    pub fn show(target: impl Into<Target>) -> Self {
        Self::remove_attribute(target, "hidden")
    }

    /// Sets the attribute `hidden`.
    pub fn hide(target: impl Into<Target>) -> Self {
        Self::set_attribute(target, "hidden", "")
    }

    /// Shows what is hidden, and hides what is shown.
    pub fn toggle(target: impl Into<Target>) -> Self {
        Self::toggle_attribute(target, "hidden")
    }

    /// Adds a class.
    pub fn add_class(target: impl Into<Target>, class: &str) -> Self {
        Self::set_attribute(target, &format!(".{class}"), "")
    }

    /// Removes a class.
    pub fn remove_class(target: impl Into<Target>, class: &str) -> Self {
        Self::remove_attribute(target, &format!(".{class}"))
    }

    /// Adds a class where it is not, and removes it where it is.
    pub fn toggle_class(target: impl Into<Target>, class: &str) -> Self {
        Self::toggle_attribute(target, &format!(".{class}"))
    }

    /// Sets an attribute.
    pub fn set_attribute(target: impl Into<Target>, name: &str, value: &str) -> Self {
        Self::step(json!(["set", target.into(), name, value]))
    }

    /// Removes an attribute.
    pub fn remove_attribute(target: impl Into<Target>, name: &str) -> Self {
        Self::step(json!(["set", target.into(), name, null]))
    }

    /// Adds an attribute without a value, or removes it. For `aria-…`, which is never left out, there is
    /// [`alternate`](Self::alternate).
    pub fn toggle_attribute(target: impl Into<Target>, name: &str) -> Self {
        Self::step(json!(["set", target.into(), name, "", null]))
    }

    /// Gives an attribute the first of two values, or the second one if it has the first:
    /// `Command::alternate(Target::this(), "aria-expanded", "true", "false")`.
    pub fn alternate(target: impl Into<Target>, name: &str, one: &str, other: &str) -> Self {
        Self::step(json!(["set", target.into(), name, one, other]))
    }

    /// Opens a `dialog` (as a modal one), `details`, or an element with `popover`.
    pub fn open(target: impl Into<Target>) -> Self {
        Self::step(json!(["open", target.into(), true]))
    }

    /// Closes what [`open`](Self::open) opens.
    pub fn close(target: impl Into<Target>) -> Self {
        Self::step(json!(["open", target.into(), false]))
    }

    /// Opens what is closed, and closes what is open.
    pub fn toggle_open(target: impl Into<Target>) -> Self {
        Self::step(json!(["open", target.into()]))
    }

    /// Puts the focus on an element.
    pub fn focus(target: impl Into<Target>) -> Self {
        Self::step(json!(["focus", target.into()]))
    }

    /// Selects the text of a field.
    pub fn select(target: impl Into<Target>) -> Self {
        Self::step(json!(["select", target.into()]))
    }

    /// Clicks on an element, with everything that a click does.
    pub fn click(target: impl Into<Target>) -> Self {
        Self::step(json!(["click", target.into()]))
    }

    /// Submits a form, after its fields were checked by the browser.
    pub fn submit(target: impl Into<Target>) -> Self {
        Self::step(json!(["requestSubmit", target.into()]))
    }

    /// Puts the fields of a form back to how they began. With an event of the same form, [`send`](Self::send) goes before.
    pub fn reset(target: impl Into<Target>) -> Self {
        Self::step(json!(["reset", target.into()]))
    }

    /// Scrolls until an element is in view: smoothly, unless the person wants less motion.
    pub fn scroll_to(target: impl Into<Target>) -> Self {
        Self::step(json!(["scroll", target.into()]))
    }

    /// Puts a text on the clipboard. What follows is done when the browser has allowed it, and not otherwise.
    pub fn copy(text: impl Into<Text>) -> Self {
        Self::step(json!(["copy", text.into()]))
    }

    /// Puts a text into an element that holds nothing but text.
    pub fn text(target: impl Into<Target>, text: impl Into<Text>) -> Self {
        Self::step(json!(["set", target.into(), "#text", text.into()]))
    }

    /// Puts a text into a field, as if it had been typed: handlers of `input` hear of it.
    pub fn value(target: impl Into<Target>, text: impl Into<Text>) -> Self {
        Self::step(json!(["value", target.into(), text.into()]))
    }

    /// Dispatches a `CustomEvent`, for elements with code of their own. What cannot be JSON arrives as `null`.
    pub fn dispatch(target: impl Into<Target>, name: &str, detail: impl Serialize) -> Self {
        Self::step(json!([
            "dispatch",
            target.into(),
            name,
            json_or_null(detail)
        ]))
    }

    /// Does what follows after a while.
    pub fn wait(duration: Duration) -> Self {
        let milliseconds = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Self::step(json!(["wait", milliseconds]))
    }

    /// Sends the event to the server's handler now. Without this step it is sent after the last one.
    pub fn send() -> Self {
        Self::step(json!(["send"]))
    }

    /// Does not do what the browser does by itself, such as following a link.
    pub fn prevent_default() -> Self {
        Self::step(json!(["prevent"]))
    }

    /// Keeps the event from handlers of the elements around this one.
    pub fn stop() -> Self {
        Self::step(json!(["stop"]))
    }

    /// For `do:keydown`: a command for one key, in the place of what the browser does with it. Keys are named as by
    /// `KeyboardEvent.key`, with modifiers in this order: `Enter`, `Ctrl+Alt+Shift+Meta+k`.
    pub fn on_key(key: &str, command: Self) -> Self {
        Self::step(json!(["key", key, command.0]))
    }

    /// For `do:blur`: a command for when the focus goes to nothing within the element any more.
    pub fn on_leave(command: Self) -> Self {
        Self::step(json!(["leave", command.0]))
    }

    /// Shows already what the server is expected to say. What this command changes is undone when the event of the same
    /// element is done, except where the server has changed the same.
    #[must_use]
    pub fn optimistic(self) -> Self {
        Self::step(json!(["expect", self.0]))
    }
}

fn json_or_null(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

impl Render for Command {
    /// As JSON without `<` and `>`, which browsers write differently in attributes.
    fn render_to(&self, buffer: &mut String) {
        let text = Value::from(self.0.as_slice()).to_string();
        text.replace('<', "\\u003c")
            .replace('>', "\\u003e")
            .render_to(buffer);
    }
}
