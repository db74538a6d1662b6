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

// Whether there has been a template in any of it.
let templates = false;

// `parent`: what it is to be put into, if that can be a drawing or a formula.
function parse(html, parent) {
  templates ||= html.includes("<template");
  listenFor(html);
  const template = document.createElement("template");
  const around = foreign(parent);
  template.innerHTML = around ? `<${around}>${html}</${around}>` : html;
  if (around) template.content.replaceChildren(...template.content.firstChild.childNodes);
  return template.content;
}

// The element in which a parser takes HTML for what it is inside of `parent`.
function foreign(parent) {
  if (!parent || /^(foreignObject|desc|title|annotation-xml|m[inos]|mtext)$/.test(nodeName(parent))) return "";
  return { "http://www.w3.org/2000/svg": "svg", "http://www.w3.org/1998/Math/MathML": "math" }[property(parent, "namespaceURI")];
}

// The text of what the document shows, as the server wrote it: a parser drops the newline after <textarea>, and the
// items of streams are nobody's text.
function textOf(root) {
  const copy = querySelector(root, "[data-stream]") ? cloneNode(root, true) : root;
  if (copy !== root) for (const stream of copy.querySelectorAll("[data-stream]")) stream.textContent = "";
  return copy.innerHTML.replace(/<textarea(?:\s[^>]*)?>/g, "$&\n");
}
