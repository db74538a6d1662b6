// The browser's half of live pages. What the messages mean is said in docs/live-protocol.md.
//
// The page is a text, the HTML between the tags of #live. The server sends splices of that text; the new text is parsed
// and compared with the old one, and only where those two differ is the document touched: what somebody typed, opened,
// selected or scrolled stays as it is wherever the server has not changed its mind.
"use strict";
(() => {
  // ---- Texts ----------------------------------------------------------------------------------------------------

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

  // ---- Morphing -------------------------------------------------------------------------------------------------

  const identity = (node) => node.nodeType === 1 ? node.getAttribute("data-key") || node.id || "" : "";
  const alike = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && identity(a) === identity(b)
    && (a.nodeName !== "INPUT" || a.type === b.type && a.name === b.name);

  // Makes of `live`, which shows `old` with whatever happened to it since, what `next` says.
  function morph(live, old, next) {
    if (!live || old.isEqualNode(next)) return;
    if (old.nodeType !== 1 && old.nodeType !== 11) {
      if (live.nodeType === old.nodeType) live.nodeValue = next.nodeValue;
      return;
    }
    if (old.nodeType === 1) attributes(live, old, next);
    if (old.nodeType === 1 && (old.hasAttribute("data-stream") || live.isContentEditable && held(live))) return;
    if (live.nodeName === "TEXTAREA") return;
    children(live, old, next);
    if (live.nodeName === "SELECT") wish(live, "value", [...next.options].find((o) => o.hasAttribute("selected"))?.value);
  }

  function attributes(live, old, next) {
    for (const { name, value } of next.attributes) {
      if (old.getAttribute(name) === value) continue;
      live.setAttribute(name, value);
      property(live, name, value);
    }
    for (const { name } of old.attributes) {
      if (next.hasAttribute(name)) continue;
      live.removeAttribute(name);
      property(live, name, null);
    }
    if (live.nodeName === "TEXTAREA" && old.textContent !== next.textContent) {
      live.textContent = next.textContent;
      wish(live, "value", next.textContent);
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

  // The live nodes of `old`'s children, which are in the same order; what others have put between them is passed by.
  function pair(live, old) {
    const pairs = new Map();
    let at = live.firstChild;
    for (const child of old.childNodes) {
      for (let look = at; look; look = look.nextSibling) {
        if (!alike(look, child)) continue;
        pairs.set(child, look);
        at = look.nextSibling;
        break;
      }
    }
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
      if (match && alike(match, child)) {
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
    const order = wanted.map((child) => before.indexOf(from.get(child)));
    const still = increasing(order);
    const last = [...old.childNodes].reverse().map((child) => pairs.get(child)).find((node) => node && node.parentNode === live);
    let anchor = last ? last.nextSibling : null;
    for (let i = wanted.length - 1; i >= 0; i--) {
      const child = wanted[i];
      const was = from.get(child);
      let node = was && pairs.get(was);
      if (node && node.parentNode === live) {
        places.push([node, was, child]);
        if (!still.has(i)) move(live, node, anchor);
      } else {
        node = document.importNode(child, true);
        live.insertBefore(node, anchor);
        arrived(node);
      }
      anchor = node;
    }
    for (const [node, was, child] of places) morph(node, was, child);
  }

  // Pairs nodes without keys: alike ones in order, equal ones preferred where the lists differ in length.
  function match(olds, news, from) {
    let start = 0, endOld = olds.length, endNew = news.length;
    const take = (a, b) => alike(a, b) && from.set(b, a);
    while (start < endOld && start < endNew && olds[start].isEqualNode(news[start])) take(olds[start], news[start++]);
    while (endOld > start && endNew > start && olds[endOld - 1].isEqualNode(news[endNew - 1])) take(olds[--endOld], news[--endNew]);
    let at = start;
    for (let i = start; i < endNew; i++) {
      for (let look = at; look < endOld; look++) {
        if (take(olds[look], news[i])) {
          at = look + 1;
          break;
        }
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
    if (parent.moveBefore && node.isConnected) parent.moveBefore(node, anchor);
    else parent.insertBefore(node, anchor);
  }

  function arrived(node) {
    if (node.nodeType !== 1 || !node.isConnected) return;
    for (const el of [node, ...node.querySelectorAll("dialog[data-open]")]) if (el.nodeName === "DIALOG") dialog(el);
    watch(node);
    const wanted = node.hasAttribute("autofocus") ? node : node.querySelector("[autofocus]");
    if (wanted) wanted.focus({ preventScroll: true });
  }

  function dialog(el) {
    if (el.hasAttribute("data-open") && !el.open) el.showModal();
    else if (!el.hasAttribute("data-open") && el.open) el.close();
  }

  // Runs `change` and puts focus and caret back where they were, if it took them away.
  function keepingFocus(change) {
    const el = document.activeElement;
    let start = null, end = null;
    try {
      ({ selectionStart: start, selectionEnd: end } = el);
    } catch { /* No text, no caret. */ }
    change();
    if (el && el !== document.body && el.isConnected && document.activeElement !== el && !document.querySelector("dialog:modal")) {
      el.focus({ preventScroll: true });
      if (start !== null) try { el.setSelectionRange(start, end); } catch { /* As above. */ }
    }
  }

  // ---- Controls -------------------------------------------------------------------------------------------------

  // What is typed and not acknowledged: element → the number of its last event, Infinity while that waits to be sent.
  const typed = new Map();
  const wishes = new Map();
  let composing = null;

  const held = (el) => composing === el || (typed.get(el) ?? 0) > acknowledged;

  // What the server wants a control to hold; it has to wait while somebody types.
  function wish(el, name, value) {
    if (value === undefined) return;
    if (held(el)) return void wishes.set(el, [name, value]);
    wishes.delete(el);
    put(el, name, value);
  }

  function put(el, name, value) {
    if (el[name] === value) return;
    const focused = document.activeElement === el && name === "value" && typeof el.selectionStart === "number";
    const [start, end, length] = focused ? [el.selectionStart, el.selectionEnd, el.value.length] : [];
    el[name] = value;
    // From the end, where people type.
    if (focused) try { el.setSelectionRange(Math.max(0, value.length - (length - start)), Math.max(0, value.length - (length - end))); } catch { /* As above. */ }
  }

  function grantWishes() {
    for (const [el, seq] of typed) {
      if (seq > acknowledged || composing === el) continue;
      typed.delete(el);
      const wanted = wishes.get(el);
      wishes.delete(el);
      if (wanted && el.isConnected) put(el, ...wanted);
    }
  }

  // ---- The connection -------------------------------------------------------------------------------------------

  let root, text, shown, version = 0, state, mac, items;
  let socket = null, joined = false, again = false, gone = false;
  let seq = 0, acknowledged = 0, attempt = 0, timer = 0, heard = 0;
  const waiting = new Map(); // seq → what to do when it is acknowledged
  const working = new Map(); // seq → element
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
    mine.onopen = () => {
      const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      document.cookie = "tz=" + zone + "; path=/; SameSite=Lax; max-age=31536000";
      say(["join", { url: here(), hash: text === null ? "" : hash(text), items, state, mac, tz: zone, again }]);
    };
    mine.onmessage = (event) => {
      heard = Date.now();
      take(JSON.parse(event.data));
    };
    mine.onclose = (event) => closed(mine, event.code);
  }

  function closed(mine, code) {
    if (mine !== socket) return;
    socket = null;
    joined = false;
    again = true;
    for (const upload of uploads.values()) upload.stop("The connection was lost.");
    for (const el of working.values()) quiet(el);
    working.clear();
    if (gone) return;
    if (code === 4004) return ended();
    status(navigator.onLine ? "connecting" : "offline");
    setTimeout(() => { if (!joined && !gone) status("offline"); }, 1000);
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
    if (socket || gone || document.hidden) return;
    attempt = 0;
    connect();
  }

  // A message of the server.
  function take(message) {
    if (message.a !== undefined) acknowledged = Math.max(acknowledged, message.a);
    if (message.h !== undefined || message.p) {
      const next = message.h !== undefined ? message.h : splice(text, message.p);
      draw(next);
    }
    if (message.v !== undefined) version = message.v;
    if (message.S !== undefined) state = message.S;
    if (message.s) state = splice(state, message.s);
    if (message.m !== undefined) mac = message.m;
    if (message.t !== undefined) document.title = message.t;
    for (const item of message.i ?? []) stream(...item);
    for (const s of message.w ?? []) if (waiting.has(s)) working.set(s, waiting.get(s));
    for (const [s, el] of waiting) {
      if (s > acknowledged) continue;
      waiting.delete(s);
      if (!working.has(s)) quiet(el);
    }
    for (const s of message.d ?? []) {
      quiet(working.get(s));
      working.delete(s);
    }
    for (const [target, { seq: sent }] of [...unsent]) if (sent <= acknowledged) unsent.delete(target);
    grantWishes();
    if (message.u) {
      remember();
      if (message.u[1] === "push") history.pushState({ live: 1, x: 0, y: 0 }, "", message.u[0]);
      else history.replaceState(history.state, "", message.u[0]);
    }
    if (message.n) landed();
    for (const [ref, bytes] of message.ua ?? []) uploads.get(ref)?.go(bytes);
    for (const [ref, why] of message.ue ?? []) uploads.get(ref)?.stop(why);
    for (const ref of message.ud ?? []) uploads.get(ref)?.stop();
    for (const [id, path] of message.c ?? []) call(id, path);
    if (message.go !== undefined) leave(message.go);
    if (message.err !== undefined) stopped(message.err);
    if (message.reload) location.reload();
    if (!joined && message.v !== undefined) {
      joined = true;
      attempt = 0;
      status("online");
      resend(message.h === undefined);
    }
  }

  function draw(html) {
    const next = parse(html);
    // What is not ours any more, because something meddled with it, is drawn from what it is.
    const old = shown ?? (text === null ? parse(root.innerHTML) : parse(text));
    keepingFocus(() => morph(root, old, next));
    text = html;
    shown = next;
  }

  function leave(url) {
    gone = true;
    location.assign(url);
  }

  function stopped(why) {
    gone = true;
    const box = document.createElement("div");
    box.className = "live-error";
    box.setAttribute("role", "alert");
    const words = document.createElement("p");
    words.textContent = why;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Load the page again";
    button.onclick = () => location.reload();
    box.append(words, button);
    document.body.append(box);
  }

  // ---- Events ---------------------------------------------------------------------------------------------------

  const KINDS = ["click", "dblclick", "input", "change", "submit", "keydown", "keyup", "focusin", "focusout", "close"];
  const NAMES = { focusin: "focus", focusout: "blur" };
  const OWN = new Set(["link", "debounce", "keys", "confirm", "key", "stream", "open"]);
  const delayed = new Map(); // element → { timer, send }

  const control = (el) => el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.nodeName);
  const quiet = (el) => el?.removeAttribute("aria-busy");

  function fields(form, submitter) {
    const all = [];
    for (const [name, value] of new FormData(form, submitter)) {
      if (typeof value === "string") all.push([name, value]);
    }
    return all;
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
    let hidden = target.type === "password" ? [target.name] : []; // what a recording leaves out
    if (kind === "submit") {
      out.fields = fields(el, event.submitter);
      hidden = passwords(el);
    } else if ((kind === "input" || kind === "change") && target.form) {
      const secret = new Set(passwords(target.form));
      out.fields = fields(target.form).filter(([name]) => !secret.has(name));
    }
    if (hidden.length) out.hidden = hidden;
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
    if (kind === "click" && link(event)) return;
    if (kind === "close" && target.nodeName === "DIALOG" && !target.hasAttribute("data-open")) return;
    if (kind === "change" && target.type === "file" && target.hasAttribute("on:upload")) return upload(target);
    const el = listener(target, kind);
    if (kind === "submit" && !el) leaving = Date.now();
    if (kind === "input" && (event.isComposing || composing === target)) return;
    if (!el || el.disabled || el.getAttribute("aria-disabled") === "true") {
      if (kind === "change" || kind === "submit" || kind === "click") flush();
      return;
    }
    if (kind === "submit") {
      // Without a connection a form that works without one is sent as such.
      if (!joined && el.method === "post" && el.getAttribute("action")) return void (leaving = Date.now());
      event.preventDefault();
    }
    if (kind === "click" && (el.nodeName === "A" || el.type === "submit")) event.preventDefault();
    const keys = el.dataset.keys;
    if (event.key !== undefined && keys && !keys.split(" ").includes(event.key)) return;
    if (el.dataset.confirm && (kind === "click" || kind === "submit") && !window.confirm(el.dataset.confirm)) {
      event.preventDefault();
      return;
    }
    const delay = Number(el.dataset.debounce ?? 0);
    const id = el.getAttribute("on:" + kind);
    const send = () => emit(el, target, id, kind, () => payload(event, el, target, kind));
    if (delay && (kind === "input" || kind === "keyup")) {
      typed.set(target, Infinity);
      clearTimeout(delayed.get(target)?.timer);
      const go = () => { delayed.delete(target); send(); };
      delayed.set(target, { timer: setTimeout(go, delay), go });
      return;
    }
    if (kind !== "input") flush();
    send();
  }

  function flush() {
    for (const { timer, go } of [...delayed.values()]) {
      clearTimeout(timer);
      go();
    }
  }

  // Sends an event, and says so on the element until it is done.
  function emit(el, target, id, kind, body) {
    const typing = (kind === "input" || kind === "change") && control(target);
    seq++;
    if (typing) {
      typed.set(target, seq);
      unsent.set(target, { el, kind });
    }
    if (!joined) {
      // Never sent, so it is safe to send it later, if the page then still is what was clicked.
      if (!typing && later.length < 20) later.push(() => emit(el, target, id, kind, body));
      return;
    }
    if (!say(["ev", seq, version, id, kind, body()])) return;
    if (typing) unsent.set(target, { el, kind, seq });
    el.setAttribute("aria-busy", "true");
    waiting.set(seq, el);
  }

  // What was typed while nobody listened is said once more, as it is now. Clicks that were sent are not: they may have
  // been heard.
  const unsent = new Map();
  let later = [];
  function resend(same) {
    for (const el of waiting.values()) quiet(el);
    waiting.clear();
    for (const [target, { el, kind, seq: sent }] of [...unsent]) {
      if (sent <= acknowledged || !target.isConnected || !el.isConnected) {
        unsent.delete(target);
        if (!target.isConnected) typed.delete(target);
        continue;
      }
      const id = el.getAttribute("on:" + kind);
      if (id) emit(el, target, id, kind, () => payload({}, el, target, kind));
      else typed.delete(target);
    }
    grantWishes();
    const clicks = same ? later : [];
    later = [];
    for (const click of clicks) click();
  }

  document.addEventListener("compositionstart", (event) => { composing = event.target; });
  document.addEventListener("compositionend", (event) => {
    composing = null;
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // `on:visible`: once each time that it comes into view.
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      const el = entry.target;
      if (!el.isConnected || !el.hasAttribute("on:visible")) seen.unobserve(el);
      else if (entry.isIntersecting && joined) emit(el, el, el.getAttribute("on:visible"), "visible", () => payload({}, el, el, "visible"));
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

  // ---- Links and history ----------------------------------------------------------------------------------------

  function link(event) {
    const a = event.target.closest?.("a[data-link][href]");
    if (!a || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return false;
    if (a.origin !== location.origin || a.target && a.target !== "_self" || a.hasAttribute("download")) return false;
    if (a.pathname + a.search === here() && a.hash) return false;
    if (!joined) return false;
    event.preventDefault();
    flush();
    remember();
    fragment = a.hash;
    navigate(a.pathname + a.search, "push");
    return true;
  }

  let fragment = "", popped = null;
  function navigate(url, kind) {
    seq++;
    document.documentElement.setAttribute("aria-busy", "true");
    if (!say(["nav", seq, url, kind])) location.assign(url);
  }

  // Where the page is scrolled to, for coming back.
  function remember() {
    history.replaceState({ live: 1, x: scrollX, y: scrollY }, "");
  }

  function landed() {
    document.documentElement.removeAttribute("aria-busy");
    unsent.clear();
    if (popped) {
      scrollTo(popped.x ?? 0, popped.y ?? 0);
      popped = null;
    } else {
      const target = fragment && document.getElementById(decodeURIComponent(fragment.slice(1)));
      if (target) target.scrollIntoView();
      else scrollTo(0, 0);
      if (fragment) history.replaceState(history.state, "", fragment);
      const place = root.querySelector("[autofocus]") ?? root.querySelector("main h1") ?? root.querySelector("main");
      if (place && !place.matches(":focus")) {
        if (!place.hasAttribute("tabindex") && !control(place)) place.setAttribute("tabindex", "-1");
        place.focus({ preventScroll: true });
      }
    }
    fragment = "";
    look();
  }

  addEventListener("popstate", (event) => {
    if (!event.state?.live) return;
    popped = event.state;
    if (joined) navigate(here(), "pop");
    else location.reload();
  });

  // ---- Streams --------------------------------------------------------------------------------------------------

  function stream(id, op, key, html) {
    const list = [...root.querySelectorAll("[data-stream]")].find((el) => el.getAttribute("data-stream") === id);
    if (!list) return;
    const known = key && [...list.children].find((el) => el.getAttribute("data-key") === key);
    const fresh = parse(html);
    const nodes = [...fresh.childNodes];
    keepingFocus(() => {
      if (op === "reset") list.replaceChildren(...nodes);
      else if (op === "remove") known?.remove();
      else if (op === "replace") known?.replaceWith(...nodes);
      else {
        known?.remove();
        list[op](...nodes);
      }
    });
    for (const node of nodes) arrived(node);
    if (op !== "remove") look();
  }

  // ---- Calls ----------------------------------------------------------------------------------------------------

  const REFUSED = new Set(["constructor", "__proto__", "prototype", "eval", "Function", "setTimeout", "setInterval", "importScripts"]);

  async function call(id, path) {
    try {
      let value = globalThis;
      for (const step of path) {
        const [name, ...args] = Array.isArray(step) ? step : [step];
        const key = name === "=" ? args[0] : name;
        if (REFUSED.has(key)) throw new Error(`${key} cannot be called`);
        if (!Array.isArray(step)) value = value[name];
        else if (name === "$") value = document.querySelector(args[0]);
        else if (name === "=") value = void (value[key] = args[1]);
        else value = await value[name](...args);
      }
      let plain = null;
      try { plain = JSON.parse(JSON.stringify(await value ?? null)); } catch { /* A window, an element: nothing to tell. */ }
      say(["ret", id, true, plain]);
    } catch (error) {
      say(["ret", id, false, String(error?.message ?? error)]);
    }
  }

  // ---- Uploads --------------------------------------------------------------------------------------------------

  const CHUNK = 32 * 1024;
  const uploads = new Map();
  let reference = 0;

  function upload(input) {
    const files = [...input.files];
    if (!files.length) return;
    if (!joined) return void (input.value = "");
    const ref = ++reference;
    seq++;
    let at = 0, offset = 0, sent = 0, over = false;
    const note = (why) => {
      input.setCustomValidity(why ?? "");
      if (why) input.reportValidity();
    };
    const go = async (bytes) => {
      while (at < files.length && offset >= files[at].size) { at++; offset = 0; }
      if (over || bytes < sent || at >= files.length) return;
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
    const stop = (why) => {
      over = true;
      uploads.delete(ref);
      note(why);
      input.value = "";
    };
    note();
    uploads.set(ref, { go, stop });
    waiting.set(seq, input);
    input.setAttribute("aria-busy", "true");
    say(["up", seq, input.getAttribute("on:upload"), version, ref, files.map((f) => [f.name, f.size, f.type])]);
    // The first part goes at once; a refusal comes instead of an answer to it.
    go(0);
  }

  // ---- Start ----------------------------------------------------------------------------------------------------

  function start() {
    root = document.getElementById("live");
    if (!root) return;
    const known = textOf(root);
    text = hash(known) === root.dataset.hash ? known : null;
    ({ state, mac, items } = root.dataset);
    history.scrollRestoration = "manual";
    const before = history.state?.live ? history.state : null;
    if (before) scrollTo(before.x, before.y);
    else remember();
    for (const kind of KINDS) document.addEventListener(kind, handle, kind === "close");
    let still = 0;
    addEventListener("scroll", () => { clearTimeout(still); still = setTimeout(remember, 150); }, { passive: true });
    addEventListener("online", hurry);
    addEventListener("offline", () => status("offline"));
    document.addEventListener("visibilitychange", hurry);
    addEventListener("pagehide", () => { remember(); });
    // A page that comes out of the browser's memory has lost its connection without being told.
    addEventListener("pageshow", (event) => { if (event.persisted) { socket?.close(); hurry(); } });
    setInterval(() => { if (joined && Date.now() - heard >= 25000) say(["ping"]); }, 5000);
    for (const el of root.querySelectorAll("dialog[data-open]")) dialog(el);
    watch(root);
    status("connecting");
    connect();
  }

  window.heavyLive = { morph, splice, hash };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
