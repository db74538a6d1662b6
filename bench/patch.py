#!/usr/bin/env python3
"""Script time of a patch of one digit in Chromium, on pages of 10, 1,000 and 12,000 rows of a table, as ratios to the
page of 10 rows. One page is one component; the server of the client tests says what the application's would.

    bench/patch.py                     # generates a project first
    bench/patch.py --project DIRECTORY # one with the feature browser-tests, after `npm ci` in tests/browser
    bench/patch.py --whole             # as if the server named no element: what it was before

Needs node and Chromium (CHROMIUM, or one on PATH). Times are ScriptDuration of the DevTools protocol, in
time of the processor.
"""

import argparse, json, os, pathlib, shutil, subprocess, sys

import measure

HERE = pathlib.Path(__file__).resolve().parent
CONFIG = """export default {{ testDir: ".", reporter: "line", workers: 1,
  use: {{ launchOptions: {{ executablePath: {chromium} }} }} }};"""


def run(project, chromium, whole):
    tests = project / "tests/browser/client"
    shutil.copy(HERE / "patch/patch.spec.mjs", tests / "patch.bench.spec.mjs")
    (tests / "bench.config.mjs").write_text(CONFIG.format(chromium=json.dumps(chromium)))
    env = {**os.environ, **({"WHOLE": "1"} if whole else {})}
    command = ["npx", "playwright", "test", "--config", "bench.config.mjs", "patch.bench"]
    done = subprocess.run(command, cwd=tests, env=env, capture_output=True, text=True)
    lines = [line[line.index("{"):] for line in done.stdout.splitlines() if '"rows"' in line]
    if done.returncode != 0 or not lines:
        sys.exit(done.stdout + done.stderr)
    return {entry["rows"]: (entry["ms"], entry["mean"]) for entry in map(json.loads, lines)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--project", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--whole", action="store_true")
    chosen = parser.parse_args()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    project = chosen.project
    if not project:
        measure.WORK.mkdir(parents=True, exist_ok=True)
        project = measure.generate("bench-patch", ("--defaults", "--feature", "browser-tests"))
        subprocess.run(["npm", "ci"], cwd=project / "tests/browser", check=True)
    for _ in range(chosen.rounds):
        times = run(project, chromium, chosen.whole)
        median, mean = times[min(times)]
        for rows, (ms, ms_mean) in times.items():
            print(f"{rows:6} rows: median {ms:.2f} ms = {ms / median:.2f}, mean {ms_mean:.2f} ms = {ms_mean / mean:.2f}", flush=True)


if __name__ == "__main__":
    main()
