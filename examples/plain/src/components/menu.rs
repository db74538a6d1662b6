//! Menus.

use maud::{Markup, Render, html};
use stack_live::{Command, Target};

/// A button that opens a menu, at once. `items` are buttons or links with `role="menuitem"` and `tabindex="-1"`. The menu
/// closes after a click on one of them, by Escape, and when the focus leaves it.
pub fn menu(id: &str, label: &str, items: impl Render) -> Markup {
    let toggle = Command::toggle(format!("#{id}").as_str()).then(Command::alternate(
        Target::this(),
        "aria-expanded",
        "true",
        "false",
    ));
    let close = close(id);
    let back = Command::focus(format!("#{id}-button").as_str()).then(close.clone());
    html! {
        // Focusable, so that a click beside an item does not leave it.
        div.menu tabindex="-1" do:keydown=(keys(id, back.clone())) do:blur=(Command::on_leave(close)) {
            button.secondary id={ (id) "-button" } type="button" aria-haspopup="menu" aria-expanded="false"
                aria-controls=(id) do:click=(toggle) { (label) }
            div #(id) role="menu" aria-labelledby={ (id) "-button" } do:click=(back) hidden { (items) }
        }
    }
}

fn close(id: &str) -> Command {
    Command::hide(format!("#{id}").as_str()).then(Command::set_attribute(
        format!("#{id}-button").as_str(),
        "aria-expanded",
        "false",
    ))
}

/// As https://www.w3.org/WAI/ARIA/apg/patterns/menu-button/ has them.
fn keys(id: &str, back: Command) -> Command {
    let items = format!("#{id} [role=menuitem]");
    let go = |key: &str, item: Target| {
        let open = Command::show(format!("#{id}").as_str()).then(Command::set_attribute(
            format!("#{id}-button").as_str(),
            "aria-expanded",
            "true",
        ));
        Command::on_key(key, open.then(Command::focus(item)))
    };
    go("ArrowDown", Target::focused().next(&items))
        .then(go("ArrowUp", Target::focused().previous(&items)))
        .then(Command::on_key("Escape", back))
}
