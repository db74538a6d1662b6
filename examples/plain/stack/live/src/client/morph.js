// Changes the document from what one text says to what the next one says.

// What the server has written. Other nodes are of extensions: they are passed by, and stay.
const ours = new WeakSet();
function claim(node) {
  ours.add(node);
  if (nodeType(node) === 1) define(node);
  for (const child of childNodes(contentOf(node))) claim(child);
}

// What a template holds is not among its children.
const contentOf = (node) => nodeName(node) === "TEMPLATE" ? node.content : node;

// Whether both say the same, which `isEqualNode` does not tell of what templates hold.
const equal = (a, b) => isEqualNode(a, b) && (!templates || heldEqually(a, b));
function heldEqually(a, b) {
  const [held, wanted] = [a, b].map((node) => nodeName(node) === "TEMPLATE" ? [node] : all(node, "template"));
  return held.every((template, i) => equal(template.content, wanted[i].content));
}

// Another page begins: its content takes over nothing that was typed or opened in the one before.
let elsewhere = false;

function identity(node) {
  if (nodeType(node) !== 1) return "";
  return getAttribute(node, "data-key") || getAttribute(node, "id") || nodeName(node) === "OPTION" && node.value || "";
}
const kindOf = (input) => PLAIN.test(input.type) ? input.type : "text";
// Whose content is somebody else's does not become one whose content is the server's.
const SOMEBODY_ELSES = ["data-stream", "data-ignore", "contenteditable"];
const alike = (a, b) => nodeType(a) === nodeType(b) && nodeName(a) === nodeName(b) && identity(a) === identity(b)
  && (nodeName(a) !== "INPUT" || kindOf(a) === kindOf(b) && a.name === b.name && (!/^(radio|checkbox)$/.test(a.type) || a.value === b.value))
  // Each script runs once.
  && (nodeName(a) !== "SCRIPT" || isEqualNode(a, b))
  && (nodeType(a) !== 1 || SOMEBODY_ELSES.every((name) => getAttribute(a, name) === getAttribute(b, name)));
const continues = (old, next) => alike(old, next) && !(elsewhere && nodeName(old) === "MAIN");

// Makes of `live`, which shows `old` with whatever happened to it since, what `next` says.
function morph(live, old, next) {
  if (!live || equal(old, next)) return;
  change(live, old, next);
  loaded.commands?.keepMade(live, next);
}

function change(live, old, next) {
  const type = nodeType(old);
  if (type !== 1 && type !== 11) {
    if (nodeType(live) !== type) replace(live, fresh(next));
    else if (live.nodeValue !== next.nodeValue) live.nodeValue = next.nodeValue;
    return;
  }
  if (type === 1 && hasAttribute(old, "data-ignore")) return void (guess || patchAttributes(inside(live, old), old, next));
  const chosen = nodeName(live) === "SELECT" && selection(live);
  if (type === 1) patchAttributes(live, old, next);
  if (type === 1 && hasAttribute(old, "data-stream")) return;
  if (nodeName(live) === "TEXTAREA") return;
  if (chosen) return select(live, old, next, chosen);
  // What is in there is the browser's: it is replaced as a whole.
  if (property(live, "isContentEditable")) {
    if (guess) return;
    const [was, html] = [property(old, "innerHTML"), property(next, "innerHTML")];
    if (was !== html) wish(live, (was + html).includes("<") ? "innerHTML" : "innerText", html);
    return;
  }
  children(contentOf(live), contentOf(old), contentOf(next));
}

// What is chosen stays so while options come and go, unless the server has chosen something else.
const selection = (el) => [...el.selectedOptions].map((option) => option.value);
function select(live, old, next, chosen) {
  const marked = (el) => [...el.options].filter((option) => option.defaultSelected).map((option) => option.value).join("\n");
  children(live, old, next);
  put(live, "selection", chosen);
  if (marked(old) !== marked(next)) wish(live, "selection", selection(next));
}

function patchAttributes(live, old, next) {
  for (const attribute of attributesOf(next)) {
    const { name, value } = attribute;
    if (getAttribute(old, name) === value || guess && name === "open") continue;
    // A copy has its namespace, and may have a name that only a parser lets pass.
    setAttributeNode(live, attribute.cloneNode());
    patchProperty(live, name, value);
  }
  for (const { name } of attributesOf(old)) {
    if (hasAttribute(next, name) || guess && name === "open") continue;
    removeAttribute(live, name);
    patchProperty(live, name, null);
  }
  if (nodeName(live) === "TEXTAREA" && old.textContent !== next.textContent) {
    wish(live, "value", next.textContent);
    live.textContent = next.textContent;
  }
}

// Inputs whose value is their attribute, or nobody's to set.
const PLAIN = /^(file|checkbox|radio|hidden|submit|button|reset|image)$/;

// Attributes that only say how a control begins are put into what it holds now.
function patchProperty(live, name, value) {
  if (name === "value" && nodeName(live) === "INPUT" && !PLAIN.test(live.type)) wish(live, "value", value ?? "");
  else if (name === "checked") wish(live, "checked", value !== null);
  else if (name === "muted" && /^(AUDIO|VIDEO)$/.test(nodeName(live))) live.muted = value !== null;
  else if (name === "open" && nodeName(live) === "DETAILS") live.open = value !== null;
  else if (name === "data-open" && nodeName(live) === "DIALOG") dialog(live);
}

function fresh(next) {
  return enliven(document.importNode(next, true));
}

// What a parser makes of the HTML of a patch is not yet what it would make of a page.
function enliven(node) {
  if (nodeName(node) === "SCRIPT") node = runnable(node);
  if (nodeType(node) === 1) {
    for (const script of all(node, "script")) if (nodeName(script) === "SCRIPT") replace(script, runnable(script));
    for (const media of [node, ...all(node, "[muted]")]) if (hasAttribute(media, "muted")) media.muted = true;
  }
  claim(node);
  return node;
}

// A script that was parsed as a part of something else would not run.
function runnable(parsed) {
  const script = document.createElement("script");
  for (const attribute of parsed.attributes) script.setAttributeNode(attribute.cloneNode());
  script.async = parsed.hasAttribute("async");
  script.textContent = parsed.textContent;
  return script;
}

// The live nodes of `old`'s children, which are in the same order; what others have put between them is passed by.
// A browser that translates a page puts <font> in the place of texts. What is not recognized any more goes.
function pair(live, old) {
  const pairs = new Map();
  const known = ours.has(live);
  let at = firstChild(live);
  for (const child of childNodes(old)) {
    for (let look = at; look; look = nextSibling(look)) {
      const mine = !known || ours.has(look);
      if (mine ? !alike(look, child) : nodeType(child) !== 3 || nodeName(look) !== "FONT") continue;
      pairs.set(child, look);
      at = nextSibling(look);
      break;
    }
  }
  const found = new Set(pairs.values());
  // What somebody else has put into another order, or into an element of theirs, is still what it was.
  const lost = known && [...childNodes(old)].filter((child) => !pairs.has(child) && nodeType(child) === 1 && (identity(child) || hasAttribute(child, "data-ignore")));
  for (const child of lost || []) {
    const around = (node) => nodeType(node) === 1 && (ours.has(node) ? alike(node, child) : inside(node, child));
    const node = [...childNodes(live)].find((node) => !found.has(node) && around(node));
    if (!node) continue;
    pairs.set(child, node);
    found.add(node);
  }
  if (known) for (const node of [...childNodes(live)]) if (ours.has(node) && !found.has(node)) remove(node);
  return pairs;
}

function children(live, old, next) {
  const pairs = pairsOf(live, old);
  const before = [...childNodes(old)];
  // Which old child each new one continues: by key first, then in order. Equal ones at both ends need no thought.
  const keyed = new Map();
  const free = [];
  for (const child of before) {
    const key = identity(child);
    if (!key) free.push(child);
    else if (keyed.has(key)) keyed.get(key).push(child);
    else keyed.set(key, [child]);
  }
  const from = new Map();
  const unkeyed = [];
  for (const child of childNodes(next)) {
    const key = identity(child);
    if (!key) unkeyed.push(child);
    // Of several with one key each is the one that comes in its turn.
    const same = keyed.get(key) ?? [];
    const at = same.findIndex((was) => continues(was, child));
    if (at >= 0) from.set(child, ...same.splice(at, 1));
  }
  match(free, unkeyed, from);
  const kept = new Set(from.values());
  for (const child of before) if (!kept.has(child)) discard(child, pairs.get(child));
  // From the end, so that each goes in front of one that is in its place.
  const places = [];
  const wanted = [...childNodes(next)];
  const place = new Map([...childNodes(live)].map((node, i) => [node, i]));
  const order = wanted.map((child) => place.get(pairs.get(from.get(child))) ?? -1);
  const still = increasing(order);
  const here = (node) => node && parentNode(node) === live;
  const paired = new Set(pairs.values());
  const last = [...place.keys()].findLast((node) => paired.has(node));
  let anchor = last ? nextSibling(last) : null;
  for (let i = wanted.length - 1; i >= 0; i--) {
    const child = wanted[i];
    const was = from.get(child);
    let node = was && pairs.get(was);
    if (here(node)) {
      places.push([node, was, child]);
      if (!still.has(i)) move(live, node, anchor);
    } else {
      const mover = comer(child);
      node = mover?.node ?? fresh(child);
      if (mover) {
        places.push([node, mover.was, child]);
        move(live, node, anchor);
      } else {
        insertBefore(live, node, anchor);
        graft(node, child);
        arrived(node);
      }
    }
    anchor = node;
  }
  for (const [node, was, child] of places) morph(node, was, child);
}

// Pairs nodes without keys: equal ones at both ends, and of the rest as many as go without crossing.
function match(olds, news, from) {
  let start = 0, endOld = olds.length, endNew = news.length;
  const take = (a, b) => continues(a, b) && from.set(b, a);
  while (start < endOld && start < endNew && isEqualNode(olds[start], news[start])) take(olds[start], news[start++]);
  while (endOld > start && endNew > start && isEqualNode(olds[endOld - 1], news[endNew - 1])) take(olds[--endOld], news[--endNew]);
  // Long lists piece by piece.
  for (; start < endOld && start < endNew; start += 200) {
    const end = start + 200;
    align(olds.slice(start, Math.min(end, endOld)), news.slice(start, Math.min(end, endNew)), take);
  }
}

function align(olds, news, take) {
  const width = news.length + 1;
  const best = new Uint16Array((olds.length + 1) * width);
  const worth = (a, b) => !alike(a, b) ? 0 : nodeType(a) !== 1 ? 1 : isEqualNode(a, b) ? 5 : 3;
  for (let at = olds.length * width - 1; at >= 0; at--) {
    const b = news[at % width];
    const pair = b && worth(olds[Math.floor(at / width)], b);
    best[at] = Math.max(best[at + width], b ? best[at + 1] : 0, pair && pair + best[at + width + 1]);
  }
  for (let at = 0; best[at];) {
    if (best[at] === best[at + width]) at += width;
    else if (best[at] === best[at + 1]) at++;
    else {
      take(olds[Math.floor(at / width)], news[at % width]);
      at += width + 1;
    }
  }
}

// The places in `order` of a longest increasing run, without -1: what is in it need not be moved.
function increasing(order) {
  const tails = [], previous = [];
  order.forEach((value, i) => {
    if (value < 0) return;
    let low = 0, high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (order[tails[middle]] < value) low = middle + 1;
      else high = middle;
    }
    previous[i] = low ? tails[low - 1] : -1;
    tails[low] = i;
  });
  const still = new Set();
  for (let i = tails.length ? tails[tails.length - 1] : -1; i >= 0; i = previous[i]) still.add(i);
  return still;
}

// A move that keeps focus, frames and animations where the browser can.
function move(parent, node, anchor) {
  if (Element.prototype.moveBefore && isConnected(node) && isConnected(parent)) Element.prototype.moveBefore.call(parent, node, anchor);
  else insertBefore(parent, node, anchor);
}

function arrived(node) {
  if (nodeType(node) !== 1 || !isConnected(node)) return;
  for (const el of [node, ...querySelectorAll(node, "dialog[data-open]")]) if (matches(el, "dialog[data-open]")) dialog(el);
  loaded.visible?.watch(node);
  const wanted = hasAttribute(node, "autofocus") ? node : querySelector(node, "[autofocus]");
  if (wanted) wantsFocus = wanted;
}

function dialog(el) {
  if (el.hasAttribute("data-open") && !el.open) el.showModal();
  else if (!el.hasAttribute("data-open") && el.open) el.close();
}

// Whether no modal dialog is in front of it. Looks at the whole document.
function reachable(el) {
  const modal = [...document.querySelectorAll("dialog:modal")].pop();
  return !modal || contains(modal, el);
}

// Runs `change` and puts focus and caret back where they were, if it took them away. That is nothing that a person
// does, so nobody hears of it; only what asks for the focus by `autofocus` gets it as usual.
let drawing = false, wantsFocus = null;
function keepingFocus(change) {
  const el = document.activeElement;
  const { selectionStart: start, selectionEnd: end } = el ?? {};
  wantsFocus = null;
  drawing = true;
  note(others.takeRecords(), false);
  try {
    change();
    if (el && el !== document.body && isConnected(el) && document.activeElement !== el && reachable(el)) {
      invoke(el, "focus", { preventScroll: true });
      if (typeof start === "number") el.setSelectionRange(start, end);
    }
  } finally {
    note(others.takeRecords(), true);
    drawing = false;
  }
  if (wantsFocus && isConnected(wantsFocus)) invoke(wantsFocus, "focus", { preventScroll: true });
}
