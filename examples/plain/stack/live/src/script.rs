//! The side of the browser: the files of `client/`, one after another within one function, and those of
//! `client/modules/`, each of which is loaded by the pages that need it.
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
    include_str!("client/words.js"),
    include_str!("client/fallback.js"),
    include_str!("client/connection.js"),
    include_str!("client/sending.js"),
    include_str!("client/submits.js"),
    include_str!("client/events.js"),
    include_str!("client/elements.js"),
    include_str!("client/history.js"),
    include_str!("client/entries.js"),
    include_str!("client/start.js"),
];

/// Those of which only few pages need something: the script loads them by itself.
const MODULES: &[(&str, &str)] = &[
    ("live/calls.js", include_str!("client/modules/calls.js")),
    (
        "live/commands.js",
        include_str!("client/modules/commands.js"),
    ),
    ("live/streams.js", include_str!("client/modules/streams.js")),
    (
        "live/transport.js",
        include_str!("client/modules/transport.js"),
    ),
    ("live/uploads.js", include_str!("client/modules/uploads.js")),
];

/// Comes after them in a debug build.
const WARNINGS: &str = include_str!("client/warnings.js");

/// The script for the browser: `live.js`, which pages link to, and the modules `live/NAME.js`, whose addresses by `NAME`
/// stand with those of the elements in `<meta name="elements">`. Comments, a fifth of the compressed bytes, are left out.
pub static SCRIPTS: LazyLock<Vec<(&str, String)>> = LazyLock::new(|| {
    let warnings = cfg!(debug_assertions).then_some(&WARNINGS);
    let core: String = FILES
        .iter()
        .chain(warnings)
        .map(|file| bare(file))
        .collect();
    let core = ["\"use strict\";\n(() => {\n", &core, "})();\n"].concat();
    let modules = MODULES.iter().map(|(name, file)| (*name, bare(file)));
    [("live.js", core)].into_iter().chain(modules).collect()
});

/// Without comments, indentation and empty lines.
fn bare(file: &str) -> String {
    let lines = file.lines().map(str::trim);
    let kept = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
    kept.fold(String::new(), |text, line| text + line + "\n")
}
