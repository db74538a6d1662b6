// Forms that are submitted: once, until there is an answer, and again after a break only where the server has not done
// it.

const submits = new Map(); // form → { seq, fields, by, locked, again }
// Whether the last connection ended without a word, so that what the server did is not known.
let cutOff = false;

const BUTTONS = "button:not([type=button], [type=reset]), input:is([type=submit], [type=image])";
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// Whether the form may be sent now. What was typed since it was sent last is sent when that is answered.
function maySubmit(form, by) {
  const sent = submits.get(form);
  if (!sent) {
    const submit = { seq: 0, fields: fields(form, by), by, locked: [] };
    submits.set(form, submit);
    lock(form, submit);
    return true;
  }
  if (!same(fields(form, by), sent.fields)) sent.again = by;
  return false;
}

// Shows that the form is on its way. Its fields stay open: people write on.
function lock(form, { locked }) {
  const mark = (el, name) => {
    if (hasAttribute(el, name)) return;
    setAttribute(el, name, "true");
    locked.push([el, name]);
  };
  mark(form, "aria-busy");
  for (const button of all(form, BUTTONS)) {
    mark(button, "aria-busy");
    mark(button, "aria-disabled");
  }
}

function unlock({ locked }) {
  for (const [el, name] of locked) removeAttribute(el, name);
}

// Ends it: it is done, unless it is not known whether it is, or it has failed.
function settle(form, unanswered, failed) {
  const submit = submits.get(form);
  if (!submit) return;
  submits.delete(form);
  unlock(submit);
  if (!isConnected(form)) return;
  if (unanswered) return useModule("notices", (notices) => notices.unanswered(form));
  if (failed) return;
  if (hasAttribute(form, "data-reset") && !querySelector(form, "[aria-invalid=true]")) {
    const left = typedSince(form, submit.fields);
    invoke(form, "reset");
    for (const [control, text] of left) write(control, text);
  }
  if (submit.again !== undefined) {
    const by = submit.again && contains(form, submit.again) ? submit.again : null;
    invoke(form, "requestSubmit", by);
  }
}

// The fields whose text is another one than was sent, with what was added to that.
function typedSince(form, sent) {
  const now = [], left = [...sent];
  for (const control of all(form, "input[name], textarea[name]")) {
    if (PLAIN.test(control.type)) continue;
    // Of several with one name each has its own.
    const at = left.findIndex(([name]) => name === control.name);
    const before = at < 0 ? "" : left.splice(at, 1)[0][1];
    // A line break is sent as two characters.
    const value = control.value, text = before.replace(/\r\n/g, "\n");
    if (value !== text) now.push([control, value.startsWith(text) ? value.slice(text.length) : value]);
  }
  return now;
}

function write(control, text) {
  if (!text) return;
  control.value = text;
  control.dispatchEvent(new Event("input", { bubbles: true }));
}

// A form that another one has taken the place of, as a chat's does after each message, hands on what was typed since,
// and the focus.
function follow(focused, elsewhere) {
  for (const [form, submit] of submits) {
    if (isConnected(form)) {
      lock(form, submit);
      continue;
    }
    submits.delete(form);
    const id = CSS.escape(getAttribute(form, "on:submit"));
    const next = !elsewhere && querySelector(root, `[on\\:submit="${id}"]`);
    if (!next || submits.has(next)) continue;
    const twins = (of, name) => all(of, `[name="${CSS.escape(name)}"]`);
    const twin = (control) => twins(next, control.name)[twins(form, control.name).indexOf(control)];
    const left = typedSince(form, submit.fields);
    for (const [control, text] of left) {
      const heir = twin(control);
      if (heir && heir.value === heir.defaultValue) write(heir, text);
    }
    if (contains(form, focused) && focused.name) twin(focused)?.focus({ preventScroll: true });
    const goesOn = { ...submit, locked: [], fields: fields(next) };
    submits.set(next, goesOn);
    lock(next, goesOn);
  }
}

// After an answer of the server: those that it has done are not under way any more.
function settleAll(failed = []) {
  for (const [form, { seq }] of submits) {
    if (seq && seq <= acknowledged && !working.has(seq)) settle(form, false, failed.includes(seq));
  }
}

// After a break. `a` is what the server has done of this page, if it knows the page: of that `x` was cut off, and `f` has
// failed.
function resubmit({ a, x = [], f = [] }) {
  for (const [form, submit] of submits) {
    const { seq, by } = submit;
    const known = a !== undefined || seq > acknowledged && !cutOff;
    if (seq && (!known || x.includes(seq))) {
      settle(form, true);
    } else if (!seq || seq > (a ?? 0)) {
      submit.seq = 0;
      emit(form, form, "submit", { submitter: by && contains(form, by) ? by : null });
    } else settle(form, false, f.includes(seq));
  }
  cutOff = false;
}

// A form that leaves the page by HTTP is sent once as well. What it leads to may be a download, which leaves the page
// where it is.
const posted = new Map(); // form → what is locked
function post(event, form) {
  if (event.defaultPrevented || getAttribute(form, "method") === "dialog") return;
  if (posted.has(form)) return event.preventDefault();
  leaving = Date.now();
  const target = getAttribute(form, "target");
  if (target && target !== "_self") return;
  const mine = { locked: [] };
  posted.set(form, mine);
  // Its button counts as a field, and must not be changed before it is read.
  setTimeout(() => lock(form, mine));
  setTimeout(() => posted.delete(form) && unlock(mine), 10000);
}
addEventListener("pageshow", () => {
  for (const mine of posted.values()) unlock(mine);
  posted.clear();
});
