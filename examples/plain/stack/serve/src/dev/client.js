// What `cargo dev` has to say, on the page that is open. Only an application that it has started sends this.
"use strict";
(() => {
  const made = Number(document.currentScript.dataset.run);
  let source = null, host = null, dismissed = "";

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

  function take({ run, files, show }) {
    if (stale(run, files)) return void location.reload();
    for (const url of Object.values(files)) exchange(url);
    overlay(show);
  }

  // A live page takes over what has changed by itself, unless its script has.
  function stale(run, files) {
    if (run === made) return false;
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
    button { position: absolute; top: .75rem; right: .75rem; width: 2rem; height: 2rem; border: 0; border-radius: .25rem;
      background: #0000; color: inherit; font: 1.25rem/1 system-ui; cursor: pointer }
    button:hover, button:focus-visible { background: #fff2 }
  `;

  // Texts only: what a compiler says is no markup.
  function element(name, text) {
    const el = document.createElement(name);
    el.textContent = text;
    return el;
  }

  function overlay(show) {
    const problem = show?.problem ?? null, notices = show?.notices ?? [];
    const all = JSON.stringify([problem, notices]);
    host?.remove();
    host = null;
    if (!problem && !notices.length) return void (dismissed = "");
    if (all === dismissed) return;
    host = document.createElement("cargo-dev");
    const inside = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    inside.adoptedStyleSheets = [sheet];
    const section = element("section", "");
    section.setAttribute("role", "alert");
    section.classList.toggle("notice", !problem);
    if (problem) section.append(element("h1", problem.title));
    for (const notice of notices) section.append(element("p", notice));
    for (const text of problem?.texts ?? []) section.append(element("pre", text));
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
