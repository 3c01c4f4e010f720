"""Every page and dialog: accessible at both widths and in both colour schemes, quiet, never wider than the window."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Visit
from tests.browser.shown import Charters
from tests.browser.views import VIEWS, View
from tests.browser.visitors import DESKTOP, NARROW, PHONE, Site, Troubles, axe_violations, broken_amounts, sideways_px


@dataclass(frozen=True)
class Shown:
    page: Page
    troubles: Troubles


@pytest.fixture(scope="module")
def guests(new_context: Visit) -> Iterator[BrowserContext]:
    with new_context() as context:
        yield context


@pytest.fixture(scope="module")
def admins(new_context: Visit, site: Site) -> Iterator[BrowserContext]:
    with new_context(token=site.token) as context:
        yield context


@pytest.fixture(scope="module", params=VIEWS, ids=[view.name for view in VIEWS])
def shown(
    request: pytest.FixtureRequest, guests: BrowserContext, admins: BrowserContext, charters: Charters
) -> Iterator[Shown]:
    """One view after the other; the tests below look at it before it goes."""
    view: View = request.param
    with (admins if view.admin else guests).new_page() as page:
        troubles = Troubles(expected=view.expected)
        troubles.watch(page)
        view.show(page, charters)
        yield Shown(page, troubles)


def test_it_comes_without_a_complaint_of_the_browser(shown: Shown) -> None:
    assert shown.troubles.seen == []


@pytest.mark.parametrize("window", [NARROW, PHONE, DESKTOP], ids=["320", "390", "1280"])
def test_it_never_scrolls_sideways(shown: Shown, window: Any) -> None:
    shown.page.set_viewport_size(window)
    assert sideways_px(shown.page) == 0
    assert shown.page.evaluate(
        "[...document.querySelectorAll('dialog')].every((dialog) => dialog.scrollWidth <= dialog.clientWidth)"
    )


@pytest.mark.parametrize("window", [NARROW, PHONE], ids=["320", "390"])
def test_no_amount_is_broken_in_two(shown: Shown, window: Any) -> None:
    shown.page.set_viewport_size(window)
    assert broken_amounts(shown.page) == []


@pytest.mark.parametrize("window", [PHONE, DESKTOP], ids=["390", "1280"])
def test_axe_finds_nothing(shown: Shown, window: Any) -> None:
    shown.page.set_viewport_size(window)
    shown.page.emulate_media(color_scheme="light")
    assert axe_violations(shown.page) == []
    shown.page.emulate_media(color_scheme="dark")
    # All other rules ignore colours.
    assert axe_violations(shown.page, rules=("color-contrast", "link-in-text-block")) == []


def test_back_closes_its_dialog_and_stays_on_the_page(shown: Shown) -> None:
    """The last test of each view: it leaves the dialog closed."""
    page, address = shown.page, shown.page.url
    dialogs = page.locator("dialog[open]")
    opened = dialogs.count()
    for left in reversed(range(opened)):
        page.go_back()
        expect(dialogs).to_have_count(left)
        assert page.url == address
    if opened:
        page.go_forward()
        expect(dialogs).to_have_count(0)
        assert page.url == address
