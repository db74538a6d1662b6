#!/usr/bin/env python3
"""The load generator of a generated project beside wrk, and how many live pages it holds. One run, medians.

    bench/load.py                        # generates a project and builds its generator in release mode first
    bench/load.py --generator PROGRAM --server PROGRAM
    bench/load.py --rounds 3 --seconds 5 --connections 5000

Needs `wrk` and `taskset`, and at least two cores: the server has one, the generator another.
"""

import argparse, json, os, pathlib, re, resource, statistics, subprocess, sys, time, urllib.request

import measure

ROOT = pathlib.Path(__file__).resolve().parent.parent
SERVER, GENERATOR = "0", "1"


def pinned(core, command, **kwargs):
    return subprocess.run(["taskset", "-c", core, *map(str, command)], check=True, capture_output=True, text=True, **kwargs)


def wrk(url, seconds, connections):
    text = pinned(GENERATOR, ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", url]).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        sys.exit(f"wrk saw errors:\n{text}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))


def lines(name, events):
    """A recording."""
    path = measure.WORK / name
    header = {"recording": 1, "started": "2026-01-01T00:00:00Z"}
    path.write_text("".join(json.dumps(line) + "\n" for line in [header, *events]))
    return path


def play(generator, port, recording, users, seconds, think, ramp=100_000):
    plan = {
        "file": str(recording), "url": f"http://127.0.0.1:{port}", "users": users, "ramp": ramp, "duration": int(seconds * 1e6),
        "think": think, "threads": 1, "page": None, "json": True, "folder": str(measure.WORK / "load"),
    }
    return json.loads(pinned(GENERATOR, [generator, json.dumps(plan)]).stdout)


def steady(timeline, users):
    """The seconds in which everybody was there."""
    return [second for second in timeline if second["connected"] >= users] or timeline


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--generator", type=pathlib.Path, help="`stack_load` of a generated project, built with --release")
    parser.add_argument("--server", type=pathlib.Path, help="bench-load, built with --release")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--concurrency", type=int, default=32)
    parser.add_argument("--connections", type=int, default=5000)
    chosen = parser.parse_args()
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    measure.WORK.mkdir(parents=True, exist_ok=True)
    server, generator = chosen.server, chosen.generator
    if not server:
        subprocess.run(["cargo", "build", "--release"], cwd=ROOT / "bench/load", check=True)
        server = ROOT / "bench/load/target/release/bench-load"
    if not generator:
        project = measure.generate(answers=("--defaults", "--feature", "load"))
        subprocess.run(["cargo", "build", "--release", "--package", "stack_load"], cwd=project, check=True)
        generator = project / "target/release/stack_load"
    http = lambda at, target: {"at": at, "kind": "http", "direction": "in", "method": "GET", "target": target, "status": 200, "duration": 1}
    live = lambda at, way, message: {"at": at, "kind": "live", "connection": 1, "direction": way, "message": message}
    plain = lines("plain.jsonl", [http(10, "/plain")])
    join = [http(10, "/"), live(100, "in", ["join", {"url": "/", "tz": "UTC", "again": False}]), live(200, "out", {"v": 1})]
    clicks = [
        event
        for number in range(1, 600)
        for event in (
            live(1_000_000 * number, "in", ["ev", number, number, "1", "click", {}]),
            live(1_000_000 * number + 100, "out", {"v": number + 1, "a": number, "p": [0, 0, ""]}),
        )
    ]
    pages = lines("live.jsonl", join + clicks)

    port = measure.free_port()
    process = subprocess.Popen(["taskset", "-c", SERVER, server, str(port)])
    try:
        url = f"http://127.0.0.1:{port}/plain"
        for _ in range(100):
            try:
                urllib.request.urlopen(url).read()
                break
            except OSError:
                time.sleep(0.1)
        samples = {"wrk -t1": [], "cargo dev load --threads 1": []}
        for _ in range(chosen.rounds):
            samples["wrk -t1"].append(wrk(url, chosen.seconds, chosen.concurrency))
            played = play(generator, port, plain, chosen.concurrency, chosen.seconds, [0, 0])
            if played["errors"]:
                sys.exit(f"the load generator saw errors: {played['errors_by_kind']}")
            samples["cargo dev load --threads 1"].append(played["responses_per_second"])
        title = f"requests a second, {chosen.rounds} rounds of {chosen.seconds} s, {chosen.concurrency} connections"
        measure.report(title, "req/s", {name: statistics.median(values) for name, values in samples.items()}, "wrk -t1")

        users = chosen.connections
        held = play(generator, port, pages, users, 30, None, ramp=users / 10)
        full = steady(held["timeline"], users)
        print(f"\n{users} live pages, one click a second each: at most {max(second['connected'] for second in held['timeline'])} connected,",
              f"{len(full)} s with all of them, then {statistics.median(second['responses'] for second in full):.0f} responses per second,",
              f"p99 {statistics.median(second['p99_ms'] for second in full):.2f} ms, {held['errors']} errors")
        for error in held["errors_by_kind"][:5]:
            print(" ", error)
    finally:
        process.terminate()
        process.wait(10)


if __name__ == "__main__":
    main()
