//! `/static`: files that are part of the program.
//!
//! A page links to [`url`](Assets::url), which names the content by a hash: browsers keep it for a year and ask again
//! only when it has changed. A debug build reads the files from the disk each time, so that a reload shows an edit.

use std::{borrow::Cow, collections::BTreeMap};

use axum::{
    extract::{Path, RawQuery},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get},
};
use base64ct::{Base64, Encoding};
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest, Sha256};

use crate::problem::Problem;

/// The files of a folder, and some that come from elsewhere.
pub struct Assets {
    get: fn(&str) -> Option<EmbeddedFile>,
    names: fn() -> Vec<Cow<'static, str>>,
    added: BTreeMap<&'static str, File>,
}

#[derive(Clone)]
struct File {
    content: Cow<'static, [u8]>,
    content_type: Cow<'static, str>,
    hash: String,
    integrity: String,
}

impl File {
    fn new(content: Cow<'static, [u8]>, content_type: &str, digest: impl AsRef<[u8]>) -> Self {
        let is_text = content_type.starts_with("text/") || content_type.ends_with("+xml");
        let content_type = match is_text {
            true => format!("{content_type}; charset=utf-8").into(),
            false => content_type.to_owned().into(),
        };
        Self {
            content,
            content_type,
            hash: hex::encode(&digest.as_ref()[..8]),
            integrity: format!("sha256-{}", Base64::encode_string(digest.as_ref())),
        }
    }
}

impl Assets {
    /// The files of the folder that `Folder` names.
    pub fn of<Folder: RustEmbed>() -> Self {
        Self {
            get: Folder::get,
            names: || Folder::iter().collect(),
            added: BTreeMap::new(),
        }
    }

    /// Adds a file that is in no folder.
    #[must_use]
    pub fn with(mut self, name: &'static str, content_type: &str, content: &'static str) -> Self {
        let digest = Sha256::digest(content);
        let file = File::new(content.as_bytes().into(), content_type, digest);
        self.added.insert(name, file);
        self
    }

    fn find(&self, name: &str) -> Option<File> {
        let added = || self.added.get(name).cloned();
        let file = (self.get)(name).map(|file| {
            let (kind, digest) = (file.metadata.mimetype(), file.metadata.sha256_hash());
            File::new(file.data.clone(), kind, digest)
        });
        file.or_else(added)
    }

    /// The address of the file `name`, with the hash of its content.
    ///
    /// # Panics
    /// If no file has this name.
    pub fn url(&self, name: &str) -> String {
        format!("/static/{name}?v={}", self.linked(name).hash)
    }

    /// The value of `integrity` for an element that links to the file `name`: the browser refuses any other content.
    ///
    /// # Panics
    /// If no file has this name.
    pub fn integrity(&self, name: &str) -> String {
        self.linked(name).integrity
    }

    fn linked(&self, name: &str) -> File {
        self.find(name)
            .expect("pages link only to files that exist")
    }

    /// The addresses of all of them, by their names.
    pub fn urls(&self) -> Vec<(String, String)> {
        let added = self.added.keys().map(|name| (*name).into());
        let names = (self.names)().into_iter().chain(added);
        names
            .map(|name| (name.clone().into_owned(), self.url(&name)))
            .collect()
    }

    /// What serves `/static/{*file}`.
    pub fn service<S: Clone + Send + Sync + 'static>(&'static self) -> MethodRouter<S> {
        get(
            async move |Path(name): Path<String>, RawQuery(query): RawQuery, headers: HeaderMap| {
                let file = self.find(&name).ok_or_else(Problem::not_found)?;
                Ok::<_, Problem>(respond(file, query.as_deref(), &headers))
            },
        )
    }
}

/// Under the address of its content a file may be kept for a year; under any other it has to be asked for each time,
/// which the hash answers with 304.
fn respond(file: File, query: Option<&str>, headers: &HeaderMap) -> Response {
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
        (header::CACHE_CONTROL, cache.to_owned()),
        (header::ETAG, etag),
    ];
    if unchanged {
        (StatusCode::NOT_MODIFIED, caching).into_response()
    } else {
        let kind = [(header::CONTENT_TYPE, file.content_type.into_owned())];
        (caching, kind, file.content).into_response()
    }
}
