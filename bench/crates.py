#!/usr/bin/env python3
"""Measures what a cut of the application into two crates brings: `domain` with models, repositories, services and what they stand on, below
one with pages, components and HTTP.

    bench/crates.py PROJECT            # both layouts, in copies of a rendered project
    bench/crates.py PROJECT --rounds 5

For each layout, medians of wall clock and of CPU time: a save in a page, in a model, in the machinery, a build of the project's own crates
from nothing; and the same for profiles of the layout as it is. Third-party crates are built before.
"""
import argparse, os, pathlib, re, shutil, statistics, subprocess, sys, time

from measure import WORK, say

DOMAIN = ("config", "database", "error", "mails", "models", "repositories", "services")


def copy(project, name):
    folder = WORK / "crates" / name
    folder.mkdir(parents=True, exist_ok=True)
    excluded = [f"--exclude={part}" for part in ("/target", "/data", "/.git", "/.heavy")]
    subprocess.run(["rsync", "-a", "--delete", *excluded, f"{project}/", folder], check=True)
    return folder


def cut(folder):
    """Moves what is below pages into `domain/`, and names it in the application as before."""
    domain = folder / "domain"
    (domain / "src").mkdir(parents=True)
    for module in DOMAIN:
        for path in (folder / "src" / f"{module}.rs", folder / "src" / module):
            if path.exists():
                shutil.move(path, domain / "src" / path.name)
    for link in ("migrations", "schema", "build.rs"):
        (domain / link).symlink_to(f"../{link}")
    for path in domain.rglob("*.rs"):
        if not path.is_symlink():
            path.write_text(re.sub(r"pub\(crate\)|pub\(in [a-z:]+\)", "pub", path.read_text()))
    manifest = (folder / "Cargo.toml").read_text()
    own = manifest.split("\n[workspace]")[0]
    needs = own.split("[dependencies]\n")[1].split("\n[dev-dependencies]")[0]
    name = re.search(r'default-run = .*\n', own)[0]
    description = re.search(r'description = .*\n', own)[0]
    (domain / "Cargo.toml").write_text(
        f'[package]\nname = "domain"\nversion = "0.1.0"\nedition = "2024"\n{description}'
        f'[lib]\ndoctest = false\ntest = false\n[dependencies]\n{needs}\n[lints]\nworkspace = true\n'
    )
    script = (folder / "build.rs").read_text().replace('read_to_string("Cargo.toml")', 'read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))')
    (domain / "build.rs").unlink()
    (domain / "build.rs").write_text(script)
    manifest = manifest.replace("[dependencies]\n", '[dependencies]\ndomain = { path = "domain" }\n', 1)
    manifest = manifest.replace('members = [\n', 'members = [\n    "domain",\n')
    (folder / "Cargo.toml").write_text(manifest)
    lib = (folder / "src/lib.rs").read_text()
    for module in DOMAIN:
        lib = lib.replace(f"pub mod {module};\n", "")
    lib += f"\npub use domain::{{{', '.join(DOMAIN)}}};\n"
    (folder / "src/lib.rs").write_text(lib)
    docs = "//! Below pages.\n" + "".join(f"pub mod {module};\n" for module in DOMAIN)
    (domain / "src/lib.rs").write_text(docs)


def cpu_and_wall(folder, environment):
    begun = time.monotonic()
    child = subprocess.Popen(["cargo", "build", "--quiet"], cwd=folder, env={**os.environ, **environment}, stderr=sys.stderr)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"the build in {folder} failed")
    return time.monotonic() - begun, usage.ru_utime + usage.ru_stime


def edits(folder):
    """Of each kind: the file, and a function that makes its next version."""
    below = folder / "domain" if (folder / "domain").exists() else folder
    yield "a page", folder / "src/pages/home.rs"
    yield "a model", below / "src/models/note.rs"
    yield "the machinery", folder / "stack/web/src/problem.rs"


def save(path, number):
    """Code that is compiled and not used: a function that returns another number each time."""
    text = path.read_text()
    text = re.sub(r"\n/// An edit\.\n#\[doc\(hidden\)\]\npub fn an_edit\(\) -> u32 \{\n    \d+\n\}\n", "", text)
    path.write_text(text + f"\n/// An edit.\n#[doc(hidden)]\npub fn an_edit() -> u32 {{\n    {number}\n}}\n")


def measure(name, folder, environment, rounds):
    say(f"\n{name} (load {os.getloadavg()[0]:.1f})")
    first = cpu_and_wall(folder, environment)
    say(f"  first build                 {first[0]:8.2f} s   {first[1]:8.2f} s CPU")
    for what, path in edits(folder):
        original, samples = path.read_text(), []
        try:
            for number in range(rounds + 1):
                save(path, number + time.time_ns() % 1_000_000)
                samples.append(cpu_and_wall(folder, environment))
        finally:
            path.write_text(original)
        wall, cpu = (statistics.median(sample[at] for sample in samples[1:]) for at in (0, 1))
        say(f"  a save in {what:17} {wall:8.2f} s   {cpu:8.2f} s CPU")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", help="layouts and profiles, with commas")
    chosen = parser.parse_args()
    one, two = copy(chosen.project, "one"), copy(chosen.project, "two")
    cut(two)
    plain = {"CARGO_INCREMENTAL": "1"}
    variants = {
        "one crate": (one, {}),
        "two crates": (two, {}),
        "no debug information": (one, {"CARGO_PROFILE_DEV_DEBUG": "0"}),
        "16 units": (one, {"CARGO_PROFILE_DEV_CODEGEN_UNITS": "16"}),
    }
    for name, (folder, environment) in variants.items():
        if not chosen.only or name in chosen.only.split(","):
            measure(name, folder, {**plain, **environment}, chosen.rounds)


if __name__ == "__main__":
    main()
