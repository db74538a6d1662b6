//! Buttons.

use maud::{Markup, Render, html};
use stack_live::{Command, Handler};

/// A button. Without a handler or a command it submits its form.
///
/// ```ignore
/// (Button::new("Delete").danger().on_click(&delete))
/// ```
#[derive(Clone, Default)]
pub struct Button<'a> {
    label: &'a str,
    class: Option<&'static str>,
    on_click: Option<&'a Handler>,
    command: Option<&'a Command>,
    disabled: bool,
    confirm: Option<&'a str>,
    id: Option<&'a str>,
}

impl<'a> Button<'a> {
    /// The primary action: at most one per page or form.
    pub fn new(label: &'a str) -> Self {
        Self {
            label,
            ..Self::default()
        }
    }

    /// A secondary action.
    #[must_use]
    pub fn secondary(self) -> Self {
        Self {
            class: Some("secondary"),
            ..self
        }
    }

    /// Without border and background.
    #[must_use]
    pub fn quiet(self) -> Self {
        Self {
            class: Some("quiet"),
            ..self
        }
    }

    /// An action that cannot be undone.
    #[must_use]
    pub fn danger(self) -> Self {
        Self {
            class: Some("danger"),
            ..self
        }
    }

    /// The handler of a click.
    #[must_use]
    pub fn on_click(self, handler: &'a Handler) -> Self {
        Self {
            on_click: Some(handler),
            ..self
        }
    }

    /// What a click does without asking the server, before its handler.
    #[must_use]
    pub fn command(self, command: &'a Command) -> Self {
        Self {
            command: Some(command),
            ..self
        }
    }

    /// Disables the button.
    #[must_use]
    pub fn disabled(self, disabled: bool) -> Self {
        Self { disabled, ..self }
    }

    /// The question that the browser asks before it calls the handler.
    #[must_use]
    pub fn confirm(self, question: &'a str) -> Self {
        Self {
            confirm: Some(question),
            ..self
        }
    }

    /// The value of `event.data("id")` in the handler, for a handler of several buttons.
    #[must_use]
    pub fn id(self, id: &'a str) -> Self {
        Self {
            id: Some(id),
            ..self
        }
    }
}

impl Render for Button<'_> {
    fn render(&self) -> Markup {
        let submits = self.on_click.is_none() && self.command.is_none();
        let kind = if submits { "submit" } else { "button" };
        html! {
            button class=[self.class] type=(kind) do:click=[self.command] on:click=[self.on_click] disabled[self.disabled]
                data-confirm=[self.confirm] data-id=[self.id] { (self.label) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_without_a_handler_or_a_command_submits_its_form() {
        let html = Button::new("Save <3").render().into_string();
        assert_eq!(html, r#"<button type="submit">Save &lt;3</button>"#);
        let html = Button::new("No").danger().disabled(true).render();
        assert!(html.into_string().contains(r#"class="danger""#));
        let help = Command::show("#help");
        let html = Button::new("Help").command(&help).render().into_string();
        assert!(
            html.starts_with(r#"<button type="button" do:click="#),
            "{html}"
        );
    }
}
