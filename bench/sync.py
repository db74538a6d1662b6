#!/usr/bin/env python3
"""Measures `heavy sync` beside `git merge-tree` on the same trees, and in a project of 20,000 files; prints ratios of medians.

    bench/sync.py [--rounds N] [--files N] [--heavy PATH]

The template of this repository is put into a git repository at version 1.0.0, changed in 30 files (one file comes, one goes), given a
note and a rename, and tagged 2.0.0. A project of 1.0.0 is edited in 20 files and committed. Then, taking turns:

    heavy sync            1.0.0 to 2.0.0 on a fresh copy, the base found in the cache, without network, files written and synced
    heavy sync --dry-run  the same without writing
    git merge-tree        the three trees, from a repository that has them packed: no rendering, nothing checked out
    git merge             the same as `git merge --no-commit`, checked out
    git status            what git needs to look at the same project

and once more with 20,000 files of the user's own in the project, half of them Rust.

Needs git.
"""
import argparse, os, pathlib, re, shutil, statistics

import measure as shared
from measure import ROOT, WORK, build_heavy, fresh, report, say
from move import CHANGED, EDITED, change, commit, edit, git, measure

RULES = '[[path]]\nfrom = "app::bench::before"\nto = "app::bench::after"\n'
NOTE = '+++\ntitle = "a version to measure"\n+++\n\nNothing to do.\n'


def template():
    """A repository with two versions of the template."""
    folder = fresh("sync-template")
    skip = shutil.ignore_patterns("target", ".data")
    shutil.copytree(ROOT / "template", folder / "template", ignore=skip)
    for part in ("hooks", "cargo-generate.toml"):
        source = ROOT / part
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / part)
    for version in ("1.0.0", "2.0.0"):
        if version == "2.0.0":
            change(folder / "template")
            (folder / "notes").mkdir()
            (folder / "notes" / "2.0.0.md").write_text(NOTE)
            (folder / "notes" / "2.0.0.toml").write_text(RULES)
        for path in (folder / "cargo-generate.toml", folder / "template" / "heavy.toml"):
            path.write_text(re.sub(r'(?m)^version = ".*"$', f'version = "{version}"', path.read_text(), count=1))
        commit(folder, version)
    return folder


def own_files(project, count):
    """Files of the user's own, of 2 kB each: half of them Rust, in folders of a hundred."""
    for number in range(count):
        folder = project / ("crates/own/src" if number % 2 else "data") / f"part_{number // 200}"
        folder.mkdir(parents=True, exist_ok=True)
        if number % 2:
            text = "".join(f"pub fn item_{number}_{line}() -> u32 {{\n    {line}\n}}\n" for line in range(50))
            (folder / f"file_{number}.rs").write_text(text)
        else:
            (folder / f"file_{number}.json").write_text("".join(f'{{"number": {number}, "line": {line}}}\n' for line in range(70)))


def branches(made, theirs):
    """A repository with the three trees, as branches `base`, `ours` and `theirs`, packed; `ours` is checked out."""
    repository = fresh("sync-branches") / "bench-app"
    shutil.copytree(made, repository, symlinks=True)
    git(repository, "branch", "base", "HEAD~1")
    git(repository, "checkout", "--quiet", "-b", "theirs", "base")
    for path in repository.iterdir():
        if path.name != ".git":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(theirs, repository, symlinks=True, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".git"))
    commit(repository)
    git(repository, "checkout", "--quiet", "-b", "ours", "-")
    git(repository, "reset", "--quiet", "--hard", "main")
    git(repository, "gc", "--quiet")
    return repository


def table(title, samples, reference):
    for index, (what, unit) in enumerate((("Wall time", "ms"), ("CPU time", "ms"), ("Peak memory", "MB"))):
        report(f"{what}, {title}", unit, {name: statistics.median(s[index] for s in values) for name, values in samples.items()}, reference)


def scenario(title, made, theirs, heavy, env, rounds):
    repository = branches(made, theirs)
    copy = WORK / "sync-run" / "bench-app"
    signed = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    on_a_copy = {
        "heavy sync": (made, [heavy, "sync", "--yes", "--to", "2.0.0"]),
        "git merge": (repository, ["git", *signed, "merge", "--quiet", "--no-commit", "theirs"]),
    }
    in_place = {
        "heavy sync --dry-run": (made, [heavy, "sync", "--dry-run", "--to", "2.0.0"]),
        "git merge-tree": (repository, ["git", "merge-tree", "--write-tree", "ours", "theirs"]),
        "git status": (made, ["git", "status", "--porcelain"]),
    }
    samples = {name: [] for name in (*on_a_copy, *in_place)}
    for _ in range(rounds):
        for name, (source, command) in on_a_copy.items():
            shutil.rmtree(copy.parent, ignore_errors=True)
            shutil.copytree(source, copy, symlinks=True)
            # A copy has new times: without this all would first compare every file with git's index.
            git(copy, "status", "--short")
            samples[name].append(measure(command, cwd=copy, env=env))
        for name, (folder, command) in in_place.items():
            samples[name].append(measure(command, cwd=folder, env=env))
    table(title, samples, "git merge-tree")
    shutil.rmtree(copy.parent, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--heavy", type=pathlib.Path, help="a program that is built already")
    arguments = parser.parse_args()
    if arguments.heavy is None:
        build_heavy()
    heavy = (arguments.heavy or shared.HEAVY).resolve()
    source = template()
    env = {**os.environ, "HEAVY_CACHE_DIR": str(WORK / "sync-cache"), "USER": "bench"}
    shutil.rmtree(WORK / "sync-cache", ignore_errors=True)
    made, theirs = fresh("sync-made") / "bench-app", fresh("sync-theirs") / "bench-app"
    new = ["--defaults", "--quiet", "--template", source]
    measure([heavy, "new", made, *new, "--rev", "1.0.0"], env=env)
    measure([heavy, "new", theirs, *new, "--rev", "2.0.0", "--vcs", "none"], env=env)
    git(made.parent, "init", "--quiet", "--initial-branch=main", made)
    # Its own collection of garbage would run beside what is measured.
    git(made, "config", "gc.auto", "0")
    git(made, "config", "maintenance.auto", "false")
    commit(made)
    edit(made)
    files = sum(1 for path in made.rglob("*") if path.is_file() and ".git" not in path.parts)
    scenario(f"{CHANGED} files changed by the template, {EDITED} by the user, {files} files, {arguments.rounds} rounds", made, theirs, heavy, env, arguments.rounds)

    own_files(made, arguments.files)
    # One commit for both, so that `base` stays the one before.
    git(made, "add", "--all")
    git(made, "commit", "--quiet", "--amend", "--no-edit")
    scenario(f"the same with {arguments.files} files more", made, theirs, heavy, env, arguments.rounds)
    say(f"\nfiles in the project: {files + arguments.files}")


if __name__ == "__main__":
    main()
