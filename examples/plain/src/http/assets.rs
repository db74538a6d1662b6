//! Static assets: the files of `static/`, and the client script of live pages.

use std::{collections::BTreeMap, sync::LazyLock};

use rust_embed::RustEmbed;
use stack_web::assets::Assets;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Folder;

/// All assets. Pages link to them with [`url`].
pub static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let scripts = stack_live::SCRIPTS.iter();
    scripts.fold(Assets::of::<Folder>(), |assets, (name, script)| {
        assets.with(name, "text/javascript", script)
    })
});

/// The URL of the asset `name`, with the hash of its content.
///
/// # Panics
/// If there is no asset of this name.
pub fn url(name: &str) -> String {
    ASSETS.url(name)
}

/// The modules of `static/elements/`, as JSON: the client script loads each when its tag first appears on a page.
/// `elements/sales-chart.js` is the one of `<sales-chart>`; a file whose name is no tag is for other modules to import.
/// With them go the modules of the script itself, whose names are no tags.
pub fn elements() -> String {
    let modules = ASSETS.urls().into_iter().filter_map(|(name, url)| {
        let (folder, name) = name.strip_suffix(".js")?.split_once('/')?;
        let is_tag = name.contains('-');
        let known = folder == "elements" && is_tag || folder == "live" && !is_tag;
        known.then(|| (name.to_owned(), url))
    });
    serde_json::json!(modules.collect::<BTreeMap<_, _>>()).to_string()
}

/// The value of `integrity` for an element that links to the asset `name`.
///
/// # Panics
/// If there is no asset of this name.
pub fn integrity(name: &str) -> String {
    ASSETS.integrity(name)
}
