"""Does a release start? It is opened in a browser as an admin and as a guest open it, with answers made up for it.

The answers are those of the API that runs, by its document. Each page has to show what is in them: with no error, no
failed request, no notice of a failure, and no call that this API does not know. Nothing reaches the API.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from tools.common.browser import find_browser, started_browser
from tools.common.console import first_few
from tools.common.website import Hangs, Website
from tools.sync.layout import POOL, WORKER, root_of, suffix_of
from tools.sync.proof.answers import Api
from tools.sync.proof.running_api import JsonObject
from tools.sync.proof.skew import broken_calls, calls_file
from tools.sync.proof.visit import POLL_S, DoesNotStart, Visit

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
ADDRESSES = "(links) => links.map((link) => link.href)"
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


def browser_opener(base_url: str, document: Callable[[], JsonObject], patience_s: float = PATIENCE_S) -> Opener:
    """`document` gives that of the API that runs. Refused at once where there is no browser."""
    path, website = find_browser(), Website(base_url, timeout_s=patience_s)

    def open_slot(slot: str, names: Sequence[str]) -> Boot:
        began = time.monotonic()
        api = Api(document(), datetime.now(UTC))
        api.require_known()
        if problem := problem_of_calls(api, slot, names):
            return Boot("no browser", time.monotonic() - began, (problem,))
        # A thread has a loop of its own, whatever the one that asks waits for.
        with ThreadPoolExecutor(1) as own:
            return own.submit(asyncio.run, open_all(api, slot, names)).result()

    def problem_of_calls(api: Api, slot: str, names: Sequence[str]) -> str:
        """Also of those that no page makes by itself. Empty for a release that was built before they were recorded."""
        name = calls_file(names)
        if name is None:
            return ""
        try:
            answer = website.ask(f"/{name}")
        except Hangs:
            return f"/{name}: is not answered within {patience_s:.0f} s"
        if answer.status != 200:
            return f"/{name}: answers {answer.status}"
        try:
            broken = broken_calls(answer.json(), api.document)
        except ValueError:
            return f"/{name}: is no JSON"
        what = f"calls what the running API does not serve: {first_few(broken, 3)}"
        return f"{root_of(slot)}: {what}" if broken else ""

    async def open_all(api: Api, slot: str, names: Sequence[str]) -> Boot:
        began = time.monotonic()
        problems: list[str] = []
        async with started_browser(path) as browser:
            for see in (see_desk, see_guest_page):
                context = await browser.new_context(locale="en-US")
                visit = await Visit.begin(context, api, base_url, slot, patience_s)
                problems += await problems_of(visit, see, names)
                await context.close()
                if problems:
                    break
            name = f"Chromium {browser.version.partition('.')[0]}"
        return Boot(name, time.monotonic() - began, tuple(problems))

    return open_slot


async def problems_of(
    visit: Visit, see: Callable[[Visit, Sequence[str]], Awaitable[None]], names: Sequence[str]
) -> list[str]:
    from playwright.async_api import Error

    try:
        await see(visit, names)
    except DoesNotStart as problem:
        if str(problem):
            visit.note(str(problem))
    except Error as error:
        if not visit.problems and (reason := await visit.what_broke_off(error)):
            visit.note(reason)
    if visit.is_looping():
        visit.problems = [f"{visit.where}: loads again and again, by itself"]
    return list(dict.fromkeys(visit.problems))


async def see_desk(visit: Visit, names: Sequence[str]) -> None:
    """The login page, the worker, the board, and each page that a link of the desk's navigation leads to."""
    page = visit.page
    await visit.open(visit.root)
    password = page.locator("input[type=password]")
    await visit.wait_for(password, "a login")
    await compile_scripts(visit, [name for name in names if name.startswith(POOL) and suffix_of(name) == ".js"])
    if WORKER in names:
        await see_worker(visit)
        await visit.wait_for(password, "a login")
    await visit.told(password.fill(NO_PASSWORD))
    await visit.told(password.press("Enter"))
    charter = visit.api.example("/api/events", "events", 0)
    link = page.get_by_role("link", name=charter["title"])
    await visit.wait_for(link, "the board's charter")
    await visit.settle()
    await visit.told(link.first.click())
    await see_pages(visit, charter["event_id"])


async def compile_scripts(visit: Visit, names: Sequence[str]) -> None:
    """Each of the release's scripts, those too that are only loaded later."""
    devtools = await visit.page.context.new_cdp_session(visit.page)
    devtools.on("Debugger.scriptFailedToParse", lambda script: visit.note(f"{script['url']} is no script"))
    await devtools.send("Debugger.enable")
    await visit.told(visit.page.evaluate(PRELOAD, [f"/{name}" for name in names]))
    await devtools.detach()
    await visit.require_well()


async def see_worker(visit: Visit) -> None:
    """The slot's own one is installed, and answers the next load."""
    scope, state = f"{visit.base_url}{visit.root}", "none"
    async for _ in visit.patiently():
        if (state := await visit.told(visit.page.evaluate(WORKER_STATE, scope))) == "activated":
            break
    else:
        raise DoesNotStart(f"has no service worker for {visit.root} (found: {state})")
    answer = await visit.reload()
    controller = await visit.told(visit.page.evaluate(CONTROLLER))
    if controller != scope + WORKER or not answer or not answer.from_service_worker:
        raise DoesNotStart(f"is not answered by the service worker of {visit.root} (but by {controller})")


async def see_pages(visit: Visit, event_id: str) -> None:
    """From the charter's page on, all that is linked inside of `nav`."""
    page, seen = visit.page, set[str]()
    visit.where = f"{visit.root}events/{event_id}"
    while True:
        await visit.settle()
        found = await visit.told(page.locator("nav a[href]").evaluate_all(ADDRESSES))
        paths = [urlsplit(url).path for url in found if url.startswith(f"{visit.base_url}/")]
        new = [path for path in paths if path not in seen]
        if not new or len(seen) > MAX_PAGES:
            return
        # The last first: links to the pages of one section stand behind those to all sections.
        seen.add(new[-1])
        visit.where = new[-1]
        await visit.told(page.locator(f"nav a[href={new[-1]!r}]").first.evaluate("(link) => link.click()"))


async def see_guest_page(visit: Visit, _: Sequence[str]) -> None:
    """What a guest's link opens, and the way from there to the waiver, which is the API's page."""
    guest = visit.api.example("/api/guest/x")
    await visit.open(f"{visit.root}g/{guest['event_id']}")
    await visit.wait_for(visit.page.get_by_role("heading", name=guest["title"]), "the charter's title")
    await visit.settle()
    waiver = f"/g/{guest['event_id']}/waiver"
    links = visit.page.locator(f"a[href^={waiver!r}]:visible")
    if not await visit.told(links.count()):
        raise DoesNotStart(f"has no link to {waiver}")
    await visit.told(links.first.click(no_wait_after=True))
    deadline = time.monotonic() + visit.patience_s
    while waiver not in visit.left_to_api:
        if time.monotonic() > deadline:
            raise DoesNotStart(f"its link to the waiver does not open {waiver}")
        await asyncio.sleep(POLL_S)
