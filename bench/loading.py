#!/usr/bin/env python3
"""A click on a live page while another part of it is loaded, beside the same click while nothing is. One run, medians, taking turns.

    cargo run                            # in a project with the feature `showcase`
    bench/loading.py http://127.0.0.1:3000
    bench/loading.py http://127.0.0.1:3000 --rounds 40

The page is `/components`: its report takes a second, and the click is on its counter. Bytes are those of the messages, without the two to
ten that a WebSocket needs for each.
"""
import argparse, asyncio, base64, html, json, os, re, statistics, time
from urllib.parse import urlsplit
from urllib.request import urlopen

from upload import Socket


class Page:
    async def open(self, server):
        with urlopen(f"{server}/components") as answer:
            cookies = "; ".join(value.split(";")[0] for value in answer.headers.get_all("Set-Cookie") or [])
            document = answer.read().decode()
        attribute = lambda name: html.unescape(re.search(f' {name}="([^"]*)"', document).group(1))
        handler = lambda text: re.search(f'<button[^>]* on:click="([^"]+)"[^>]*>{text}</button>', document).group(1)
        self.more, self.report = handler("More"), handler("Write a report")
        address = urlsplit(server)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        key = base64.b64encode(os.urandom(16)).decode()
        head = f"GET /live HTTP/1.1\r\nHost: {address.netloc}\r\nOrigin: {server}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nCookie: {cookies}\r\n\r\n"
        writer.write(head.encode())
        await reader.readuntil(b"\r\n\r\n")
        self.socket, self.seq = Socket(reader, writer), 0
        self.socket.say(["join", {"url": "/components", "hash": attribute("data-hash"), "state": attribute("data-state"), "mac": attribute("data-mac")}])
        while "v" not in (message := await self.socket.hear()):
            pass
        self.version = message["v"]
        return self

    async def click(self, handler):
        """Seconds from the click to its answer, and the bytes of both."""
        self.seq += 1
        said = ["ev", self.seq, self.version, handler, "click", {}]
        begun, size = time.perf_counter(), len(json.dumps(said, separators=(",", ":")))
        self.socket.say(said)
        while True:
            message = await self.socket.hear()
            self.take(message)
            if message.get("a", 0) >= self.seq:
                return time.perf_counter() - begun, size + len(json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode())

    def take(self, message):
        self.version = message.get("v", self.version)

    async def wait_for_report(self):
        while "p" not in (message := await self.socket.hear()):
            self.take(message)
        self.take(message)


async def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server")
    parser.add_argument("--rounds", type=int, default=20)
    chosen = parser.parse_args()
    page = await Page().open(chosen.server.rstrip("/"))
    alone, beside = [], []
    for _ in range(chosen.rounds):
        alone.append(await page.click(page.more))
        await page.click(page.report)
        beside.append(await page.click(page.more))
        await page.wait_for_report()
        # Other visitors' budgets are not asked for more than people do.
        await asyncio.sleep(0.2)
    for name, values in (("alone", alone), ("while a part is loaded", beside)):
        print(f"{name}: {statistics.median(seconds for seconds, _ in values) * 1000:.2f} ms, {statistics.median(size for _, size in values):.0f} bytes")
    ratio = statistics.median(seconds for seconds, _ in beside) / statistics.median(seconds for seconds, _ in alone)
    print(f"ratio: {ratio:.2f}")


if __name__ == "__main__":
    asyncio.run(main())
