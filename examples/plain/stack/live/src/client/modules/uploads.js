// Files that are sent in parts: as many bytes ahead as the server grants. After a break the rest follows, if the server
// still has the page; else all of it once more.

export default (core) => {
  const { PART, busy, contains, emit, getAttribute, isConnected, quiet, say, sendPart, uploads, waiting,
    working } = core;

  const WORDS = {
    uncertain: "The connection was lost. The files may have arrived.",
    unconnected: "There is no connection. Try again in a moment.",
    disconnected: "The connection was lost.",
    unreadable: "The file cannot be read.",
  };
  const word = (name) => core.word(name, WORDS);

  const RESTARTS = 3;
  let reference = 0;

  function upload(input) {
    const files = [...input.files];
    if (!files.length) return;
    const ref = ++reference, size = files.reduce((sum, file) => sum + file.size, 0);
    let sent, taken, granted, line, reading = false, restarts = 0;
    const mine = { input };
    // The file and the place in it where all that was sent ends.
    const place = () => {
      let at = 0, offset = sent;
      while (offset >= files[at].size) offset -= files[at++].size;
      return [at, offset];
    };
    const send = async () => {
      if (reading) return;
      reading = true;
      while (uploads.has(ref) && line === core.socket && sent < size) {
        const [at, offset] = place(), from = sent, over = line;
        const length = Math.min(PART, files[at].size - offset);
        if (sent + length > taken + granted) break;
        const part = await files[at].slice(offset, offset + length).arrayBuffer().catch(() => null);
        // Meanwhile it has ended, or goes on from elsewhere.
        if (!uploads.has(ref) || over !== line || from !== sent || core.socket?.readyState !== 1) continue;
        // Its page has taken it away, or the file is another one by now.
        if (!isConnected(input) || !part) {
          say(["upx", ref]);
          mine.stop(part ? "" : word("unreadable"));
          break;
        }
        sent += length;
        sendPart(ref, at, new Uint8Array(part));
      }
      reading = false;
    };
    mine.go = (bytes, more) => {
      [taken, granted] = [bytes, more];
      send();
    };
    mine.stop = (why = "") => {
      uploads.delete(ref);
      input.value = "";
      input.setCustomValidity(why);
      if (why) input.reportValidity();
      if (working.delete(mine.seq)) quiet(input);
      if (why) emit(input, input, "refused", { why });
    };
    mine.begin = () => {
      const handler = contains(core.root, input) && getAttribute(input, "on:upload");
      // The server may have all of it: twice could be once too often.
      if (mine.begun && sent === size) return mine.stop(word("uncertain"));
      if (!handler || restarts++ > RESTARTS) return mine.stop(word("disconnected"));
      working.delete(mine.seq);
      [mine.seq, mine.begun, line, sent, taken, granted] = [core.nextSeq(), false, core.socket, 0, 0, PART];
      waiting.set(mine.seq, input);
      busy(input);
      say(["up", mine.seq, handler, core.version, ref, files.map((f) => [f.name, f.size, f.type])]);
      // The first part goes at once; a refusal comes instead of an answer to it.
      send();
    };
    mine.resume = (received) => {
      [mine.begun, line, sent] = [true, core.socket, received];
      taken = Math.min(taken, sent);
      send();
    };
    if (!core.joined) return mine.stop(word("unconnected"));
    input.setCustomValidity("");
    uploads.set(ref, mine);
    mine.begin();
  }

  // A message of the server.
  function take({ ua = [], ue = [], ud = [], w = [] }) {
    for (const [ref, ...at] of ua) uploads.get(ref)?.go(...at);
    for (const [ref, why] of ue) uploads.get(ref)?.stop(why);
    for (const ref of ud) uploads.get(ref)?.stop();
    // One whose page is not there any more is acknowledged and not begun.
    for (const upload of uploads.values()) {
      if (upload.begun || upload.seq > core.acknowledged) continue;
      if (w.includes(upload.seq)) upload.begun = true;
      else upload.stop();
    }
  }

  // The page is left or has failed.
  function stopAll() {
    for (const upload of uploads.values()) upload.stop(word("disconnected"));
  }

  // After a join. `received`: the uploads that the server goes on with, and how many bytes of each it has.
  function goOn(received) {
    const kept = new Map(received);
    for (const [ref, upload] of [...uploads]) {
      if (kept.has(ref)) upload.resume(kept.get(ref));
      else upload.begin();
    }
  }

  return { goOn, stopAll, take, upload };
};
