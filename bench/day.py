#!/usr/bin/env python3
"""Imitates a day's work with `cargo dev`: 51 edits of all kinds, in a terminal (tmux) and in Chromium, each with the time from the save
until the browser, or the terminal, shows it. Prints the table of docs/hot-reload.md.

    bench/day.py PROJECT               # a rendered project, built before: `cargo build --bins`
    bench/day.py PROJECT --only model  # kinds with this word alone
    bench/day.py PROJECT --screenshots FOLDER

Needs tmux, Chromium (CHROMIUM, or the one of Debian) and the package `playwright` of PyPI, without its browsers. The files are put back.
"""
import argparse, os, pathlib, statistics, subprocess, sys, time

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import sync_playwright

from measure import free_port, say

TERMINAL = "heavy-day"
# What the overlay says, if there is one.
OVERLAY = "(document.querySelector('cargo-dev')?.shadowRoot.textContent ?? '')"


def tmux(*command):
    return subprocess.run(["tmux", *command], check=True, capture_output=True, text=True).stdout


class Day:
    def __init__(self, chosen, page, url):
        self.project, self.heavy = chosen.project.resolve(), chosen.heavy
        self.only, self.screenshots = chosen.only, chosen.screenshots
        self.page, self.url = page, url
        self.saved, self.rows = {}, []

    # ---- the hands

    def read(self, file):
        return (self.project / file).read_text()

    def write(self, file, text):
        path = self.project / file
        self.saved.setdefault(file, path.read_text() if path.exists() else None)
        if text is None:
            path.unlink()
        else:
            path.write_text(text)

    def replace(self, file, old, new):
        text = self.read(file)
        if old not in text:
            sys.exit(f"`{old}` is not in {file}")
        self.write(file, text.replace(old, new, 1))

    def move(self, *arguments):
        """A command of `heavy` that writes into the project."""
        command = [self.heavy, *arguments, "--yes", "--quiet"]
        subprocess.run(command, cwd=self.project, check=True, stdin=subprocess.DEVNULL)

    def put_back(self):
        for file, text in self.saved.items():
            path = self.project / file
            path.unlink(missing_ok=True) if text is None else path.write_text(text)

    def type(self, *keys):
        tmux("send-keys", "-t", TERMINAL, *keys)

    # ---- the eyes

    def terminal(self):
        return tmux("capture-pane", "-p", "-J", "-S", "-3000", "-t", TERMINAL)

    def until_terminal(self, text, count=1, timeout=120):
        end = time.monotonic() + timeout
        while self.terminal().count(text) < count:
            if time.monotonic() > end:
                sys.exit(f"the terminal does not say `{text}`:\n{self.terminal()[-3000:]}")
            time.sleep(0.01)

    def is_true(self, javascript):
        """Asked from outside: what the page itself may evaluate is forbidden by its Content-Security-Policy."""
        try:
            return self.page.evaluate(javascript)
        except BrowserError:  # a reload is between two pages
            return False

    def until_page(self, javascript, timeout=120):
        end = time.monotonic() + timeout
        while not self.is_true(javascript):
            if time.monotonic() > end:
                sys.exit(f"never true: {javascript}\n{self.page.evaluate(OVERLAY)}\n{self.terminal()[-3000:]}")
            time.sleep(0.01)

    def open(self, path):
        if self.page.url != self.url + path:
            self.page.goto(self.url + path)
        self.page.wait_for_load_state("load")
        # Live, and with the connection of the development script.
        self.page.wait_for_timeout(600)

    def quiet(self):
        """Until no build is running, the one behind a text, say, and its program has taken over."""
        while True:
            seen = self.terminal()
            time.sleep(0.7)
            builds = subprocess.run(["pgrep", "-f", "cargo build --bin .* --message-format"], capture_output=True)
            if builds.returncode != 0 and self.terminal() == seen:
                return

    # ---- the table

    def step(self, kind, what, path, edit, page=None, terminal=None):
        if self.only and self.only not in kind:
            return
        self.open(path)
        self.quiet()
        before = self.terminal().count(terminal) if terminal else 0
        begun = time.monotonic()
        edit()
        if page:
            self.until_page(page)
        if terminal:
            self.until_terminal(terminal, before + 1)
        took = time.monotonic() - begun
        self.rows.append((kind, what, took))
        say(f"{len(self.rows):3}  {kind:28} {took:6.2f} s  {what}")
        if self.screenshots:
            self.page.screenshot(path=self.screenshots / f"{len(self.rows):02}.png")


def contains(text):
    return f"document.body.innerText.includes({text!r})"


def work(day):
    home, notes, card = "src/pages/home.rs", "src/pages/notes.rs", "src/components/note_card.rs"
    model, repository, service = "src/models/note.rs", "src/repositories/notes.rs", "src/services/notes.rs"

    def edit(file, old, new):
        return lambda: day.replace(file, old, new)

    # Texts, which need no compiler, but where they are arguments of a function.
    for kind, path, file, old, new in [
        ("code of a page", "/", home, "Where to look", "Where to begin"),
        ("code of a page", "/", home, '"Try it"', '"Try this"'),
        ("text", "/", home, '"Run the tests"', '"Test it"'),
        ("text", "/", home, "Your notes are where you left them.", "Here are your notes."),
        ("text", "/", home, "The code of this page runs on the server", "This page runs on the server"),
        ("text", "/", home, '"Clicked "', '"Pressed "'),
        ("text", "/notes", notes, 'h1 { "Notes" }', 'h1 { "Your notes" }'),
        ("text", "/notes", notes, "Find in your notes", "Search your notes"),
        ("text", "/notes", notes, '{ "Write a note" }', '{ "New note" }'),
        ("text", "/notes/new", notes, '{ "Cancel" }', '{ "Never mind" }'),
        ("text", "/notes/new", notes, '{ "Save" }', '{ "Keep it" }'),
    ]:
        text = new.split('"')[1] if '"' in new else new
        day.step(kind, f"`{old}` becomes `{text}`", path, edit(file, old, new), contains(text))
    day.step("text", "the value of an attribute", "/", edit(home, 'aria-label="Live"', 'aria-label="Live now"'), "!!document.querySelector('[aria-label=\"Live now\"]')")

    # Styles.
    for number, (name, old, new, seen) in enumerate([
        ("--accent", "--accent: #b8461b", "--accent: #1b46b8", "#1b46b8"),
        ("--radius", "--radius: 0.75rem", "--radius: 0.25rem", "0.25rem"),
        ("--width", "--width: 64rem", "--width: 60rem", "60rem"),
        ("--paper", "--paper: #faf7f2", "--paper: #ffffff", "#ffffff"),
        ("--s6", "--s6: 3.5rem", "--s6: 4rem", "4rem"),
    ]):
        look = f"getComputedStyle(document.documentElement).getPropertyValue('{name}').trim() === '{seen}'"
        day.step("style sheet", f"the variable `{name}`", "/" if number % 2 else "/notes", edit("static/app.css", old, new), look)

    # Code of pages.
    day.step("code of a page", "a constant that is shown", "/", edit(home, "Every URL on one screen. Start here.", "Start here."), "!document.body.innerText.includes('on one screen')")
    day.step("code of a page", "an item more in a list", "/", edit(home, '    ("static/app.css",', '    ("notes.txt", "What is to do."),\n    ("static/app.css",'), contains("What is to do."))
    day.step("code of a page", "an element more", "/", edit(home, "h1 { (layout::SITE) }", 'h1 { (layout::SITE) }\n                p #more { "More to see" }'), "!!document.querySelector('#more')")
    day.step("code of a page", "a class", "/", edit(home, "p #more {", "p.small #more {"), "!!document.querySelector('#more.small')")
    day.step("code of a page", "a condition", "/", edit(home, 'p.small #more { "More to see" }', '@if 1 + 1 == 2 { p #two { "Two" } }'), "!!document.querySelector('#two')")
    day.step("code of a page", "a handler: a click counts for ten", "/", edit(home, "*count += 1", "*count += 10"), terminal="built in")
    day.step("code of a page", "a new function", "/", lambda: (
        day.write(home, day.read(home).replace('p #two { "Two" }', "(two())") + '\nfn two() -> Markup {\n    html! { p #function { "From a function" } }\n}\n')), "!!document.querySelector('#function')")
    day.step("code of a page", "a number: how many notes are shown", "/notes", edit(notes, "MAX_NOTES: i64 = 1000", "MAX_NOTES: i64 = 900"), terminal="built in")

    # Components, models, repositories, services, machinery.
    day.step("component", "an element of the card of a note", "/notes", edit(card, "footer { (date(note.updated_at)) }", 'footer { "Changed: " em { (date(note.updated_at)) } }'), "!!document.querySelector('.note footer em')")
    day.step("component", "the format of dates", "/notes", edit("src/components/date.rs", '"%-d %B %Y")', '"%Y, %-d %B")'), "/20\\d\\d, \\d/.test(document.querySelector('.note footer').innerText)")
    day.step("component", "a class of the card", "/notes", edit(card, "article.note", "article.note.paper"), "!!document.querySelector('.note.paper')")
    day.step("model", "the length of an excerpt", "/notes", edit(model, "MAX_CHARS: usize = 200", "MAX_CHARS: usize = 24"), contains(" …"))
    day.step("model", "what an excerpt ends with", "/notes", edit(model, 'format!("{} …"', 'format!("{} [more]"'), contains("[more]"))
    day.step("model", "a method more", "/notes", edit(model, "impl NoteSummary {", "impl NoteSummary {\n    /// Of the title.\n    pub fn letters(&self) -> usize {\n        self.title.as_str().chars().count()\n    }\n"), terminal="built in")
    day.step("model", "a page that calls it", "/notes", edit(card, 'em { (date(note.updated_at)) }', 'em { (date(note.updated_at)) } b { (note.letters()) }'), "!!document.querySelector('.note footer b')")
    day.step("repository", "the order of notes", "/notes", edit(repository, "ORDER BY id DESC LIMIT $4", "ORDER BY id ASC LIMIT $4"), "document.querySelector('.note h2').innerText === 'Groceries'")
    day.step("repository", "and back", "/notes", edit(repository, "ORDER BY id ASC LIMIT $4", "ORDER BY id DESC LIMIT $4"), "document.querySelector('.note h2').innerText !== 'Groceries'")
    day.step("service", "the name of a topic", "/notes", edit(service, '"notes of {}"', '"the notes of {}"'), terminal="built in")
    day.step("machinery", "a crate of `stack/`", "/notes", edit("stack/web/src/health.rs", "\npub async fn alive", '\n#[doc(alias = "day")]\npub async fn alive'), terminal="built in")
    day.step("several files", "a name that is used in two", "/notes", lambda: (day.replace(model, "pub fn letters", "pub fn length"), day.replace(card, "note.letters()", "note.length()")), terminal="built in")

    # Mistakes.
    day.step("error, shown", "a type that is not there", "/notes", edit(model, "-> usize {", "-> Usize {"), f"{OVERLAY}.includes('cannot find type')")
    day.step("error, mended", "", "/notes", edit(model, "-> Usize {", "-> usize {"), f"!{OVERLAY}")
    day.step("error, shown", "a brace too few", "/", edit(home, "fn two() -> Markup {", "fn two() -> Markup "), f"{OVERLAY}.includes('expected')")
    day.step("error, mended", "", "/", edit(home, "fn two() -> Markup ", "fn two() -> Markup {"), f"!{OVERLAY}")
    whole = day.read(card)
    day.step("error, shown", "a module that is deleted", "/notes", lambda: day.write(card, None), f"{OVERLAY}.includes('note_card')")
    day.step("error, mended", "", "/notes", lambda: day.write(card, whole), f"!{OVERLAY}")
    day.step("error, shown", "a column that is not there", "/notes", edit(repository, "SELECT id, title, left(body, 201) AS beginning", "SELECT id, titel AS title, left(body, 201) AS beginning"), f"{OVERLAY}.includes('titel')")
    day.step("error, mended", "", "/notes", edit(repository, "titel AS title", "title"), "!!document.querySelector('.note') && !" + OVERLAY)

    # A form that somebody is filling in.
    def typing(change):
        def typed():
            day.page.fill("[name=title]", "Half a thought")
            change()
        return typed

    day.step("a form half filled in", "a text; what was typed stays", "/notes/new", typing(edit(notes, 'h1 { "Write a note" }', 'h1 { "A note" }')), contains("A note") + " && document.querySelector('[name=title]').value === 'Half a thought'")
    day.step("a form half filled in", "code; what was typed stays", "/notes/new", typing(edit(notes, 'h1 { "A note" }', 'h1 #form { "A note" }')), "!!document.querySelector('h1#form') && document.querySelector('[name=title]').value === 'Half a thought'")

    # What is not a line of code.
    day.step("settings", "`.env`: another level of the log", "/", lambda: day.write(".env", (day.read(".env") if (day.project / ".env").exists() else "") + "\nRUST_LOG=info,tower_http=warn\n"), terminal="listening on")
    day.step("a page more", "`heavy add-page about`", "/", lambda: day.move("add-page", "about"), "fetch('/about').then((answer) => answer.ok)")
    if day.rows and day.rows[-1][0] == "a page more":
        day.move("undo")
    day.step("schema", "a column: the notice", "/", edit("schema/030_notes.sql", "    title ", "    day integer,\n    title "), f"{OVERLAY}.includes('pave')")
    day.step("schema", "as before: the notice goes", "/", edit("schema/030_notes.sql", "    day integer,\n", ""), f"!{OVERLAY}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", type=pathlib.Path)
    parser.add_argument("--heavy", default="heavy", help="the command, for add-page")
    parser.add_argument("--only")
    parser.add_argument("--screenshots", type=pathlib.Path)
    chosen = parser.parse_args()
    project, port = chosen.project.resolve(), free_port()
    if chosen.screenshots:
        chosen.screenshots.mkdir(parents=True, exist_ok=True)
    say(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    subprocess.run(["tmux", "kill-session", "-t", TERMINAL], capture_output=True)
    tmux("new-session", "-d", "-s", TERMINAL, "-x", "150", "-y", "50", "-c", str(project), "-e", f"PORT={port}", "bash", "--norc")
    tmux("set-option", "-t", TERMINAL, "history-limit", "20000")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"))
        page = browser.new_page(color_scheme="light")
        day = Day(chosen, page, f"http://127.0.0.1:{port}")
        try:
            day.type("cargo dev --no-open", "Enter")
            day.until_terminal("serving on", timeout=900)
            subprocess.run(["cargo", "dev", "seed"], cwd=project, check=True, capture_output=True)
            page.goto(day.url + "/login")
            page.wait_for_timeout(500)
            page.fill("[name=email]", "ada@example.com")
            page.fill("[name=password]", "analytical engine")
            page.click("main form button[type=submit]")
            page.wait_for_url(lambda url: "/login" not in url)
            work(day)
        finally:
            day.put_back()
            day.type("q", "Enter")
            time.sleep(2)
            subprocess.run(["tmux", "kill-session", "-t", TERMINAL], capture_output=True)
            browser.close()
    say("\n| edit | how many | median | slowest |\n|---|---|---|---|")
    for kind in dict.fromkeys(row[0] for row in day.rows):
        times = [took for name, _, took in day.rows if name == kind]
        say(f"| {kind} | {len(times)} | {statistics.median(times):.2f} s | {max(times):.2f} s |")


if __name__ == "__main__":
    main()
