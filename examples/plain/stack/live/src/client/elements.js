// Elements of one's own: their modules, and their events. See docs/elements.md.

const modules = JSON.parse(document.querySelector('meta[name="elements"]')?.content ?? "{}"); // tag → address

// Loads the module of a tag when the first element of it appears.
function define(node) {
  const tag = nodeName(node).toLowerCase();
  const url = tag.includes("-") && modules[tag];
  if (!url) return;
  delete modules[tag];
  import(url).catch((error) => {
    console.error(error);
    // It was perhaps the network: the next element of this tag tries again. Browsers remember what failed by its address.
    modules[tag] = url + "#";
  });
}

// An event of any name is listened for once the page has a handler for it.
const listened = new Set([...KINDS, ...Object.values(NAMES), "visible", "upload", "click-away", "window-keydown", "window-keyup"]);
function listenFor(html) {
  for (const [, kind] of html.matchAll(/ on:([\w-]+)="/g)) {
    if (listened.has(kind)) continue;
    listened.add(kind);
    document.addEventListener(kind, handle);
  }
}
