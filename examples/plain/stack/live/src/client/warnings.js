// In development only: mistakes that can be seen in the page are told in the console, and by the server in the terminal.

const warned = new Set(), unsaid = [];
function warn(words, el) {
  if (warned.has(words)) return;
  warned.add(words);
  unsaid.push(words);
  console.warn(words, ...(el ? [el] : []));
}

const tagOf = (el) => property(cloneNode(el, false), "outerHTML").replace(/<\/.*/, "").slice(0, 200);

function warnOfSiblings(parent) {
  const seen = new Set();
  for (const child of childElements(parent)) {
    const name = ["data-key", "id"].find((name) => getAttribute(child, name));
    if (!name || !ours.has(child)) continue;
    const both = `${name}="${getAttribute(child, name)}"`;
    if (seen.has(both)) warn(`Two siblings have ${both}, in ${tagOf(parent)}: when they change, they can be taken for each other.`, child);
    seen.add(both);
  }
}

const EVENTS = ["visible", "upload", "refused", "click-away", "window-keydown", "window-keyup"];
for (const name in HTMLElement.prototype) if (name.startsWith("on")) EVENTS.push(name.slice(2));

// How many letters have to be changed.
function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (const [i, letter] of [...a].entries()) {
    row = row.reduce((next, above, j) => [...next, j ? Math.min(above + 1, next[j - 1] + 1, row[j - 1] + (letter !== b[j - 1])) : i + 1], []);
  }
  return row[b.length];
}

function warnOfEvents(el) {
  for (const { name } of attributesOf(el)) {
    const [, kind] = name.match(/^(?:on|do):(.+)/) ?? [];
    if (!kind || EVENTS.includes(kind) || KINDS.includes(kind)) continue;
    // An element of one's own dispatches what it likes.
    if ([el, ...all(el, "*")].some((inner) => nodeName(inner).includes("-"))) continue;
    const meant = EVENTS.find((known) => distance(kind, known) <= 2);
    warn(`No browser has the event of ${name}, in ${tagOf(el)}.${meant ? ` Was ${meant} meant?` : ""}`, el);
  }
}

// Where a parser makes other HTML of the page than the server has written: a <div> in a <p>, a <tr> without <tbody>.
function warnOfNesting(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const parsed = textOf(template);
  if (parsed === html) return;
  let at = 0;
  while (parsed[at] === html[at]) at++;
  const around = (text) => text.slice(Math.max(0, at - 40), at + 40);
  warn(`A browser corrects the HTML of this page, so that it is drawn anew: “${around(html)}” becomes “${around(parsed)}”. Is an element in one that cannot hold it?`);
}

let examined = null, examination = 0;
function examine() {
  examination = 0;
  for (const el of [root, ...all(root, "*")]) {
    warnOfSiblings(el);
    if (ours.has(el)) warnOfEvents(el);
  }
  const html = text === null ? null : String(text);
  if (html !== null && html !== examined) warnOfNesting(examined = html);
  while (joined && unsaid.length && say(["warn", unsaid[0]])) unsaid.shift();
}

if (root) {
  const changes = new MutationObserver(() => { examination ||= setTimeout(examine, 100); });
  changes.observe(root, { childList: true, subtree: true });
  // It can be told when there is a connection.
  changes.observe(document.documentElement, { attributeFilter: ["data-live"] });
  examine();
}
