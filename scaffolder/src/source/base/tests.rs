use std::fs;

use super::*;
use crate::source::testing::{World, git, lock, stamp_of, url, write_version};

/// What is found: the version that a template's README names, or why there is none and what else is known.
fn shown(base: Base) -> String {
    let named = |template: &Template| {
        let readme = template.files.iter().find(|(path, _)| path.as_str() == "README.md");
        readme.map_or_else(|| "?".to_owned(), |(_, file)| String::from_utf8_lossy(&file.bytes).trim().to_owned())
    };
    match base {
        Base::Found(template) => named(&template),
        Base::NotFound { why, known } => {
            let known: Vec<String> = known.iter().map(named).collect();
            format!("{why}\n{}\n{}\nknown: {known:?}", why.causes.join("\n"), why.hints.join("\n"))
        }
    }
}

fn found(lock: &Lock, cache: &Cache) -> String {
    shown(base(lock, None, cache, &|_| {}))
}

#[test]
fn the_template_of_today_and_every_released_one_are_in_the_binary() {
    let today = Template::from_tree(embedded::tree().expect("an archive")).expect("a template");
    let releases = embedded::releases(|_, _| true).expect("a pack");
    assert!(!releases.is_empty());
    let stamps = releases.iter().map(|release| release.stamp.clone()).chain([Stamp::of(&today).to_string()]);
    for stamp in stamps {
        let lock = lock(EMBEDDED, None, "0.1.0", &stamp);
        let Base::Found(template) = base(&lock, None, &Cache::default(), &|_| {}) else { panic!("{stamp}") };
        assert_eq!(Stamp::of(&template).as_str(), stamp);
    }
}

#[test]
fn every_commit_of_a_repository_is_found_by_its_stamp() {
    let world = World::new();
    let stamps = ["1.0.0", "1.0.1", "1.1.0"].map(|version| (version, world.commit(version)));
    for (version, stamp) in &stamps {
        for rev in [None, Some("main")] {
            let lock = lock(&url(&world.template()), rev, version, stamp.as_str());
            assert_eq!(found(&lock, &Cache::default()), format!("This is {version}."));
        }
    }
}

#[test]
fn a_version_is_found_though_its_tag_was_moved_or_deleted() {
    let world = World::new();
    let first = world.commit("1.0.0");
    world.git(&["tag", "v1"]);
    world.commit("1.0.1");
    let lock = lock(&url(&world.template()), Some("v1"), "1.0.0", first.as_str());
    world.git(&["tag", "--force", "v1"]);
    assert_eq!(found(&lock, &Cache::default()), "This is 1.0.0.");
    world.git(&["tag", "--delete", "v1"]);
    assert_eq!(found(&lock, &Cache::default()), "This is 1.0.0.");
}

#[test]
fn after_a_force_push_it_is_not_found_and_nothing_else_is_taken_for_it() {
    let world = World::new();
    let first = world.commit("1.0.0");
    world.write("1.0.0");
    fs::write(world.template().join("README.md"), "This is another 1.0.0.\n").expect("a file");
    world.git(&["commit", "--quiet", "--all", "--amend", "--message=rewritten"]);
    let path = world.template();
    let lock = lock(&url(&path), Some("main"), "1.0.0", first.as_str());
    insta::assert_snapshot!(found(&lock, &Cache::default()).replace(&*path.to_string_lossy(), "TEMPLATE"), @r#"
    version 1.0.0 of the template, as this project was made from it, is not in `file://TEMPLATE`
    no commit that its branches and tags lead to has this stamp: they were moved, deleted or rewritten, or the clone is shallow

    known: ["This is another 1.0.0."]
    "#);
}

#[test]
fn a_shallow_clone_has_what_it_has() {
    let world = World::new();
    let first = world.commit("1.0.0");
    let second = world.commit("2.0.0");
    let clone = world.path("clone");
    git(&world.path(""), &["clone", "--quiet", "--depth=1", &url(&world.template()), "clone"]);
    let in_clone = |version, stamp: &Stamp| lock(&url(&clone), Some("main"), version, stamp.as_str());
    assert_eq!(found(&in_clone("2.0.0", &second), &Cache::default()), "This is 2.0.0.");
    let missing = found(&in_clone("1.0.0", &first), &Cache::default());
    assert!(missing.contains("the clone is shallow") && missing.ends_with("known: [\"This is 2.0.0.\"]"), "{missing}");
}

#[test]
fn a_folder_is_taken_as_it_is_and_then_its_history() {
    let world = World::new();
    let committed = world.commit("1.0.0");
    world.write("1.1.0-dirty");
    let dirty = stamp_of(&world.template());
    let source = world.template().display().to_string();
    assert_eq!(found(&lock(&source, None, "1.1.0-dirty", dirty.as_str()), &Cache::default()), "This is 1.1.0-dirty.");
    assert_eq!(found(&lock(&source, None, "1.0.0", committed.as_str()), &Cache::default()), "This is 1.0.0.");
}

#[test]
fn a_template_deeper_in_a_repository_has_a_history_too() {
    let world = World::new();
    let deeper = world.path("template/templates/web");
    fs::create_dir_all(&deeper).expect("a folder");
    write_version(&deeper, "1.0.0");
    let first = stamp_of(&deeper);
    world.git(&["add", "--all"]);
    world.git(&["commit", "--quiet", "--message=first"]);
    write_version(&deeper, "2.0.0");
    let lock = lock(&deeper.display().to_string(), None, "1.0.0", first.as_str());
    assert_eq!(found(&lock, &Cache::default()), "This is 1.0.0.");
}

#[test]
fn a_stamp_that_somebody_wrote_down_is_not_believed() {
    let world = World::new();
    let wanted = "0".repeat(64);
    fs::write(world.template().join("heavy.toml"), format!("[template]\nstamp = \"{wanted}\"\n")).expect("a file");
    world.commit("1.0.0");
    let lock = lock(&url(&world.template()), None, "1.0.0", &wanted);
    assert!(matches!(base(&lock, None, &world.cache(), &|_| {}), Base::NotFound { .. }));
}

#[test]
fn what_was_found_once_is_found_without_its_source() {
    let world = World::new();
    let first = world.commit("1.0.0");
    world.commit("2.0.0");
    let lock = lock(&url(&world.template()), Some("main"), "1.0.0", first.as_str());
    assert_eq!(found(&lock, &world.cache()), "This is 1.0.0.");
    fs::rename(world.template(), world.path("gone")).expect("a rename");
    assert_eq!(found(&lock, &world.cache()), "This is 1.0.0.");
    // Whatever somebody does to the cache, the stamp decides.
    let entry = world.path("cache/heavy/templates").join(first.as_str());
    fs::write(&entry, &fs::read(&entry).expect("an entry")[..40]).expect("a file");
    let damaged = found(&lock, &world.cache()).replace(&*world.path("").to_string_lossy(), "ROOT/");
    insta::assert_snapshot!(damaged, @"
    version 1.0.0 of the template, as this project was made from it, is not in the cache, and `file://ROOT/template` cannot be asked
    there is no folder `ROOT/template` to take a template from, which `heavy.toml` names
    name where it is now: `heavy sync --template SOURCE`
    known: []
    ");
}

#[test]
fn a_remote_is_fetched_with_its_history_and_kept() {
    let world = World::new();
    let first = world.commit("1.0.0");
    world.git(&["tag", "v1.0.0"]);
    world.git(&["switch", "--quiet", "--orphan", "other"]);
    world.commit("2.0.0");
    world.git(&["branch", "--delete", "--force", "main"]);
    // gix speaks git's protocol with a `git` of this machine, as with a server.
    let remote = Source::Remote { url: url(&world.template()), rev: None, subfolder: None };
    let lock = lock("git://127.0.0.1:1/nobody", Some("main"), "1.0.0", first.as_str());
    assert_eq!(shown(base(&lock, Some(&remote), &world.cache(), &|_| {})), "This is 1.0.0.");
    assert_eq!(found(&lock, &world.cache()), "This is 1.0.0.");
}

#[test]
fn without_the_network_it_says_so_and_what_the_cache_has() {
    let world = World::new();
    let known = world.commit("1.0.0");
    let source = "git://127.0.0.1:1/nobody";
    let origin = crate::source::cache::Origin { source: source.to_owned(), ..Default::default() };
    world.cache().put(&crate::source::folder::read(&world.template()).expect("files"), &known, &origin);
    let lock = lock(source, Some("main"), "1.0.1", &"1".repeat(64));
    let shown = found(&lock, &world.cache());
    let shown: Vec<&str> = shown.lines().filter(|line| !line.contains("onnect")).collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    version 1.0.1 of the template, as this project was made from it, is not in the cache, and `git://127.0.0.1:1/nobody` cannot be asked
    cannot fetch the template from `git://127.0.0.1:1/nobody`
    check the address and the network: `git ls-remote git://127.0.0.1:1/nobody`
    known: ["This is 1.0.0."]
    "#);
}

#[test]
fn a_project_without_a_stamp_is_for_adopt() {
    let world = World::new();
    world.commit("1.0.0");
    let lock = lock(&url(&world.template()), None, "1.0.0", "");
    insta::assert_snapshot!(found(&lock, &world.cache()), @r#"
    `heavy.toml` has no stamp, so which state of the template this project comes from is not known

    find it by the project's files: `heavy adopt`
    known: ["This is 1.0.0."]
    "#);
}

#[test]
fn of_a_template_in_the_binary_the_known_ones_start_with_the_same_version() {
    let lock = lock(EMBEDDED, None, "0.1.0", &"1".repeat(64));
    let Base::NotFound { why, known } = base(&lock, None, &Cache::default(), &|_| {}) else { panic!("found") };
    assert!(known.len() >= 2);
    assert_eq!(known[0].manifest.version.as_deref(), Some("0.1.0"));
    insta::assert_snapshot!(format!("{why}\n{}", why.hints.join("\n")), @"
    version 0.1.0 of the template, as this project was made from it, is not in this `heavy`
    if a newer `heavy` made it, install that: `cargo install heavy-stack`
    ");
}
