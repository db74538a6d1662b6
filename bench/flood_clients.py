#!/usr/bin/env python3
"""The clients of `bench/floods.py`: a flood, or the client that measures meanwhile. Prints one line of JSON.

    bench/flood_clients.py probe PORT SECONDS
    bench/flood_clients.py navigations|events|log-ins|unread PORT SECONDS [--clients N] [--rate N] [--spread] [--cookie C]

Only to 127.0.0.1, only for SECONDS. With `--spread` each client says that it is another address, as behind a proxy.
"""

import argparse, asyncio, collections, json, os, re, resource, socket, statistics, time

HOST = "127.0.0.1"
COUNTS = collections.Counter()


def forwarded(number, spread):
    """The header that makes client `number` another address."""
    return f"X-Forwarded-For: 10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}\r\n" if spread else ""


def frame(message):
    """A text frame. Its mask is zero, which changes nothing."""
    text = json.dumps(message, separators=(",", ":")).encode()
    length = bytes([0x80 | len(text)]) if len(text) < 126 else bytes([0x80 | 126]) + len(text).to_bytes(2)
    return b"\x81" + length + b"\0\0\0\0" + text


class LivePage(asyncio.Protocol):
    """A connection of a live page that reads what it gets and, when it is closed, opens the next one."""

    def __init__(self, port, number, spread):
        self.port, self.head = port, forwarded(number, spread)
        self.transport = None

    async def open(self):
        try:
            await asyncio.get_running_loop().create_connection(lambda: self, HOST, self.port)
        except OSError:
            COUNTS["not connected"] += 1
            self.open_again()

    def open_again(self):
        asyncio.get_running_loop().call_later(0.1, lambda: asyncio.ensure_future(self.open()))

    def connection_made(self, transport):
        self.transport, self.data, self.upgraded, self.version, self.handler, self.seq = transport, b"", False, 0, None, 0
        transport.write(
            f"GET /live HTTP/1.1\r\nHost: {HOST}:{self.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{self.head}"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )

    def data_received(self, data):
        self.data += data
        if not self.upgraded:
            head, found, self.data = self.data.partition(b"\r\n\r\n")
            if not found:
                self.data = head
                return
            if b" 101 " not in head:
                COUNTS[f"refused with {head.split(b' ')[1].decode()}"] += 1
                return self.transport.close()
            self.upgraded = True
            self.transport.write(frame(["join", {"url": "/"}]))
        while len(self.data) >= 2:
            length, start = self.data[1], 2
            if length == 126:
                length, start = int.from_bytes(self.data[2:4]), 4
            elif length == 127:
                length, start = int.from_bytes(self.data[2:10]), 10
            if len(self.data) < start + length:
                return
            kind, payload, self.data = self.data[0] & 15, self.data[start : start + length], self.data[start + length :]
            if kind == 8:
                COUNTS[f"closed with {int.from_bytes(payload[:2])}"] += 1
                return self.transport.close()
            self.receive(payload)

    def receive(self, payload):
        version = re.search(rb'"v":(\d+)', payload)
        if version:
            self.version = int(version[1])
        if self.handler is None:
            # The button of the counter.
            handlers = re.findall(rb'on:click=\\"([^"\\]+)\\"[^>]*>[^<]*Clicked', payload)
            self.handler = handlers[0].decode() if handlers else ""
            COUNTS["joined"] += 1
        elif b'"a":' in payload:
            COUNTS["answers"] += 1

    def connection_lost(self, _):
        self.transport = None
        self.open_again()

    def send(self, kind):
        """Sends one message, if the connection takes it."""
        if self.transport is None or self.handler is None or self.transport.is_closing():
            return
        if self.transport.get_write_buffer_size() > 16 * 1024:
            COUNTS["held back"] += 1
            return
        self.seq += 1
        if kind == "events":
            message = ["ev", self.seq, self.version, self.handler, "click", {}]
        else:
            message = ["nav", self.seq, ("/components", "/")[self.seq % 2], "push"]
        self.transport.write(frame(message))
        COUNTS["sent"] += 1


async def live_pages(chosen, end):
    pages = [LivePage(chosen.port, number, chosen.spread) for number in range(chosen.clients)]
    for page in pages:
        asyncio.ensure_future(page.open())
        await asyncio.sleep(0.001)
    begin, sent = time.monotonic(), 0
    while time.monotonic() < end:
        due = int((time.monotonic() - begin) * chosen.rate * chosen.clients)
        # A client that cannot keep up sends less, and no bursts.
        sent = max(sent, due - chosen.clients)
        for number in range(sent, due):
            pages[number % chosen.clients].send(chosen.what)
        sent = due
        await asyncio.sleep(0.005)


class LogIn(asyncio.Protocol):
    """Tries to log in, and when it is answered again, always as somebody else."""

    def __init__(self, port, number, spread):
        self.port, self.number, self.head = port, number, forwarded(number, spread)
        self.count = 0

    open, open_again = LivePage.open, LivePage.open_again

    def connection_made(self, transport):
        self.transport, self.data = transport, b""
        self.send()

    def send(self):
        self.count += 1
        body = json.dumps({"email": f"nobody-{self.number}-{self.count}@example.com", "password": "a wrong password"})
        self.transport.write(
            f"POST /api/session HTTP/1.1\r\nHost: {HOST}:{self.port}\r\nContent-Type: application/json\r\n{self.head}"
            f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
        )

    def data_received(self, data):
        self.data += data
        head, found, body = self.data.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        if found and len(body) >= int(length[1] if length else 0):
            COUNTS[head.split(b" ")[1].decode()] += 1
            self.data = b""
            self.send()

    def connection_lost(self, _):
        COUNTS["closed"] += 1
        self.open_again()


async def log_ins(chosen, end):
    for number in range(chosen.clients):
        asyncio.ensure_future(LogIn(chosen.port, number, chosen.spread).open())
        if number % 50 == 49:
            await asyncio.sleep(0.005)
    await asyncio.sleep(max(0, end - time.monotonic()))


class Unread:
    """Asks for large answers and reads none of them."""

    def __init__(self, chosen, number):
        target = "/api/notes?limit=100" if chosen.cookie and number % 2 else "/static/app.css"
        self.port = chosen.port
        self.request = (
            f"GET {target} HTTP/1.1\r\nHost: {HOST}:{chosen.port}\r\nCookie: {chosen.cookie}\r\n"
            f"{forwarded(number, chosen.spread)}\r\n".encode()
        )
        self.socket = None

    def ask(self):
        try:
            if self.socket is None:
                self.socket = socket.socket()
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                self.socket.settimeout(5)
                self.socket.connect((HOST, self.port))
                self.socket.setblocking(False)
                COUNTS["connected"] += 1
            for _ in range(50):
                self.socket.send(self.request)
                COUNTS["sent"] += 1
        except BlockingIOError:
            pass
        except OSError:
            COUNTS["closed"] += 1
            self.socket.close()
            self.socket = None


async def unread(chosen, end):
    clients = [Unread(chosen, number) for number in range(chosen.clients)]
    while time.monotonic() < end:
        for client in clients:
            client.ask()
        await asyncio.sleep(0.25)


async def healthz(port, times):
    begin = time.monotonic()
    try:
        reader, writer = await asyncio.wait_for(asyncio.open_connection(HOST, port), 60)
        writer.write(f"GET /healthz HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: close\r\n\r\n".encode())
        answer = await asyncio.wait_for(reader.read(), 60)
        writer.close()
        COUNTS["ok" if answer.startswith(b"HTTP/1.1 200 ") else "failed"] += 1
    except (OSError, asyncio.TimeoutError):
        COUNTS["failed"] += 1
    times.append(1000 * (time.monotonic() - begin))


async def probe(chosen, end):
    """Twenty requests a second, each on a connection of its own, whether the one before was answered or not."""
    times, requests = [], []
    while time.monotonic() < end:
        requests.append(asyncio.ensure_future(healthz(chosen.port, times)))
        await asyncio.sleep(0.05)
    await asyncio.gather(*requests)
    times.sort()
    COUNTS.update(median=statistics.median(times), p99=times[int(len(times) * 0.99)], max=times[-1])


WHAT = {"probe": probe, "navigations": live_pages, "events": live_pages, "log-ins": log_ins, "unread": unread}


async def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=WHAT)
    parser.add_argument("port", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--clients", type=int, default=1)
    parser.add_argument("--rate", type=int, default=1, help="messages a second of each live page")
    parser.add_argument("--spread", action="store_true")
    parser.add_argument("--cookie", default="", help="of a user with many notes")
    chosen = parser.parse_args()
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    await WHAT[chosen.what](chosen, time.monotonic() + chosen.seconds)
    print(json.dumps(COUNTS), flush=True)
    # Whatever still runs is given up with the process.
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main())
