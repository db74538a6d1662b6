#!/usr/bin/env python3
"""From a save to what the tests say: `cargo dev test` beside bacon with cargo-nextest, and beside `cargo test`, on the same edits. One
run, medians.

    bench/test_daemon.py                    # generates a project and builds its tests first
    bench/test_daemon.py --project FOLDER   # one that is there already; a file of it is edited and put back
    bench/test_daemon.py --rounds 9

The edit changes a number in `src/pages/notes.rs`. `cargo test` is over for a person when the first test of that page
has passed, or when all have; both are measured. Needs cargo-nextest, bacon (left out if it is not there), and
PostgreSQL's programs on PATH.
"""

import argparse, os, pathlib, queue, re, shutil, signal, statistics, subprocess, sys, threading, time

import measure

EDITED = "src/pages/notes.rs"
MODULE = "pages::notes"
BEFORE = "const MAX_NOTES: i64 = 1000;"


class Edit:
    """A number that is another one each time."""

    def __init__(self, project):
        self.file = project / EDITED
        self.text = self.file.read_text()
        self.number = 1000
        if BEFORE not in self.text:
            sys.exit(f"`{BEFORE}` is not in {self.file}")

    def save(self):
        self.number += 1
        self.file.write_text(self.text.replace(BEFORE, f"const MAX_NOTES: i64 = {self.number};"))
        return time.monotonic()

    def put_back(self):
        self.file.write_text(self.text)


class Daemon:
    """A program that watches files and runs tests, whose lines come with their times."""

    def __init__(self, project, command):
        self.command = " ".join(command)
        self.lines = queue.Queue()
        self.child = subprocess.Popen(
            command,
            cwd=project,
            # A line for each test.
            env=os.environ | {"NEXTEST_STATUS_LEVEL": "pass"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.child.stdout:
            self.lines.put((time.monotonic(), re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", line).rstrip()))
        self.lines.put((time.monotonic(), None))

    def until(self, wanted):
        """The time at which a line came, and the line."""
        seen = []
        while True:
            at, line = self.lines.get(timeout=1800)
            if line is None:
                sys.exit("\n".join([f"`{self.command}` has ended:", *seen]))
            seen.append(line)
            if wanted(line):
                return at, line

    def stop(self):
        self.child.send_signal(signal.SIGTERM)
        self.child.wait(30)


# The command, and how the line begins that it ends a run with.
DEVELOPMENT = (["cargo", "dev", "test"], "waiting for a save")
BACON = (["bacon", "--headless", "nextest"], "Summary [")


def is_of_module(line):
    return "PASS [" in line and f" {MODULE}::" in line


def daemon(project, watcher, edit, rounds, wait):
    """Seconds to the first test of the module, and to the end."""
    command, last_line = watcher
    is_end = lambda line: line.lstrip().startswith(last_line)
    program = Daemon(project, command)
    try:
        program.until(is_end)
        first, all_ = [], []
        for _ in range(rounds):
            time.sleep(wait)
            saved = edit.save()
            first.append(program.until(is_of_module)[0] - saved)
            all_.append(program.until(is_end)[0] - saved)
    finally:
        program.stop()
    return first, all_


def plain(project, edit, rounds, wait):
    """Seconds to the first test of the module, and to the end."""
    first, all_ = [], []
    for _ in range(rounds):
        time.sleep(wait)
        saved = edit.save()
        child = subprocess.Popen(["cargo", "test"], cwd=project, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        found = None
        for line in child.stdout:
            if found is None and line.startswith(f"test {MODULE}::"):
                found = time.monotonic() - saved
        if child.wait() != 0 or found is None:
            sys.exit("`cargo test` has failed")
        first.append(found)
        all_.append(time.monotonic() - saved)
    return first, all_


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--project", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--wait", type=float, default=1, help="seconds between a result and the next save")
    chosen = parser.parse_args()
    project = chosen.project
    if not project:
        measure.WORK.mkdir(parents=True, exist_ok=True)
        project = measure.generate(answers=("--defaults", "--feature", "test-daemon"))
    os.environ.pop("DATABASE_URL", None)
    subprocess.run(["cargo", "test", "--no-run"], cwd=project, check=True)
    edit = Edit(project)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    try:
        first, all_ = daemon(project, DEVELOPMENT, edit, chosen.rounds, chosen.wait)
        bacon = None
        if shutil.which("bacon"):
            bacon = daemon(project, BACON, edit, chosen.rounds, chosen.wait)
        plain_first, plain_all = plain(project, edit, chosen.rounds, chosen.wait)
    finally:
        edit.put_back()

    print(f"one minute's load: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    samples = {
        "cargo test, all": plain_all,
        f"cargo test, first of {MODULE}": plain_first,
        f"cargo dev test, first of {MODULE}": first,
        "cargo dev test, all": all_,
    }
    if bacon:
        samples[f"bacon nextest, first of {MODULE}"], samples["bacon nextest, all"] = bacon
    medians = {name: statistics.median(seconds) for name, seconds in samples.items()}
    measure.report(f"from a save, {chosen.rounds} rounds", "s", medians, "cargo test, all")
    print("\n".join(f"  {name:34} {min(seconds):.2f} to {max(seconds):.2f}" for name, seconds in samples.items()))


if __name__ == "__main__":
    main()
