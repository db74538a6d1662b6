//! Cases about git: what state the repository is in, where it is, and how it is set up.

use crate::state::files;
use crate::world::World;

mod busy;
mod environment;
mod layouts;
mod settings;

const GUIDE: &str = "# Guide\n\nfirst\n\nsecond\n\nthird\n";

/// A project of 1.0.0 with an edit of the user's committed, and 1.1.0 to come, which merge.
fn project() -> World {
    let world = World::with_git();
    world.template("1.0.0", &files(&[("guide.md", GUIDE), ("other.txt", "one\n")]));
    world.create(&[]);
    world.is_pristine();
    world.write("guide.md", GUIDE.replace("third", "third, of mine"));
    world.commit();
    next(&world);
    world
}

fn next(world: &World) {
    world.template("1.1.0", &files(&[("guide.md", &*GUIDE.replace("first", "First")), ("other.txt", "two\n")]));
}

fn merged() -> String {
    GUIDE.replace("first", "First").replace("third", "third, of mine")
}

/// What a user does to a project.
type Edit = fn(&World);
