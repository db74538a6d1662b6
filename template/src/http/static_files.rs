//! `/static`: files that are part of the program.
//!
//! A page links to [`url`], which names the content by a hash: browsers keep it for a year and ask again only
//! when it changed. A debug build reads the files from `static/` each time, so that a reload shows an edit.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    sync::{LazyLock, OnceLock},
};

use axum::{
    body::Bytes,
    extract::{Path, RawQuery},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use flate2::Compression;
use sha2::{Digest, Sha256};

use super::edge::gzip;
use crate::error::{Error, Result};

/// The files of `static/`: name, content type, content.
const FILES: &[(&str, &str, &[u8])] = &[
    (
        "app.css",
        "text/css; charset=utf-8",
        include_bytes!("../../static/app.css"),
    ),
    (
        "favicon.svg",
        "image/svg+xml",
        include_bytes!("../../static/favicon.svg"),
    ),
];

struct File {
    content_type: &'static str,
    hash: String,
    plain: Bytes,
    gzip: OnceLock<Bytes>,
}

impl File {
    fn new(content_type: &'static str, content: Cow<'static, [u8]>) -> Self {
        let digest = Sha256::digest(&content);
        let plain = match content {
            Cow::Borrowed(content) => Bytes::from_static(content),
            Cow::Owned(content) => content.into(),
        };
        Self {
            content_type,
            hash: hex::encode(&digest[..8]),
            plain,
            gzip: OnceLock::new(),
        }
    }

    /// The content, compressed when it is first asked for.
    fn gzip(&self) -> Bytes {
        self.gzip
            .get_or_init(|| gzip(&self.plain, Compression::best()).into())
            .clone()
    }
}

static EMBEDDED: LazyLock<BTreeMap<&str, File>> = LazyLock::new(|| {
    let live = (
        "live.js",
        "text/javascript; charset=utf-8",
        stack_live::SCRIPT.as_bytes(),
    );
    FILES
        .iter()
        .chain([&live])
        .map(|&(name, kind, content)| (name, File::new(kind, content.into())))
        .collect()
});

/// Gives the file `name` to `f`.
fn with_file<T>(name: &str, f: impl FnOnce(&File) -> T) -> Option<T> {
    let embedded = EMBEDDED.get(name)?;
    if cfg!(debug_assertions) {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("static")
            .join(name);
        if let Ok(content) = std::fs::read(path) {
            return Some(f(&File::new(embedded.content_type, content.into())));
        }
    }
    Some(f(embedded))
}

/// The address of the file `name`, with the hash of its content.
///
/// # Panics
/// If no file has this name.
pub fn url(name: &str) -> String {
    with_file(name, |file| format!("/static/{name}?v={}", file.hash))
        .expect("pages link only to files that exist")
}

/// The addresses of all of them, by their names.
pub fn urls() -> Vec<(&'static str, String)> {
    EMBEDDED.keys().map(|&name| (name, url(name))).collect()
}

/// Serves a file. Under the address of its content it may be kept for a year; under any other it has to be asked
/// for each time, which the hash answers with 304.
pub async fn serve(
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response> {
    with_file(&name, |file| respond(file, query.as_deref(), &headers)).ok_or(Error::NotFound)
}

fn respond(file: &File, query: Option<&str>, headers: &HeaderMap) -> Response {
    let current = query.and_then(|query| query.strip_prefix("v=")) == Some(file.hash.as_str());
    let cache = if current {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    // Weak: the compressed and the plain form are one content, but not the same bytes.
    let etag = format!("W/\"{}\"", file.hash);
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|known| known.to_str().ok());
    let unchanged = known.is_some_and(|known| known.contains(&etag) || known == "*");
    let caching = [
        (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
        (
            header::ETAG,
            HeaderValue::try_from(etag).expect("a hash is hexadecimal"),
        ),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ];
    if unchanged {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    let kind = [(header::CONTENT_TYPE, file.content_type)];
    if super::edge::accepts_gzip(headers) {
        let gzip = [(header::CONTENT_ENCODING, "gzip")];
        (caching, kind, gzip, file.gzip()).into_response()
    } else {
        (caching, kind, file.plain.clone()).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_of_live_pages_is_small() {
        let bytes = with_file("live.js", |file| file.gzip().len()).unwrap();
        assert!(bytes <= 11_000, "{bytes} bytes");
    }
}
