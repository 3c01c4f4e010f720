"""The board as a whole: how much of it shows, the navigation around it, and messages that cover nothing."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.browser.conftest import Visit
from tests.browser.visitors import DESKTOP, NARROW, PHONE, Site, card, sideways_px

HERE = ZoneInfo("America/Los_Angeles")
FULL_LIST = ["Ana Reyes", "Bo Sund", "Cora Lind"]


@pytest.fixture(scope="module")
def season(site: Site) -> list[dict[str, Any]]:
    """One charter a day, which takes the most room: a deposit on each, guests who are missing on the first.

    From tomorrow at ten: one that goes on over midnight, as those made in the evening would, says its last day too.
    """
    charter = site.charter()
    site.pay(charter, kind="deposit", method="check", reference="7")
    event = site.admin("GET", f"/api/events/{charter['event_id']}")
    tomorrow = datetime.now(HERE).replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=1)
    charters = []
    for number in range(20):
        starts_at = (tomorrow + timedelta(days=number)).astimezone(UTC)
        charters.append(
            {name: value for name, value in event.items() if name not in ("payments", "waiver_records")}
            | {
                "event_id": f"{number:022}",
                "title": f"Sail {number:02} of the season",
                "starts_at": f"{starts_at:%Y-%m-%dT%H:%M:%SZ}",
                "ends_at": f"{starts_at + timedelta(hours=3):%Y-%m-%dT%H:%M:%SZ}",
            }
        )
    charters[0]["guests"] = [
        {"guest_id": str(number), "name": name, "email": f"guest-{number}@example.com"}
        for number, name in enumerate(FULL_LIST, 1)
    ]
    charters[0]["waivers"] = {"signed": 1, "expected": 4, "missing": FULL_LIST, "missing_guest_ids": ["1", "2", "3"]}
    return charters


@pytest.fixture(scope="module")
def owed(site: Site, season: list[dict[str, Any]]) -> dict[str, Any]:
    """Three charters of the last months that are not paid."""
    site.charter()
    found = site.admin("GET", "/api/receivables")
    days_ago = {9: "0-30", 40: "31-60", 70: "61-90"}
    charters = [
        found["charters"][0]
        | {"event_id": f"owed-{days}", "title": f"Sail of {days} days ago", "age_days": days, "bucket": bucket}
        | {name: (datetime.now(UTC) - timedelta(days=days)).isoformat() for name in ("starts_at", "ends_at")}
        for days, bucket in days_ago.items()
    ]
    return found | {"charters": charters[::-1]}


@pytest.fixture
def open_season(site: Site, visit: Visit, season: list[dict[str, Any]], owed: dict[str, Any]) -> Any:
    def show(window: ViewportSize, **options: Any) -> Page:
        page = visit(token=site.token, viewport=window, **options).new_page()

        def answer(route: Any) -> None:
            past = "to=" in route.request.url
            route.fulfill(json={"events": [] if past else season, "next_cursor": None})

        page.route("**/api/events?*", answer)
        page.route("**/api/receivables", lambda route: route.fulfill(json=owed))
        page.goto("/")
        expect(card(page, season[0])).to_be_visible()
        return page

    return show


def in_sight(page: Page) -> list[str]:
    """The titles of the rows that show whole, without scrolling and behind nothing."""
    return list(
        page.evaluate(
            """() => {
              const tabs = document.querySelector("nav").getBoundingClientRect().top;
              const bottom = tabs > 100 ? tabs : innerHeight;
              return [...document.querySelectorAll("article, .earlier-rows li")]
                .filter((row) => row.checkVisibility())
                .filter((row) => row.getBoundingClientRect().bottom <= bottom)
                .map((row) => row.querySelector("h4, a").textContent);
            }"""
        )
    )


def test_ten_charters_show_on_a_desktop_though_each_has_a_day_of_its_own(open_season: Any) -> None:
    page = open_season(DESKTOP)
    assert len(in_sight(page)) >= 10


def test_four_charters_and_the_first_log_payment_show_on_a_phone(open_season: Any) -> None:
    page = open_season(PHONE, has_touch=True)
    assert len(in_sight(page)) >= 4
    first = page.get_by_role("main").get_by_role("button", name="Log payment").first
    expect(first).to_be_in_viewport(ratio=1)
    box = first.bounding_box()
    assert box
    assert box["height"] >= 44


def test_the_columns_of_a_desktop_stand_below_each_other_and_amounts_end_at_one_line(open_season: Any) -> None:
    page = open_season(DESKTOP)
    for selector, edge in (("time", "left"), ("h4", "left"), (".row-crew", "left"), (".money-lead", "right")):
        edges = page.evaluate(
            "([selector, edge]) => [...document.querySelectorAll(`article ${selector}`)].slice(0, 8)"
            ".map((cell) => Math.round(cell.getBoundingClientRect()[edge]))",
            [selector, edge],
        )
        assert len(set(edges)) == 1, selector
    figures = page.locator(".money-lead").first.evaluate("(cell) => getComputedStyle(cell).fontVariantNumeric")
    assert figures == "tabular-nums"


@pytest.mark.parametrize("window", [DESKTOP, PHONE, NARROW], ids=["desktop", "phone", "320"])
def test_the_navigation_stays_in_sight_and_marks_the_page(open_season: Any, window: ViewportSize) -> None:
    page = open_season(window)
    navigation = page.get_by_role("navigation", name="Main")
    assert page.evaluate("scrollTo(0, 400), scrollY") > 300
    expect(navigation.get_by_role("link", name="Money")).to_be_in_viewport(ratio=1)
    expect(navigation.locator("[aria-current=page]")).to_have_text("Board")
    expect(navigation.get_by_role("link", name="Mail", exact=True)).to_have_count(1 if window == DESKTOP else 0)
    box = navigation.bounding_box()
    assert box
    assert (box["y"] < 100) == (window == DESKTOP)
    navigation.get_by_role("link", name="Week").click()
    expect(page.get_by_role("heading", name="Week", level=1)).to_be_focused()
    expect(navigation.locator("[aria-current=page]")).to_have_text("Week")
    assert sideways_px(page) == 0


@pytest.mark.parametrize("window", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_message_never_covers_the_row_that_it_speaks_of(open_season: Any, window: ViewportSize) -> None:
    """Wherever the row is: at the top of the window, in the middle, at its end."""
    page = open_season(window)
    answer = {"reminded": ["1"], "skipped": []}
    page.route("**/waiver-reminders", lambda route: route.fulfill(json=answer))
    row = page.get_by_role("article").first
    for place in ("start", "center", "end"):
        # Room below, so that the first row can stand anywhere.
        page.evaluate("document.body.style.paddingBlock = '100vh'")
        row.evaluate("(element, block) => element.scrollIntoView({ block })", place)
        row.get_by_role("button", name="Remind").click()
        message = page.get_by_role("status").filter(has_text="Reminded:")
        expect(message).to_be_visible()
        # It takes its place a moment after it is there.
        for _ in range(20):
            page.wait_for_timeout(100)
            if not overlap(row, message.locator(".notice")):
                break
        else:
            raise AssertionError(f"covered at the {place}")
        page.reload()
        expect(row).to_be_visible()


def overlap(one: Locator, other: Locator) -> bool:
    first, second = one.bounding_box(), other.bounding_box()
    assert first
    assert second
    return first["y"] < second["y"] + second["height"] and second["y"] < first["y"] + first["height"]


def test_the_search_key_leads_to_the_board_from_any_page(site: Site, visit: Visit) -> None:
    page = visit(token=site.token, viewport=DESKTOP).new_page()
    page.goto("/mail")
    expect(page.get_by_role("heading", name="Mail", level=1)).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.keyboard.press("/")
    expect(page.get_by_label("Search charters")).to_be_focused()


def test_the_charter_page_begins_with_what_is_asked_for(site: Site, visit: Visit) -> None:
    """When, boat, captain, patron and money show on a phone's first screen; a tap calls."""
    event = site.charter()
    page = visit(token=site.token, has_touch=True).new_page()
    page.goto(f"/events/{event['event_id']}")
    for text in ("S/V Petrel", "Luis Ferreira", "Ana Ruiz", "Due $480"):
        expect(page.get_by_text(text, exact=True).first).to_be_in_viewport(ratio=1)
    call = page.get_by_role("link", name="+1 415 555 0150")
    expect(call).to_have_attribute("href", "tel:+14155550150")
    expect(page.get_by_role("link", name="Text Ana Ruiz")).to_have_attribute("href", "sms:+14155550150")
    # What is done at the dock is in reach of the thumb, wherever the page is scrolled to.
    for edge in ("0", "document.body.scrollHeight"):
        page.evaluate(f"scrollTo(0, {edge})")
        expect(page.locator(".charter-bar").get_by_role("button", name="Log payment")).to_be_in_viewport(ratio=1)
        expect(page.locator(".charter-bar").get_by_role("link", name="Manifest")).to_be_in_viewport(ratio=1)
    page.evaluate("scrollTo(0, 0)")
    expect(page.get_by_role("heading", name="Ready to sail")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("img", name="QR code of the guest link")).to_have_count(0)


def test_what_is_owed_of_earlier_stands_above_a_desktops_board_the_latest_first_in_sight(open_season: Any) -> None:
    page = open_season(DESKTOP)
    earlier = page.get_by_role("region", name="Earlier, not paid")
    expect(earlier).to_contain_text("3 charters, $1,440 owed")
    expect(earlier.get_by_role("listitem")).to_have_count(2)
    earlier.get_by_role("button", name="Show all").click()
    expect(earlier.get_by_role("link", name="Sail of 70 days ago")).to_be_visible()
    page.get_by_role("link", name="Owed 3").click()
    expect(page).to_have_url(re.compile("/payments/owed$"))


def test_on_a_phone_it_is_one_line_that_leads_to_who_owes(open_season: Any) -> None:
    page = open_season(PHONE, has_touch=True)
    expect(page.get_by_role("button", name="Log payment for Sail of 9 days ago")).to_be_hidden()
    page.get_by_role("link", name="3 earlier charters are not paid $1,440").click()
    expect(page.get_by_role("row").filter(has_text="Sail of 70 days ago")).to_contain_text("70 days")


@pytest.mark.parametrize("window", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_nothing_jumps_while_the_board_comes(open_season: Any, window: ViewportSize) -> None:
    """By the browser's own measure, of which 0.1 is the most that counts as good (https://web.dev/articles/cls)."""
    page = open_season(window)
    page.wait_for_timeout(500)
    jumps = page.evaluate(
        """() => new Promise((done) => new PerformanceObserver((list) =>
          done(list.getEntries().map(({ value }) => value))).observe({ type: "layout-shift", buffered: true })
          ?? setTimeout(() => done([]), 500))"""
    )
    assert sum(jumps) < 0.02
