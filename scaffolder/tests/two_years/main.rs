//! Two years of a template: 24 releases, and five teams that follow it while they work on what they made of it.
//!
//! After each sync the project compiles and nothing that the team wrote is lost; and of the conflicts that `git merge-file`
//! finds on the same trees at most a third are left to the team. Only with `HEAVY_FULL=1`, with a table:
//! `HEAVY_FULL=1 cargo test --test two_years -- --nocapture`.

#[path = "../cli/environment.rs"]
#[allow(dead_code, reason = "tests/cli needs other parts of it")]
mod environment;
#[path = "../workshop/full.rs"]
mod full;
mod project;
mod reference;
mod teams;
mod template;

use std::fmt::Write as _;
use std::io::Write as _;
use std::thread;

use project::Project;
use reference::{Texts, conflicts, texts};
use teams::{TEAMS, Team};
use template::{RELEASES, Template};

/// What a team had to resolve.
#[derive(Default)]
struct Balance {
    syncs: usize,
    by_heavy: usize,
    by_git: usize,
}

/// The team's two years.
fn two_years(team: &Team) -> Balance {
    let project = Project::new();
    publish(&project, 1);
    let output =
        project.env.command(&["new", "shop", "--template", "template", "--defaults", "--quiet", "--vcs", "git"]);
    created(&project, output);
    project.commit();
    let (mut balance, mut at) = (Balance::default(), 1);
    for release in 1..RELEASES {
        (team.work)(&project, release);
        project.check(&format!("{} before release {}", team.name, release + 1));
        project.commit();
        if (release + 1).is_multiple_of(team.every) {
            follow(&project, team, at, release + 1, &mut balance);
            at = release + 1;
        }
    }
    balance
}

/// A sync from one release to another.
fn follow(project: &Project, team: &Team, from: usize, to: usize, balance: &mut Balance) {
    let when = format!("{} at release {to}", team.name);
    let ours = texts(&project.path(""));
    let base = fresh(project, from);
    let theirs = fresh(project, to);
    balance.syncs += 1;
    balance.by_git += conflicts(&project.env, &base, &ours, &theirs);
    if project.heavy(&["sync"]) == 1 {
        balance.by_heavy += project.resolve();
    }
    project.check(&when);
    project.nothing_is_lost(&when);
    project.commit();
}

/// Puts a release where the project's template is.
fn publish(project: &Project, release: usize) {
    let folder = project.env.path("template");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("our own folder");
    }
    for (path, text) in Template::at(release).files() {
        project.env.write(&format!("template/{path}"), text);
    }
}

/// What the team's answers give at a release, which is published afterwards.
fn fresh(project: &Project, release: usize) -> Texts {
    publish(project, release);
    let folder = project.env.path("fresh");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("our own folder");
    }
    let mut command =
        project.env.command(&["new", "fresh", "--template", "template", "--defaults", "--quiet", "--vcs", "none"]);
    command.args(project.answers());
    created(project, command);
    texts(&folder)
}

fn created(project: &Project, mut command: std::process::Command) {
    let output = command.env("HEAVY_CACHE_DIR", project.env.home().join("cache")).output().expect("heavy starts");
    assert!(output.status.success(), "{}", project.env.shown(&output));
}

#[test]
fn five_teams_follow_24_releases_without_losing_a_line_and_resolve_a_third_of_what_git_would_leave() {
    if !full::is_full_run("two years of a template") {
        return;
    }
    let balances: Vec<Balance> = thread::scope(|scope| {
        let teams: Vec<_> = TEAMS.iter().map(|team| scope.spawn(|| two_years(team))).collect();
        teams.into_iter().map(|team| team.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    let mut table = String::from("team        syncs  conflicts  by git merge-file\n");
    for (team, balance) in TEAMS.iter().zip(&balances) {
        writeln!(table, "{:<10} {:>6} {:>10} {:>18}", team.name, balance.syncs, balance.by_heavy, balance.by_git)
            .expect("a string takes it");
    }
    std::io::stderr().write_all(table.as_bytes()).expect("standard error");
    let sum = |of: fn(&Balance) -> usize| balances.iter().map(of).sum::<usize>();
    assert!(sum(|balance| balance.by_heavy) * 3 <= sum(|balance| balance.by_git), "{table}");
}
