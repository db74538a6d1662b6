//! A tree as one file: a tar archive, the same bytes for the same tree.

use std::io::Read;

use tar::{Archive, Builder, EntryType, Header};

use crate::error::{Error, Result};
use crate::tree::{File, Tree, TreePath};

/// The most bytes that unpacking makes of an archive.
const LARGEST: u64 = 256 << 20;

/// Packs a tree: files in the order of their paths, owner, group and time zero, modes 644 and 755.
///
/// # Errors
/// None that a tree in memory could cause; tar's own refusals are passed on.
pub fn pack(tree: &Tree) -> Result<Vec<u8>> {
    let mut builder = Builder::new(Vec::new());
    for (path, file) in tree {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Regular);
        header.set_mode(if file.executable { 0o755 } else { 0o644 });
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_size(file.bytes.len() as u64);
        builder
            .append_data(&mut header, path.as_str(), file.bytes.as_slice())
            .map_err(|error| Error::system(format!("`{path}` cannot be packed")).because(error))?;
    }
    builder.into_inner().map_err(|error| Error::system("the archive cannot be packed").because(error))
}

/// Unpacks an archive.
///
/// # Errors
/// It is no archive, has a path that leaves the project, the same path twice, a link or a device, or more than
/// 256 MiB.
pub fn unpack(bytes: &[u8]) -> Result<Tree> {
    let broken = |error| Error::template("the archive of the template is broken").because(error);
    let mut tree = Tree::new();
    let mut total = 0;
    for entry in Archive::new(bytes).entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        match entry.header().entry_type() {
            EntryType::Regular => {}
            EntryType::Directory => continue,
            _ => {
                return Err(Error::template(format!(
                    "the archive of the template has `{}`, which is no file",
                    name.escape_debug()
                )));
            }
        }
        let path = TreePath::parse(&name).map_err(|problem| {
            Error::template(format!(
                "the archive of the template has the path `{}`, which {problem}",
                name.escape_debug()
            ))
        })?;
        total += entry.size();
        if total > LARGEST {
            return Err(Error::template("the archive of the template is larger than 256 MiB"));
        }
        let executable = entry.header().mode().map_err(broken)? & 0o100 != 0;
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(broken)?;
        if tree.insert(path, File { bytes, executable }).is_some() {
            return Err(Error::template(format!("the archive of the template has `{name}` twice")));
        }
    }
    Ok(tree)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn trees() -> impl Strategy<Value = Tree> {
        let path =
            "[a-z{}_]{1,60}(/[a-zé ]{0,40}[a-z]){0,4}".prop_filter_map("a path", |path| TreePath::parse(&path).ok());
        let file = (any::<Vec<u8>>(), any::<bool>()).prop_map(|(bytes, executable)| File { bytes, executable });
        proptest::collection::btree_map(path, file, 0..8)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn unpacking_gives_back_what_was_packed(tree in trees()) {
            let packed = pack(&tree).expect("an archive");
            prop_assert_eq!(unpack(&packed).expect("the tree"), tree);
        }

        #[test]
        fn no_bytes_make_unpacking_panic(bytes in any::<Vec<u8>>()) {
            let _ = unpack(&bytes);
        }
    }

    #[test]
    fn a_path_that_leaves_the_project_is_refused() {
        let mut header = Header::new_gnu();
        header.set_size(0);
        header.set_mode(0o644);
        header.as_mut_bytes()[..5].copy_from_slice(b"../ab");
        header.set_cksum();
        let mut builder = Builder::new(Vec::new());
        builder.append(&header, &[][..]).expect("an archive");
        let error = unpack(&builder.into_inner().expect("an archive")).expect_err("a refusal");
        assert_eq!(
            error.to_string(),
            "the archive of the template has the path `../ab`, which leaves its folder with `..`"
        );
    }

    #[test]
    fn the_same_tree_is_the_same_bytes() {
        let tree = crate::tree::tests::tree(&[("a", "1"), ("b/c", "2")]);
        assert_eq!(pack(&tree).expect("an archive"), pack(&tree.clone()).expect("an archive"));
    }
}
