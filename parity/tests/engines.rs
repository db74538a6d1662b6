//! heavy and cargo-generate make the same project of this repository's template.

mod common;

use std::collections::BTreeMap;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{at, library, repository};
use heavy_parity::{Engine, Form, Request, by_heavy, differences, write};
use heavy_stack::answers::Value;
use heavy_stack::lint::lint;
use heavy_stack::manifest::{Manifest, covering};
use heavy_stack::tree::{File, Tree};

/// Answers to the yes-or-no questions, in which any four of them are answered in every way.
fn answers(repository: &Tree) -> Vec<BTreeMap<String, Value>> {
    let manifest = Manifest::of(repository).expect("a manifest");
    let features = manifest.features();
    let answers = |bits: u64| {
        let named = features.iter().enumerate();
        named.map(|(at, feature)| (feature.name.to_owned(), Value::Bool(bits >> at & 1 == 1))).collect()
    };
    covering(features.len()).into_iter().map(answers).collect()
}

fn request(name: &str, answers: &BTreeMap<String, Value>) -> Request {
    Request { name: name.to_owned(), answers: answers.clone() }
}

fn titled(mut answers: BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    answers.insert("title".to_owned(), Value::Text("Größe, 9 lives".to_owned()));
    answers
}

/// The forms of the command line that a request is tried with. Both, where there is no feature, one, or all of them; of
/// the combinations between, of which there are dozens, those with an even number of features by the one and the others
/// by the other.
fn forms(request: &Request) -> &'static [Form] {
    let chosen = chosen(&request.answers);
    let features = request.answers.values().filter(|value| matches!(value, Value::Bool(_))).count();
    match chosen {
        _ if chosen <= 1 || chosen == features => &[Form::Root, Form::Subfolder],
        _ if chosen.is_multiple_of(2) => &[Form::Root],
        _ => &[Form::Subfolder],
    }
}

/// The command line gives what heavy gives.
fn assert_same(engine: &Engine, on_disk: &Path, repository: &Tree, request: &Request) {
    let heavy = by_heavy(repository, request).expect("a project by heavy");
    assert!(!heavy.is_empty());
    for &form in forms(request) {
        let other =
            engine.generate(on_disk, form, request).unwrap_or_else(|output| panic!("{request:?} {form:?}: {output}"));
        let differences = differences(&heavy, &other);
        assert!(differences.is_empty(), "{request:?} {form:?}:\n{}", differences.join("\n"));
    }
}

/// How many of the answers are yes.
fn chosen(answers: &BTreeMap<String, Value>) -> usize {
    answers.values().filter(|value| **value == Value::Bool(true)).count()
}

/// What is tried: names in every spelling, and every other project with a title that is not derived from its name.
fn requests(repository: &Tree) -> Vec<Request> {
    let names = ["a0", "my-app", "SunnyDay", "zz_top", "titled"];
    let numbered = answers(repository).into_iter().enumerate();
    let answered = numbered.map(|(number, answers)| (number, if number % 2 == 0 { answers } else { titled(answers) }));
    answered.map(|(number, answers)| request(names[number % names.len()], &answers)).collect()
}

/// Calls `check` for every item, on as many threads as there are processors.
fn in_parallel<T: Sync>(items: &[T], check: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    check(item);
                }
            });
        }
    });
}

#[test]
fn the_whole_repository_and_the_folder_of_the_template_give_the_same_project_whatever_is_chosen() {
    let repository = repository();
    let folder = tempfile::TempDir::new().expect("a folder");
    write(&repository, folder.path()).expect("the repository");
    in_parallel(&requests(&repository), |request| {
        assert_same(&library(), folder.path(), &repository, request);
    });
}

#[test]
fn both_engines_refuse_a_bad_name_in_the_same_words() {
    let repository = repository();
    let folder = tempfile::TempDir::new().expect("a folder");
    write(&repository, folder.path()).expect("the repository");
    for name in ["9lives", "match", "std", "my app", "größe", "con", "deps", "stack_dev"] {
        let request = request(name, &BTreeMap::new());
        let sentence = by_heavy(&repository, &request).expect_err(name).to_string();
        for form in [Form::Root, Form::Subfolder] {
            let output = library().generate(folder.path(), form, &request).expect_err(name);
            assert!(output.contains(&sentence), "{sentence}\n{output}");
        }
    }
}

/// Something on which the engines differ, in a template that otherwise renders.
fn planted(plant: &str) -> (Tree, tempfile::TempDir) {
    let manifest = "[template]\nfmt = false\n[placeholders.title]\nprompt = ''\ndefault = ''\n";
    let repository = Tree::from([(at("cargo-generate.toml"), File::new(manifest)), (at("file"), File::new(plant))]);
    let folder = tempfile::TempDir::new().expect("a folder");
    write(&repository, folder.path()).expect("the repository");
    (repository, folder)
}

#[test]
fn a_planted_difference_is_caught_by_the_comparison_and_by_the_lint() {
    // An empty text is true in Liquid and false in minijinja.
    let (repository, folder) = planted("start\n{%- if title %}\nshown\n{%- endif %}\n");
    let request = request("shop", &BTreeMap::new());
    let heavy = by_heavy(&repository, &request).expect("a project by heavy");
    let other = library().generate(folder.path(), Form::Root, &request).expect("a project by cargo-generate");
    let found = differences(&heavy, &other);
    assert_eq!(found, ["file: heavy \"start\\n\", cargo-generate \"start\\nshown\\n\""]);
    assert_eq!(lint(&repository).iter().map(|finding| finding.rule).collect::<Vec<_>>(), ["conditions"]);
}

#[test]
fn the_comparison_sees_missing_files_modes_and_empty_folders() {
    let (_, folder) = planted("x");
    let request = request("shop", &BTreeMap::new());
    std::fs::create_dir(folder.path().join("empty")).expect("a folder");
    let other = library().generate(folder.path(), Form::Root, &request).expect("a project by cargo-generate");
    let executable = File { bytes: b"x".to_vec(), executable: true };
    let heavy = Tree::from([(at("file"), executable), (at("more"), File::new(""))]);
    let found = differences(&heavy, &other);
    assert_eq!(
        found,
        [
            "empty: an empty folder by cargo-generate alone",
            "file: executable by heavy true, by cargo-generate false",
            "more: by heavy alone"
        ]
    );
}

#[test]
fn the_template_of_this_repository_passes_the_lint() {
    let findings: Vec<_> =
        lint(&repository()).iter().map(|found| format!("{}:{}: {}", found.path, found.line, found.message)).collect();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

/// The installed command, from a git repository, as a person runs it. Set `HEAVY_PARITY_CLI=1` to run it.
#[test]
fn the_installed_command_asks_nothing_and_makes_the_same_project() {
    if std::env::var_os("HEAVY_PARITY_CLI").is_none() {
        return;
    }
    let repository = repository();
    let folder = tempfile::TempDir::new().expect("a folder");
    write(&repository, folder.path()).expect("the repository");
    let git = |args: &[&str]| {
        let identity = ["-c", "user.name=parity", "-c", "user.email=parity@example.com"];
        let status = Command::new("git").current_dir(folder.path()).args(identity).args(args).status().expect("git");
        assert!(status.success(), "git {args:?}");
    };
    git(&["init", "--quiet", "--initial-branch", "main"]);
    git(&["add", "--all", "--force"]);
    git(&["commit", "--quiet", "--message", "template"]);
    let engine = Engine { program: PathBuf::from("cargo-generate"), by_git: true };
    let all = answers(&repository);
    // The library has done these and more; here they take the way through git.
    let most = all.iter().map(chosen).max();
    let some = all.into_iter().filter(|answers| chosen(answers) < 2 || Some(chosen(answers)) == most);
    let requests: Vec<Request> = some.map(|answers| request("my-app", &answers)).collect();
    in_parallel(&requests, |request| assert_same(&engine, folder.path(), &repository, request));
}
