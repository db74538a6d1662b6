//! What stands on the disk, as a value that can be compared and shown.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Something that stands at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    File {
        bytes: Vec<u8>,
        executable: bool,
    },
    Link(PathBuf),
    /// A folder with nothing in it; others show by what they hold.
    EmptyFolder,
}

/// Everything below a folder, by path.
pub(crate) type State = BTreeMap<String, Entry>;

/// Plain files.
pub(crate) fn files<B: AsRef<[u8]>>(files: &[(&str, B)]) -> State {
    let plain = |bytes: &B| Entry::File { bytes: bytes.as_ref().to_vec(), executable: false };
    files.iter().map(|(path, bytes)| ((*path).to_owned(), plain(bytes))).collect()
}

/// Everything below `root`. The folders in which git and `heavy` keep what they know of it are left out.
pub(crate) fn read(root: &Path) -> State {
    let mut state = State::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let mut empty = true;
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("readable").path();
            empty = false;
            if path.ends_with(".git") || path == root.join(".heavy") {
                continue;
            }
            let kind = fs::symlink_metadata(&path).expect("it exists").file_type();
            if kind.is_symlink() {
                state.insert(relative(&path, root), Entry::Link(fs::read_link(&path).expect("a link")));
            } else if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                let bytes = fs::read(&path).expect("readable");
                state.insert(relative(&path, root), Entry::File { bytes, executable: is_executable(&path) });
            }
        }
        if empty && folder != root {
            state.insert(relative(&folder, root), Entry::EmptyFolder);
        }
    }
    state
}

fn relative(path: &Path, root: &Path) -> String {
    path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/")
}

/// Writes it below `root`, over what stands there.
pub(crate) fn write(root: &Path, state: &State) {
    for (path, entry) in state {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder");
        match entry {
            Entry::File { bytes, executable } => {
                fs::write(&path, bytes).expect("a file");
                set_executable(&path, *executable);
            }
            Entry::Link(_) => panic!("a fixture has no links"),
            Entry::EmptyFolder => fs::create_dir_all(&path).expect("a folder"),
        }
    }
}

#[track_caller]
pub(crate) fn assert_same(found: &State, expected: &State, what: &str) {
    let paths: BTreeSet<&String> = found.keys().chain(expected.keys()).collect();
    let mut differences = String::new();
    for path in paths.into_iter().filter(|path| found.get(*path) != expected.get(*path)) {
        let shown = |state: &State| state.get(path).map_or_else(|| "nothing".to_owned(), shown);
        differences.push_str(&format!("== {path}\n-- found: {}\n-- expected: {}\n", shown(found), shown(expected)));
    }
    assert!(differences.is_empty(), "{what}:\n{differences}");
}

/// An entry as a person can read it; what cannot be seen is escaped.
pub(crate) fn shown(entry: &Entry) -> String {
    match entry {
        Entry::File { bytes, executable } => {
            let text = String::from_utf8_lossy(bytes).replace('\r', "\\r").replace('\u{feff}', "\\u{feff}");
            format!("{}\n{text}", if *executable { "executable file" } else { "file" })
        }
        Entry::Link(target) => format!("link to {}", target.display()),
        Entry::EmptyFolder => "empty folder".to_owned(),
    }
}

/// The lines of everything but `heavy.toml`, without what ends them, indentation and byte-order marks.
pub(crate) fn lines(state: &State) -> BTreeSet<Vec<u8>> {
    let mut lines = BTreeSet::new();
    for (path, entry) in state {
        if let Entry::File { bytes, .. } = entry
            && path != "heavy.toml"
        {
            let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
            lines.extend(bytes.split(|byte| *byte == b'\n').map(|line| line.trim_ascii().to_vec()));
        }
    }
    lines
}

#[cfg(unix)]
pub(crate) fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).expect("a file").permissions().mode() & 0o100 != 0
}

#[cfg(unix)]
pub(crate) fn set_executable(path: &Path, executable: bool) {
    use std::os::unix::fs::PermissionsExt;
    let mode = if executable { 0o755 } else { 0o644 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("our own file");
}

#[cfg(not(unix))]
pub(crate) fn is_executable(_path: &Path) -> bool {
    false
}

#[cfg(not(unix))]
pub(crate) fn set_executable(_path: &Path, _executable: bool) {}
