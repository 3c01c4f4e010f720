"""A visitor of a release in a browser, and all that goes wrong before their eyes."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from tools.edge.routing import route_of
from tools.sync.layout import root_of
from tools.sync.proof.answers import Api, NoSuchCall

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response, Route
    from playwright.async_api import Error as PageError

POLL_S = 0.05
# More loads than asked for: a new worker may bring one, a release that starts over and over brings many.
SPARE_LOADS = 1
# Whether a person would see the first of these: it is scrolled to, nothing lies over it, and it is not transparent.
SEEN = """([wanted]) => {
  if (!wanted?.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
  wanted.scrollIntoView({ block: "center", behavior: "instant" });
  return [...wanted.getClientRects()].some(({ left, top, width, height }) =>
    wanted.contains(document.elementFromPoint(left + width / 2, top + height / 2)));
}"""
# A script may catch the error of an evaluated text that the policy refuses, and then the console says nothing of it.
TELL_OF_EVALUATION = """addEventListener("securitypolicyviolation", ({ blockedURI, effectiveDirective }) => {
  if (blockedURI.endsWith("eval")) {
    console.error(`${blockedURI} is refused by the Content Security Policy: ${effectiveDirective}`);
  }
});"""

Told = TypeVar("Told")


class DoesNotStart(Exception):
    """What was seen instead; empty when it was noted already."""


class Visit:
    """One page of one visitor. The API's part of it is answered from the document, and never asked."""

    def __init__(self, page: "Page", api: Api, base_url: str, slot: str, patience_s: float) -> None:
        self.page, self.api, self.patience_s = page, api, patience_s
        self.base_url, self.root = base_url.rstrip("/"), root_of(slot)
        self.problems: list[str] = []
        self.where = self.root
        self.left_to_api: list[str] = []
        """Pages of the API's that the visitor was led to."""
        self._loads = self._loads_asked = 0
        self._pending: set[Request] = set()

    @classmethod
    async def begin(cls, context: "BrowserContext", api: Api, base_url: str, slot: str, patience_s: float) -> "Visit":
        visit = cls(await context.new_page(), api, base_url, slot, patience_s)
        await context.route(visit._is_the_apis, visit._answer)
        await context.add_init_script(TELL_OF_EVALUATION)
        context.on("requestfailed", visit._failed)
        context.on("response", visit._judge)
        visit.page.on("console", visit._hear)
        visit.page.on("pageerror", visit._catch)
        visit.page.on("crash", lambda _: visit.note("crashes"))
        visit.page.on("domcontentloaded", lambda _: visit._count_load())
        visit.page.on("request", visit._begun)
        visit.page.on("requestfinished", visit._done)
        return visit

    def note(self, problem: str) -> None:
        text = " ".join(problem.replace(self.base_url, "").split())
        self.problems.append(f"{self.where}: {text[:300]}")

    async def open(self, path: str) -> "Response | None":
        self.where = path
        self._loads_asked += 1
        return await self.told(
            self.page.goto(self.base_url + path, wait_until="commit"), f"is not answered within {self.patience_s:.0f} s"
        )

    async def reload(self) -> "Response | None":
        self._loads_asked += 1
        return await self.told(self.page.reload(wait_until="commit"))

    async def told(self, question: Awaitable[Told], silent: str = "does not answer: a script of it never ends") -> Told:
        """What the page says, if it says anything: a script that never ends keeps it from that."""
        try:
            async with asyncio.timeout(self.patience_s):
                return await question
        except TimeoutError:
            raise DoesNotStart(silent) from None

    async def wait_for(self, wanted: "Locator", what: str) -> None:
        """Until a person sees it. Refused as soon as anything has gone wrong."""
        async for _ in self.patiently():
            if await self._is_seen(wanted):
                return
        if await self.told(wanted.first.is_visible()):
            raise DoesNotStart(f"has {what} where nobody sees it: covered, transparent, or beside the page")
        raise DoesNotStart(f"shows {await self._what_shows()}, and never {what}")

    async def _is_seen(self, wanted: "Locator") -> bool:
        from playwright.async_api import Error

        try:
            return bool(await self.told(wanted.evaluate_all(SEEN)))
        except Error:
            # Loaded anew meanwhile.
            return False

    async def settle(self) -> None:
        """Until nothing loads any more."""
        busy, heading = self.page.locator("[aria-busy=true]:visible"), self.page.locator("h1:visible")
        async for _ in self.patiently():
            is_busy, is_headed = await self.told(busy.count()) > 0, await self.told(heading.count()) > 0
            if is_headed and not is_busy and not self._pending:
                break
        else:
            raise DoesNotStart(f"shows {await self._what_shows()}, and never is done")
        await self.require_well()

    async def patiently(self) -> AsyncIterator[None]:
        """Once more and once more, while there is patience and all is well."""
        deadline = time.monotonic() + self.patience_s
        while time.monotonic() < deadline:
            await self.require_well()
            yield
            await asyncio.sleep(POLL_S)

    async def require_well(self) -> None:
        """A notice of a failure is a problem like one in the console."""
        if self.problems or self.is_looping():
            raise DoesNotStart
        if way_out := self._way_out():
            raise DoesNotStart(way_out)
        for alert in await self.told(self.page.locator("[role=alert]:visible").all_inner_texts()):
            if alert.strip():
                raise DoesNotStart(f"says: {alert}")

    def _way_out(self) -> str:
        path = urlsplit(self.page.url).path
        is_inside = not self._loads or path.startswith(self.root)
        return "" if is_inside else f"leads out of {self.root}, to {path}"

    async def what_broke_off(self, error: "PageError") -> str:
        """Why a question to the page had no answer; empty when it loads again and again."""
        deadline = time.monotonic() + self.patience_s
        while time.monotonic() < deadline:
            if self.is_looping():
                return ""
            if way_out := self._way_out():
                return way_out
            await asyncio.sleep(POLL_S)
        return (
            "is loaded anew, by itself" if "context was destroyed" in error.message else error.message.splitlines()[0]
        )

    def is_looping(self) -> bool:
        return self._loads > self._loads_asked + SPARE_LOADS

    async def _what_shows(self) -> str:
        found = await self.told(self.page.locator("main:visible, body:visible").all_inner_texts())
        text = " ".join("".join(found[-1:]).split())
        if not text:
            return "nothing"
        if self._pending:
            return f"{text[:60]!r}, waits for {next(iter(self._pending)).url.replace(self.base_url, '')}"
        return f"{text[:60]!r}"

    # What the browser tells

    def _count_load(self) -> None:
        self._loads += 1
        self._pending.clear()

    def _hear(self, message: "ConsoleMessage") -> None:
        # The status of an answer is noted by itself, with its address.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.note(message.text)

    def _catch(self, error: "PageError") -> None:
        # Whatever is thrown; only an Error has a name.
        self.note(f"{error.name}: {error.message}" if error.name else f"throws {error.message}")

    def _judge(self, response: "Response") -> None:
        if response.status >= 400:
            self.note(f"{response.url} answers {response.status}")

    def _begun(self, request: "Request") -> None:
        self._pending.add(request)

    def _done(self, request: "Request") -> None:
        self._pending.discard(request)

    def _failed(self, request: "Request") -> None:
        self._done(request)
        # Who goes on to another page does not wait for the rest of this one.
        if request.failure != "net::ERR_ABORTED":
            self.note(f"{request.url} fails: {request.failure}")

    # The API's part

    def _is_the_apis(self, url: str) -> bool:
        address = urlsplit(url)
        return url.startswith(f"{self.base_url}/") and route_of(address.path).origin == "api"

    async def _answer(self, route: "Route", request: "Request") -> None:
        if request.is_navigation_request():
            self.left_to_api.append(urlsplit(request.url).path)
        try:
            self.api.require_right(request.method, request.url, request.headers, request.post_data)
            reply = self.api.answer(request.method, request.url)
        except NoSuchCall as problem:
            self.note(f"asks for {problem}")
            await route.fulfill(status=404, json={"Code": "NotFound", "Message": str(problem)})
            return
        body = json.dumps(reply.body) if reply.content_type == "application/json" else str(reply.body)
        await route.fulfill(status=reply.status, content_type=reply.content_type, body=body)
