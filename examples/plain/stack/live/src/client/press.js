// What is pressed stays in its place until it is released: a button that a patch moves in between gets no click.
// Messages wait meanwhile, but not longer than a click takes.

const PRESSABLE = "a, button, input, label, select, summary, [on\\:click]";
const LONGEST_PRESS = 2000;
const withheld = [];
let press = 0, waits = false;

function whenReleased(go) {
  withheld.push(go);
  goOnReading();
}

function goOnReading() {
  while (!press && !waits && withheld.length) withheld.shift()();
}

// Messages wait as well for the module that a message needs.
function waitForStreams(go) {
  waits = true;
  withheld.unshift(go);
  useModule("streams", () => {
    waits = false;
    goOnReading();
  });
}

function release() {
  clearTimeout(press);
  press = 0;
  goOnReading();
}

document.addEventListener("pointerdown", ({ target }) => {
  if (!closest(target, PRESSABLE)) return;
  clearTimeout(press);
  press = setTimeout(release, LONGEST_PRESS);
}, true);
// The click, if it is one, comes right after the release.
for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, () => { if (press) setTimeout(release); }, true);
addEventListener("click", release);
// What is dragged, or changes while it is pressed, is no click.
for (const kind of ["dragstart", "input"]) addEventListener(kind, release, true);
