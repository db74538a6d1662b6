//! Buttons.

use maud::{Markup, Render, html};
use stack_live::Handler;

/// Something to click. Without a handler it sends the form that it stands in.
///
/// ```ignore
/// (Button::new("Delete").danger().on_click(&delete))
/// ```
#[derive(Clone, Default)]
pub struct Button<'a> {
    label: &'a str,
    look: &'static str,
    click: Option<&'a Handler>,
    disabled: bool,
    confirm: Option<&'a str>,
    data: Option<&'a str>,
}

impl<'a> Button<'a> {
    /// What most people come for: one of these a page, or a form.
    pub fn new(label: &'a str) -> Self {
        Self {
            label,
            ..Self::default()
        }
    }

    /// What stands beside it.
    #[must_use]
    pub fn secondary(self) -> Self {
        Self {
            look: "secondary",
            ..self
        }
    }

    /// No more than its text.
    #[must_use]
    pub fn quiet(self) -> Self {
        Self {
            look: "quiet",
            ..self
        }
    }

    /// What cannot be undone.
    #[must_use]
    pub fn danger(self) -> Self {
        Self {
            look: "danger",
            ..self
        }
    }

    /// What happens.
    #[must_use]
    pub fn on_click(self, handler: &'a Handler) -> Self {
        Self {
            click: Some(handler),
            ..self
        }
    }

    /// Cannot be clicked for now.
    #[must_use]
    pub fn disabled(self, disabled: bool) -> Self {
        Self { disabled, ..self }
    }

    /// What the browser asks before.
    #[must_use]
    pub fn confirm(self, question: &'a str) -> Self {
        Self {
            confirm: Some(question),
            ..self
        }
    }

    /// What the handler reads by `event.data("id")`, where one handler serves many buttons.
    #[must_use]
    pub fn id(self, id: &'a str) -> Self {
        Self {
            data: Some(id),
            ..self
        }
    }
}

impl Render for Button<'_> {
    fn render(&self) -> Markup {
        let look = (!self.look.is_empty()).then_some(self.look);
        let kind = self.click.map_or("submit", |_| "button");
        html! {
            button class=[look] type=(kind) on:click=[self.click] disabled[self.disabled]
                data-confirm=[self.confirm] data-id=[self.data] { (self.label) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_without_a_handler_sends_its_form() {
        let html = Button::new("Save <3").render().into_string();
        assert_eq!(html, r#"<button type="submit">Save &lt;3</button>"#);
        let html = Button::new("No").danger().disabled(true).render();
        assert!(html.into_string().contains(r#"class="danger""#));
    }
}
