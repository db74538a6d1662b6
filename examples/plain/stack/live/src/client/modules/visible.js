// `on:visible`: once each time that an element comes into view.

export default (core) => {
  const { all, emit, isConnected, matches } = core;

  const MARK = "[on\\:visible]";

  const seen = new IntersectionObserver((entries) => {
    for (const { target: el, isIntersecting } of entries) {
      if (!isConnected(el) || !matches(el, MARK)) seen.unobserve(el);
      else if (isIntersecting && core.joined) emit(el, el, "visible");
    }
  }, { rootMargin: "200px" });

  function watch(node) {
    for (const el of [node, ...all(node, MARK)]) if (matches(el, MARK)) seen.observe(el);
  }

  // What is in view still, after more has come, is seen once more.
  function look() {
    for (const el of all(core.root, MARK)) {
      seen.unobserve(el);
      seen.observe(el);
    }
  }

  look();
  return { look, watch };
};
