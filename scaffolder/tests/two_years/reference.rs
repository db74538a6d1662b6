//! What somebody would have to resolve who merges file by file with `git merge-file`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::environment::Environment;

/// A tree of texts by path.
pub(crate) type Texts = BTreeMap<String, String>;

/// The conflicts of three trees: places in files, and files that one side changed while the other has them no more.
pub(crate) fn conflicts(env: &Environment, base: &Texts, ours: &Texts, theirs: &Texts) -> usize {
    let paths: BTreeSet<&String> = base.keys().chain(ours.keys()).chain(theirs.keys()).collect();
    paths.into_iter().map(|path| in_file(env, base.get(path), ours.get(path), theirs.get(path))).sum()
}

fn in_file(env: &Environment, base: Option<&String>, ours: Option<&String>, theirs: Option<&String>) -> usize {
    match (ours, theirs) {
        _ if ours == theirs || base == ours || base == theirs => 0,
        (Some(ours), Some(theirs)) => merge_file(env, base.map_or("", String::as_str), ours, theirs),
        _ => 1,
    }
}

fn merge_file(env: &Environment, base: &str, ours: &str, theirs: &str) -> usize {
    let folder = env.path("three");
    fs::create_dir_all(&folder).expect("a folder");
    for (name, text) in [("base", base), ("ours", ours), ("theirs", theirs)] {
        fs::write(folder.join(name), text).expect("a file");
    }
    let mut git = env.program("git");
    let output =
        git.args(["merge-file", "--stdout", "--quiet", "ours", "base", "theirs"]).current_dir(&folder).output();
    let code = output.expect("git starts").status.code().expect("no signal");
    usize::try_from(code).expect("the number of conflicts")
}

/// Every text below a folder.
pub(crate) fn texts(folder: &Path) -> Texts {
    let files = crate::environment::files(folder);
    files.into_iter().map(|(path, (bytes, _))| (path, String::from_utf8_lossy(&bytes).into_owned())).collect()
}
