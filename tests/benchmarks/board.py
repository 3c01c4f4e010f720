"""The board with 1 000 charters in Chromium at a quarter of this machine's speed.

An interaction is measured as INP does it, by the browser's own Event Timing: from the input to the next picture.
https://web.dev/articles/inp
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

from tests.browser.visitors import PHONE, Site
from tests.support.programs import found_programs
from tests.support.running import Product, running_product
from tools.common.browser import start_playwright
from tools.common.cloud import embedded_client

CHARTERS = 1000
SLOWDOWN = 4
LOADS = 5
ROUNDS = 3
LIMIT_MS = 100
# A second without a long task.
QUIET_MS = 1000

OBSERVE = """
window.seen = {tasks: [], inputs: []};
new PerformanceObserver((list) => window.seen.tasks.push(...list.getEntries()
  .map(({startTime, duration}) => ({startTime, duration})))).observe({type: "longtask", buffered: true});
new PerformanceObserver((list) => window.seen.inputs.push(...list.getEntries()
  .filter(({interactionId, name}) => interactionId > 0 || name === "wheel")
  .map(({name, startTime, duration, processingStart, processingEnd}) =>
    ({name, duration, delay: processingStart - startTime, handling: processingEnd - processingStart}))))
  .observe({type: "event", durationThreshold: 16, buffered: true});
"""


def main(product: Product, charters: int = CHARTERS) -> None:
    browser = found_programs()["tools"].get("browser")
    if not browser:
        print("the board in a browser: left out, no browser was found")
        return
    site = Site(product)
    seed(site, charters)
    with start_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser, args=["--no-sandbox", "--disable-background-networking"]
        )

        def open_board() -> Page:
            page = chromium.new_context(base_url=site.url, viewport=PHONE, has_touch=True).new_page()
            page.add_init_script(f"sessionStorage.setItem('scc.token', '{site.token}')")
            page.add_init_script(OBSERVE)
            page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
            return page

        print(f"board of {charters} charters, {SLOWDOWN}x slower than this machine; ms, medians (lowest to highest)")
        loads = []
        for _ in range(LOADS):
            page = open_board()
            loads.append(load_ms(page))
            # One that stays open takes time from the next.
            page.context.close()
        for name, column in zip(("first row", "interactive"), zip(*loads, strict=True), strict=True):
            print(f"  {name:34}{spread(column)}")
        rounds = []
        for number in range(ROUNDS):
            page = open_board()
            load_ms(page)
            # The same once more would be asked about.
            rounds.append(interactions(page, amount=f"{125 + number}"))
            page.context.close()
        for name in rounds[0]:
            answers, tasks = zip(*(found[name] for found in rounds), strict=True)
            verdict = "" if statistics.median(answers) < LIMIT_MS else f", over {LIMIT_MS}"
            print(f"  {name:34}{spread(answers)}{verdict}; longest task until calm {spread(tasks).strip()}")
        chromium.close()


def seed(site: Site, charters: int) -> None:
    """As many charters from now on, every six hours one, written in bulk as copies of one that the API wrote."""
    dynamodb = embedded_client("dynamodb", site.product.endpoint)
    table = dynamodb.list_tables()["TableNames"][0]
    key = {"PK": {"S": f"EVENT#{site.charter()['event_id']}"}, "SK": {"S": "EVENT"}}
    item = dynamodb.get_item(TableName=table, Key=key)["Item"]
    now = datetime.now(UTC).replace(microsecond=0)
    for first in range(1, charters, 25):
        copies = [copy(item, number, now) for number in range(first, min(first + 25, charters))]
        dynamodb.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": one}} for one in copies]})


def copy(item: dict[str, Any], number: int, now: datetime) -> dict[str, Any]:
    starts_at = now + timedelta(hours=6 * number)
    start, end = (f"{time:%Y-%m-%dT%H:%M:%SZ}" for time in (starts_at, starts_at + timedelta(hours=3)))
    name = f"{number:022}"
    data = json.loads(item["data"]["S"]) | {"event_id": name}
    data["details"] |= {"title": f"Charter {number:04}", "starts_at": start, "ends_at": end}
    return item | {
        "PK": {"S": f"EVENT#{name}"},
        "by_date_sk": {"S": f"{start}#{name}"},
        "data": {"S": json.dumps(data)},
    }


def load_ms(page: Page) -> tuple[float, float]:
    """Until the first row shows, and until the last long task that a second of calm follows has ended."""
    page.goto("/")
    page.locator("article.row").first.wait_for()
    shown = float(page.evaluate("performance.now()"))
    settle(page)
    ends = page.evaluate("seen.tasks.map(({startTime, duration}) => startTime + duration)")
    return shown, max([shown, *ends])


def settle(page: Page) -> None:
    """Until the page has been calm for a second."""
    page.evaluate(
        """(quiet_ms) => new Promise((done) => {
          const asked_at = performance.now();
          const look = () => {
            const busy_until = Math.max(asked_at, ...seen.tasks.map((task) => task.startTime + task.duration));
            if (performance.now() - busy_until > quiet_ms) done();
            else setTimeout(look, 100);
          };
          look();
        })""",
        QUIET_MS,
    )


def interactions(page: Page, amount: str) -> dict[str, tuple[float, float]]:
    """Of each kind of input: the slowest answer, and the longest task until the page is calm again."""
    search = page.get_by_role("searchbox", name="Search charters")
    more = page.get_by_role("button", name="Show more")
    found: dict[str, list[tuple[float, float]]] = {}

    def measured(name: str, act: Callable[[], object]) -> None:
        page.evaluate("seen.tasks.length = seen.inputs.length = 0")
        act()
        settle(page)
        seen = page.evaluate(
            "[seen.inputs, seen.tasks].map((entries) => Math.max(0, ...entries.map(({duration}) => duration)))"
        )
        found.setdefault(name, []).append(tuple(seen))

    while more.is_visible():
        measured("show more", lambda: load(more))
    measured("go to the search", search.click)
    measured("type in the search", lambda: search.press_sequentially("charter 07", delay=150))
    measured("clear the search", lambda: clear(page))
    measured("scroll", lambda: scroll(page))
    measured("open the payment dialog", lambda: page.get_by_role("button", name="Log payment for").nth(4).click())
    page.get_by_label("Amount").clear()
    measured("type an amount", lambda: page.get_by_label("Amount").press_sequentially(amount, delay=150))
    measured("choose how it was paid", lambda: page.get_by_role("radio", name="Cash").click())
    measured("log the payment", lambda: page.get_by_role("button", name="Log $").click())
    measured("open a charter", lambda: page.locator("article.row h4 a").nth(4).click())
    measured("back to the board", lambda: page.get_by_role("link", name="Board", exact=True).click())
    measured("show past charters", lambda: page.get_by_role("button", name="Show past charters").click())
    measured("open the payments", page.get_by_role("link", name="Money", exact=True).first.click)
    measured("change the period", lambda: page.get_by_label("From").press("ArrowUp"))
    return {name: (max(answer for answer, _ in runs), max(task for _, task in runs)) for name, runs in found.items()}


def load(more: Locator) -> None:
    more.click()
    more.page.get_by_role("button", name="Loading…").wait_for(state="detached")


def clear(page: Page) -> None:
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")


def scroll(page: Page) -> None:
    page.mouse.move(200, 500)
    for _ in range(20):
        page.mouse.wheel(0, 600)
        time.sleep(0.05)


def spread(values: tuple[float, ...]) -> str:
    return f"{statistics.median(values):6.0f} ({min(values):.0f}-{max(values):.0f})"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, running_product(Path(folder)) as alone:
        main(alone, int(sys.argv[1]) if sys.argv[1:] else CHARTERS)
