// Lists whose items the server sends one by one and then forgets.

const born = new WeakMap(); // item → how the server wrote it last

function stream(id, op, key, html) {
  const list = root.querySelector(`[data-stream="${CSS.escape(id)}"]`);
  if (!list) return;
  const items = new Map();
  for (const child of list.children) items.set(child.getAttribute("data-key"), child);
  const added = [];
  // An item that is here already becomes what it should be as the page does: what is typed in it stays.
  const node = (wanted) => {
    const copy = wanted.cloneNode(true);
    const known = wanted.nodeType === 1 && items.get(wanted.getAttribute("data-key"));
    const was = known && born.get(known);
    if (was && alike(was, wanted)) {
      morph(known, was, wanted);
      born.set(known, copy);
      return known;
    }
    if (known && op !== "reset") known.replaceWith(wanted);
    born.set(wanted, copy);
    claim(wanted);
    added.push(wanted);
    return wanted;
  };
  keepingFocus(() => {
    if (op === "remove") return items.get(key)?.remove();
    if (op === "replace" && !items.has(key)) return;
    const nodes = [...parse(html).childNodes].map(node);
    if (op === "reset") {
      const kept = new Set(nodes);
      for (const child of [...list.childNodes]) if (!kept.has(child)) child.remove();
    }
    if (op === "append") for (const item of nodes) move(list, item, null);
    else if (op !== "replace") {
      let at = list.firstChild;
      for (const item of nodes) {
        if (item === at) at = at.nextSibling;
        else move(list, item, at);
      }
    }
    for (const item of added) arrived(item);
  });
  if (op !== "remove") look();
}
