// A connection where WebSockets do not pass: what the server says comes as server-sent events, what it is told goes by
// POST. It is used as a WebSocket is. A POST waits until the one before has arrived, and takes along all that was said
// meanwhile. One that has perhaps not arrived is sent once more, with the same number.

const MOST = 128 * 1024; // bytes of a POST, unless a single message has more
const ATTEMPTS = 5;
// A browser sends no more than that on behalf of a page that is being left.
const OUTLIVES = 60000;

export default () => class Transport {
  readyState = 0;
  // A POST did not find the stream.
  isLost = false;
  #url;
  #source;
  #stream;
  #frames = [];
  #number = 0;
  #posting = false;

  constructor(url) {
    this.#url = url;
    const source = this.#source = new EventSource(url);
    source.addEventListener("stream", ({ data }) => {
      this.#stream = data;
      this.readyState = 1;
      this.onopen();
    });
    source.onmessage = (event) => this.onmessage(event);
    source.addEventListener("end", ({ data }) => this.#end(Number(data)));
    source.onerror = () => this.#end(1006);
  }

  // A byte for the kind, four for the length, and the message.
  send(message) {
    const isText = typeof message === "string";
    const content = isText ? new TextEncoder().encode(message) : message;
    const frame = new Uint8Array(5 + content.length);
    frame[0] = isText ? 0 : 1;
    new DataView(frame.buffer).setUint32(1, content.length);
    frame.set(content, 5);
    this.#frames.push(frame);
    if (!this.#posting) this.#post();
  }

  close() {
    this.readyState = 3;
    this.#source.close();
  }

  async #post() {
    this.#posting = true;
    // What is said in one go is sent in one.
    await null;
    while (this.#frames.length && this.readyState === 1) {
      let bytes = 0;
      const more = this.#frames.findIndex((frame) => (bytes += frame.length) > MOST);
      const frames = this.#frames.splice(0, more < 0 ? this.#frames.length : Math.max(1, more));
      if (!await this.#arrives(new Blob(frames))) this.#end(1006);
    }
    this.#posting = false;
  }

  async #arrives(body) {
    const headers = { "live-stream": this.#stream, "live-post": this.#number++ };
    for (let attempt = 0, pause = 0; attempt < ATTEMPTS && this.readyState === 1; attempt++) {
      if (pause) await new Promise((go) => setTimeout(go, pause));
      const post = fetch(this.#url, { method: "POST", headers, body, keepalive: body.size < OUTLIVES });
      const { status, ok } = await post.catch(() => ({}));
      if (ok) return true;
      this.isLost = status < 500;
      // Where a proxy sends each request to another instance, the next one may reach that of the stream.
      if (this.isLost && status !== 409) return false;
      pause = this.isLost ? 0 : 500 * (attempt + 1);
    }
    return false;
  }

  #end(code) {
    if (this.readyState === 3) return;
    this.close();
    this.onclose({ code });
  }
};
