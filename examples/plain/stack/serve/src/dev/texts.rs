//! Texts that read otherwise than when the program was built. A release build has none of it: what it is told is ignored.

use serde_json::Value;

/// Takes over the texts that `cargo dev` tells of: file, line, column, old text, new text.
#[cfg(debug_assertions)]
pub(super) fn set(texts: Value) {
    type Change = (String, u32, u32, String, String);
    // From a `cargo dev` of another version: its build follows.
    let Ok(changes) = serde_json::from_value::<Vec<Change>>(texts) else {
        return;
    };
    let changes = changes.into_iter();
    maud::texts::set(
        changes.map(|(file, line, column, old, new)| maud::texts::Change {
            file,
            line,
            column,
            old,
            new,
        }),
    );
}

#[cfg(not(debug_assertions))]
pub(super) fn set(_: Value) {}

/// How often texts were changed.
#[cfg(debug_assertions)]
pub(super) fn version() -> u64 {
    maud::texts::version()
}

#[cfg(not(debug_assertions))]
pub(super) fn version() -> u64 {
    0
}
