#!/usr/bin/env python3
"""Measures Heavy beside its references, all in one run, and prints ratios of medians.

    bench/measure.py tool     heavy new, cp -r, cargo generate, copier copy: CPU time on the same template
    bench/measure.py build    a clean debug build: CPU time, generated project and an idiomatic axum + sqlx + tower-http application; then
                              what the first `cargo dev` compiles beside it
    bench/measure.py http     requests a second: one JSON endpoint with one indexed query, both release builds
    bench/measure.py testdb   what a database of its own costs a test
    bench/measure.py vectors  recall, time and size of search by index, beside an exact scan

Needs what it measures: `cargo install cargo-generate --version 0.26.0 --locked --ignore-rust-version`,
`pip install copier`, the packages `wrk` and `postgresql`.
"""
import argparse, os, pathlib, re, shutil, signal, socket, statistics, subprocess, sys, tempfile, time, urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORK = ROOT / "target" / "bench"
HEAVY = ROOT / "target" / "release" / "heavy"
FEATURES = ("breached_passwords", "browser_tests", "cockroach", "files", "jobs", "load", "oidc", "openapi", "otel", "passkeys", "pgvector", "phone", "presence", "showcase", "stack_tests", "teams", "test_daemon", "totp")
IDIOMATIC = "axum + sqlx + tower-http"
KEYS = "bench:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def say(*words):
    print(*words, flush=True)


def cpu(command, **kwargs):
    """CPU seconds (user + system, children included) of a command that must succeed."""
    with open(WORK / "last-command.log", "wb") as log:
        child = subprocess.Popen([str(c) for c in command], stdout=log, stderr=log, stdin=subprocess.DEVNULL, **kwargs)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{command} failed:\n{(WORK / 'last-command.log').read_text(errors='replace')[-3000:]}")
    return usage.ru_utime + usage.ru_stime


def report(title, unit, medians, reference):
    """Prints each median, and its ratio to the reference's."""
    say(f"\n{title} (medians)")
    for name, value in medians.items():
        say(f"  {name:34} {value:10.2f} {unit}   {value / medians[reference]:8.3f} of {reference}")


def build_heavy():
    subprocess.run(["cargo", "build", "--release", "--bin", "heavy"], cwd=ROOT, check=True)


def fresh(name):
    path = WORK / name
    shutil.rmtree(path, ignore_errors=True)
    return path


def resident(process):
    """KiB of memory that a process has now."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))


def generate(name="bench-app", answers=("--defaults",)):
    """A freshly generated project, with default answers if nothing is said."""
    build_heavy()
    path = fresh(name)
    subprocess.run([HEAVY, "new", path, *answers, "--vcs", "none", "--quiet"], check=True)
    return path


def tool(rounds):
    build_heavy()
    # What copier needs: the same tree with its own manifest. It has no notion of a feature's paths, so it renders more.
    copier_source = fresh("copier-source")
    shutil.copytree(ROOT / "template", copier_source / "template", ignore=shutil.ignore_patterns("hooks", "target", ".data"))
    (copier_source / "filters.py").write_text(
        "import jinja2.ext, re\nclass Filters(jinja2.ext.Extension):\n def __init__(self, e):\n  super().__init__(e)\n"
        "  e.filters['kebab_case']=lambda s: s.replace('_','-')\n  e.filters['title_case']=lambda s: s.replace('_',' ').title()\n"
    )
    (copier_source / "copier.yml").write_text(
        '_jinja_extensions: [filters.Filters]\n_subdirectory: template\n_templates_suffix: ""\n_envops: {keep_trailing_newline: true, comment_start_string: "\\u0001#", comment_end_string: "#\\u0001"}\n'
        "crate_name: {type: str, default: bench_app}\ntitle: {type: str, default: Bench App}\n"
        + "".join(f"{feature}: {{type: bool, default: false}}\n" for feature in FEATURES)
    )
    template = fresh("template-source")
    template.mkdir(parents=True)
    for part in ("template", "hooks", "cargo-generate.toml"):
        source = ROOT / part
        (shutil.copytree if source.is_dir() else shutil.copy)(source, template / part)
    out = WORK / "out"
    env = {**os.environ, "USER": os.environ.get("USER", "bench"), "PYTHONPATH": str(copier_source)}
    rendered = generate("cp-source")
    rivals = {
        "cp -r of the same tree": lambda: ["cp", "-r", rendered, out / "bench-app"],
        "heavy new": lambda: [HEAVY, "new", out / "bench-app", "--defaults", "--vcs", "none", "--quiet"],
        "cargo generate --path": lambda: [
            "cargo-generate", "generate", "--path", template, "template", "--name", "bench-app", "--silent", "--vcs", "none",
            "--no-workspace", "--destination", out,
        ],
        "copier copy": lambda: ["copier", "copy", "--defaults", "--quiet", "--trust", copier_source, out / "bench-app"],
    }
    for name in [name for name, command in rivals.items() if not shutil.which(command()[0])]:
        say(f"left out, because it is not installed: {name}")
        del rivals[name]
    samples = {name: [] for name in rivals}
    for _ in range(rounds):
        for name, command in rivals.items():
            shutil.rmtree(out, ignore_errors=True)
            out.mkdir(parents=True)
            samples[name].append(1000 * cpu(command(), env=env))
    report(f"CPU time to make a project, {rounds} rounds", "ms", {n: statistics.median(s) for n, s in samples.items()}, "heavy new")


def idiomatic_application():
    """The reference: the same endpoint and the same layers, as the libraries' documentation shows them."""
    path = fresh("idiomatic")
    shutil.copytree(ROOT / "bench" / "idiomatic", path)
    return path


def build(rounds):
    app = generate()
    idiomatic = idiomatic_application()
    first_dev = "first `cargo dev` after `cargo run`"
    # What is compiled: the application alone, as `cargo run` does; the reference; and what `cargo dev` adds to it.
    builds = {
        "generated project": (app, "bench_app", True),
        IDIOMATIC: (idiomatic, "idiomatic", True),
        first_dev: (app, "stack_dev", False),
    }
    samples = {name: [] for name in builds}
    for project in (app, idiomatic):
        subprocess.run(["cargo", "fetch"], cwd=project, check=True)
    env = {k: v for k, v in os.environ.items() if k != "CARGO_TARGET_DIR"}
    for _ in range(rounds):
        for name, (project, program, clean) in builds.items():
            if clean:
                shutil.rmtree(project / "target", ignore_errors=True)
            samples[name].append(cpu(["cargo", "build", "--offline", "--bin", program], cwd=project, env=env))
    medians = {n: statistics.median(s) for n, s in samples.items()}
    report(f"CPU time of a clean debug build, {rounds} rounds", "s", medians, IDIOMATIC)
    say(f"  {first_dev}: {medians[first_dev] / medians['generated project']:.3f} of `cargo run`")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Postgres:
    """A server of the benchmark's own, dropped to another user when the benchmark runs as root."""

    def __enter__(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="heavy-bench-"))
        self.port = free_port()
        self.drop = []
        if os.getuid() == 0:
            self.drop = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
            os.chown(self.dir, 65534, 65534)
        data = self.dir / "data"
        quiet = dict(check=True, stdout=subprocess.DEVNULL, cwd=self.dir)
        subprocess.run([*self.drop, "initdb", "-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8"], **quiet)
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.dir}"
        subprocess.run([*self.drop, "pg_ctl", "-w", "-D", data, "-o", options, "-l", self.dir / "log", "start"], **quiet)
        self.url = f"postgres://bench@127.0.0.1:{self.port}/postgres"
        return self

    def sql(self, text):
        return subprocess.run(
            ["psql", "-qtA", "-v", "ON_ERROR_STOP=1", self.url], input=text, text=True, check=True, capture_output=True
        ).stdout.strip()

    def __exit__(self, *_):
        subprocess.run([*self.drop, "pg_ctl", "-D", self.dir / "data", "-m", "immediate", "stop"], stdout=subprocess.DEVNULL, cwd=self.dir)
        shutil.rmtree(self.dir, ignore_errors=True)


def wrk(url, seconds):
    text = subprocess.run(["wrk", "-t1", "-c32", f"-d{seconds}s", url], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        sys.exit(f"wrk saw errors:\n{text}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))


def http(rounds):
    app = generate()
    idiomatic = idiomatic_application()
    # Kept between runs: only what was generated anew is compiled again.
    target = WORK / "release"
    for project in (app, idiomatic):
        build = ["cargo", "build", "--release", "--package", "app" if project is app else "idiomatic"]
        subprocess.run(build, cwd=project, check=True, env={**os.environ, "CARGO_TARGET_DIR": str(target)})
    with Postgres() as server:
        production = {**os.environ, "DATABASE_URL": server.url, "APP_ENV": "production", "MAIL_URL": "none", "FILES_URL": "memory:", "ENCRYPTION_KEYS": KEYS}
        subprocess.run([target / "release/bench_app", "migrate"], env=production, check=True, cwd=WORK)
        user = server.sql(
            "INSERT INTO users (id, email, display_name, password_hash) SELECT gen_random_uuid(), 'u' || i || '@example.com', 'User ' || i, 'x'"
            " FROM generate_series(1, 10000) i; ANALYZE users; SELECT id FROM users LIMIT 1 OFFSET 5000;"
        )
        samples = {}
        running = []
        try:
            contenders = (
                ("generated project", target / "release/bench_app"),
                (IDIOMATIC, target / "release/idiomatic"),
            )
            for name, program in contenders:
                port = free_port()
                env = {
                    **production, "ADDRESS": f"127.0.0.1:{port}", "HOST": "127.0.0.1", "PORT": str(port), "RUST_LOG": "info",
                }
                with open(WORK / f"{program.name}.log", "wb") as log:
                    running.append(subprocess.Popen([program], env=env, stdout=log, stderr=log, cwd=WORK))
                url = f"http://127.0.0.1:{port}/api/users/{user}"
                for _ in range(100):
                    try:
                        body = urllib.request.urlopen(url).read()
                        break
                    except OSError:
                        time.sleep(0.1)
                else:
                    sys.exit(f"{name} did not answer:\n{(WORK / f'{program.name}.log').read_text()[-3000:]}")
                say(name, url, body.decode())
                samples[name] = (url, [])
            for url, _ in samples.values():
                wrk(url, 2)
            for _ in range(rounds):
                for url, values in samples.values():
                    values.append(wrk(url, 4))
        finally:
            for child in running:
                child.send_signal(signal.SIGTERM)
                child.wait(10)
        report(f"requests a second, {rounds} rounds of 4 s, 32 connections", "req/s", {n: statistics.median(v) for n, (_, v) in samples.items()}, IDIOMATIC)


def beside(app, name, rounds):
    """Runs the benchmark `name`, a crate that uses the database machinery of the project `app`."""
    crate = fresh(name)
    shutil.copytree(ROOT / "bench" / name, crate)
    manifest = crate / "Cargo.toml"
    manifest.write_text(manifest.read_text().replace("STACK_DB", str(app / "stack/db")))
    subprocess.run(["cargo", "run", "--release", "--", app, str(rounds)], cwd=crate, check=True)


def testdb(rounds):
    beside(generate(), "testdb", rounds)


def vectors(rounds):
    beside(generate("bench-vectors", ("--feature", "pgvector")), "vectors", rounds)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["tool", "build", "http", "testdb", "vectors"])
    parser.add_argument("--rounds", type=int, help="how often each is measured (default: tool 21, build 3, http 5, testdb 50, vectors 3)")
    chosen = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    rounds = chosen.rounds or {"tool": 21, "build": 3, "http": 5, "testdb": 50, "vectors": 3}[chosen.what]
    globals()[chosen.what](rounds)
