"""Where a browser keeps nothing, or forgets what it kept: payments go out at once, and the app comes back."""

import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.test_offline import log_payment, wait_for_worker
from tests.browser.visitors import Site, card
from tests.support.clock import waiting_for_a_processor

MOST_S = 6
OPEN = "IDBFactory.prototype.open"
TROUBLE = {
    "refused": f"{OPEN} = () => {{ throw new DOMException('no', 'SecurityError'); }}",
    "never answered": f"{OPEN} = () => new EventTarget()",
    "opened, never read": "IDBDatabase.prototype.transaction = () => ({ objectStore: () => ({ getAll: () => ({}), "
    "get: () => ({}), put: () => ({}), delete: () => ({}) }) })",
}


@pytest.fixture(params=TROUBLE)
def page(request: pytest.FixtureRequest, site: Site, visit: Visit, event: dict[str, Any]) -> Page:
    """The board, on a device that keeps nothing."""
    context = visit(token=site.token)
    context.add_init_script(TROUBLE[request.param])
    page = context.new_page()
    page.goto("/")
    expect(card(page, event)).to_be_visible()
    return page


def test_where_nothing_can_be_kept_a_payment_is_sent_at_once_and_the_page_says_so(
    site: Site, page: Page, event: dict[str, Any]
) -> None:
    started_at = time.monotonic()
    log_payment(page, event, "480")
    expect(card(page, event).get_by_text("Paid", exact=True)).to_be_visible()
    assert time.monotonic() - started_at < MOST_S * waiting_for_a_processor()
    assert len(site.payments(event)) == 1
    expect(page.get_by_role("banner").get_by_text("This device keeps nothing.")).to_be_visible()


def test_where_nothing_can_be_kept_the_browser_asks_before_the_page_goes(
    site: Site, page: Page, event: dict[str, Any]
) -> None:
    page.context.set_offline(True)
    log_payment(page, event, "480")
    expect(page.get_by_text("Keep this page open until it is sent.")).to_be_visible()
    with page.expect_event("dialog") as asked:
        # The call has to come back before the question stops the page.
        page.evaluate("void setTimeout(() => location.reload())")
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    page.context.set_offline(False)
    expect(card(page, event).get_by_text("Paid", exact=True)).to_be_visible()
    assert len(site.payments(event)) == 1


def test_a_device_that_keeps_what_it_should_says_nothing(site: Site, visit: Visit) -> None:
    event = site.charter()
    page = visit(token=site.token).new_page()
    page.goto("/")
    log_payment(page, event, "480")
    expect(card(page, event).get_by_text("Paid", exact=True)).to_be_visible()
    expect(page.get_by_text("This device keeps nothing.")).to_have_count(0)


@pytest.mark.parametrize("emptied", ["the whole cache", "one file of it"])
def test_what_the_app_needs_is_fetched_again_at_the_next_start_with_a_network(
    site: Site, visit: Visit, emptied: str
) -> None:
    event = site.charter()
    context = visit(token=site.token, worker=True)
    page = context.new_page()
    page.goto("/")
    wait_for_worker(page)
    page.reload()
    count = """async () => {
      let found = 0;
      for (const name of await caches.keys()) found += (await (await caches.open(name)).keys()).length;
      return found;
    }"""
    whole = page.evaluate(count)
    assert whole > 10
    if emptied == "the whole cache":
        page.evaluate("async () => { for (const name of await caches.keys()) await caches.delete(name); }")
    else:
        page.evaluate("""async () => {
          const cache = await caches.open((await caches.keys())[0]);
          await cache.delete((await cache.keys())[1]);
        }""")
    assert page.evaluate(count) < whole
    page.reload()
    expect(card(page, event)).to_be_visible()
    # `wait_for_function` takes a promise for a yes, and waits for nothing.
    page.evaluate(f"""async () => {{
      for (let tries = 0; await ({count})() !== {whole}; tries++) {{
        if (tries === 400) throw new Error("the cache was not filled again");
        await new Promise((resolve) => setTimeout(resolve, 50));
      }}
    }}""")
    context.set_offline(True)
    page.reload()
    expect(card(page, event)).to_be_visible()
