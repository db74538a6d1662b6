//! `/{{path}}`: a text that is written in Markdown, `content/text.md`.

use maud::{PreEscaped, html};
use pulldown_cmark::{Parser, html::push_html};
use stack_live::{Cx, Result};

use super::layout;

/// Part of the program, so that it is there wherever that runs.
const TEXT: &str = include_str!("../../content/text.md");

/// The page.
pub async fn page(cx: Cx) -> Result {
    let mut text = String::new();
    push_html(&mut text, Parser::new(TEXT));
    let main = html! {
        article.card.text { (PreEscaped(text)) }
    };
    Ok(layout::live(&cx, "{{heading}}", main))
}
