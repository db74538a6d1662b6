#!/usr/bin/env python3
"""Measures how long it takes to add each feature to an edited project and to remove it again: alone, and beside all others.

    bench/features.py [--rounds 3]

The project has a comment of its owner's in twenty files. After each removal it must be, to the byte, what it was before, but for
migrations, which stay because a database may have run them. Prints medians of wall time as a table of Markdown, and ends with 1
if one is above the goal of 0.3 s.
"""
import argparse, statistics, subprocess, sys

from measure import FEATURES, HEAVY, generate, say
from move import EDITED, commit, edit, git, measure

GOAL = 300


def is_as_before(project):
    """Compares the project with its last commit but one."""
    # Also what came back, which the last commit does not have.
    git(project, "add", "--all", "--force")
    changed = subprocess.run(
        ["git", "-C", project, "diff", "--cached", "--name-status", "HEAD~1"], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    others = [line for line in changed if not (line.startswith("A\t") and "migrations/" in line)]
    if others:
        sys.exit("the project is not what it was:\n" + "\n".join(others))


def times(project, feature, rounds):
    """Milliseconds of each addition and of each removal."""
    added, removed = [], []
    for _ in range(rounds):
        added.append(measure([HEAVY, "add-feature", feature, "--yes"], cwd=project)[0])
        commit(project)
        removed.append(measure([HEAVY, "remove-feature", feature, "--yes"], cwd=project)[0])
        is_as_before(project)
        git(project, "reset", "--quiet", "--hard", "HEAD~1")
    return added, removed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    project = generate("bench-features")
    edit(project)
    alone = {feature: times(project, feature, rounds) for feature in FEATURES}
    beside = {}
    for feature in FEATURES:
        others = [other for other in FEATURES if other != feature]
        measure([HEAVY, "add-feature", *others, "--yes"], cwd=project)
        commit(project)
        beside[feature] = times(project, feature, rounds)
        git(project, "reset", "--quiet", "--hard", "HEAD~1")
    say(f"\nms of wall time, medians of {rounds} rounds, {EDITED} edited files\n")
    say("| feature | added | removed | added to all others | removed from them |\n|---|---:|---:|---:|---:|")
    worst = 0
    for feature in FEATURES:
        medians = [statistics.median(values) for values in (*alone[feature], *beside[feature])]
        worst = max(worst, *medians)
        say(f"| `{feature.replace('_', '-')}` | " + " | ".join(f"{median:.0f}" for median in medians) + " |")
    say(f"\nthe longest: {worst:.0f} ms")
    sys.exit(worst > GOAL)


if __name__ == "__main__":
    main()
