// <bar-chart>: draws numbers as bars.
//
//   <bar-chart data-bars='[["2026-05-01",3],["2026-05-02",0]]' aria-label="Notes per day">…</bar-chart>
//
// The server sets `data-bars`, pairs of a name and a number, and changes it; the drawing follows. What the server has put
// inside, such as a table of the same numbers, stays below the drawing. Colours are in `static/dashboard.css`.

const [WIDTH, HEIGHT, GAP] = [700, 160, 6];

function svg(name, attributes, children = []) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

class BarChart extends HTMLElement {
  static observedAttributes = ["data-bars", "aria-label"];

  #drawing = null;

  connectedCallback() {
    this.#draw();
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#draw();
  }

  #draw() {
    const bars = JSON.parse(this.dataset.bars);
    const most = Math.max(1, ...bars.map(([, value]) => value));
    const step = WIDTH / Math.max(1, bars.length);
    const rects = bars.map(([name, value], n) => {
      const height = (value / most) * HEIGHT;
      const place = { x: n * step, y: HEIGHT - height, width: Math.max(1, step - GAP), height, rx: 3 };
      return svg("rect", place, [svg("title", {}, [`${name}: ${value}`])]);
    });
    const axis = svg("line", { x1: 0, y1: HEIGHT, x2: WIDTH, y2: HEIGHT });
    const label = this.getAttribute("aria-label") ?? "";
    const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label }, [...rects, axis]);
    if (this.#drawing) this.#drawing.replaceWith(drawing);
    else this.prepend(drawing);
    this.#drawing = drawing;
  }
}

customElements.define("bar-chart", BarChart);
