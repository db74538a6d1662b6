// What people type and choose, against what the server wants a control to hold.

// What is typed and not acknowledged: element → the number of its last event.
const typed = new Map();
const wishes = new Map();
let composing = null;

function held(el) {
  if (composing === el || typed.get(el) > acknowledged || [...delayed, ...queue].some(({ target }) => target === el)) return true;
  // One of a group cannot change without the others.
  return el.type === "radio" && [...typed].some(([other, sent]) => sent > acknowledged
    && other.type === "radio" && other.name === el.name && other.form === el.form);
}

// What the server wants a control to hold; it has to wait while somebody types.
function wish(el, name, value) {
  if (held(el)) return void wishes.set(el, [name, value]);
  wishes.delete(el);
  put(el, name, value);
}

function put(el, name, value) {
  if (name === "selection") {
    const chosen = el.multiple ? value : value.slice(0, 1);
    for (const option of el.options) option.selected = chosen.includes(option.value);
    return;
  }
  if (name.startsWith("inner")) {
    if (loaded.editable) return loaded.editable.rewrite(el, name, value);
    return useModule("editable", () => wish(el, name, value));
  }
  if (el[name] === value) return;
  const { selectionStart: start, selectionEnd: end } = el;
  const more = name === "value" ? value.length - el.value.length : 0;
  el[name] = value;
  // From the end, where people type.
  if (document.activeElement === el && typeof start === "number") el.setSelectionRange(Math.max(0, start + more), Math.max(0, end + more));
}

// What was chosen in a control that has a handler of its own: control → the number of its last event. When the server
// has answered, what it renders is what stands, also where it has not changed its mind.
const choices = new Map();
const choosable = (el) => nodeName(el) === "SELECT" || nodeName(el) === "INPUT" && /^(checkbox|radio|range|color)$/.test(el.type);

function standing(el) {
  if (el.type === "checkbox") return put(el, "checked", el.defaultChecked);
  if (el.type === "radio") {
    const group = all(root, "input[type=radio]").filter((other) => other.name === el.name && other.form === el.form);
    // A server that marks none of several does not say which.
    if (group.some((other) => other.defaultChecked)) for (const other of group) put(other, "checked", other.defaultChecked);
  } else if (nodeName(el) === "SELECT") {
    const marked = [...el.options].filter((option) => option.defaultSelected).map((option) => option.value);
    if (marked.length) put(el, "selection", marked);
  } else if (hasAttribute(el, "value")) put(el, "value", el.defaultValue);
}

function grantWishes() {
  for (const [el, sent] of typed) if (sent <= acknowledged) typed.delete(el);
  for (const [el, sent] of choices) {
    if (sent > acknowledged || working.has(sent)) continue;
    choices.delete(el);
    if (isConnected(el) && !held(el)) standing(el);
  }
  for (const [el, wanted] of [...wishes]) {
    if (held(el)) continue;
    wishes.delete(el);
    if (isConnected(el)) put(el, ...wanted);
  }
}
