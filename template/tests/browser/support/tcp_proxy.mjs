// The network between a page and the application: a TCP proxy that takes its time, or is disconnected.

import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export class TcpProxy {
  /** How long each byte is under way, in ms, in either direction: a response takes twice that. */
  latency;
  /** Called when it is disconnected by a test. */
  onDisconnect = () => {};
  /** Whether it lets no WebSocket through, as some companies' proxies do, and how many it has refused. */
  refusesUpgrades = false;
  refusedUpgrades = 0;
  #port;
  #server;
  #sockets = new Set();
  #disconnected = false;
  #held = Promise.resolve();
  #release = () => {};

  /** `port` is a function that tells where the application listens just now. */
  constructor(port, latency = 0) {
    this.#port = port;
    this.latency = latency;
  }

  async listen() {
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => this.#connect(near));
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  /** What the page sees as the address of the application. It stays when the application is restarted. */
  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** Keeps under way whatever is said from now on, either way, until `release`. */
  hold() {
    this.#held = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  release() {
    this.#release();
  }

  /** Breaks every connection, and lets none through until `reconnect`. */
  disconnect() {
    this.onDisconnect();
    this.#break();
  }

  reconnect() {
    this.#disconnected = false;
  }

  close() {
    this.#break();
    this.#server.close();
  }

  #break() {
    this.#disconnected = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  #connect(near) {
    const port = this.#port();
    if (this.#disconnected || port === undefined) {
      near.resetAndDestroy();
      return;
    }
    const far = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    this.#forward(near, far);
    this.#forward(far, near);
  }

  #forward(from, to) {
    this.#sockets.add(from);
    // One after the other, so that bytes stay in order even if the latency is changed meanwhile.
    let last = Promise.resolve();
    const later = (act) => {
      const due = performance.now() + this.latency;
      last = last.then(async () => {
        const left = due - performance.now();
        if (left > 0) await sleep(left, undefined, { ref: false });
        await this.#held;
        if (!to.destroyed) act();
      });
    };
    from.on("data", (chunk) => {
      if (this.refusesUpgrades && /^upgrade: websocket/im.test(chunk.toString("latin1"))) {
        this.refusedUpgrades += 1;
        from.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        to.destroy();
      } else later(() => to.write(chunk));
    });
    from.on("end", () => later(() => to.end()));
    // What an error means is said by the `close` that follows.
    from.on("error", () => {});
    from.on("close", () => {
      this.#sockets.delete(from);
      if (from.readableEnded) return;
      later(() => to.destroy());
    });
  }
}
