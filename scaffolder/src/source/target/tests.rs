use super::*;
use crate::source::testing::{World, git, lock, stamp_of, url, write_version};

/// Where a project of `rev` goes: the version and what it follows from then on; or why it does not.
fn goes_to(world: &World, rev: Option<&str>, to: Option<&str>) -> String {
    let lock = lock(&url(&world.template()), rev, "", "");
    shown(world, newest(&lock, to, None, &Cache::default(), &|_| {}))
}

fn shown(world: &World, target: Result<Target>) -> String {
    let text = match target {
        Ok(target) => format!("{} at {}", target.version, target.rev.as_deref().unwrap_or("HEAD")),
        Err(error) => format!("{error}\nhint: {}", error.hints.join("\nhint: ")),
    };
    text.replace(&*world.path("").to_string_lossy(), "ROOT/")
}

/// 1.0.0 and 1.10.0 as versions, 2.0.0-rc.1 as a prerelease, 1.9.0 on a branch, and 3.0.0 without a tag on `main`.
fn world() -> World {
    let world = World::new();
    for version in ["1.0.0", "1.10.0", "2.0.0-rc.1"] {
        world.commit(version);
        world.git(&["tag", "--annotate", "--message=x", &format!("v{version}")]);
    }
    world.commit("3.0.0");
    world.git(&["switch", "--quiet", "--create", "old", "v1.0.0"]);
    world.commit("1.9.0");
    world.git(&["tag", "v1.9.0"]);
    world.git(&["tag", "stable"]);
    world.git(&["switch", "--quiet", "main"]);
    world
}

#[test]
fn what_a_project_follows_decides_what_is_newest() {
    let world = world();
    let commit = world.git(&["rev-parse", "v1.0.0^{commit}"]);
    let cases = [
        (None, "3.0.0 at HEAD"),
        (Some("main"), "3.0.0 at main"),
        (Some("old"), "1.9.0 at old"),
        (Some("v1.0.0"), "1.10.0 at v1.10.0"),
        (Some("v1.10.0"), "1.10.0 at v1.10.0"),
        (Some("1.0.0"), "1.10.0 at v1.10.0"),
        (Some("v2.0.0-rc.1"), "2.0.0-rc.1 at v2.0.0-rc.1"),
        (Some("v2.0.0-beta"), "2.0.0-rc.1 at v2.0.0-rc.1"),
        (Some("stable"), "1.9.0 at stable"),
        (Some(commit.trim()), "3.0.0 at HEAD"),
        (Some(&commit[..10]), "3.0.0 at HEAD"),
    ];
    for (rev, expected) in cases {
        assert_eq!(goes_to(&world, rev, None), expected, "{rev:?}");
    }
}

#[test]
fn any_revision_can_be_asked_for_and_a_version_by_its_number() {
    let world = world();
    let commit = world.git(&["rev-parse", "v1.10.0^{commit}"]);
    for (to, expected) in [("old", "1.9.0"), ("v1.0.0", "1.0.0"), ("1.0.0", "1.0.0"), (commit.trim(), "1.10.0")] {
        let shown = goes_to(&world, Some("main"), Some(to));
        assert!(shown.starts_with(&format!("{expected} at ")), "{to}: {shown}");
    }
    insta::assert_snapshot!(goes_to(&world, Some("main"), Some("9.0.0")), @"
    there is no branch, tag or commit `9.0.0` in `ROOT/template`
    hint: `git ls-remote ROOT/template` lists what is there
    ");
}

#[test]
fn what_is_followed_and_gone_is_said() {
    let world = world();
    insta::assert_snapshot!(goes_to(&world, Some("gone"), None), @"
    `ROOT/template` has no branch or tag `gone`, which this project follows
    hint: follow something else: `heavy sync --to REV`; `git ls-remote ROOT/template` lists what is there
    ");
    insta::assert_snapshot!(goes_to(&world, Some("v4.0.0"), None), @"
    this project follows version `v4.0.0`, and the newest in `ROOT/template` is `v1.10.0`
    hint: go back to it: `heavy sync --to v1.10.0`
    ");
    for tag in ["v1.0.0", "v1.10.0", "v2.0.0-rc.1", "v1.9.0"] {
        world.git(&["tag", "--delete", tag]);
    }
    insta::assert_snapshot!(goes_to(&world, Some("v1.0.0"), None), @"
    `ROOT/template` has no version `v1.0.0`, which this project follows
    hint: follow something else: `heavy sync --to REV`; `git ls-remote ROOT/template` lists what is there
    ");
}

#[test]
fn a_remote_is_followed_like_a_repository_here_and_fetched_once() {
    let world = world();
    let remote = url(&world.template());
    let cache = world.cache();
    for (rev, to, expected) in [
        (None, None, "3.0.0 at HEAD"),
        (Some("v1.0.0"), None, "1.10.0 at v1.10.0"),
        (Some("main"), Some("old"), "1.9.0 at old"),
        (Some("main"), Some("1.0.0"), "1.0.0 at v1.0.0"),
    ] {
        let followed = Followed { rev, to, own: true };
        assert_eq!(shown(&world, from_remote(&remote, None, &followed, &cache, &|_| {})), expected, "{rev:?} {to:?}");
    }
    // The second time the names are asked for and the template is in the cache: its objects are not needed.
    std::fs::remove_dir_all(world.path("template/.git/objects/pack")).expect("a folder");
    let followed = Followed { rev: None, to: None, own: true };
    assert_eq!(shown(&world, from_remote(&remote, None, &followed, &cache, &|_| {})), "3.0.0 at HEAD");
    assert_eq!(cache.of_source(&remote).len(), 4);
}

#[test]
fn without_the_network_only_what_was_fetched_before_can_be_asked_for() {
    let world = world();
    let remote = url(&world.template());
    let cache = world.cache();
    let go = |to: Option<&str>| {
        let followed = Followed { rev: Some("v1.0.0"), to, own: true };
        shown(&world, from_remote(&remote, None, &followed, &cache, &|_| {}))
    };
    go(Some("v1.0.0"));
    go(None);
    std::fs::rename(world.template(), world.path("gone")).expect("a rename");
    assert_eq!(go(Some("1.10.0")), "1.10.0 at 1.10.0");
    assert_eq!(go(Some("v1.0.0")), "1.0.0 at v1.0.0");
    insta::assert_snapshot!(go(None), @"
    cannot fetch the template from `file://ROOT/template`
    hint: check the address and the network: `git ls-remote file://ROOT/template`
    hint: everything that stays at this version works without the network: features, rename, diff
    hint: so does a sync to a version that was fetched before: `heavy sync --to 1.10.0` (`1.0.0` and `1.10.0` are there)
    ");
}

#[test]
fn another_source_is_followed_by_the_same_rules_as_far_as_it_has_the_same_names() {
    let world = world();
    git(&world.path(""), &["clone", "--quiet", &url(&world.template()), "fork"]);
    git(&world.path("fork"), &["tag", "v1.11.0", "v1.10.0"]);
    let fork = url(&world.path("fork"));
    for (rev, expected) in [("v1.0.0", "1.10.0 at v1.11.0"), ("main", "3.0.0 at main"), ("gone", "3.0.0 at HEAD")] {
        let lock = lock(&url(&world.template()), Some(rev), "", "");
        let target = newest(&lock, None, Some(&fork), &Cache::default(), &|_| {}).expect("a target");
        assert_eq!(target.source.to_string(), fork);
        assert_eq!(shown(&world, Ok(target)), expected);
    }
}

#[test]
fn a_folder_is_taken_as_it_is_unless_a_revision_is_asked_for() {
    let world = world();
    world.write("4.0.0-dirty");
    let lock = lock(&world.template().display().to_string(), None, "1.0.0", "");
    let go = |to| shown(&world, newest(&lock, to, None, &Cache::default(), &|_| {}));
    assert_eq!(go(None), "4.0.0-dirty at HEAD");
    assert_eq!(go(Some("1.0.0")), "1.0.0 at v1.0.0");
}

#[test]
fn a_folder_that_is_gone_is_named_with_what_helps() {
    let world = World::new();
    let lock = lock(&world.path("nowhere").display().to_string(), None, "1.0.0", "");
    insta::assert_snapshot!(shown(&world, newest(&lock, None, None, &Cache::default(), &|_| {})), @"
    there is no folder `ROOT/nowhere` to take a template from, which `heavy.toml` names
    hint: name where it is now: `heavy sync --template SOURCE`
    ");
}

#[test]
fn the_template_in_the_binary_is_the_newest_and_its_releases_can_be_asked_for() {
    let world = World::new();
    let go = |version: &str, to: Option<&str>| {
        let lock = lock(EMBEDDED, None, version, "");
        shown(&world, newest(&lock, to, None, &Cache::default(), &|_| {}))
    };
    assert_eq!(go("0.1.0", Some("0.1.0")), "0.1.0 at HEAD");
    assert_eq!(go("0.1.0", Some("v0.1.0")), "0.1.0 at HEAD");
    assert_eq!(go("0.1.0", None), go("0.0.1", None));
    assert!(go("99.0.0", None).contains("\nhint: install the newest `heavy`: `cargo install heavy-stack`"));
    assert!(go("0.1.0", Some("99.0.0")).contains("cargo install heavy-stack"));
    assert!(go("0.1.0", Some("0.0.9")).contains("\nhint: it has `0.1.0`"));
}

#[test]
fn whether_there_is_something_newer_is_a_question_of_stamps() {
    let world = World::new();
    let stamp = world.commit("1.0.0");
    let lock = lock(&url(&world.template()), None, "1.0.0", stamp.as_str());
    let is_there = || newest(&lock, None, None, &world.cache(), &|_| {}).expect("a target").is_that_of(&lock);
    assert!(is_there());
    world.commit("1.0.1");
    assert!(!is_there());
}

#[test]
fn a_folder_of_a_repository_is_followed_like_a_repository_of_its_own() {
    let world = World::new();
    let commit = |version: &str| {
        let folder = world.template().join("packs/one");
        std::fs::create_dir_all(&folder).expect("a folder");
        write_version(&folder, version);
        world.git(&["add", "--all"]);
        world.git(&["commit", "--quiet", "--allow-empty", "--message", version]);
        stamp_of(&folder)
    };
    let first = commit("1.0.0");
    world.git(&["tag", "v1.0.0"]);
    let source = format!("{}#/packs/one", url(&world.template()));
    let lock = lock(&source, Some("v1.0.0"), "1.0.0", first.as_str());
    let found = |cache: &Cache| newest(&lock, None, None, cache, &|_| {}).expect("a target");
    assert!(found(&world.cache()).is_that_of(&lock));
    let second = commit("2.0.0");
    world.git(&["tag", "v2.0.0"]);
    let target = found(&world.cache());
    assert_eq!((&target.stamp, target.rev.as_deref(), target.source.to_string()), (&second, Some("v2.0.0"), source));
    let base = crate::source::base::base(&lock, None, &Cache::default(), &|_| {});
    assert!(matches!(base, crate::source::base::Base::Found(_)), "{base:?}");
}
