// The content of elements that are edited in place (`contenteditable`), which the server changes.

export default (core) => {
  const { childElements, contains, document, parse, property, setProperty } = core;

  // The caret goes after as many characters as before.
  function rewrite(el, name, html) {
    // A browser has its own elements for lines, and may end the last one.
    const plain = name === "innerText";
    const now = plain && !childElements(el).length ? property(el, "textContent") : property(el, name).replace(/\n$/, "");
    if (now === (plain ? parse(html).textContent : html)) return;
    const caret = document.getSelection();
    let left = -1;
    if (contains(el, caret.focusNode)) {
      const before = document.createRange();
      before.setStart(el, 0);
      before.setEnd(caret.focusNode, caret.focusOffset);
      left = before.toString().length;
    }
    setProperty(el, "innerHTML", html);
    const texts = document.createTreeWalker(el, NodeFilter.SHOW_TEXT);
    for (let node; left >= 0 && (node = texts.nextNode()); left -= node.length) {
      caret.collapse(node, Math.min(left, node.length));
    }
  }

  return { rewrite };
};
