// Elements of one's own: their modules, and their events. See docs/elements.md.

const modules = JSON.parse(document.querySelector('meta[name="elements"]')?.content ?? "{}"); // tag, or name of ours → address

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

// Modules of this script, which a page has only if it needs them: by what its HTML has, or once something happens.
const NEEDS = { commands: " do:", editable: " contenteditable", streams: " data-stream=", uploads: " on:upload=", visible: " on:visible=" };
const loaded = {}, loading = {}; // name → what the module gives, or a promise of it

function loadModule(name) {
  const begin = ({ default: module }) => loaded[name] = module(core);
  return loading[name] ??= import(modules[name]).then(begin).catch((error) => {
    // As with elements.
    delete loading[name];
    modules[name] += "#";
    throw error;
  });
}

// What waits for a module waits until it can be had.
function useModule(name, go = () => {}) {
  if (loaded[name]) go(loaded[name]);
  else loadModule(name).then(go, () => setTimeout(() => useModule(name, go), 1000));
}

// An event of any name is listened for once the page has a handler for it.
const listened = new Set([...KINDS, ...Object.values(NAMES), "visible", "upload", "click-away", "window-keydown", "window-keyup"]);
function listenFor(html) {
  for (const name in NEEDS) if (!loading[name] && html.includes(NEEDS[name])) useModule(name);
  for (const [, kind] of html.matchAll(/ on:([\w-]+)="/g)) {
    if (listened.has(kind)) continue;
    listened.add(kind);
    document.addEventListener(kind, handle);
  }
}
