// Words for a person, at a field or a form. They stay until somebody goes on there.

export default (core) => {
  const { all, contains, control, document, firstChild, insertBefore, isConnected, nextSibling, nodeName, parentNode,
    property } = core;

  const WORDS = {
    unanswered: "The connection was lost while this was being sent. It may have been stored: please check before you send it again.",
    long: "This is too long to be sent: {kb} kB, and at most {most} kB can be. Please shorten it.",
  };
  const word = (name) => core.word(name, WORDS);

  const notices = new Map(); // element → its notice

  function tell(el, words) {
    untell(el);
    const notice = document.createElement("p");
    notice.className = "live-notice";
    notice.setAttribute("role", "alert");
    notice.textContent = words;
    if (nodeName(el) === "FORM") insertBefore(el, notice, firstChild(el));
    else insertBefore(parentNode(el), notice, nextSibling(el));
    notices.set(el, notice);
  }

  function untell(at) {
    for (const [el, notice] of notices) {
      if (!isConnected(el) || contains(el, at) || contains(at, el)) {
        notice.remove();
        notices.delete(el);
      }
    }
  }

  // Nobody knows whether the server has done what was submitted.
  function unanswered(form) {
    if (isConnected(form)) tell(form, word("unanswered"));
  }

  // What was to be sent from `target` has more bytes than the server takes.
  function tooLong(el, target, bytes, most) {
    const length = (control) => (property(control, "isContentEditable") ? property(control, "innerText") : control.value).length;
    const controls = control(target) ? [target] : all(el, "input, textarea");
    const [longest = el] = controls.sort((a, b) => length(b) - length(a));
    const kb = (bytes) => Math.ceil(bytes / 1024);
    if (isConnected(longest)) tell(longest, word("long").replace("{kb}", kb(bytes)).replace("{most}", kb(most)));
  }

  return { tooLong, unanswered, untell };
};
