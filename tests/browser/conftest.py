"""Visitors of the running product, each in a browser context of its own."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")

from playwright.sync_api import BrowserContext, expect

from tests.browser.shown import Charters, make_charters
from tests.browser.visitors import NO_WORKER, PHONE, REPORT_POLICY, Site, sign_in
from tests.support.clock import wait_out_midnight
from tests.support.running import Product

PATIENCE_MS = 20_000

Visit = Callable[..., BrowserContext]


@pytest.fixture(autouse=True)
def one_day() -> None:
    """No test goes over the operator's midnight."""
    wait_out_midnight(timedelta(seconds=40))


@pytest.fixture(scope="session")
def site(product: Product) -> Site:
    expect.set_options(timeout=PATIENCE_MS)
    return Site(product)


@pytest.fixture
def event(site: Site) -> dict[str, Any]:
    """A charter of the test's own."""
    return site.charter()


@pytest.fixture(scope="session")
def charters(site: Site) -> Charters:
    """Of the views. Made once for a product: what they look for by its name must be there only once."""
    return make_charters(site)


@pytest.fixture(scope="session")
def new_context(chromium: Any, site: Site) -> Visit:
    def make(*, token: str = "", worker: bool = False, **options: Any) -> BrowserContext:
        """A visitor at the front door; an admin who is logged in when a token is given.

        Without `worker` the browser is one that lacks service workers: every request is then the page's own.
        """
        options = {"viewport": PHONE, "locale": "en-US", "timezone_id": "America/Los_Angeles"} | options
        context: BrowserContext = chromium.new_context(base_url=site.url, reduced_motion="reduce", **options)
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(REPORT_POLICY)
        if not worker:
            context.add_init_script(NO_WORKER)
        if token:
            sign_in(context, token)
        return context

    return make


@pytest.fixture
def visit(new_context: Visit) -> Iterator[Visit]:
    """Contexts that end with the test."""
    opened: list[BrowserContext] = []

    def open_context(**options: Any) -> BrowserContext:
        opened.append(new_context(**options))
        return opened[-1]

    yield open_context
    for context in opened:
        # A request that a test had no reason to wait for may still be answered by one of its routes. What fails there
        # now would fail the test that comes next.
        for page in context.pages:
            page.unroute_all(behavior="ignoreErrors")
        context.unroute_all(behavior="ignoreErrors")
        context.close()
