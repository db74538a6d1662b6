// A proxy in front of several instances, which lets no WebSocket through.

import { once } from "node:events";
import { createServer, request } from "node:http";

export class LoadBalancer {
  /** Which instance a request goes to, from 0 on: one after the other, unless a test says otherwise. */
  choose = (request, number) => number % this.#ports.length;
  #ports;
  #server;
  #number = 0;

  /** `ports` are where the instances listen. */
  constructor(ports) {
    this.#ports = ports;
  }

  async listen() {
    this.#server = createServer((asked, answer) => this.#forward(asked, answer));
    this.#server.on("upgrade", (_, socket) => {
      socket.on("error", () => {});
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    });
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  close() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #forward(asked, answer) {
    const port = this.#ports[this.choose(asked, this.#number++)];
    const { method, url: path, headers } = asked;
    const forwarded = request({ host: "127.0.0.1", port, method, path, headers }, (answered) => {
      answer.writeHead(answered.statusCode, answered.headers);
      answer.flushHeaders();
      answered.pipe(answer);
      answered.on("error", () => answer.destroy());
    });
    forwarded.on("error", () => answer.destroy());
    answer.on("close", () => forwarded.destroy());
    asked.pipe(forwarded);
  }
}
