//! The laws of moving a project, for random templates, answers and edits.
//!
//! All in memory: [`model`] makes templates and their next versions, [`edits`] does what users do, and [`checks`] looks at a
//! result without knowing how files are merged. At least 10,000 cases in an ordinary run; `HEAVY_LAWS=100000` for more.

mod checks;
mod edits;
mod model;
mod project;

use std::collections::{BTreeMap, BTreeSet};

use heavy_stack::snapshot::Snapshot;
use heavy_stack::transition::{Move, known_part};
use heavy_stack::tree::Tree;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use edits::{Edit, Link, edits};
use model::{Answers, Evolution, Model, answers, evolution, model};
use project::{moved, once, shown, try_move};

/// How many cases in all, and what part of them a law gets.
fn share(percent: u32) -> ProptestConfig {
    let all = std::env::var("HEAVY_LAWS").ok().and_then(|number| number.parse().ok()).unwrap_or(10_000);
    ProptestConfig {
        cases: u32::div_ceil(all * percent, 100),
        // Where a file of failures would stand, an example is worth a test with a name.
        failure_persistence: None,
        max_shrink_iters: 4_000,
        ..ProptestConfig::default()
    }
}

/// The files in which these renderings differ: what the moves between them have to do with.
fn changing(renderings: &[&Tree]) -> BTreeSet<String> {
    let paths = renderings.iter().flat_map(|tree| tree.keys());
    let differs =
        |path: &&heavy_stack::tree::TreePath| renderings.iter().any(|tree| tree.get(*path) != renderings[0].get(*path));
    paths.filter(differs).map(ToString::to_string).collect()
}

/// Where an edit has nothing to do with a move. A migration of the user's own does, wherever it is: by its number.
fn elsewhere(changing: &BTreeSet<String>) -> impl Fn(&str) -> bool {
    let is_below = |path: &str, folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    move |path| {
        let touches = |other: &String| other == path || is_below(other, path) || is_below(path, other);
        !changing.iter().any(touches) && !path.starts_with("migrations/")
    }
}

/// The folders around these paths.
fn folders<'a>(paths: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    let above = |path: &'a str| path.match_indices('/').map(move |(at, _)| path[..=at].to_owned());
    paths.into_iter().flat_map(above).collect()
}

fn is_in(path: &str, folders: &BTreeSet<String>) -> bool {
    folders.iter().any(|folder| path.starts_with(folder.as_str()))
}

fn differences(a: &Tree, b: &Tree) -> String {
    let paths: BTreeSet<_> = a.keys().chain(b.keys()).filter(|path| a.get(*path) != b.get(*path)).collect();
    let shown = |tree: &Tree, path| match tree.get(path) {
        Some(file) => format!("{} {:?}", file.executable, String::from_utf8_lossy(&file.bytes)),
        None => "nothing".to_owned(),
    };
    paths.into_iter().map(|path| format!("\n{path}\n  {}\n  {}", shown(a, path), shown(b, path))).collect()
}

macro_rules! same {
    ($found:expr, $expected:expr, $what:literal) => {{
        let (found, expected) = (&$found, &$expected);
        prop_assert!(found == expected, "{}: found, expected:{}", $what, differences(found, expected));
    }};
}

proptest! {
    #![proptest_config(share(10))]

    #[test]
    fn moving_to_where_you_are_changes_nothing(model in model(), answers in answers(), edits in edits(8)) {
        let here = model.render(&answers);
        let ours = edits::apply(&here, &edits, &|_| true);
        let (plan, after) = moved(&here, &ours, &here);
        prop_assert!(plan.is_empty(), "{}", shown(&plan));
        same!(after, ours, "the project");
    }

    #[test]
    fn a_new_project_that_is_synced_is_a_new_project_of_that_version(
        model in model(), answers in answers(), evolution in evolution(8),
    ) {
        let old = model.render(&answers);
        let new = model.evolved(&evolution).render(&answers);
        let (plan, after) = moved(&old, &old, &new);
        prop_assert!(plan.conflicts.is_empty(), "{}", shown(&plan));
        // A database has run the migrations that exist: those a sync leaves alone.
        same!(project::without_once(&after), project::without_once(&new), "new(v1), then sync");
        for (path, file) in old.iter().filter(|(path, _)| once(path)) {
            prop_assert_eq!(after.get(path), Some(file));
        }
    }
}

proptest! {
    #![proptest_config(share(8))]

    #[test]
    fn adding_and_then_removing_a_feature_is_the_identity(
        model in model(), answers in answers(), feature in 0..model::FEATURES.len(), edits in edits(6),
    ) {
        let off = model.render(&answers.with(feature, false));
        let on = model.render(&answers.with(feature, true));
        let changing = changing(&[&off, &on]);
        let ours = edits::apply(&off, &edits, &elsewhere(&changing));
        let (added, there) = moved(&off, &ours, &on);
        prop_assert!(added.conflicts.is_empty(), "{}", shown(&added));
        let (removed, back) = moved(&on, &there, &off);
        prop_assert!(removed.conflicts.is_empty(), "{}", shown(&removed));
        // Migrations that came with the feature stay: a database may have run them.
        same!(project::without_new_once(&back, &ours), ours, "add, then remove");
    }

    #[test]
    fn renaming_there_and_back_again_is_the_identity(
        model in model(), answers in answers(), name in 0..model::NAMES.len(), edits in edits(6),
    ) {
        let a = model.render(&answers);
        let b = model.render(&answers.named(name));
        let changing = changing(&[&a, &b]);
        let paths = |tree: &Tree| folders(tree.keys().map(|path| path.as_str()));
        // In a folder that only the other name has, a file of the user's own is among the template's once it is renamed, and
        // goes back with them.
        let others: BTreeSet<String> = &paths(&b) - &paths(&a);
        let ours = edits::apply(&a, &edits, &|path| elsewhere(&changing)(path) && !is_in(path, &others));
        let (there, after) = moved(&a, &ours, &b);
        prop_assert!(there.conflicts.is_empty(), "{}", shown(&there));
        let (back, after) = moved(&b, &after, &a);
        prop_assert!(back.conflicts.is_empty(), "{}", shown(&back));
        same!(after, ours, "a, b, a");
    }

    #[test]
    fn the_order_in_which_features_are_added_does_not_matter(
        model in model(), answers in answers(), first in 0..model::FEATURES.len(), edits in edits(6),
    ) {
        let second = (first + 1) % model::FEATURES.len();
        let state = |one: bool, two: bool| model.render(&answers.with(first, one).with(second, two));
        let (none, one, two, both) = (state(false, false), state(true, false), state(false, true), state(true, true));
        let changing = changing(&[&none, &one, &two, &both]);
        for edits in [&[][..], &edits] {
            let ours = edits::apply(&none, edits, &elsewhere(&changing));
            let (a, after_one) = moved(&none, &ours, &one);
            let (b, after_both) = moved(&one, &after_one, &both);
            let (c, after_two) = moved(&none, &ours, &two);
            let (d, after_both_too) = moved(&two, &after_two, &both);
            for plan in [a, b, c, d] {
                prop_assert!(plan.conflicts.is_empty(), "{}", shown(&plan));
            }
            same!(after_both, after_both_too, "A, B and B, A");
            if edits.is_empty() {
                same!(after_both, both, "A, B and new(A, B)");
            }
        }
    }

    #[test]
    fn a_sync_that_skips_a_version_is_the_same_syncs_one_by_one(
        model in model(), answers in answers(), first in evolution(5), second in evolution(5), edits in edits(6),
    ) {
        let next = model.evolved(&first);
        let (v1, v2, v3) = (model.render(&answers), next.render(&answers), next.evolved(&second).render(&answers));
        let changing = changing(&[&v1, &v2, &v3]);
        // A file of the user's own goes with its folder, and whether a folder is renamed is told by how much of it stays the
        // same: in one step less may stay the same than in each of two.
        let changing_folders = folders(changing.iter().map(String::as_str));
        for edits in [&[][..], &edits] {
            let ours = edits::apply(&v1, edits, &|path| elsewhere(&changing)(path) && !is_in(path, &changing_folders));
            let (a, slowly) = moved(&v1, &ours, &v2);
            let (b, slowly) = moved(&v2, &slowly, &v3);
            let (c, at_once) = moved(&v1, &ours, &v3);
            for plan in [a, b, c] {
                prop_assert!(plan.conflicts.is_empty(), "{}", shown(&plan));
            }
            same!(project::without_once(&at_once), project::without_once(&slowly), "v1, v3 and v1, v2, v3");
        }
    }
}

/// Any move: to another version, other features, another name, or all at once.
#[derive(Clone, Debug)]
struct AnyMove {
    model: Model,
    from: Answers,
    to: Answers,
    evolution: Vec<Evolution>,
    edits: Vec<Edit>,
    link: Option<Link>,
}

fn any_move() -> impl Strategy<Value = AnyMove> {
    let link = prop_oneof![5 => Just(None), 1 => edits::link().prop_map(Some)];
    (model(), answers(), answers(), evolution(8), edits(10), link)
        .prop_map(|(model, from, to, evolution, edits, link)| AnyMove { model, from, to, evolution, edits, link })
}

impl AnyMove {
    /// Base, ours, theirs.
    fn sides(&self) -> (Tree, Snapshot, Tree) {
        let base = self.model.render(&self.from);
        let theirs = self.model.evolved(&self.evolution).render(&self.to);
        let files = edits::apply(&base, &self.edits, &|_| true);
        let mut ours = Snapshot { files, ..Snapshot::default() };
        if let Some(link) = &self.link {
            edits::put_link(&mut ours, link);
        }
        (base, ours, theirs)
    }

    /// Makes the move, with its base known or not, and checks it.
    fn check(&self, base_is_known: bool) -> (Move, Result<(), String>) {
        let (mut base, ours, theirs) = self.sides();
        if !base_is_known {
            // Nothing that differs from where it should go can be told from what the user wrote.
            base = known_part(&ours.files, &[], &theirs);
        }
        let plan = try_move(&base, &ours, &theirs, base_is_known);
        let after = project::applied(&ours.files, &plan);
        let result = checks::Sides { base: &base, ours: &ours, theirs: &theirs, after: &after, plan: &plan }.check();
        (plan, result)
    }
}

proptest! {
    #![proptest_config(share(26))]

    #[test]
    fn no_byte_that_the_user_wrote_is_ever_lost_and_no_conflict_is_hidden(case in any_move()) {
        let (plan, result) = case.check(true);
        prop_assert!(result.is_ok(), "{:?}{}", result, shown(&plan));
    }

    #[test]
    fn without_its_base_nothing_is_lost_either(case in any_move()) {
        let (plan, result) = case.check(false);
        prop_assert!(result.is_ok(), "{:?}{}", result, shown(&plan));
    }
}

/// A law that is never put to the test holds easily.
#[test]
fn the_cases_reach_every_kind_of_conflict_and_of_success() {
    let mut runner = TestRunner::deterministic();
    let mut reached = BTreeMap::new();
    for _ in 0..1_000 {
        let case = any_move().new_tree(&mut runner).expect("a case").current();
        let (base, ours, theirs) = case.sides();
        let mut count = |what: String| *reached.entry(what).or_insert(0) += 1;
        for base_is_known in [true, false] {
            let base = if base_is_known { base.clone() } else { known_part(&ours.files, &[], &theirs) };
            let plan = try_move(&base, &ours, &theirs, base_is_known);
            plan.conflicts.iter().for_each(|conflict| count(format!("{:?}", conflict.kind)));
            plan.kept_deleted.iter().for_each(|_| count("kept deleted".to_owned()));
            plan.moved.iter().for_each(|_| count("moved".to_owned()));
            let merged = |change: &&heavy_stack::transition::Change| {
                change.before.is_some() && change.after.is_some() && change.after.as_ref() != theirs.get(&change.path)
            };
            if plan.conflicts.is_empty() {
                plan.changes.iter().filter(merged).for_each(|_| count("merged".to_owned()));
            }
        }
    }
    let kinds = ["Content", "BothAdded", "DeletedByTemplate", "Binary", "Blocked", "MovedApart"];
    for kind in kinds.into_iter().chain(["UnknownBase", "kept deleted", "moved", "merged"]) {
        assert!(reached.get(kind).is_some_and(|times| *times >= 3), "{kind}: {reached:#?}");
    }
}
