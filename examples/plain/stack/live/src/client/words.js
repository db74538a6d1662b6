// What the script says by itself. A page in another language has its own words at `#live-status`, as `data-offline="…"`.

const WORDS = {
  offline: "You are offline. Trying again…",
  reload: "Load the page again",
  uncertain: "The connection was lost. The files may have arrived.",
  unconnected: "There is no connection. Try again in a moment.",
  disconnected: "The connection was lost.",
  unreadable: "The file cannot be read.",
  unanswered: "The connection was lost while this was being sent. It may have been stored: please check before you send it again.",
  long: "This is too long to be sent: {kb} kB, and at most {most} kB can be. Please shorten it.",
};
const word = (name) => document.getElementById("live-status")?.dataset[name] ?? WORDS[name];
