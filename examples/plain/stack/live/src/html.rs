//! The HTML of components: in the form that a browser gives back, and in pieces.

use std::sync::Arc;

use crate::interner::Interner;

/// A part of a component's HTML.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// HTML as it is.
    Text(Arc<str>),
    /// The place of another component.
    Child(u32),
    /// The place of the first items of the stream in this slot.
    Items(usize),
    /// Where a part begins that may be loaded later.
    Later,
}

/// A placeholder in the markup for what is put there later: `c` and the id of a component, `s` and the slot of a
/// stream, or `l`, which stays empty: a part begins that is loaded later. `nonce` never leaves the server, so that no text of a user can be taken for a placeholder.
pub(crate) fn place(nonce: &str, kind: char, id: impl std::fmt::Display) -> String {
    format!("\u{1}{nonce}{kind}{id}\u{1}")
}

/// Cuts `html` at its places.
pub(crate) fn pieces(html: &str, nonce: &str, interner: &Interner) -> Box<[Piece]> {
    let mark = format!("\u{1}{nonce}");
    let mut parts = html.split(mark.as_str());
    let mut pieces = Vec::new();
    let text = |pieces: &mut Vec<Piece>, part: &str| {
        if !part.is_empty() {
            pieces.push(Piece::Text(interner.intern(canonical(part))));
        }
    };
    text(&mut pieces, parts.next().unwrap_or_default());
    for part in parts {
        let place = part.split_once('\u{1}').and_then(|(place, rest)| {
            let piece = match place.split_at_checked(1)? {
                ("c", id) => Piece::Child(id.parse().ok()?),
                ("l", _) => Piece::Later,
                (_, slot) => Piece::Items(slot.parse().ok()?),
            };
            Some((piece, rest))
        });
        let rest = match place {
            Some((piece, rest)) => {
                pieces.push(piece);
                rest
            }
            None => part,
        };
        text(&mut pieces, rest);
    }
    pieces.into()
}

/// What `innerHTML` gives back for what maud writes: boolean attributes with an empty value, quotes in texts as
/// they are, line ends of Unix. Where it differs after all, the browser asks for the whole page once; nothing else
/// depends on it.
///
/// After `<textarea>` there is always a newline, which a parser drops: without it the first newline of a text would
/// be lost. A form or button that only the script knows how to send does nothing without it, see [`inert`].
pub(crate) fn canonical(html: &str) -> String {
    let mut out = String::with_capacity(html.len() + 64);
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        text(&mut out, &rest[..open]);
        rest = &rest[open..];
        let end = end_of_tag(rest);
        let tag = &rest[..end];
        rest = &rest[end..];
        if tag.starts_with("</") || tag.starts_with("<!") {
            out.push_str(tag);
        } else {
            open_tag(&mut out, tag);
            if let Some(attribute) = inert(tag) {
                out.truncate(out.len() - 1);
                out.push_str(attribute);
                out.push('>');
            }
            if is_tag(tag, "textarea") && !rest.starts_with('\n') {
                out.push('\n');
            }
        }
    }
    text(&mut out, rest);
    out
}

fn is_tag(tag: &str, name: &str) -> bool {
    let after = tag.get(1..).and_then(|tag| tag.strip_prefix(name));
    after.is_some_and(|after| after.starts_with(['>', ' ']))
}

/// What a tag lacks to do nothing as long as the script is not there: by itself a form without a method puts its fields
/// into the address, a password too, and a button without a type sends the form that it is in. `dialog` is the method
/// that goes nowhere.
fn inert(tag: &str) -> Option<&'static str> {
    let (name, attribute, others) = [
        ("form", " method=\"dialog\"", [" method", " action"]),
        ("button", " type=\"button\"", [" type", " form"]),
    ]
    .into_iter()
    .find(|(name, ..)| is_tag(tag, name))
    .filter(|_| tag.contains(" on:"))?;
    let has = |wanted: &&str| {
        // Names stand outside of the quotes.
        let mut outside = tag[name.len() + 1..].split('"').step_by(2);
        outside.any(|names| names.contains(*wanted))
    };
    (!others.iter().any(has)).then_some(attribute)
}

/// Where the tag at the start of `html` ends; a `>` in a quoted value does not end it.
pub(crate) fn end_of_tag(html: &str) -> usize {
    let mut quoted = false;
    for (at, byte) in html.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'>' if !quoted => return at + 1,
            _ => {}
        }
    }
    html.len()
}

fn text(out: &mut String, text: &str) {
    if !text.contains(['&', '\u{a0}', '\r']) {
        return out.push_str(text);
    }
    let text = text.replace("&quot;", "\"").replace('\u{a0}', "&nbsp;");
    out.push_str(&text.replace("\r\n", "\n").replace('\r', "\n"));
}

/// `<input disabled>` becomes `<input disabled="">`.
fn open_tag(out: &mut String, tag: &str) {
    let mut quoted = false;
    let mut in_name = false;
    let mut has_value = true;
    for (at, letter) in tag.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            '\u{a0}' if quoted => {
                out.push_str("&nbsp;");
                continue;
            }
            '\r' if quoted => {
                if !tag[at + 1..].starts_with('\n') {
                    out.push('\n');
                }
                continue;
            }
            '=' if !quoted => has_value = true,
            ' ' | '>' if !quoted => {
                if in_name && !has_value {
                    out.push_str("=\"\"");
                }
                in_name = letter == ' ';
                has_value = false;
            }
            _ => {}
        }
        out.push(letter);
    }
}
