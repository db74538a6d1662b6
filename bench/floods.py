#!/usr/bin/env python3
"""What floods of requests do to everybody else, and what log-ins take in memory. One run, the idle server beside it.

    bench/floods.py                      # generates a project and builds it in release mode first
    bench/floods.py --app PROGRAM        # one that is built already, with the feature `showcase`
    bench/floods.py --seconds 5 --only events

`/healthz` is asked 20 times a second, each time on a new connection, while a flood (`bench/flood_clients.py`) runs:
first all of it from one address, with the limits as they are shipped; then each client from an address of its own, behind a
proxy, with the limits of addresses switched off. Needs PostgreSQL's programs on PATH. Server, database and flood share the machine.
"""

import argparse, concurrent.futures, http.client, json, os, pathlib, resource, signal, subprocess, sys, threading, time

import measure

CLIENTS = pathlib.Path(__file__).resolve().parent / "flood_clients.py"
PASSWORD = "correct horse battery"
MEDIAN_MS, P99_MS = 50, 300

FLOODS = {
    "navigations": ("50 live pages, 40 navigations a second each", ["--clients", 50, "--rate", 40]),
    "log-ins": ("1,000 clients that log in, as fast as they are answered", ["--clients", 1000]),
    "unread": ("200 clients that ask for pages of 256 KiB and never read", ["--clients", 200]),
    "events": ("500 live pages, 48 clicks a second each", ["--clients", 500, "--rate", 48]),
}
LIMITS = {
    "one address": ({}, []),
    "many addresses": (
        {"TRUSTED_PROXIES": "1", "LIMIT_FACTOR": "0", "LIVE_CONNECTIONS_PER_ADDRESS": "1000000"},
        ["--spread"],
    ),
}


class Server:
    """The program in production mode, and the most memory that it has had, in MiB."""

    def __init__(self, app, database, settings):
        self.port = measure.free_port()
        env = {
            "PATH": os.environ["PATH"], "APP_ENV": "production", "DATABASE_URL": database.url, "ENCRYPTION_KEYS": measure.KEYS,
            "MAIL_URL": "none", "HOST": "127.0.0.1", "PORT": str(self.port), **settings,
        }
        self.log = open(measure.WORK / "floods.log", "wb")
        self.process = subprocess.Popen([app, "serve", "--migrate"], env=env, cwd=measure.WORK, stdout=self.log, stderr=self.log)
        self.peak = 0

    def __enter__(self):
        for _ in range(200):
            try:
                if self.call("GET", "/healthz")[0] == 200:
                    threading.Thread(target=self.watch, daemon=True).start()
                    return self
            except OSError:
                time.sleep(0.1)
        sys.exit(f"the server did not answer:\n{(measure.WORK / 'floods.log').read_text()[-3000:]}")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            sys.exit("the server did not stop")
        self.log.close()

    def memory(self):
        return measure.resident(self.process) / 1024

    def watch(self):
        while self.process.poll() is None:
            try:
                self.peak = max(self.peak, self.memory())
            except (OSError, StopIteration):
                return
            time.sleep(0.02)

    def call(self, method, path, body=None, cookie=""):
        """Status, cookie and body of a response."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Content-Type": "application/json", "Cookie": cookie}
        connection.request(method, path, body and json.dumps(body), headers)
        response = connection.getresponse()
        cookies = [value.split(";")[0] for name, value in response.getheaders() if name.lower() == "set-cookie"]
        answer = response.status, "; ".join(cookies), response.read()
        connection.close()
        return answer

    def log_in(self, email):
        return self.call("POST", "/api/session", {"email": email, "password": PASSWORD})

    def register(self, email):
        return self.call("POST", "/api/users", {"email": email, "display_name": "Ada", "password": PASSWORD})


def clients(what, port, seconds, *arguments, nice=0):
    command = ["nice", "-n", str(nice), sys.executable, CLIENTS, what, str(port), str(seconds), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def ended(process):
    output, _ = process.communicate()
    if process.returncode != 0:
        sys.exit("a client failed")
    return json.loads(output)


def measured(server, seconds, flood=None, arguments=()):
    """What `/healthz` takes, and what the flood has counted."""
    running = flood and clients(flood, server.port, seconds + 2, *arguments, nice=10)
    # The flood has begun.
    time.sleep(2 if flood else 0)
    times = ended(clients("probe", server.port, seconds))
    return times, ended(running) if flood else {}


def notes(server):
    """A user with some megabytes of notes: the cookie of a session."""
    server.register("reader@example.com")
    _, cookie, _ = server.log_in("reader@example.com")
    for number in range(60):
        server.call("POST", "/api/notes", {"title": f"Note {number}", "text": "x" * 20_000}, cookie)
    return cookie


def floods(app, database, chosen):
    with Server(app, database, {}) as server:
        idle, _ = measured(server, chosen.seconds)
        cookie = notes(server)
    line = "  {:58} {:>14} {:8.1f} ms {:8.1f} ms {:8.1f} ms {:6.0f} MiB   {}"
    measure.say(f"\n/healthz: median, p99, longest; the server's memory at most; what the flood did in {chosen.seconds + 2} s")
    measure.say(line.format("nothing else", "", idle["median"], idle["p99"], idle["max"], 0, ""))
    missed = 0
    for limits, (settings, spread) in LIMITS.items():
        for flood in chosen.only or FLOODS:
            title, arguments = FLOODS[flood]
            with Server(app, database, settings) as server:
                own = ["--cookie", cookie] if flood == "unread" else []
                times, counts = measured(server, chosen.seconds, flood, [*arguments, *spread, *own])
                peak = server.peak
            failed = times.get("failed", 0)
            reached = times["median"] <= MEDIAN_MS and times["p99"] <= P99_MS and not failed
            missed += not reached
            did = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
            measure.say(line.format(title, limits, times["median"], times["p99"], times["max"], peak, did + ("" if reached else f"  MISSED, {failed} failed")))
    measure.say(f"goal: median {MEDIAN_MS} ms, p99 {P99_MS} ms: {'missed' if missed else 'reached'}")


def log_ins(app, database, chosen):
    """400 log-ins, 40 at a time."""
    emails = [f"user-{number}@example.com" for number in range(100)]
    settings = {"LIMIT_FACTOR": "0"}
    with concurrent.futures.ThreadPoolExecutor(40) as pool:
        with Server(app, database, settings) as server:
            for status, _, body in pool.map(server.register, emails):
                if status not in (201, 409):
                    sys.exit(f"a registration failed: {status} {body}")
        with Server(app, database, settings) as server:
            time.sleep(1)
            before = server.memory()
            statuses = [status for status, _, _ in pool.map(server.log_in, emails * 4)]
            peak = server.peak
            time.sleep(chosen.rest)
            after = server.memory()
    processors = os.cpu_count()
    counts = ", ".join(f"{statuses.count(status)} × {status}" for status in sorted(set(statuses)))
    reached = peak <= 20 * processors + 60 and after <= before + 30
    measure.say(f"\n400 log-ins, 40 at a time: {counts}")
    measure.say(f"  memory {before:.0f} MiB before, {peak:.0f} MiB at most, {after:.0f} MiB {chosen.rest} s later")
    measure.say(f"  goal: at most 20 MiB × {processors} processors + 60 MiB, then within 30 MiB of before: {'reached' if reached else 'missed'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--app", type=pathlib.Path, help="the program of a generated project, built with --release")
    parser.add_argument("--seconds", type=int, default=20, help="how long each flood is measured")
    parser.add_argument("--rest", type=int, default=60, help="seconds from the last log-in until memory is measured again")
    parser.add_argument("--only", action="append", choices=[*FLOODS, "memory"])
    chosen = parser.parse_args()
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    measure.WORK.mkdir(parents=True, exist_ok=True)
    app = chosen.app and chosen.app.resolve()
    if not app:
        project = measure.generate(answers=("--defaults", "--feature", "showcase"))
        subprocess.run(["cargo", "build", "--release", "--bin", "bench_app"], cwd=project, check=True)
        target = os.environ.get("CARGO_TARGET_DIR", project / "target")
        app = pathlib.Path(target) / "release/bench_app"
    only = chosen.only or []
    with measure.Postgres() as database:
        if only != ["memory"]:
            chosen.only = [flood for flood in only if flood != "memory"]
            floods(app, database, chosen)
        if not only or "memory" in only:
            log_ins(app, database, chosen)


if __name__ == "__main__":
    main()
