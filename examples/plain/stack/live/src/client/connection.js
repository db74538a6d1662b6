// The connection: it is made again whenever it is lost, and each message of the server is taken here.

let root, text, version = 0, state, mac, items;
let socket = null, joined = false, since = 0, again = false, gone = false;
let joining = ""; // the address of the last join
let received = 0, anew = true; // messages since a page was made by a join; the next one begins another
let seq = 0, acknowledged = 0, attempt = 0, timer = 0, doubt = 0, heard = 0, asked = 0;
const waiting = new Map(); // seq → element whose event is not acknowledged
const working = new Map(); // seq → element whose handler still works
const uploads = new Map(); // reference → an upload, see modules/uploads.js
// The name of this page, until it is loaded again.
const page = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
// How long it is since then; a long time if somebody has set the clock.
const ago = (at) => Math.abs(Date.now() - at);
const here = () => location.pathname + location.search;

function status(name) {
  document.documentElement.dataset.live = name;
  const el = document.getElementById("live-status");
  const words = name === "offline" ? word("offline") : "";
  if (el && el.textContent !== words) el.textContent = words;
}

function connect() {
  clearTimeout(timer);
  timer = 0;
  if (gone || socket) return;
  const fallback = isBlocked();
  if (fallback && !Transport) return loadTransport();
  const mine = socket = fallback ? new Transport("/live") : webSocket();
  // Some networks swallow a connection without refusing it.
  setTimeout(() => { if (mine === socket && !mine.readyState) closed(mine, 0, SWALLOWED); }, 8000);
  setTimeout(() => { if (mine === socket && !joined) closed(mine, 0); }, 20000);
  mine.onopen = () => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const [prefix, secure] = location.protocol === "https:" ? ["__Host-", "; Secure"] : ["", ""];
    document.cookie = prefix + "tz=" + zone + "; path=/; SameSite=Lax; max-age=31536000" + secure;
    joining = here();
    // The way back leads to what its entry has kept.
    const back = ways.at(-1)?.kept;
    if (back?.mac) ({ state, mac } = back);
    const streams = back?.streams ?? (again ? windows() : undefined);
    const known = text === null ? "" : hash(String(text));
    // Only what is shown as the server has sent it can be gone on with.
    const count = known && !back && uploads.size ? received : null;
    anew = true;
    say(["join", { url: joining, hash: known, items, state, mac, tz: zone, again, streams, page, seen: acknowledged, going: ways.at(-1)?.kind === "pop", received: count }]);
  };
  mine.onmessage = (event) => {
    if (mine !== socket) return;
    heard = Date.now();
    asked = 0;
    if (joined && document.documentElement.dataset.live !== "online") status("online");
    whenReleased(() => { if (mine === socket) read(event.data); });
  };
  mine.onclose = (event) => closed(mine, event.code);
}

function read(data) {
  try {
    const message = JSON.parse(data);
    const parts = message.re?.[1] ?? [message];
    if (parts.some((part) => part.i) && !loaded.streams) return waitForStreams(() => read(data));
    take(message);
  } catch (error) {
    // What cannot be applied is drawn anew, from the whole.
    console.error(error);
    text = null;
    closed(socket, 0);
  }
}

function closed(mine, code, count = 1) {
  // What came before the end still counts.
  if (mine === socket) release();
  if (mine !== socket) return;
  socket = null;
  mine.close();
  countFailure(mine, count);
  // A server that says why it leaves has answered all that it has done.
  if (joined) cutOff = code !== 1012;
  // One that is ended soon each time is not come back to at once.
  if (joined && ago(since) >= 10000) attempt = 0;
  joined = false;
  again = true;
  asked = 0;
  const busy = [...waiting.values(), ...working.values()];
  waiting.clear();
  working.clear();
  // Uploads go on after the next join.
  for (const upload of uploads.values()) working.set(upload.seq, upload.input);
  busy.forEach(quiet);
  if (gone) return loaded.uploads?.stopAll();
  if (code === 4004) {
    entries.clear();
    return afterLeaving(() => location.reload());
  }
  // What cannot be said is not said again.
  if (code === 4002 || code === 4003) {
    unsent.clear();
    said.clear();
  }
  status(navigator.onLine && document.documentElement.dataset.live !== "offline" ? "connecting" : "offline");
  doubt ||= setTimeout(() => { if (!gone) status("offline"); }, 1000);
  comeBack(code);
}

// Half of the pause by chance, so that not everybody comes back at once.
function comeBack(code) {
  const most = code === 1012 && attempt === 0 ? 300 : Math.min(10000, 200 * 2 ** attempt);
  attempt++;
  timer = setTimeout(connect, most / 2 + Math.random() * most / 2);
}

// A form of this page is on its way to the server as such: what the page hears meanwhile, that its session is over or
// that its place is another one, does not cut off the answer.
let leaving = -Infinity;
function afterLeaving(go) {
  if (ago(leaving) < 30000) setTimeout(() => afterLeaving(go), 500);
  else go();
}

function hurry() {
  if (gone || document.hidden) return;
  if (joined && ago(heard) >= 5000) ask();
  if (socket) return;
  attempt = 0;
  connect();
}

// Whether anybody is still there: a connection can be dead for minutes before the browser says so.
function ask() {
  if (!asked && say(["ping"])) asked = Date.now();
}

function listen() {
  if (!joined) return;
  if (asked && ago(asked) >= 10000) closed(socket, 0);
  else if (ago(heard) >= 25000) ask();
  if (isFallback(socket)) tryWebSocket();
}

// A message of the server.
function take(message) {
  const focused = document.activeElement;
  const joins = anew && message.v !== undefined;
  if (joins) anew = false;
  if (message.re) {
    // The page goes on where it was, after what it has missed.
    joined = true;
    message.re[1].forEach(take);
  } else if (joins) received = 1;
  else received++;
  if (message.a !== undefined) acknowledged = Math.max(acknowledged, message.a);
  // Where the page is scrolled to, before it becomes another one.
  if (message.u?.[1] === "push") remember();
  const path = message.u ? new URL(message.u[0], location.href).pathname : location.pathname;
  const arrives = message.n || !joined;
  elsewhere = arrives && path !== place;
  if (arrives || message.u) place = path;
  if (message.h !== undefined || message.p) draw(message.h, message.p, message.e);
  if (message.v !== undefined) version = message.v;
  if (message.S !== undefined) state = message.S;
  if (message.s) state = splice(state, message.s);
  if (message.m !== undefined) mac = message.m;
  if (message.t !== undefined) document.title = message.t;
  if (message.hd !== undefined) head(message.hd);
  if (message.i) loaded.streams.streams(message.i);
  follow(focused, message.n);
  for (const s of message.w ?? []) if (waiting.has(s)) working.set(s, waiting.get(s));
  const rest = [];
  for (const [s, el] of waiting) if (s <= acknowledged && waiting.delete(s)) rest.push(el);
  for (const s of message.n ? [...working.keys()] : message.d ?? []) {
    rest.push(working.get(s));
    working.delete(s);
  }
  rest.forEach(quiet);
  if (joined) settleAll(message.f);
  for (const [target, kinds] of unsent) {
    for (const [kind, { sent }] of kinds) if (sent <= acknowledged) kinds.delete(kind);
    if (!kinds.size) unsent.delete(target);
  }
  grantWishes();
  if (message.u) {
    if (message.u[1] === "push") newEntry(message.u[0]);
    else history.replaceState(history.state, "", message.u[0]);
    address = here();
  }
  if (message.n) arrive(message.n === 2);
  if (uploads.size) loaded.uploads.take(message);
  for (const asked of message.c ?? []) {
    const mine = socket;
    useModule("calls", ({ call }) => call(mine, ...asked));
  }
  if (message.go !== undefined) leave(message.go);
  if (message.err !== undefined) stopped(message.err);
  if (joins) {
    joined = true;
    since = Date.now();
    if (isFallback(socket)) block(since);
    clearTimeout(doubt);
    doubt = 0;
    status("online");
    resend(message.h === undefined, message);
    loaded.visible?.look();
    if (uploads.size) loaded.uploads.goOn(message.re?.[0]);
  }
  reach();
}

function leave(url) {
  gone = true;
  ways = [];
  document.documentElement.removeAttribute("aria-busy");
  afterLeaving(() => {
    location.assign(url);
    // What was only downloaded leaves this page where it is; Back may bring it out of the browser's memory.
    const stay = () => { gone = false; hurry(); };
    setTimeout(stay, 5000);
    addEventListener("pageshow", (event) => { if (event.persisted) stay(); }, { once: true });
  });
}

function stopped(why) {
  gone = true;
  const box = document.createElement("div");
  box.className = "live-error";
  box.setAttribute("role", "alert");
  box.innerHTML = '<p></p><button type="button"></button>';
  box.firstChild.textContent = why;
  box.lastChild.textContent = word("reload");
  box.lastChild.onclick = () => location.reload();
  document.body.append(box);
}
