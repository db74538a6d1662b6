//! Texts that the server changes: `[keep, skip, "insert", …]` in UTF-16 code units, see docs/live-protocol.md.

use serde_json::Value;

/// The text after the change; `None` if the change does not fit the text.
pub(crate) fn apply(text: &str, splices: &[Value]) -> Option<String> {
    let mut out = String::with_capacity(text.len() + 256);
    let mut rest = text;
    for splice in splices.chunks(3) {
        let [keep, skip, insert] = splice else {
            return None;
        };
        let kept = bytes(rest, keep.as_u64()?)?;
        out.push_str(&rest[..kept]);
        rest = &rest[kept..];
        rest = &rest[bytes(rest, skip.as_u64()?)?..];
        out.push_str(insert.as_str()?);
    }
    out.push_str(rest);
    Some(out)
}

/// How many bytes the first `units` units of a text take; `None` if it has fewer, or one would be torn apart.
fn bytes(text: &str, units: u64) -> Option<usize> {
    let units = usize::try_from(units).ok()?;
    if let Some(start) = text.as_bytes().get(..units)
        && start.is_ascii()
    {
        return Some(units);
    }
    let mut left = units;
    for (at, c) in text.char_indices() {
        if left == 0 {
            return Some(at);
        }
        left = left.checked_sub(c.len_utf16())?;
    }
    (left == 0).then_some(text.len())
}

/// The fingerprint of a page's HTML.
pub(crate) fn hash(text: &str) -> String {
    let (mut length, mut hash) = (0_u64, 0x811c_9dc5_u32);
    for unit in text.encode_utf16() {
        length += 1;
        hash = (hash ^ u32::from(unit)).wrapping_mul(0x0100_0193);
    }
    let mut digits = Vec::new();
    while length > 0 || digits.is_empty() {
        let digit = u32::try_from(length % 36).unwrap_or_default();
        digits.push(char::from_digit(digit, 36).unwrap_or('0'));
        length /= 36;
    }
    format!("{}-{hash:x}", digits.iter().rev().collect::<String>())
}
