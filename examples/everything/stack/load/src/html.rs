//! As much of HTML as is needed to find tags and their attributes in pages that a server of ours has written.

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag<'a> {
    /// `input`, and `/input` for one that ends.
    pub name: &'a str,
    /// Between the name and `>`.
    attributes: &'a str,
    /// Where `<` is.
    pub start: usize,
    /// After `>`.
    pub end: usize,
}

/// All tags of a page. Comments are passed by, and so is what is inside of scripts and styles.
pub(crate) fn tags(html: &str) -> impl Iterator<Item = Tag<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + html.get(at..)?.find('<')?;
            let rest = &html[start..];
            if rest.starts_with("<!--") {
                at = start + rest.find("-->")? + 3;
                continue;
            }
            let end = start + end_of_tag(rest)?;
            let inside = &html[start + 1..end - 1];
            let length = inside
                .find(|c: char| c.is_whitespace())
                .unwrap_or(inside.len());
            let (name, attributes) = inside.split_at(length);
            at = end;
            if matches!(name, "script" | "style") {
                let closing = if name == "script" {
                    "</script"
                } else {
                    "</style"
                };
                at = end + html[end..].find(closing).unwrap_or(html.len() - end);
            }
            return Some(Tag {
                name,
                attributes,
                start,
                end,
            });
        }
    })
}

/// After the `>` that is in no quotes.
fn end_of_tag(text: &str) -> Option<usize> {
    let mut quote = None;
    text.bytes().enumerate().find_map(|(at, byte)| {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
        None
    })
}

impl<'a> Tag<'a> {
    /// Names and values as they are written, with entities.
    pub fn attributes(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let mut rest = self.attributes;
        std::iter::from_fn(move || {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            if rest.is_empty() {
                return None;
            }
            let end = rest
                .find(|c: char| c.is_whitespace() || c == '=')
                .unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            let Some(value) = after.strip_prefix('=') else {
                rest = after;
                return Some((name, ""));
            };
            let quote = value.chars().next().filter(|c| *c == '"' || *c == '\'');
            let (value, after) = match quote {
                Some(quote) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
                None => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
            };
            rest = after;
            Some((name, value))
        })
    }

    /// The value of an attribute, without entities.
    pub fn get(&self, name: &str) -> Option<String> {
        self.attributes()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| text(value))
    }
}

/// Without entities.
pub(crate) fn text(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let known = [
            ("&amp;", "&"),
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&#39;", "'"),
            ("&#x27;", "'"),
            ("&apos;", "'"),
        ];
        match known.iter().find(|(entity, _)| rest.starts_with(entity)) {
            Some((entity, meant)) => {
                out.push_str(meant);
                rest = &rest[entity.len()..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// What a page says to its script about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Root {
    pub hash: String,
    pub items: String,
    pub state: String,
    pub mac: String,
    /// Where its content is in the page.
    pub inside: (usize, usize),
}

/// The root of a live page, if this is one.
pub(crate) fn root(html: &str) -> Option<Root> {
    let mut all =
        tags(html).skip_while(|tag| tag.name != "div" || tag.get("id").as_deref() != Some("live"));
    let first = all.next()?;
    let attribute = |name: &str| first.get(name).unwrap_or_default();
    let mut depth = 1;
    let end = all.find_map(|tag| {
        match tag.name {
            "div" => depth += 1,
            "/div" => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(tag.start)
    });
    Some(Root {
        hash: attribute("data-hash"),
        items: attribute("data-items"),
        state: attribute("data-state"),
        mac: attribute("data-mac"),
        inside: (first.end, end.unwrap_or(html.len())),
    })
}

/// The value of a hidden field: of the form that is sent to `action` if there is one, else of any.
pub(crate) fn hidden(html: &str, name: &str, action: &str) -> Option<String> {
    let (mut mine, mut other) = (None, None);
    let mut here = false;
    for tag in tags(html) {
        match tag.name {
            "form" => here = tag.get("action").is_some_and(|to| to == action),
            "/form" => here = false,
            "input"
                if tag.get("type").as_deref() == Some("hidden")
                    && tag.get("name").as_deref() == Some(name) =>
            {
                let value = tag.get("value").unwrap_or_default();
                if here {
                    mine.get_or_insert(value);
                } else {
                    other.get_or_insert(value);
                }
            }
            // Some applications put their token there.
            "meta"
                if tag
                    .get("name")
                    .is_some_and(|known| known.replace('-', "_") == name.replace('-', "_")) =>
            {
                other = other.or_else(|| tag.get("content"));
            }
            _ => {}
        }
    }
    mine.or(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<!DOCTYPE html><html><head><meta name="csrf-token" content="meta"><script>"<div id='live'>"</script></head>
        <body><!-- <div id="live"> --><div id="live" data-hash="2-ab" data-items="" data-state="{&quot;x&quot;:1}" data-mac="m"><div
        class='a > b'><form action="/a?x=1&amp;y=2"><input type="hidden" name="t" value="one"></form></div><form action="/b">
        <input type="hidden" name="t" value="two" disabled></form></div><div>after</div></body></html>"#;

    #[test]
    fn the_root_of_a_live_page_is_found_with_what_it_says() {
        let root = root(PAGE).unwrap();
        assert_eq!(
            (root.hash.as_str(), root.state.as_str(), root.mac.as_str()),
            ("2-ab", r#"{"x":1}"#, "m")
        );
        let inside = &PAGE[root.inside.0..root.inside.1];
        assert!(
            inside.starts_with("<div\n") && inside.ends_with("</form>"),
            "{inside}"
        );
    }

    #[test]
    fn a_hidden_field_is_that_of_the_form_that_is_sent() {
        assert_eq!(hidden(PAGE, "t", "/b").as_deref(), Some("two"));
        assert_eq!(hidden(PAGE, "t", "/a?x=1&y=2").as_deref(), Some("one"));
        assert_eq!(hidden(PAGE, "t", "/elsewhere").as_deref(), Some("one"));
        assert_eq!(hidden(PAGE, "csrf_token", "/b").as_deref(), Some("meta"));
        assert_eq!(hidden(PAGE, "u", "/b"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_tags_or_none(text in "([<>/=\"' ab&;!-]|div|id|live|script|ä){0,80}") {
            for tag in tags(&text) {
                tag.attributes().count();
            }
            root(&text);
            hidden(&text, "a", "b");
        }
    }
}
