// Calls of the browser that handlers make, see `Browser` in browser.rs.

export default (core) => {
  const { document, property, say } = core;

  const REFUSED = new Set(["constructor", "__proto__", "prototype", "eval", "Function", "setTimeout", "setInterval", "importScripts"]);

  // A field of a form has no call of the form's.
  const member = (of, name) => of instanceof Node && name in Object.getPrototypeOf(of) ? property(of, name) : of[name];

  async function call(mine, id, path) {
    // Another connection has not asked.
    const answer = (ok, value) => { if (mine === core.socket) say(["ret", id, ok, value]); };
    try {
      let value = globalThis;
      for (const step of path) {
        const [name, ...args] = Array.isArray(step) ? step : [step];
        const key = String(name === "=" ? args[0] : name);
        if (REFUSED.has(key)) throw new Error(`${key} cannot be called`);
        if (!Array.isArray(step)) value = await member(value, key);
        else if (name === "$") value = document.querySelector(args[0]);
        else if (name === "=") value = void (value[key] = args[1]);
        else value = await member(value, key).apply(value, args);
      }
      let plain = null;
      try { plain = JSON.parse(JSON.stringify(await value ?? null)); } catch { /* A window, an element: nothing to tell. */ }
      answer(true, plain);
    } catch (error) {
      answer(false, String(error?.message ?? error));
    }
  }

  return { call };
};
