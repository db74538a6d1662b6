//! What is done without asking the server, see docs/client-side.md.

use std::time::Duration;

use maud::html;
use stack_live::{Command, Cx, Result, Target, Text};

use crate::components::{
    button::Button,
    dialog::{close, modal},
    layout::{card, row},
    menu::menu,
    tabs::tabs,
};

/// Tabs, a menu, a dialog, the clipboard, and a number that is shown before the server has confirmed it.
pub async fn instant(cx: Cx, (): ()) -> Result {
    let (likes, emptied) = (cx.use_state(|| 5_u32), cx.use_state(|| false));
    let like = cx.on(move |cx, _| likes.update(cx, |likes| *likes += 1));
    let empty = cx.on(move |cx, _| emptied.set(cx, true));

    let likes = likes.get(&cx);
    let one_more = Command::text(Target::this().inner("output"), (likes + 1).to_string());
    let copy = Command::copy(Text::of("#command"))
        .then(Command::text(Target::this(), "Copied"))
        .then(Command::wait(Duration::from_secs(2)))
        .then(Command::text(Target::this(), "Copy"));
    let open = Command::open("#empty");
    Ok(html! {
        (tabs("instant-tabs", "Views", [
            ("Copying", row(html! {
                code #command { "cargo dev" }
                (Button::new("Copy").secondary().command(&copy))
            })),
            ("A number", html! {
                button.secondary type="button" do:click=(one_more.optimistic()) on:click=(like) {
                    "Like (" output { (likes) } ")"
                }
            }),
        ]))
        (row(html! {
            (menu("instant-menu", "Menu", html! {
                a role="menuitem" tabindex="-1" href="/" data-link { "First page" }
                button.quiet role="menuitem" tabindex="-1" type="button" do:click=(open) { "Empty the list …" }
            }))
            p role="status" { @if emptied.get(&cx) { "The list is empty." } }
        }))
        (modal("empty", "Empty the list?", html! {
            p { "It was opened without the server. Whether the list is emptied is for the server to say." }
            div.actions {
                (Button::new("Empty it").danger().command(&close()).on_click(&empty))
                (Button::new("Cancel").secondary().command(&close()))
            }
        }))
    })
}

/// Enter sends, Shift and Enter makes a line. The field is empty at once, and what was sent is shown until it is there.
pub async fn chat(cx: Cx, (): ()) -> Result {
    let lines = cx.use_state(Vec::<String>::new);
    let send = cx.on(move |cx, event| {
        let line = event.field("line").trim().to_owned();
        if !line.is_empty() {
            lines.update(cx, |lines| {
                lines.push(line);
                lines.drain(..lines.len().saturating_sub(5));
            });
        }
    });

    let sent = Command::text("#sending", Text::of("#line"))
        .optimistic()
        .then(Command::send())
        .then(Command::reset(Target::this()))
        .then(Command::focus("#line"));
    let submit = Command::on_key("Enter", Command::submit(Target::this().closest("form")));
    Ok(card(html! {
        div role="log" aria-label="Messages" {
            @for line in lines.read(&cx).iter() { p { (line) } }
            p.soft #sending {}
        }
        form on:submit=(send) do:submit=(sent) {
            label.visually-hidden for="line" { "Message" }
            textarea #line name="line" rows="2" maxlength="500" required do:keydown=(submit) {}
            (Button::new("Send"))
        }
    }))
}
