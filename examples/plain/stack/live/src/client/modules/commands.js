// What a page does without asking the server: `do:click="[[name, …], …]"`, written by `Command` in command.rs.

export default (core) => {
  const { all, childNodes, claim, closest, contains, document, firstChild, getAttribute, invoke, isConnected,
    matches, nodeName, nodeType, pressed, property, querySelector, removeAttribute, setAttribute, setProperty } = core;

  // What commands have made of an element outlives patches, until the server changes its mind about it.
  // Element → attribute, `.class` or `#text` → { server: what it said then, now: what the command has put there }.
  const made = new WeakMap();
  // What is undone when the server has answered: element whose event it is → [element, attribute, before, after].
  const expected = new Map();

  function readPart(el, part) {
    if (part === "#text") return property(el, "textContent");
    if (part[0] === ".") return property(el, "classList").contains(part.slice(1)) ? "" : null;
    return getAttribute(el, part);
  }

  function writePart(el, part, value) {
    const only = childNodes(el).length === 1 && firstChild(el);
    if (part[0] === ".") property(el, "classList").toggle(part.slice(1), value !== null);
    else if (part !== "#text") value === null ? removeAttribute(el, part) : setAttribute(el, part, value);
    // The node that is there stays the server's, which goes on changing it.
    else if (only && nodeType(only) === 3) only.nodeValue = value;
    else if (querySelector(el, ":scope > :not(font)")) throw new Error("Command::text: the target holds elements");
    else {
      setProperty(el, "textContent", value);
      claim(el);
    }
  }

  function make(el, part, now) {
    const before = readPart(el, part);
    writePart(el, part, now);
    if (!made.has(el)) made.set(el, new Map());
    const parts = made.get(el);
    const { server } = parts.get(part) ?? { server: before };
    parts.set(part, { server, now });
    return [el, part, before, now];
  }

  // After a patch has made of `live` what the server says, which is `next`.
  function keepMade(live, next) {
    for (const [part, { server, now }] of made.get(live) ?? []) {
      if (readPart(next, part) !== server) made.get(live).delete(part);
      else if (readPart(live, part) !== now) writePart(live, part, now);
    }
  }

  // The server has answered all events of this element.
  function answered(el) {
    const changes = expected.get(el) ?? [];
    expected.delete(el);
    for (const [changed, part, before, after] of changes.reverse()) {
      if (made.get(changed)?.get(part)?.now === after) make(changed, part, before);
    }
  }

  // From one element to others.
  const relation = (el, other) => invoke(el, "compareDocumentPosition", other);
  const FROM = {
    page: (el, selector) => all(core.root, selector),
    focused: () => [document.activeElement],
    closest: (el, selector) => [closest(el, selector)],
    inner: (el, selector) => all(el, selector),
    next: (el, selector) => {
      const found = all(core.root, selector);
      return [found.find((other) => relation(el, other) & Node.DOCUMENT_POSITION_FOLLOWING) ?? found[0]];
    },
    previous: (el, selector) => {
      const found = all(core.root, selector);
      return [found.findLast((other) => relation(el, other) & Node.DOCUMENT_POSITION_PRECEDING) ?? found.at(-1)];
    },
  };

  // A selector of the page, or a way from the element: ["closest", ".card", "inner", ".menu"].
  function targets(el, way) {
    if (typeof way === "string") return FROM.page(el, way);
    let found = [el];
    for (let i = 0; i < way.length; i += 2) found = found.flatMap((from) => FROM[way[i]](from, way[i + 1])).filter(Boolean);
    return found;
  }

  function textFor(el, text) {
    if (!Array.isArray(text)) return text;
    const [from] = targets(el, text[0]);
    return from ? property(from, "value") ?? property(from, "textContent").trim() : "";
  }

  const opened = new WeakSet(); // dialogs, which say so when they are closed
  function openOrClose(el, want = !matches(el, "[open], :popover-open")) {
    if (nodeName(el) === "DETAILS") make(el, "open", want ? "" : null);
    else if (nodeName(el) !== "DIALOG") invoke(el, "togglePopover", want);
    else if (want && !el.open) {
      opened.add(el);
      el.showModal();
    } else if (!want) el.close();
  }

  // What a step does with each of its targets.
  const EACH = {
    set: (el, [part, one, other], context) => {
      const value = textFor(context.el, other !== undefined && readPart(el, part) === one ? other : one);
      const change = make(el, part, value);
      context.changes?.push(change);
    },
    open: (el, [want]) => openOrClose(el, want),
    scroll: (el) => invoke(el, "scrollIntoView", { behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" }),
    value: (el, [text], { el: own }) => {
      setProperty(el, "value", textFor(own, text));
      invoke(el, "dispatchEvent", new Event("input", { bubbles: true }));
    },
    dispatch: (el, [name, detail]) => invoke(el, "dispatchEvent", new CustomEvent(name, { detail, bubbles: true })),
  };

  function runSteps(steps, context) {
    const { el, event } = context;
    for (const [i, [name, ...args]] of steps.entries()) {
      const later = () => { if (isConnected(el)) guarded(() => runSteps(steps.slice(i + 1), context)); };
      if (name === "wait") return void setTimeout(later, args[0]);
      if (name === "copy") {
        // There is none where the connection is not secure.
        const done = navigator.clipboard?.writeText(textFor(el, args[0])) ?? Promise.reject(new Error("no clipboard"));
        return void done.then(later, console.error);
      }
      if (name === "send") context.send();
      else if (name === "stop") context.stopped = true;
      else if (name === "prevent") event.preventDefault();
      else if (name === "leave") {
        if (!contains(el, event.relatedTarget)) runSteps(args[0], context);
      } else if (name === "key") {
        if (pressed(event) !== args[0]) continue;
        event.preventDefault();
        runSteps(args[1], context);
      } else if (name === "expect") {
        const changes = expected.get(el) ?? [];
        if (context.sends) expected.set(el, changes);
        runSteps(args[0], { ...context, changes });
      } else {
        const [way, ...rest] = args;
        for (const target of targets(el, way)) EACH[name] ? EACH[name](target, rest, context) : invoke(target, name);
      }
    }
  }

  function guarded(go) {
    try {
      go();
    } catch (error) {
      console.error(error);
    }
  }

  // Runs the command of `el` for this event. `send` tells the server, and `sends` is whether it is told of this element.
  // Returns whether elements around are to hear of it.
  function perform(el, kind, event, send, sends) {
    const context = { el, event, send, sends, stopped: false };
    guarded(() => runSteps(JSON.parse(getAttribute(el, "do:" + kind)), context));
    return !context.stopped;
  }

  return { answered, expected, keepMade, opened, perform };
};
