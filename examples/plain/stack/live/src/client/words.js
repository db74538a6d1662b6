// What the script says by itself. A page in another language has its own words at `#live-status`, as `data-offline="…"`.

const WORDS = {
  offline: "You are offline. Trying again…",
  reload: "Load the page again",
  uncertain: "The connection was lost. The files may have arrived.",
  unconnected: "There is no connection. Try again in a moment.",
  disconnected: "The connection was lost.",
  unreadable: "The file cannot be read.",
};
const word = (name) => document.getElementById("live-status")?.dataset[name] ?? WORDS[name];
