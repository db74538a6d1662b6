// The application, as a process that a test may stop and start again.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const PROJECT = fileURLToPath(new URL("../../..", import.meta.url));

// How much of the log is kept to be shown with a test that fails.
const LINES = 30;

// Whatever this machine's `.env` says, a test finds the same application. An empty setting counts as missing.
const SETTINGS = {
  APP_ENV: "development",
  // All browsers have one address.
  LIMIT_FACTOR: "0",
  HOST: "127.0.0.1",
{%- if jobs %}
  JOBS_IN_SERVE: "",
  JOBS_OPERATORS: "",
{%- endif %}
  LOG_FORMAT: "pretty",
  RUST_LOG: "",
  SHUTDOWN_SECONDS: "5",
  TRUSTED_PROXIES: "",
};

export class Application {
  /** Called when it is stopped or killed. */
  onEnd = () => {};
  /** Whether it was started with settings that only one test wants. */
  hasOwnSettings = false;
  #child;
  #exited;
  #port;
  #log = [];

  /** Where it listens, or undefined while it does not run. */
  get port() {
    return this.#port;
  }

  get url() {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The end of its log, over every start. */
  get log() {
    return this.#log.join("\n");
  }

  /**
   * Starts it, and waits until it listens: on any free port, or on `port`. `env` is added to the environment. The
   * database is that of `DATABASE_URL`, which `cargo dev browser-test` has made.
   */
  async start({ port = 0, env = {} } = {}) {
    if (this.#child) throw new Error("the application runs already");
    this.hasOwnSettings = Object.keys(env).length > 0;
    const child = spawn(process.env.APP_BIN, [], {
      cwd: PROJECT,
      env: { ...process.env, ...SETTINGS, PORT: String(port), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    // One that cannot be started has ended, too; why is thrown below.
    this.#exited = once(child, "exit").catch(() => {});
    // It does not outlive the worker.
    const kill = () => child.kill("SIGKILL");
    process.once("exit", kill);
    this.#exited.then(() => {
      process.off("exit", kill);
      if (this.#child === child) this.#child = this.#port = undefined;
    });
    createInterface(child.stderr).on("line", (line) => this.#keep(line));
    const found = await new Promise((resolve, reject) => {
      createInterface(child.stdout).on("line", (line) => {
        this.#keep(line);
        const listening = /listening on http:\/\/[^\s"]*:(\d+)/.exec(line);
        if (listening) resolve(Number(listening[1]));
      });
      child.once("error", reject);
      child.once("close", () => reject(new Error(`the application did not start:\n${this.log}`)));
    });
    if (port !== 0 && found !== port) {
      await this.kill();
      throw new Error(`port ${port} is taken`);
    }
    this.#port = found;
  }

  /** Asks it to stop, as a deploy does, and waits until requests that have begun are finished. */
  async stop() {
    await this.#end("SIGTERM");
  }

  /** Ends it at once, as a crash does. */
  async kill() {
    await this.#end("SIGKILL");
  }

  /** Stops it and starts it again, with other settings if `options.env` says so. Pages find it where it was. */
  async restart(options) {
    await this.stop();
    await this.start(options);
  }

  async #end(signal) {
    this.onEnd();
    this.#child?.kill(signal);
    await this.#exited;
    this.#child = this.#port = undefined;
  }

  #keep(line) {
    this.#log.push(line);
    if (this.#log.length > LINES) this.#log.shift();
  }
}
