//! The README's sessions: whoever types them sees what stands there.
//!
//! `HEAVY_BLESS=1 cargo test --test cli readme` writes the numbers in them again; words are a person's to change.

use std::sync::Mutex;

use crate::environment::Environment;

const README: &str = include_str!("../../../README.md");

/// A line that somebody types in a session, and what the README shows below it.
struct Step {
    typed: &'static str,
    shown: Vec<&'static str>,
}

/// The steps of the session in which this is typed.
fn session(typed: &str) -> Vec<Step> {
    let blocks = README.split("```console\n").filter_map(|text| text.split("```").next());
    let block = blocks.into_iter().find(|block| block.contains(typed)).expect("the README has such a session");
    let mut steps: Vec<Step> = Vec::new();
    for line in block.lines() {
        match line.strip_prefix("$ ") {
            Some(typed) => steps.push(Step { typed: typed.split("  #").next().unwrap_or(typed), shown: Vec::new() }),
            None => steps.last_mut().expect("something is typed first").shown.push(line),
        }
    }
    steps
}

/// Runs what needs neither a compiler nor the network, and compares what `heavy` prints. Where the reader would edit files, `edit` does.
fn play(env: &Environment, steps: &[Step], edit: impl Fn(&str)) {
    let mut folder = "";
    for step in steps {
        let mut printed = None;
        for command in step.typed.split(" && ") {
            let words = words(command);
            printed = None;
            match words.as_slice() {
                ["cd", into] => folder = into,
                ["$EDITOR", ..] => edit(folder),
                ["git", arguments @ ..] => drop(env.git(folder, arguments)),
                ["cargo", ..] | ["heavy", "time", ..] => {}
                ["heavy", arguments @ ..] => {
                    let output = env.command(arguments).current_dir(env.path(folder)).output().expect("heavy starts");
                    assert!(output.status.success() || !step.shown.is_empty(), "{command}: {}", env.shown(&output));
                    printed = Some(String::from_utf8([output.stdout, output.stderr].concat()).expect("UTF-8"));
                }
                _ => panic!("nobody knows what `{command}` does"),
            }
        }
        if let (Some(printed), false) = (printed, step.shown.is_empty()) {
            let lines: Vec<&str> = printed.lines().collect();
            let agreed = agree(&step.shown, &lines) || is_blessed(&step.shown, &lines);
            assert!(agreed, "the README shows something else for `{}`:\n{printed}", step.typed);
        }
    }
}

/// A command's words; those between quotation marks are one.
fn words(command: &'static str) -> Vec<&'static str> {
    let parts = command.split('"').enumerate();
    parts.flat_map(|(at, part)| if at % 2 == 1 { vec![part] } else { part.split_whitespace().collect() }).collect()
}

/// Whether this was printed, where `…` stands for any number of lines.
fn agree(shown: &[&str], printed: &[&str]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((line, rest)) if line.trim() == "…" => {
            (0..=printed.len()).any(|left_out| agree(rest, &printed[left_out..]))
        }
        Some((line, rest)) => printed.first() == Some(line) && agree(rest, &printed[1..]),
    }
}

/// Writes the README again with the numbers that were printed, where blessing was asked for and numbers are all that differs.
fn is_blessed(shown: &[&str], printed: &[&str]) -> bool {
    static WRITER: Mutex<()> = Mutex::new(());
    let without_numbers = |line: &str| line.replace(|character: char| character.is_ascii_digit(), "");
    if std::env::var_os("HEAVY_BLESS").is_none() {
        return false;
    }
    let _turn = WRITER.lock().expect("nobody panics while writing");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    let mut readme = std::fs::read_to_string(path).expect("a README");
    let (mut blessed, mut used) = (Vec::new(), 0);
    for line in shown {
        let found = printed[used..].iter().position(|printed| without_numbers(printed) == without_numbers(line));
        let now = found.map_or(*line, |at| printed[used + at]);
        used += found.map_or(0, |at| at + 1);
        readme = readme.replacen(&format!("\n{line}\n"), &format!("\n{now}\n"), 1);
        blessed.push(now);
    }
    std::fs::write(path, readme).expect("the README can be written");
    agree(&blessed, printed)
}

/// Appends to the project's README and commits, as its owner.
fn continue_the_readme(env: &Environment, folder: &str) {
    let readme = format!("{folder}/README.md");
    env.write(&readme, env.read(&readme) + "\n## Ours\n\nOurs is about hats.\n");
    env.git(folder, &["commit", "--quiet", "--all", "--message=Ours"]);
}

#[test]
fn the_life_of_a_project_goes_as_the_readme_shows_it() {
    let env = Environment::new();
    play(&env, &session("heavy add-feature"), |folder| continue_the_readme(&env, folder));
}

#[test]
fn a_sync_with_a_conflict_goes_as_the_readme_shows_it() {
    let env = Environment::new();
    env.succeeds(&["new", "shop", "--defaults", "--quiet"]);
    env.succeeds(&["sync", "--project", "shop", "--to", "0.1.0", "--quiet"]);
    env.git("shop", &["add", "--all"]);
    continue_the_readme(&env, "shop");
    let mut steps = session("heavy sync --to");
    steps.insert(0, Step { typed: "cd shop", shown: Vec::new() });
    play(&env, &steps, |folder| drop(env.git(folder, &["checkout", "--quiet", "--ours", "README.md"])));
}

#[test]
fn a_new_project_says_what_the_readme_shows() {
    let env = Environment::new();
    let output = env.heavy(&["new", "../my-app", "--defaults"]);
    let printed = String::from_utf8(output.stderr).expect("UTF-8");
    let starts = ["    Creating", "     Created"];
    let told = |line: &&str| starts.iter().any(|start| line.starts_with(start));
    let (shown, printed): (Vec<_>, Vec<_>) =
        (README.lines().filter(told).collect(), printed.lines().filter(told).collect());
    assert!(
        shown == printed || is_blessed(&shown, &printed),
        "the README shows {shown:?}, and this is printed: {printed:?}"
    );
}
