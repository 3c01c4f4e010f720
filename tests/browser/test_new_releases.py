"""What the installed app does with a new release: it is offered everywhere, forced nowhere, and a broken one heals."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Visit
from tests.browser.devices import log_payment, wait_for_worker, wait_until
from tests.browser.visitors import Site, card
from tests.support.releases import WITHOUT_BROWSER
from tests.support.running import ROOT
from tools.common.build import SPA_BUILD

Change = tuple[str, str, str]
"""In which file of the SPA, what is replaced, and by what."""

OTHER_HEADINGS: list[Change] = [
    ("src/sign-in/login.tsx", "Dispatch</h1>", "Dispatch desk</h1>"),
    ("src/charters/board.tsx", ">Board</h1>", ">The board</h1>"),
]
BROKEN: Mapping[str, list[Change]] = {
    "an exception at start": [("src/shell/main.tsx", "startRouter(isInApp);", 'throw new Error("broken");')],
    "a desk that cannot be loaded": [
        ("src/shell/desk-start.ts", "void outbox.start();", 'throw new Error("broken");'),
    ],
    "a desk that cannot be drawn": [
        ("src/shell/desk.tsx", "  const [helping", '  if (clock) throw new Error("broken");\n  const [helping'),
    ],
    "a page without scripts": [
        ("src/../index.html", '<script type="module" src="/src/shell/main.tsx"></script>', ""),
        ("vite.config.ts", "startScript(), ", ""),
    ],
}


# In the page itself, before any script of ours: Playwright's routes lie between the browser and the network, and once
# a request got through while a worker took over. Whatever the worker itself would send is not held back.
NO_SIGNAL_FOR_PAYMENTS = """{
  const ask = fetch;
  window.fetch = (to, how) => how?.method === "PUT" && !localStorage.getItem("test.signal")
    ? Promise.reject(new TypeError("Failed to fetch"))
    : ask(to, how);
}"""


@pytest.fixture(scope="module")
def build_with(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[Change]], Path]:
    """The SPA built once more, changed; once for the same changes."""
    built: dict[tuple[Change, ...], Path] = {}

    def build(changes: list[Change]) -> Path:
        if (key := tuple(changes)) not in built:
            built[key] = build_changed(changes)
        return built[key]

    def build_changed(changes: list[Change]) -> Path:
        source = tmp_path_factory.mktemp("changed") / "spa"
        shutil.copytree(ROOT / "spa", source, ignore=shutil.ignore_patterns("node_modules", "dist"))
        (source / "node_modules").symlink_to(ROOT / "spa/node_modules")
        for name, before, after in changes:
            text = (source / name).read_text()
            assert before in text, name
            (source / name).write_text(text.replace(before, after))
        search = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        subprocess.run(
            ["node", "node_modules/vite/bin/vite.js", "build"],
            cwd=source,
            env=os.environ | {"PATH": search},
            check=True,
            capture_output=True,
        )
        return source / "dist"

    return build


@pytest.fixture
def release(site: Site) -> Iterator[Callable[..., None]]:
    """The real tool on the running product, which shows its first release again at the end, in both slots. Broken ones
    go, too.
    """
    rolled_back = []

    def run(*arguments: str) -> None:
        command = [sys.executable, "-m", "tools.sync", *arguments, *WITHOUT_BROWSER.get(arguments[0], ())]
        common = ["--stage", "local", "--home", str(site.product.home), "--yes"]
        done = subprocess.run([*command, *common], check=False, cwd=ROOT, text=True, capture_output=True)
        assert done.returncode == 0, done.stdout + done.stderr
        rolled_back.append(arguments[0] == "rollback")

    yield run
    if rolled_back and not rolled_back[-1]:
        run("rollback")
    if rolled_back:
        run("stage", "--build", str(SPA_BUILD))


def test_a_new_release_is_offered_and_no_payment_is_lost(
    site: Site, visit: Visit, build_with: Callable[[list[Change]], Path], release: Callable[..., None]
) -> None:
    event = site.charter()
    context = visit(token=site.token, worker=True)
    context.add_init_script(NO_SIGNAL_FOR_PAYMENTS)
    page, other = context.new_page(), context.new_page()
    for tab in (page, other):
        tab.goto("/")
        wait_for_worker(tab)
        expect(card(tab, event)).to_be_visible()
        tab.reload()
    log_payment(page, event, "480")
    other.get_by_role("button", name=f"Log payment for {event['title']}").click()
    half = other.get_by_role("dialog", name="Log payment")
    half.get_by_label("Amount").fill("half typed")

    release("stage", "--build", str(build_with(OTHER_HEADINGS)))
    release("promote")
    page.reload()
    # Offered, not forced: the page is still the old one.
    expect(page.get_by_role("heading", name="Board", exact=True)).to_be_visible()
    offer = page.get_by_text("A new version is ready.")
    expect(offer).to_be_visible()
    assert site.payments(event) == []
    page.get_by_role("button", name="Reload").click()
    expect(page.get_by_role("heading", name="The board")).to_be_visible()
    expect(offer).to_have_count(0)
    expect(card(page, event).get_by_text("$480.00 cash: not sent yet.")).to_be_visible()

    expect(other.get_by_text("A new version is ready.")).to_be_visible()
    expect(half.get_by_label("Amount")).to_have_value("half typed")
    half.get_by_role("button", name="Cancel").click()
    other.get_by_role("button", name="Reload").click()
    expect(other.get_by_role("heading", name="The board")).to_be_visible()

    release("rollback")
    page.reload()
    expect(offer).to_be_visible()
    expect(page.get_by_role("heading", name="The board")).to_be_visible()
    page.get_by_role("button", name="Reload").click()
    expect(page.get_by_role("heading", name="Board", exact=True)).to_be_visible()
    expect(card(page, event).get_by_text("$480.00 cash: not sent yet.")).to_be_visible()
    assert site.payments(event) == []
    page.evaluate("localStorage.setItem('test.signal', 'back')")
    page.reload()
    expect(card(page, event).get_by_text("Paid", exact=True)).to_be_visible()
    assert len(site.payments(event)) == 1
    assert len(page.evaluate("caches.keys()")) == 1


def check_for_releases(page: Page) -> None:
    """As the app does when the network is back."""
    page.evaluate("window.dispatchEvent(new Event('online'))")


def install_app(site: Site, visit: Visit) -> BrowserContext:
    """A device on which the app has run, and that has its worker."""
    context = visit(token=site.token, worker=True)
    page = context.new_page()
    page.goto("/")
    wait_for_worker(page)
    page.reload()
    expect(page.get_by_role("heading", name="Board", exact=True)).to_be_visible()
    return context


def test_a_new_release_is_offered_at_the_login_and_on_a_guests_page_too(
    site: Site, visit: Visit, build_with: Callable[[list[Change]], Path], release: Callable[..., None]
) -> None:
    event = site.charter()
    context = visit(worker=True)
    login, guest = context.new_page(), context.new_page()
    login.goto("/")
    login.evaluate("navigator.serviceWorker.ready.then(() => null)")
    guest.goto(f"/g/{event['event_id']}")
    expect(guest.get_by_role("heading", name=event["title"])).to_be_visible()
    release("stage", "--build", str(build_with(OTHER_HEADINGS)))
    release("promote")

    for page in (login, guest):
        check_for_releases(page)
        expect(page.get_by_text("A new version is ready.")).to_be_visible()
    login.get_by_label("Password").fill("half typed")
    guest.get_by_role("button", name="Reload").click()
    expect(guest.get_by_text("A new version is ready.")).to_have_count(0)
    expect(guest.get_by_role("heading", name=event["title"])).to_be_visible()
    expect(login.get_by_label("Password")).to_have_value("half typed")
    login.get_by_role("button", name="Reload").click()
    expect(login.get_by_role("heading", name="Dispatch desk")).to_be_visible()


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_release_that_was_rolled_back_goes_from_a_device_by_itself(
    site: Site, visit: Visit, build_with: Callable[[list[Change]], Path], release: Callable[..., None], fault: str
) -> None:
    context = install_app(site, visit)
    page, other = context.pages[0], context.new_page()
    board = {tab: tab.get_by_role("heading", name="Board", exact=True) for tab in (page, other)}
    release("stage", "--build", str(build_with(BROKEN[fault])), "--no-browser")
    release("promote", "--force-unbooted", "to see what a device does with it")
    check_for_releases(page)
    page.get_by_role("button", name="Reload").click()
    expect(board[page]).to_have_count(0)
    other.goto("/")
    # As long as nothing else waits, the page waits, too.
    other.wait_for_timeout(7_000)
    expect(board[other]).to_have_count(0)

    release("rollback")
    page.reload()
    if fault == "a page without scripts":
        # Nothing of ours runs there: the worker that comes lets itself in, and the next page is whole.
        page.evaluate("window.before = navigator.serviceWorker.controller")
        wait_until(page, "navigator.serviceWorker.controller !== window.before")
        page.reload()
        other.reload()
    for tab in (page, other):
        expect(board[tab]).to_be_visible()
    page.reload()
    expect(board[page]).to_be_visible()
    expect(page.get_by_text("A new version is ready.")).to_have_count(0)


def test_a_release_whose_board_breaks_still_offers_the_next_one(
    site: Site, visit: Visit, build_with: Callable[[list[Change]], Path], release: Callable[..., None]
) -> None:
    """The app has started, so nothing is done by itself: something may be half typed in it."""
    event = site.charter()
    context = install_app(site, visit)
    page = context.pages[0]
    broken = (
        "src/charters/row.tsx",
        "function FullRow(",
        'function Broken() { throw new Error("broken"); }\nfunction FullRow(',
    )
    used = ("src/charters/row.tsx", "<FullRow", "<Broken")
    release("stage", "--build", str(build_with([broken, used])), "--no-browser")
    release("promote", "--force-unbooted", "to see what a device does with it")
    check_for_releases(page)
    page.get_by_role("button", name="Reload").click()
    expect(card(page, event)).to_have_count(0)
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    release("rollback")
    check_for_releases(page)
    page.get_by_role("button", name="Reload").last.click()
    expect(card(page, event)).to_be_visible()


def test_a_page_of_staging_says_nothing_of_productions_release(site: Site, visit: Visit) -> None:
    """Which may never have run on this device, and then does not wait for somebody to ask."""
    page = install_app(site, visit).pages[0]
    wait_until(page, "await caches.match('/_started')")
    page.evaluate("caches.keys().then(async ([name]) => (await caches.open(name)).delete('/_started'))")
    page.goto("/_staging/")
    wait_until(page, "await caches.match('/_staging/_started')")
    assert not page.evaluate("caches.match('/_started').then(Boolean)")


KEPT = """caches.keys().then(async ([name]) => {
  const cache = await caches.open(name ?? "none");
  return { name, count: (await cache.keys()).length };
})"""
EMPTIED = {
    "all": "({ name }) => caches.delete(name)",
    "some": """async ({ name }) => {
      const cache = await caches.open(name);
      for (const file of (await cache.keys()).slice(3, 9)) await cache.delete(file);
    }""",
}


@pytest.mark.parametrize("what", EMPTIED)
def test_an_emptied_cache_is_filled_again_at_the_next_start_with_a_network(site: Site, visit: Visit, what: str) -> None:
    context = install_app(site, visit)
    page = context.pages[0]
    wait_until(page, "await caches.match('/_started')")
    kept = page.evaluate(KEPT)
    assert kept["count"] > 30
    page.evaluate(EMPTIED[what], kept)
    page.reload()
    expect(page.get_by_role("heading", name="Board", exact=True)).to_be_visible()
    wait_until(page, f"(await {KEPT}).count === {kept['count']}")
    context.set_offline(True)
    page.reload()
    expect(page.get_by_text(re.compile(r"^As of .+, no connection\.$"))).to_be_visible()
