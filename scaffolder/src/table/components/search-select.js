// <search-select>: a select whose options are searched by the server, as a combobox.
//
//   <search-select on:input="…"><select name="author_id">…</select><input role="combobox" hidden …></search-select>
//
// The select is the server's, and stays the field of the form; without this script it is all there is. What is typed reaches
// the server as an `input` of this element, and the server answers by other options. The pattern is "editable combobox with
// list autocomplete" of the ARIA Authoring Practices Guide: the focus stays in the text, the arrow keys move through the list.

let made = 0;

class SearchSelect extends HTMLElement {
  #text = null;
  #list = null;
  #status = null;
  #active = -1;

  connectedCallback() {
    if (this.#text || !this.select) return;
    const id = `search-select-${++made}`;
    this.#text = this.querySelector("input");
    const label = this.#text.getAttribute("aria-label");
    this.#text.setAttribute("aria-controls", id);
    this.#text.hidden = false;
    this.#list = Object.assign(document.createElement("ul"), { id, hidden: true });
    this.#list.setAttribute("role", "listbox");
    this.#list.setAttribute("aria-label", label);
    this.#status = document.createElement("span");
    this.#status.setAttribute("role", "status");
    this.#status.className = "visually-hidden";
    this.append(this.#list, this.#status);

    this.#text.addEventListener("input", () => this.#open());
    this.#text.addEventListener("click", () => this.#open());
    this.#text.addEventListener("keydown", (event) => this.#press(event));
    this.#text.addEventListener("blur", () => this.#leave());
    // The name of the field, a click on its label and the first error lead to the select.
    this.addEventListener("focusin", (event) => event.target === this.select && this.#text.focus());
    this.#list.addEventListener("mousedown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => {
      const item = event.target.closest("[data-value]");
      if (item) this.#choose(item.dataset.value);
    });
    new MutationObserver(() => this.#refresh()).observe(this.select, { attributes: true, childList: true, subtree: true });
    this.select.tabIndex = -1;
    this.#refresh();
    this.#text.value = this.#label;
    this.dataset.ready = "";
  }

  get select() {
    return this.querySelector("select");
  }

  get #label() {
    const { value, selectedOptions } = this.select;
    return value && selectedOptions.length ? selectedOptions[0].text : "";
  }

  get #items() {
    return [...this.#list.querySelectorAll("[data-value]")];
  }

  get #isOpen() {
    return !this.#list.hidden;
  }

  /** The server's options, and what it says of the field. */
  #refresh() {
    for (const name of ["aria-invalid", "aria-describedby"]) {
      const value = this.select.getAttribute(name);
      if (value === null) this.#text.removeAttribute(name);
      else this.#text.setAttribute(name, value);
    }
    if (this.#isOpen) this.#show();
    else if (document.activeElement !== this.#text) this.#text.value = this.#label;
  }

  /** The list: what was typed narrows it at once, and the server then brings what it did not offer yet. */
  #show() {
    const typed = this.#text.value.trim().toLowerCase();
    const isSearch = typed !== this.#label.toLowerCase();
    const options = [...this.select.options].filter((option) => option.value && (!isSearch || option.text.toLowerCase().includes(typed)));
    this.#list.replaceChildren(...options.map((option, n) => {
      const item = document.createElement("li");
      item.id = `${this.#list.id}-${n}`;
      item.textContent = option.text;
      item.dataset.value = option.value;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", option.value === this.select.value);
      return item;
    }));
    this.#status.textContent = options.length ? `${options.length}` : this.dataset.none;
    if (!options.length) {
      const none = document.createElement("li");
      none.textContent = this.dataset.none;
      none.className = "none";
      none.setAttribute("role", "presentation");
      this.#list.append(none);
    }
    this.#move(-1);
  }

  #open() {
    this.#list.hidden = false;
    this.#text.setAttribute("aria-expanded", "true");
    this.#show();
  }

  #close() {
    this.#list.hidden = true;
    this.#text.setAttribute("aria-expanded", "false");
    this.#status.textContent = "";
    this.#move(-1);
  }

  #move(to) {
    this.#active = to;
    this.#items.forEach((item, n) => item.classList.toggle("active", n === to));
    const item = this.#items[to];
    if (!item) return this.#text.removeAttribute("aria-activedescendant");
    this.#text.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  }

  #press(event) {
    const { key, altKey } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      const wasOpen = this.#isOpen;
      if (!wasOpen) this.#open();
      if (altKey && key === "ArrowUp") return this.#close();
      if (altKey && !wasOpen) return;
      const count = this.#items.length;
      const step = key === "ArrowDown" ? 1 : -1;
      if (count) this.#move(this.#active < 0 ? (step > 0 ? 0 : count - 1) : (this.#active + step + count) % count);
    } else if (key === "Enter" && this.#isOpen) {
      event.preventDefault();
      const item = this.#items[this.#active];
      if (item) this.#choose(item.dataset.value);
      else this.#leave();
    } else if (key === "Escape" && this.#isOpen) {
      event.preventDefault();
      event.stopPropagation();
      this.#text.value = this.#label;
      this.#close();
    }
  }

  /** What was typed is a choice if it is nothing, or what one row is called. Otherwise the former one stays. */
  #leave() {
    const typed = this.#text.value.trim().toLowerCase();
    const same = [...this.select.options].filter((option) => option.value && option.text.toLowerCase() === typed);
    if (!typed) this.#choose("");
    else if (same.length === 1 && typed !== this.#label.toLowerCase()) this.#choose(same[0].value);
    this.#text.value = this.#label;
    this.#close();
  }

  #choose(value) {
    const changed = this.select.value !== value;
    this.select.value = value;
    this.#text.value = this.#label;
    this.#close();
    if (changed) this.select.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

customElements.define("search-select", SearchSelect);
