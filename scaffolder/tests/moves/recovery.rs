//! Cases about what goes wrong in the middle of a move. `tests/kill.rs` kills at every single write; here it is the command,
//! as a person meets it.
#![cfg(unix)]

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::state::{State, assert_same, files};
use crate::world::World;

/// A project with many files of each kind of change ahead, which merge without conflict.
fn project() -> World {
    let world = World::with_git();
    let text = |number: usize, change: &str| format!("{number}\n\nfirst\n\n{change}\n");
    let all = |names: &[&str], change: &str| -> State {
        let each = (0..8).flat_map(|number| {
            let name = move |name: &&str| (format!("{name}/{number}.txt"), text(number, change));
            names.iter().map(name)
        });
        let each: Vec<(String, String)> = each.collect();
        files(&each.iter().map(|(name, text)| (name.as_str(), text)).collect::<Vec<_>>())
    };
    world.template("1.0.0", &all(&["same", "edited", "deleted"], "one"));
    world.create(&[]);
    world.is_pristine();
    for number in 0..8 {
        world.write(&format!("edited/{number}.txt"), text(number, "one").replace("first", "first, of mine"));
    }
    world.commit();
    world.template("1.1.0", &all(&["same", "edited", "created"], "two"));
    world
}

/// What a user does to a project.
type Edit = fn(&World);

#[test]
fn case_29_killed_at_any_moment_it_can_be_taken_back_and_finished() {
    let world = project();
    let before = world.state();
    let begun = Instant::now();
    world.returns(0, &["sync"]);
    let whole = begun.elapsed();
    let after = world.state();
    world.returns(0, &["undo"]);
    assert_same(&world.state(), &before, "undo");

    let steps = 24;
    for step in 0..steps {
        let mut child =
            world.command(&["sync"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("heavy starts");
        std::thread::sleep(whole * step / steps + Duration::from_micros(u64::from(step) * 37));
        child.kill().expect("our own process");
        child.wait().expect("it ends");
        // Until it is finished or taken back nothing else begins, and nothing claims that all is well.
        let (flag, expected) = if step % 2 == 0 { ("--abort", &before) } else { ("--continue", &after) };
        let output = world.heavy(&["sync", flag]);
        let shown = world.env.shown(&output);
        match output.status.code() {
            Some(0) => assert_same(&world.state(), expected, &format!("killed at {step}/{steps}, then {flag}")),
            // Killed before the first write or after the last one: there is nothing to finish or to take back.
            Some(2) => {
                let state = world.state();
                assert!(state == before || state == after, "step {step}: {shown}");
            }
            code => panic!("{code:?}: {shown}"),
        }
        if world.state() == after {
            world.returns(0, &["check"]);
            world.returns(0, &["undo"]);
        }
        assert_same(&world.state(), &before, "undo");
        assert_eq!(world.git(&["status", "--porcelain"]), "");
    }
}

#[test]
fn case_29_stopped_by_ctrl_c_nothing_is_left_half_done() {
    let world = project();
    let before = world.state();
    let begun = Instant::now();
    world.returns(0, &["sync"]);
    let whole = begun.elapsed();
    let after = world.state();
    world.returns(0, &["undo"]);
    let steps = 12;
    for step in 0..steps {
        let child =
            world.command(&["sync"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("heavy starts");
        std::thread::sleep(whole * step / steps);
        Command::new("kill").args(["-INT", &child.id().to_string()]).stderr(Stdio::null()).status().expect("kill");
        let output = child.wait_with_output().expect("it ends");
        let state = world.state();
        if state == after {
            world.returns(0, &["undo"]);
        } else {
            assert_same(&state, &before, &format!("stopped at {step}/{steps}: {}", world.env.shown(&output)));
            world.refuses(&["sync", "--abort"]);
        }
    }
}

/// `heavy sync` that can write no file larger than this many blocks.
fn with_room_for(world: &World, blocks: usize) -> std::process::Output {
    let heavy = world.command(&["sync"]);
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\""), "sh"]);
    shell.arg(heavy.get_program()).args(heavy.get_args()).current_dir(world.path("")).env_clear().stdin(Stdio::null());
    shell.envs(heavy.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell.output().expect("a shell")
}

#[test]
fn case_29_a_disk_that_is_full_changes_nothing() {
    for blocks in [0, 1, 8, 300] {
        let world = World::with_git();
        world.template("1.0.0", &files(&[("a.txt", "one\n"), ("z.bin", "\0one\n")]));
        world.create(&[]);
        world.is_pristine();
        let large = format!("\0{}", "two ".repeat(1 << 18));
        world.template("1.1.0", &files(&[("a.txt", "two\n"), ("z.bin", &large)]));
        let before = world.state();
        let output = with_room_for(&world, blocks);
        let shown = world.env.shown(&output);
        assert_eq!(output.status.code(), Some(4), "{blocks} blocks: {shown}");
        assert_same(&world.state(), &before, &format!("{blocks} blocks: {shown}"));
        assert_eq!(world.git(&["status", "--porcelain"]), "", "{blocks} blocks");
        // With room again everything goes on as if nothing had been.
        assert_eq!(world.moved(&["sync"]).code, 0, "{blocks} blocks");
    }
}

#[test]
fn case_29_a_file_that_is_read_only_is_replaced_and_a_folder_that_is_changes_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &std::path::Path, mode: u32| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("our own file");
    };
    let world = World::with_git();
    world.template("1.0.0", &files(&[("a.txt", "one\n"), ("docs/guide.md", "one\n")]));
    world.create(&[]);
    world.is_pristine();
    world.template("1.1.0", &files(&[("a.txt", "two\n"), ("docs/guide.md", "two\n")]));
    mode(&world.path("a.txt"), 0o444);
    assert_eq!(world.moved(&["sync"]).code, 0);
    world.returns(0, &["undo"]);

    let before = world.state();
    mode(&world.path("docs"), 0o555);
    // Whoever may do everything may write there nevertheless.
    let all_powerful = fs::write(world.path("docs/probe"), "").is_ok();
    if all_powerful {
        fs::remove_file(world.path("docs/probe")).expect("our own file");
    }
    let output = world.heavy(&["sync"]);
    mode(&world.path("docs"), 0o755);
    let shown = world.env.shown(&output);
    if all_powerful {
        assert_eq!(output.status.code(), Some(0), "{shown}");
    } else {
        assert_eq!(output.status.code(), Some(4), "{shown}");
        assert_same(&world.state(), &before, &shown);
    }
}

#[test]
fn case_30_of_several_at_once_one_does_it() {
    for _ in 0..4 {
        let world = project();
        let before = world.state();
        world.returns(0, &["sync"]);
        let after = world.state();
        world.returns(0, &["undo"]);
        assert_same(&world.state(), &before, "undo");
        let start = || world.command(&["sync"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let all: Vec<_> = (0..4).map(|_| start().expect("heavy starts")).collect();
        let outputs: Vec<_> = all.into_iter().map(|child| child.wait_with_output().expect("it ends")).collect();
        let shown: Vec<String> = outputs.iter().map(|output| world.env.shown(output)).collect();
        assert!(outputs.iter().any(|output| output.status.code() == Some(0)), "{shown:#?}");
        // The others found it at work, or done, or changes that nobody has committed, or a file gone that they had just seen.
        assert!(outputs.iter().all(|output| matches!(output.status.code(), Some(0 | 2 | 4))), "{shown:#?}");
        assert_same(&world.state(), &after, &format!("{shown:#?}"));
        world.returns(0, &["check"]);
        world.returns(0, &["undo"]);
        assert_same(&world.state(), &before, "undo");
    }
}

#[test]
fn case_30_a_file_that_is_edited_between_plan_and_apply_stops_the_move() {
    let edits: [(&str, Edit); 4] = [
        ("same/3.txt", |world| world.write("same/3.txt", "edited in the meantime\n")),
        ("created/3.txt", |world| world.write("created/3.txt", "added in the meantime\n")),
        ("deleted/3.txt", |world| world.write("deleted/3.txt", "edited in the meantime\n")),
        ("edited/3.txt", |world| fs::remove_file(world.path("edited/3.txt")).expect("our own file")),
    ];
    for (path, edit) in edits {
        let world = project();
        let mut terminal = world.on_terminal(&["sync"]);
        terminal.exp_string("?").expect("a confirmation");
        edit(&world);
        let before = world.state();
        terminal.send_line("y").expect("an answer");
        let said = terminal.exp_eof().expect("the end");
        assert!(said.contains("error: ") && said.contains(path), "{path}: {said}");
        assert_same(&world.state(), &before, path);
        world.refuses(&["sync", "--abort"]);
    }
}

#[test]
fn case_30_no_is_no() {
    let world = project();
    let before = world.state();
    let mut terminal = world.on_terminal(&["sync"]);
    terminal.exp_string("?").expect("a confirmation");
    terminal.send_line("n").expect("an answer");
    terminal.exp_eof().expect("the end");
    assert_same(&world.state(), &before, "no");
    world.refuses(&["undo"]);
}
