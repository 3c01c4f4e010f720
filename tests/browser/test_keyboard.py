"""With the keyboard alone: every stop shows itself, dialogs hold the focus and give it back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.browser.conftest import Visit
from tests.browser.focus import stops_without_a_ring, tab_to
from tests.browser.visitors import DESKTOP, PHONE, Site, card


@pytest.fixture
def board(site: Site, visit: Visit, event: dict[str, Any]) -> Page:
    page = visit(token=site.token).new_page()
    page.goto("/")
    expect(card(page, event)).to_be_visible()
    return page


def open_payment_dialog(page: Page, event: dict[str, Any]) -> Locator:
    """With Enter; returns the dialog once its first field has the focus."""
    page.get_by_role("button", name=f"Log payment for {event['title']}").press("Enter")
    dialog = page.get_by_role("dialog", name="Log payment")
    expect(dialog.get_by_role("radio", name="Cash")).to_be_focused()
    return dialog


def test_a_payment_is_logged_with_the_keyboard_alone(site: Site, board: Page, event: dict[str, Any]) -> None:
    opener = board.get_by_role("button", name=f"Log payment for {event['title']}")
    board.get_by_label("Search charters").focus()
    board.keyboard.type(event["title"])
    tab_to(board, opener)
    board.keyboard.press("Enter")
    dialog = board.get_by_role("dialog", name="Log payment")
    expect(dialog.get_by_role("radio", name="Cash")).to_be_focused()
    board.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("radio", name="Check")).to_be_checked()
    tab_to(board, dialog.get_by_label("Check number (optional)"))
    board.keyboard.type("1042")
    board.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    expect(card(board, event).get_by_text("$480 to clear")).to_be_visible()
    assert [(row["method"], row["reference"]) for row in site.payments(event)] == [("check", "1042")]


def test_escape_closes_the_dialog_logs_nothing_and_gives_the_focus_back(
    site: Site, board: Page, event: dict[str, Any]
) -> None:
    opener = board.get_by_role("button", name=f"Log payment for {event['title']}")
    dialog = open_payment_dialog(board, event)
    board.keyboard.press("Space")
    expect(dialog.get_by_role("radio", name="Cash")).to_be_checked()
    board.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    assert site.payments(event) == []


def test_the_focus_goes_back_though_the_list_came_to_rest_behind_the_dialog(
    board: Page, event: dict[str, Any], site: Site
) -> None:
    """As when somebody types, tabs and presses Enter before the list has followed what was typed."""
    sooner = site.charter()
    board.reload()
    expect(card(board, sooner)).to_be_visible()
    opener = board.get_by_role("button", name=f"Log payment for {event['title']}")
    opener.evaluate(
        """(opener, title) => {
          const search = document.getElementById("search");
          search.value = title;
          search.dispatchEvent(new Event("input", { bubbles: true }));
          opener.focus();
          opener.click();
        }""",
        event["title"],
    )
    expect(board.get_by_role("dialog", name="Log payment")).to_be_visible()
    expect(board.get_by_text("1 charter found.")).to_be_attached()
    board.keyboard.press("Escape")
    expect(board.get_by_role("dialog")).to_have_count(0)
    expect(opener).to_be_focused()


def test_the_focus_goes_back_to_a_row_that_went_to_another_section(
    board: Page, event: dict[str, Any], site: Site
) -> None:
    """Somebody books a sooner charter: what was next is an ordinary row then, at another place."""
    booked = [event]
    # Alone on this board, whatever else lies in the product.
    board.route("**/api/events?*", lambda route: route.fulfill(json={"events": booked, "next_cursor": None}))
    board.reload()
    opener = board.get_by_role("button", name=f"Log payment for {event['title']}")
    expect(card(board, event)).to_have_class("row row-next")
    open_payment_dialog(board, event)
    booked.insert(0, site.charter())
    with board.expect_response("**/api/events?*"):
        # As on return to the page with the network back.
        board.evaluate("window.dispatchEvent(new Event('online'))")
    expect(card(board, event)).to_have_class("row")
    board.keyboard.press("Escape")
    expect(board.get_by_role("dialog")).to_have_count(0)
    expect(opener).to_be_focused()


def test_the_focus_stays_inside_an_open_dialog(board: Page, event: dict[str, Any]) -> None:
    open_payment_dialog(board, event)
    for _ in range(30):
        board.keyboard.press("Tab")
        # Between the last stop and the first lies the browser's own frame.
        assert board.evaluate("!!document.activeElement.closest('dialog') || document.activeElement === document.body")


def test_a_wrong_amount_is_said_beside_its_field_and_focused(board: Page, event: dict[str, Any]) -> None:
    dialog = open_payment_dialog(board, event)
    board.keyboard.press("Space")
    dialog.get_by_label("Amount").fill("twelve")
    board.keyboard.press("Enter")
    expect(dialog.get_by_label("Amount")).to_be_focused()
    expect(dialog.get_by_label("Amount")).to_have_attribute("aria-invalid", "true")
    expect(dialog.get_by_label("Amount")).to_have_accessible_description("Write the amount as a number, like 1250.50.")


def test_the_first_stop_skips_to_the_content(board: Page) -> None:
    board.keyboard.press("Tab")
    skip = board.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    board.keyboard.press("Enter")
    board.keyboard.press("Tab")
    expect(board.locator("main .board-head :focus")).to_be_visible()


def test_every_stop_of_the_tab_key_shows_itself(site: Site, visit: Visit, event: dict[str, Any]) -> None:
    assert site.pay(event)
    page = visit(token=site.token).new_page()
    page.goto("/payments")
    expect(page.get_by_text("Received in").first).to_be_visible()
    assert stops_without_a_ring(page) == []
    page.goto(f"/events/{event['event_id']}")
    expect(page.get_by_text("Actions for")).to_be_visible()
    assert stops_without_a_ring(page) == []
    page.get_by_role("main").get_by_role("button", name="Log payment").press("Enter")
    expect(page.get_by_role("dialog").get_by_role("radio", name="Cash")).to_be_focused()
    assert stops_without_a_ring(page) == []
    page.goto(f"/g/{event['event_id']}/waiver")
    page.get_by_text("I also sign for minors").press("Enter")
    assert stops_without_a_ring(page) == []


@pytest.mark.parametrize("window", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_long_board_is_gone_through_row_by_row(
    visit: Visit, site: Site, event: dict[str, Any], window: ViewportSize
) -> None:
    """Rows far from the window are not drawn; the Tab key finds every next one, and every one before."""
    start = datetime.now(UTC) + timedelta(days=3)
    # The next departure and the 25 that show without being asked for, two a day: most of their days are drawn late.
    titles = [f"Sail {number:03}" for number in range(26)]
    events = [
        event | {"event_id": f"{number:022}", "title": title, "starts_at": at(start, hour), "ends_at": at(start, hour)}
        for number, title in enumerate(titles)
        for hour in [12 * number]
    ]
    page = visit(token=site.token, viewport=window).new_page()
    page.route("**/api/events?*", lambda route: route.fulfill(json={"events": events, "next_cursor": None}))
    page.goto("/")
    links = page.locator("article h4 a")
    expect(links.first).to_have_text(titles[0])
    links.first.focus()
    for key in ("Tab", "Shift+Tab"):
        seen = [focused_text(page)]
        # A row has two stops.
        for _ in range(2 * (len(titles) - 1)):
            page.keyboard.press(key)
            page.wait_for_timeout(20)
            if focused_text(page).startswith("Sail"):
                seen.append(focused_text(page))
        assert seen == (titles if key == "Tab" else titles[::-1])


def at(start: datetime, hours: int) -> str:
    return f"{start + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"


def focused_text(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent"))


def test_a_second_enter_does_not_close_the_dialog_that_the_first_opened(board: Page, event: dict[str, Any]) -> None:
    board.get_by_role("button", name=f"Log payment for {event['title']}").focus()
    # Both in one task, before anything is drawn.
    board.evaluate(
        """() => {
          document.activeElement.click();
          return new Promise((done) => setTimeout(() => { document.activeElement.click(); done(); }));
        }"""
    )
    dialog = board.get_by_role("dialog", name="Log payment")
    expect(dialog.get_by_role("radio", name="Cash")).to_be_focused()
    expect(dialog.get_by_role("button", name="Close")).to_be_visible()
