// Elements that leave one parent for another: by key or id, where there is one of it before and one after.

const KEYED = "[data-key], [id]";

// What is under way: the trees that change, as [live, old, next], and what is known of them by now.
let moves = null;

// Whether the old HTML was not written by the server but read from the document, in which people have opened and
// written things before the script came. What they did is not undone.
const guesses = new WeakSet();
let guess = false;
function guessed(old) {
  guesses.add(old);
  return old;
}

// Makes of each `live` what its `next` says, by `go` if that is more than `morph`.
function moving(trees, go = () => { for (const tree of trees) morph(...tree); }) {
  moves = { trees, pairs: new Map(), taken: new Set(), leaving: [] };
  guess = trees.some(([, old]) => guesses.has(old));
  try {
    go();
    for (const node of moves.leaving) if (!moves.taken.has(node)) remove(node);
  } finally {
    moves = null;
    guess = false;
  }
}

function pairsOf(live, old) {
  const known = moves?.pairs.get(old) ?? pair(live, old);
  moves?.pairs.set(old, known);
  return known;
}

// The live element of any old one.
function liveOf(old) {
  const tree = moves.trees.find((tree) => tree[1] === old);
  if (tree) return tree[0];
  const parent = parentNode(old);
  const live = parent && liveOf(parent);
  return live && pairsOf(live, parent).get(old);
}

const mark = (el) => `${nodeName(el)} ${identity(el)}`;

// The elements of all trees, of the old or of the next ones, by their mark; null where there are two.
function marked(side) {
  const found = new Map();
  for (const tree of moves.trees) {
    for (const el of all(tree[side], KEYED)) {
      if (!SOMEBODY_ELSES.some((name) => closest(el, `[${name}]`))) found.set(mark(el), found.has(mark(el)) ? null : el);
    }
  }
  return found;
}

// The old element that goes on as `next`, and the next one as which `old` goes on, wherever that is.
function counterpart(el, from, to) {
  if (!moves || elsewhere || nodeType(el) !== 1 || !identity(el)) return null;
  moves.before ??= marked(1);
  moves.after ??= marked(2);
  const other = moves[from].get(mark(el)) === el && moves[to].get(mark(el));
  return other && alike(other, el) ? other : null;
}

// What comes from another parent to be `next`, and what it was there.
function comer(next) {
  const was = counterpart(next, "after", "before");
  const node = was && liveOf(was);
  if (!node || moves.taken.has(node)) return null;
  moves.taken.add(node);
  return { node, was };
}

// Of what has just been made of `next`, what was elsewhere before takes the place of its copy.
function graft(made, next) {
  if (!moves || elsewhere) return;
  const copies = all(made, KEYED);
  all(next, KEYED).forEach((el, i) => {
    const mover = isConnected(copies[i]) && comer(el);
    if (!mover) return;
    move(parentNode(copies[i]), mover.node, copies[i]);
    remove(copies[i]);
    morph(mover.node, mover.was, el);
  });
}

// What is not there any more goes at the end, if something of it goes on elsewhere: until then that is to be where it
// was, or it would lose the focus.
function discard(old, node) {
  if (!node) return;
  if ([old, ...all(old, KEYED)].some((el) => counterpart(el, "before", "after"))) moves.leaving.push(node);
  else remove(node);
}

// The element that is left alone, which others may have put into one of theirs.
function inside(live, old) {
  if (!hasAttribute(old, "data-ignore")) return null;
  return ours.has(live) ? live : all(live, "[data-ignore]").find((el) => ours.has(el) && alike(el, old));
}
