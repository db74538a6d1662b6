#!/usr/bin/env python3
"""Measures from a saved edit to the new answer: `cargo dev` beside stopping and starting `cargo run`, taking turns in one run. The edit is one
of code, which has to be compiled; and for `cargo dev` also one of a text in markup, which has not.

The second edit of code is one in a model, which pages do not show: what is waited for is the answer of the new program.

    bench/reload.py                    # generates a project, and builds it first
    bench/reload.py --project FOLDER   # one that is there already; its files are edited and put back
    bench/reload.py --rounds 5

Then sends 1,000 requests, each on a connection of its own, while `cargo dev` exchanges the program again and again.
"""
import argparse, os, pathlib, signal, statistics, subprocess, sys, threading, time, urllib.error, urllib.request

from measure import WORK, free_port, generate, report, say

EDITED = "src/pages/home.rs"
# A text in the markup of that page, and one in a constant.
TEXT, CODE = "It runs", "Every URL on one screen."
MODEL, LENGTH = "src/models/note.rs", "0..=20_000"


class Project:
    def __init__(self, folder):
        self.folder, self.page = folder, folder / EDITED
        self.original = self.page.read_text()
        self.model = folder / MODEL
        self.original_model = self.model.read_text()
        if LENGTH not in self.original_model:
            sys.exit(f"`{LENGTH}` is not in {MODEL}")
        self.number, self.edits = 0, {}
        self.environment = {**os.environ, "RUST_LOG": "warn", "PORT": str(free_port()), "NO_COLOR": "1"}
        if "CARGO_TARGET_DIR" not in os.environ:
            self.environment["CARGO_TARGET_DIR"] = str(WORK / "target")
        self.url = f"http://127.0.0.1:{self.environment['PORT']}/"

    def edit(self, what=CODE):
        """Saves an edit that was never there before, and returns what the page says then."""
        self.number += 1
        text = f"{what} {os.getpid()}-{self.number}."
        self.edits[what] = text
        page = self.original
        for old, new in self.edits.items():
            page = page.replace(old, new)
        self.page.write_text(page)
        return text

    def edit_model(self):
        """How long a text may be: another number each time. Returns what the page says, as before."""
        self.number += 1
        self.model.write_text(self.original_model.replace(LENGTH, f"0..={20_000 + self.number}"))
        return TEXT

    def put_back(self):
        self.page.write_text(self.original)
        self.model.write_text(self.original_model)

    def until(self, text):
        while True:
            try:
                if text in urllib.request.urlopen(self.url, timeout=60).read().decode():
                    return
            except urllib.error.HTTPError as error:
                sys.exit(f"the server answers {error.code}")
            except OSError:
                pass
            time.sleep(0.005)

    def exchanged(self):
        """Returns when the program that answers now makes room for the next. Asking it for pages would slow the build down."""
        with urllib.request.urlopen(self.url + "_dev/events", timeout=600) as events:
            yield
            try:
                while events.readline():
                    pass
            except OSError:
                pass
        yield

    def start(self, *command):
        log = open(WORK / "reload.log", "ab")
        return subprocess.Popen(command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def cpu_of_build(self):
        """CPU seconds of cargo, the compiler and the linker for one edit."""
        self.edit()
        child = subprocess.Popen(["cargo", "build", "--quiet"], cwd=self.folder, env=self.environment)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        return usage.ru_utime + usage.ru_stime


def settle():
    """Nobody saves in the moment in which the page comes up for the first time."""
    time.sleep(2)


def stop(program):
    program.send_signal(signal.SIGINT)
    program.wait()


def with_dev(project, save=Project.edit):
    program = project.start("cargo", "dev")
    try:
        project.until(TEXT)
        settle()
        exchanged = project.exchanged()
        next(exchanged)
        begun = time.monotonic()
        text = save(project)
        next(exchanged)
        project.until(text)
        return time.monotonic() - begun
    finally:
        stop(program)


def text_with_dev(project):
    program = project.start("cargo", "dev")
    try:
        project.until(TEXT)
        settle()
        begun = time.monotonic()
        text = project.edit(TEXT)
        project.until(text)
        took = time.monotonic() - begun
        # The program that is built behind it says the same.
        exchanged = project.exchanged()
        next(exchanged)
        next(exchanged)
        project.until(text)
        return took
    finally:
        stop(program)


def by_hand(project, save=Project.edit):
    program = project.start("cargo", "run", "--quiet")
    try:
        project.until(TEXT)
        text = save(project)
        begun = time.monotonic()
        stop(program)
        program = project.start("cargo", "run", "--quiet")
        project.until(text)
        return time.monotonic() - begun
    finally:
        stop(program)


def requests_while_reloading(project, wanted, swaps):
    """How many were sent, how many of them failed, and how many programs answered."""
    program = project.start("cargo", "dev")
    sent, failed, done = 0, [], threading.Event()

    def send():
        nonlocal sent
        while not done.is_set() or sent < wanted:
            try:
                urllib.request.urlopen(project.url + "healthz", timeout=60).read()
            except OSError as error:
                failed.append(repr(error))
            sent += 1
            time.sleep(0.002)

    try:
        project.until(TEXT)
        sender = threading.Thread(target=send)
        sender.start()
        for _ in range(swaps):
            project.until(project.edit())
        done.set()
        sender.join()
    finally:
        stop(program)
    return sent, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--project", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    project = Project(chosen.project or generate("reload-app"))
    try:
        for package in ([], ["--package", "stack_dev"]):
            subprocess.run(["cargo", "build", "--quiet", *package], cwd=project.folder, env=project.environment, check=True)
        say(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        samples = {"a text, cargo dev": [], "cargo dev": [], "stop, and cargo run": []}
        model = {"a model, cargo dev": [], "a model, stop, and cargo run": []}
        for _ in range(chosen.rounds):
            samples["a text, cargo dev"].append(text_with_dev(project))
            samples["cargo dev"].append(with_dev(project))
            samples["stop, and cargo run"].append(by_hand(project))
            model["a model, cargo dev"].append(with_dev(project, Project.edit_model))
            model["a model, stop, and cargo run"].append(by_hand(project, Project.edit_model))
        medians = {name: statistics.median(times) for name, times in samples.items()}
        report(f"from a saved edit to the new answer, {chosen.rounds} rounds", "s", medians, "stop, and cargo run")
        medians = {name: statistics.median(times) for name, times in model.items()}
        report("the same for an edit of a model", "s", medians, "a model, stop, and cargo run")
        cpu = statistics.median(project.cpu_of_build() for _ in range(chosen.rounds))
        say(f"  CPU time of the build alone        {cpu:10.2f} s")
        sent, failed = requests_while_reloading(project, 1000, 3)
        say(f"\n{sent} requests while the program was exchanged 3 times: {len(failed)} failed")
        for error in failed[:5]:
            say(" ", error)
        return len(failed) > 0
    finally:
        project.put_back()
        subprocess.run(["cargo", "dev", "db", "stop"], cwd=project.folder, env=project.environment)


if __name__ == "__main__":
    sys.exit(main())
