//! Cases as folders: `base`, `ours`, `theirs`, `out`, and `case.toml` for what a folder cannot say.
//!
//! `base` and `theirs` are template trees, rendered as `my_app`; a small manifest and `heavy.toml` are added unless they
//! bring their own. `ours` holds what the user changed against base. `out` is the whole project after the move, but for
//! `heavy.toml`. Every case runs in a git repository and without one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::state::{self, Entry, State, assert_same};
use crate::world::World;

/// `case.toml`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Case {
    /// What is typed; `sync` unless it says otherwise.
    command: Vec<String>,
    /// More for `heavy new`.
    new: Vec<String>,
    /// The exit code.
    exit: i32,
    /// Lines of the plan that must be there.
    plan: Vec<String>,
    /// The paths that are in conflict.
    conflicts: Vec<String>,
    /// Those of them that git can show as unmerged, if not all.
    unmerged: Option<Vec<String>>,
    /// What the user deleted.
    deleted: Vec<String>,
    /// What the user moved: from, to. Files in `ours` are written afterwards.
    moved: BTreeMap<String, String>,
    /// Files that stand with LF in `ours` and `out`, and have CRLF on the disk.
    crlf: Vec<String>,
    /// Files that begin with a byte-order mark in the same places.
    bom: Vec<String>,
    /// Files that may be run, by folder of the case.
    executable: BTreeMap<String, Vec<String>>,
}

impl Case {
    fn read(folder: &Path) -> Self {
        let path = folder.join("case.toml");
        let Ok(text) = fs::read_to_string(&path) else { return Self::default() };
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// One of the four folders.
    fn state(&self, folder: &Path, side: &str) -> State {
        let folder = folder.join(side);
        let mut state = if folder.exists() { state::read(&folder) } else { State::new() };
        let users = side == "ours" || side == "out";
        for (path, entry) in &mut state {
            let Entry::File { bytes, executable } = entry else { continue };
            if users && self.crlf.contains(path) {
                *bytes = String::from_utf8_lossy(bytes).replace('\n', "\r\n").into_bytes();
            }
            if users && self.bom.contains(path) {
                bytes.splice(0..0, *b"\xef\xbb\xbf");
            }
            *executable = self.executable.get(side).is_some_and(|paths| paths.contains(path));
        }
        state
    }

    fn command(&self) -> Vec<&str> {
        if self.command.is_empty() { vec!["sync"] } else { self.command.iter().map(String::as_str).collect() }
    }
}

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/moves")
}

/// Runs the folder of a test: `case_01_x_y` is `01-x-y`.
fn run(test: &str) {
    let folder = cases().join(test.trim_start_matches("case_").replace('_', "-"));
    let case = Case::read(&folder);
    for world in World::both() {
        let told = if world.has_git() { "in a repository" } else { "without git" };
        make(&world, &case, &folder);
        let moved = world.moved(&case.command());
        assert_eq!(moved.code, case.exit, "{test}, {told}: {}", moved.shown);
        let mut found = moved.state;
        let lock = found.remove("heavy.toml");
        assert_same(&found, &case.state(&folder, "out"), &format!("{test}, {told}"));
        for line in &case.plan {
            assert!(moved.plan.contains(line), "{test}, {told}: no `{line}` in {:#?}", moved.plan);
        }
        let planned = moved.plan.iter().filter_map(|line| line.strip_prefix("conflict "));
        assert_eq!(planned.collect::<BTreeSet<_>>(), case.conflicts.iter().map(String::as_str).collect(), "{test}");
        if world.has_git() {
            let unmerged = case.unmerged.as_ref().unwrap_or(&case.conflicts);
            assert_eq!(&moved.unmerged, unmerged, "{test}: what git has as unmerged");
        }
        assert_eq!(recorded(lock.as_ref()), case.conflicts, "{test}: what heavy.toml records as open");
    }
}

/// The project, as the user has it.
fn make(world: &World, case: &Case, folder: &Path) {
    world.template("1.0.0", &case.state(folder, "base"));
    world.create(&case.new.iter().map(String::as_str).collect::<Vec<_>>());
    world.is_pristine();
    for path in &case.deleted {
        fs::remove_file(world.path(path)).expect("a file of the base");
        remove_empty(world, path);
    }
    for (from, to) in &case.moved {
        fs::create_dir_all(world.path(to).parent().expect("a folder")).expect("a folder");
        fs::rename(world.path(from), world.path(to)).expect("a file of the base");
        remove_empty(world, from);
    }
    state::write(&world.path(""), &case.state(folder, "ours"));
    world.commit();
    if folder.join("theirs").exists() {
        world.template("1.1.0", &case.state(folder, "theirs"));
    }
}

/// Removes the folder of what was there, if nothing is left in it, as file managers and git do.
fn remove_empty(world: &World, path: &str) {
    let _ = fs::remove_dir(world.path(path).parent().expect("a folder"));
}

/// The open conflicts that `heavy.toml` records.
fn recorded(lock: Option<&Entry>) -> Vec<String> {
    let Some(Entry::File { bytes, .. }) = lock else { panic!("no heavy.toml") };
    let lock: toml::Table = toml::from_str(&String::from_utf8_lossy(bytes)).expect("TOML");
    let paths = lock.get("conflicts").and_then(|conflicts| conflicts.get("paths")?.as_array());
    paths.into_iter().flatten().map(|path| path.as_str().expect("a path").to_owned()).collect()
}

macro_rules! folders {
    ($($test:ident),* $(,)?) => {
        $(#[test] fn $test() { run(stringify!($test)); })*

        const TESTS: &[&str] = &[$(stringify!($test)),*];
    };
}

folders! {
    case_01_deleted_by_the_template_edited_by_you,
    case_02_deleted_by_the_template_untouched,
    case_03_renamed_by_the_template_edited_by_you,
    case_04_folder_renamed_with_files_of_your_own,
    case_05_moved_by_you_edited_by_the_template,
    case_06_deleted_by_you_edited_by_the_template,
    case_07_both_added_differently,
    case_07_both_added_the_same,
    case_10_binary_edited_by_both,
    case_10_binary_edited_by_you,
    case_11_several_conflicts_in_one_file,
    case_13_your_crlf_stays,
    case_13_your_crlf_stays_in_a_conflict,
    case_14_no_final_newline_and_a_byte_order_mark,
    case_15_only_the_executable_bit,
    case_19_renamed_in_case_only,
    case_34_renamed_with_paths_that_carry_the_name,
    case_36_formatted_and_reordered,
    case_37_comments_and_trailing_commas,
    case_38_feature_added_by_hand,
    case_38_feature_added_by_hand_differently,
    case_40_workflow_expressions_and_braces_in_binaries,
    case_45_migration_number_taken,
    case_45_module_away_from_the_inserted_one,
    case_45_route_right_beside_the_inserted_one,
}

#[test]
fn every_folder_has_a_test() {
    let entries = fs::read_dir(cases()).expect("a folder").map(|entry| entry.expect("readable"));
    let folders = entries.filter(|entry| entry.path().is_dir());
    let names = folders.map(|entry| entry.file_name().to_string_lossy().into_owned());
    // A case has a number; other folders are modules of these tests.
    let found: BTreeSet<String> = names.filter(|name| name.starts_with(|c: char| c.is_ascii_digit())).collect();
    let tested = TESTS.iter().map(|test| test.trim_start_matches("case_").replace('_', "-")).collect();
    assert_eq!(found, tested);
}
