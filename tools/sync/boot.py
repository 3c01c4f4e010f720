"""Does a release start? It is opened in a browser as an admin and as a guest open it, with answers made up for it.

Each page has to show what is in these answers: with no error, no failed request, no notice of a failure, and no call
that the API's document does not know. Nothing reaches the API.
"""

import contextlib
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from urllib.parse import urlsplit

from tools.common.browser import find_browser, started_browser
from tools.common.console import first_few
from tools.sync.layout import POOL, WORKER, suffix_of
from tools.sync.visit import POLL_MS, DoesNotStart, Visit

PATIENCE_S = 12.0
MAX_PAGES = 40
NO_PASSWORD = "a password that opens nothing"  # noqa: S105 - as it says

# How far the worker of this scope is, or which others there are.
WORKER_STATE = """async (scope) => {
  const found = await navigator.serviceWorker.getRegistrations();
  const own = found.find((one) => one.scope === scope);
  if (!own) return found.length > 0 ? `one for ${found.map((one) => new URL(one.scope).pathname)}` : "none";
  return (own.active ?? own.waiting ?? own.installing)?.state ?? "none";
}"""
CONTROLLER = "navigator.serviceWorker.controller?.scriptURL ?? 'none'"
# The browser fetches and compiles what is named so, and runs nothing of it.
PRELOAD = """(paths) => Promise.all(paths.map((path) => new Promise((done) => {
  const link = Object.assign(document.createElement("link"), { rel: "modulepreload", href: path });
  link.onload = link.onerror = done;
  document.head.append(link);
})))"""


class Boot(NamedTuple):
    """What was seen when a release was opened."""

    browser: str
    took_s: float
    problems: tuple[str, ...] = ()

    def describe(self) -> str:
        if self.problems:
            return f"does not start: {first_few(self.problems, 3)}"
        return f"starts, seen by {self.browser} in {self.took_s:.0f} s"


Opener = Callable[[str, Sequence[str]], Boot]
"""Opens what a slot holds; it is given the slot's name, and the names of the release's files."""


def browser_opener(base_url: str, patience_s: float = PATIENCE_S) -> Opener:
    """Refused at once where there is no browser."""
    path = find_browser()

    def open_slot(slot: str, names: Sequence[str]) -> Boot:
        # Playwright needs a thread in which nobody else, perhaps a Playwright too, waits for events.
        with ThreadPoolExecutor(1) as own:
            return own.submit(see_all, slot, names).result()

    def see_all(slot: str, names: Sequence[str]) -> Boot:
        began = time.monotonic()
        problems: list[str] = []
        with started_browser(path) as browser:
            for see in (see_desk, see_guest_page):
                with contextlib.closing(browser.new_context(locale="en-US")) as context:
                    problems += problems_of(Visit(context, base_url, slot, patience_s), see, names)
                if problems:
                    break
            name = f"Chromium {browser.version.partition('.')[0]}"
        return Boot(name, time.monotonic() - began, tuple(problems))

    return open_slot


def problems_of(visit: Visit, see: Callable[[Visit, Sequence[str]], None], names: Sequence[str]) -> list[str]:
    from playwright.sync_api import Error

    try:
        see(visit, names)
    except DoesNotStart as problem:
        if str(problem):
            visit.note(str(problem))
    except Error as error:
        if not visit.problems and not visit.becomes_a_loop():
            visit.note(error.message.splitlines()[0])
    if visit.is_looping():
        visit.problems = [f"{visit.where}: loads again and again, by itself"]
    return list(dict.fromkeys(visit.problems))


def see_desk(visit: Visit, names: Sequence[str]) -> None:
    """The login page, the worker, the board, and each page that a link of the desk's navigation leads to."""
    page = visit.page
    visit.open(visit.root)
    password = page.locator("input[type=password]")
    visit.wait_for(password, "a login")
    compile_scripts(visit, [name for name in names if name.startswith(POOL) and suffix_of(name) == ".js"])
    if WORKER in names:
        see_worker(visit)
        visit.wait_for(password, "a login")
    password.fill(NO_PASSWORD)
    password.press("Enter")
    charter = visit.api.answer("GET", "/api/events").body["events"][0]
    link = page.get_by_role("link", name=charter["title"])
    visit.wait_for(link, "the board's charter")
    visit.settle()
    link.first.click()
    see_pages(visit, charter["event_id"])


def compile_scripts(visit: Visit, names: Sequence[str]) -> None:
    """Each of the release's scripts, those too that are only loaded later."""
    devtools = visit.page.context.new_cdp_session(visit.page)
    devtools.on("Debugger.scriptFailedToParse", lambda script: visit.note(f"{script['url']} is no script"))
    devtools.send("Debugger.enable")
    visit.page.evaluate(PRELOAD, [f"/{name}" for name in names])
    devtools.detach()
    visit.require_well()


def see_worker(visit: Visit) -> None:
    """The slot's own one is installed, and answers the next load."""
    scope, state = f"{visit.base_url}{visit.root}", "none"
    for _ in visit.patiently():
        if (state := visit.page.evaluate(WORKER_STATE, scope)) == "activated":
            break
    else:
        raise DoesNotStart(f"has no service worker for {visit.root} (found: {state})")
    answer = visit.reload()
    controller = visit.page.evaluate(CONTROLLER)
    if controller != scope + WORKER or not answer or not answer.from_service_worker:
        raise DoesNotStart(f"is not answered by the service worker of {visit.root} (but by {controller})")


def see_pages(visit: Visit, event_id: str) -> None:
    """From the charter's page on, all that is linked inside of `nav`."""
    page, seen = visit.page, set[str]()
    visit.where = f"{visit.root}events/{event_id}"
    while True:
        visit.settle()
        found = page.locator("nav a[href]").evaluate_all("(links) => links.map((link) => link.href)")
        paths = [urlsplit(url).path for url in found if url.startswith(f"{visit.base_url}/")]
        new = [path for path in paths if path not in seen]
        if not new or len(seen) > MAX_PAGES:
            return
        seen.add(new[0])
        visit.where = new[0]
        page.locator(f"nav a[href={new[0]!r}]").first.evaluate("(link) => link.click()")


def see_guest_page(visit: Visit, _: Sequence[str]) -> None:
    """What a guest's link opens, and the way from there to the waiver, which is the API's page."""
    guest = visit.api.answer("GET", "/api/guest/x").body
    visit.open(f"{visit.root}g/{guest['event_id']}")
    visit.wait_for(visit.page.get_by_role("heading", name=guest["title"]), "the charter's title")
    visit.settle()
    waiver = f"/g/{guest['event_id']}/waiver"
    links = visit.page.locator(f"a[href^={waiver!r}]:visible")
    if links.count() == 0:
        raise DoesNotStart(f"has no link to {waiver}")
    links.first.click()
    deadline = time.monotonic() + visit.patience_s
    while waiver not in visit.left_to_api:
        if time.monotonic() > deadline:
            raise DoesNotStart(f"its link to the waiver does not open {waiver}")
        visit.page.wait_for_timeout(POLL_MS)
