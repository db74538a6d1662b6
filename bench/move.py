#!/usr/bin/env python3
"""Measures moves of a project beside `copier update`, all in one run, and prints ratios of medians.

    bench/move.py [--rounds N]

The template of this repository is put into a git repository at version 1.0.0, changed in 30 files (one file comes, one goes) and
tagged 2.0.0. A project of 1.0.0 is edited in 20 files and committed. Then, each on a fresh copy of it:

    heavy sync                   1.0.0 to 2.0.0, the base found in the cache, without network
    heavy add-feature pgvector   at 1.0.0
    copier update                the same two changes of the same trees

Needs `pip install copier`, git.
"""
import argparse, os, pathlib, shutil, statistics, subprocess, sys, time

from measure import HEAVY, ROOT, WORK, build_heavy, fresh, report, say

EDITED = 20
CHANGED = 30
# Files of one feature: copier leaves them out by a condition in its own manifest.
VECTOR = [
    "schema/vector", "src/database", "src/http/search.rs", "src/pages/search.rs", "src/repositories/embeddings.rs",
    "src/repositories/notes", "src/services/embedder.rs", "src/services/search.rs", "tests/app/search.rs",
]
FILTERS = (
    "import jinja2.ext\nclass Filters(jinja2.ext.Extension):\n def __init__(self, e):\n  super().__init__(e)\n"
    "  e.filters['kebab_case']=lambda s: s.replace('_','-')\n  e.filters['title_case']=lambda s: s.replace('_',' ').title()\n"
)


def git(folder, *arguments):
    name = ["-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", folder, *name, *arguments], check=True, stdout=subprocess.DEVNULL)


def commit(folder, tag=None):
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--message=state")
    if tag:
        git(folder, "tag", tag)


def manifest():
    exclude = "".join(f'  - "{{% if not pgvector %}}{path}{{% endif %}}"\n' for path in VECTOR)
    return (
        '_jinja_extensions: [filters.Filters]\n_subdirectory: template\n_templates_suffix: ""\n'
        '_envops: {keep_trailing_newline: true, comment_start_string: "\\u0001#", comment_end_string: "#\\u0001"}\n'
        f'_exclude:\n  - "{{% if not cockroach %}}tests/app/cockroach.rs{{% endif %}}"\n{exclude}'
        "crate_name: {type: str, default: bench_app}\ntitle: {type: str, default: Bench App}\n"
        "pgvector: {type: bool, default: false}\ncockroach: {type: bool, default: false}\n"
    )


def comment(path):
    return {".rs": "// {}\n", ".css": "/* {} */\n", ".sql": "-- {}\n", ".toml": "# {}\n", ".md": "\n{}\n"}.get(path.suffix)


def candidates(tree):
    """Files that can take a comment, in an order that mixes folders."""
    skip = ("hooks", "Cargo.lock", "heavy.toml", *VECTOR)
    files = [p for p in sorted(tree.rglob("*")) if p.is_file() and comment(p) and ".git" not in p.parts]
    files = [p for p in files if not any(p.relative_to(tree).as_posix().startswith(s) for s in skip)]
    return sorted(files, key=lambda p: p.name)


def change(tree):
    """What the next version of the template brings."""
    for path in candidates(tree)[:CHANGED]:
        path.write_text(path.read_text() + comment(path).format("changed by the template"))
    (tree / "static" / "new.css").write_text("/* new */\n")
    (tree / "rustfmt.toml").unlink()


def sources():
    """The same two versions as a template of each tool."""
    skip = shutil.ignore_patterns("target", ".data")
    ours, theirs = fresh("move-heavy"), fresh("move-copier")
    shutil.copytree(ROOT / "template", ours / "template", ignore=skip)
    for part in ("hooks", "cargo-generate.toml"):
        source = ROOT / part
        (shutil.copytree if source.is_dir() else shutil.copy)(source, ours / part)
    shutil.copytree(ROOT / "template", theirs / "template", ignore=shutil.ignore_patterns("target", ".data", "hooks"))
    answers = theirs / "template" / "{{ _copier_conf.answers_file }}"
    answers.write_text("{{ _copier_answers|to_nice_yaml -}}\n")
    (theirs / "filters.py").write_text(FILTERS)
    (theirs / "copier.yml").write_text(manifest())
    for folder in (ours, theirs):
        commit(folder, "1.0.0")
        change(folder / "template")
        commit(folder, "2.0.0")
    return ours, theirs


def edit(project):
    """A user's work: a comment at the top of twenty files, half of which the template changes as well."""
    files = candidates(project)
    for path in files[: EDITED // 2] + files[-EDITED // 2 :]:
        path.write_text(comment(path).format("edited by the user") + path.read_text())
    if not (project / ".git").exists():
        git(project, "init", "--quiet", "--initial-branch=main")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message=edited")


def measure(command, **kwargs):
    """(wall ms, CPU ms, peak MB) of a command that must succeed."""
    log_path = WORK / "last-command.log"
    with open(log_path, "wb") as log:
        start = time.perf_counter()
        child = subprocess.Popen([str(c) for c in command], stdout=log, stderr=log, stdin=subprocess.DEVNULL, **kwargs)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{command} failed:\n{log_path.read_text(errors='replace')[-3000:]}")
    return 1000 * wall, 1000 * (usage.ru_utime + usage.ru_stime), usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    build_heavy()
    ours, theirs = sources()
    env = {**os.environ, "HEAVY_CACHE_DIR": str(WORK / "move-cache"), "PYTHONPATH": str(theirs), "USER": "bench"}
    shutil.rmtree(WORK / "move-cache", ignore_errors=True)

    made = {"heavy": fresh("move-made-heavy") / "bench-app", "copier": fresh("move-made-copier") / "bench-app"}
    measure([HEAVY, "new", made["heavy"], "--defaults", "--quiet", "--template", ours, "--rev", "1.0.0"], env=env)
    measure(["copier", "copy", "--defaults", "--quiet", "--trust", "--vcs-ref", "1.0.0", theirs, made["copier"]], env=env)
    for project in made.values():
        edit(project)

    update = ["copier", "update", "--defaults", "--quiet", "--trust"]
    contenders = {
        "heavy sync": ("heavy", [HEAVY, "sync", "--yes", "--to", "2.0.0"]),
        "copier update": ("copier", [*update, "--vcs-ref", "2.0.0"]),
        "heavy add-feature": ("heavy", [HEAVY, "add-feature", "pgvector", "--yes"]),
        "copier update --data": ("copier", [*update, "--vcs-ref", "1.0.0", "--data", "pgvector=true"]),
    }
    samples = {name: [] for name in contenders}
    copy = WORK / "move-run" / "bench-app"
    for _ in range(rounds):
        for name, (tool, command) in contenders.items():
            shutil.rmtree(copy.parent, ignore_errors=True)
            shutil.copytree(made[tool], copy, symlinks=True)
            # A copy has new times: without this both tools would first compare every file with git's index.
            git(copy, "status", "--short")
            samples[name].append(measure(command, cwd=copy, env=env))
    for index, (what, unit) in enumerate((("Wall time", "ms"), ("CPU time", "ms"), ("Peak memory", "MB"))):
        medians = {name: statistics.median(sample[index] for sample in values) for name, values in samples.items()}
        for mine, reference in (("heavy sync", "copier update"), ("heavy add-feature", "copier update --data")):
            pair = {mine: medians[mine], reference: medians[reference]}
            report(f"{what} of a move with {EDITED} edited files, {rounds} rounds", unit, pair, reference)
    say(f"\nfiles in the project: {sum(1 for p in made['heavy'].rglob('*') if p.is_file() and '.git' not in p.parts)}")


if __name__ == "__main__":
    main()
