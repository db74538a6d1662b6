#!/usr/bin/env python3
"""Which third-party crates `cargo run` and then `cargo dev` compile twice.

    bench/built_twice.py PROJECT

Nothing is compiled: cargo prints the graph of what it would compile (`--unit-graph`, behind RUSTC_BOOTSTRAP=1). A crate
is compiled twice if both graphs have it, with other features or with other dependencies. The exit code is 1 if there
is one, and each is printed.
"""

import json
import os
import pathlib
import subprocess
import sys
import tomllib


def third_party(project, program):
    """The third-party packages that a program is built of; each with digests of its units and of all they depend on."""
    command = ["cargo", "build", "--bin", program, "--unit-graph", "-Z", "unstable-options"]
    environment = {**os.environ, "RUSTC_BOOTSTRAP": "1"}
    output = subprocess.run(command, cwd=project, env=environment, check=True, stdout=subprocess.PIPE).stdout
    units = json.loads(output)["units"]
    digests = {}

    def digest(index):
        if index not in digests:
            own = {key: value for key, value in units[index].items() if key != "dependencies"}
            needs = [(one["extern_crate_name"], digest(one["index"])) for one in units[index]["dependencies"]]
            digests[index] = hash((json.dumps(own, sort_keys=True), tuple(sorted(needs))))
        return digests[index]

    found = {}
    for index, unit in enumerate(units):
        if not unit["pkg_id"].startswith("path+"):
            found.setdefault(unit["pkg_id"], set()).add(digest(index))
    return found


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.setrecursionlimit(10_000)
    project = pathlib.Path(sys.argv[1])
    name = tomllib.loads((project / "Cargo.toml").read_text())["package"]["default-run"]
    application, dev = third_party(project, name), third_party(project, "stack_dev")
    twice = sorted(package for package in dev if package in application and dev[package] - application[package])
    for package in twice:
        print(package.split("#")[-1])
    more = len(dev.keys() - application.keys())
    print(f"{len(twice)} compiled twice; {len(application)} for the application, {len(dev)} for cargo dev, {more} of them new")
    return 1 if twice else 0


if __name__ == "__main__":
    sys.exit(main())
