//! Features come and go in a project that lives, in any order, and leave nothing behind.

#[path = "cli/environment.rs"]
#[allow(dead_code, reason = "tests/cli needs other parts of it")]
mod environment;
#[path = "workshop/full.rs"]
mod full;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use environment::{Environment, files};
use full::is_full_run;
use heavy_stack::manifest::Manifest;

/// Of every project, wherever it is edited: what `heavy` and cargo write.
const WRITTEN_BY_PROGRAMS: [&str; 2] = ["Cargo.lock", "heavy.toml"];

/// The features of this repository's template.
fn features() -> Vec<String> {
    let manifest = Manifest::parse(include_str!("../../cargo-generate.toml")).expect("a good manifest");
    manifest.features().iter().map(|feature| feature.name.to_owned()).collect()
}

/// The features in an order that a number decides.
fn in_order(number: u64) -> Vec<String> {
    let mut features = features();
    features.sort_by_cached_key(|feature| {
        let mut hasher = DefaultHasher::new();
        (number, feature).hash(&mut hasher);
        hasher.finish()
    });
    features
}

/// The text files of a project.
fn texts(env: &Environment, name: &str) -> BTreeMap<String, String> {
    let all = files(&env.path(name)).into_iter();
    all.filter_map(|(path, (bytes, _))| Some((path, String::from_utf8(bytes).ok()?))).collect()
}

/// A comment of the owner's, as files of this kind have them.
fn comment(path: &str) -> Option<&'static str> {
    let ending = path.rsplit(['.', '/']).next()?;
    match ending {
        "rs" | "mjs" | "js" | "json" | "css" => Some("/* ours */"),
        "toml" | "yaml" | "yml" | "example" | "Dockerfile" => Some("# ours"),
        "sql" => Some("-- ours"),
        "md" => Some("Ours."),
        _ => None,
    }
}

/// The lines of `plain` around which it is the same with every feature: two on either side.
fn common_lines(plain: &str, full: &str) -> Vec<usize> {
    let lines: Vec<&str> = plain.lines().collect();
    let windows = lines.windows(5).map(|window| window.join("\n"));
    let is_common = |window: &String| plain.matches(window).count() == 1 && full.contains(window);
    windows.enumerate().filter(|(_, window)| is_common(window)).map(|(at, _)| at + 2).collect()
}

/// The text with the owner's module in the first list of modules.
fn with_module(text: &str) -> Option<String> {
    let mut lines: Vec<&str> = text.lines().collect();
    let is_module = |line: &str| line.starts_with("mod ") || line.starts_with("pub mod ");
    let first = lines.iter().position(|line| is_module(line) && line.ends_with(';'))?;
    let (kind, _) = lines[first].split_once("mod ")?;
    let module = format!("{kind}mod ours;");
    let list = lines[first..].iter().take_while(|line| line.starts_with(kind) && is_module(line));
    let before = list.take_while(|line| ***line < *module).count();
    lines.insert(first + before, &module);
    Some(lines.join("\n") + "\n")
}

/// Edits a project as an owner would: everywhere where features do something too, and here and there where none does.
fn edit(env: &Environment, plain: &BTreeMap<String, String>, full: &BTreeMap<String, String>) {
    let (mut beside_features, mut elsewhere) = (0, 0);
    for (path, text) in plain {
        let Some(comment) = comment(path).filter(|_| !WRITTEN_BY_PROGRAMS.contains(&&**path)) else { continue };
        let edited = if full.get(path) == Some(text) {
            elsewhere += 1;
            match elsewhere % 10 {
                1 => Some(format!("{text}{comment}\n")),
                2 => None,
                _ => continue,
            }
        } else {
            let common = full.get(path).map(|full| common_lines(text, full)).unwrap_or_default();
            let (Some(first), Some(last)) = (common.first(), common.last()) else { continue };
            beside_features += 1;
            let mut edited = String::new();
            for (at, line) in text.lines().enumerate() {
                edited += line;
                if at == *last {
                    write!(edited, " {comment}").expect("a string takes it");
                }
                edited += "\n";
                if at == *first {
                    let indent = &line[..line.len() - line.trim_start().len()];
                    writeln!(edited, "{indent}{comment}").expect("a string takes it");
                }
            }
            with_module(&edited).or(Some(edited))
        };
        let path = format!("app/{path}");
        match edited {
            Some(edited) => env.write(&path, edited),
            None => std::fs::remove_file(env.path(&path)).expect("a file of the template"),
        }
    }
    env.write("app/src/ours.rs", "//! Ours.\n");
    assert!(beside_features > 50 && elsewhere > 50, "{beside_features} and {elsewhere} files");
}

fn commit(env: &Environment, message: &str) -> String {
    env.git("app", &["add", "--all"]);
    env.git("app", &["commit", "--quiet", "--allow-empty", "--message", message]);
    env.git("app", &["rev-parse", "HEAD"]).trim().to_owned()
}

/// Moves the project without a conflict, and commits it.
fn moves(env: &Environment, verb: &str, features: &[String]) -> String {
    let features: Vec<&str> = features.iter().map(String::as_str).collect();
    let output = env.heavy(&[&[verb], &*features, &["--project", "app", "--quiet"]].concat());
    assert!(output.status.success(), "{verb} {features:?}: {}{}", env.shown(&output), env.git("app", &["diff"]));
    commit(env, &format!("{verb} {features:?}"))
}

/// A project is, to the byte, what it was at a commit, but for migrations that a database may have run: what came may stay.
fn is_as_at(env: &Environment, then: &str, when: &str) {
    is_as_at_but_for_migrations(env, then, when, &["A"]);
}

/// The same, with migrations that may have come (`A`) or gone (`D`).
fn is_as_at_but_for_migrations(env: &Environment, then: &str, when: &str, statuses: &[&str]) {
    let changed = env.git("app", &["diff", "--name-status", then]);
    let is_migration = |line: &&str| {
        let known = line.split_once('\t').filter(|(status, _)| statuses.contains(status));
        known.is_some_and(|(_, path)| path.starts_with("migrations/") || path.contains("/migrations/"))
    };
    let others: Vec<&str> = changed.lines().filter(|line| !is_migration(line)).collect();
    assert!(others.is_empty(), "{when}: {}\n{}", others.join("\n"), env.git("app", &["diff", then]));
    assert_eq!(env.git("app", &["status", "--porcelain", "--ignored"]), "", "{when}");
}

#[test]
fn features_come_into_an_edited_project_in_any_order_and_go_again_to_the_byte() {
    let env = Environment::new();
    env.succeeds(&["new", "app", "--defaults", "--quiet"]);
    let all: Vec<String> = features().iter().map(|feature| format!("--feature={feature}")).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    env.succeeds(&[&["new", "full/app", "--defaults", "--vcs", "none", "--quiet"], &*all].concat());
    edit(&env, &texts(&env, "app"), &texts(&env, "full/app"));
    let edited = commit(&env, "edited");

    let is_full = is_full_run("features that come and go one by one, in three orders, and each alone");
    let mut everything = None;
    for order in 0..if is_full { 3 } else { 1 } {
        let order = in_order(order);
        // With none of them, and then with more and more.
        let mut commits = vec![edited.clone()];
        let steps: Vec<&[String]> = order.chunks(if is_full { 1 } else { 4 }).collect();
        for features in &steps {
            commits.push(moves(&env, "add-feature", features));
        }
        let last = commits.pop().expect("the one with all of them");
        // One of two features together may be left from a time before a third came that it does not go with.
        is_as_at_but_for_migrations(&env, everything.get_or_insert(last), "all of them", &["A", "D"]);
        for (features, before) in steps.iter().zip(&commits).rev() {
            moves(&env, "remove-feature", features);
            is_as_at(&env, before, &format!("without {features:?} again, order {order:?}"));
        }
        env.git("app", &["reset", "--quiet", "--hard", &edited]);
    }
    for feature in features().chunks(1).filter(|_| is_full) {
        moves(&env, "add-feature", feature);
        moves(&env, "remove-feature", feature);
        is_as_at(&env, &edited, &feature[0]);
        env.git("app", &["reset", "--quiet", "--hard", &edited]);
    }
}
