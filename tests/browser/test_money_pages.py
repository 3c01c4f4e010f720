"""What waits to clear, reports, the deposit slip, the printed statement: as an admin works with them."""

import re
import secrets
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import Visit
from tests.browser.focus import stops_without_a_ring, tab_to
from tests.browser.visitors import DESKTOP, NARROW, PHONE, Site


@pytest.fixture
def page(site: Site, visit: Visit) -> Page:
    return visit(token=site.token).new_page()


@pytest.fixture
def payer() -> str:
    """By whom a test finds its own payments among all others."""
    return f"Payer {secrets.token_hex(4)}"


def waiting(page: Page, reference: str) -> Locator:
    return page.get_by_role("listitem").filter(has_text=reference)


# --- to clear -------------------------------------------------------------------------------------


def test_many_are_marked_at_once_and_one_that_fails_stays_with_its_reason(
    site: Site, page: Page, event: dict[str, Any], payer: str
) -> None:
    first = site.pay(event, method="check", reference="1001", payer=payer, received_at="2020-03-02T18:00:00Z")
    second = site.pay(event, method="zelle", reference="Z-2", payer=payer, amount_cents=25000)
    page.goto("/payments/to-clear")
    mine = waiting(page, payer)
    expect(mine).to_have_count(2)
    expect(mine.filter(has_text="1001")).to_contain_text("days: should have cleared")
    expect(mine.filter(has_text="Z-2")).to_contain_text("today")
    expect(mine.filter(has_text="Z-2")).not_to_contain_text("should have cleared")

    page.route(f"**/payments/{second['payment_id']}/clear", lambda route: route.fulfill(status=503, body="{}"))
    for row in mine.all():
        row.get_by_role("checkbox").check()
    expect(page.get_by_text("2 payments selected: $350.00")).to_be_visible()
    mark = page.get_by_role("button", name="Mark 2 cleared")
    page.evaluate("scrollTo(0, 0)")
    button, tabs = mark.bounding_box(), page.get_by_role("navigation", name="Main").bounding_box()
    assert button
    assert tabs
    assert button["y"] + button["height"] <= tabs["y"], "in sight wherever the list is scrolled to"
    mark.click()
    expect(page.get_by_text("1 marked cleared, 1 not: see the list.")).to_be_visible()
    expect(mine).to_have_count(1)
    expect(mine.get_by_role("alert")).to_contain_text("Not marked.")
    assert {row["payment_id"]: row["status"] for row in site.payments(event)} == {
        first["payment_id"]: "cleared",
        second["payment_id"]: "received",
    }

    page.unroute_all()
    page.get_by_role("button", name="Mark 1 cleared").click()
    expect(mine).to_have_count(0)
    assert {row["status"] for row in site.payments(event)} == {"cleared"}


def test_a_day_of_clearing_is_taken_for_all_and_refused_before_the_money_came(
    site: Site, page: Page, event: dict[str, Any], payer: str
) -> None:
    site.pay(event, method="check", reference="1002", payer=payer, received_at="2020-03-02T18:00:00Z")
    page.goto("/payments/to-clear")
    waiting(page, payer).get_by_role("checkbox").check()
    day = page.get_by_label("Cleared on (optional)")
    day.fill("2020-03-01")
    page.get_by_role("button", name="Mark 1 cleared").click()
    expect(waiting(page, payer)).to_contain_text("Not marked. It was received after that day.")
    day.fill("2020-03-05")
    page.get_by_role("button", name="Mark 1 cleared").click()
    expect(waiting(page, payer)).to_have_count(0)
    (row,) = site.payments(event)
    assert row["cleared_at"] == "2020-03-05T20:00:00Z"


def test_a_bounce_keeps_its_reason_and_leaves_the_list(
    site: Site, page: Page, event: dict[str, Any], payer: str
) -> None:
    site.pay(event, method="check", reference="1003", payer=payer)
    page.goto("/payments/to-clear")
    waiting(page, payer).get_by_role("button", name="Bounced…").click()
    dialog = page.get_by_role("dialog", name="Payment bounced")
    dialog.get_by_label("Reason").fill("Insufficient funds")
    dialog.get_by_role("button", name="Mark as bounced").click()
    expect(dialog).to_be_hidden()
    expect(waiting(page, payer)).to_have_count(0)
    (row,) = site.payments(event)
    assert row["bounce"]["reason"] == "Insufficient funds"


def test_all_that_show_are_cleared_with_the_keyboard_alone_and_the_rest_comes(
    site: Site, page: Page, event: dict[str, Any], payer: str
) -> None:
    """The list is the test's own: other tests' payments are none of its business."""
    payment = site.pay(event, method="check", reference="1004", payer=payer)
    first = {
        "payments": [payment | {"charter": event["title"]}],
        "totals": {"count": 2, "other_currencies": []},
        "next_cursor": "more",
    }
    answers = [first, {"payments": [], "totals": {"count": 0, "other_currencies": []}, "next_cursor": None}]
    page.route("**/api/payments/to-clear*", lambda route: route.fulfill(json=answers.pop(0)))
    page.goto("/payments/to-clear")
    expect(waiting(page, payer)).to_be_visible()
    tab_to(page, page.get_by_label("Select all"))
    page.keyboard.press("Space")
    mark = page.get_by_role("button", name="Mark 1 cleared")
    tab_to(page, mark)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing is to clear.")).to_be_visible()
    expect(page.get_by_role("heading", name="To clear")).to_be_focused()
    (row,) = site.payments(event)
    assert row["status"] == "cleared"


def test_what_waits_is_counted_in_every_currency_and_half_a_day_marks_nothing(
    site: Site, page: Page, event: dict[str, Any], payer: str
) -> None:
    """The list is the test's own: other tests' payments are none of its business."""
    yen = site.charter(currency="JPY")
    rows = [
        site.pay(of, method="zelle", payer=payer, amount_cents=20000) | {"charter": of["title"]} for of in (event, yen)
    ]
    answer = {"payments": rows, "totals": {"count": 1, "other_currencies": [{"count": 1}]}, "next_cursor": None}
    page.route("**/api/payments/to-clear*", lambda route: route.fulfill(json=answer))
    page.goto("/payments/to-clear")
    expect(page.get_by_text("2 payments are not cleared yet: $200.00 and ¥20,000.")).to_be_visible()

    page.get_by_label("Select all").check()
    page.get_by_label("Cleared on").press("1")
    page.get_by_role("button", name="Mark 2 cleared").click()
    expect(page.get_by_text("Enter the whole day, or none.")).to_be_visible()
    assert [row["status"] for of in (event, yen) for row in site.payments(of)] == ["received"] * 2

    page.get_by_label("Cleared on").fill("")
    waiting(page, yen["title"]).get_by_role("checkbox").uncheck()
    page.get_by_role("button", name="Mark 1 cleared").click()
    expect(page.get_by_text("1 payment is not cleared yet: ¥20,000.")).to_be_visible()


# --- reports --------------------------------------------------------------------------------------


def test_a_report_sums_by_month_and_week_and_leads_to_the_ledger(site: Site, page: Page, event: dict[str, Any]) -> None:
    for received_at, method, kind, cents in (
        ("2019-03-04T20:00:00Z", "check", "deposit", 30000),
        ("2019-03-13T20:00:00Z", "cash", "balance", 18000),
        ("2019-04-01T20:00:00Z", "cash", "tip", 5000),
    ):
        site.pay(event, method=method, kind=kind, amount_cents=cents, received_at=received_at)
    page.goto("/payments/reports")
    expect(page.get_by_role("heading", name="Sums by month").first).to_be_visible()
    page.get_by_label("To", exact=True).fill("2019-05-31")
    expect(page.get_by_text("Before the start.")).to_be_visible()
    page.get_by_label("From", exact=True).fill("2019-03-01")
    march = page.get_by_role("row", name="March 2019")
    expect(march).to_contain_text("$480.00")
    expect(march).to_contain_text("$300.00")
    expect(page.get_by_role("row", name="April 2019")).to_contain_text("$50.00")
    expect(page.get_by_role("row", name="May 2019")).to_contain_text("No payments")
    together = page.locator("tfoot tr")
    expect(together).to_have_text(re.compile(r"\$480\.00.*\$0\.00.*\$480\.00.*\$50\.00.*\$300\.00"))

    page.get_by_role("radio", name="Methods").check()
    expect(together).to_have_text(re.compile(r"\$230\.00.*\$300\.00.*\$530\.00"))
    page.get_by_role("radio", name="Week").check()
    expect(page.get_by_role("row", name=re.compile(r"Mar 4\s.\s10, 2019"))).to_contain_text("$300.00")
    page.get_by_role("radio", name="Month").check()
    march.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Ledger", level=1)).to_be_focused()
    expect(page.get_by_label("From", exact=True)).to_have_value("2019-03-01")
    expect(page.get_by_label("To", exact=True)).to_have_value("2019-03-31")
    expect(page.get_by_role("link", name=event["title"])).to_have_count(2)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    assert download.value.suggested_filename == "payments-2019-03-01-to-2019-03-31.csv"


def test_the_chart_is_read_by_keyboard_and_by_tap_and_as_numbers(site: Site, page: Page, event: dict[str, Any]) -> None:
    site.pay(event, method="cash")
    page.goto("/payments/reports")
    chart = page.get_by_role("img", name="Bars of the money kept in each month")
    slider = page.get_by_role("slider", name="Month to read")
    latest = slider.get_attribute("aria-valuetext") or ""
    expect(page.locator(".chart-reading")).to_have_text(latest)
    tab_to(page, slider)
    page.keyboard.press("ArrowLeft")
    expect(slider).not_to_have_attribute("aria-valuetext", latest)
    box = chart.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.97, box["y"] + box["height"] / 2)
    expect(slider).to_have_attribute("aria-valuetext", latest)
    page.get_by_text("The same in numbers").press("Enter")
    month, kept = re.split(": | kept", latest)[:2]
    expect(page.locator(".chart").get_by_role("row", name=month)).to_contain_text(kept)


# --- deposit --------------------------------------------------------------------------------------


def test_the_deposit_of_a_day_adds_checks_and_cash_less_what_was_given_back(
    site: Site, page: Page, event: dict[str, Any]
) -> None:
    noon, evening = "2018-06-05T19:00:00Z", "2018-06-06T05:00:00Z"
    site.pay(event, method="check", reference="501", payer="Ana Ruiz", amount_cents=30000, received_at=noon)
    cash = site.pay(event, method="cash", amount_cents=20000, received_at=evening)
    site.pay(
        event,
        method="cash",
        kind="refund",
        refund_of=cash["payment_id"],
        amount_cents=5000,
        received_at=evening,
    )
    site.pay(event, method="card", amount_cents=40000, received_at=noon)
    page.goto("/payments/deposit")
    page.get_by_label("Day", exact=True).fill("2018-06-05")
    slip = page.get_by_role("region", name="Tuesday, June 5, 2018")
    expect(slip).to_contain_text("501 Ana Ruiz")
    expect(slip.locator(".entry-total")).to_contain_text(["$300.00", "$150.00"])
    expect(slip.locator(".slip-total")).to_have_text("Together$450.00")
    expect(slip).not_to_contain_text("$400.00")

    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_role("navigation", name="Money")).to_be_hidden()
    expect(page.get_by_role("button", name="Print slip")).to_be_hidden()
    assert slip.evaluate("(element) => getComputedStyle(element).color") == "rgb(0, 0, 0)"
    page.emulate_media(media="screen")
    page.get_by_role("button", name="Day after").click()
    expect(page.get_by_text("No checks and no cash on Wednesday, June 6, 2018.")).to_be_visible()
    page.get_by_role("button", name="Day before").click()
    expect(slip).to_be_visible()


# --- statement ------------------------------------------------------------------------------------


def test_a_statement_shows_everything_and_prints_on_white(site: Site, page: Page) -> None:
    event = site.charter(title="Statement sail", charter_fee_cents=50000)
    paid = site.pay(event, kind="deposit", amount_cents=40000, payer="Ana Ruiz", received_at="2026-01-02T18:00:00Z")
    site.pay(event, amount_cents=20000, payer="Ben Cole", received_at="2026-01-03T18:00:00Z")
    wrong = site.pay(event, method="cash", amount_cents=7000, received_at="2026-01-04T18:00:00Z")
    path = f"/api/events/{event['event_id']}/payments"
    site.admin("POST", f"{path}/{wrong['payment_id']}/void", {"reason": "Typed twice"})
    site.pay(
        event,
        kind="refund",
        refund_of=paid["payment_id"],
        amount_cents=4000,
        received_at="2026-01-05T18:00:00Z",
    )
    page.goto(f"/events/{event['event_id']}")
    expect(page.locator(".entry-total")).to_contain_text("Overpaid")
    expect(page.locator(".entry-dead")).to_contain_text("by admin: Typed twice")
    expect(page.get_by_text("Paid by Ana Ruiz $360.00, Ben Cole $200.00")).to_be_visible()
    page.get_by_role("link", name="Print statement").click()

    expect(page.get_by_role("heading", name="Statement")).to_be_focused()
    paper = page.get_by_role("article")
    operator = site.call("GET", f"/api/guest/{event['event_id']}").json["operator"]
    for words in (operator["name"], event["patron"]["email"], "Statement sail", "by admin: Typed twice"):
        expect(paper).to_contain_text(words)
    refund = paper.get_by_role("row", name="Gives back the deposit of $400.00 card")
    # More came in than the fee, also after that.
    expect(refund).to_have_text(re.compile(r"\+\$40\.00.\$60\.00$"))
    expect(paper.get_by_role("row", name="Typed twice").locator("s")).to_have_text(["Balance, cash ", "$70.00"])
    expect(paper.get_by_role("row", name="Overpaid")).to_contain_text("$60.00")

    page.evaluate("window.print = () => { window.printed = true }")
    page.get_by_role("button", name="Print statement").click()
    assert page.evaluate("window.printed") is True
    page.emulate_media(media="print", color_scheme="dark")
    for control in (page.get_by_role("banner"), page.get_by_role("button", name="Print statement")):
        expect(control).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    for paper_size in ("A4", "Letter"):
        pdf = page.pdf(format=paper_size)
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 2


# --- the ledger -----------------------------------------------------------------------------------


def in_one_currency(route: Route) -> None:
    """What other tests were paid in other currencies has sums of its own above the entries."""
    answer = route.fetch().json()
    route.fulfill(json={**answer, "totals": {**answer["totals"], "other_currencies": []}})


@pytest.mark.parametrize(("window", "at_px"), [(PHONE, 400), (DESKTOP, 300)], ids=["phone", "desktop"])
def test_the_first_entry_of_the_ledger_stands_high_on_the_first_screen(
    site: Site, visit: Visit, event: dict[str, Any], window: dict[str, int], at_px: int
) -> None:
    site.pay(event, method="cash")
    page = visit(token=site.token, viewport=window).new_page()
    page.route("**/api/payments?*", in_one_currency)
    page.goto("/payments")
    first = page.get_by_role("region", name="Entries").locator("tbody tr").first
    expect(first).to_be_visible()
    expect(page.get_by_text("Received in")).to_be_visible()
    box = first.bounding_box()
    assert box
    assert box["y"] < at_px


def test_the_state_leaves_only_some_entries_in_the_sums_and_the_file_too(
    site: Site, page: Page, event: dict[str, Any], payer: str
) -> None:
    site.pay(event, method="check", payer=payer, amount_cents=10_000, received_at="2016-05-02T19:00:00Z")
    site.pay(event, method="cash", payer=payer, amount_cents=20_000, received_at="2016-05-02T20:00:00Z")
    page.goto("/payments?from=2016-05-02&to=2016-05-02")
    entries = page.get_by_role("region", name="Entries").locator("tbody tr")
    expect(entries).to_have_count(2)
    page.get_by_label("State").select_option("To clear")
    expect(entries).to_have_count(1)
    expect(entries).to_contain_text("$100.00")
    expect(page.locator(".sums")).to_contain_text("Received$100.00")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    assert download.value.suggested_filename == "payments-2016-05-02-to-2016-05-02-part.csv"
    assert len(download.value.path().read_text(encoding="utf-8-sig").splitlines()) == 2


def test_a_phone_shows_what_was_filtered_by_and_else_keeps_it_behind_a_button(
    site: Site, visit: Visit, event: dict[str, Any]
) -> None:
    page = visit(token=site.token, viewport=PHONE, has_touch=True).new_page()
    page.goto("/payments")
    more = page.get_by_role("button", name="Filters")
    expect(more).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_label("Boat")).to_be_hidden()
    more.tap()
    for name in ("From", "To", "Boat", "Captain", "State"):
        expect(page.get_by_label(name, exact=True)).to_be_visible()
    page.goto("/payments?from=2016-05-02&to=2016-05-02&boat=petrel")
    expect(page.get_by_label("Boat")).to_be_visible()


def test_a_period_without_a_day_says_so(page: Page) -> None:
    page.goto("/payments")
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("From").fill("")
    expect(page.get_by_text("Enter a day.")).to_be_visible()
    page.get_by_role("button", name="This month").click()
    expect(page.get_by_text("Enter a day.")).to_have_count(0)


# --- the frame ------------------------------------------------------------------------------------


def test_the_pages_of_the_money_are_a_tap_apart_on_the_narrowest_phone(site: Site, visit: Visit) -> None:
    page = visit(token=site.token, viewport=NARROW, has_touch=True).new_page()
    page.goto("/")
    main, payments = (page.get_by_role("navigation", name=name) for name in ("Main", "Money"))
    main.get_by_role("link", name="Money").tap()
    for name in ("To clear", "Reports", "Tips", "Deposit slip", "Ledger"):
        link = payments.get_by_role("link", name=name)
        box = link.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44
        link.tap()
        expect(page.get_by_role("heading", name=name, level=1)).to_be_focused()
        expect(payments.locator("[aria-current=page]")).to_have_text(re.compile(f"^{name}"))
        expect(payments.locator("[aria-current=page]")).to_be_in_viewport(ratio=1)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        expect(main.locator("[aria-current=page]")).to_have_text("Money")
    line = payments.bounding_box()
    assert line
    assert line["height"] < 60, "one line"
    page.go_back()
    expect(page.get_by_role("heading", name="Deposit slip", level=1)).to_be_visible()


def test_how_many_wait_to_clear_stands_behind_the_link_to_them(
    site: Site, page: Page, event: dict[str, Any], payer: str
) -> None:
    site.pay(event, method="check", payer=payer)
    totals = site.admin("GET", "/api/payments/to-clear")["totals"]
    waiting_now = totals["count"] + sum(other["count"] for other in totals["other_currencies"])
    page.goto("/payments")
    link = page.get_by_role("navigation", name="Money").get_by_role("link", name="To clear")
    expect(link).to_have_text(f"To clear {waiting_now}")
    link.click()
    waiting(page, payer).get_by_role("checkbox").check()
    page.get_by_role("button", name="Mark 1 cleared").click()
    expect(waiting(page, payer)).to_have_count(0)
    expect(link).to_have_text(f"To clear {waiting_now - 1}")


def test_a_page_that_cannot_be_fetched_says_so_and_comes_when_it_can(site: Site, visit: Visit) -> None:
    page = visit(token=site.token, service_workers="block").new_page()
    page.goto("/")
    expect(page.get_by_role("heading", name="Board")).to_be_visible()
    page.route("**/assets/week-*", lambda route: route.abort())
    page.get_by_role("link", name="Week").click()
    expect(page.get_by_role("alert")).to_contain_text("This page could not be loaded.")
    page.unroute_all()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="Week")).to_be_visible()


@pytest.mark.parametrize(
    "path", ["/payments/to-clear", "/payments/reports", "/payments/tips", "/payments/deposit", "/mail"]
)
def test_every_stop_of_the_tab_key_shows_itself(site: Site, page: Page, event: dict[str, Any], path: str) -> None:
    site.pay(event, method="check")
    page.goto(path)
    expect(page.locator(".skeleton")).to_have_count(0)
    assert stops_without_a_ring(page) == []
