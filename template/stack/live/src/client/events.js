// What a person does becomes a message to the server.

const KINDS = ["click", "dblclick", "input", "change", "submit", "keydown", "keyup", "focusin", "focusout", "close"];
const NAMES = { focusin: "focus", focusout: "blur" };
const OWN = new Set(["link", "debounce", "keys", "confirm", "key", "stream", "open"]);
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
  answered(el);
  if (busied.delete(el)) removeAttribute(el, "aria-busy");
}

function fields(form, submitter) {
  return [...new FormData(form, submitter)].filter(([, value]) => typeof value === "string");
}

function payload(event, el, target, kind) {
  const out = {};
  if (control(target)) {
    out.value = property(target, "isContentEditable") ? property(target, "innerText") : target.value;
    const name = getAttribute(target, "name");
    if (name) out.name = name;
    if (target.type === "checkbox" || target.type === "radio") out.checked = target.checked;
    if (target.type === "file") delete out.value;
  } else if (nodeName(el) === "BUTTON" && el.value) out.value = el.value;
  if (event.key !== undefined) {
    out.key = event.key;
    for (const name of ["shift", "ctrl", "alt", "meta"]) if (event[name + "Key"]) out[name] = true;
  }
  if (event instanceof CustomEvent && event.detail !== null) out.detail = event.detail;
  const data = Object.entries(property(el, "dataset")).filter(([name]) => !OWN.has(name));
  if (data.length) out.data = Object.fromEntries(data);
  const passwords = (form) => [...property(form, "elements")].filter((c) => c.type === "password").map((c) => c.name);
  if (kind === "submit") {
    out.fields = fields(el, event.submitter);
  } else if ((kind === "input" || kind === "change") && property(target, "form")) {
    const secret = new Set(passwords(target.form));
    out.fields = fields(target.form).filter(([name]) => !secret.has(name));
  }
{%- if load %}
  // What a recording leaves out.
  const hidden = kind === "submit" ? passwords(el) : target.type === "password" ? [target.name] : [];
  if (hidden.length) out.hidden = hidden;
{%- endif %}
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

// First what the page does by itself, then what the server is told.
function handle(event) {
  const kind = NAMES[event.type] ?? event.type;
  const target = event.target;
  if (drawing && (kind === "focus" || kind === "blur")) return;
  // Keys that choose a word, and the word until it is chosen, are nobody else's.
  if (event.isComposing && /^(input|key)/.test(kind)) return;
  const el = listener(target, kind), doer = listener(target, kind, "do");
  const asks = el ?? doer;
  const question = asks && /^(click|submit)$/.test(kind) && !disabled(asks) && getAttribute(asks, "data-confirm");
  if (question && !window.confirm(question)) return event.preventDefault();
  let told = false;
  const tell = (who = el) => {
    if (!told) deliver(event, kind, who);
    told = true;
  };
  const goesOn = !doer || disabled(doer) || perform(doer, kind, event, tell, doer === el);
  tell(goesOn || doer === el ? el : null);
}

function deliver(event, kind, el) {
  const target = event.target;
  if (kind === "click" && link(event)) return;
  if (kind === "close" && nodeName(target) === "DIALOG" && !hasAttribute(target, "data-open") && !opened.has(target)) return;
  if (kind === "change" && target.type === "file" && hasAttribute(target, "on:upload")) return upload(target);
  if (kind === "submit" && !el) leaving = Date.now();
  if (kind === "input" && composing === target) composing = null;
  if (kind === "click" && el && matches(el, "a, [type=submit], button:not([type])")) event.preventDefault();
  if (!el || disabled(el)) {
    if (/^(change|submit|click|blur)$/.test(kind)) flush();
    return;
  }
  if (kind === "submit") {
    // Without a connection a form that works without one is sent as such.
    if (!joined && matches(el, "[method=post][action]")) return void (leaving = Date.now());
    event.preventDefault();
  }
  const keys = getAttribute(el, "data-keys");
  if (/^key/.test(kind) && keys && !keys.split(" ").includes(event.key)) return;
  const delay = Number(getAttribute(el, "data-debounce") ?? 0);
  const send = () => emit(el, target, kind, event);
  if (delay && (kind === "input" || kind === "keyup")) {
    const drop = () => {
      clearTimeout(mine.timer);
      delayed = delayed.filter((other) => other !== mine);
    };
    const mine = { target, kind, drop, go: () => { drop(); send(); } };
    delayed.find((other) => other.target === target && other.kind === kind)?.drop();
    mine.timer = setTimeout(mine.go, delay);
    delayed.push(mine);
    return;
  }
  // A key that is listened for by name ends the typing; others are the typing.
  if (!/^(input|key)/.test(kind) || keys) flush();
  send();
}

function flush() {
  for (const { go } of delayed) go();
}

// Sends an event to who listens by now, and says so on the element until it is done.
function emit(el, target, kind, event = {}) {
  const id = contains(root, target) && getAttribute(el, "on:" + kind);
  if (!id) return;
  const typing = (kind === "input" || kind === "change") && control(target);
  seq++;
  if (typing || kind === "keyup" && control(target)) typed.set(target, seq);
  if (el === target && /^(click|input|change)$/.test(kind) && choosable(el)) choices.set(el, seq);
  const mine = { el };
  if (typing) unsent.set(target, (unsent.get(target) ?? new Map()).set(kind, mine));
  if (!joined || !say(["ev", seq, version, id, kind, payload(event, el, target, kind)])) {
    // Never sent, so it is safe to send it later, if the page then still is what was clicked.
    if (!typing && later.length < 20) later.push(() => emit(el, target, kind, event));
    return;
  }
  mine.sent = seq;
  busy(el);
  waiting.set(seq, el);
}

// What was typed while nobody listened is said once more, as it is now. Clicks that were sent are not: they may have
// been heard.
const unsent = new Map(); // control → kind → { el, sent }
let later = [];
function resend(same, answer) {
  const again = [...unsent];
  unsent.clear();
  typed.clear();
  for (const [target, kinds] of again) {
    for (const [kind, { el }] of kinds) {
      // Of a group of radio buttons only the one that is chosen has something to say.
      if ((contains(el, target) || target.form === el) && (target.type !== "radio" || target.checked)) emit(el, target, kind);
    }
  }
  grantWishes();
  renavigate(answer.S === undefined);
  const clicks = same ? later : [];
  later = [];
  for (const click of clicks) click();
  // What could not be said is not expected any more.
  for (const el of expected.keys()) quiet(el);
}

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

// `on:visible`: once each time that it comes into view.
const seen = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    const el = entry.target;
    if (!isConnected(el) || !hasAttribute(el, "on:visible")) seen.unobserve(el);
    else if (entry.isIntersecting && joined) emit(el, el, "visible");
  }
}, { rootMargin: "200px" });
function watch(node) {
  for (const el of [node, ...querySelectorAll(node, "[on\\:visible]")]) {
    if (hasAttribute(el, "on:visible")) seen.observe(el);
  }
}
// What is in view still, after more has come, is seen once more.
function look() {
  for (const el of root.querySelectorAll("[on\\:visible]")) {
    seen.unobserve(el);
    seen.observe(el);
  }
}
