use std::collections::BTreeMap;

use super::*;
use crate::lockfile::Lock;
use crate::merge::NoDriver;
use crate::snapshot::Obstacle;
use crate::tree::tests::tree;

fn labels() -> Labels {
    Labels::new("yours", "template 2")
}

/// A move of files without links, where `migrations/` is written once.
fn moved(base: &[(&str, &str)], ours: &[(&str, &str)], theirs: &[(&str, &str)]) -> Move {
    around(base, ours, theirs, &[])
}

fn around(base: &[(&str, &str)], ours: &[(&str, &str)], theirs: &[(&str, &str)], obstacles: &[&str]) -> Move {
    let obstacles: BTreeMap<_, _> =
        obstacles.iter().map(|path| (TreePath::parse(path).expect("a path"), Obstacle::Link)).collect();
    transition(&Request {
        base: &tree(base),
        ours: &Snapshot { files: tree(ours), obstacles },
        theirs: &tree(theirs),
        once: &|path| path.is_within("migrations"),
        labels: &labels(),
        driver: &NoDriver,
        base_is_known: true,
    })
    .expect("a move")
}

/// The changes as lines: `+ new`, `- gone`, `~ changed`; then `! path: kind (beside)`.
fn shown(plan: &Move) -> Vec<String> {
    let changes = plan.changes.iter().map(|change| {
        let sign = match (&change.before, &change.after) {
            (None, _) => '+',
            (_, None) => '-',
            _ => '~',
        };
        format!("{sign} {}", change.path)
    });
    let conflicts = plan.conflicts.iter().map(|conflict| {
        let side_file = conflict.side_file.as_ref().map(|path| format!(" ({path})")).unwrap_or_default();
        format!("! {}: {:?}{side_file}", conflict.path, conflict.kind)
    });
    changes.chain(conflicts).collect()
}

const LOCK: &str = "[template]\nsource = \"heavy\"\nversion = \"1\"\nstamp = \"a\"\n\n[answers]\nname = \"x\"\n";
const LOCK_2: &str = "[template]\nsource = \"heavy\"\nversion = \"2\"\nstamp = \"b\"\n\n[answers]\nname = \"x\"\n";

#[test]
fn a_move_to_where_the_project_is_changes_nothing() {
    let files = [("a", "1\n"), ("heavy.toml", LOCK), ("Cargo.lock", "x\n"), ("migrations/1.sql", "x\n")];
    assert!(moved(&files, &files, &files).is_empty());
    assert!(moved(&files, &[("mine", "2\n"), ("heavy.toml", LOCK)], &files).is_empty());
}

#[test]
fn heavy_toml_is_written_last() {
    let plan = moved(&[("heavy.toml", LOCK)], &[("heavy.toml", LOCK)], &[("heavy.toml", LOCK_2), ("z", "1\n")]);
    assert_eq!(shown(&plan), ["+ z", "~ heavy.toml"]);
    assert_eq!(plan.changes[1].after, Some(File::new(LOCK_2)));
}

#[test]
fn comments_of_the_user_in_heavy_toml_stay() {
    let mine = format!("# ours\n{LOCK}");
    let plan = moved(&[("heavy.toml", LOCK)], &[("heavy.toml", &mine)], &[("heavy.toml", LOCK_2)]);
    assert_eq!(plan.changes[0].after, Some(File::new(format!("# ours\n{LOCK_2}"))));
}

#[test]
fn open_conflicts_are_recorded_in_heavy_toml() {
    let plan = moved(
        &[("a", "1\n"), ("heavy.toml", LOCK)],
        &[("a", "mine\n"), ("heavy.toml", LOCK)],
        &[("a", "theirs\n"), ("heavy.toml", LOCK_2)],
    );
    assert_eq!(shown(&plan), ["~ a", "~ heavy.toml", "! a: Content"]);
    let after = plan.changes[1].after.as_ref().map(|file| String::from_utf8_lossy(&file.bytes).into_owned());
    assert_eq!(
        Lock::parse(&after.expect("a file")).expect("a lock").conflicts,
        [TreePath::parse("a").expect("a path")]
    );
}

#[test]
fn an_untouched_cargo_lock_becomes_the_templates_and_any_other_is_cargos() {
    let untouched = moved(&[("Cargo.lock", "1\n")], &[("Cargo.lock", "1\n")], &[("Cargo.lock", "2\n")]);
    assert_eq!((shown(&untouched), untouched.lock_by_cargo), (vec!["~ Cargo.lock".to_owned()], false));
    let touched = moved(&[("Cargo.lock", "1\n")], &[("Cargo.lock", "1+\n")], &[("Cargo.lock", "2\n")]);
    assert_eq!((shown(&touched), touched.lock_by_cargo), (Vec::new(), true));
    let same = moved(&[("Cargo.lock", "1\n")], &[("Cargo.lock", "1+\n")], &[("Cargo.lock", "1\n")]);
    assert!(!same.lock_by_cargo, "nothing for cargo to do");
    let deleted = moved(&[("Cargo.lock", "1\n")], &[], &[("Cargo.lock", "2\n")]);
    assert_eq!((shown(&deleted), deleted.lock_by_cargo), (Vec::new(), false));
}

#[test]
fn what_is_written_once_is_never_again_touched() {
    let first = ("migrations/1_a.sql", "a\n");
    assert_eq!(shown(&moved(&[], &[], &[first])), ["+ migrations/1_a.sql"]);
    assert!(moved(&[first], &[first], &[("migrations/1_a.sql", "A\n")]).is_empty());
    assert!(moved(&[first], &[first], &[]).is_empty(), "a database has run it");
    assert!(moved(&[first], &[], &[("migrations/1_a.sql", "A\n")]).is_empty(), "the user squashed it");
    assert!(moved(&[], &[("migrations/1_a.sql", "mine\n")], &[first]).is_empty());
}

#[test]
fn case_45_new_migrations_come_after_the_users_where_a_number_is_taken() {
    let files = [("migrations/2_theirs.sql", "t\n"), ("migrations/3_more.sql", "m\n")];
    let plan = moved(&[], &[("migrations/0002_mine.sql", "m\n")], &files);
    assert_eq!(shown(&plan), ["+ migrations/3_theirs.sql", "+ migrations/4_more.sql"]);
    let names = plan.renumbered.iter().map(|(theirs, here)| format!("{theirs} {here}"));
    assert_eq!(
        names.collect::<Vec<_>>(),
        ["migrations/2_theirs.sql migrations/3_theirs.sql", "migrations/3_more.sql migrations/4_more.sql"]
    );
    let pair = [("migrations/0002_x.up.sql", "u\n"), ("migrations/0002_x.down.sql", "d\n")];
    assert_eq!(shown(&moved(&[], &[], &pair)), ["+ migrations/0002_x.down.sql", "+ migrations/0002_x.up.sql"]);
    assert_eq!(
        shown(&moved(&[], &[("migrations/0002_mine.sql", "m\n"), ("migrations/0009_mine.sql", "n\n")], &pair)),
        ["+ migrations/0010_x.down.sql", "+ migrations/0010_x.up.sql"]
    );
    let elsewhere = moved(&[], &[("seeds/0002_mine.sql", "m\n")], &[("migrations/0002_theirs.sql", "t\n")]);
    assert_eq!(shown(&elsewhere), ["+ migrations/0002_theirs.sql"]);
}

#[test]
fn case_45_a_migration_that_came_with_another_number_before_does_not_come_again() {
    let ours = [("migrations/0002_mine.sql", "m\n"), ("migrations/0003_theirs.sql", "t\n")];
    assert_eq!(shown(&moved(&[], &ours, &[("migrations/0002_theirs.sql", "t\n")])), Vec::<String>::new());
    let other = moved(&[], &ours, &[("migrations/0002_theirs.sql", "something else\n")]);
    assert_eq!(shown(&other), ["+ migrations/0004_theirs.sql"]);
}

#[test]
fn case_16_where_a_link_stands_the_template_writes_beside_it() {
    let base = [("a", "1\n")];
    assert!(around(&base, &[], &base, &["a"]).is_empty(), "the template changes nothing there");
    let plan = around(&base, &[], &[("a", "2\n")], &["a"]);
    assert_eq!(shown(&plan), ["+ a.template", "! a: Blocked (a.template)"]);
    assert!(around(&base, &[], &[], &["a"]).is_empty(), "the template dropped it; the link is the user's");
}

#[test]
fn case_17_nothing_is_written_through_a_link_to_a_folder() {
    let plan = around(&[("d/a", "1\n")], &[], &[("d/a", "2\n"), ("d/b", "2\n"), ("e", "2\n")], &["d"]);
    assert_eq!(shown(&plan), ["+ e", "! d/a: Blocked", "! d/b: Blocked"]);
}

#[test]
fn without_a_base_known_renderings_move_on_and_every_other_difference_is_a_conflict() {
    let older = [tree(&[("pristine", "1\n"), ("edited", "1\n"), ("gone", "1\n"), ("deleted", "1\n")])];
    let ours = tree(&[("pristine", "1\r\n"), ("edited", "mine\n"), ("gone", "1\n"), ("own", "o\n")]);
    let theirs = tree(&[("pristine", "2\n"), ("edited", "2\n"), ("new", "2\n"), ("deleted", "2\n")]);
    let plan = transition(&Request {
        base: &known_part(&ours, &older, &theirs),
        ours: &Snapshot { files: ours.clone(), obstacles: BTreeMap::new() },
        theirs: &theirs,
        once: &|_| false,
        labels: &labels(),
        driver: &NoDriver,
        base_is_known: false,
    })
    .expect("a move");
    assert_eq!(shown(&plan), ["~ edited", "- gone", "+ new", "~ pristine", "! edited: UnknownBase"]);
    assert_eq!(plan.kept_deleted, [TreePath::parse("deleted").expect("a path")]);
    let after = plan.applied_to(&ours);
    let text = |name: &str| after.iter().find(|(path, _)| path.as_str() == name).map(|(_, file)| file.bytes.clone());
    assert_eq!(text("pristine").as_deref(), Some(&b"2\r\n"[..]));
    assert_eq!(
        String::from_utf8(text("edited").expect("a file")).expect("text"),
        "<<<<<<< yours\nmine\n=======\n2\n>>>>>>> template 2\n"
    );
}

#[test]
fn a_template_that_would_leave_the_lock_behind_is_refused() {
    let ours = Snapshot { files: tree(&[("heavy.toml", LOCK)]), obstacles: BTreeMap::new() };
    let refused = transition(&Request {
        base: &ours.files,
        ours: &ours,
        theirs: &tree(&[("new", "1\n")]),
        once: &|_| false,
        labels: &labels(),
        driver: &NoDriver,
        base_is_known: true,
    });
    assert_eq!(refused.expect_err("a refusal").kind, crate::error::Kind::Template);
}
