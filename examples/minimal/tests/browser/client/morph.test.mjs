// What the script makes of new HTML: any old and new markup, with whatever has happened to the page in between.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { hash, open, start, stop } from "./fake.mjs";

before(start);
after(stop);

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
console.log(`SEED=${SEED}`);

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
  const all = [`class="${r.of(["x", "y", "x y"])}"`, `title="${r.of(TEXTS)}"`, `hidden=""`, `data-a="${r.below(3)}"`];
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
  switch (r.below(14)) {
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
    case 12: return `<details${r.chance(0.5) ? " open=\"\"" : ""}><summary>s</summary>${r.of(TEXTS)}</details>`;
    default: return `<p id="${r.of(["one", "two"])}">${r.of(TEXTS)}</p>`;
  }
}

test("any old and new markup: the patched document is what a parser makes of the new one", async () => {
  const { page } = await open("");
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
      live.innerHTML = steps[0];
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
  assert.equal(wrong, null, JSON.stringify(wrong));
});

test("splices of any text lead to the other one, and the hash is the server's", async () => {
  const { page } = await open("");
  for (const [text, value] of [["", "0-811c9dc5"], ["a", "1-e40c292c"]]) assert.equal(hash(text), value);
  for (const text of ["", "a", "<p>ä🙂\n</p>", "x".repeat(5000), "\u0000\uffff", "“Grüße”"]) {
    assert.equal(await page.evaluate((text) => window.heavyLive.hash(text), text), hash(text));
  }
  const splice = (text, splices) => page.evaluate(([text, splices]) => window.heavyLive.splice(text, splices), [text, splices]);
  assert.equal(await splice("a🙂b🙂c", [1, 2, "ä", 1, 2, ""]), "aäbc");
  assert.equal(await splice("unchanged", []), "unchanged");
});

test("items with keys are moved, not made anew, and the one that is typed in keeps focus and caret", async () => {
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
    assert.deepEqual(seen, [true, "typed", 2, 3, true], keys);
  }
});

test("what the server has not changed is left as people and extensions have made it", async () => {
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
  assert.deepEqual(seen, [true, "typed", true, "from an extension", 1]);
});

test("what the server changes in a control is what it holds", async () => {
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
  assert.deepEqual(await read(), ["old", false, false, "a", "old", false]);
  fake.draw(html(true));
  await page.getByText("shown").waitFor();
  assert.deepEqual(await read(), ["new", true, true, "b", "new", true]);
  assert.equal(await page.evaluate(() => document.querySelector("#d").matches(":modal")), true);
  fake.draw(html(false));
  await page.getByText("shown").waitFor({ state: "hidden" });
  assert.deepEqual(await read(), ["old", false, false, "a", "old", false]);
});

test("a page that was meddled with is drawn from what it is, without losing what is typed", async () => {
  const html = "<table><tr><td>no tbody</td></tr></table><input id=\"t\"><p>old</p>";
  const fake = await open(html, { fits: false, join: null });
  assert.equal(fake.sent.length ? fake.sent[0][1].hash : (await fake.until(([kind]) => kind === "join"))[1].hash, "");
  await fake.page.locator("#t").fill("typed");
  fake.say({ v: 1, h: html.replace("old", "new") });
  await fake.page.getByText("new").waitFor();
  assert.equal(await fake.page.locator("#t").inputValue(), "typed");
});
