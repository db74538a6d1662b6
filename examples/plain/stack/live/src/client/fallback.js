// What carries the connection: a WebSocket, or where none passes, the transport of transport.js. That is taken when
// WebSockets fail although it works, and as long as it does; from time to time a WebSocket is tried again.

const AGAIN = 300000, SWALLOWED = 2, BLOCKED = "live-blocked";
let Transport = null;
let failures = 0; // WebSockets in a row over which no page has joined
let blocked = Number(stored(BLOCKED)); // when they were last known not to pass

const isBlocked = () => modules.transport && (failures > 1 || ago(blocked) < AGAIN);
const isFallback = (mine) => Transport && mine instanceof Transport;

// Where there is no storage, or it is full, nothing is kept.
function stored(name, value) {
  try {
    return value === undefined ? sessionStorage.getItem(name) : sessionStorage.setItem(name, value);
  } catch {
    return null;
  }
}

function block(at) {
  blocked = at;
  stored(BLOCKED, at);
}

function unblock() {
  failures = 0;
  block(0);
}

function webSocket() {
  const url = new URL("/live", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const mine = new WebSocket(url);
  mine.binaryType = "arraybuffer";
  return mine;
}

function loadTransport() {
  loadModule("transport").then((module) => {
    Transport = module;
    connect();
  }, () => {
    unblock();
    comeBack();
  });
}

// `mine` has ended.
function countFailure(mine, count) {
  if (!isFallback(mine)) failures = joined ? 0 : failures + count;
  else if (!joined || mine.isLost) unblock();
}

function tryWebSocket() {
  if (ago(blocked) < AGAIN) return;
  block(Date.now());
  const mine = webSocket();
  mine.onopen = () => {
    mine.close();
    unblock();
    // The next connection is one. It begins when nothing is under way.
    if (joined && isFallback(socket) && !waiting.size && !working.size && !uploads.size) closed(socket, 1012);
  };
}
