// <card-board>: its cards are dragged from column to column by a mouse.
//
//   <card-board on:place="…"><section class="column" data-key="c"> … <article class="task" data-key="a">…</article></section></card-board>
//
// Cards and columns are the server's. This element only says where a card should be, by an event, `place` with
// `{ card, column, to }`; until the server has answered the card stays where it was dropped.

class CardBoard extends HTMLElement {
  #drag = null;

  constructor() {
    super();
    this.addEventListener("pointerdown", (event) => this.#begin(event));
    this.addEventListener("pointermove", (event) => this.#follow(event));
    this.addEventListener("pointerup", () => this.#drop());
    this.addEventListener("pointercancel", () => this.#end());
  }

  #begin(event) {
    const card = event.target.closest(".task");
    if (this.#drag || !card || event.button !== 0 || event.pointerType !== "mouse" || event.target.closest("button")) return;
    this.#drag = { card, x: event.pageX, y: event.pageY, column: null };
  }

  #follow(event) {
    if (!this.#drag || this.#drag.dropped) return;
    const { card, x, y } = this.#drag;
    const [right, down] = [event.pageX - x, event.pageY - y];
    if (!card.classList.contains("dragged")) {
      // A click shakes a little.
      if (Math.hypot(right, down) < 5) return;
      this.setPointerCapture(event.pointerId);
      card.classList.add("dragged");
      getSelection().removeAllRanges();
    }
    card.style.translate = `${right}px ${down}px`;
    const under = document.elementFromPoint(event.clientX, event.clientY)?.closest(".column");
    this.#drag.column = this.contains(under) ? under : null;
    this.#drag.at = event.clientY;
    for (const column of this.querySelectorAll(".column")) column.toggleAttribute("data-target", column === this.#drag.column);
  }

  #drop() {
    const { card, column, at } = this.#drag ?? {};
    if (!column) return this.#end();
    this.#drag.dropped = true;
    const others = [...column.querySelectorAll(".task")].filter((other) => other !== card);
    const above = others.filter((other) => {
      const { top, height } = other.getBoundingClientRect();
      return top + height / 2 < at;
    });
    const detail = { card: card.dataset.key, column: column.dataset.key, to: above.length };
    this.dispatchEvent(new CustomEvent("place", { bubbles: true, detail }));
    if (!this.hasAttribute("aria-busy")) return this.#end();
    const answered = new MutationObserver(() => {
      if (this.hasAttribute("aria-busy")) return;
      answered.disconnect();
      this.#end();
    });
    answered.observe(this, { attributeFilter: ["aria-busy"] });
  }

  #end() {
    const card = this.#drag?.card;
    this.#drag = null;
    card?.classList.remove("dragged");
    card?.removeAttribute("style");
    for (const column of this.querySelectorAll("[data-target]")) column.removeAttribute("data-target");
  }
}

customElements.define("card-board", CardBoard);
