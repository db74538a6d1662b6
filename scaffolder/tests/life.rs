//! The life of a real project: made at the first released version of this repository's template, edited as its owner would,
//! then given two features, another name, and today's version. After every kind of step it compiles without a warning and
//! passes its tests, the template's and the owner's.
//!
//! `tests/generated.rs` has case 44 for new projects; this has it for moved ones, with `HEAVY_FULL=1`.

mod workshop;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use workshop::full::is_full_run;
use workshop::{Servers, cargo, cargo_with_clippy, project, run, turn};

/// The version at which the project begins.
const FIRST: &str = "0.1.0";

struct Life {
    path: PathBuf,
}

impl Life {
    fn file(&self, path: &str) -> PathBuf {
        self.path.join(path)
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.file(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn write(&self, path: &str, content: &str) {
        let path = self.file(path);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder");
        fs::write(path, content).expect("a file");
    }

    /// Puts `new` behind the only `old` of a file.
    fn insert(&self, path: &str, old: &str, new: &str) {
        let text = self.read(path);
        assert_eq!(text.matches(old).count(), 1, "{path}: {old}");
        self.write(path, &text.replace(old, &format!("{old}{new}")));
    }

    fn git(&self, arguments: &[&str]) -> String {
        let mut git = Command::new("git");
        git.current_dir(&self.path).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        git.args(["-c", "user.name=Owner", "-c", "user.email=owner@localhost"]).args(arguments);
        let output = git.output().expect("git is installed");
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    /// A move that leaves these files in conflict.
    fn moves(&self, arguments: &[&str], conflicts: &[&str]) {
        let mut heavy = Command::new(env!("CARGO_BIN_EXE_heavy"));
        heavy.current_dir(&self.path).args(arguments).stdin(std::process::Stdio::null());
        let output = heavy.output().expect("heavy starts");
        let shown = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(i32::from(!conflicts.is_empty())), "heavy {arguments:?}: {shown}");
        let unmerged = self.git(&["diff", "--name-only", "--diff-filter=U"]);
        assert_eq!(unmerged.lines().collect::<Vec<_>>(), conflicts, "heavy {arguments:?}: {shown}");
        assert!(!shown.contains("warning: "), "{shown}");
    }

    /// Resolves a conflict in which both sides added something: both stay, the template's first, as in an alphabet.
    fn keep_both(&self, path: &str) {
        let text = self.read(path);
        assert_eq!(text.matches("<<<<<<< yours\n").count(), 1, "{path}: {text}");
        let (before, rest) = text.split_once("<<<<<<< yours\n").expect("a conflict");
        let (yours, rest) = rest.split_once("=======\n").expect("a conflict");
        let (theirs, rest) = rest.split_once(">>>>>>> template ").expect("a conflict");
        let after = rest.split_once('\n').expect("a line").1;
        self.write(path, &format!("{before}{theirs}{yours}{after}"));
        self.git(&["add", path]);
    }

    /// Resolves a conflict in a file that the template wrote again: its version, with the owner's words in it.
    fn put_into_theirs(&self, path: &str, old: &str, new: &str) {
        self.git(&["checkout", "--theirs", path]);
        let text = self.read(path);
        assert_eq!(text.matches(old).count(), 1, "{path}: {text}");
        self.write(path, &text.replace(old, new));
        self.git(&["add", path]);
    }

    /// What the owner wrote is there, wherever the template put something beside it.
    fn is_still_the_owners(&self) {
        for (path, line) in [
            ("Cargo.toml", "itoa = \"1\""),
            ("Cargo.toml", "export = []"),
            ("Cargo.lock", "name = \"itoa\""),
            ("README.md", "Ours is about tags."),
            ("compose.yaml", "- \"127.0.0.1:15432:5432\""),
            ("schema/040_tags.sql", "CREATE TABLE tags ("),
            ("src/http/mod.rs", "pub mod export;"),
            ("src/pages/home.rs", "Look around, there are tags."),
            ("src/pages/mod.rs", "pub mod tags;"),
            ("src/pages/tags.rs", "//! `/tags`"),
            ("src/repositories/mod.rs", "pub mod tags;"),
            ("src/routes.rs", ".route(\"/tags\", get(pages::tags::show))"),
            ("static/app.css", ".tags {"),
            ("tests/app/pages/mod.rs", "mod tags;"),
            (".env.example", "# Ours: ask before you change it."),
        ] {
            assert!(self.read(path).contains(line), "{path} has lost `{line}`:\n{}", self.read(path));
        }
        assert!(!self.file(".gitattributes").exists(), "the owner deleted it");
    }

    /// Compiles without a warning and passes its tests, with the lock file as it is.
    fn is_fine(&self) {
        self.is_still_the_owners();
        cargo(&self.path, &["fmt", "--all", "--check"]);
        cargo_with_clippy(&self.path, &["test", "--locked", "--workspace", "--all-features"]);
    }

    /// A table, the SQL for it, a page, its route and its test; a dependency, a feature of cargo's; and here and there a line.
    fn is_edited(&self) {
        self.write("schema/040_tags.sql", TABLE);
        self.write("src/repositories/tags.rs", REPOSITORY);
        self.insert("src/repositories/mod.rs", "pub mod sessions;\n", "pub mod tags;\n");
        self.write("src/pages/tags.rs", PAGE);
        self.insert("src/pages/mod.rs", "pub mod notes;\n", "pub mod tags;\n");
        let route = "        .route(\"/tags\", get(pages::tags::show))\n";
        self.insert("src/routes.rs", "        .route(\"/notes/{id}/delete\", post(notes::delete))\n", route);
        self.write("tests/app/pages/tags.rs", TEST);
        self.insert("tests/app/pages/mod.rs", "mod notes;\n", "mod tags;\n");

        self.insert("Cargo.toml", "hmac.workspace = true\n", "itoa.workspace = true\n");
        self.insert("Cargo.toml", "insta = { version = \"1\", default-features = false }\n", "itoa = \"1\"\n");
        self.insert("Cargo.toml", "doctest = false\n", "\n[features]\n# Ours.\nexport = []\n");
        self.insert("src/http/mod.rs", "pub mod edge;\n", EXPORT);
        self.write(
            "src/http/export.rs",
            "//! Nothing yet.\n\n/// What there is to export.\npub const WHAT: &str = \"tags\";\n",
        );

        let home = self.read("src/pages/home.rs");
        self.write(
            "src/pages/home.rs",
            &home.replace("Look around, then make it yours.", "Look around, there are tags."),
        );
        let compose = self.read("compose.yaml");
        self.write("compose.yaml", &compose.replace("127.0.0.1:5432:5432", "127.0.0.1:15432:5432"));
        for (path, text) in [
            ("README.md", "\n## Ours\n\nOurs is about tags.\n"),
            ("static/app.css", "\n.tags {\n  display: flex;\n}\n"),
            (".env.example", "\n# Ours: ask before you change it.\n"),
        ] {
            self.write(path, &(self.read(path) + text));
        }
        fs::remove_file(self.file(".gitattributes")).expect("a file of the template");
        // Cargo adds what is new to the lock file.
        cargo(&self.path, &["metadata", "--offline", "--format-version=1"]);
    }
}

const EXPORT: &str = "#[cfg(feature = \"export\")]\npub mod export;\n";

const TABLE: &str = "\
CREATE TABLE tags (
    name text NOT NULL,
    CONSTRAINT tags_pkey PRIMARY KEY (name)
);
";

const REPOSITORY: &str = "\
//! The table `tags`.

use sqlx::PgExecutor;

/// Every tag, in the order of the alphabet.
pub async fn names(db: impl PgExecutor<'_>) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(\"SELECT name FROM tags ORDER BY name\")
        .fetch_all(db)
        .await
}
";

const PAGE: &str = "\
//! `/tags`: every tag there is.

use axum::extract::State;
use maud::{Markup, html};

use super::{layout, visitor::Visitor};
use crate::{app::AppState, error::Result, repositories::tags};

/// The list.
pub async fn show(visitor: Visitor, State(state): State<AppState>) -> Result<Markup> {
    let names = tags::names(state.db.pool()).await?;
    let mut count = itoa::Buffer::new();
    let main = html! {
        h1 { (count.format(names.len())) \" tags\" }
        ul.tags {
            @for name in &names {
                li { (name) }
            }
        }
    };
    Ok(layout::page(&visitor, \"Tags\", main))
}
";

const TEST: &str = "\
use crate::common::TestApp;

#[tokio::test]
async fn every_tag_is_listed() {
    let app = TestApp::new().await;
    sqlx::query(\"INSERT INTO tags (name) VALUES ('rust'), ('sql')\")
        .execute(app.database.pool())
        .await
        .unwrap();
    let answer = app.client().open(\"/tags\").await;
    let html = answer.page(200);
    assert!(html.contains(\"2 tags\") && html.contains(\"<li>rust</li>\"));
}
";

/// Makes the project, and takes it back to where it begins.
fn born(name: &str) -> Life {
    let life = Life { path: project(name, &[]) };
    // A repository of its own: the folder lies in the one of this checkout.
    life.git(&["init", "--quiet", "--initial-branch=main"]);
    life.commit("new");
    life.moves(&["sync", "--to", FIRST], &[]);
    life.commit(FIRST);
    let lock = life.read("heavy.toml");
    assert!(lock.contains("source = \"heavy\"") && lock.contains(&format!("version = \"{FIRST}\"")), "{lock}");
    life
}

#[test]
fn case_44_a_real_project_is_fine_after_every_step_of_its_life() {
    if !is_full_run("the life of a project from the first release on, built and tested after every kind of step") {
        return;
    }
    let _turn = turn();
    let life = born("life");
    let _servers = Servers(&life.path);
    life.is_edited();
    life.commit("tags");

    // The owner's modules stand right beside those that the feature brings: lists of modules are sets.
    life.moves(&["add-feature", "pgvector"], &[]);
    life.is_still_the_owners();
    life.commit("pgvector");

    // What the owner wrote and the first feature are built together with the second one.
    life.moves(&["add-feature", "cockroach"], &[]);
    life.is_fine();
    life.commit("cockroach");

    life.moves(&["rename", "tag-shop"], &[]);
    let lock = life.read("heavy.toml");
    assert!(lock.contains("name = \"tag_shop\"") && lock.contains("title = \"Tag Shop\""), "{lock}");
    assert!(life.read("Cargo.lock").contains("name = \"tag_shop\""));
    life.is_fine();
    life.commit("tag-shop");

    // The owner and the template both wrote something at the same places; the first page is another one altogether.
    let conflicts = ["README.md", "src/pages/home.rs"];
    life.moves(&["sync"], &conflicts);
    life.keep_both("README.md");
    life.put_into_theirs("src/pages/home.rs", "Look around, then make it yours.", "Look around, there are tags.");
    life.moves(&["sync", "--continue"], &[]);
    assert!(!life.read("heavy.toml").contains(&format!("version = \"{FIRST}\"")));
    // Since 0.6.0 the state has a module of its own; the owner's page follows.
    let (before, since) =
        ("{app::AppState, error::Result, repositories::tags}", "{error::Result, repositories::tags, state::AppState}");
    life.write("src/pages/tags.rs", &life.read("src/pages/tags.rs").replace(before, since));
    // Since 0.1.0 the schema is reached by migrations, the owner's table too.
    cargo(&life.path, &["dev", "migrate", "--name", "tags"]);
    life.is_fine();
    life.commit("today");

    // It is there, and nothing is left to do.
    let mut check = Command::new(env!("CARGO_BIN_EXE_heavy"));
    run(check.current_dir(&life.path).arg("check"));
    let today = life.git(&["rev-parse", "HEAD"]);
    life.moves(&["sync"], &[]);
    assert_eq!(life.git(&["status", "--porcelain"]), "");
    assert_eq!(life.git(&["rev-parse", "HEAD"]), today);
}

/// The way to the first version and back again, untouched, is no way at all: what a release was is what is rendered.
#[test]
fn case_31_to_the_first_release_and_back_is_a_new_project() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let heavy = |here: &Path, arguments: &[&str]| {
        run(Command::new(env!("CARGO_BIN_EXE_heavy")).current_dir(here).args(arguments));
    };
    // What the first release had, by which a project that comes from there is known; later features are chosen by hand.
    let first = ["browser-tests", "cockroach", "load", "otel", "pgvector", "phone", "showcase", "stack-tests"];
    let features = [&first[..], &["test-daemon"]].concat();
    let chosen = features.iter().flat_map(|feature| ["--feature", *feature]);
    let new = ["new", "way", "--defaults", "--vcs", "none", "--quiet"];
    heavy(folder.path(), &new.into_iter().chain(chosen).collect::<Vec<_>>());
    let way = folder.path().join("way");
    let read = || {
        let mut files = std::collections::BTreeMap::new();
        for entry in ignore::WalkBuilder::new(&way).standard_filters(false).build() {
            let path = entry.expect("readable").into_path();
            if path.is_file() && !path.starts_with(way.join(".heavy")) {
                files.insert(path.clone(), fs::read(&path).expect("readable"));
            }
        }
        files
    };
    let today = read();
    heavy(&way, &["sync", "--to", FIRST]);
    assert_ne!(read(), today);
    heavy(&way, &["sync"]);
    // What the versions between said is kept; a new project has nothing to be told.
    let mut back = read();
    assert!(back.remove(&way.join("docs/UPGRADING.md")).is_some(), "the notes of the versions");
    assert!(back == today, "new, then 0.1.0, then today");
}
