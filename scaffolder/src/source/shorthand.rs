//! Short names for repositories on well-known servers: `gh:owner/name`, `gl:owner/name`.

use std::borrow::Cow;

/// The beginnings of such names, and of the URLs that they stand for. Whoever has them elsewhere says so to git:
/// `url.<base>.insteadOf`.
const SERVERS: [(&str, &str); 2] = [("gh:", "https://github.com/"), ("gl:", "https://gitlab.com/")];

/// The URL that a text stands for, or the text itself. Behind `#` stand a revision and a folder, as behind any URL; a folder may
/// also stand right behind the name: `gh:owner/name/folder#v1` is `gh:owner/name#v1/folder`.
pub(super) fn expanded(text: &str) -> Cow<'_, str> {
    let server = SERVERS.iter().find_map(|(short, url)| Some((text.strip_prefix(short)?, url)));
    let Some((rest, url)) = server else { return Cow::Borrowed(text) };
    let (path, rev) = rest.split_once('#').unwrap_or((rest, ""));
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let [owner, name, folders @ ..] = parts.as_slice() else { return Cow::Borrowed(text) };
    let name = name.trim_end_matches(".git");
    let folders: String = folders.iter().map(|folder| format!("/{folder}")).collect();
    let behind = format!("{rev}{folders}");
    Cow::Owned(format!("{url}{owner}/{name}.git{}", if behind.is_empty() { behind } else { format!("#{behind}") }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_is_a_url_and_what_is_none_stays() {
        for (text, url) in [
            ("gh:owner/name", "https://github.com/owner/name.git"),
            ("gl:owner/name.git/", "https://gitlab.com/owner/name.git"),
            ("gh:owner/name#v1", "https://github.com/owner/name.git#v1"),
            ("gh:owner/name/packs/map#v1", "https://github.com/owner/name.git#v1/packs/map"),
            ("gh:owner/name/packs", "https://github.com/owner/name.git#/packs"),
            ("gh:owner", "gh:owner"),
            ("host:owner/name", "host:owner/name"),
            ("./gh:owner/name", "./gh:owner/name"),
        ] {
            assert_eq!(expanded(text), url);
        }
    }
}
