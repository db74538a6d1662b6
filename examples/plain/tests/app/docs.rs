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

/// Text between backticks in the page about security, where it is one word.
fn words(page: &str) -> impl Iterator<Item = &str> {
    let code = page.split('`').skip(1).step_by(2);
    code.filter(|code| !code.is_empty() && !code.contains(char::is_whitespace))
}

/// Whether there is the test that `cargo test` calls `pages::security::…` (in `tests/app/`), or `models::email::tests::…`
/// (beside the code).
fn is_test(root: &Path, name: &str) -> bool {
    let (module, function) = name.rsplit_once("::").unwrap();
    let path = module.replace("::", "/");
    let beside = path.trim_end_matches("/tests");
    let files = [
        format!("tests/app/{path}.rs"),
        format!("tests/app/{path}/mod.rs"),
        format!("src/{path}.rs"),
        format!("src/{beside}.rs"),
    ];
    let mut texts = files
        .iter()
        .filter_map(|file| fs::read_to_string(root.join(file)).ok());
    texts.any(|text| text.contains(&format!("fn {function}(")))
}

#[test]
fn the_files_and_tests_that_the_page_about_security_names_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/security.md")).unwrap();
    let is_path = |word: &str| {
        let folder = word.split_once('/').map(|(folder, _)| folder);
        folder.is_some_and(|folder| ["docs", "schema", "src", "stack", "tests"].contains(&folder))
    };
    let is_module_path = |word: &str| {
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_:".contains(c);
        word.contains("::") && !word.ends_with("::") && word.chars().all(letters)
    };
    let missing: Vec<&str> = words(&page)
        .filter(|word| match *word {
            path if is_path(path) => !root.join(path).exists(),
            test if is_module_path(test) => !is_test(root, test),
            _ => false,
        })
        .collect();
    assert!(missing.is_empty(), "there is no {missing:#?}");
    assert!(words(&page).any(is_module_path), "no test is named");
}
