// Files that are sent in parts.

const CHUNK = 32 * 1024;
const uploads = new Map();
let reference = 0;

function upload(input) {
  const files = [...input.files];
  if (!files.length) return;
  const ref = ++reference;
  seq++;
  let at = 0, offset = 0, sent = 0, over = false;
  const go = async (bytes) => {
    while (at < files.length && offset >= files[at].size) { at++; offset = 0; }
    if (over || bytes < sent || at >= files.length) return;
    // Its page has taken it away.
    if (!input.isConnected) {
      say(["upx", ref]);
      return stop();
    }
    const part = await files[at].slice(offset, offset + CHUNK).arrayBuffer().catch(() => null);
    if (over) return;
    if (!part) {
      say(["upx", ref]);
      return stop(word("unreadable"));
    }
    const frame = new Uint8Array(8 + part.byteLength);
    new DataView(frame.buffer).setUint32(0, ref);
    new DataView(frame.buffer).setUint32(4, at);
    frame.set(new Uint8Array(part), 8);
    offset += part.byteLength;
    sent += part.byteLength;
    if (socket?.readyState === 1) socket.send(frame);
  };
  const stop = (why = "") => {
    over = true;
    uploads.delete(ref);
    input.value = "";
    input.setCustomValidity(why);
    if (why) input.reportValidity();
  };
  if (!joined) return stop(word("unconnected"));
  input.setCustomValidity("");
  uploads.set(ref, { seq, go, stop });
  waiting.set(seq, input);
  busy(input);
  say(["up", seq, input.getAttribute("on:upload"), version, ref, files.map((f) => [f.name, f.size, f.type])]);
  // The first part goes at once; a refusal comes instead of an answer to it.
  go(0);
}
