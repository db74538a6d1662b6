// Lists whose items the server sends one by one and then forgets.

export default (core) => {
  const { alike, all, arrived, childElements, childNodes, cloneNode, enliven, firstChild, getAttribute,
    guessed, keepingFocus, move, moving, nextSibling, nodeName, nodeType, parse, property, querySelector, remove, replace } = core;

  const born = new WeakMap(); // item → how the server wrote it last
  for (const item of all(core.root, "[data-stream] > *")) born.set(item, guessed(cloneNode(item, true)));

  const listOf = (id) => core.root.querySelector(`[data-stream="${CSS.escape(id)}"]`);

  // The element in which a parser takes HTML for what it is inside of a drawing or a formula.
  function foreign(parent) {
    if (/^(foreignObject|desc|title|annotation-xml|m[inos]|mtext)$/.test(nodeName(parent))) return "";
    return { "http://www.w3.org/2000/svg": "svg", "http://www.w3.org/1998/Math/MathML": "math" }[property(parent, "namespaceURI")];
  }

  function parseItems(html, list) {
    const around = foreign(list);
    return around ? firstChild(parse(`<${around}>${html}</${around}>`)) : parse(html);
  }

  // Items that one list loses and another one gets by the same message: each is the same item. Key → item.
  const passing = new Map();

  function streams(ops) {
    const gained = new Set(ops.filter(([, op]) => /pend$/.test(op)).map(([, , key]) => key));
    for (const [id, op, key] of ops) {
      const item = op === "remove" && gained.has(key) && listOf(id) && querySelector(listOf(id), `:scope > [data-key="${CSS.escape(key)}"]`);
      if (item) passing.set(key, item);
    }
    for (const op of ops) stream(...op);
    for (const item of passing.values()) remove(item);
    passing.clear();
  }

  function stream(id, op, key, html, limit) {
    const list = listOf(id);
    if (!list) return;
    const items = new Map();
    for (const child of childElements(list)) items.set(getAttribute(child, "data-key"), child);
    const added = [];
    // An item that is here already becomes what it should be as the page does: what is typed in it stays.
    const node = (wanted) => {
      const copy = cloneNode(wanted, true);
      const key = nodeType(wanted) === 1 && getAttribute(wanted, "data-key");
      const known = items.get(key) ?? passing.get(key);
      passing.delete(key);
      const was = known && born.get(known);
      if (was && alike(was, wanted)) {
        moving([[known, was, wanted]]);
        born.set(known, copy);
        return known;
      }
      const item = enliven(wanted);
      if (known && op !== "reset") replace(known, item);
      born.set(item, copy);
      added.push(item);
      return item;
    };
    keepingFocus(() => {
      if (op === "remove") return passing.has(key) || remove(items.get(key));
      if (op === "replace" && !items.has(key)) return;
      const nodes = [...childNodes(parseItems(html, list))].map(node);
      if (op === "reset") {
        const kept = new Set(nodes);
        for (const child of [...childNodes(list)]) if (!kept.has(child)) remove(child);
      }
      if (op === "append") for (const item of nodes) move(list, item, null);
      else if (op !== "replace") {
        let at = firstChild(list);
        for (const item of nodes) {
          if (item === at) at = nextSibling(at);
          else move(list, item, at);
        }
      }
      // What is added at one end leaves at the other.
      const all = [...childElements(list)];
      if (limit && all.length > limit) (op === "append" ? all.slice(0, -limit) : all.slice(limit)).forEach(remove);
      for (const item of added) arrived(item);
    });
    if (op !== "remove") core.loaded.visible?.look();
  }

  return { streams };
};
