// What no page may do while it is tested, whatever the test is about: errors on the console (violations of the
// Content-Security-Policy among them), scripts that throw, requests that fail.

// Where the application was stopped, or the network disconnected, on purpose.
const UNREACHABLE =
  /net::ERR_(CONNECTION|EMPTY_RESPONSE|SOCKET|INTERNET_DISCONNECTED|NETWORK)|NS_ERROR_(NET|CONNECTION|OFFLINE)|can’t establish a connection|WebSocket/;

// What a page itself has given up, such as by leaving it, in the words of each browser.
const GIVEN_UP = ["net::ERR_ABORTED", "NS_BINDING_ABORTED"];

// The HTML of a mail stands in a frame without scripts, into which Playwright and axe want to put theirs.
const SANDBOXED = /Blocked script execution in 'about:srcdoc'/;

// Firefox says more: of the style that Playwright gives a page before it takes a picture (Chromium tells the page's own), and
// of a connection that ends because its page is left.
const FIREFOX = [/blocked an inline style \(style-src-elem\)/, /was interrupted while the page was loading/];

export class Problems {
  #found = [];
  #allowed = [SANDBOXED, ...FIREFOX];

  /** Lets pass what matches, for the rest of the test: an error that the test is about. */
  allow(pattern) {
    this.#allowed.push(pattern);
  }

  /** Lets pass that the application does not answer. */
  allowUnreachable() {
    this.allow(UNREACHABLE);
  }

  /** What was found and not allowed. */
  get list() {
    return this.#found.filter((text) => !this.#allowed.some((pattern) => pattern.test(text)));
  }

  /** Watches every page of a browser context. */
  watch(context) {
    context.on("page", (page) => this.#watch(page));
  }

  /** Waits until everything that the pages of a context have reported has arrived. */
  async settle(context) {
    for (const page of context.pages()) await page.evaluate("0").catch(() => {});
  }

  #watch(page) {
    const found = (text) => this.#found.push(`${text} (on ${page.url()})`);
    page.on("console", (message) => {
      // The response itself is looked at below.
      const answered = message.text().startsWith("Failed to load resource: the server responded");
      if (message.type() === "error" && !answered) found(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => found(`script: ${error.stack ?? error}`));
    page.on("requestfailed", (request) => {
      const why = request.failure()?.errorText;
      if (!GIVEN_UP.includes(why)) found(`${request.method()} ${request.url()}: ${why}`);
    });
    page.on("response", (response) => {
      // A page may well say that something is wrong or not there; a part of one may not be missing.
      const most = response.request().isNavigationRequest() ? 500 : 400;
      if (response.status() >= most) found(`${response.status()} for ${response.request().method()} ${response.url()}`);
    });
  }
}
