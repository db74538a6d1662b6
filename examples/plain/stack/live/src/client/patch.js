// A change of the page: in the elements that it lies in, where the server names them, else in the whole.

// Whether the document is what the text says: then an element is found by its place among its siblings.
let exact = false;

// Elements in which others have put elements of theirs; true: or moved some of ours.
let meddled = new WeakMap();
const others = new MutationObserver((records) => note(records, false));
function note(records, mine) {
  for (const { target, addedNodes, removedNodes } of records) {
    const elements = [...addedNodes, ...removedNodes].filter((node) => nodeType(node) === 1);
    const moved = !mine && elements.some((el) => ours.has(el));
    if (moved || elements.some((el) => !ours.has(el))) meddled.set(target, moved || meddled.get(target) === true);
  }
}

function nthChild(parent, nth) {
  if (!parent || meddled.get(parent) || property(parent, "isContentEditable")) return null;
  const list = childElements(parent);
  const el = meddled.has(parent) ? [...list].filter((el) => ours.has(el))[nth] : list[nth];
  return ours.has(el) ? el : null;
}

function draw(html, splices, targets) {
  const redraw = (trees) => keepingFocus(() => moving(trees));
  const parts = exact && !elsewhere && targets && locate(splices, targets);
  if (parts) {
    redraw(parts);
    text.apply(splices);
  } else {
    const before = text && String(text);
    const after = html ?? splice(before, splices);
    redraw(whole(before, after));
    text = new Pieces(after);
  }
}

// What changes, as [element, how it was written, how it is to be]; null if that cannot be told.
function locate(splices, targets) {
  const parts = [];
  let at = 0, i = 0;
  for (const [start, length, ...path] of targets) {
    const inside = [];
    for (let from = start; i < splices.length && at + splices[i] < start + length; i += 3) {
      inside.push(at + splices[i] - from, splices[i + 1], splices[i + 2]);
      at = from = at + splices[i] + splices[i + 1];
    }
    const was = text.slice(start, start + length);
    const wanted = splice(was, inside);
    const template = document.createElement("template");
    const live = path.reduce(nthChild, root);
    const old = firstChild(parse(was));
    if (!live || !old || nodeName(live) !== nodeName(old) || !parses(wanted, template)) return null;
    const next = firstChild(template.content);
    if (!continues(old, next)) return null;
    parts.push([live, old, next]);
  }
  return parts;
}

function whole(before, after) {
  const template = document.createElement("template");
  exact = parses(after, template);
  if (before !== null) return [[root, parse(before), template.content]];
  // What is not ours any more, because something meddled with it, is drawn from what it is.
  claim(root);
  meddled = new WeakMap();
  return [[root, guessed(parse(textOf(root))), template.content]];
}
