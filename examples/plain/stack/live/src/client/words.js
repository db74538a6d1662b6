// What the script says by itself. A page in another language has its own words at `#live-status`, as `data-offline="…"`.

const WORDS = {
  offline: "You are offline. Trying again…",
  reload: "Load the page again",
};
const word = (name, words = WORDS) => document.getElementById("live-status")?.dataset[name] ?? words[name];
