//! What a plain project weighs, and what it may weigh: the table in the README, which is this test's output. And what weighs
//! without being of use: files that nothing compiles, words of features that a project lacks.
//!
//! `HEAVY_BLESS=1 cargo test --test budget` writes the table again. It never writes one above the budget.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::{Compression, write::GzEncoder};
use heavy_stack::manifest::Manifest;

/// One line of the table: what is counted, its limit, and what it is today.
struct Entry {
    what: &'static str,
    limit: usize,
    today: usize,
}

/// A project without any feature, as `heavy new --defaults` makes it.
fn plain_project(scratch: &Path) -> PathBuf {
    project_with(scratch, None)
}

/// The same with one feature.
fn project_with(scratch: &Path, feature: Option<&str>) -> PathBuf {
    // A crate may be called as the feature is, and then the project may not.
    let project = scratch.join(feature.map_or("plain".to_owned(), |feature| format!("with-{feature}")));
    let output = Command::new(env!("CARGO_BIN_EXE_heavy"))
        .arg("new")
        .arg(&project)
        .args(["--defaults", "--vcs", "none", "--quiet"])
        .args(feature.map(|feature| format!("--feature={feature}")))
        .output()
        .expect("heavy starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    project
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = ignore::WalkBuilder::new(folder).standard_filters(false).build();
    let paths = entries.map(|entry| entry.expect("a readable folder").into_path());
    paths.filter(|path| path.is_file()).collect()
}

/// Lines of Rust below a folder, comments and tests with them.
fn lines_of_rust(folder: &Path) -> usize {
    let rust = files(folder).into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    rust.map(|path| std::fs::read_to_string(path).expect("a text").lines().count()).sum()
}

/// Crates that are compiled for a package on this machine and do not lie in the project.
fn third_party_crates(project: &Path, package: &str) -> usize {
    let output = Command::new(env!("CARGO"))
        .current_dir(project)
        .args(["tree", "--locked", "--package", package, "--edges", "normal,build", "--prefix", "none"])
        .args(["--no-dedupe", "--format", "{p}"])
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).expect("a text");
    // `name v1.2.3`, behind it a path in parentheses where the crate is the project's own.
    let third_party = tree.lines().filter(|line| !line.contains(" (/") && !line.contains(":\\"));
    let crates: BTreeSet<&str> = third_party.map(|line| line.trim_end_matches(" (proc-macro)")).collect();
    crates.len()
}

/// What every live page loads, in bytes as the server sends it.
fn compressed_script(project: &Path) -> usize {
    let minified = std::fs::read_to_string(project.join("stack/live/src/client.min.js")).expect("the minified scripts");
    // Each stands below a line with its name.
    let (_, rest) = minified.split_once("\n// live.js ").expect("the script of every page");
    let (_, rest) = rest.split_once('\n').expect("the script follows");
    let (script, _) = rest.split_once("\n// live/").expect("the modules follow");
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(script.as_bytes()).expect("memory takes everything");
    gzip.finish().expect("memory takes everything").len()
}

fn weigh(project: &Path) -> [Entry; 7] {
    let rust = |folder| lines_of_rust(&project.join(folder));
    let crates = |package| third_party_crates(project, package);
    [
        Entry { what: "files", limit: 514, today: files(project).len() },
        Entry { what: "lines of Rust in `src/`, the application", limit: 9_660, today: rust("src") },
        Entry { what: "lines of Rust in `stack/`, the machinery", limit: 34_300, today: rust("stack") },
        Entry { what: "lines of Rust in `tests/`", limit: 4_550, today: rust("tests") },
        Entry { what: "third-party crates of the application", limit: 244, today: crates("app") },
        Entry { what: "third-party crates of `cargo dev`", limit: 179, today: crates("stack_dev") },
        Entry {
            what: "bytes of the script of live pages, compressed",
            limit: 14_000,
            today: compressed_script(project),
        },
    ]
}

fn table(entries: &[Entry]) -> String {
    let mut table = "| a plain project has | today | at most |\n|---|---:|---:|\n".to_owned();
    for Entry { what, limit, today } in entries {
        writeln!(table, "| {what} | {} | {} |", grouped(*today), grouped(*limit)).expect("a text takes everything");
    }
    table
}

/// `18000` as `18,000`.
fn grouped(number: usize) -> String {
    match number {
        0..1_000 => number.to_string(),
        _ => format!("{},{:03}", number / 1_000, number % 1_000),
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "`--nocapture` shows the table of a test that passes")]
fn a_plain_project_stays_within_its_budget_and_the_readme_has_the_table() {
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let entries = weigh(&plain_project(scratch.path()));
    let table = table(&entries);
    println!("{table}");
    let above: Vec<&str> = entries.iter().filter(|entry| entry.today > entry.limit).map(|entry| entry.what).collect();
    assert!(above.is_empty(), "above the budget: {}\n{table}", above.join(", "));

    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let text = std::fs::read_to_string(&readme).expect("the README");
    let start = text.find("| a plain project has |").expect("the README has the table");
    let end = start + text[start..].find("\n\n").expect("something follows the table") + 1;
    if std::env::var_os("HEAVY_BLESS").is_some() {
        let blessed = format!("{}{table}{}", &text[..start], &text[end..]);
        std::fs::write(&readme, blessed).expect("the README can be written");
        return;
    }
    let stale = "README.md has another table\nrun `HEAVY_BLESS=1 cargo test --test budget`";
    assert_eq!(text[start..end], table, "{stale}");
}

/// Rust files that nothing compiles: neither cargo knows them, nor has the module above them a `mod` for them.
fn not_compiled(project: &Path) -> Vec<String> {
    let is_rust = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "rs");
    let relative = |path: PathBuf| path.strip_prefix(project).expect("a file of the project").to_owned();
    let all: Vec<PathBuf> = files(project).into_iter().filter(is_rust).map(relative).collect();
    // Each file in it is a program of its own.
    let is_of_programs = |folder: &Path| {
        let folders = ["tests", "benches", "examples"];
        folders.iter().any(|programs| folder.ends_with(programs)) && folder.iter().all(|part| part != "src")
    };
    let is_compiled = |path: &PathBuf| {
        let (Some(mut folder), Some(mut name)) = (path.parent(), path.file_stem()) else { return false };
        if ["main", "lib", "build"].iter().any(|root| name == *root) || is_of_programs(folder) {
            return true;
        }
        if name == "mod"
            && let (Some(above), Some(module)) = (folder.parent(), folder.file_name())
        {
            (folder, name) = (above, module);
        }
        let module = format!("mod {};", name.display());
        let is_above = |other: &&PathBuf| {
            let in_folder = other.parent() == Some(folder);
            let is_root = ["mod.rs", "main.rs", "lib.rs"].iter().any(|root| other.ends_with(root));
            **other == folder.with_extension("rs") || in_folder && (is_root || is_of_programs(folder))
        };
        all.iter().filter(is_above).any(|above| {
            let text = std::fs::read_to_string(project.join(above)).expect("a text");
            text.lines().any(|line| line.ends_with(&module))
        })
    };
    all.iter().filter(|path| !is_compiled(path)).map(|path| path.display().to_string()).collect()
}

#[test]
fn every_rust_file_of_a_project_is_compiled_whatever_feature_it_has() {
    let manifest = Manifest::parse(include_str!("../../cargo-generate.toml")).expect("a good manifest");
    let features = manifest.features().into_iter().map(|feature| Some(feature.name));
    let scratch = tempfile::tempdir().expect("a temporary folder");
    for feature in features.chain([None]) {
        let project = project_with(scratch.path(), feature);
        assert_eq!(not_compiled(&project), Vec::<String>::new(), "with {feature:?}");
    }
}

/// Words, in small letters, that only a project with some feature has.
const WORDS_OF_FEATURES: &[&str] = &[
    "cockroach",
    "cockroachdb",
    "cronexpr",
    "gallery",
    "halfvec",
    "nextest",
    "object_store",
    "oidc",
    "openapi",
    "openid",
    "openidconnect",
    "opentelemetry",
    "otel",
    "otlp",
    "passkey",
    "passkeys",
    "pgvector",
    "playwright",
    "qrcode",
    "showcase",
    "totp",
    "utoipa",
    "vector",
    "vectors",
    "webauthn",
];

/// The same for what is written as several words.
const PHRASES_OF_FEATURES: &[&str] = &[
    "breached_passwords",
    "browser test",
    "browser-test",
    "browser_test",
    "cargo dev load",
    "cargo dev record",
    "cargo dev test",
    "load test",
    "account/phone",
    "recovery code",
    "second factor",
    "stack_files",
    "stack_jobs",
    "stack_load",
    "stack_tests",
    "team_id",
    "test daemon",
    "test-daemon",
    "use_presence",
];

#[test]
fn a_plain_project_has_no_word_of_a_feature_that_it_lacks() {
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let project = plain_project(scratch.path());
    let mut found = Vec::new();
    for path in files(&project) {
        let name = path.strip_prefix(&project).expect("a file of the project");
        // One has the answers, the second the third-party crates, which have names of their own, the third passwords.
        let others = ["heavy.toml", "Cargo.lock", "src/models/password/common.txt"];
        if others.iter().any(|other| name == Path::new(other)) {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        for (line, number) in text.lines().zip(1..) {
            let mut line = line.to_lowercase();
            // The docs say where examples are to be had.
            for command in ["heavy add-feature showcase", "heavy remove-feature showcase"] {
                line = line.replace(command, "");
            }
            let mut words = line.split(|c: char| !c.is_alphanumeric());
            let is_named = words.any(|word| WORDS_OF_FEATURES.contains(&word))
                || PHRASES_OF_FEATURES.iter().any(|phrase| line.contains(phrase));
            if is_named {
                found.push(format!("{}:{number}: {}", name.display(), line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "words of features in a plain project:\n{}", found.join("\n"));
}
