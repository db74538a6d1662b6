// What an entry of the history keeps of its page: the state, how much its streams show, where it was scrolled to, and
// what was typed. It is there again after Back and Forward, also from a page that is no live one.

const MOST_ENTRIES = 50;
const STORE = "live-entries";
let entries = new Map(); // page → { state, mac, streams, typed, at: { part: [x, y] } }
let entry = "", part = 0; // of which page we are, and of which part of it
try {
  entries = new Map(JSON.parse(stored(STORE) ?? "[]"));
} catch { /* It is not ours. */ }

const unique = () => Date.now().toString(36) + Math.random().toString(36).slice(1);

function newEntry(url) {
  entry = unique();
  part = 0;
  history.pushState({ live: entry, part }, "", url);
}

// Where the page is scrolled to, for coming back. On the way back the address is another page's already.
function remember() {
  if (ways.some((way) => way.kind === "pop")) return;
  // The first page, or a part of the page to which the browser itself has led.
  if (history.state?.live !== entry || !entry) {
    part = entry ? unique() : 0;
    entry ||= unique();
    history.replaceState({ live: entry, part }, "");
  }
  keep({ [part]: [scrollX, scrollY] });
}

function keep(at) {
  if (ways.some((way) => way.kind === "pop")) return;
  const known = entries.get(entry)?.at;
  entries.delete(entry);
  entries.set(entry, { state, mac, streams: windows(), typed: typedTexts(), at: { ...known, ...at } });
  if (entries.size > MOST_ENTRIES) entries.delete(entries.keys().next().value);
}

function store() {
  stored(STORE, JSON.stringify([...entries]));
}

// Of every stream how many items it shows, and the keys of the first and the last.
function windows() {
  return Object.fromEntries(all(root, "[data-stream]").map((list) => {
    const items = [...childElements(list)];
    const key = (item) => item && getAttribute(item, "data-key") || "";
    return [getAttribute(list, "data-stream"), [items.length, key(items[0]), key(items.at(-1))]];
  }));
}

// Controls by what they are found by again. No secrets, and nothing that asks not to be completed.
function controls() {
  const found = new Map(), counts = new Map();
  for (const el of all(root, "input, textarea, select")) {
    if (/^(password|file|hidden|submit|button|image|reset)$/.test(el.type) || el.autocomplete === "off") continue;
    const name = [el.type, getAttribute(el, "id") || el.name, ticks(el) ? el.value : ""].join(" ");
    const nth = (counts.get(name) ?? 0) + 1;
    counts.set(name, nth);
    found.set(`${nth} ${name}`, el);
  }
  return found;
}

const ticks = (el) => el.type === "checkbox" || el.type === "radio";
const chosen = (el) => [...el.options].filter((option) => option.selected).map((option) => option.value);

// What controls hold that the server has not written, by control.
function typedTexts() {
  const texts = [];
  for (const [name, el] of controls()) {
    if (ticks(el)) {
      if (el.checked !== el.defaultChecked) texts.push([name, el.checked]);
    } else if (el.options) {
      if ([...el.options].some((option) => option.selected !== option.defaultSelected)) texts.push([name, chosen(el)]);
    } else if (el.value !== el.defaultValue) texts.push([name, el.value]);
  }
  return texts;
}

// A page is as it was left, if the server has taken its state: whoever logs in meanwhile reads nothing of the other.
let aim = null;
function bringBack(kept, restored) {
  aim = kept?.at[part] ?? [0, 0];
  const found = restored && kept ? controls() : new Map();
  for (const [name, value] of kept?.typed ?? []) {
    const el = found.get(name);
    if (!el) continue;
    if (ticks(el)) el.checked = value;
    else if (el.options) for (const option of el.options) option.selected = value.includes(option.value);
    else el.value = value;
    // Whoever listens to it hears of it, as when it was typed.
    if (el.type !== "radio" || value) for (const kind of ["input", "change"]) el.dispatchEvent(new Event(kind, { bubbles: true }));
  }
  reach();
}

// The page may be too short as long as parts of it are loading. Whoever moves on is not brought back.
function reach() {
  if (!aim) return;
  scrollTo(...aim);
  if (Math.abs(scrollY - aim[1]) < 2) aim = null;
}
for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"]) addEventListener(kind, () => { aim = null; }, { capture: true, passive: true });
