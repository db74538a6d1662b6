use std::time::Duration;

use maud::html;

use super::{Command, Target, Text};
use crate::html::canonical;

fn json(command: &Command) -> String {
    let html = html! { b do:click=(command) {} }.into_string();
    let value = html.trim_start_matches("<b do:click=\"");
    value.trim_end_matches("\"></b>").replace("&quot;", "\"")
}

#[test]
fn a_command_is_a_list_of_steps() {
    let command = Command::toggle("#menu")
        .then(Command::remove_class("li", "on"))
        .then(Command::alternate(
            Target::this(),
            "aria-expanded",
            "true",
            "false",
        ))
        .then(Command::wait(Duration::from_millis(1500)));
    assert_eq!(
        json(&command),
        r##"[["set","#menu","hidden","",null],["set","li",".on",null],["set",[],"aria-expanded","true","false"],["wait",1500]]"##
    );
}

#[test]
fn targets_are_selectors_or_ways() {
    let inner = Command::focus(Target::this().closest("li").inner("input"));
    assert_eq!(
        json(&inner),
        r#"[["focus",["closest","li","inner","input"]]]"#
    );
    let within = Command::focus(Target::from("#list").next("li"));
    assert_eq!(
        json(&within),
        r##"[["focus",["page","#list","next","li"]]]"##
    );
    let copied = Command::copy(Text::of("#code")).then(Command::copy("as it is"));
    assert_eq!(
        json(&copied),
        r##"[["copy",["#code"]],["copy","as it is"]]"##
    );
}

#[test]
fn commands_within_commands_are_lists_of_their_own() {
    let send = Command::on_key("Enter", Command::submit(Target::this().closest("form")));
    assert_eq!(
        json(&send),
        r#"[["key","Enter",[["requestSubmit",["closest","form"]]]]]"#
    );
    let liked = Command::text("#n", "6").optimistic();
    assert_eq!(json(&liked), r##"[["expect",[["set","#n","#text","6"]]]]"##);
}

#[test]
fn a_command_is_written_as_every_browser_gives_it_back() {
    let command = Command::text("ul > li", "a <b> & \"c\"");
    let html = html! { b do:click=(command) {} }.into_string();
    assert_eq!(canonical(&html), html);
    assert!(
        html.contains(r"ul \u003e li") && !html.contains("&lt;"),
        "{html}"
    );
}
