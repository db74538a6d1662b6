//! The files of `static/`, and the script of live pages.

use std::sync::LazyLock;

use rust_embed::RustEmbed;
use stack_web::assets::Assets;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Folder;

/// What pages link to by [`url`].
pub static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    Assets::of::<Folder>().with("live.js", "text/javascript", &stack_live::SCRIPT)
});

/// The address of the file `name`, with the hash of its content.
///
/// # Panics
/// If no file has this name.
pub fn url(name: &str) -> String {
    ASSETS.url(name)
}
