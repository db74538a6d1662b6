// Changes the document from what one text says to what the next one says.

// What the server has written. Other nodes are of extensions: they are passed by, and stay.
const ours = new WeakSet();
function claim(node) {
  ours.add(node);
  for (const child of node.childNodes) claim(child);
}

// Another page begins: its content takes over nothing that was typed or opened in the one before.
let elsewhere = false;

function identity(node) {
  if (node.nodeType !== 1) return "";
  // Not `node.id`: in a form that is a field of this name.
  return node.getAttribute("data-key") || node.getAttribute("id") || node.nodeName === "OPTION" && node.value || "";
}
const alike = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && identity(a) === identity(b)
  && (a.nodeName !== "INPUT" || a.type === b.type && a.name === b.name && (!/^(radio|checkbox)$/.test(a.type) || a.value === b.value))
  // Whose content is somebody else's does not become one whose content is the server's.
  && (a.nodeType !== 1 || ["data-stream", "contenteditable"].every((name) => a.getAttribute(name) === b.getAttribute(name)));
const continues = (old, next) => alike(old, next) && !(elsewhere && old.nodeName === "MAIN");

// Makes of `live`, which shows `old` with whatever happened to it since, what `next` says.
function morph(live, old, next) {
  if (!live || old.isEqualNode(next)) return;
  if (old.nodeType !== 1 && old.nodeType !== 11) {
    if (live.nodeType !== old.nodeType) live.replaceWith(fresh(next));
    else if (live.nodeValue !== next.nodeValue) live.nodeValue = next.nodeValue;
    return;
  }
  if (old.nodeType === 1) attributes(live, old, next);
  if (old.nodeType === 1 && old.hasAttribute("data-stream")) return;
  if (live.nodeName === "TEXTAREA") return;
  if (live.nodeName === "SELECT") return select(live, old, next);
  // What is in there is the browser's: it is replaced as a whole.
  if (live.isContentEditable) {
    const plain = !(old.innerHTML + next.innerHTML).includes("<");
    if (old.innerHTML !== next.innerHTML) wish(live, plain ? "innerText" : "innerHTML", next.innerHTML);
    return;
  }
  children(live, old, next);
}

// What is chosen stays so while options come and go, unless the server has chosen something else.
function select(live, old, next) {
  const values = (options) => [...options].map((option) => option.value);
  const marked = (el) => values([...el.options].filter((option) => option.hasAttribute("selected"))).join("\n");
  const chosen = values(live.selectedOptions);
  children(live, old, next);
  put(live, "selection", chosen);
  if (marked(old) !== marked(next)) wish(live, "selection", values(next.selectedOptions));
}

function attributes(live, old, next) {
  for (const attribute of next.attributes) {
    const { name, value } = attribute;
    if (old.getAttribute(name) === value) continue;
    // A copy has its namespace, and may have a name that only a parser lets pass.
    live.setAttributeNode(attribute.cloneNode());
    property(live, name, value);
  }
  for (const { name } of old.attributes) {
    if (next.hasAttribute(name)) continue;
    live.removeAttribute(name);
    property(live, name, null);
  }
  if (live.nodeName === "TEXTAREA" && old.textContent !== next.textContent) {
    wish(live, "value", next.textContent);
    live.textContent = next.textContent;
  }
}

// Inputs whose value is their attribute, or nobody's to set.
const PLAIN = /^(file|checkbox|radio|hidden|submit|button|reset|image)$/;

// Attributes that only say how a control begins are put into what it holds now.
function property(live, name, value) {
  if (name === "value" && live.nodeName === "INPUT" && !PLAIN.test(live.type)) wish(live, "value", value ?? "");
  else if (name === "checked") wish(live, "checked", value !== null);
  else if (name === "open" && live.nodeName === "DETAILS") live.open = value !== null;
  else if (name === "data-open" && live.nodeName === "DIALOG") dialog(live);
}

function fresh(next) {
  const node = document.importNode(next, true);
  claim(node);
  return node;
}

// The live nodes of `old`'s children, which are in the same order; what others have put between them is passed by.
// A browser that translates a page puts <font> in the place of texts. What is not recognized any more goes.
function pair(live, old) {
  const pairs = new Map();
  const known = ours.has(live);
  let at = live.firstChild;
  for (const child of old.childNodes) {
    for (let look = at; look; look = look.nextSibling) {
      const mine = !known || ours.has(look);
      if (mine ? !alike(look, child) : child.nodeType !== 3 || look.nodeName !== "FONT") continue;
      pairs.set(child, look);
      at = look.nextSibling;
      break;
    }
  }
  const found = new Set(pairs.values());
  if (known) for (const node of [...live.childNodes]) if (ours.has(node) && !found.has(node)) node.remove();
  return pairs;
}

function children(live, old, next) {
  const pairs = pair(live, old);
  const before = [...old.childNodes];
  // Which old child each new one continues: by key first, then in order. Equal ones at both ends need no thought.
  const keyed = new Map();
  const free = [];
  for (const child of before) {
    const key = identity(child);
    if (key && !keyed.has(key)) keyed.set(key, child);
    else if (!key) free.push(child);
  }
  const from = new Map();
  const unkeyed = [];
  for (const child of next.childNodes) {
    const key = identity(child);
    const match = key && keyed.get(key);
    if (match && continues(match, child)) {
      from.set(child, match);
      keyed.delete(key);
    } else if (!key) unkeyed.push(child);
  }
  match(free, unkeyed, from);
  const kept = new Set(from.values());
  for (const child of before) if (!kept.has(child)) pairs.get(child)?.remove();
  // From the end, so that each goes in front of one that is in its place.
  const places = [];
  const wanted = [...next.childNodes];
  const place = new Map(before.map((child, i) => [child, i]));
  const order = wanted.map((child) => place.get(from.get(child)) ?? -1);
  const still = increasing(order);
  const last = pairs.get(before.findLast((child) => pairs.get(child)?.parentNode === live));
  let anchor = last?.nextSibling ?? null;
  for (let i = wanted.length - 1; i >= 0; i--) {
    const child = wanted[i];
    const was = from.get(child);
    let node = was && pairs.get(was);
    if (node?.parentNode === live) {
      places.push([node, was, child]);
      if (!still.has(i)) move(live, node, anchor);
    } else {
      node = fresh(child);
      live.insertBefore(node, anchor);
      arrived(node);
    }
    anchor = node;
  }
  for (const [node, was, child] of places) morph(node, was, child);
}

// Pairs nodes without keys: equal ones at both ends, and of the rest as many as go without crossing.
function match(olds, news, from) {
  let start = 0, endOld = olds.length, endNew = news.length;
  const take = (a, b) => continues(a, b) && from.set(b, a);
  while (start < endOld && start < endNew && olds[start].isEqualNode(news[start])) take(olds[start], news[start++]);
  while (endOld > start && endNew > start && olds[endOld - 1].isEqualNode(news[endNew - 1])) take(olds[--endOld], news[--endNew]);
  // Long lists piece by piece.
  for (; start < endOld && start < endNew; start += 200) {
    const end = start + 200;
    align(olds.slice(start, Math.min(end, endOld)), news.slice(start, Math.min(end, endNew)), take);
  }
}

function align(olds, news, take) {
  const width = news.length + 1;
  const best = new Uint16Array((olds.length + 1) * width);
  const worth = (a, b) => !alike(a, b) ? 0 : a.nodeType !== 1 ? 1 : a.isEqualNode(b) ? 5 : 3;
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
  if (parent.moveBefore && node.isConnected && parent.isConnected) parent.moveBefore(node, anchor);
  else parent.insertBefore(node, anchor);
}

function arrived(node) {
  if (node.nodeType !== 1 || !node.isConnected) return;
  for (const el of [node, ...node.querySelectorAll("dialog[data-open]")]) if (el.nodeName === "DIALOG") dialog(el);
  watch(node);
  const wanted = node.hasAttribute("autofocus") ? node : node.querySelector("[autofocus]");
  if (wanted) wantsFocus = wanted;
}

function dialog(el) {
  if (el.hasAttribute("data-open") && !el.open) el.showModal();
  else if (!el.hasAttribute("data-open") && el.open) el.close();
}

// Runs `change` and puts focus and caret back where they were, if it took them away. That is nothing that a person
// does, so nobody hears of it; only what asks for the focus by `autofocus` gets it as usual.
let drawing = false, wantsFocus = null;
function keepingFocus(change) {
  const el = document.activeElement;
  const { selectionStart: start, selectionEnd: end } = el ?? {};
  wantsFocus = null;
  drawing = true;
  try {
    change();
    const modal = [...document.querySelectorAll("dialog:modal")].pop();
    if (el && el !== document.body && el.isConnected && document.activeElement !== el && (!modal || modal.contains(el))) {
      el.focus({ preventScroll: true });
      if (typeof start === "number") el.setSelectionRange(start, end);
    }
  } finally {
    drawing = false;
  }
  if (wantsFocus?.isConnected) wantsFocus.focus({ preventScroll: true });
}
