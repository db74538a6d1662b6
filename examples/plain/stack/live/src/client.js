// The browser's half of live pages. What the messages mean is said in docs/live-protocol.md.
//
// The page is a text, the HTML between the tags of #live. The server sends splices of that text; the new text is parsed
// and compared with the old one, and only where those two differ is the document touched: what somebody typed, opened,
// selected or scrolled stays as it is wherever the server has not changed its mind.
"use strict";
(() => {
  // ---- Texts

  // Length and FNV-1a of UTF-16 code units, as the server computes them.
  function hash(text) {
    let h = 0x811c9dc5;
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
    return text.length.toString(36) + "-" + (h >>> 0).toString(16);
  }

  // [keep, skip, "insert", …]: the rest is kept.
  function splice(text, splices) {
    let at = 0, out = "";
    for (let i = 0; i < splices.length; i += 3) {
      out += text.slice(at, at + splices[i]) + splices[i + 2];
      at += splices[i] + splices[i + 1];
    }
    return out + text.slice(at);
  }

  function parse(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content;
  }

  // The text of what the document shows, as the server wrote it: a parser drops the newline after <textarea>, and the
  // items of streams are nobody's text.
  function textOf(root) {
    const copy = root.querySelector("[data-stream]") ? root.cloneNode(true) : root;
    if (copy !== root) for (const stream of copy.querySelectorAll("[data-stream]")) stream.textContent = "";
    return copy.innerHTML.replace(/<textarea(?:\s[^>]*)?>/g, "$&\n");
  }

  // ---- Morphing

  // What the server has written. Other nodes are of extensions: they are passed by, and stay.
  const ours = new WeakSet();
  function claim(node) {
    ours.add(node);
    for (const child of node.childNodes) claim(child);
  }

  // Another page begins: its content takes over nothing that was typed or opened in the one before.
  let elsewhere = false;

  function identity(node) {
    if (node.nodeType !== 1) return "";
    // Not `node.id`: in a form that is a field of this name.
    return node.getAttribute("data-key") || node.getAttribute("id") || node.nodeName === "OPTION" && node.value || "";
  }
  const alike = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && identity(a) === identity(b)
    && (a.nodeName !== "INPUT" || a.type === b.type && a.name === b.name && (!/^(radio|checkbox)$/.test(a.type) || a.value === b.value))
    // Whose content is somebody else's does not become one whose content is the server's.
    && (a.nodeType !== 1 || ["data-stream", "contenteditable"].every((name) => a.getAttribute(name) === b.getAttribute(name)));
  const continues = (old, next) => alike(old, next) && !(elsewhere && old.nodeName === "MAIN");

  // Makes of `live`, which shows `old` with whatever happened to it since, what `next` says.
  function morph(live, old, next) {
    if (!live || old.isEqualNode(next)) return;
    if (old.nodeType !== 1 && old.nodeType !== 11) {
      if (live.nodeType !== old.nodeType) live.replaceWith(fresh(next));
      else if (live.nodeValue !== next.nodeValue) live.nodeValue = next.nodeValue;
      return;
    }
    if (old.nodeType === 1) attributes(live, old, next);
    if (old.nodeType === 1 && old.hasAttribute("data-stream")) return;
    if (live.nodeName === "TEXTAREA") return;
    if (live.nodeName === "SELECT") return select(live, old, next);
    // What is in there is the browser's: it is replaced as a whole.
    if (live.isContentEditable) {
      const plain = !(old.innerHTML + next.innerHTML).includes("<");
      if (old.innerHTML !== next.innerHTML) wish(live, plain ? "innerText" : "innerHTML", next.innerHTML);
      return;
    }
    children(live, old, next);
  }

  // What is chosen stays so while options come and go, unless the server has chosen something else.
  function select(live, old, next) {
    const values = (options) => [...options].map((option) => option.value);
    const marked = (el) => values([...el.options].filter((option) => option.hasAttribute("selected"))).join("\n");
    const chosen = values(live.selectedOptions);
    children(live, old, next);
    put(live, "selection", chosen);
    if (marked(old) !== marked(next)) wish(live, "selection", values(next.selectedOptions));
  }

  function attributes(live, old, next) {
    for (const attribute of next.attributes) {
      const { name, value } = attribute;
      if (old.getAttribute(name) === value) continue;
      // A copy has its namespace, and may have a name that only a parser lets pass.
      live.setAttributeNode(attribute.cloneNode());
      property(live, name, value);
    }
    for (const { name } of old.attributes) {
      if (next.hasAttribute(name)) continue;
      live.removeAttribute(name);
      property(live, name, null);
    }
    if (live.nodeName === "TEXTAREA" && old.textContent !== next.textContent) {
      wish(live, "value", next.textContent);
      live.textContent = next.textContent;
    }
  }

  // Inputs whose value is their attribute, or nobody's to set.
  const PLAIN = /^(file|checkbox|radio|hidden|submit|button|reset|image)$/;

  // Attributes that only say how a control begins are put into what it holds now.
  function property(live, name, value) {
    if (name === "value" && live.nodeName === "INPUT" && !PLAIN.test(live.type)) wish(live, "value", value ?? "");
    else if (name === "checked") wish(live, "checked", value !== null);
    else if (name === "open" && live.nodeName === "DETAILS") live.open = value !== null;
    else if (name === "data-open" && live.nodeName === "DIALOG") dialog(live);
  }

  function fresh(next) {
    const node = document.importNode(next, true);
    claim(node);
    return node;
  }

  // The live nodes of `old`'s children, which are in the same order; what others have put between them is passed by.
  // A browser that translates a page puts <font> in the place of texts. What is not recognized any more goes.
  function pair(live, old) {
    const pairs = new Map();
    const known = ours.has(live);
    let at = live.firstChild;
    for (const child of old.childNodes) {
      for (let look = at; look; look = look.nextSibling) {
        const mine = !known || ours.has(look);
        if (mine ? !alike(look, child) : child.nodeType !== 3 || look.nodeName !== "FONT") continue;
        pairs.set(child, look);
        at = look.nextSibling;
        break;
      }
    }
    const found = new Set(pairs.values());
    if (known) for (const node of [...live.childNodes]) if (ours.has(node) && !found.has(node)) node.remove();
    return pairs;
  }

  function children(live, old, next) {
    const pairs = pair(live, old);
    const before = [...old.childNodes];
    // Which old child each new one continues: by key first, then in order. Equal ones at both ends need no thought.
    const keyed = new Map();
    const free = [];
    for (const child of before) {
      const key = identity(child);
      if (key && !keyed.has(key)) keyed.set(key, child);
      else if (!key) free.push(child);
    }
    const from = new Map();
    const unkeyed = [];
    for (const child of next.childNodes) {
      const key = identity(child);
      const match = key && keyed.get(key);
      if (match && continues(match, child)) {
        from.set(child, match);
        keyed.delete(key);
      } else if (!key) unkeyed.push(child);
    }
    match(free, unkeyed, from);
    const kept = new Set(from.values());
    for (const child of before) if (!kept.has(child)) pairs.get(child)?.remove();
    // From the end, so that each goes in front of one that is in its place.
    const places = [];
    const wanted = [...next.childNodes];
    const place = new Map(before.map((child, i) => [child, i]));
    const order = wanted.map((child) => place.get(from.get(child)) ?? -1);
    const still = increasing(order);
    const last = pairs.get(before.findLast((child) => pairs.get(child)?.parentNode === live));
    let anchor = last?.nextSibling ?? null;
    for (let i = wanted.length - 1; i >= 0; i--) {
      const child = wanted[i];
      const was = from.get(child);
      let node = was && pairs.get(was);
      if (node?.parentNode === live) {
        places.push([node, was, child]);
        if (!still.has(i)) move(live, node, anchor);
      } else {
        node = fresh(child);
        live.insertBefore(node, anchor);
        arrived(node);
      }
      anchor = node;
    }
    for (const [node, was, child] of places) morph(node, was, child);
  }

  // Pairs nodes without keys: equal ones at both ends, and of the rest as many as go without crossing.
  function match(olds, news, from) {
    let start = 0, endOld = olds.length, endNew = news.length;
    const take = (a, b) => continues(a, b) && from.set(b, a);
    while (start < endOld && start < endNew && olds[start].isEqualNode(news[start])) take(olds[start], news[start++]);
    while (endOld > start && endNew > start && olds[endOld - 1].isEqualNode(news[endNew - 1])) take(olds[--endOld], news[--endNew]);
    // Long lists piece by piece.
    for (; start < endOld && start < endNew; start += 200) {
      const end = start + 200;
      align(olds.slice(start, Math.min(end, endOld)), news.slice(start, Math.min(end, endNew)), take);
    }
  }

  function align(olds, news, take) {
    const width = news.length + 1;
    const best = new Uint16Array((olds.length + 1) * width);
    const worth = (a, b) => !alike(a, b) ? 0 : a.nodeType !== 1 ? 1 : a.isEqualNode(b) ? 5 : 3;
    for (let at = olds.length * width - 1; at >= 0; at--) {
      const b = news[at % width];
      const pair = b && worth(olds[Math.floor(at / width)], b);
      best[at] = Math.max(best[at + width], b ? best[at + 1] : 0, pair && pair + best[at + width + 1]);
    }
    for (let at = 0; best[at];) {
      if (best[at] === best[at + width]) at += width;
      else if (best[at] === best[at + 1]) at++;
      else {
        take(olds[Math.floor(at / width)], news[at % width]);
        at += width + 1;
      }
    }
  }

  // The places in `order` of a longest increasing run, without -1: what is in it need not be moved.
  function increasing(order) {
    const tails = [], previous = [];
    order.forEach((value, i) => {
      if (value < 0) return;
      let low = 0, high = tails.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (order[tails[middle]] < value) low = middle + 1;
        else high = middle;
      }
      previous[i] = low ? tails[low - 1] : -1;
      tails[low] = i;
    });
    const still = new Set();
    for (let i = tails.length ? tails[tails.length - 1] : -1; i >= 0; i = previous[i]) still.add(i);
    return still;
  }

  // A move that keeps focus, frames and animations where the browser can.
  function move(parent, node, anchor) {
    if (parent.moveBefore && node.isConnected && parent.isConnected) parent.moveBefore(node, anchor);
    else parent.insertBefore(node, anchor);
  }

  function arrived(node) {
    if (node.nodeType !== 1 || !node.isConnected) return;
    for (const el of [node, ...node.querySelectorAll("dialog[data-open]")]) if (el.nodeName === "DIALOG") dialog(el);
    watch(node);
    const wanted = node.hasAttribute("autofocus") ? node : node.querySelector("[autofocus]");
    if (wanted) wantsFocus = wanted;
  }

  function dialog(el) {
    if (el.hasAttribute("data-open") && !el.open) el.showModal();
    else if (!el.hasAttribute("data-open") && el.open) el.close();
  }

  // Runs `change` and puts focus and caret back where they were, if it took them away. That is nothing that a person
  // does, so nobody hears of it; only what asks for the focus by `autofocus` gets it as usual.
  let drawing = false, wantsFocus = null;
  function keepingFocus(change) {
    const el = document.activeElement;
    const { selectionStart: start, selectionEnd: end } = el ?? {};
    wantsFocus = null;
    drawing = true;
    try {
      change();
      const modal = [...document.querySelectorAll("dialog:modal")].pop();
      if (el && el !== document.body && el.isConnected && document.activeElement !== el && (!modal || modal.contains(el))) {
        el.focus({ preventScroll: true });
        if (typeof start === "number") el.setSelectionRange(start, end);
      }
    } finally {
      drawing = false;
    }
    if (wantsFocus?.isConnected) wantsFocus.focus({ preventScroll: true });
  }

  // ---- Controls

  // What is typed and not acknowledged: element → the number of its last event.
  const typed = new Map();
  const wishes = new Map();
  let composing = null;

  function held(el) {
    if (composing === el || typed.get(el) > acknowledged || delayed.some(({ target }) => target === el)) return true;
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
      for (const option of el.options) option.selected = value.includes(option.value);
      return;
    }
    if (name.startsWith("inner")) return rewrite(el, name, value);
    if (el[name] === value) return;
    const { selectionStart: start, selectionEnd: end } = el;
    const more = name === "value" ? value.length - el.value.length : 0;
    el[name] = value;
    // From the end, where people type.
    if (document.activeElement === el && typeof start === "number") el.setSelectionRange(Math.max(0, start + more), Math.max(0, end + more));
  }

  // The content of an element that is edited in place. The caret goes after as many characters as before.
  function rewrite(el, name, html) {
    // A browser has its own elements for lines, and may end the last one.
    const plain = name === "innerText";
    const now = plain && !el.firstElementChild ? el.textContent : el[name].replace(/\n$/, "");
    if (now === (plain ? parse(html).textContent : html)) return;
    const caret = document.getSelection();
    let left = -1;
    if (el.contains(caret.focusNode)) {
      const before = document.createRange();
      before.setStart(el, 0);
      before.setEnd(caret.focusNode, caret.focusOffset);
      left = before.toString().length;
    }
    el.innerHTML = html;
    const texts = document.createTreeWalker(el, NodeFilter.SHOW_TEXT);
    for (let node; left >= 0 && (node = texts.nextNode()); left -= node.length) {
      caret.collapse(node, Math.min(left, node.length));
    }
  }

  function grantWishes() {
    for (const [el, sent] of typed) if (sent <= acknowledged) typed.delete(el);
    for (const [el, wanted] of [...wishes]) {
      if (held(el)) continue;
      wishes.delete(el);
      if (el.isConnected) put(el, ...wanted);
    }
  }

  // ---- The connection

  let root, text, shown, version = 0, state, mac, items;
  let socket = null, joined = false, since = 0, again = false, gone = false;
  let seq = 0, acknowledged = 0, attempt = 0, timer = 0, doubt = 0, heard = 0, asked = 0;
  const waiting = new Map(); // seq → element whose event is not acknowledged
  const working = new Map(); // seq → element whose handler still works
  const here = () => location.pathname + location.search;

  function say(message) {
    if (!socket || socket.readyState !== 1) return false;
    socket.send(JSON.stringify(message));
    return true;
  }

  function status(name) {
    document.documentElement.dataset.live = name;
    const el = document.getElementById("live-status");
    const words = name === "offline" ? "You are offline. Trying again…" : "";
    if (el && el.textContent !== words) el.textContent = words;
  }

  function connect() {
    clearTimeout(timer);
    timer = 0;
    if (gone || socket) return;
    const url = new URL("/live", location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const mine = socket = new WebSocket(url);
    mine.binaryType = "arraybuffer";
    // Some networks swallow a connection without refusing it.
    setTimeout(() => { if (mine === socket && !joined) closed(mine, 0); }, 20000);
    mine.onopen = () => {
      const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      const [prefix, secure] = location.protocol === "https:" ? ["__Host-", "; Secure"] : ["", ""];
      document.cookie = prefix + "tz=" + zone + "; path=/; SameSite=Lax; max-age=31536000" + secure;
      say(["join", { url: here(), hash: text === null ? "" : hash(text), items, state, mac, tz: zone, again }]);
    };
    mine.onmessage = (event) => {
      if (mine !== socket) return;
      heard = Date.now();
      asked = 0;
      if (joined && document.documentElement.dataset.live !== "online") status("online");
      try {
        take(JSON.parse(event.data));
      } catch (error) {
        // What cannot be applied is drawn anew, from the whole.
        console.error(error);
        text = null;
        closed(mine, 0);
      }
    };
    mine.onclose = (event) => closed(mine, event.code);
  }

  function closed(mine, code) {
    if (mine !== socket) return;
    socket = null;
    mine.close();
    // One that is ended soon each time is not come back to at once.
    if (joined && Date.now() - since >= 10000) attempt = 0;
    joined = false;
    again = true;
    asked = 0;
    for (const upload of uploads.values()) upload.stop("The connection was lost.");
    const busy = [...waiting.values(), ...working.values()];
    waiting.clear();
    working.clear();
    busy.forEach(quiet);
    if (gone) return;
    if (code === 4004) return ended();
    // What cannot be said is not said again.
    if (code === 4002 || code === 4003) unsent.clear();
    status(navigator.onLine && document.documentElement.dataset.live !== "offline" ? "connecting" : "offline");
    doubt ||= setTimeout(() => { if (!gone) status("offline"); }, 1000);
    // Half of it by chance, so that not everybody comes back at once.
    const most = code === 1012 && attempt === 0 ? 300 : Math.min(10000, 200 * 2 ** attempt);
    attempt++;
    timer = setTimeout(connect, most / 2 + Math.random() * most / 2);
  }

  // The session is over. Where that is what a form of this page has just asked for, its answer is on the way.
  let leaving = 0;
  function ended() {
    if (Date.now() - leaving < 5000) setTimeout(ended, 500);
    else location.reload();
  }

  function hurry() {
    if (gone || document.hidden) return;
    if (joined && Date.now() - heard >= 5000) ask();
    if (socket) return;
    attempt = 0;
    connect();
  }

  // Whether anybody is still there: a connection can be dead for minutes before the browser says so.
  function ask() {
    if (!asked && say(["ping"])) asked = Date.now();
  }

  function listen() {
    if (!joined) return;
    if (asked && Date.now() - asked >= 10000) closed(socket, 0);
    else if (Date.now() - heard >= 25000) ask();
  }

  // A message of the server.
  function take(message) {
    if (message.a !== undefined) acknowledged = Math.max(acknowledged, message.a);
    // Where the page is scrolled to, before it becomes another one.
    if (message.u?.[1] === "push") remember();
    const path = message.u ? new URL(message.u[0], location.href).pathname : location.pathname;
    const arrives = message.n || !joined;
    elsewhere = arrives && path !== place;
    if (arrives || message.u) place = path;
    if (message.h !== undefined || message.p) draw(message.h ?? splice(text, message.p));
    if (message.v !== undefined) version = message.v;
    if (message.S !== undefined) state = message.S;
    if (message.s) state = splice(state, message.s);
    if (message.m !== undefined) mac = message.m;
    if (message.t !== undefined) document.title = message.t;
    for (const item of message.i ?? []) stream(...item);
    for (const s of message.w ?? []) if (waiting.has(s)) working.set(s, waiting.get(s));
    const rest = [];
    for (const [s, el] of waiting) if (s <= acknowledged && waiting.delete(s)) rest.push(el);
    for (const s of message.n ? [...working.keys()] : message.d ?? []) {
      rest.push(working.get(s));
      working.delete(s);
    }
    rest.forEach(quiet);
    for (const [target, kinds] of unsent) {
      for (const [kind, { sent }] of kinds) if (sent <= acknowledged) kinds.delete(kind);
      if (!kinds.size) unsent.delete(target);
    }
    grantWishes();
    if (message.u) {
      if (message.u[1] === "push") history.pushState({ live: 1, x: 0, y: 0 }, "", message.u[0]);
      else history.replaceState(history.state, "", message.u[0]);
      address = here();
    }
    if (message.n) arrive();
    for (const [ref, bytes] of message.ua ?? []) uploads.get(ref)?.go(bytes);
    for (const [ref, why] of message.ue ?? []) uploads.get(ref)?.stop(why);
    for (const ref of message.ud ?? []) uploads.get(ref)?.stop();
    // One whose page is not there any more is acknowledged and not begun.
    for (const upload of uploads.values()) {
      if (upload.begun || upload.seq > acknowledged) continue;
      if (message.w?.includes(upload.seq)) upload.begun = true;
      else upload.stop();
    }
    for (const [id, path] of message.c ?? []) call(id, path);
    if (message.go !== undefined) leave(message.go);
    if (message.err !== undefined) stopped(message.err);
    if (!joined && message.v !== undefined) {
      joined = true;
      since = Date.now();
      clearTimeout(doubt);
      doubt = 0;
      status("online");
      resend(message.h === undefined);
      look();
    }
  }

  function draw(html) {
    const next = parse(html);
    // What is not ours any more, because something meddled with it, is drawn from what it is.
    if (text === null) claim(root);
    const old = text === null ? parse(textOf(root)) : shown ?? parse(text);
    keepingFocus(() => morph(root, old, next));
    text = html;
    shown = next;
  }

  function leave(url) {
    gone = true;
    ways = [];
    document.documentElement.removeAttribute("aria-busy");
    location.assign(url);
    // What was only downloaded leaves this page where it is.
    setTimeout(() => { gone = false; hurry(); }, 5000);
  }

  function stopped(why) {
    gone = true;
    const box = document.createElement("div");
    box.className = "live-error";
    box.setAttribute("role", "alert");
    box.innerHTML = '<p></p><button type="button">Load the page again</button>';
    box.firstChild.textContent = why;
    box.lastChild.onclick = () => location.reload();
    document.body.append(box);
  }

  // ---- Events

  const KINDS = ["click", "dblclick", "input", "change", "submit", "keydown", "keyup", "focusin", "focusout", "close"];
  const NAMES = { focusin: "focus", focusout: "blur" };
  const OWN = new Set(["link", "debounce", "keys", "confirm", "key", "stream", "open"]);
  let delayed = []; // { target, kind, timer, go }: what waits for a pause in typing

  const control = (el) => el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.nodeName);

  // Says on the element that something is under way, until all of it is done. What the server says of it is its own.
  const busied = new WeakSet();
  function busy(el) {
    if (el.hasAttribute("aria-busy")) return;
    busied.add(el);
    el.setAttribute("aria-busy", "true");
  }
  function quiet(el) {
    const more = [...waiting.values(), ...working.values()].includes(el);
    if (el && !more && busied.delete(el)) el.removeAttribute("aria-busy");
  }

  function fields(form, submitter) {
    return [...new FormData(form, submitter)].filter(([, value]) => typeof value === "string");
  }

  function payload(event, el, target, kind) {
    const out = {};
    if (control(target)) {
      out.value = target.isContentEditable ? target.innerText : target.value;
      if (target.name) out.name = target.name;
      if (target.type === "checkbox" || target.type === "radio") out.checked = target.checked;
      if (target.type === "file") delete out.value;
    } else if (el.nodeName === "BUTTON" && el.value) out.value = el.value;
    if (event.key !== undefined) {
      out.key = event.key;
      for (const name of ["shift", "ctrl", "alt", "meta"]) if (event[name + "Key"]) out[name] = true;
    }
    const data = Object.entries(el.dataset).filter(([name]) => !OWN.has(name));
    if (data.length) out.data = Object.fromEntries(data);
    const passwords = (form) => [...form.elements].filter((c) => c.type === "password").map((c) => c.name);
    if (kind === "submit") {
      out.fields = fields(el, event.submitter);
    } else if ((kind === "input" || kind === "change") && target.form) {
      const secret = new Set(passwords(target.form));
      out.fields = fields(target.form).filter(([name]) => !secret.has(name));
    }
    return out;
  }

  // The element at or around the target that listens to `kind`.
  function listener(target, kind) {
    const el = target.nodeType === 1 ? target : target.parentElement;
    const found = el?.closest(`[on\\:${kind}]`);
    return found && root.contains(found) ? found : null;
  }

  function handle(event) {
    const kind = NAMES[event.type] ?? event.type;
    const target = event.target;
    if (drawing && (kind === "focus" || kind === "blur")) return;
    if (kind === "click" && link(event)) return;
    if (kind === "close" && target.nodeName === "DIALOG" && !target.hasAttribute("data-open")) return;
    if (kind === "change" && target.type === "file" && target.hasAttribute("on:upload")) return upload(target);
    const el = listener(target, kind);
    if (kind === "submit" && !el) leaving = Date.now();
    // Keys that choose a word, and the word until it is chosen, are nobody else's.
    if (event.isComposing && /^(input|key)/.test(kind)) return;
    if (kind === "input" && composing === target) composing = null;
    if (kind === "click" && el?.matches("a, [type=submit], button:not([type])")) event.preventDefault();
    if (!el || el.matches(":disabled, [aria-disabled=true]")) {
      if (/^(change|submit|click|blur)$/.test(kind)) flush();
      return;
    }
    if (kind === "submit") {
      // Without a connection a form that works without one is sent as such.
      if (!joined && el.matches("[method=post][action]")) return void (leaving = Date.now());
      event.preventDefault();
    }
    const keys = el.dataset.keys;
    if (/^key/.test(kind) && keys && !keys.split(" ").includes(event.key)) return;
    if (el.dataset.confirm && (kind === "click" || kind === "submit") && !window.confirm(el.dataset.confirm)) {
      event.preventDefault();
      return;
    }
    const delay = Number(el.dataset.debounce ?? 0);
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
    const id = root.contains(target) && el.getAttribute("on:" + kind);
    if (!id) return;
    const typing = (kind === "input" || kind === "change") && control(target);
    seq++;
    if (typing || kind === "keyup" && control(target)) typed.set(target, seq);
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
  function resend(same) {
    const again = [...unsent];
    unsent.clear();
    typed.clear();
    for (const [target, kinds] of again) {
      for (const [kind, { el }] of kinds) {
        // Of a group of radio buttons only the one that is chosen has something to say.
        if (el.contains(target) && (target.type !== "radio" || target.checked)) emit(el, target, kind);
      }
    }
    grantWishes();
    renavigate();
    const clicks = same ? later : [];
    later = [];
    for (const click of clicks) click();
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
      if (!el.isConnected || !el.hasAttribute("on:visible")) seen.unobserve(el);
      else if (entry.isIntersecting && joined) emit(el, el, "visible");
    }
  }, { rootMargin: "200px" });
  function watch(node) {
    for (const el of [node, ...node.querySelectorAll("[on\\:visible]")]) {
      if (el.hasAttribute?.("on:visible")) seen.observe(el);
    }
  }
  // What is in view still, after more has come, is seen once more.
  function look() {
    for (const el of root.querySelectorAll("[on\\:visible]")) {
      seen.unobserve(el);
      seen.observe(el);
    }
  }

  // ---- Links and history

  function link(event) {
    const a = event.target.closest?.("a[data-link][href]");
    if (!a || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return false;
    if (a.origin !== location.origin || a.target && a.target !== "_self" || a.hasAttribute("download")) return false;
    if (a.pathname + a.search === here() && a.hash) return false;
    if (!joined) return false;
    event.preventDefault();
    flush();
    navigate({ url: a.pathname + a.search, kind: "push", fragment: a.hash });
    return true;
  }

  let place = location.pathname; // whose page is shown
  let address = here(); // and with its query
  let ways = []; // on which we are: { seq, url, kind, fragment or x and y }
  function navigate(way) {
    way.seq = ++seq;
    ways.push(way);
    document.documentElement.setAttribute("aria-busy", "true");
    say(["nav", seq, way.url, way.kind]);
  }

  // After a break: a page can be asked for twice. Where the address is that of another page already, the join was for it.
  function renavigate() {
    const way = ways.pop();
    ways = [];
    if (way?.kind === "push") navigate(way);
    else if (way) landed(way);
  }

  // Where the page is scrolled to, for coming back. On the way back the address is another page's already.
  function remember() {
    if (ways.some((way) => way.kind === "pop")) return;
    history.replaceState({ live: 1, x: scrollX, y: scrollY }, "");
  }

  // The last page of those that were asked for until now is shown; `ctx.navigate` leads to one that nobody asked for.
  function arrive() {
    let way;
    while (ways.length && ways[0].seq <= acknowledged) way = ways.shift();
    landed(way ?? {});
  }

  function landed({ kind, x, y, fragment }) {
    if (!ways.length) {
      document.documentElement.removeAttribute("aria-busy");
      address = here();
    }
    unsent.clear();
    if (kind === "pop") scrollTo(x ?? 0, y ?? 0);
    else {
      scrollTo(0, 0);
      if (fragment) {
        location.replace(fragment);
        remember();
      }
      const place = root.querySelector("[autofocus]") ?? root.querySelector("main h1") ?? root.querySelector("main");
      if (place && !place.matches(":focus")) {
        if (!place.hasAttribute("tabindex") && !control(place)) place.setAttribute("tabindex", "-1");
        place.focus({ preventScroll: true });
      }
    }
    look();
  }

  addEventListener("popstate", (event) => {
    if (!event.state?.live) return;
    // Another part of the page that is shown.
    if (!ways.length && here() === address) return scrollTo(event.state.x, event.state.y);
    if (joined) navigate({ url: here(), kind: "pop", x: event.state.x, y: event.state.y });
    else location.reload();
  });

  // ---- Streams

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

  // ---- Calls

  const REFUSED = new Set(["constructor", "__proto__", "prototype", "eval", "Function", "setTimeout", "setInterval", "importScripts"]);

  async function call(id, path) {
    // Another connection has not asked.
    const mine = socket;
    const answer = (ok, value) => { if (mine === socket) say(["ret", id, ok, value]); };
    try {
      let value = globalThis;
      for (const step of path) {
        const [name, ...args] = Array.isArray(step) ? step : [step];
        const key = String(name === "=" ? args[0] : name);
        if (REFUSED.has(key)) throw new Error(`${key} cannot be called`);
        if (!Array.isArray(step)) value = await value[key];
        else if (name === "$") value = document.querySelector(args[0]);
        else if (name === "=") value = void (value[key] = args[1]);
        else value = await value[key](...args);
      }
      let plain = null;
      try { plain = JSON.parse(JSON.stringify(await value ?? null)); } catch { /* A window, an element: nothing to tell. */ }
      answer(true, plain);
    } catch (error) {
      answer(false, String(error?.message ?? error));
    }
  }

  // ---- Uploads

  const CHUNK = 32 * 1024;
  const uploads = new Map();
  let reference = 0;

  function upload(input) {
    const files = [...input.files];
    if (!files.length) return;
    const ref = ++reference;
    seq++;
    let at = 0, offset = 0, sent = 0, over = false;
    const go = async (bytes) => {
      while (at < files.length && offset >= files[at].size) { at++; offset = 0; }
      if (over || bytes < sent || at >= files.length) return;
      // Its page has taken it away.
      if (!input.isConnected) {
        say(["upx", ref]);
        return stop();
      }
      const part = await files[at].slice(offset, offset + CHUNK).arrayBuffer().catch(() => null);
      if (over) return;
      if (!part) {
        say(["upx", ref]);
        return stop("The file cannot be read.");
      }
      const frame = new Uint8Array(8 + part.byteLength);
      new DataView(frame.buffer).setUint32(0, ref);
      new DataView(frame.buffer).setUint32(4, at);
      frame.set(new Uint8Array(part), 8);
      offset += part.byteLength;
      sent += part.byteLength;
      if (socket?.readyState === 1) socket.send(frame);
    };
    const stop = (why = "") => {
      over = true;
      uploads.delete(ref);
      input.value = "";
      input.setCustomValidity(why);
      if (why) input.reportValidity();
    };
    if (!joined) return stop("There is no connection. Try again in a moment.");
    input.setCustomValidity("");
    uploads.set(ref, { seq, go, stop });
    waiting.set(seq, input);
    busy(input);
    say(["up", seq, input.getAttribute("on:upload"), version, ref, files.map((f) => [f.name, f.size, f.type])]);
    // The first part goes at once; a refusal comes instead of an answer to it.
    go(0);
  }

  // ---- Start

  function start() {
    root = document.getElementById("live");
    if (!root) return;
    const known = textOf(root);
    text = hash(known) === root.dataset.hash ? known : null;
    claim(root);
    for (const item of root.querySelectorAll("[data-stream] > *")) born.set(item, item.cloneNode(true));
    ({ state, mac, items } = root.dataset);
    history.scrollRestoration = "manual";
    const before = history.state?.live ? history.state : null;
    if (before) scrollTo(before.x, before.y);
    else remember();
    for (const kind of KINDS) document.addEventListener(kind, handle, kind === "close");
    let still = 0;
    addEventListener("scroll", () => { clearTimeout(still); still = setTimeout(remember, 150); }, { passive: true });
    addEventListener("online", () => { heard = 0; hurry(); });
    addEventListener("offline", () => status("offline"));
    document.addEventListener("visibilitychange", hurry);
    addEventListener("pagehide", () => { remember(); });
    // A page that comes out of the browser's memory has lost its connection without being told.
    addEventListener("pageshow", (event) => { if (event.persisted && socket) { closed(socket, 0); hurry(); } });
    setInterval(listen, 5000);
    for (const el of root.querySelectorAll("dialog[data-open]")) dialog(el);
    watch(root);
    status("connecting");
    connect();
  }

  window.heavyLive = { morph, splice, hash };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
