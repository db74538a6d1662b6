#!/usr/bin/env python3
"""An upload of 200 MB to a note, into a folder, beside writing the same bytes to the same disk. One run, medians: how fast, and the
memory of the program above what it had before.

    bench/files.py                  # generates a project with `files` and builds it as a release first
    bench/files.py --app PROGRAM    # one that is built already
    bench/files.py --megabytes 200 --rounds 3

The client is `bench/upload.py`'s, on loopback without its slow line. What writes to disk reads the bytes of a socket, as the program
does, and ends with fsync, as the store does. The limits of a visitor and an address (16 and 64 MB a second) are lifted in the project,
or they would be what is measured; a program of `--app` keeps those that it has. Needs PostgreSQL's programs on PATH.
"""
import argparse, asyncio, http.cookiejar, os, pathlib, re, shutil, signal, statistics, subprocess, threading, time
import urllib.parse, urllib.request

import measure
from upload import PART, send


class Visitor:
    """Somebody with an account and a note."""

    def __init__(self, server):
        self.server = server
        # Cookies are for encrypted lines, which loopback is not.
        self.cookies = http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(secure_protocols=("http",)))
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.submit("/register", {"email": "ada@example.com", "display_name": "Ada", "password": "a long and rare sentence"})
        notes = self.submit("/notes", {"title": "Files", "body": ""}).read().decode()
        self.note = re.search(r'href="(/notes/[0-9a-f-]{36})"', notes).group(1)

    def submit(self, path, fields):
        data = urllib.parse.urlencode(fields).encode()
        return self.browser.open(urllib.request.Request(self.server + path, data, {"Origin": self.server}))

    def cookie(self):
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.cookies)


async def upload(visitor, port, size):
    """Seconds from the choice of a file until it is attached."""
    document = visitor.browser.open(visitor.server + visitor.note).read().decode()
    file = ("a.bin", size, "application/octet-stream")
    return await send(visitor.server, port, visitor.note, document, visitor.cookie(), file)


async def write(folder, size):
    """Seconds until the same bytes, from a socket, are in a file."""
    done = asyncio.Event()

    async def take(reader, writer):
        with open(folder / "plain", "wb") as file:
            while data := await reader.read(1 << 18):
                file.write(data)
            file.flush()
            os.fsync(file.fileno())
        writer.close()
        done.set()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    begun, part = time.monotonic(), bytes(PART)
    for _ in range(size // PART):
        writer.write(part)
        await writer.drain()
    writer.close()
    await done.wait()
    server.close()
    (folder / "plain").unlink()
    return time.monotonic() - begun


def memory(program):
    """MB of the process now."""
    return measure.resident(program) * 1024 / 1e6


class Peak:
    """The most memory that the program has within `with`."""

    def __init__(self, program):
        self.program, self.most, self.going = program, 0, True

    def __enter__(self):
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()
        return self

    def watch(self):
        while self.going:
            self.most = max(self.most, memory(self.program))
            time.sleep(0.01)

    def __exit__(self, *_):
        self.going = False
        self.thread.join()


def lift_limits(project):
    """Uploads as fast as they come."""
    limits = project / "stack/live/src/live/limits.rs"
    lifted, count = re.subn(r"(upload_bytes_per_\w+: Rate::new)\(.+\),", r"\1(1 << 31, 1 << 31),", limits.read_text())
    assert count == 2, "the limits have other names now"
    limits.write_text(lifted)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--app", type=pathlib.Path)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    size = chosen.megabytes * 1_000_000 // PART * PART
    measure.WORK.mkdir(parents=True, exist_ok=True)
    app = chosen.app and chosen.app.resolve()
    if not app:
        project = measure.generate(answers=("--defaults", "--feature", "files"))
        lift_limits(project)
        subprocess.run(["cargo", "build", "--release"], cwd=project, check=True)
        app = project / "target/release/bench_app"
    folder = measure.fresh("files")
    folder.mkdir(parents=True)
    with measure.Postgres() as database:
        port = measure.free_port()
        settings = {
            "DATABASE_URL": database.url, "HOST": "127.0.0.1", "PORT": str(port), "APP_ENV": "production", "MAIL_URL": "none", "RUST_LOG": "warn",
            "FILES_URL": f"file:{folder}/store", "FILES_BYTES_PER_OWNER": str(size * (chosen.rounds + 2)), "ENCRYPTION_KEYS": measure.KEYS,
            "APP_URL": f"http://127.0.0.1:{port}",
        }
        program = subprocess.Popen([app, "serve", "--migrate"], env=os.environ | settings, cwd=measure.WORK)
        try:
            server = f"http://127.0.0.1:{port}"
            for _ in range(200):
                try:
                    urllib.request.urlopen(server + "/healthz").read()
                    break
                except OSError:
                    time.sleep(0.1)
            visitor = Visitor(server)
            # The first one makes connections and tables of its own.
            asyncio.run(upload(visitor, port, PART))
            uploads, writes, above = [], [], []
            for _ in range(chosen.rounds):
                writes.append(asyncio.run(write(folder, size)))
                idle = memory(program)
                with Peak(program) as peak:
                    uploads.append(asyncio.run(upload(visitor, port, size)))
                above.append(peak.most - idle)
        finally:
            program.send_signal(signal.SIGTERM)
            program.wait(20)
    stored = sum(path.stat().st_size for path in (folder / "store").rglob("*") if path.is_file())
    if stored != size * chosen.rounds + PART:
        raise SystemExit(f"{stored} bytes are in the store")
    shutil.rmtree(folder)
    rate = lambda seconds: size / statistics.median(seconds) / 1e6
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; {chosen.megabytes} MB, {chosen.rounds} rounds")
    print(f"  written to disk  {rate(writes):6.0f} MB/s")
    print(f"  an upload        {rate(uploads):6.0f} MB/s  {rate(uploads) / rate(writes):.2f} of it")
    print(f"  memory above idle, at most: {max(above):.1f} MB (of {', '.join(f'{value:.1f}' for value in above)})")


if __name__ == "__main__":
    main()
