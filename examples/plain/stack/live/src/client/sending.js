// What is said to the server: no more at once than it takes, and long messages in parts.

const PART = 32 * 1024;
// Events a second, and at once. The server takes some more.
const EVENTS_PER_SECOND = 40, EVENTS_AT_ONCE = 100;
const encoder = new TextEncoder();

// Half of a character, as some keyboards write for a moment, is no text for anybody else: all would be refused with it.
const wellFormed = (_, value) => typeof value === "string" ? value.toWellFormed?.() ?? value : value;
const written = (message) => JSON.stringify(message, wellFormed);

function say(message) {
  return sayText(written(message));
}

function sayText(text) {
  if (!socket || socket.readyState !== 1) return false;
  const bytes = size(text) > PART && encoder.encode(text);
  if (!bytes) socket.send(text);
  for (let at = 0; at < bytes.length; at += PART) {
    const part = bytes.subarray(at, at + PART);
    // No upload has the number 0. The second number is how much is still to come.
    sendPart(0, bytes.length - at - part.length, part);
  }
  return true;
}

// Two numbers and a part of something, as one binary frame.
function sendPart(first, second, part) {
  const frame = new Uint8Array(8 + part.length);
  const numbers = new DataView(frame.buffer);
  numbers.setUint32(0, first);
  numbers.setUint32(4, second);
  frame.set(part, 8);
  socket.send(frame);
}

// In bytes, or more than it can be where that is little enough.
function size(text) {
  return text.length * 3 <= PART ? text.length : encoder.encode(text).length;
}

// What is too long for the server is told where it was written, and stays there.
function tooLong(el, target, text) {
  const bytes = size(text), most = Number(getAttribute(root, "data-most") ?? Infinity);
  if (bytes <= most) return false;
  settle(el, false, true);
  useModule("notices", (notices) => notices.tooLong(el, target, bytes, most));
  return true;
}

let allowance = EVENTS_AT_ONCE, counted = 0, pace = 0;
const queue = []; // events that wait for their turn: { target, kind, go }

function mayGo() {
  const now = performance.now();
  allowance = Math.min(EVENTS_AT_ONCE, allowance + (now - counted) / 1000 * EVENTS_PER_SECOND);
  counted = now;
  if (allowance < 1 || queue.length) return false;
  allowance--;
  return true;
}

// Of typing and pointing only the last counts.
function enqueue(target, kind, go) {
  const only = /^(input|change|pointermove|keyup)$/.test(kind) && queue.find((other) => other.target === target && other.kind === kind);
  if (only) only.go = go;
  else if (queue.length < 200) queue.push({ target, kind, go });
  pace ||= setTimeout(next, 1000 / EVENTS_PER_SECOND);
}

function next() {
  pace = 0;
  // What goes by this pace does not earn anything on top.
  counted = performance.now();
  const event = queue.shift();
  if (queue.length) pace = setTimeout(next, 1000 / EVENTS_PER_SECOND);
  event?.go();
}
