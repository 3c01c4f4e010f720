"""The browser's Back and Forward where dialogs open and close: never a step too far, never one that leads nowhere."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.visitors import Site, card


@pytest.fixture
def page(site: Site, visit: Visit, event: dict[str, Any]) -> Page:
    """On the charter's page, reached from the board."""
    page = visit(token=site.token).new_page()
    page.goto("/")
    card(page, event).get_by_role("link", name=event["title"]).click()
    is_on_charter(page, event)
    return page


def is_on_charter(page: Page, event: dict[str, Any]) -> None:
    expect(page.get_by_role("heading", name=event["title"], level=1)).to_be_visible()
    assert page.url.endswith(f"/events/{event['event_id']}")


def is_on_board(page: Page, event: dict[str, Any]) -> None:
    expect(page.get_by_role("heading", name="Board", level=1)).to_be_visible()
    expect(card(page, event)).to_be_visible()


def open_dialog(page: Page, button: str) -> Locator:
    page.get_by_role("button", name=button, exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog


def test_back_closes_the_dialog_then_leaves_the_page(page: Page, event: dict[str, Any]) -> None:
    dialog = open_dialog(page, "Log payment")
    page.go_back()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Log payment")).to_be_focused()
    is_on_charter(page, event)
    page.go_back()
    is_on_board(page, event)
    page.go_forward()
    is_on_charter(page, event)
    expect(dialog).to_be_hidden()


@pytest.mark.parametrize("way", ["cross", "escape", "cancel", "done"])
def test_a_dialog_that_was_closed_otherwise_costs_no_step_back(
    site: Site, page: Page, event: dict[str, Any], way: str
) -> None:
    for _ in range(3):
        dialog = open_dialog(page, "Log payment")
        if way == "cross":
            dialog.get_by_role("button", name="Close").click()
        elif way == "escape":
            page.keyboard.press("Escape")
        elif way == "cancel":
            dialog.get_by_role("button", name="Cancel").click()
        else:
            dialog.get_by_role("radio", name="Cash").check()
            dialog.get_by_label("Amount").fill(f"{10 + len(site.payments(event))}.00")
            dialog.get_by_role("button", name="Log $").click()
        expect(dialog).to_be_hidden()
    is_on_charter(page, event)
    # The browser steps back over the dialog's entry a moment after it is hidden; no person is faster.
    page.wait_for_function("!history.state?.layers")
    page.go_back()
    is_on_board(page, event)


def test_what_was_typed_is_there_again_as_after_closing(page: Page, event: dict[str, Any]) -> None:
    open_dialog(page, "Edit").get_by_label("Title").fill("Moonlight sail")
    page.go_back()
    expect(page.get_by_role("dialog")).to_be_hidden()
    dialog = open_dialog(page, "Edit")
    expect(dialog.get_by_text("What you typed before is back.")).to_be_visible()
    expect(dialog.get_by_label("Title")).to_have_value("Moonlight sail")


def test_a_charter_that_was_created_takes_the_dialogs_place(site: Site, visit: Visit, event: dict[str, Any]) -> None:
    page = visit(token=site.token).new_page()
    page.goto("/")
    dialog = open_dialog(page, "New charter")
    title = f"New {event['title']}"
    dialog.get_by_label("Title").fill(title)
    dialog.get_by_label("Departs").fill("2030-06-01T17:00")
    dialog.get_by_role("button", name="Create charter").click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    page.go_back()
    is_on_board(page, event)
    page.go_forward()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_forward_onto_a_dialog_that_is_closed_leads_back_to_the_page(page: Page, event: dict[str, Any]) -> None:
    dialog = open_dialog(page, "Log payment")
    page.go_back()
    expect(dialog).to_be_hidden()
    for _ in range(2):
        page.go_forward()
        is_on_charter(page, event)
        expect(dialog).to_be_hidden()
    page.go_back()
    is_on_board(page, event)


def test_a_link_right_after_a_dialog_is_followed(page: Page, event: dict[str, Any]) -> None:
    """The step back over the dialog is under way when the link is clicked."""
    open_dialog(page, "Log payment")
    page.evaluate(
        """() => {
          document.querySelector("dialog [aria-label=Close]").click();
          return new Promise((done) => {
            const timer = setInterval(() => {
              if (document.querySelector("dialog")) return;
              clearInterval(timer);
              document.querySelector('a[href$="/manifest"]').click();
              done();
            });
          });
        }"""
    )
    expect(page.get_by_role("button", name="Depart…")).to_be_visible()
    page.go_back()
    is_on_charter(page, event)
    page.go_back()
    is_on_board(page, event)


def test_back_does_not_close_what_lies_under_the_login(page: Page, event: dict[str, Any]) -> None:
    dialog = open_dialog(page, "Log payment")
    dialog.get_by_role("radio", name="Cash").check()
    dialog.get_by_label("Amount").fill("12.34")
    page.route("**/payments/*", lambda route: route.fulfill(status=401, json={"Code": "Unauthorized", "Message": "x"}))
    dialog.get_by_role("button", name="Log $").click()
    login = page.get_by_role("dialog", name="Please log in again")
    expect(login).to_be_visible()
    page.go_back()
    expect(login).to_be_visible()
    is_on_charter(page, event)


def test_a_page_that_is_loaded_anew_under_a_dialog_opens_none(page: Page, event: dict[str, Any]) -> None:
    open_dialog(page, "Log payment")
    page.reload()
    is_on_charter(page, event)
    expect(page.get_by_role("dialog")).to_be_hidden()
    dialog = open_dialog(page, "Log payment")
    page.go_back()
    expect(dialog).to_be_hidden()
    is_on_charter(page, event)
    page.go_back()
    is_on_board(page, event)
