// The document as the server's HTML cannot change it. In a form, and in the document itself, an element hides the
// property of its name: with `<input name="attributes">`, `form.attributes` is that input. So what belongs to a node is
// taken from its prototype. What can be no form, as an input or a text, is read as usual.

const methodOf = (type, name) => {
  const { get, value } = Object.getOwnPropertyDescriptor(type.prototype, name);
  return Function.prototype.call.bind(get ?? value);
};
const methodsOf = (type, names) => names.split(" ").map((name) => methodOf(type, name));

const [nodeType, nodeName, parentNode, childNodes, firstChild, nextSibling, isConnected, contains, cloneNode, isEqualNode,
  insertBefore, removeChild, replaceChild] = methodsOf(Node, "nodeType nodeName parentNode childNodes firstChild "
  + "nextSibling isConnected contains cloneNode isEqualNode insertBefore removeChild replaceChild");
const [attributesOf, getAttribute, setAttribute, hasAttribute, removeAttribute, setAttributeNode, closest, matches,
  querySelector, querySelectorAll, childElements] = methodsOf(Element, "attributes getAttribute setAttribute hasAttribute "
  + "removeAttribute setAttributeNode closest matches querySelector querySelectorAll children");

// Whatever else it has.
const property = (node, name) => Reflect.get(Object.getPrototypeOf(node), name, node);
const setProperty = (node, name, value) => Reflect.set(Object.getPrototypeOf(node), name, value, node);
const invoke = (node, name, ...args) => property(node, name).apply(node, args);

// Also in what a parser has made.
const all = (node, selector) => nodeType(node) === 1 || nodeType(node) === 11 ? [...invoke(node, "querySelectorAll", selector)] : [];

function remove(node) {
  const parent = node && parentNode(node);
  if (parent) removeChild(parent, node);
}

const replace = (node, by) => replaceChild(parentNode(node), by, node);

const document = new Proxy({}, {
  get: (_, name) => {
    const value = property(window.document, name);
    return typeof value === "function" ? value.bind(window.document) : value;
  },
  set: (_, name, value) => setProperty(window.document, name, value),
});
