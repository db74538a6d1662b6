//! What people and programs see of a move: plan, question, report. What moves do to files is in `tests/moves`.

use crate::environment::Environment;

mod adopt;
mod conflicts;
mod features;
mod plan;
mod read_only;
mod rename;
mod safety;

/// A project `my-app` of the small template at version 1.2.3, committed, and a routes file to quarrel about.
fn project() -> Environment {
    let env = Environment::new();
    env.template(&[
        ("src/routes.rs", "pub const ROUTES: &[&str] = &[\n    \"/\",\n];\n"),
        ("src/vectors.rs", "// search\n"),
        ("Dockerfile", "FROM scratch\nCOPY {{crate_name}} /\n"),
        ("old.txt", "old\n"),
    ]);
    let manifest = env.read("template/cargo-generate.toml");
    env.write(
        "template/cargo-generate.toml",
        format!("{manifest}\n[conditional.'!vectors']\nignore = [\"src/vectors.rs\"]\n"),
    );
    env.succeeds(&["new", "my-app", "--template", "template"]);
    env
}

/// The template moves on to 1.3.0: another route, a new file, an old one gone.
fn next_version(env: &Environment) {
    let manifest = env.read("template/cargo-generate.toml").replace("1.2.3", "1.3.0");
    env.write("template/cargo-generate.toml", manifest);
    env.write("template/heavy.toml", env.read("template/heavy.toml").replace("1.2.3", "1.3.0"));
    env.write("template/src/routes.rs", "pub const ROUTES: &[&str] = &[\n    \"/\",\n    \"/health\",\n];\n");
    env.write("template/new.txt", "new\n");
    drop(std::fs::remove_file(env.path("template/old.txt")));
}

fn commit(env: &Environment) {
    env.git("my-app", &["add", "--all"]);
    env.git("my-app", &["commit", "--quiet", "--message=mine"]);
}

/// Runs `heavy` in the project.
fn run(env: &Environment, arguments: &[&str]) -> String {
    env.run(&[arguments, &["--project", "my-app"]].concat())
}
