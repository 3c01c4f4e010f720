"""Money and time as people read them: any currency, any device's language, place and clock, and what is asked first."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.visitors import Site, card

OPERATOR = ZoneInfo("America/Los_Angeles")


def log_payment(page: Page, event: dict[str, Any], amount: str, *, kind: str = "Balance") -> Locator:
    """Fills in the dialog and sends it; returns the dialog."""
    page.get_by_role("button", name=f"Log payment for {event['title']}").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Amount").fill(amount)
    dialog.get_by_role("radio", name="Check", exact=True).check()
    if kind != "Balance":
        dialog.get_by_role("button", name="Change").click()
        dialog.get_by_role("radio", name=kind, exact=True).check()
    dialog.locator("button[type=submit]").click()
    return dialog


# --- amounts --------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", ["en-US", "de-DE", "es-MX", "ja-JP", "en-IN"])
def test_an_amount_is_the_same_on_devices_of_every_language(site: Site, visit: Visit, locale: str) -> None:
    dollars = site.charter(charter_fee_cents=300_000)
    site.pay(dollars, kind="deposit", amount_cents=100_000)
    rupiah = site.charter(charter_fee_cents=500_000_000, currency="IDR")
    dinars = site.charter(charter_fee_cents=12_500_000, currency="TND")
    site.pay(dinars, amount_cents=2_500_500)
    page = visit(token=site.token, locale=locale).new_page()
    page.goto("/")
    expect(card(page, dollars)).to_contain_text("Deposit $1,000 of $3,000")
    expect(card(page, rupiah)).to_contain_text("Due IDR 5,000,000")
    expect(card(page, dinars)).to_contain_text("Part paid TND 2,500.500 of TND 12,500.000")
    page.goto(f"/events/{dollars['event_id']}")
    expect(page.get_by_role("banner").locator("~ *").get_by_text("Deposit $1,000 of $3,000")).to_be_visible()
    expect(page.locator(".entry-total")).to_contain_text("$2,000.00")


def test_a_new_charter_is_in_the_operators_currency_whatever_was_read_last(site: Site, visit: Visit) -> None:
    yen = site.charter(currency="JPY", timezone="Asia/Tokyo")
    page = visit(token=site.token).new_page()
    page.goto(f"/events/{yen['event_id']}")
    expect(page.get_by_role("heading", level=1)).to_have_text(yen["title"])
    page.get_by_role("link", name="Board").first.click()
    page.get_by_role("button", name="New charter").click()
    expect(page.get_by_label("Currency", exact=True)).to_have_value("USD")
    expect(page.get_by_label("Time zone")).to_have_value("America/Los_Angeles")


def test_rupiah_are_the_same_in_desk_mail_and_file(site: Site, visit: Visit, tmp_path: Path) -> None:
    event = site.charter(charter_fee_cents=500_000_000, currency="IDR")
    page = visit(token=site.token).new_page()
    page.goto("/")
    log_payment(page, event, "5,000,000")
    expect(page.get_by_text(f"Saved: IDR 5,000,000.00 for {event['title']}.")).to_be_visible()
    (payment,) = site.payments(event)
    assert payment["amount_cents"] == 500_000_000
    (mail,) = site.mail(event["patron"]["email"])
    assert "IDR 5,000,000.00" in mail["subject"]
    page.goto("/payments")
    page.get_by_role("button", name="Filters").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    file = tmp_path / "payments.csv"
    download.value.save_as(file)
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    (line,) = [line for line in file.read_text().splitlines() if payment["payment_id"] in line]
    assert ",5000000.00,IDR," in line
    local = datetime.fromisoformat(payment["received_at"]).astimezone(OPERATOR)
    assert f",{local:%Y-%m-%d,%H:%M:%S},America/Los_Angeles" in line


@pytest.mark.parametrize(
    ("currency", "typed", "asked"),
    [
        ("EUR", "0,500", "Write cents after a point, like 1250.50."),
        ("EUR", "12,50", "Write cents after a point, like 1250.50."),
        ("TND", "12,500", "Write cents after a point, like 1250.500."),
        ("EUR", "$12.50", "currency is EUR. Write the amount as a number, like 1250.50."),
    ],
)
def test_an_amount_that_could_be_another_is_asked_about(
    site: Site, visit: Visit, currency: str, typed: str, asked: str
) -> None:
    event = site.charter(currency=currency)
    page = visit(token=site.token).new_page()
    page.goto("/")
    expect(log_payment(page, event, typed)).to_contain_text(asked)
    assert site.payments(event) == []


def test_8000_for_a_fee_of_800_is_asked_about_first(site: Site, visit: Visit) -> None:
    event = site.charter(charter_fee_cents=80_000)
    page = visit(token=site.token).new_page()
    page.goto("/")
    dialog = log_payment(page, event, "8000")
    expect(dialog.get_by_role("alert").first).to_contain_text("10 times what is due.")
    expect(dialog.get_by_role("alert").first).to_contain_text("With $8,000 Ana Ruiz has paid $7,200 too much.")
    expect(dialog.get_by_role("button", name="Make it $800")).to_be_focused()
    assert (site.payments(event), site.mail(event["patron"]["email"])) == ([], [])
    dialog.get_by_role("button", name="Make it $800").click()
    dialog.get_by_role("button", name="Log $").click()
    expect(dialog).to_be_hidden()
    assert [row["amount_cents"] for row in site.payments(event)] == [80_000]

    # What comes now is a tip, until somebody says that it is not.
    dialog = log_payment(page, event, "5", kind="Deposit")
    expect(dialog.get_by_role("alert").first).to_contain_text("Nothing is due. With $5 Ana Ruiz has paid $5 too much.")
    dialog.get_by_role("button", name="It is $5", exact=True).click()
    dialog.get_by_role("button", name="Log $5 check").click()
    expect(card(page, event)).to_contain_text("Overpaid $5")


def test_a_cancelled_charter_owes_nothing_on_page_statement_and_board(site: Site, visit: Visit) -> None:
    event = site.charter(charter_fee_cents=70_000)
    paid = site.pay(event, amount_cents=70_000)
    url = f"/api/events/{event['event_id']}"
    site.admin("POST", f"{url}/cancel", {"reason": "storm"})
    page = visit(token=site.token).new_page()
    page.goto("/")
    expect(card(page, event)).to_contain_text("To refund $700")
    site.pay(event, kind="refund", refund_of=paid["payment_id"], amount_cents=70_000)
    page.reload()
    expect(card(page, event)).to_contain_text("Nothing due")
    for path in ("", "/statement"):
        page.goto(f"/events/{event['event_id']}{path}")
        expect(page.get_by_text("Charter fee, not charged: cancelled")).to_be_visible()
        expect(page.get_by_role("main")).to_contain_text(re.compile(r"Nothing due\s*\$0\.00"))
        expect(page.get_by_text("Balance due")).to_have_count(0)


def test_a_cancelled_charter_owes_its_cancellation_fee_on_page_statement_and_board(site: Site, visit: Visit) -> None:
    event = site.charter(charter_fee_cents=70_000)
    site.pay(event, amount_cents=10_000)
    body = {"reason": "storm", "cancellation_fee_cents": 30_000}
    site.admin("POST", f"/api/events/{event['event_id']}/cancel", body)
    page = visit(token=site.token).new_page()
    page.goto("/")
    expect(card(page, event)).to_contain_text("Due $200")
    for path in ("", "/statement"):
        page.goto(f"/events/{event['event_id']}{path}")
        expect(page.get_by_role("main")).to_contain_text(re.compile(r"Cancellation fee\s*\$300.00"))
        expect(page.get_by_role("main")).to_contain_text(re.compile(r"Balance due\s*\$200\.00"))
    site.pay(event, amount_cents=45_000)
    page.goto("/")
    expect(card(page, event)).to_contain_text("To refund $250")


def test_a_board_that_lags_behind_a_payment_does_not_undo_it(site: Site, visit: Visit) -> None:
    event = site.charter()
    page = visit(token=site.token).new_page()
    page.goto("/")
    expect(card(page, event)).to_contain_text("Due $480")
    before = page.request.get("/api/events", headers={"Authorization": f"Bearer {site.token}"}).json()
    log_payment(page, event, "480")
    expect(card(page, event)).to_contain_text("Paid")
    page.route("**/api/events?*", lambda route: route.fulfill(json=before | {"events": [*before["events"], new]}))
    new = event | {"event_id": "A" * 22, "title": "Only in the lagging answer"}
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(card(page, new)).to_contain_text("Due $480")
    expect(card(page, event)).to_contain_text("Paid")


# --- days -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["Pacific/Auckland", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_days_are_the_operators_wherever_the_device_is(site: Site, visit: Visit, place: str) -> None:
    """Of these places, one at least has another day than the operator, at every hour."""
    event = site.charter()
    site.pay(event, method="check", payer=f"Payer in {place}")
    page = visit(token=site.token, timezone_id=place).new_page()
    # It is the first page that this device opens.
    page.goto("/payments/deposit")
    today = datetime.now(OPERATOR)
    day = page.get_by_label("Day", exact=True)
    expect(day).to_have_value(f"{today:%Y-%m-%d}")
    expect(page.get_by_text(f"Payer in {place}")).to_be_visible()
    page.goto("/payments")
    page.get_by_role("button", name="Filters").click()
    expect(page.get_by_label("From", exact=True)).to_have_value(f"{today:%Y-%m-01}")
    page.goto("/payments/reports")
    expect(page.get_by_role("slider", name="Month to read")).to_have_attribute(
        "aria-valuetext", re.compile(f"^{today:%B %Y}: ")
    )
    page.goto(f"/events/{event['event_id']}/statement")
    expect(page.get_by_text(f"{today:%A, %B} {today.day}, {today.year}").first).to_be_visible()


# --- clocks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("device", "fault"),
    [
        (datetime.now(UTC) - timedelta(days=30), "30 days slow"),
        (datetime(2001, 1, 1, tzinfo=UTC), "days slow"),
        (datetime(2038, 1, 1, tzinfo=UTC), "days fast"),
    ],
)
def test_a_device_whose_clock_is_off_is_told_and_takes_the_servers_time(
    site: Site, visit: Visit, device: datetime, fault: str
) -> None:
    event = site.charter()
    page = visit(token=site.token).new_page()
    page.clock.install(time=device)
    page.goto("/")
    expect(page.get_by_role("banner")).to_contain_text(re.compile(f"The clock of this device is .*{fault}"))
    # By the server's clock the charter is still to come, on the day that it says.
    starts_at = datetime.fromisoformat(event["starts_at"]).astimezone(ZoneInfo(event["timezone"]))
    day = page.locator(".day").filter(has=card(page, event))
    expect(day.get_by_role("heading", level=3)).to_contain_text(f"{starts_at:%a, %b} {starts_at.day}")
    dialog = log_payment(page, event, "100")
    expect(dialog).to_be_hidden()
    (payment,) = site.payments(event)
    received_at = datetime.fromisoformat(payment["received_at"])
    assert abs(datetime.now(UTC) - received_at) < timedelta(minutes=5)
    page.goto("/payments/deposit")
    expect(page.get_by_label("Day", exact=True)).to_have_value(f"{datetime.now(OPERATOR):%Y-%m-%d}")


def test_a_payment_that_was_kept_by_a_wrong_clock_is_asked_about(site: Site, visit: Visit) -> None:
    """The device learns how wrong its clock is only when it is online again."""
    event = site.charter()
    context = visit(token=site.token)
    page = context.new_page()
    page.clock.install(time=datetime.now(UTC) - timedelta(days=30))
    # As answers of before say it: nothing of the server's clock.
    page.route("**/api/events?*", lambda route: route.fulfill(json={"events": [event], "next_cursor": None}))
    page.route("**/api/receivables", lambda route: route.abort())
    page.goto("/")
    dialog = log_payment(page, event, "100")
    expect(dialog).to_contain_text("Was it received at this time?")
    expect(dialog).to_contain_text("The clock of this device is 30 days slow.")
    assert site.payments(event) == []
    dialog.get_by_role("button", name="The time is right: log it").click()
    expect(dialog).to_be_hidden()
    (payment,) = site.payments(event)
    received_at = datetime.fromisoformat(payment["received_at"])
    assert abs(datetime.now(UTC) - received_at) < timedelta(minutes=5)
