//! The browser's side of splices.

/// What a browser makes of `splices`.
pub(crate) fn apply(text: &str, splices: &[serde_json::Value]) -> String {
    let units: Vec<u16> = text.encode_utf16().collect();
    let (mut at, mut result) = (0, Vec::with_capacity(units.len()));
    let number = |value: &serde_json::Value| {
        usize::try_from(value.as_u64().unwrap_or_default()).unwrap_or(usize::MAX)
    };
    for splice in splices.chunks(3) {
        let keep = number(&splice[0]);
        result.extend_from_slice(&units[at..at + keep]);
        at += keep + number(&splice[1]);
        result.extend(splice[2].as_str().unwrap_or_default().encode_utf16());
    }
    result.extend_from_slice(&units[at..]);
    String::from_utf16_lossy(&result)
}
