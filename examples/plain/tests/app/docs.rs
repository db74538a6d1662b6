//! The documentation in `docs/`.

use std::{fs, path::Path};

/// Every Markdown file below a folder.
fn pages(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            pages(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
}

#[test]
fn code_in_the_documentation_is_quoted_from_the_file_that_it_names() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    pages(&root.join("docs"), &mut found);
    let mut quotes = 0;
    for page in found {
        let text = fs::read_to_string(&page).unwrap();
        for block in text.split("\n```").skip(1) {
            let (language, code) = block.split_once('\n').unwrap_or_default();
            let Some((_, source)) = language.split_once(' ') else {
                continue;
            };
            let file = fs::read_to_string(root.join(source))
                .unwrap_or_else(|error| panic!("{}: `{source}`: {error}", page.display()));
            assert!(
                file.contains(code),
                "{}: this is not in `{source}`:\n{code}",
                page.display()
            );
            quotes += 1;
        }
    }
    assert!(quotes > 0, "no page quotes code");
}

#[test]
fn links_of_the_documentation_are_valid() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    pages(&root.join("docs"), &mut found);
    for page in found {
        let text = fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1) {
            let (target, _) = link.split_once(')').unwrap();
            let target = target.split('#').next().unwrap();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            let path = page.parent().unwrap().join(target);
            assert!(
                path.exists(),
                "{}: `{target}` does not exist",
                page.display()
            );
        }
    }
}
