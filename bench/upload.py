#!/usr/bin/env python3
"""An upload to a live page beside one POST of the same bytes, over the same far line. One run, medians.

    cargo run                            # in a project with the feature `showcase`, best with --release
    bench/upload.py http://127.0.0.1:3000
    bench/upload.py http://127.0.0.1:3000 --rounds 3 --megabits 50 --round-trip 60

The line is a proxy in this program: half of the round trip and so many megabits a second in each direction. The POST goes to a server
in this program that reads all of it and answers; both connections are open before the time begins. The third figure is the same upload
with one part a round trip, as it was at version 0.5. The proxy is Python: on a busy machine it is slower than its rate.
"""
import argparse, asyncio, base64, contextlib, html, json, os, re, statistics, struct, time
from urllib.parse import urlsplit
from urllib.request import urlopen

PART = 32 * 1024
SIZE = 5_000_000


class Line:
    """A proxy to an address, with a delay and a rate."""

    def __init__(self, host, port, options):
        self.target = (host, port)
        self.delay = options.round_trip / 2000
        self.rate = options.megabits * 1e6 / 8

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.connect, "127.0.0.1", 0)
        return self.server.sockets[0].getsockname()[1]

    async def __aexit__(self, *_):
        self.server.close()

    async def connect(self, reader, writer):
        other_reader, other_writer = await asyncio.open_connection(*self.target)
        # What is closed by one side may be reset by the other.
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            await asyncio.gather(self.relay(reader, other_writer), self.relay(other_reader, writer))

    async def relay(self, reader, writer):
        arriving = asyncio.Queue()
        sender = asyncio.create_task(self.deliver(arriving, writer))
        free = time.monotonic()
        while data := await reader.read(16 * 1024):
            free = max(free, time.monotonic()) + len(data) / self.rate
            arriving.put_nowait((free + self.delay, data))
            await asyncio.sleep(free - time.monotonic())
        arriving.put_nowait((0, None))
        await sender

    async def deliver(self, arriving, writer):
        while True:
            at, data = await arriving.get()
            if data is None:
                return writer.close()
            await asyncio.sleep(at - time.monotonic())
            writer.write(data)
            await writer.drain()


async def sink(reader, writer):
    while head := await reader.readline():
        head += await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(re.search(rb"(?i)content-length: (\d+)", head).group(1)))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


async def post(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    # Once for the connection to be there.
    for size in (1, SIZE):
        begun = time.monotonic()
        writer.write(b"POST / HTTP/1.1\r\nHost: sink\r\nContent-Length: %d\r\n\r\n" % size + bytes(size))
        await writer.drain()
        await reader.readuntil(b"\r\n\r\n")
    writer.close()
    return time.monotonic() - begun


class Socket:
    """As much of a WebSocket as an upload needs. The mask is zero, so that the bytes stay as they are."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    def send(self, kind, data):
        size = len(data)
        head = struct.pack("!BB", 0x80 | kind, 0x80 | size) if size < 126 else struct.pack("!BBH", 0x80 | kind, 0xFE, size)
        self.writer.write(head + bytes(4) + data)

    def say(self, message):
        self.send(1, json.dumps(message).encode())

    async def hear(self):
        while True:
            kind, size = await self.reader.readexactly(2)
            if size == 126:
                (size,) = struct.unpack("!H", await self.reader.readexactly(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", await self.reader.readexactly(8))
            data = await self.reader.readexactly(size)
            if kind & 15 == 8:
                raise SystemExit(f"closed: {data!r}")
            if kind & 15 == 1:
                return json.loads(data)


def attribute(text, name):
    return html.unescape(re.search(f' {name}="([^"]*)"', text).group(1))


async def send(server, port, page, document, cookies, file, most=1 << 60):
    """Seconds from the choice of a file to its end: a name, bytes and a type, for the first field of a live page that takes files.
    `most`: no more bytes than that are under way."""
    name, size, kind = file
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    key = base64.b64encode(os.urandom(16)).decode()
    host = urlsplit(server).netloc
    head = f"GET /live HTTP/1.1\r\nHost: {host}\r\nOrigin: {server}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nCookie: {cookies}\r\n\r\n"
    writer.write(head.encode())
    await reader.readuntil(b"\r\n\r\n")
    socket = Socket(reader, writer)
    saved = {word: attribute(document, f"data-{word}") for word in ("hash", "state", "mac")}
    socket.say(["join", {"url": page, **saved}])
    while "v" not in (message := await socket.hear()):
        pass
    begun = time.monotonic()
    socket.say(["up", 1, attribute(document, "on:upload"), message["v"], 1, [[name, size, kind]]])
    sent, taken, granted, part = 0, 0, PART, bytes(PART)
    while 1 not in message.get("ud", []):
        while sent < size and sent + min(PART, size - sent) <= taken + min(granted, most):
            count = min(PART, size - sent)
            socket.send(2, struct.pack("!II", 1, 0) + part[:count])
            sent += count
        await writer.drain()
        message = await socket.hear()
        if "ue" in message:
            raise SystemExit(f"refused: {message['ue']}")
        for _, taken, granted in message.get("ua", []):
            pass
    writer.close()
    return time.monotonic() - begun


async def upload(server, port, most):
    """Seconds of an upload to the showcase's page. `most`: no more bytes than that are under way."""
    with urlopen(f"{server}/upload") as answer:
        cookies = "; ".join(value.split(";")[0] for value in answer.headers.get_all("Set-Cookie") or [])
        document = answer.read().decode()
    return await send(server, port, "/upload", document, cookies, ("a.txt", SIZE, "text/plain"), most)


async def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--megabits", type=float, default=50)
    parser.add_argument("--round-trip", type=float, default=60, help="milliseconds")
    options = parser.parse_args()
    place = urlsplit(options.server)
    reading = await asyncio.start_server(sink, "127.0.0.1", 0)
    seconds = {"one POST": [], "upload": [], "one part a round trip": []}
    async with Line(place.hostname, place.port, options) as far, Line(*reading.sockets[0].getsockname(), options) as far_sink:
        for _ in range(options.rounds):
            seconds["one POST"].append(await post(far_sink))
            seconds["upload"].append(await upload(options.server, far, 1 << 60))
            seconds["one part a round trip"].append(await upload(options.server, far, PART))
    reference = statistics.median(seconds["one POST"])
    for name, values in seconds.items():
        median = statistics.median(values)
        print(f"{name:22} {median:6.2f} s  {SIZE / median / 1e6:6.2f} MB/s  {reference / median:.2f}")


if __name__ == "__main__":
    asyncio.run(main())
