//! The side of the browser: the files of `client/`, one after another within one function.
//!
//! What the messages mean is said in docs/live-protocol.md. The page is a text, the HTML between the tags of `#live`.
//! The server sends splices of that text and the elements that they lie in; how those are written now is parsed and
//! compared with how they were, and only where the two differ is the document touched: what somebody typed, opened,
//! selected or scrolled stays as it is wherever the server has not changed its mind.

use std::sync::LazyLock;

/// In this order: what a file does when it is read may use what is above it.
const FILES: &[&str] = &[
    include_str!("client/dom.js"),
    include_str!("client/text.js"),
    include_str!("client/morph.js"),
    include_str!("client/moves.js"),
    include_str!("client/patch.js"),
    include_str!("client/controls.js"),
    include_str!("client/press.js"),
    include_str!("client/commands.js"),
    include_str!("client/words.js"),
    include_str!("client/connection.js"),
    include_str!("client/sending.js"),
    include_str!("client/submits.js"),
    include_str!("client/events.js"),
    include_str!("client/elements.js"),
    include_str!("client/history.js"),
    include_str!("client/entries.js"),
    include_str!("client/streams.js"),
    include_str!("client/calls.js"),
    include_str!("client/uploads.js"),
    include_str!("client/start.js"),
];

/// Comes after them in a debug build.
const WARNINGS: &str = include_str!("client/warnings.js");

/// The script for the browser, for a file that pages link to. Its comments, a fifth of its compressed bytes, are left
/// out.
pub static SCRIPT: LazyLock<String> = LazyLock::new(|| {
    let warnings = cfg!(debug_assertions).then_some(&WARNINGS);
    let files = FILES.iter().chain(warnings);
    let lines = files.flat_map(|file| file.lines()).map(str::trim);
    let kept = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
    let start = String::from("\"use strict\";\n(() => {\n");
    kept.fold(start, |script, line| script + line + "\n") + "})();\n"
});
