//! Everything that can be wrong, and what is said about it. Nothing is left behind in any case.

use crate::environment::Environment;

mod arguments;
mod disk;
mod templates;

/// Runs `heavy new my-app --template template …`, which must leave nothing behind, and shows what it said.
fn refused(env: &Environment, more: &[&str]) -> String {
    let before = env.list("");
    let shown = env.run(&[&["new", "my-app", "--template", "template", "--vcs", "none"], more].concat());
    assert_eq!(env.list(""), before, "{shown}");
    shown
}
