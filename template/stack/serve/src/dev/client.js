// What `cargo dev` has to say, on the page that is open. Only an application that it has started sends this.
"use strict";
(() => {
  const { run: begun, seen = "0", texts: shown, back } = document.currentScript.dataset;
  const made = Number(begun);
  let current = made, source = null, host = null, dismissed = "";

  // Each open tab keeps a connection, and browsers have few for one site: those that nobody sees go without.
  function listen() {
    if (document.hidden) {
      source?.close();
      source = null;
    } else if (!source) {
      source = new EventSource("/_dev/events");
      source.onmessage = (event) => take(JSON.parse(event.data));
    }
  }
  document.addEventListener("visibilitychange", listen);
  listen();

  function take({ run, texts, files, show, fault }) {
    if (stale(run, texts, files)) return void (back === undefined ? location.reload() : history.back());
    // A live page comes back to the next program without a pause.
    if (run && run !== current) dispatchEvent(new Event("online"));
    current = run || current;
    for (const url of Object.values(files)) exchange(url);
    overlay(show, fault?.number > Number(seen) ? fault : null);
  }

  // A live page takes over what has changed by itself, unless its script has. While no program runs (0) the page stays, with
  // what somebody has typed.
  function stale(run, texts, files) {
    if (run === 0) return false;
    if (run === made) return String(texts) !== shown && !document.getElementById("live");
    const script = document.querySelector('script[src^="/static/live.js"]');
    return !document.getElementById("live") || script?.getAttribute("src") !== files["live.js"];
  }

  // Puts what is at `url` now in the place of what was there. The old style sheet stays until the new one is there.
  function exchange(url) {
    const path = url.split("?")[0];
    for (const old of document.querySelectorAll("link[href]")) {
      const href = old.getAttribute("href");
      if (href === url || href.split("?")[0] !== path || old.dataset.old) continue;
      old.dataset.old = "";
      const next = old.cloneNode();
      delete next.dataset.old;
      next.href = url;
      next.onload = next.onerror = () => old.remove();
      old.after(next);
      if (!next.relList.contains("stylesheet")) old.remove();
    }
    for (const image of document.querySelectorAll("img[src]")) {
      const src = image.getAttribute("src");
      if (src !== url && src.split("?")[0] === path) image.src = url;
    }
  }

  const STYLE = `
    :host { all: initial }
    section { position: fixed; inset: auto 1rem 1rem 1rem; max-height: 70vh; overflow: auto; z-index: 2147483647;
      box-sizing: border-box; padding: 1rem 1.25rem; border-radius: .5rem; border-top: .3rem solid #f0616d;
      background: #1b1717; color: #f5efe9; font: 14px/1.5 system-ui, sans-serif; box-shadow: 0 1rem 4rem #000a }
    section.notice { border-top-color: #e0a93b; box-shadow: 0 .25rem 1rem #0006 }
    h1 { margin: 0 3rem .5rem 0; font-size: 1rem }
    p { margin: .25rem 3rem 0 0 }
    pre { margin: .75rem 0 0; font: 13px/1.45 ui-monospace, Menlo, "DejaVu Sans Mono", monospace; white-space: pre-wrap;
      overflow-wrap: anywhere }
    a { color: inherit; text-underline-offset: .2em }
    .at { color: #ff8f98; font-weight: bold }
    .bold { font-weight: bold }
    .red { color: #ff8f98 } .green { color: #9fd88b } .yellow { color: #f2c869 } .blue { color: #8ab8ff }
    .magenta { color: #dfa3f0 } .cyan { color: #7fd6d6 }
    button { position: absolute; top: .75rem; right: .75rem; width: 2rem; height: 2rem; border: 0; border-radius: .25rem;
      background: #0000; color: inherit; font: 1.25rem/1 system-ui; cursor: pointer }
    button:hover, button:focus-visible { background: #fff2 }
  `;

  // Texts only: what a compiler says is no markup.
  function element(name, text = "", kind = "") {
    const el = document.createElement(name);
    el.textContent = text;
    if (kind) el.className = kind;
    return el;
  }

  const COLORS = ["", "red", "green", "yellow", "blue", "magenta", "cyan", ""];

  // The class of a style that a terminal is told, after `before`: `1;31`, `38;5;9`.
  function style(codes, before) {
    let kinds = new Set(before.split(" ").filter(Boolean));
    const color = (number) => {
      kinds = new Set([...kinds].filter((kind) => kind === "bold"));
      if (COLORS[number]) kinds.add(COLORS[number]);
    };
    const numbers = codes.split(";").map(Number);
    for (let i = 0; i < numbers.length; i++) {
      const code = numbers[i];
      if (code === 0) kinds = new Set();
      else if (code === 1) kinds.add("bold");
      else if (code === 38 && numbers[i + 1] === 5) color(numbers[i += 2] % 8);
      else if (code >= 30 && code <= 37) color(code - 30);
      else if (code >= 90 && code <= 97) color(code - 90);
    }
    return [...kinds].join(" ");
  }

  // A text of a terminal, with its colours, whose places in files are links that the editor opens.
  function pre(text, editor) {
    const el = element("pre");
    let kind = "";
    for (const [i, part] of text.split(/\x1b\[([\d;]*)m/).entries()) {
      if (i % 2) kind = style(part, kind);
      else if (part) el.append(linked(part, kind, editor));
    }
    return el;
  }

  function linked(text, kind, editor) {
    const el = element("span", "", kind);
    let end = 0;
    for (const place of text.matchAll(/([\w.\/-]+\.(?:rs|toml|sql|css|js)):(\d+)(?::(\d+))?/g)) {
      const [words, file, line, column = "1"] = place;
      el.append(text.slice(end, place.index), link(words, { file, line, column }, editor));
      end = place.index + words.length;
    }
    el.append(text.slice(end));
    return el;
  }

  function link(words, { file, line, column }, editor) {
    // Not what the compiler brings, which is not on this machine.
    if (!editor?.url || file.startsWith("/rustc/")) return words;
    const path = file.startsWith("/") ? file : `${editor.root}/${file}`;
    const a = element("a", words);
    a.href = editor.url.replace("{path}", encodeURI(path)).replace("{line}", line).replace("{column}", column);
    return a;
  }

  // An error or a panic of a handler: where it happened, and the statement that the database has refused.
  function faulty({ title, text, place, lines, sql }, editor) {
    const parts = [element("h1", title), pre(text, editor)];
    if (place) {
      const at = element("pre");
      at.append(link(`${place.file}:${place.line}:${place.column}`, place, editor), "\n");
      for (const [number, line] of lines ?? []) {
        const row = `${String(number).padStart(5)}  ${line}\n`;
        at.append(element("span", row, number === place.line ? "at" : ""));
      }
      parts.push(at);
    }
    if (sql) parts.push(element("pre", sql, "cyan"));
    return parts;
  }

  function overlay(show, fault) {
    const problem = show?.problem ?? null, notices = show?.notices ?? [], editor = show?.editor;
    const all = JSON.stringify([problem, notices, fault?.number]);
    host?.remove();
    host = null;
    if (!problem && !notices.length && !fault) return void (dismissed = "");
    if (all === dismissed) return;
    host = document.createElement("cargo-dev");
    const inside = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    inside.adoptedStyleSheets = [sheet];
    const section = element("section");
    section.setAttribute("role", "alert");
    section.classList.toggle("notice", !problem && !fault);
    if (problem) section.append(element("h1", problem.title));
    for (const notice of notices) section.append(element("p", notice));
    for (const text of problem?.texts ?? []) section.append(pre(text, editor));
    if (fault) section.append(...faulty(fault, editor));
    const close = element("button", "×");
    close.setAttribute("aria-label", "Close");
    close.onclick = dismiss;
    section.append(close);
    inside.append(section);
    document.documentElement.append(host);

    function dismiss() {
      dismissed = all;
      host?.remove();
      host = null;
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") host?.shadowRoot.querySelector("button").click();
  });
})();
