"""A copy of the product that holds the sample season and nothing else, and the devices that look at it."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest

pytest.importorskip("playwright.sync_api")

from playwright.sync_api import Page, expect

from tests.browser.visitors import DESKTOP, NO_WORKER, Site, sign_in
from tests.season.devices import Device
from tests.support.clock import wait_out_midnight
from tests.support.running import running_product
from tools.local import demo
from tools.local.samples import SampleCharter
from tools.local.season import season

TELLING = timedelta(minutes=2)
DEVICES = (("en-US", "America/Los_Angeles"), ("en-NZ", "Pacific/Auckland"))


class Season(NamedTuple):
    site: Site
    now: datetime
    charters: list[SampleCharter]
    event_ids: dict[str, str]
    """By title."""

    def charter(self, title: str) -> SampleCharter:
        return next(charter for charter in self.charters if charter.title == title)


class Desk(NamedTuple):
    """An admin's device, logged in."""

    page: Page
    device: Device

    def open(self, path: str, ready: str) -> None:
        """Goes to a page as a link does; it is there when `ready`, a selector, shows and nothing is loading."""
        self.page.evaluate(
            "path => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')) }", path
        )
        self.wait(ready)

    def wait(self, ready: str) -> None:
        expect(self.page.locator(ready).first).to_be_visible()
        expect(self.page.locator(".skeleton")).to_have_count(0)

    def read(self, script: str) -> Any:
        return self.page.evaluate(READER + script)


# Texts as they are shown on a desktop: with blanks of one kind, without what nobody sees there (marks that keep a name
# written from right to left in its place) and what is only there for screen readers, but for the word of the mark that
# stands at a name.
READER = """
const shown = (node) => {
  if (!node) return "";
  const copy = node.cloneNode(true);
  const unseen = ".visually-hidden:not(.state-who + *), .only-narrow, .buttons, .entry-actions";
  for (const hidden of copy.querySelectorAll(unseen)) hidden.remove();
  const apart = "small, p, li, button, .paper-line, .badge, .state-who, .contact > *, [class$=-more]";
  for (const part of copy.querySelectorAll(apart)) part.before(" ");
  return copy.textContent.replace(/[\\u2066-\\u2069]/g, "").replace(/\\s+/g, " ").trim();
};
const all = (selector, under = document) => [...under.querySelectorAll(selector)];
const texts = (selector, under = document) => all(selector, under).map(shown);
const table = (selector, under = document) => Object.fromEntries(
  all(`${selector} > div`, under).map((row) => [shown(row.querySelector("dt")), shown(row.querySelector("dd"))]));
"""


@pytest.fixture(scope="package")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Season]:
    expect.set_options(timeout=20_000)
    with running_product(tmp_path_factory.mktemp("season")) as product:
        # What is voided or cancelled says on which day.
        now = wait_out_midnight(TELLING)
        demo.add(product.base_url, product.password, now)
        site = Site(product)
        listed = site.admin("GET", "/api/events?from=2020-01-01&limit=100")["events"]
        yield Season(site, now, season(now), {event["title"]: event["event_id"] for event in listed})


@pytest.fixture(scope="package")
def open_desk(chromium: Any, told: Season) -> Iterator[Callable[[str, str], Desk]]:
    opened = []

    def open_desk(language: str, timezone: str) -> Desk:
        context = chromium.new_context(
            base_url=told.site.url, locale=language, timezone_id=timezone, viewport=DESKTOP, reduced_motion="reduce"
        )
        opened.append(context)
        context.add_init_script(NO_WORKER)
        sign_in(context, told.site.token)
        return Desk(context.new_page(), Device(language, timezone, told.now))

    yield open_desk
    for context in opened:
        context.close()


@pytest.fixture(scope="package", params=DEVICES, ids=["San Diego", "Auckland"])
def desk(request: pytest.FixtureRequest, open_desk: Callable[[str, str], Desk]) -> Desk:
    return open_desk(*request.param)
