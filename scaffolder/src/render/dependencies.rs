//! The names of crates that a template's projects use, as far as its `Cargo.toml` says without being rendered.

use crate::template::Template;

/// Whether the root `Cargo.toml` of a template has a dependency of this name, whatever the answers are.
///
/// Read by its lines: with its tags it is no TOML yet.
pub(super) fn contain(template: &Template, crate_name: &str) -> bool {
    let manifest = template.files.iter().find(|(path, _)| path.as_str() == "Cargo.toml");
    let text = manifest.and_then(|(_, file)| std::str::from_utf8(&file.bytes).ok()).unwrap_or_default();
    let mut among_dependencies = false;
    for line in text.lines().map(str::trim) {
        if let Some(table) = line.strip_prefix('[') {
            among_dependencies = table.trim_end_matches(']').ends_with("dependencies");
        } else if among_dependencies {
            let key = line.split(['=', '.', ' ', '\t']).next().unwrap_or_default();
            if !key.is_empty() && key.trim_matches('"').replace('-', "_") == crate_name {
                return true;
            }
        }
    }
    false
}
