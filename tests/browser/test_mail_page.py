"""Which mails went out, which did not, and the reminders that a charter sends: as an admin works with them."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visit
from tests.browser.visitors import Site, sample_mail


@pytest.fixture
def page(site: Site, visit: Visit) -> Page:
    return visit(token=site.token).new_page()


def test_a_failed_mail_is_sent_again_at_once_one_in_doubt_only_after_a_question(page: Page) -> None:
    mails = {status: [sample_mail(status)] for status in ("failed", "uncertain")}
    retried: list[str] = []

    def listed(route: Route) -> None:
        status = route.request.url.partition("status=")[2].partition("&")[0]
        route.fulfill(json={"mails": mails.get(status, []), "next_cursor": None})

    def retry(route: Route) -> None:
        retried.append(route.request.url.split("/")[-2])
        status = retried[-1].removeprefix("mail-")
        mails[status] = []
        route.fulfill(status=202, json=sample_mail("queued"))

    page.route("**/api/mail?*", listed)
    page.route("**/api/mail/*/retry", retry)
    page.goto("/mail")
    expect(page.get_by_text("Nothing is waiting to go out.")).to_be_visible()
    expect(page.get_by_text("2 mails need you")).to_be_visible()
    page.get_by_role("link", name="Failed").click()
    expect(page.get_by_role("link", name="Failed")).to_have_attribute("aria-current", "page")
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("No mail has failed.")).to_be_visible()
    expect(page.get_by_text("1 mail needs you")).to_be_visible()

    page.get_by_role("link", name="Uncertain").click()
    expect(page.get_by_text("may or may not have arrived")).to_be_visible()
    page.get_by_role("button", name="Send again to ana@example.com").click()
    dialog = page.get_by_role("dialog", name="Send again?")
    expect(dialog).to_contain_text("it arrives twice")
    assert retried == ["mail-failed"]
    dialog.get_by_role("button", name="Send again").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("All well")).to_be_visible()
    assert retried == ["mail-failed", "mail-uncertain"]


def test_a_retry_that_is_refused_says_why_and_keeps_the_mail(page: Page) -> None:
    refusal = {"Code": "MailConflict", "Message": "This mail is sent already."}
    page.route(
        "**/api/mail?*", lambda route: route.fulfill(json={"mails": [sample_mail("failed")], "next_cursor": None})
    )
    page.route("**/api/mail/*/retry", lambda route: route.fulfill(status=409, json=refusal))
    page.goto("/mail?status=failed")
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("Not sent. This mail is sent already.")).to_be_visible()
    expect(page.get_by_role("button", name="Send again")).to_be_enabled()


def test_a_copy_that_was_held_back_or_sent_can_be_sent_again_an_erased_one_cannot(page: Page) -> None:
    held = sample_mail(
        "cancelled", mail_id="held", kind="waiver_copy", note="more than 3 copies in a day to one address"
    )
    erased = sample_mail(
        "cancelled", mail_id="erased", kind="waiver_copy", to="", subject="Erased", note="erased", charter="Old sail"
    )
    receipt = sample_mail("cancelled", mail_id="receipt")
    page.route(
        "**/api/mail?*", lambda route: route.fulfill(json={"mails": [held, erased, receipt], "next_cursor": None})
    )
    page.route(
        "**/api/mail/held/retry", lambda route: route.fulfill(status=202, json=held | {"status": "sent", "note": ""})
    )
    page.goto("/mail?status=cancelled")
    rows = page.get_by_role("region", name="Cancelled mails").get_by_role("listitem")
    expect(rows.nth(0)).to_contain_text("more than 3 copies in a day to one address")
    expect(rows.nth(1)).to_contain_text("Copy of a waiver")
    expect(rows.nth(1)).to_contain_text("Erased")
    expect(page.get_by_role("button", name="Send again")).to_have_count(1)
    rows.nth(0).get_by_role("button", name="Send again").click()
    expect(page.get_by_text("Sent to ana@example.com.")).to_be_visible()


def test_the_copy_of_a_waiver_is_listed_by_its_subject(site: Site, page: Page, event: dict[str, Any]) -> None:
    email = f"listed-{event['event_id'][:8].lower().strip('-_')}@example.com"
    assert site.sign(event, signer_email=email).status == 303
    page.goto("/mail?status=sent")
    mail = page.get_by_role("listitem").filter(has_text=email)
    expect(mail).to_contain_text("Your signed copy: ")
    mail.get_by_role("button", name="Send again").click()
    expect(page.get_by_text(f"Sent to {email}.")).to_be_visible()
    assert len(site.mail(email)) == 2


def test_an_address_that_mail_comes_back_from_says_so_beside_it(page: Page, event: dict[str, Any]) -> None:
    problem = {
        "email": event["patron"]["email"],
        "problem": "bounced",
        "at": "2026-07-01T12:00:00Z",
        "detail": "mailbox full",
    }

    def with_problem(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=json.dumps(answer.json() | {"mail_problems": [problem]}))

    page.route(f"**/api/events/{event['event_id']}", with_problem)
    page.goto(f"/events/{event['event_id']}")
    expect(page.get_by_text(f"Mail to {event['patron']['email']} bounced on")).to_contain_text("mailbox full")


def test_a_receipt_is_listed_among_the_sent_mails(site: Site, page: Page, event: dict[str, Any]) -> None:
    site.pay(event)
    page.goto("/mail?status=sent")
    mail = page.get_by_role("listitem").filter(has_text=event["patron"]["email"])
    expect(mail).to_contain_text("Receipt")
    mail.get_by_role("link", name=event["title"]).click()
    expect(page.get_by_role("heading", name=event["title"])).to_be_visible()


def test_reminders_of_the_balance_stop_when_cash_is_logged_and_start_again(
    site: Site, page: Page, event: dict[str, Any]
) -> None:
    page.goto(f"/events/{event['event_id']}")
    page.get_by_role("button", name="Edit").click()
    dialog = page.get_by_role("dialog", name="Edit charter")
    dialog.get_by_label("Remind the patron of the balance 7 and 2 days before").check()
    dialog.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("On: the patron gets a mail 7 and 2 days before")).to_be_visible()

    page.get_by_role("main").get_by_role("button", name="Log payment").click()
    payment = page.get_by_role("dialog", name="Log payment")
    payment.get_by_label("Amount").fill("100")
    payment.get_by_role("radio", name="Cash").click()
    payment.get_by_role("button", name="Log $").click()
    expect(page.get_by_text("Stopped: cash was logged on")).to_be_visible()

    # Times are whole seconds: in the very second of the cash, it could have come after the switch.
    (cash,) = site.payments(event)
    page.wait_for_function("(at) => Date.now() >= Date.parse(at) + 1000", arg=cash["recorded_at"])
    page.get_by_role("button", name="Switch on again").click()
    expect(page.get_by_text("On: the patron gets a mail")).to_be_visible()
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_text("Off.", exact=True)).to_be_visible()


def test_reminders_switched_meanwhile_by_another_admin_are_read_again(
    site: Site, page: Page, event: dict[str, Any]
) -> None:
    page.goto(f"/events/{event['event_id']}")
    switch = page.get_by_role("button", name="Switch on")
    expect(switch).to_be_visible()
    site.admin("PATCH", f"/api/events/{event['event_id']}", {"version": event["version"], "vessel": "S/V Merganser"})
    switch.click()
    expect(page.get_by_text("Not done.")).to_be_visible()
    expect(page.get_by_text("S/V Merganser", exact=True)).to_be_visible()
    switch.click()
    expect(page.get_by_text("On: the patron gets a mail")).to_be_visible()
