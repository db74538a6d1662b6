//! The fingerprint of a page's HTML that server and browser compare.

/// Length and FNV-1a (32 bits) of `text`, both over UTF-16 code units, which is what a browser counts in. It has to
/// tell two renderings of one page apart, and need not resist forgery: whoever forges it gets the whole page again.
pub(crate) fn hash(text: &str) -> String {
    let (mut length, mut hash) = (0_u64, 0x811c_9dc5_u32);
    for unit in text.encode_utf16() {
        length += 1;
        hash = (hash ^ u32::from(unit)).wrapping_mul(0x0100_0193);
    }
    format!("{}-{hash:x}", base36(length))
}

fn base36(mut number: u64) -> String {
    let mut digits = Vec::new();
    loop {
        let digit = u32::try_from(number % 36).unwrap_or_default();
        digits.push(char::from_digit(digit, 36).unwrap_or('0'));
        number /= 36;
        if number == 0 {
            return digits.iter().rev().collect();
        }
    }
}
