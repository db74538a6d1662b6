// Links of live pages, Back and Forward.

function link(event) {
  const a = nodeType(event.target) === 1 && closest(event.target, "a[data-link][href]");
  if (!a || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return false;
  if (a.origin !== location.origin || a.target && a.target !== "_self" || a.hasAttribute("download")) return false;
  if (a.pathname + a.search === here() && a.hash) return false;
  if (!joined) return false;
  event.preventDefault();
  flush();
  navigate({ url: a.pathname + a.search, kind: "push", fragment: a.hash });
  return true;
}

let place = location.pathname; // whose page is shown
let address = here(); // and with its query
let ways = []; // on which we are: { seq, url, kind, fragment or x and y }
function navigate(way) {
  way.seq = ++seq;
  ways.push(way);
  document.documentElement.setAttribute("aria-busy", "true");
  if (!joined) return;
  const { state, mac, streams } = way.kept ?? {};
  say(["nav", seq, way.url, way.kind, ...(mac ? [{ state, mac, streams }] : [])]);
}

// After a break: a page can be asked for twice. Where the address is that of another page already, the join was for it.
function renavigate(restored) {
  const way = ways.pop();
  ways = [];
  if (way && (way.kind === "push" || way.url !== joining)) navigate(way);
  else if (way) landed(way, restored);
}

// What a page says of itself in the head stands between two marks; whatever else is there is nobody's of it.
function head(html) {
  const [start, end] = document.head.querySelectorAll("meta[name=live-head]");
  if (!end) return;
  while (start.nextSibling !== end) start.nextSibling.remove();
  start.after(...parse(html).childNodes);
}

// The last page of those that were asked for until now is shown; `ctx.navigate` leads to one that nobody asked for.
function arrive(restored) {
  let way;
  while (ways.length && ways[0].seq <= acknowledged) way = ways.shift();
  landed(way ?? {}, restored);
}

function landed({ kind, kept, fragment }, restored) {
  if (!ways.length) {
    document.documentElement.removeAttribute("aria-busy");
    address = here();
  }
  unsent.clear();
  if (kind === "pop") bringBack(kept, restored);
  else {
    aim = null;
    scrollTo(0, 0);
    if (fragment) {
      location.replace(fragment);
      remember();
    }
  }
  // Coming back, what still has the focus keeps it.
  if (kind !== "pop" || !contains(root, document.activeElement)) focusPage(fragment);
  loaded.visible?.look();
}

// Where a screen reader goes on, and the next Tab: at what was linked to, or asks for it, or at the heading.
function focusPage(fragment = "") {
  const part = fragment && document.querySelector(":target");
  const place = part || ["[autofocus]", "main h1", "main"].map((selector) => querySelector(root, selector)).find((el) => el);
  if (!place || matches(place, ":focus")) return;
  // What can have the focus by itself has it now.
  invoke(place, "focus", { preventScroll: true });
  if (matches(place, ":focus")) return;
  setAttribute(place, "tabindex", "-1");
  invoke(place, "focus", { preventScroll: true });
}

addEventListener("popstate", (event) => {
  if (!event.state?.live) return;
  keep();
  const same = !ways.length && entry === event.state.live;
  ({ live: entry, part } = event.state);
  const kept = entries.get(entry);
  // Another part of the page that is shown.
  if (same) bringBack(kept);
  else navigate({ url: here(), kind: "pop", kept });
});
