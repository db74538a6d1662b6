#!/usr/bin/env python3
"""Thousands of live pages at once, beside a bare WebSocket server that only answers. One run, one JSON line each.

    bench/live.py                      # generates a project and builds it in release mode first
    bench/live.py --app PROGRAM        # one that is built already
    bench/live.py --connections 1000 --seconds 20

Needs PostgreSQL's programs on PATH. Server and load share the machine's cores.
"""

import argparse, json, os, pathlib, resource, signal, subprocess, sys, time, urllib.request

import measure

ROOT = pathlib.Path(__file__).resolve().parent.parent


def wait(port):
    for _ in range(200):
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{port}/").read().decode()
        except OSError:
            time.sleep(0.1)
    sys.exit("the server did not answer")


def run(bench, server, port, connections, seconds, text):
    wait(port)
    command = [bench, "load", str(port), str(server.pid), str(connections), str(seconds), text]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--app", type=pathlib.Path, help="the program of a generated project, built with --release")
    parser.add_argument("--bench", type=pathlib.Path, help="bench-live, built with --release")
    parser.add_argument("--connections", type=int, default=5000)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--text", default="Clicked", help="what follows the handler of the button on the page")
    chosen = parser.parse_args()
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    measure.WORK.mkdir(parents=True, exist_ok=True)
    bench = chosen.bench
    if not bench:
        subprocess.run(["cargo", "build", "--release"], cwd=ROOT / "bench/live", check=True)
        bench = ROOT / "bench/live/target/release/bench-live"
    app = chosen.app
    if not app:
        project = measure.generate()
        subprocess.run(["cargo", "build", "--release"], cwd=project, check=True)
        app = project / "target/release/bench_app"

    port = measure.free_port()
    reference = subprocess.Popen([bench, "reference", str(port)])
    try:
        bare = run(bench, reference, port, chosen.connections, chosen.seconds, "Clicked")
    finally:
        reference.send_signal(signal.SIGTERM)
        reference.wait(10)

    with measure.Postgres() as server:
        port = measure.free_port()
        env = {
            **os.environ, "DATABASE_URL": server.url, "HOST": "127.0.0.1", "PORT": str(port), "APP_ENV": "production", "MAIL_URL": "none", "FILES_URL": "memory:",
            "RUST_LOG": "warn", "LIVE_CONNECTIONS_PER_ADDRESS": "100000", "ENCRYPTION_KEYS": "bench:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        }
        subprocess.run([app, "migrate"], env=env, cwd=measure.WORK, check=True, stdout=subprocess.DEVNULL)
        program = subprocess.Popen([app], env=env, cwd=measure.WORK)
        try:
            live = run(bench, program, port, chosen.connections, chosen.seconds, chosen.text)
            script = urllib.request.Request(f"http://127.0.0.1:{port}/static/live.js", headers={"Accept-Encoding": "gzip"})
            live["script_bytes_gzip"] = len(urllib.request.urlopen(script).read())
        finally:
            program.send_signal(signal.SIGTERM)
            program.wait(20)

    for name, numbers in (("bare WebSocket", bare), ("live pages", live)):
        print(name, json.dumps(numbers))
    for key in ("kB_per_idle_connection", "p99_ms"):
        print(f"{key}: {live[key]:.2f}, {live[key] / max(bare[key], 1e-9):.2f} of bare ({bare[key]:.2f})")


if __name__ == "__main__":
    main()
