#!/usr/bin/env python3
"""Which third-party crates `cargo build` and then `cargo build --package stack_dev` compile twice.

    bench/built_twice.py PROJECT

Nothing is compiled: cargo prints the graph of what it would compile (`--unit-graph`, behind RUSTC_BOOTSTRAP=1). A crate
is compiled twice if both graphs have it, with other features or with other dependencies. The exit code is 1 if there
is one, and each is printed with the features that only one of the two has.
"""

import json
import os
import subprocess
import sys


def units(project, *arguments):
    """Every unit of a build: its package, its features, and a digest of it and of all that it depends on."""
    command = ["cargo", "build", "--unit-graph", "-Z", "unstable-options", *arguments]
    environment = {**os.environ, "RUSTC_BOOTSTRAP": "1"}
    output = subprocess.run(command, cwd=project, env=environment, check=True, capture_output=True).stdout
    graph = json.loads(output)["units"]
    digests = {}

    def digest(index):
        if index not in digests:
            unit = graph[index]
            own = {key: value for key, value in unit.items() if key != "dependencies"}
            needs = sorted((one["extern_crate_name"], digest(one["index"])) for one in unit["dependencies"])
            digests[index] = hash((json.dumps(own, sort_keys=True), tuple(needs)))
        return digests[index]

    return [(unit["pkg_id"], frozenset(unit["features"]), digest(index)) for index, unit in enumerate(graph)]


def is_third_party(package):
    return not package.startswith("path+")


def main():
    project = sys.argv[1] if len(sys.argv) == 2 else sys.exit(__doc__)
    sys.setrecursionlimit(10_000)
    application = units(project)
    dev = units(project, "--package", "stack_dev")
    known = {digest for _, _, digest in application}
    features = {}
    for package, own, _ in application:
        features.setdefault(package, set()).update(own)
    new = {}
    for package, own, digest in dev:
        if digest not in known and is_third_party(package):
            new.setdefault(package, set()).update(own)
    twice = sorted(package for package in new if package in features)
    only_dev = sum(package not in features for package in new)
    for package in twice:
        name = package.split("#")[-1]
        lacks = ", ".join(sorted(new[package] - features[package])) or "-"
        more = ", ".join(sorted(features[package] - new[package])) or "-"
        print(f"{name}: only for cargo dev: {lacks}; only for the application: {more}")
    count = len({package for package, *_ in application if is_third_party(package)})
    print(f"{len(twice)} compiled twice; {count} for the application, {only_dev} more for cargo dev")
    return 1 if twice else 0


if __name__ == "__main__":
    sys.exit(main())
