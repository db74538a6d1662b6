#!/usr/bin/env python3
"""Measures what `heavy time start` costs on a tree of 50,000 files, beside `inotifywait` on the same tree in the same run.

    bench/time.py [--seconds N] [--files N]

The tree has 50,000 files in 2,500 folders that count, and as many in a `target` that git ignores. Both watch it at the same time, and
the CPU time of each (user and system, from /proc) is taken for each of:

    start    until it watches
    idle     N seconds in which nothing happens
    typing   N seconds with 2 saves a second
    build    10,000 files written below `target`
    search   every file that counts is read once (grep)
    burst    5,000 files that count are written, as fast as it goes

`inotifywait` is told to leave `target` out and which events to tell of; it writes a line for each and does nothing else. For the
memory of both see the last line. Needs the package `inotify-tools`, git; Linux.
"""
import argparse, os, pathlib, shutil, subprocess, sys, time

from measure import HEAVY, build_heavy, fresh, resident, say

TICK = os.sysconf("SC_CLK_TCK")
EVENTS = "modify,create,delete,move"


def cpu(child):
    """CPU seconds that a process has used so far."""
    fields = pathlib.Path(f"/proc/{child.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def make(root, files):
    for top in ("src", "target"):
        for folder in range(files // 20):
            path = root / top / f"{folder // 50:03}" / f"{folder % 50:02}"
            path.mkdir(parents=True)
            for file in range(20):
                (path / f"{file:02}.rs").write_text(f"// {folder} {file}\n" * 8)
    (root / ".gitignore").write_text("/target\n")
    subprocess.run(["git", "-C", root, "init", "--quiet"], check=True)
    for key, value in (("user.name", "Bench"), ("user.email", "bench@localhost")):
        subprocess.run(["git", "-C", root, "config", key, value], check=True)


def wait_for(what, look):
    for _ in range(6000):
        if look():
            return
        time.sleep(0.02)
    sys.exit(f"{what} did not happen")


def save(root, count, pause=0.0, top="src"):
    for number in range(count):
        path = root / top / f"{number % 50:03}" / f"{number // 50 % 50:02}" / f"{number % 20:02}.rs"
        path.write_text(f"// saved {number}\n")
        time.sleep(pause)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--files", type=int, default=50_000)
    arguments = parser.parse_args()
    if not shutil.which("inotifywait"):
        sys.exit("needs the package `inotify-tools`")
    build_heavy()
    root = fresh("time")
    make(root, arguments.files)

    heavy = subprocess.Popen([HEAVY, "time", "start", "--quiet", "--project", root], stdin=subprocess.DEVNULL)
    run = root / ".git" / "heavy" / "time" / "main.run"
    wait_for("heavy's start", run.exists)
    heard = (root.parent / "time.out").open("w")
    told = root.parent / "time.err"
    wait = ["inotifywait", "--monitor", "--recursive", "--event", EVENTS, "--exclude", "/(target|[.]git)(/|$)", root]
    reference = subprocess.Popen(wait, stdout=heard, stderr=told.open("w"))
    wait_for("inotifywait's start", lambda: "Watches established" in told.read_text())

    seconds = arguments.seconds
    phases = {
        "start": lambda: None,
        f"idle, {seconds} s": lambda: time.sleep(seconds),
        f"typing, {seconds} s": lambda: save(root, seconds * 2, 0.5),
        "build": lambda: save(root, 10_000, top="target"),
        "search": lambda: subprocess.run(["grep", "-r", "nothing like this", root / "src"], stdout=subprocess.DEVNULL),
        "burst": lambda: save(root, 5_000),
    }
    before = {heavy.pid: 0.0, reference.pid: 0.0}
    say(f"\nCPU time on {arguments.files} files, and as many ignored ones")
    for name, phase in phases.items():
        begun = time.monotonic()
        phase()
        time.sleep(2 if name != "start" else 0)
        long = time.monotonic() - begun
        used = {child.pid: cpu(child) - before[child.pid] for child in (heavy, reference)}
        before = {child.pid: cpu(child) for child in (heavy, reference)}
        ours, theirs = used[heavy.pid], used[reference.pid]
        share = f"{ours / long:8.3%} of a processor" if long > 1 else ""
        say(f"  {name:16} heavy {ours * 1000:7.0f} ms   inotifywait {theirs * 1000:7.0f} ms   {share}")
    say(f"  {'memory':16} heavy {resident(heavy) / 1024:7.1f} MB   inotifywait {resident(reference) / 1024:7.1f} MB")
    for child in (heavy, reference):
        child.terminate()
        child.wait()
    shutil.rmtree(root)


if __name__ == "__main__":
    main()
