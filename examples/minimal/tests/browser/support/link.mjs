// The wire between a page and the application: a TCP proxy that takes its time, or is cut.

import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export class Link {
  /** How long each byte is under way, in ms, in either direction: an answer takes twice that. */
  latency;
  #port;
  #server;
  #sockets = new Set();
  #cut = false;

  /** `port` is a function that tells where the application listens just now. */
  constructor(port, latency = 0) {
    this.#port = port;
    this.latency = latency;
  }

  async open() {
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => this.#connect(near));
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  /** What the page sees as the address of the application. It stays when the application is restarted. */
  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** Breaks every connection, and lets none through until `mend`. */
  cut() {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend() {
    this.#cut = false;
  }

  close() {
    this.cut();
    this.#server.close();
  }

  #connect(near) {
    const port = this.#port();
    if (this.#cut || port === undefined) {
      near.resetAndDestroy();
      return;
    }
    const far = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    this.#carry(near, far);
    this.#carry(far, near);
  }

  #carry(from, to) {
    this.#sockets.add(from);
    // One after the other, so that bytes stay in order even if the latency is changed meanwhile.
    let last = Promise.resolve();
    const later = (act) => {
      const due = performance.now() + this.latency;
      last = last.then(async () => {
        const left = due - performance.now();
        if (left > 0) await sleep(left, undefined, { ref: false });
        if (!to.destroyed) act();
      });
    };
    from.on("data", (chunk) => later(() => to.write(chunk)));
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
