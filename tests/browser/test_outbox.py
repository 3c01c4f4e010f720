"""A payment on a dock with bad signal: kept, shown, sent once; asked for a login; a clear no is shown."""

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Visit
from tests.browser.visitors import PHONE, Signal, Site, card


def open_board(context: BrowserContext, event: dict[str, Any]) -> Page:
    page = context.new_page()
    page.goto("/")
    expect(card(page, event)).to_be_visible()
    return page


def log_cash(page: Page, event: dict[str, Any]) -> None:
    page.get_by_role("button", name=f"Log payment for {event['title']}").click()
    dialog = page.get_by_role("dialog", name="Log payment")
    dialog.get_by_role("radio", name="Cash").click()
    dialog.get_by_role("button", name="Log $").click()
    expect(dialog).to_be_hidden()


def test_a_payment_logged_offline_is_shown_as_not_sent_and_sent_once_when_online(
    site: Site, visit: Visit, event: dict[str, Any]
) -> None:
    context = visit(token=site.token)
    page = open_board(context, event)
    answers: list[int] = []
    page.on("response", lambda response: answers.append(response.status) if response.request.method == "PUT" else None)
    context.set_offline(True)
    log_cash(page, event)
    expect(card(page, event).get_by_text("$480.00 cash: not sent yet.")).to_be_visible()
    expect(card(page, event).get_by_text("Due $480")).to_be_visible()
    assert site.payments(event) == []

    context.set_offline(False)
    expect(card(page, event).get_by_text("Paid", exact=True)).to_be_visible()
    expect(card(page, event).get_by_text("not sent yet")).to_have_count(0)
    assert answers == [201]
    assert [row["amount_cents"] for row in site.payments(event)] == [48000]
    assert len(site.mail(event["patron"]["email"])) == 1


def test_the_second_tap_on_log_payment_chooses_no_method(site: Site, visit: Visit, event: dict[str, Any]) -> None:
    """The dialog opens under the finger: where the button was, a method may now be."""
    page = visit(token=site.token, has_touch=True).new_page()
    page.goto(f"/events/{event['event_id']}")
    log = page.get_by_role("main").get_by_role("button", name="Log payment")
    log.click()
    method = page.get_by_role("dialog").get_by_role("radio", name="Venmo")
    place = method.bounding_box()
    page.keyboard.press("Escape")
    assert place
    # Brings the button to where the dialog's choice will be.
    log.evaluate(
        "(button, at) => Object.assign(button.style, {position: 'fixed', left: `${at.x}px`, top: `${at.y}px`})", place
    )
    page.mouse.dblclick(place["x"] + place["width"] / 2, place["y"] + 10)
    expect(method).to_be_visible()
    expect(page.get_by_role("dialog")).to_contain_text("as balance")
    expect(page.get_by_role("group", name="How was it paid?").locator(":checked")).to_have_count(0)
    method.click()
    expect(method).to_be_checked()


def test_what_waits_takes_the_whole_width_of_a_phone(site: Site, visit: Visit, event: dict[str, Any]) -> None:
    context = visit(token=site.token)
    page = open_board(context, event)
    context.set_offline(True)
    log_cash(page, event)
    strip = page.get_by_role("banner").get_by_text("1 not sent yet").locator("xpath=ancestor::div[1]")
    box = strip.bounding_box()
    assert box
    assert box["width"] > PHONE["width"] - 48


def test_what_was_not_sent_outlives_the_page(site: Site, visit: Visit, event: dict[str, Any]) -> None:
    context = visit(token=site.token)
    page = open_board(context, event)
    context.set_offline(True)
    log_cash(page, event)
    expect(card(page, event).get_by_text("$480.00 cash: not sent yet.")).to_be_visible()
    page.close()
    context.set_offline(False)
    page = open_board(context, event)
    expect(card(page, event).get_by_text("Paid", exact=True)).to_be_visible()
    assert len(site.payments(event)) == 1


def test_an_answer_that_was_lost_on_the_way_is_no_second_payment(
    site: Site, visit: Visit, event: dict[str, Any]
) -> None:
    context = visit(token=site.token)
    page = open_board(context, event)

    signal = Signal()

    def lose_the_answer(route: Any) -> None:
        if signal.is_back:
            return route.continue_()
        route.fetch()
        return route.abort()

    page.route("**/payments/*", lose_the_answer)
    log_cash(page, event)
    expect(card(page, event).get_by_text("$480.00 cash: not sent yet.")).to_be_visible()
    assert len(site.payments(event)) == 1, "the server has it already"
    signal.is_back = True
    expect(card(page, event).get_by_text("Paid", exact=True)).to_be_visible()
    assert len(site.payments(event)) == 1
    assert len(site.mail(event["patron"]["email"])) == 1


def test_an_ended_login_is_asked_for_and_the_payment_then_sent(site: Site, visit: Visit, event: dict[str, Any]) -> None:
    token = site.log_in()
    page = open_board(visit(token=token), event)
    # The board looks into the past by itself: it is the payment that is to meet the ended session.
    page.wait_for_load_state("networkidle")
    assert site.call("POST", "/api/logout", token=token).status == 204
    log_cash(page, event)
    login = page.get_by_role("dialog", name="Please log in again")
    expect(login).to_be_visible()
    assert site.payments(event) == []
    login.get_by_label("Password").fill(site.product.password)
    login.get_by_role("button", name="Log in").click()
    expect(login).to_be_hidden()
    expect(card(page, event).get_by_text("Paid", exact=True)).to_be_visible()
    assert len(site.payments(event)) == 1


def test_a_refused_payment_is_shown_with_its_reason_and_can_be_corrected(
    site: Site, visit: Visit, event: dict[str, Any]
) -> None:
    context = visit(token=site.token)
    page = open_board(context, event)
    context.set_offline(True)
    with page.expect_event("requestfailed", lambda request: request.method == "PUT") as failed:
        log_cash(page, event)
    path = failed.value.url.removeprefix(site.url)
    # Somebody else has used the very id for another payment.
    site.admin("PUT", path, {"method": "check", "amount_cents": 700, "notify": False})
    context.set_offline(False)
    strip = card(page, event).get_by_role("listitem").filter(has_text="$480.00 cash: not accepted.")
    expect(strip).to_contain_text("This payment_id already stands for another payment.")
    strip.get_by_role("button", name="Correct").click()
    dialog = page.get_by_role("dialog", name="Correct payment")
    expect(dialog.get_by_role("alert")).to_contain_text("already stands for another payment")
    expect(dialog.get_by_label("Amount")).to_have_value(re.compile(r"^480\.00$"))
    dialog.get_by_role("button", name="Log $").click()
    expect(dialog).to_be_hidden()
    expect(card(page, event).get_by_text("Overpaid $7")).to_be_visible()
    assert sorted(row["amount_cents"] for row in site.payments(event)) == [700, 48000]


def test_a_refused_payment_can_be_discarded(site: Site, visit: Visit, event: dict[str, Any]) -> None:
    context = visit(token=site.token)
    page = open_board(context, event)
    context.set_offline(True)
    with page.expect_event("requestfailed", lambda request: request.method == "PUT") as failed:
        log_cash(page, event)
    site.admin("PUT", failed.value.url.removeprefix(site.url), {"method": "check", "amount_cents": 700})
    context.set_offline(False)
    card(page, event).get_by_role("button", name="Discard…").click()
    asked = page.get_by_role("dialog", name="Discard $480.00 cash?")
    asked.get_by_role("button", name="Keep").click()
    expect(card(page, event).get_by_text("$480.00 cash: not accepted.")).to_be_visible()
    card(page, event).get_by_role("button", name="Discard…").click()
    asked.get_by_role("button", name="Discard", exact=True).click()
    expect(card(page, event).get_by_text("not accepted")).to_have_count(0)
    page.reload()
    expect(card(page, event).get_by_text("Due $473")).to_be_visible()
    assert [row["amount_cents"] for row in site.payments(event)] == [700]


@pytest.mark.parametrize("second", [True, False], ids=["a second payment", "the same payment"])
def test_a_payment_that_looks_like_another_is_asked_about(
    site: Site, visit: Visit, event: dict[str, Any], second: bool
) -> None:
    page = open_board(visit(token=site.token), event)
    first = site.pay(event, method="cash", amount_cents=48000, notify=False)
    page.get_by_role("button", name=f"Log payment for {event['title']}").click()
    dialog = page.get_by_role("dialog", name="Log payment")
    dialog.get_by_role("radio", name="Cash").click()
    dialog.get_by_role("button", name="Log $").click()
    question = page.get_by_role("dialog", name="Is this a second payment?")
    expect(
        question.get_by_text(re.compile(r"^\$480\.00 cash was logged for this charter by admin on \w"))
    ).to_be_visible()
    assert len(site.payments(event)) == 1
    answer = "It is a second payment: log it too" if second else "Same payment: discard this one"
    question.get_by_role("button", name=answer).click()
    expect(question).to_be_hidden()
    expect(card(page, event).get_by_text("not sent yet")).to_have_count(0)
    expect(card(page, event).get_by_text("Overpaid $480" if second else "Paid", exact=True)).to_be_visible()
    named = [row["duplicate_of"] for row in site.payments(event)]
    assert len(named) == (2 if second else 1)
    assert set(named) == ({None, first["payment_id"]} if second else {None})


def test_the_question_about_a_payment_sent_later_shows_on_its_card(
    site: Site, visit: Visit, event: dict[str, Any]
) -> None:
    context = visit(token=site.token)
    page = open_board(context, event)
    context.set_offline(True)
    log_cash(page, event)
    site.pay(event, method="cash", amount_cents=48000, notify=False)
    context.set_offline(False)
    strip = card(page, event).get_by_role("listitem").filter(has_text="$480.00 cash: is it a second payment?")
    expect(strip).to_contain_text("$480.00 cash was logged for this charter by admin on")
    expect(page.get_by_role("banner").get_by_text("1 may be logged already")).to_be_visible()
    page.reload()
    strip.get_by_role("button", name="Same payment: discard this one").click()
    expect(strip).to_have_count(0)
    assert len(site.payments(event)) == 1
    assert site.mail(event["patron"]["email"]) == []
