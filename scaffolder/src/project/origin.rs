//! `heavy.toml`: what a project was made from.
//!
//! It is a plain file of the template, so that `cargo generate` writes it as well, and says that the template is
//! heavy's own. Only somebody who was given another template knows better: then [`set_source`] says which.

use toml_edit::{DocumentMut, Item, Table, value};

use crate::error::{Error, Result};
use crate::lockfile::LOCKFILE as PATH;
use crate::tree::Tree;

/// Writes where the template came from into the tree's `heavy.toml`; a template without one gets none.
///
/// `rev` is the branch, tag or commit that was asked for, and `stamp` the template's true one: the one that its
/// author wrote down may be older than the files.
///
/// # Errors
/// The file is no TOML.
pub fn set_source(tree: &mut Tree, source: &str, rev: Option<&str>, stamp: &str) -> Result<()> {
    let Some((_, file)) = tree.iter_mut().find(|(path, _)| path.as_str() == PATH) else {
        return Ok(());
    };
    let text = String::from_utf8_lossy(&file.bytes);
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
        Error::template(format!("the template's `{PATH}` is not valid TOML once it is rendered"))
            .because(error)
            .hint("correct it in the template; `heavy template lint` shows more")
    })?;
    let table = document.entry("template").or_insert(Item::Table(Table::new()));
    let Some(table) = table.as_table_like_mut() else {
        return Err(Error::template(format!("`template` in the template's `{PATH}` is not a table"))
            .hint("write it as `[template]`"));
    };
    table.insert("source", value(source));
    if let Some(rev) = rev {
        table.insert("rev", value(rev));
    }
    table.insert("stamp", value(stamp));
    file.bytes = document.to_string().into_bytes();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{File, TreePath};

    fn heavy_toml(text: &str) -> Tree {
        Tree::from([(TreePath::parse(PATH).expect("a good path"), File::new(text))])
    }

    #[test]
    fn the_source_is_set_and_everything_else_stays() {
        let mut tree = heavy_toml("# Made by heavy.\n[template]\nsource = \"heavy\"\nversion = \"1.0.0\"\n");
        set_source(&mut tree, "https://example.com/t", Some("v1"), "0123").expect("good TOML");
        let text = tree.into_values().next().map(|file| String::from_utf8(file.bytes).expect("UTF-8"));
        insta::assert_snapshot!(text.unwrap_or_default(), @r#"
        # Made by heavy.
        [template]
        source = "https://example.com/t"
        version = "1.0.0"
        rev = "v1"
        stamp = "0123"
        "#);
    }

    #[test]
    fn a_template_without_the_file_is_fine() {
        assert_eq!(set_source(&mut Tree::new(), "x", None, ""), Ok(()));
    }
}
