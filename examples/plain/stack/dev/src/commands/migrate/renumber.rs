//! `cargo dev migrate renumber`: two people wrote a migration each with one number, and one of them gives way.
//!
//! The one of the main branch stays; then the one that is merged, then that of the branch one is on, then what is not
//! committed; of two on the main branch the one that came first. With the one that gives way go those that its side
//! wrote after it, as they may need it. Whoever has applied it carries on (`stack_db::migrations`).

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use stack_migrate::shell;

use crate::databases::DATABASES;
use crate::error::{Error, Result};
use crate::project::Project;
use crate::ui;

/// Branches that others build on, the first that there is.
const MAIN: [&str; 5] = [
    "origin/HEAD",
    "origin/main",
    "origin/master",
    "main",
    "master",
];

pub(super) fn run(project: &Project, file: Option<&Path>) -> Result<ExitCode> {
    let mut moved = 0;
    for database in DATABASES {
        let folder = project.migrations(database);
        let git = Git::of(&folder);
        let files = files(&folder, |path| match file {
            Some(file) if path.file_name() == file.file_name() => Age::named(),
            Some(_) => Age::default(),
            None => git.age(path),
        })?;
        for (from, to) in renumbered(files)? {
            git.rename(&from, &to)?;
            ui::result(&format!("renamed {} to {}", from.display(), to.display()));
            moved += 1;
        }
    }
    ui::say(match moved {
        0 => "nothing to do: every number is there once",
        _ => {
            "databases that have applied one under its old number carry on: `migrate` changes the record"
        }
    });
    Ok(ExitCode::SUCCESS)
}

/// How new a file is to others, the older the smaller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Age {
    /// On the main branch, merged, on this branch, not committed.
    side: u8,
    /// When it came, in seconds.
    since: i64,
}

impl Age {
    /// Of the file that a person wants to give way.
    fn named() -> Self {
        Self {
            side: u8::MAX,
            since: 0,
        }
    }
}

/// A migration by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
struct File {
    number: i64,
    rest: String,
    path: PathBuf,
    age: Age,
}

fn files(folder: &Path, age: impl Fn(&Path) -> Age) -> Result<Vec<File>> {
    let mut files = Vec::new();
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(files),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let Some((number, rest)) = name.split_once('_').filter(|_| name.ends_with(".sql")) else {
            continue;
        };
        let (Ok(number), rest) = (number.parse(), rest.to_owned()) else {
            continue;
        };
        files.push(File {
            number,
            rest,
            path,
            age: Age::default(),
        });
    }
    // Only those are asked about of which it matters.
    let numbers: Vec<i64> = files.iter().map(|file| file.number).collect();
    let twice = |number: &&i64| numbers.iter().filter(|other| other == number).count() > 1;
    let first = numbers
        .iter()
        .filter(twice)
        .min()
        .copied()
        .unwrap_or(i64::MAX);
    for file in files.iter_mut().filter(|file| file.number >= first) {
        file.age = age(&file.path);
    }
    files.sort_by(|a, b| (a.number, a.age, &a.rest).cmp(&(b.number, b.age, &b.rest)));
    Ok(files)
}

/// Which files get which names, in an order in which no name is taken. `files` are in the order of their numbers and
/// ages.
fn renumbered(files: Vec<File>) -> Result<Vec<(PathBuf, PathBuf)>> {
    let mut loser: Option<(i64, Age)> = None;
    for two in files.windows(2) {
        let [first, second] = two else { continue };
        if first.number != second.number {
            continue;
        }
        if first.age == second.age {
            return Err(undecided(&first.path, &second.path));
        }
        let (number, age) = loser.unwrap_or((second.number, second.age));
        loser = Some((number, age.min(second.age)));
    }
    let Some((number, age)) = loser else {
        return Ok(Vec::new());
    };
    let (moved, kept): (Vec<File>, Vec<File>) = files
        .into_iter()
        .partition(|file| file.number >= number && file.age >= age);
    let last = kept.last().map_or(0, |file| file.number);
    let names = (last + 1..)
        .zip(moved)
        .map(|(number, File { rest, path, .. })| {
            let to = path.with_file_name(format!("{number:04}_{rest}"));
            (path, to)
        });
    let mut names: Vec<_> = names.filter(|(from, to)| from != to).collect();
    names.reverse();
    Ok(names)
}

fn undecided(first: &Path, second: &Path) -> Error {
    Error::new(format!(
        "git does not tell which came first, `{}` or `{}`",
        first.display(),
        second.display()
    ))
    .hint(format!(
        "name the one that was applied nowhere yet: `cargo dev migrate renumber --file {}`",
        shell::path(second)
    ))
}

/// What git knows of the files of a folder.
struct Git {
    folder: PathBuf,
    main: Option<&'static str>,
}

impl Git {
    fn of(folder: &Path) -> Self {
        let folder = folder.to_owned();
        let mut git = Self { folder, main: None };
        git.main = MAIN.into_iter().find(|branch| {
            git.ask(&["rev-parse", "--verify", "--quiet", branch])
                .is_some()
        });
        git
    }

    /// What it answers, if it does.
    fn ask(&self, arguments: &[&str]) -> Option<String> {
        let mut git = Command::new("git");
        let output = git
            .args(arguments)
            .current_dir(&self.folder)
            .output()
            .ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| text.trim().to_owned())
    }

    fn age(&self, path: &Path) -> Age {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let has = |branch: &str| {
            self.ask(&["cat-file", "-e", &format!("{branch}:./{name}")])
                .is_some()
        };
        let side = match self.main {
            Some(main) if has(main) => 0,
            _ if has("MERGE_HEAD") => 1,
            _ if has("HEAD") => 2,
            _ => 3,
        };
        let since = match self.main.filter(|_| side == 0) {
            Some(main) => self.added(main, &name).unwrap_or_default(),
            None => 0,
        };
        Age { side, since }
    }

    /// When a file came to a branch: where it was merged, the merge counts.
    fn added(&self, branch: &str, name: &str) -> Option<i64> {
        let log = [
            "log",
            "-1",
            "--first-parent",
            "-m",
            "--diff-filter=A",
            "--format=%ct",
            branch,
            "--",
            name,
        ];
        self.ask(&log)?.parse().ok()
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        let name = |path: &Path| {
            path.file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned()
        };
        // What git does not know yet has no place in its index either.
        if self.ask(&["mv", &name(from), &name(to)]).is_none() {
            std::fs::rename(from, to)?;
        }
        Ok(())
    }
}
