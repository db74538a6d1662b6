//! Tabs.

use maud::{Markup, html};
use stack_live::{Command, Target};

/// Tabs with a label and a content each, of which the first is shown. `id` is the prefix of their ids, `title` is read to
/// those who cannot see them. A tab is chosen at once, by a click or the arrow keys, and stays so until the page is left.
pub fn tabs<const N: usize>(id: &str, title: &str, tabs: [(&str, Markup); N]) -> Markup {
    html! {
        div.tabs #(id) {
            div role="tablist" aria-label=(title) do:keydown=(keys(id)) {
                @for (number, (label, _)) in tabs.iter().enumerate() {
                    button.quiet id={ (id) "-tab-" (number) } type="button" role="tab"
                        aria-selected=(number == 0) aria-controls={ (id) "-panel-" (number) }
                        tabindex=(if number == 0 { 0 } else { -1 }) do:click=(choose(id, number)) { (label) }
                }
            }
            @for (number, (_, content)) in tabs.iter().enumerate() {
                div id={ (id) "-panel-" (number) } role="tabpanel" tabindex="0"
                    aria-labelledby={ (id) "-tab-" (number) } hidden[number > 0] { (content) }
            }
        }
    }
}

fn choose(id: &str, number: usize) -> Command {
    let all = format!("#{id} > [role=tablist] > *");
    Command::set_attribute(&all, "aria-selected", "false")
        .then(Command::set_attribute(&all, "tabindex", "-1"))
        .then(Command::set_attribute(
            Target::this(),
            "aria-selected",
            "true",
        ))
        .then(Command::set_attribute(Target::this(), "tabindex", "0"))
        .then(Command::hide(format!("#{id} > [role=tabpanel]").as_str()))
        .then(Command::show(format!("#{id}-panel-{number}").as_str()))
}

/// As https://www.w3.org/WAI/ARIA/apg/patterns/tabs/ has them.
fn keys(id: &str) -> Command {
    let all = format!("#{id} > [role=tablist] > *");
    let go = |key: &str, target: Target| {
        let chosen = Command::focus(target).then(Command::click(Target::focused()));
        Command::on_key(key, chosen)
    };
    go("ArrowRight", Target::focused().next(&all))
        .then(go("ArrowLeft", Target::focused().previous(&all)))
        .then(go("Home", Target::from(&format!("{all}:first-child"))))
        .then(go("End", Target::from(&format!("{all}:last-child"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_tab_is_chosen_and_its_content_shown() {
        let page = tabs(
            "t",
            "Views",
            [("One", html! { "1" }), ("Two", html! { "2" })],
        );
        let html = page.into_string();
        assert_eq!(html.matches(r#"aria-selected="true""#).count(), 1, "{html}");
        assert!(
            html.contains(r#"aria-labelledby="t-tab-1" hidden>2<"#),
            "{html}"
        );
    }
}
