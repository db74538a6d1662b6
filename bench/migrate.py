#!/usr/bin/env python3
"""Measures `cargo dev migrate` and `cargo dev pave` in a project with 50 tables and 30 migrations.

    bench/migrate.py [--rounds N]

The reference, in the same run: what a person would have to do by hand to know the same, on the same server: replay the
folder with psql into an empty database twice (before, and with the new file), run the schema into a third, and dump all
three with pg_dump. Needs the package `postgresql`, and what `bench/measure.py` needs.
"""
import argparse, os, pathlib, re, shutil, statistics, subprocess, sys, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from measure import WORK, generate, report, say

TABLES, MIGRATIONS = 50, 30


def table(number, columns=6):
    """A table with columns, a check, a reference to the one before, and an index, as people write them."""
    lines = [f"CREATE TABLE table_{number:02} (", "    id uuid NOT NULL,"]
    lines += [f"    column_{c} {'text' if c % 2 else 'integer'} NOT NULL DEFAULT {chr(39) * 2 if c % 2 else 0}," for c in range(columns)]
    lines += ["    created_at timestamptz NOT NULL DEFAULT now(),", f"    parent_id uuid,", f"    CONSTRAINT table_{number:02}_pkey PRIMARY KEY (id),"]
    if number:
        lines += [f"    CONSTRAINT table_{number:02}_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES table_{number - 1:02} (id),"]
    lines += [f"    CONSTRAINT table_{number:02}_column_1_check CHECK (length(column_1) <= 200)", ");"]
    lines += [f"CREATE INDEX table_{number:02}_parent_id_idx ON table_{number:02} (parent_id);"]
    return "\n".join(lines) + "\n"


def prepare():
    """A project whose migrations lead to all tables but one column, which is left for the next migration."""
    app = generate("migrate-app")
    for folder in ("schema", "migrations"):
        shutil.rmtree(app / folder)
        (app / folder).mkdir()
    tables = [table(n) for n in range(TABLES)]
    for n, sql in enumerate(tables):
        if n == 0:
            sql += "ALTER TABLE table_00 ADD COLUMN news text;\n"
        (app / "schema" / f"{n + 1:03}0_table_{n:02}.sql").write_text(sql)
    # The first has half of the tables, the others one or two each.
    half = TABLES - (MIGRATIONS - 1)
    chunks = [tables[:half]] + [[t] for t in tables[half:]]
    for n, chunk in enumerate(chunks):
        (app / "migrations" / f"{n + 1:04}_step.sql").write_text("\n".join(chunk))
    assert len(chunks) == MIGRATIONS
    return app


def wall(command, **kwargs):
    start = time.monotonic()
    done = subprocess.run([str(c) for c in command], capture_output=True, stdin=subprocess.DEVNULL, **kwargs)
    if done.returncode != 0:
        sys.exit(f"{command} failed:\n{done.stdout.decode()}{done.stderr.decode()}")
    return time.monotonic() - start


def by_hand(app, url):
    """The reference; returns its time."""
    start = time.monotonic()
    database = lambda name: re.sub(r"/[^/?]*\?", f"/{name}?", url)
    migrations, schema = sorted((app / "migrations").glob("*.sql")), sorted((app / "schema").glob("*.sql"))
    for name, files in (("hand_before", migrations), ("hand_after", migrations), ("hand_wanted", schema)):
        wall(["psql", "--quiet", database("postgres"), "-c", f"DROP DATABASE IF EXISTS {name}", "-c", f"CREATE DATABASE {name}"])
        for file in files:
            wall(["psql", "--quiet", "--set", "ON_ERROR_STOP=1", "--single-transaction", "-f", file, database(name)])
        wall(["pg_dump", "--schema-only", "--dbname", database(name)])
    return time.monotonic() - start


def main(rounds):
    app = prepare()
    environment = {**os.environ, "CARGO_TARGET_DIR": str(WORK / "target")}
    subprocess.run(["cargo", "build", "--quiet", "--workspace"], cwd=app, env=environment, check=True)
    dev = [WORK / "target" / "debug" / "stack_dev"]
    run = lambda *words: wall(dev + list(words), cwd=app, env=environment)
    # The first starts the servers.
    run("migrate", "--dry-run")
    run("pave", "--no-seed")
    # The tests' server, on which `migrate` works too: the reference gets the same.
    cluster = next((app / ".data" / "test").glob("postgres-*/postmaster.pid")).parent
    url = f"postgres://postgres@localhost:5432/postgres?host={cluster}"
    times = {"cargo dev migrate": [], "by hand: psql and pg_dump": [], "cargo dev migrate, nothing to do": [], "cargo dev pave": []}
    for _ in range(rounds):
        times["cargo dev migrate"].append(run("migrate", "--dry-run"))
        times["by hand: psql and pg_dump"].append(by_hand(app, url))
        times["cargo dev pave"].append(run("pave", "--no-seed"))
        # With the column in, there is nothing left to do.
        last = app / "migrations" / f"{MIGRATIONS + 1:04}_news.sql"
        last.write_text("ALTER TABLE table_00 ADD COLUMN news text;\n")
        times["cargo dev migrate, nothing to do"].append(run("migrate", "--check"))
        last.unlink()
    report(f"{TABLES} tables, {MIGRATIONS} migrations", "s", {name: statistics.median(all) for name, all in times.items()}, "by hand: psql and pg_dump")
    for purpose in (app / ".data", app / ".data" / "test"):
        for cluster in purpose.glob("postgres-*/postmaster.pid"):
            os.kill(int(cluster.read_text().split()[0]), 15)
    say()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    WORK.mkdir(parents=True, exist_ok=True)
    main(parser.parse_args().rounds)
