//! The side of the browser: the files of `client/`, one after another within one function, and those of
//! `client/modules/`, each of which is loaded by the pages that need it.
//!
//! What the messages mean is said in docs/live-protocol.md. The page is a text, the HTML between the tags of `#live`.
//! The server sends splices of that text and the elements that they lie in; how those are written now is parsed and
//! compared with how they were, and only where the two differ is the document touched: what somebody typed, opened,
//! selected or scrolled stays as it is wherever the server has not changed its mind.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

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
    (
        "live/editable.js",
        include_str!("client/modules/editable.js"),
    ),
    ("live/notices.js", include_str!("client/modules/notices.js")),
    ("live/streams.js", include_str!("client/modules/streams.js")),
    (
        "live/transport.js",
        include_str!("client/modules/transport.js"),
    ),
    ("live/uploads.js", include_str!("client/modules/uploads.js")),
    ("live/visible.js", include_str!("client/modules/visible.js")),
];

/// Comes after them in a debug build.
const WARNINGS: &str = include_str!("client/warnings.js");

/// What `minify.mjs` makes of them: each script below a line with its name and the SHA-256 of what it was made from.
const MINIFIED: &str = include_str!("client.min.js");

/// The script for the browser: `live.js`, which pages link to, and the modules `live/NAME.js`, whose addresses by `NAME`
/// stand with those of the elements in `<meta name="elements">`. A debug build has them as they are written, with the
/// warnings; any other has the minified form of each that it was made from, and else the same as they are written.
pub static SCRIPTS: LazyLock<Vec<(&str, String)>> = LazyLock::new(|| {
    if cfg!(debug_assertions) {
        return scripts(WARNINGS);
    }
    let mut scripts = scripts("");
    for (name, script) in &mut scripts {
        if let Some(minified) = minified(name, script) {
            *script = minified;
        } else {
            tracing::warn!(
                script = name,
                "served as it is written; `node stack/live/minify.mjs` makes the minified form again"
            );
        }
    }
    scripts
});

/// The scripts by their names, `last` within the first of them.
fn scripts(last: &str) -> Vec<(&'static str, String)> {
    let core: String = FILES.iter().chain([&last]).map(|file| bare(file)).collect();
    let core = ["\"use strict\";\n(() => {\n", &core, "})();\n"].concat();
    let modules = MODULES.iter().map(|(name, file)| (*name, bare(file)));
    [("live.js", core)].into_iter().chain(modules).collect()
}

/// Without comments, indentation and empty lines.
fn bare(file: &str) -> String {
    let lines = file.lines().map(str::trim);
    let kept = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
    kept.fold(String::new(), |text, line| text + line + "\n")
}

/// The minified form of this script, if it was made of this text.
fn minified(name: &str, script: &str) -> Option<String> {
    let title = format!("// {name} {}", hex::encode(Sha256::digest(script)));
    let mut lines = MINIFIED.lines().skip_while(|line| *line != title);
    lines.next()?;
    let lines = lines.take_while(|line| !line.starts_with("// live"));
    Some(lines.collect::<Vec<_>>().join("\n"))
}
