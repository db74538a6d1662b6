//! What a file is: decided by its first bytes, never by its name or by what a browser says.

/// How many of the first bytes are looked at.
pub const HEAD: usize = 8 * 1024;

/// What may be anything.
const UNKNOWN: &str = "application/octet-stream";
/// Text without marks.
const TEXT: &str = "text/plain; charset=utf-8";

/// What browsers may show in a page of this site: none of it can run a script. A PDF can only be downloaded, because Chromium
/// shows none in a sandbox.
const SHOWN: [&str; 14] = [
    TEXT,
    "audio/aac",
    "audio/m4a",
    "audio/mpeg",
    "audio/ogg",
    "audio/x-flac",
    "audio/x-wav",
    "image/avif",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "video/mp4",
    "video/webm",
];

/// The content type of a file that begins with `head`, of which [`HEAD`] bytes are enough.
pub fn content_type(head: &[u8]) -> &'static str {
    match infer::get(head) {
        Some(kind) => kind.mime_type(),
        None if is_text(head) => TEXT,
        None => UNKNOWN,
    }
}

/// Whether a browser may show it instead of downloading it.
pub fn is_shown(content_type: &str) -> bool {
    SHOWN.contains(&content_type)
}

/// Whether `types`, such as `image/png` or `image/*`, allow it. Without any, everything is allowed.
pub fn is_allowed(content_type: &str, types: &[&str]) -> bool {
    let matches = |allowed: &&str| match allowed.strip_suffix('*') {
        Some(stem) => content_type.starts_with(stem),
        None => content_type.split(';').next() == Some(*allowed),
    };
    types.is_empty() || types.iter().any(matches)
}

/// UTF-8 without control characters, perhaps cut within its last character.
fn is_text(head: &[u8]) -> bool {
    let text = match str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}'))
}
