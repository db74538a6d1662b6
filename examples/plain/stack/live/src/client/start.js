// The beginning.

// Screen readers announce what is put into a status, not what it says from the beginning: that is put there once more.
function announce() {
  const region = querySelector(root, "[data-announce]");
  if (region && firstChild(region)) setTimeout(() => keepingFocus(() => region.replaceChildren(...childNodes(region))), 500);
}

function start() {
  root = document.getElementById("live");
  if (!root) return;
  const known = textOf(root);
  exact = hash(known) === root.dataset.hash;
  text = exact ? new Pieces(known) : null;
  listenFor(known);
  claim(root);
  hearBefore();
  others.observe(root, { childList: true, subtree: true });
  ({ state, mac, items } = root.dataset);
  history.scrollRestoration = "manual";
  // The answer to a form, which was sent to another address than that of its page.
  if (root.dataset.url) {
    history.replaceState(history.state, "", root.dataset.url);
    address = here();
  }
  if (history.state?.live) ({ live: entry, part } = history.state);
  const kept = entries.get(entry);
  if (kept && performance.getEntriesByType("navigation")[0]?.type === "back_forward") ways = [{ url: here(), kind: "pop", kept }];
  if (kept) scrollTo(...kept.at[part] ?? [0, 0]);
  else remember();
  for (const kind of KINDS) document.addEventListener(kind, handle, kind === "close" || kind === "toggle");
  let still = 0;
  addEventListener("scroll", () => { clearTimeout(still); still = setTimeout(remember, 150); }, { passive: true });
  addEventListener("online", () => { heard = 0; hurry(); });
  addEventListener("offline", () => status("offline"));
  document.addEventListener("visibilitychange", hurry);
  addEventListener("pagehide", () => { remember(); store(); });
  // A page that comes out of the browser's memory has lost its connection without being told.
  addEventListener("pageshow", (event) => { if (event.persisted && socket) { closed(socket, 0); hurry(); } });
  setInterval(listen, 5000);
  for (const el of root.querySelectorAll("dialog[data-open]")) dialog(el);
  announce();
  status("connecting");
  connect();
}

// What the modules work with.
const core = {
  PART, alike, all, arrived, busy, childElements, childNodes, claim, cloneNode, closest, contains, control,
  document, emit, enliven, firstChild, getAttribute, guessed, insertBefore, invoke, isConnected, keepingFocus, loaded,
  matches, move, moving, nextSibling, nodeName, nodeType, parentNode, parse, pressed, property, querySelector, quiet,
  remove, removeAttribute, replace, say, sendPart, setAttribute, setProperty, uploads, waiting, word, working,
  get acknowledged() { return acknowledged; },
  get joined() { return joined; },
  get root() { return root; },
  get socket() { return socket; },
  get version() { return version; },
  nextSeq: () => ++seq,
};

window.heavyLive = { loaded, morph: (...tree) => moving([tree]), splice, hash, entries: () => entries };
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
