//! The fields of forms: how they are written, and what their names say.

/// Whether somebody types a password into a field of this name.
pub fn is_password(name: &str) -> bool {
    let name = name.to_lowercase();
    ["password", "passwd", "passphrase"]
        .iter()
        .any(|part| name.contains(part))
}

/// `a+b%20c` → `a b c`. What is not encoded rightly stays as it is.
pub fn decoded(text: &str) -> String {
    let spaced = text.replace('+', " ");
    match percent_encoding::percent_decode_str(&spaced).decode_utf8() {
        Ok(decoded) => decoded.into_owned(),
        Err(_) => text.to_owned(),
    }
}

/// Fields as the body of a request.
pub fn encoded(fields: &[(String, String)]) -> String {
    let mut out = String::new();
    for (name, value) in fields {
        if !out.is_empty() {
            out.push('&');
        }
        encode(name, &mut out);
        out.push('=');
        encode(value, &mut out);
    }
    out
}

fn encode(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => {
                out.push('%');
                out.push(char::from(HEX[usize::from(byte >> 4)]));
                out.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn what_is_encoded_is_decoded_again(text in ".*") {
            let fields = [("a b".to_owned(), text.clone())];
            let body = encoded(&fields);
            let (name, value) = body.split_once('=').unwrap();
            proptest::prop_assert_eq!((decoded(name), decoded(value)), ("a b".to_owned(), text));
        }
    }
}
