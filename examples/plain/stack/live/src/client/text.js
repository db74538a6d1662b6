// The text of the page: its hash, splices, and what a parser makes of it.

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

// A long text in pieces: a change of it makes one of them anew, and not the whole.
const cut = (text) => text.match(/[^]{1,8192}/g) ?? [];
class Pieces {
  constructor(text) {
    this.list = cut(text);
  }

  toString() {
    return this.list.join("");
  }

  slice(from, to) {
    let out = "";
    for (const piece of this.list) {
      if (to <= 0) break;
      if (from < piece.length) out += piece.slice(Math.max(0, from), to);
      from -= piece.length;
      to -= piece.length;
    }
    return out;
  }

  apply(splices) {
    let at = 0, i = 0;
    for (let s = 0; s < splices.length; s += 3) {
      const [keep, skip, insert] = splices.slice(s, s + 3);
      at += keep;
      while (i < this.list.length - 1 && at > this.list[i].length) at -= this.list[i++].length;
      let part = this.list[i] ?? "", count = 1;
      while (part.length < at + skip) part += this.list[i + count++];
      this.list.splice(i, count, ...cut(part.slice(0, at) + insert + part.slice(at + skip)));
      at += insert.length;
    }
  }
}

// Whether there has been a template in any of it.
let templates = false;

function parse(html, template = document.createElement("template")) {
  templates ||= html.includes("<template");
  listenFor(html);
  template.innerHTML = html;
  return template.content;
}

// The text of what the document shows, as the server wrote it: a parser drops the newline after <textarea>, and the
// items of streams are nobody's text.
const withLines = (html) => html.replace(/<textarea(?:\s[^>]*)?>/g, "$&\n");
function textOf(root) {
  const copy = querySelector(root, "[data-stream]") ? cloneNode(root, true) : root;
  if (copy !== root) for (const stream of copy.querySelectorAll("[data-stream]")) stream.textContent = "";
  return withLines(copy.innerHTML);
}
// Whether a parser makes of `html` what it says; then `template` holds that.
function parses(html, template) {
  parse(html, template);
  return withLines(template.innerHTML) === html;
}
