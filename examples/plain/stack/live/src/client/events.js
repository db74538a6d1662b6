// What a person does becomes a message to the server.

const KINDS = ["click", "dblclick", "input", "change", "submit", "reset", "keydown", "keyup", "focusin", "focusout", "paste",
  "pointerdown", "pointermove", "pointerup", "dragstart", "dragover", "drop", "dragend", "close", "toggle"];
const NAMES = { focusin: "focus", focusout: "blur" };
const OWN = new Set(["link", "debounce", "throttle", "keys", "default", "confirm", "once", "reset", "key", "stream", "open"]);
let delayed = []; // { target, kind, timer, go }: what waits for a pause in typing

const control = (el) => property(el, "isContentEditable") || /^(INPUT|TEXTAREA|SELECT)$/.test(nodeName(el));

// Says on the element that something is under way, until all of it is done. What the server says of it is its own.
const busied = new WeakSet();
function busy(el) {
  if (hasAttribute(el, "aria-busy")) return;
  busied.add(el);
  setAttribute(el, "aria-busy", "true");
}
function quiet(el) {
  const more = [...waiting.values(), ...working.values()].includes(el);
  if (!el || more) return;
  loaded.commands?.answered(el);
  if (busied.delete(el)) removeAttribute(el, "aria-busy");
}

function fields(form, submitter) {
  return [...new FormData(form, submitter)].filter(([, value]) => typeof value === "string");
}

const own = (el) => Object.fromEntries(Object.entries(property(el, "dataset")).filter(([name]) => !OWN.has(name)));

function payload(event, el, target, kind) {
  const out = {};
  if (control(target)) {
    out.value = property(target, "isContentEditable") ? property(target, "innerText") : target.value;
    const name = getAttribute(target, "name");
    if (name) out.name = name;
    if (target.type === "checkbox" || target.type === "radio") out.checked = target.checked;
    if (target.type === "file") out.value = event.why;
  } else if (nodeName(el) === "BUTTON" && el.value) out.value = el.value;
  if (event.key !== undefined) {
    out.key = event.key;
    for (const name of ["shift", "ctrl", "alt", "meta"]) if (event[name + "Key"]) out[name] = true;
  }
  if (event instanceof CustomEvent && event.detail !== null) out.detail = event.detail;
  if (/^(pointer|drag|drop)/.test(kind)) {
    const box = invoke(el, "getBoundingClientRect");
    [out.x, out.y] = [event.clientX - box.x, event.clientY - box.y].map(Math.round);
    if (kind === "drop") {
      out.text = event.dataTransfer?.getData("text") ?? "";
      if (dragged) out.dragged = own(dragged);
    }
  }
  if (kind === "paste") out.text = event.clipboardData?.getData("text") ?? "";
  if (kind === "toggle") out.open = matches(el, "[open], :popover-open");
  const data = own(el);
  if (Object.keys(data).length) out.data = data;
  const passwords = (form) => [...property(form, "elements")].filter((c) => c.type === "password").map((c) => c.name);
  if (kind === "submit") {
    out.fields = fields(el, event.submitter);
  } else if ((kind === "input" || kind === "change") && property(target, "form")) {
    const secret = new Set(passwords(target.form));
    out.fields = fields(target.form).filter(([name]) => !secret.has(name));
  }
  // What nobody is to write down.
  const hidden = kind === "submit" ? passwords(el) : target.type === "password" ? [target.name] : [];
  if (hidden.length) out.hidden = hidden;
  return out;
}

// The element at or around the target that has something to send (`on:`) or to do (`do:`) for `kind`.
function listener(target, kind, what = "on") {
  const el = nodeType(target) === 1 ? target : parentNode(target);
  const asked = `[${what}\\:${kind}]`;
  let found = el && nodeType(el) === 1 && closest(el, asked);
  // A field belongs to its form wherever it stands.
  if (!found && /^(input|change)$/.test(kind) && property(el, "form")) found = closest(el.form, asked);
  return found && contains(root, found) ? found : null;
}

const disabled = (el) => matches(el, ":disabled, [aria-disabled=true]");
function pressed(event) {
  // Shift is part of a letter already.
  const held = ["Ctrl", "Alt", "Shift", "Meta"].filter((name) => event[name.toLowerCase() + "Key"] && (name !== "Shift" || event.key.length > 1));
  return [...held, event.key].join("+");
}

const keyName = (event) => pressed(event).replace(/ $/, "Space");

let dragged = null;

function handle(event) {
  const kind = NAMES[event.type] ?? event.type;
  const target = event.target;
  if (drawing && (kind === "focus" || kind === "blur")) return;
  // Keys that choose a word, and the word until it is chosen, are nobody else's.
  if (event.isComposing && /^(input|key)/.test(kind)) return;
  if (kind === "input") loaded.notices?.untell(target);
  if (kind === "dragstart") dragged = nodeType(target) === 1 ? closest(target, "[draggable=true]") : null;
  // Where something is let go has to allow it.
  if (kind === "dragover") return void (listener(target, "drop") && event.preventDefault());
  respond(event, kind, target, listener(target, kind), listener(target, kind, "do"));
  if (kind === "dragend") dragged = null;
  if (kind === "click") everywhere(event, "click-away", (el) => !contains(el, target) && invoke(el, "checkVisibility"));
  // Not while somebody writes, unless it is a key that writes nothing.
  if (/^key/.test(kind) && (!control(target) || /^(Ctrl|Alt|Meta|Escape|F\d)/.test(keyName(event)))) everywhere(event, "window-" + kind);
}

// Those who hear of what happens elsewhere.
function everywhere(event, kind, hears = () => true) {
  for (const el of all(root, `[on\\:${kind}], [do\\:${kind}]`)) {
    if (hears(el)) respond(event, kind, el, ...["on:", "do:"].map((what) => hasAttribute(el, what + kind) ? el : null));
  }
}

// First what the page does by itself, then what the server is told.
function respond(event, kind, target, el, doer) {
  if (doer && !loaded.commands) return respondLater(event, kind, target, el, doer);
  const asks = el ?? doer;
  const question = asks && /^(click|submit)$/.test(kind) && !disabled(asks) && !submits.has(asks) && getAttribute(asks, "data-confirm");
  if (question && !window.confirm(question)) return event.preventDefault();
  let told = false;
  const tell = (who = el) => {
    if (!told) deliver(event, kind, target, who);
    told = true;
  };
  const goesOn = !doer || disabled(doer) || loaded.commands.perform(doer, kind, event, tell, doer === el);
  tell(goesOn || doer === el ? el : null);
}

// The module of commands is on its way. What cannot wait for it is done without the command.
function respondLater(event, kind, target, el, doer) {
  const leaves = kind === "click" && !el && closest(target, "a[href]");
  if (leaves || /^(drop|paste)$/.test(kind)) return deliver(event, kind, target, el);
  const takesKey = event.key && getAttribute(doer, "do:" + kind).includes(JSON.stringify(pressed(event)));
  if (takesKey || el && (kind === "submit" || kind === "click" && matches(el, ACTS))) event.preventDefault();
  useModule("commands", () => respond(event, kind, target, el, doer));
}

// What a browser does something about by itself when it is clicked.
const ACTS = "a, [type=submit], button:not([type])";

function deliver(event, kind, target, el) {
  if (kind === "click" && link(event)) return;
  if (kind === "close" && nodeName(target) === "DIALOG" && !hasAttribute(target, "data-open") && !loaded.commands?.opened.has(target)) return;
  if (kind === "change" && target.type === "file" && hasAttribute(target, "on:upload")) return useModule("uploads", ({ upload }) => upload(target));
  if (kind === "submit" && !el) post(event, target);
  if (kind === "input" && composing === target) composing = null;
  if (el && (kind === "drop" || kind === "click" && matches(el, ACTS))) event.preventDefault();
  if (!el || disabled(el)) {
    if (/^(change|submit|click|blur)$/.test(kind)) flush();
    return;
  }
  const isKey = /^(window-)?key/.test(kind);
  const keys = getAttribute(el, "data-keys");
  if (isKey && keys) {
    if (!keys.split(" ").includes(keyName(event))) return;
    // What is listened for by name is the page's.
    if (!hasAttribute(el, "data-default")) event.preventDefault();
    if (event.repeat && event.key === "Enter") return;
  }
  if (kind === "submit") {
    // Without a connection a form that works without one is sent as such, unless it may have been sent already.
    if (!joined && !submits.has(el) && matches(el, "[method=post][action]")) return post(event, el);
    event.preventDefault();
    loaded.notices?.untell(el);
  }
  if (hasAttribute(el, "data-once") && busied.has(el)) return;
  const send = () => emit(el, target, kind, event);
  const throttle = Number(getAttribute(el, "data-throttle") ?? (kind === "pointermove" ? 100 : 0));
  const debounce = /^(input|keyup)$/.test(kind) ? Number(getAttribute(el, "data-debounce") ?? 0) : 0;
  if (debounce) return postpone(target, kind, debounce, send, true);
  if (throttle) {
    const left = (cooling.get(el)?.[kind] ?? 0) - performance.now();
    const go = () => {
      cooling.set(el, { ...cooling.get(el), [kind]: performance.now() + throttle });
      send();
    };
    return left > 0 ? postpone(target, kind, left, go, false) : go();
  }
  // A key that is listened for by name ends the typing; others are the typing, and pointing is beside it.
  if (!/^(input|key|pointer|window-key)/.test(kind) || isKey && keys) flush();
  if (kind === "submit" && !maySubmit(el, event.submitter)) return;
  send();
}

const cooling = new WeakMap(); // element → kind → until when nothing more of it is sent

// Waits; what comes meanwhile takes its place, and where it is waited for a pause the time begins anew.
function postpone(target, kind, delay, send, anew) {
  const other = delayed.find((other) => other.target === target && other.kind === kind);
  if (other && !anew) return void (other.send = send);
  other?.drop();
  const drop = () => {
    clearTimeout(mine.timer);
    delayed = delayed.filter((other) => other !== mine);
  };
  const mine = { target, kind, drop, send, go: () => { drop(); mine.send(); } };
  mine.timer = setTimeout(mine.go, delay);
  delayed.push(mine);
}

function flush() {
  for (const { go } of delayed) go();
}

// Sends an event to who listens by now, and says so on the element until it is done.
function emit(el, target, kind, event = {}, then) {
  const id = contains(root, target) && getAttribute(el, "on:" + kind);
  if (!id) return;
  const typing = (kind === "input" || kind === "change") && control(target);
  const mine = { el };
  if (typing) {
    unsent.set(target, (unsent.get(target) ?? new Map()).set(kind, mine));
    said.set(target, { ...said.get(target), [kind]: el });
  }
  // Never sent, so it is safe to send it later, if the page then still is what was clicked.
  const wait = () => {
    if (!typing && kind !== "submit" && later.length < 20) later.push(() => emit(el, target, kind, event));
  };
  if (!joined) return wait();
  if (!then && !mayGo()) {
    // What is clicked is what it was when it was clicked; of what is typed the last counts.
    const as = typing ? [] : [version, id, kind, payload(event, el, target, kind)];
    return enqueue(target, kind, () => emit(el, target, kind, event, as));
  }
  const message = then?.length ? then : [version, id, kind, payload(event, el, target, kind)];
  const text = written(["ev", seq + 1, ...message]);
  if (text.length > PART / 3 && tooLong(el, target, text)) return;
  seq++;
  if (typing || kind === "keyup" && control(target)) typed.set(target, seq);
  if (el === target && /^(click|input|change)$/.test(kind) && choosable(el)) choices.set(el, seq);
  if (!sayText(text)) return wait();
  mine.sent = seq;
  if (kind === "submit") submits.get(el).seq = seq;
  else busy(el);
  waiting.set(seq, el);
}

// What was typed while nobody listened is said once more, as it is now, and so is what this page has said of a field
// that shows something else than the server wrote: nobody else may know it. Clicks that were sent are not: they may have
// been heard.
const unsent = new Map(); // control → kind → { el, sent }
const said = new Map(); // control → kind → the element that listened
let later = [];

// What was typed or chosen before the script came is said as well. The browser itself puts a range and a color on something.
function hearBefore() {
  for (const target of all(root, "input:not([type=range],[type=color],[type=file]),textarea,select")) {
    // Of a text that is still being written the browser says later that it has changed.
    const writes = target === document.activeElement && !choosable(target);
    for (const kind of writes ? ["input"] : ["input", "change"]) {
      const el = isChanged(target) && listener(target, kind);
      if (el) said.set(target, { ...said.get(target), [kind]: el });
    }
  }
}

function resend(same, answer) {
  for (const [target, kinds] of said) {
    if (!isConnected(target)) said.delete(target);
    else if (isChanged(target)) {
      const known = unsent.get(target);
      unsent.set(target, new Map(Object.entries(kinds).map(([kind, el]) => [kind, known?.get(kind) ?? { el }])));
    }
  }
  const again = [...unsent];
  unsent.clear();
  typed.clear();
  for (const [target, kinds] of again) {
    for (const [kind, { el }] of kinds) {
      // Of a group of radio buttons only the one that is chosen has something to say.
      if ((contains(el, target) || target.form === el) && (target.type !== "radio" || target.checked)) emit(el, target, kind);
    }
  }
  resubmit(answer);
  grantWishes();
  renavigate(answer.S === undefined);
  const clicks = same ? later : [];
  later = [];
  for (const click of clicks) click();
  // What could not be said is not expected any more.
  for (const el of loaded.commands?.expected.keys() ?? []) quiet(el);
}

const isChanged = (control) => nodeName(control) === "SELECT"
  // Where nothing is marked a browser chooses the first.
  ? [...control.options].some((option) => option.selected !== option.defaultSelected)
    && (control.multiple || control.selectedIndex || querySelector(control, "[selected]"))
  : /^(checkbox|radio)$/.test(control.type) ? control.checked !== control.defaultChecked
    : control.value !== undefined && control.value !== control.defaultValue;

document.addEventListener("compositionstart", (event) => { composing = event.target; });
document.addEventListener("compositionend", (event) => {
  // Some browsers say now that there was input, others have said so before.
  setTimeout(() => {
    if (composing !== event.target) return;
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
    composing = null;
    grantWishes();
  });
});
