//! The cookies of one user. There is one host, so only names and values count; a `Secure` one is sent as well, since what
//! is loaded stands behind what ends TLS.

/// A jar.
#[derive(Clone, Debug, Default)]
pub(crate) struct Jar(Vec<(String, String)>);

impl Jar {
    /// Takes in a `Set-Cookie` header.
    pub(crate) fn take(&mut self, header: &str) {
        let mut parts = header.split(';');
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        let name = name.trim();
        self.0.retain(|(known, _)| known != name);
        let over = parts.any(|part| {
            let (attribute, value) = part.split_once('=').unwrap_or((part, ""));
            attribute.trim().eq_ignore_ascii_case("max-age")
                && value.trim().parse::<i64>().is_ok_and(|age| age <= 0)
        });
        if !over && !name.is_empty() {
            self.0.push((name.to_owned(), value.trim().to_owned()));
        }
    }

    /// Sets one that a script sets.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.take(&format!("{name}={value}"));
    }

    /// Adds the header, if there are any.
    pub(crate) fn write(&self, request: &mut Vec<u8>) {
        for (at, (name, value)) in self.0.iter().enumerate() {
            request.extend_from_slice(if at == 0 { b"Cookie: " } else { b"; " });
            request.extend_from_slice(name.as_bytes());
            request.push(b'=');
            request.extend_from_slice(value.as_bytes());
        }
        if !self.0.is_empty() {
            request.extend_from_slice(b"\r\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_sent_until_it_is_taken_back() {
        let mut jar = Jar::default();
        let sent = |jar: &Jar| {
            let mut request = Vec::new();
            jar.write(&mut request);
            String::from_utf8(request).unwrap()
        };
        assert_eq!(sent(&jar), "");
        jar.take("__Host-a=1; Path=/; Secure; Max-Age=60");
        jar.take("b=2");
        jar.take("__Host-a=3; HttpOnly");
        jar.take("no cookie");
        assert_eq!(sent(&jar), "Cookie: b=2; __Host-a=3\r\n");
        jar.take("b=; Max-Age=0");
        assert_eq!(sent(&jar), "Cookie: __Host-a=3\r\n");
    }
}
