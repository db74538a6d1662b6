// <sortable-list>: its items are put into another order, by pointer or by keyboard.
//
//   <sortable-list on:sort="…"><ol><li data-key="a"><button data-handle>…</button> …</li> …</ol></sortable-list>
//
// The items are the server's. This element changes nothing of them but how they look while they are dragged; it says
// what somebody wants by an event, `sort` with `{ key, to }`, and the server renders the list in its new order.

class SortableList extends HTMLElement {
  #drag = null;

  constructor() {
    super();
    this.addEventListener("pointerdown", (event) => this.#begin(event));
    this.addEventListener("pointermove", (event) => this.#follow(event));
    this.addEventListener("pointerup", () => this.#drop());
    this.addEventListener("pointercancel", () => this.#end());
    this.addEventListener("keydown", (event) => this.#press(event));
  }

  get items() {
    return [...this.querySelectorAll("[data-key]")];
  }

  #itemOf(target) {
    return target.closest("[data-handle]")?.closest("[data-key]");
  }

  /** One place up or down. The item is the same element in its new place, so its handle keeps the focus. */
  #press(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const item = step && this.#itemOf(event.target);
    if (!item) return;
    event.preventDefault();
    this.#sort(item, this.items.indexOf(item) + step);
  }

  #begin(event) {
    const item = event.button === 0 && this.#itemOf(event.target);
    if (!item || this.#drag) return;
    event.preventDefault();
    event.target.closest("[data-handle]").focus();
    this.setPointerCapture(event.pointerId);
    const places = this.items.map((each) => each.getBoundingClientRect());
    this.#drag = { item, places, from: event.pageY, to: this.items.indexOf(item) };
    item.classList.add("dragged");
  }

  #follow(event) {
    if (!this.#drag) return;
    const { item, places, from } = this.#drag;
    const moved = event.pageY - from;
    const at = this.items.indexOf(item);
    const middle = places[at].top + places[at].height / 2 + moved;
    const above = places.filter((place, n) => n !== at && place.top + place.height / 2 < middle);
    this.#drag.to = above.length;
    // The others make room.
    this.items.forEach((each, n) => {
      const room = n > at && n <= above.length ? -1 : n < at && n >= above.length ? 1 : 0;
      each.style.translate = n === at ? `0 ${moved}px` : `0 ${room * places[at].height}px`;
    });
  }

  #drop() {
    if (!this.#drag) return;
    const { item, to } = this.#drag;
    this.#sort(item, to);
    // What was dropped stays where it is until the server has answered.
    if (!this.hasAttribute("aria-busy")) return this.#end();
    const answered = new MutationObserver(() => {
      if (this.hasAttribute("aria-busy")) return;
      answered.disconnect();
      this.#end();
    });
    answered.observe(this, { attributeFilter: ["aria-busy"] });
  }

  #end() {
    for (const item of this.items) {
      item.style.removeProperty("translate");
      if (!item.getAttribute("style")) item.removeAttribute("style");
    }
    this.#drag?.item.classList.remove("dragged");
    this.#drag = null;
  }

  #sort(item, to) {
    if (to < 0 || to >= this.items.length || to === this.items.indexOf(item)) return;
    const detail = { key: item.dataset.key, to };
    this.dispatchEvent(new CustomEvent("sort", { bubbles: true, detail }));
  }
}

customElements.define("sortable-list", SortableList);
