//! Static assets: the files of `static/`, and the client script of live pages.

use std::sync::LazyLock;

use rust_embed::RustEmbed;
use stack_web::assets::Assets;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Folder;

/// All assets. Pages link to them with [`url`].
pub static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    Assets::of::<Folder>().with("live.js", "text/javascript", &stack_live::SCRIPT)
});

/// The URL of the asset `name`, with the hash of its content.
///
/// # Panics
/// If there is no asset of this name.
pub fn url(name: &str) -> String {
    ASSETS.url(name)
}

/// The value of `integrity` for an element that links to the asset `name`.
///
/// # Panics
/// If there is no asset of this name.
pub fn integrity(name: &str) -> String {
    ASSETS.integrity(name)
}
