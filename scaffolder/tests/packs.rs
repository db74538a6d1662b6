//! The worked pack in `examples/packs`: added to a plain project from a git URL, moved to a newer commit, taken out again.
//! With `HEAVY_FULL=1` the project is formatted, has no warning and passes the pack's test while it has it.

#[path = "cli/environment.rs"]
#[allow(dead_code, reason = "tests/cli needs other parts of it")]
mod environment;
mod workshop;

use std::path::Path;

use environment::{Environment, files};
use workshop::full::is_full_run;
use workshop::{Servers, cargo, cargo_with_clippy, project, turn};

/// `heavy` in the project; it must succeed.
#[track_caller]
fn heavy(env: &Environment, project: &Path, arguments: &[&str]) {
    let output = env.command(arguments).current_dir(project).output().expect("heavy starts");
    assert!(output.status.success(), "heavy {arguments:?}: {}", env.shown(&output));
}

#[test]
fn the_worked_pack_is_added_from_a_git_url_compiles_moves_and_leaves_no_trace() {
    let full = is_full_run("compiling a project with examples/packs/text-page");
    let env = Environment::new();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/packs/text-page");
    for (path, (bytes, _)) in files(&example) {
        env.write(&format!("packs/text-page/{path}"), bytes);
    }
    env.git("packs", &["init", "--quiet", "--initial-branch=main"]);
    let commit = || {
        env.git("packs", &["add", "--all"]);
        env.git("packs", &["commit", "--quiet", "--message=next"]);
    };
    commit();
    let _turn = full.then(turn);
    let project = if full {
        project("pack", &[])
    } else {
        env.succeeds(&["new", "my-app", "--defaults", "--vcs", "none", "--quiet"]);
        env.path("my-app")
    };
    let _servers = full.then(|| Servers(&project));
    let state = || {
        let mut found = files(&project);
        found.retain(|path, _| !path.starts_with(".data/") && !path.starts_with(".heavy/"));
        found
    };
    let before = state();

    let url = format!("file://{}#main/text-page", env.path("packs").display());
    heavy(&env, &project, &["add-feature", &url, "-d", "path=about", "-d", "heading=About us", "--trust"]);
    let routes = std::fs::read_to_string(project.join("src/routes.rs")).expect("a file");
    assert!(routes.contains("        .page(\"/about\", pages::text::page)\n"), "{routes}");
    let pages = std::fs::read_to_string(project.join("src/pages/mod.rs")).expect("a file");
    assert!(pages.contains("pub mod settings;\npub mod text;\n"), "{pages}");
    if full {
        cargo(&project, &["fmt", "--all", "--check"]);
        cargo_with_clippy(&project, &["test", "--locked", "-p", "app", "pages::text"]);
    }

    let manifest = env.read("packs/text-page/cargo-generate.toml").replace("1.0.0", "1.1.0");
    env.write("packs/text-page/cargo-generate.toml", manifest);
    let page = env.read("packs/text-page/files/src/pages/text.rs");
    env.write("packs/text-page/files/src/pages/text.rs", page.replace("/// The page.", "/// The page, as it is."));
    commit();
    heavy(&env, &project, &["sync", "--trust"]);
    let page = std::fs::read_to_string(project.join("src/pages/text.rs")).expect("a file");
    assert!(page.contains("/// The page, as it is.") && page.contains("\"About us\""), "{page}");
    if full {
        cargo_with_clippy(&project, &["check", "--locked", "-p", "app", "--all-targets"]);
    }

    heavy(&env, &project, &["remove-feature", "text-page"]);
    let after = state();
    let differ: Vec<&String> =
        before.keys().chain(after.keys()).filter(|path| before.get(*path) != after.get(*path)).collect();
    assert!(differ.is_empty(), "{differ:?}");
}
