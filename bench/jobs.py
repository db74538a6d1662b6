#!/usr/bin/env python3
"""The queue of `stack/jobs` beside apalis-postgres alone: 20,000 small jobs, all in one run; then a worker that is killed.

    bench/jobs.py [--rounds 5] [--count 20000] [--kills 20] [--only build|rounds|kills]

The job adds one to a number in memory, so what is measured is the queue. In each round every contender gets the same number of jobs,
enqueued one by one in transactions of their own, and then does them in a process of its own with ten connections; the time ends when
the last one is stored as done. The server has its usual settings, `fsync` among them. Ours does 4 at a time, its default, and 10;
apalis takes batches of 10, its default, and of 100, as in its example, and runs them in tasks of tokio.

Then each job inserts its number into a table, and the worker is killed by SIGKILL so many times, evenly over the run, while it holds
jobs by a lease of 2 seconds. Counted is how often each job has run. Needs the package `postgresql`.
"""
import argparse, shutil, signal, statistics, subprocess, sys, time

from measure import ROOT, WORK, Postgres, fresh, generate, report, say


def build():
    """The program `jobs`, and the statements that make our tables."""
    app = generate("bench-jobs", ("--defaults", "--feature", "jobs"))
    crate = fresh("jobs")
    shutil.copytree(ROOT / "bench" / "jobs", crate)
    manifest = crate / "Cargo.toml"
    manifest.write_text(manifest.read_text().replace("PROJECT", str(app)))
    # Kept between runs: only what was generated anew is compiled again.
    target = WORK / "release"
    subprocess.run(["cargo", "build", "--release", "--target-dir", target], cwd=crate, check=True)
    return target / "release" / "jobs", (app / "schema/070_jobs.sql").read_text()


def call(program, *words):
    done = subprocess.run([program, *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{words} failed:\n{done.stderr[-3000:]}")
    return float(done.stdout)


def measure(program, server, chosen):
    reference = "apalis-postgres, batches of 10"
    contenders = {
        "stack/jobs, 4 at a time": ("stack", 4),
        "stack/jobs, 10 at a time": ("stack", 10),
        reference: ("apalis", 10),
        "apalis-postgres, batches of 100": ("apalis", 100),
    }
    enqueued, run = ({name: [] for name in contenders} for _ in range(2))
    for _ in range(chosen.rounds):
        for name, (queue, concurrency) in contenders.items():
            enqueued[name].append(chosen.count / call(program, "enqueue", queue, server.url, chosen.count, concurrency))
            server.sql("VACUUM ANALYZE")
            run[name].append(chosen.count / call(program, "run", queue, server.url, chosen.count, concurrency))
            server.sql("TRUNCATE jobs" if queue == "stack" else "TRUNCATE apalis.jobs")
    for title, figures in (("enqueued", enqueued), ("done", run)):
        medians = {name: statistics.median(values) for name, values in figures.items()}
        report(f"{title}, {chosen.count} jobs, {chosen.rounds} rounds", "jobs/s", medians, reference)


def kill(program, server, chosen):
    server.sql("CREATE TABLE ran (number bigint NOT NULL)")
    call(program, "enqueue", "stack", server.url, chosen.count, 4)
    command = [str(word) for word in (program, "work", "stack", server.url, chosen.count, 4)]
    ran = lambda: int(server.sql("SELECT count(*) FROM ran"))
    begun = time.monotonic()
    for kills in range(chosen.kills + 1):
        worker = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        # At the kill before the last one, there are still jobs.
        due = chosen.count * (kills + 1) // (chosen.kills + 1)
        left = lambda: int(server.sql("SELECT count(*) FROM jobs WHERE state <> 'done'"))
        while ran() < due if kills < chosen.kills else left() > 0:
            if worker.poll() is not None:
                sys.exit("the worker has ended by itself")
            time.sleep(0.01)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    seconds = time.monotonic() - begun
    once, more, most = server.sql(
        "SELECT count(*) || ' ' || coalesce(sum(times - 1), 0) || ' ' || max(times) FROM (SELECT count(*) AS times FROM ran GROUP BY number) AS t"
    ).split()
    say(f"\n{chosen.count} jobs, the worker killed {chosen.kills} times, {seconds:.1f} s")
    say(f"  ran at least once {once}, lost {chosen.count - int(once)}, ran again {more}, most often {most} times")
    if int(once) != chosen.count:
        sys.exit("jobs were lost")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--only", choices=["build", "rounds", "kills"])
    chosen = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    program, tables = build()
    if chosen.only == "build":
        sys.exit()
    with Postgres() as server:
        server.sql(tables)
        if chosen.only != "kills":
            measure(program, server, chosen)
        if chosen.only != "rounds":
            kill(program, server, chosen)
