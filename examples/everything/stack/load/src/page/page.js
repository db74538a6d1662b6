// Draws a run while it goes on: figures come as server-sent events, orders go back as JSON.
"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const WIDTH = 640, HEIGHT = 200, LEFT = 56, RIGHT = 12, TOP = 12, BOTTOM = 28;
  // Points of a line; of more, each is the most of several.
  const POINTS = 300;
  const CHARTS = [
    { title: "Answers a second", lines: [["answers", "a", (m) => m.answers]] },
    { title: "Latency", unit: " ms", lines: [["p50", "a", (m) => m.p50_ms], ["p90", "b", (m) => m.p90_ms], ["p99", "c", (m) => m.p99_ms]] },
    { title: "Errors a second", lines: [["errors", "bad", (m) => m.errors]] },
    { title: "Users", lines: [["users", "a", (m) => m.users], ["live pages", "b", (m) => m.connected]] },
  ];
  const $ = (id) => document.getElementById(id);
  const short = (n) => n.toFixed(n >= 100 || n === Math.round(n) ? 0 : n >= 10 ? 1 : 2);
  let moments = [];
  let known = "";

  function element(name, attributes, text) {
    const el = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) el.setAttribute(key, value);
    if (text !== undefined) el.textContent = text;
    return el;
  }

  function html(name, text, className) {
    const el = document.createElement(name);
    el.textContent = text;
    if (className) el.className = className;
    return el;
  }

  // A round number that is not smaller.
  function nice(n) {
    if (n <= 0) return 1;
    const power = 10 ** Math.floor(Math.log10(n));
    return [1, 2, 4, 5, 8, 10].map((step) => step * power).find((top) => top >= n) ?? n;
  }

  function points(value) {
    const size = Math.max(1, Math.ceil(moments.length / POINTS));
    const out = [];
    for (let at = 0; at < moments.length; at += size) {
      const part = moments.slice(at, at + size);
      out.push([part[part.length - 1].at, Math.max(...part.map(value))]);
    }
    return out;
  }

  const figures = CHARTS.map((chart) => {
    const figure = document.createElement("figure");
    const caption = document.createElement("figcaption");
    const key = html("p", "", "key");
    caption.append(html("h2", chart.title), key);
    const svg = element("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": chart.title });
    figure.append(caption, svg);
    $("charts").append(figure);
    return { ...chart, svg, key };
  });

  function draw({ lines, unit = "", svg, key, title }) {
    const all = lines.map(([, , value]) => points(value));
    const top = nice(Math.max(0, ...all.flat().map(([, value]) => value)));
    const end = Math.max(1, moments.at(-1)?.at ?? 0);
    const x = (at) => (LEFT + (WIDTH - LEFT - RIGHT) * at / end).toFixed(1);
    const y = (value) => HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top;
    const inside = [];
    for (let part = 0; part <= 4; part++) {
      const at = y(top * part / 4);
      inside.push(element("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: at, y2: at }));
      inside.push(element("text", { x: LEFT - 6, y: at + 4, "text-anchor": "end" }, short(top * part / 4)));
    }
    const tick = nice(end / 4);
    for (let at = 0; at <= end; at += tick) {
      const anchor = at > 0.95 * end ? "end" : "middle";
      inside.push(element("text", { x: x(at), y: HEIGHT - 8, "text-anchor": anchor }, short(at) + " s"));
    }
    const words = [];
    key.replaceChildren(...lines.map(([name, kind, value], i) => {
      inside.push(element("polyline", { class: kind, points: all[i].map(([at, v]) => x(at) + "," + y(v).toFixed(1)).join(" ") }));
      const now = short(moments.length ? value(moments.at(-1)) : 0) + unit;
      words.push(name + " " + now);
      const entry = html("span", name + " ", kind);
      entry.append(html("b", now));
      return entry;
    }));
    svg.replaceChildren(...inside);
    svg.setAttribute("aria-label", title + ": now " + words.join(", "));
  }

  function tiles(summary) {
    const last = moments.at(-1) ?? { answers: 0 };
    const all = [
      ["answers a second", short(last.answers)], ["answers", summary.answers], ["errors", summary.errors],
      ["p50 of all", short(summary.p50_ms) + " ms"], ["p99 of all", short(summary.p99_ms) + " ms"],
      ["users", last.users ?? 0], ["live pages", last.connected ?? 0], ["seconds", Math.round(summary.seconds)],
    ];
    $("tiles").replaceChildren(...all.map(([name, value]) => {
      const tile = document.createElement("div");
      tile.append(html("dt", name), html("dd", value));
      return tile;
    }));
  }

  function errors(all) {
    $("errors").replaceChildren(...all.map(({ step, kind, count }) => {
      const row = document.createElement("tr");
      const head = html("th", step);
      head.scope = "row";
      row.append(head, html("td", kind, "text"), html("td", count));
      return row;
    }));
    if (!all.length) {
      const none = html("td", "None so far.", "text");
      none.colSpan = 3;
      $("errors").replaceChildren(document.createElement("tr"));
      $("errors").firstChild.append(none);
    }
  }

  function take(news) {
    if (news.all) moments = [];
    moments.push(...news.moments);
    const words = news.running ? "Running" : news.report ? "Ended" : "Not started";
    if ($("state").textContent !== words) $("state").textContent = words;
    $("about").textContent = news.about.file + " at " + news.about.url;
    // What somebody types is theirs until it is applied.
    const aim = news.users + " " + news.ramp;
    if (aim !== known) {
      known = aim;
      $("users").value = news.users;
      $("ramp").value = news.ramp;
    }
    $("start").hidden = news.running;
    $("stop").hidden = !news.running;
    $("report").hidden = !news.report;
    if (news.summary) tiles(news.summary);
    errors(news.summary?.errors_by_kind ?? []);
    figures.forEach(draw);
  }

  async function order(path, body = {}) {
    $("problem").textContent = "";
    try {
      const answer = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
      if (!answer.ok) $("problem").textContent = "Refused: " + await answer.text();
    } catch {
      $("problem").textContent = "The load test does not answer: it may have ended in the terminal.";
    }
  }

  $("control").addEventListener("submit", (event) => {
    event.preventDefault();
    order("/aim", { users: Number($("users").value), ramp: Number($("ramp").value) });
  });
  $("start").addEventListener("click", () => order("/start"));
  $("stop").addEventListener("click", () => order("/stop"));

  const source = new EventSource("/events");
  source.onmessage = (event) => take(JSON.parse(event.data));
  source.onerror = () => { $("state").textContent = "Not connected: the load test has ended"; };
})();
