"""The week on the running product: what is planned is seen, moved, made and held, by mouse, keyboard and finger."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.focus import stops_without_a_ring, tab_to
from tests.browser.visitors import DESKTOP, NARROW, PHONE, Site, Troubles, sheets, sideways_px

# In California clocks go forward in the night to its third day.
FIRST_DAY = "2038-03-12"
HERE = ZoneInfo("America/Los_Angeles")


@dataclass
class Fleet:
    """Two boats of the test's own, and what is planned with them."""

    site: Site
    petrel: dict[str, Any]
    windrose: dict[str, Any]

    def charter(self, day: int, start: int, end: int, **changes: Any) -> dict[str, Any]:
        """A charter of Petrel in March, from and to these hours of the wall's clock."""
        times = {"starts_at": at(day, start), "ends_at": at(day, end)}
        return self.site.charter(vessel="", boat_id=self.petrel["boat_id"], crew=[], captain=None, **(times | changes))

    def hold(self, day: int, start: int, end: int, **changes: Any) -> dict[str, Any]:
        times = {"starts_at": at(day, start), "ends_at": at(day, end)}
        body = {"boat_id": self.petrel["boat_id"], "kind": "blocked", "title": "Sea scouts", **times, **changes}
        return dict(self.site.admin("POST", "/api/holds", body))

    def holds(self) -> list[dict[str, Any]]:
        found = self.site.admin("GET", "/api/holds?from=2038-03-01&to=2038-05-01")["holds"]
        return [hold for hold in found if hold["boat_id"] in (self.petrel["boat_id"], self.windrose["boat_id"])]

    def where(self, event: dict[str, Any]) -> tuple[str, str, str]:
        """The boat, start and end of a charter as the server has them."""
        now = self.site.admin("GET", f"/api/events/{event['event_id']}")
        return now["vessel"], now["starts_at"], now["ends_at"]


def at(day: int, hour: int) -> str:
    return datetime(2038, 3, day, hour, tzinfo=HERE).isoformat()


def utc(day: int, hour: int) -> str:
    return datetime(2038, 3, day, hour, tzinfo=HERE).astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def fleet(site: Site) -> Fleet:
    tag = secrets.token_hex(3)
    boats = (
        site.admin("POST", "/api/boats", {"name": f"{name} {tag}", "kind": "uninspected", **more})
        for name, more in (
            ("Petrel", {"passenger_limit": 12, "home_port": "San Diego", "turnaround_minutes": 60}),
            ("Windrose", {}),
        )
    )
    return Fleet(site, *boats)


@pytest.fixture
def week(site: Site, visit: Visit) -> Page:
    """A desk that watches out for troubles; the test opens the page when all is planned."""
    return visit(token=site.token, viewport=DESKTOP).new_page()


def show(page: Page, fleet: Fleet) -> None:
    """The week with the test's own boats alone: how many others there are is not its business."""
    page.route("**/api/schedule?*", lambda route: route.fulfill(json=only_of(fleet, route.fetch().json())))
    page.goto(f"/week?from={FIRST_DAY}")
    expect(page.get_by_role("heading", name="Week", level=1)).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("Mar 12.*18, 2038"))


def only_of(fleet: Fleet, answer: Any) -> Any:
    mine = (fleet.petrel["boat_id"], fleet.windrose["boat_id"])
    return {name: [one for one in rows if one["boat_id"] in mine] for name, rows in answer.items()}


def cell(page: Page, boat: dict[str, Any], day: int) -> Locator:
    """The cell of a day of March."""
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=boat["name"]))
    return row.get_by_role("gridcell").nth(day - 12)


def block(page: Page, event: dict[str, Any]) -> Locator:
    return page.get_by_role("grid").locator(f'a[href="/events/{event["event_id"]}"]')


def test_a_charter_is_dragged_to_another_boat_and_day_and_taken_back(fleet: Fleet, week: Page) -> None:
    event = fleet.charter(13, 10, 14)
    show(week, fleet)
    # Over the change of clocks: ten o'clock stays ten o'clock.
    block(week, event).drag_to(cell(week, fleet.windrose, 15))
    dialog = week.get_by_role("dialog", name=f"Move {event['title']}")
    expect(dialog.get_by_text(f"{fleet.petrel['name']}, Sat, Mar 13, 2038")).to_be_visible()
    expect(dialog.get_by_text(f"{fleet.windrose['name']}, Mon, Mar 15, 2038")).to_be_visible()
    assert fleet.where(event)[0] == fleet.petrel["name"]
    dialog.get_by_role("button", name="Move", exact=True).click()
    expect(cell(week, fleet.windrose, 15).get_by_text(event["title"])).to_be_visible()
    assert fleet.where(event) == (fleet.windrose["name"], utc(15, 10), utc(15, 14))
    week.get_by_role("button", name="Undo").click()
    expect(cell(week, fleet.petrel, 13).get_by_text(event["title"])).to_be_visible()
    assert fleet.where(event) == (fleet.petrel["name"], utc(13, 10), utc(13, 14))


def test_the_keyboard_goes_through_the_week_and_moves_what_it_is_on(fleet: Fleet, week: Page) -> None:
    event = fleet.charter(12, 10, 14)
    show(week, fleet)
    # One stop for all of the week: the arrows do the rest.
    tab_to(week, week.locator("td [data-stop][tabindex='0']"))
    week.keyboard.press("Home")
    for _ in range(60):
        if block(week, event).evaluate("(element) => element === document.activeElement"):
            break
        week.keyboard.press("ArrowDown")
    expect(block(week, event)).to_be_focused()
    week.keyboard.press("ArrowRight")
    expect(week.get_by_role("button", name=f"New charter, {fleet.petrel['name']}, Sat, Mar 13")).to_be_focused()
    week.keyboard.press("ArrowLeft")
    expect(block(week, event)).to_be_focused()
    week.keyboard.press("m")
    week.keyboard.press("ArrowRight")
    expect(week.get_by_role("status").filter(has_text="To ")).to_contain_text(fleet.petrel["name"])
    week.keyboard.press("Escape")
    expect(week.get_by_role("dialog")).to_have_count(0)
    for key in ("m", "ArrowRight", "ArrowDown", "Enter"):
        week.keyboard.press(key)
    expect(week.get_by_role("dialog").get_by_label("Boat")).to_be_focused()
    week.get_by_role("dialog").get_by_role("button", name="Move", exact=True).press("Enter")
    expect(cell(week, fleet.windrose, 13).get_by_text(event["title"])).to_be_visible()
    assert fleet.where(event) == (fleet.windrose["name"], utc(13, 10), utc(13, 14))
    block(week, event).press("Enter")
    expect(week.get_by_role("heading", name=event["title"], level=1)).to_be_visible()


def test_every_stop_shows_itself(fleet: Fleet, week: Page) -> None:
    fleet.charter(12, 10, 14)
    show(week, fleet)
    assert stops_without_a_ring(week) == []


def test_a_double_booking_is_moved_only_with_a_reason_and_then_shows_on_both(fleet: Fleet, week: Page) -> None:
    event, other = fleet.charter(12, 10, 14), fleet.charter(16, 11, 13)
    show(week, fleet)
    block(week, event).drag_to(cell(week, fleet.petrel, 16))
    dialog = week.get_by_role("dialog")
    dialog.get_by_role("button", name="Move", exact=True).click()
    expect(dialog.get_by_text(f"“{other['title']}”, Tue, Mar 16, 2038")).to_be_visible()
    assert fleet.where(event)[1] == utc(12, 10)
    dialog.get_by_label("Book anyway, because").fill("Both skippers know")
    dialog.get_by_role("button", name="Book anyway").click()
    for one in (event, other):
        expect(block(week, one)).to_contain_text("Double-booked")
        expect(block(week, one)).to_contain_text("11:00 AM")
    assert site_override(fleet, event) == "Both skippers know"
    assert "conflict" in (week.locator(".badge-due").text_content() or "")


def site_override(fleet: Fleet, event: dict[str, Any]) -> str:
    return str(fleet.site.admin("GET", f"/api/events/{event['event_id']}")["schedule_override"]["reason"])


def test_a_turnaround_that_is_too_short_is_told(fleet: Fleet, week: Page) -> None:
    first = fleet.charter(12, 9, 12)
    second = fleet.charter(12, 12, 15, override_reason="Same crew")
    show(week, fleet)
    for event in (first, second):
        expect(block(week, event)).to_contain_text("0 min between, needs 1 h")


def test_an_empty_place_makes_a_charter_of_that_boat_and_day(fleet: Fleet, week: Page) -> None:
    fleet.charter(17, 8, 12)
    show(week, fleet)
    week.get_by_role("button", name=f"New charter, {fleet.petrel['name']}, Wed, Mar 17").click()
    dialog = week.get_by_role("dialog", name="New charter")
    # Four hours, and the turnaround of one, after what is there.
    expect(dialog.get_by_label("Departs")).to_have_value("2038-03-17T13:00")
    expect(dialog.get_by_label("Returns")).to_have_value("2038-03-17T17:00")
    expect(dialog.get_by_label("Passenger limit")).to_have_value("12")
    dialog.get_by_label("Title").fill("Sunset proposal")
    dialog.get_by_role("button", name="Create charter").click()
    expect(week.get_by_role("heading", name="Sunset proposal", level=1)).to_be_visible()
    event = fleet.site.admin("GET", f"/api/events/{week.url.rsplit('/', 1)[-1]}")
    assert (event["boat_id"], event["starts_at"]) == (fleet.petrel["boat_id"], utc(17, 13))


def test_an_empty_place_is_as_high_as_its_row(fleet: Fleet, week: Page) -> None:
    for start in (8, 12, 16):
        fleet.charter(13, start, start + 2)
    show(week, fleet)
    empty = cell(week, fleet.petrel, 14)
    free = empty.get_by_role("button", name="New charter").bounding_box()
    whole = empty.bounding_box()
    assert free
    assert whole
    assert whole["height"] > 100
    assert free["height"] > whole["height"] * 0.8


def test_a_boat_is_held_the_hold_changed_and_released(fleet: Fleet, week: Page) -> None:
    show(week, fleet)
    cell(week, fleet.windrose, 18).hover()
    week.get_by_role("button", name=f"Hold, {fleet.windrose['name']}, Thu, Mar 18").click()
    dialog = week.get_by_role("dialog")
    dialog.get_by_label("For whom").fill("Nadia Petrov")
    dialog.get_by_label("Frees itself").fill("2038-03-10T17:00")
    dialog.get_by_role("button", name="Hold the boat").click()
    held = cell(week, fleet.windrose, 18).get_by_role("button", name="Nadia Petrov")
    expect(held).to_contain_text("Held until Wed, Mar 10, 2038, 5:00 PM")
    held.click()
    dialog.get_by_label("Kind").select_option("Maintenance")
    dialog.get_by_role("button", name="Save changes").click()
    expect(held).to_contain_text("Out of service")
    (hold,) = fleet.holds()
    assert (hold["kind"], hold["expires_at"], hold["starts_at"]) == ("maintenance", None, utc(18, 9))
    held.click()
    dialog.get_by_role("button", name="Release…").click()
    week.get_by_role("dialog", name="Release the boat?").get_by_role("button", name="Release").click()
    expect(held).to_have_count(0)
    assert [hold["status"] for hold in fleet.holds()] == ["released"]


def test_one_time_of_a_weekly_hold_is_left_out(fleet: Fleet, week: Page) -> None:
    fleet.hold(9, 16, 19, weekly_until="2038-04-30")
    show(week, fleet)
    # Clocks have changed since the first time: it is at four o'clock all the same.
    held = cell(week, fleet.petrel, 16).get_by_role("button", name="Sea scouts")
    expect(held).to_contain_text("4:00")
    expect(held).to_contain_text("Blocked, every Tuesday")
    held.click()
    week.get_by_role("dialog").get_by_role("button", name="Leave out Tue, Mar 16, 2038").click()
    week.get_by_role("dialog").get_by_role("button", name="Save changes").click()
    expect(held).to_have_count(0)
    assert [hold["except"] for hold in fleet.holds()] == [["2038-03-16"]]
    week.get_by_role("link", name="Next week").click()
    expect(week.get_by_role("heading", level=1)).to_contain_text(re.compile("Mar 19.*25, 2038"))
    expect(week.locator("td").get_by_role("button", name="Sea scouts")).to_be_visible()


def test_a_day_of_23_hours_says_so_and_shows_what_goes_on_over_midnight(fleet: Fleet, week: Page) -> None:
    event = fleet.charter(13, 20, 23, ends_at=at(14, 10))
    show(week, fleet)
    expect(week.get_by_role("columnheader", name="Sun, Mar 14")).to_contain_text("23 hours: clocks go forward")
    expect(cell(week, fleet.petrel, 14).get_by_text(event["title"])).to_be_visible()
    expect(cell(week, fleet.petrel, 14)).to_contain_text("until 10:00 AM")
    shares = [float(bar.get_attribute("width") or 0) for bar in week.locator("td .track-charter").all()]
    # Four hours of 24, then nine of 23: ten on the clock, of which one was skipped.
    assert [round(share / 1000, 3) for share in shares[-2:]] == [round(4 / 24, 3), round(9 / 23, 3)]


def test_a_phone_shows_day_after_day_and_moves_by_a_button(fleet: Fleet, site: Site, visit: Visit) -> None:
    event = fleet.charter(16, 10, 14)
    troubles = Troubles()
    page = visit(token=site.token, viewport=PHONE).new_page()
    troubles.watch(page)
    show(page, fleet)
    expect(page.get_by_role("grid")).to_have_count(0)
    page.get_by_role("navigation", name="Days").get_by_role("button", name="Tue 16").click()
    expect(page.get_by_role("heading", name="Tue, Mar 16")).to_be_in_viewport()
    day = page.get_by_role("region", name="Tue, Mar 16")
    expect(day.get_by_role("heading", name=fleet.petrel["name"])).to_be_visible()
    day.get_by_role("button", name=f"Move {event['title']}").click()
    page.get_by_role("dialog").get_by_label("Departs").fill("2038-03-17T12:00")
    page.get_by_role("dialog").get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_role("region", name="Wed, Mar 17").get_by_text(event["title"])).to_be_visible()
    assert fleet.where(event)[1:] == (utc(17, 12), utc(17, 16))
    page.set_viewport_size(NARROW)
    assert sideways_px(page) == 0
    assert troubles.seen == []


def test_the_week_prints_as_a_table_on_one_sheet_even_from_a_phone(fleet: Fleet, week: Page) -> None:
    fleet.charter(12, 10, 14)
    for window in (DESKTOP, PHONE):
        week.set_viewport_size(window)
        show(week, fleet)
        expect(week.get_by_text("Evening sail").locator("visible=true").first).to_be_visible()
        week.emulate_media(media="print")
        expect(week.get_by_role("rowheader", name=fleet.petrel["name"])).to_be_visible()
        expect(week.get_by_role("button")).to_have_count(0)
        assert sheets(week, "A4") == 1
        week.emulate_media(media="screen")
