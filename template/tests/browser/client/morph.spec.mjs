// What the script makes of new HTML: any old and new markup, with whatever has happened to the page in between.

import { expect, hash, test } from "./test.mjs";

// Each worker draws one of its own; a failure names it, and `SEED=… cargo dev browser-test morph` repeats it.
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit) => Math.floor(next() * limit);
  return { below, of: (list) => list[below(list.length)], chance: (share) => next() < share };
}

const TEXTS = ["a", "b ", "täxt", "🙂", "one two", "&amp;", "&lt;b&gt;", "  "];

function attributes(r) {
  const all = [`class="${r.of(["x", "y", "x y"])}"`, `title="${r.of(TEXTS)}"`, `hidden=""`, `data-a="${r.below(3)}"`, `@a="x"`];
  return all.filter(() => r.chance(0.25)).map((attribute) => ` ${attribute}`).join("");
}

// Markup as a browser parses it without mending it.
function markup(r, depth = 0) {
  let html = "";
  for (let count = r.below(5); count > 0; count -= 1) html += node(r, depth);
  return html;
}

function node(r, depth) {
  const inner = () => (depth < 3 ? markup(r, depth + 1) : r.of(TEXTS));
  const rows = (tag, cell) => Array.from({ length: r.below(4) }, () => `<tr><${cell}>${r.of(TEXTS)}</${cell}></tr>`).join("");
  switch (r.below(16)) {
    case 0: case 1: return r.of(TEXTS);
    case 2: return `<!--${r.of(["one", "two"])}-->`;
    case 3: case 4: return `<div${attributes(r)}>${inner()}</div>`;
    case 5: return `<span${attributes(r)}>${r.of(TEXTS)}</span>`;
    case 6: {
      const keys = [..."abcdefg"].filter(() => r.chance(0.5)).sort(() => r.below(3) - 1);
      return `<ul>${keys.map((key) => `<li data-key="${key}"${attributes(r)}>${r.of(TEXTS)}</li>`).join("")}</ul>`;
    }
    case 7: return `<table><tbody>${rows("tr", r.of(["td", "th"]))}</tbody></table>`;
    case 8: return `<svg viewBox="0 0 1 1"><path d="M0 0L${r.below(3)} 1"></path><g>${r.chance(0.5) ? "<circle r=\"1\"></circle>" : ""}</g></svg>`;
    case 9: return `<input name="${r.of(["p", "q"])}" type="${r.of(["text", "checkbox"])}"${r.chance(0.5) ? " value=\"v\"" : ""}${r.chance(0.3) ? " checked=\"\"" : ""}>`;
    case 10: return `<textarea name="t">\n${r.of(TEXTS)}</textarea>`;
    case 11: return `<select name="s">${["a", "b", "c"].map((v) => `<option value="${v}"${r.chance(0.3) ? " selected=\"\"" : ""}>${v}</option>`).join("")}</select>`;
    case 12: return `<div contenteditable="true">${inner()}</div>`;
    case 13: return `<svg><use xlink:href="#${r.of(["a", "b"])}"></use></svg>`;
    case 14: return `<details${r.chance(0.5) ? " open=\"\"" : ""}><summary>s</summary>${r.of(TEXTS)}</details>`;
    default: return `<p id="${r.of(["one", "two"])}">${r.of(TEXTS)}</p>`;
  }
}

test("any old and new markup: the patched document is what a parser makes of the new one", async ({ open }) => {
  // With all modules that a patch may want.
  const { page } = await open('<p contenteditable="true"></p>');
  const r = random(SEED);
  const cases = Array.from({ length: 400 }, () => Array.from({ length: 3 }, () => markup(r)));
  const wrong = await page.evaluate((cases) => {
    const { morph } = window.heavyLive;
    const parse = (html) => {
      const template = document.createElement("template");
      template.innerHTML = html;
      return template.content;
    };
    for (const steps of cases) {
      const live = document.createElement("div");
      document.body.append(live);
      // From an empty element, so that all of it is what the script has made.
      morph(live, parse(""), parse(steps[0]));
      for (let at = 1; at < steps.length; at += 1) {
        morph(live, parse(steps[at - 1]), parse(steps[at]));
        const wanted = document.createElement("div");
        wanted.innerHTML = steps[at];
        if (!live.isEqualNode(wanted)) return { from: steps[at - 1], to: steps[at], got: live.innerHTML };
      }
      live.remove();
    }
    return null;
  }, cases);
  expect(wrong, `SEED=${SEED}: ${JSON.stringify(wrong)}`).toBeNull();
});

test("what extensions have put between the server's nodes takes no part in its changes", async ({ open }) => {
  const r = random(SEED + 1);
  const fake = await open("<p>0</p>");
  for (let cases = 0; cases < 40; cases += 1) {
    const first = `<p>0</p>${markup(r)}`;
    fake.draw(first);
    for (let step = 0; step < 3; step += 1) {
      await fake.heard();
      const places = Array.from({ length: 4 }, () => [r.below(1000), r.below(1000), r.of(["div", "p", "span", "li"])]);
      await fake.page.evaluate((places) => {
        const inside = "select, table, svg, textarea, input, [contenteditable], .foreign";
        const live = document.querySelector("#live");
        for (const foreign of live.querySelectorAll(".foreign")) foreign.remove();
        for (const [parent, at, name] of places) {
          const parents = [live, live, ...[...live.querySelectorAll("*")].filter((el) => !el.closest(inside))];
          const into = parents[parent % parents.length];
          const foreign = document.createElement(name);
          foreign.className = "foreign";
          into.insertBefore(foreign, into.childNodes[at % (into.childNodes.length + 1)] ?? null);
        }
      }, places);
      const next = `<p>${step + 1}</p>${markup(r)}`;
      const from = fake.text;
      fake.draw(next);
      await fake.heard();
      const got = await fake.page.evaluate((next) => {
        const copy = document.querySelector("#live").cloneNode(true);
        for (const foreign of copy.querySelectorAll(".foreign")) foreign.remove();
        const wanted = document.createElement("div");
        wanted.innerHTML = next;
        for (const { name, value } of copy.attributes) wanted.setAttribute(name, value);
        return copy.isEqualNode(wanted) ? null : copy.innerHTML;
      }, next);
      expect(got, `SEED=${SEED}: ${JSON.stringify({ from, next, got })}`).toBeNull();
    }
  }
});

test("whatever the order of items with keys, each stays the node that it was", async ({ open }) => {
  const { page } = await open("");
  const r = random(SEED + 2);
  const draw = () => [..."abcdefghij"].filter(() => r.chance(0.7)).map((key) => [r.below(1000), key]).sort(([a], [b]) => a - b).map(([, key]) => key);
  const cases = Array.from({ length: 300 }, () => [draw(), draw(), r.chance(0.5)]);
  const wrong = await page.evaluate((cases) => {
    const html = (keys) => keys.map((key) => `<li data-key="${key}"><input value="${key}${key}"></li>`).join("");
    const parse = (html) => {
      const template = document.createElement("template");
      template.innerHTML = html;
      return template.content;
    };
    const moves = Element.prototype.moveBefore;
    for (const [old, next, native] of cases) {
      Element.prototype.moveBefore = native ? moves : undefined;
      const list = document.createElement("ul");
      document.body.append(list);
      list.innerHTML = html(old);
      const nodes = new Map([...list.children].map((li) => [li.dataset.key, li]));
      window.heavyLive.morph(list, parse(html(old)), parse(html(next)));
      const same = [...list.children].every((li) => !nodes.has(li.dataset.key) || nodes.get(li.dataset.key) === li);
      if (!same || [...list.children].map((li) => li.dataset.key).join() !== next.join()) return [old, next, list.innerHTML];
      list.remove();
    }
    return null;
  }, cases);
  expect(wrong, `SEED=${SEED}: ${JSON.stringify(wrong)}`).toBeNull();
});

test("any two texts: the splices that lead from one to the other do so in units of UTF-16", async ({ open }) => {
  const { page } = await open("");
  const r = random(SEED + 3);
  const unit = () => r.of(["a", "ä", "🙂", "\ud83d", "\ude42", "\n", "\u0000", "e\u0301", "<b>", "👩‍👩‍👧", "\uffff", "“"]);
  const string = (most) => Array.from({ length: r.below(most) }, unit).join("");
  const cases = Array.from({ length: 500 }, () => {
    const splices = [];
    let from = "", to = "";
    for (let parts = r.below(5); parts > 0; parts -= 1) {
      const [keep, skip, insert] = [string(6), string(4), string(4)];
      from += keep + skip;
      to += keep + insert;
      splices.push(keep.length, skip.length, insert);
    }
    const rest = string(6);
    return [from + rest, splices, to + rest];
  });
  // As code units: halves of characters do not survive the way to the browser as a text.
  const units = (text) => Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
  const sent = cases.map(([from, splices, to]) => [units(from), splices.map((part) => (typeof part === "string" ? units(part) : part)), units(to)]);
  const wrong = await page.evaluate((cases) => {
    const text = (units) => String.fromCharCode(...units);
    return cases.findIndex(([from, splices, to]) =>
      window.heavyLive.splice(text(from), splices.map((part) => (Array.isArray(part) ? text(part) : part))) !== text(to));
  }, sent);
  expect(wrong, `SEED=${SEED}: ${JSON.stringify(cases[wrong])}`).toBe(-1);
});

// The same ones are in stack/live/src/hash.rs.
const HASHES = [
  ["", "0-811c9dc5"],
  ["a", "1-e40c292c"],
  ["<p>Hello</p>", "c-713d1a24"],
  ["Grüße, “Welt” 🙂\n", "h-357fdde4"],
  ["\u0000\uffff", "2-d2e466a0"],
  ["<li>ä🙂</li>".repeat(500), "4mo-165b92ed"],
];

test("splices lead to the text that is meant, and the hash is the server's", async ({ open }) => {
  const { page } = await open("");
  for (const [text, value] of HASHES) {
    expect(hash(text)).toBe(value);
    expect(await page.evaluate((text) => window.heavyLive.hash(text), text)).toBe(value);
  }
  const splice = (text, splices) => page.evaluate(([text, splices]) => window.heavyLive.splice(text, splices), [text, splices]);
  expect(await splice("a🙂b🙂c", [1, 2, "ä", 1, 2, ""])).toBe("aäbc");
  expect(await splice("unchanged", [])).toBe("unchanged");
});

test("items with keys are moved, not made anew, and the one that is typed in keeps focus and caret", async ({ open }) => {
  const item = (key) => `<li data-key="${key}"><input id="i${key}"></li>`;
  const list = (keys) => `<ul>${[...keys].map(item).join("")}</ul>`;
  const fake = await open(list("abcd"));
  const { page } = fake;
  await page.locator("#ib").pressSequentially("typed");
  await page.evaluate(() => {
    document.querySelector("#ib").setSelectionRange(2, 3);
    window.nodes = Object.fromEntries([...document.querySelectorAll("li")].map((li) => [li.dataset.key, li]));
  });
  for (const keys of ["dcba", "bxcda", "xb", "abcdxb".slice(0, 5)]) {
    fake.draw(list(keys));
    await page.waitForFunction((keys) => [...document.querySelectorAll("li")].map((li) => li.dataset.key).join("") === keys, keys);
    const seen = await page.evaluate(() => {
      const b = document.querySelector("#ib");
      return [document.activeElement === b, b.value, b.selectionStart, b.selectionEnd, document.querySelector("[data-key=b]") === window.nodes.b];
    });
    expect(seen, keys).toEqual([true, "typed", 2, 3, true]);
  }
});

test("what the server has not changed is left as people and extensions have made it", async ({ open }) => {
  const html = (n) => `<details><summary>More</summary>text</details><p id="p">here</p><input id="t"><input id="c" type="checkbox"><b>${n}</b>`;
  const fake = await open(html(1));
  const { page } = fake;
  await page.locator("summary").click();
  await page.locator("#t").fill("typed");
  await page.locator("#c").check();
  await page.evaluate(() => {
    const foreign = document.createElement("i");
    foreign.textContent = "from an extension";
    document.querySelector("#p").append(foreign);
    document.querySelector("#live").prepend(document.createElement("aside"));
  });
  fake.draw(html(2));
  await page.getByText("2", { exact: true }).waitFor();
  const seen = await page.evaluate(() => [
    document.querySelector("details").open, document.querySelector("#t").value, document.querySelector("#c").checked,
    document.querySelector("#p i")?.textContent, document.querySelectorAll("aside").length,
  ]);
  expect(seen).toEqual([true, "typed", true, "from an extension", 1]);
});

test("what the server changes in a control is what it holds", async ({ open }) => {
  const html = (on) => `<input id="t" value="${on ? "new" : "old"}"><input id="c" type="checkbox"${on ? ' checked=""' : ""}>
    <input id="r" type="radio" name="r"${on ? ' checked=""' : ""}><select id="s"><option value="a"${on ? "" : ' selected=""'}>a</option>
    <option value="b"${on ? ' selected=""' : ""}>b</option></select><textarea id="a">\n${on ? "new" : "old"}</textarea>
    <dialog id="d"${on ? ' data-open=""' : ""}>shown</dialog>`;
  const fake = await open(html(false));
  const { page } = fake;
  const read = () => page.evaluate(() => {
    const of = (id) => document.getElementById(id);
    return [of("t").value, of("c").checked, of("r").checked, of("s").value, of("a").value, of("d").open];
  });
  expect(await read()).toEqual(["old", false, false, "a", "old", false]);
  fake.draw(html(true));
  await page.getByText("shown").waitFor();
  expect(await read()).toEqual(["new", true, true, "b", "new", true]);
  expect(await page.evaluate(() => document.querySelector("#d").matches(":modal"))).toBe(true);
  fake.draw(html(false));
  await page.getByText("shown").waitFor({ state: "hidden" });
  expect(await read()).toEqual(["old", false, false, "a", "old", false]);
});

test("a page that was meddled with is drawn from what it is, without losing what is typed", async ({ open }) => {
  const html = "<table><tr><td>no tbody</td></tr></table><input id=\"t\"><p>old</p>";
  const fake = await open(html, { fits: false, join: null });
  expect(fake.sent.length ? fake.sent[0][1].hash : (await fake.until(([kind]) => kind === "join"))[1].hash).toBe("");
  await fake.page.locator("#t").fill("typed");
  fake.say({ v: 1, h: html.replace("old", "new") });
  await fake.page.getByText("new").waitFor();
  expect(await fake.page.locator("#t").inputValue()).toBe("typed");
});
