// Draws a run while it goes on: figures come as server-sent events, commands are sent as JSON.
"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const WIDTH = 640, HEIGHT = 200, LEFT = 56, RIGHT = 12, TOP = 12, BOTTOM = 28;
  // Points of a line; of more samples, each point is the maximum of several.
  const POINTS = 300;
  const CHARTS = [
    { title: "Responses per second", lines: [["responses", "a", (s) => s.responses]] },
    { title: "Latency", unit: " ms", lines: [["p50", "a", (s) => s.p50_ms], ["p90", "b", (s) => s.p90_ms], ["p99", "c", (s) => s.p99_ms]] },
    { title: "Errors per second", lines: [["errors", "bad", (s) => s.errors]] },
    { title: "Users", lines: [["users", "a", (s) => s.users], ["live pages", "b", (s) => s.connected]] },
  ];
  const $ = (id) => document.getElementById(id);
  const short = (n) => n.toFixed(n >= 100 || n === Math.round(n) ? 0 : n >= 10 ? 1 : 2);
  let timeline = [];
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
  function axisEnd(n) {
    if (n <= 0) return 1;
    const power = 10 ** Math.floor(Math.log10(n));
    return [1, 2, 4, 5, 8, 10].map((step) => step * power).find((top) => top >= n) ?? n;
  }

  function points(value) {
    const size = Math.max(1, Math.ceil(timeline.length / POINTS));
    const out = [];
    for (let at = 0; at < timeline.length; at += size) {
      const part = timeline.slice(at, at + size);
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
    const top = axisEnd(Math.max(0, ...all.flat().map(([, value]) => value)));
    const end = Math.max(1, timeline.at(-1)?.at ?? 0);
    const x = (at) => (LEFT + (WIDTH - LEFT - RIGHT) * at / end).toFixed(1);
    const y = (value) => HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top;
    const inside = [];
    for (let part = 0; part <= 4; part++) {
      const at = y(top * part / 4);
      inside.push(element("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: at, y2: at }));
      inside.push(element("text", { x: LEFT - 6, y: at + 4, "text-anchor": "end" }, short(top * part / 4)));
    }
    const tick = axisEnd(end / 4);
    for (let at = 0; at <= end; at += tick) {
      const anchor = at > 0.95 * end ? "end" : "middle";
      inside.push(element("text", { x: x(at), y: HEIGHT - 8, "text-anchor": anchor }, short(at) + " s"));
    }
    const words = [];
    key.replaceChildren(...lines.map(([name, kind, value], i) => {
      inside.push(element("polyline", { class: kind, points: all[i].map(([at, v]) => x(at) + "," + y(v).toFixed(1)).join(" ") }));
      const now = short(timeline.length ? value(timeline.at(-1)) : 0) + unit;
      words.push(name + " " + now);
      const entry = html("span", name + " ", kind);
      entry.append(html("b", now));
      return entry;
    }));
    svg.replaceChildren(...inside);
    svg.setAttribute("aria-label", title + ": now " + words.join(", "));
  }

  function tiles(summary) {
    const last = timeline.at(-1) ?? { responses: 0 };
    const all = [
      ["responses per second", short(last.responses)], ["responses", summary.responses], ["errors", summary.errors],
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

  function show(event) {
    if (event.all) timeline = [];
    timeline.push(...event.timeline);
    const words = event.running ? "Running" : event.report ? "Ended" : "Not started";
    if ($("state").textContent !== words) $("state").textContent = words;
    $("about").textContent = event.about.file + " at " + event.about.url;
    // What somebody types is theirs until it is applied.
    const profile = event.users + " " + event.ramp;
    if (profile !== known) {
      known = profile;
      $("users").value = event.users;
      $("ramp").value = event.ramp;
    }
    $("start").hidden = event.running;
    $("stop").hidden = !event.running;
    $("report").hidden = !event.report;
    if (event.summary) tiles(event.summary);
    errors(event.summary?.errors_by_kind ?? []);
    figures.forEach(draw);
  }

  async function command(path, body = {}) {
    $("problem").textContent = "";
    try {
      const response = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
      if (!response.ok) $("problem").textContent = "Refused: " + await response.text();
    } catch {
      $("problem").textContent = "The load test does not respond: it may have ended in the terminal.";
    }
  }

  $("control").addEventListener("submit", (event) => {
    event.preventDefault();
    command("/load-profile", { users: Number($("users").value), ramp: Number($("ramp").value) });
  });
  $("start").addEventListener("click", () => command("/start"));
  $("stop").addEventListener("click", () => command("/stop"));

  const source = new EventSource("/events");
  source.onmessage = (message) => show(JSON.parse(message.data));
  source.onerror = () => { $("state").textContent = "Not connected: the load test has ended"; };
})();
