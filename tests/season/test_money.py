"""The money of a year of real life, read back where people read it: lists, reports, files and mails.

What is expected comes from the season's own data, from `books.py` (exact decimals) and from Babel.
"""

import csv
import html
import io
import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from tests.season.books import Entry, account_balances, add_up, entries, total
from tests.season.charters import today
from tests.season.conftest import Desk, Season
from tests.season.devices import money
from tests.season.expected import (
    KINDS,
    METHODS,
    in_days,
    months_from,
    payer,
    report_columns,
    state_name,
    totals_panel,
)
from tests.season.mails import money_mails
from tests.season.moments import fitting
from tests.season.owed import owed_groups, owed_sums
from tests.season.tips import owed_to, tipped
from tools.local.demo import payment_id
from tools.local.samples import SampleCharter

# --- all charters' money --------------------------------------------------------------------------


READ_LEDGER = """
({
  totals: all(".sums, .totals").map((list) => Object.fromEntries(all("div", list).map((row) =>
    [shown(row.querySelector("dt")), shown(row.querySelector("dd"))]))),
  entries: all(".ledger tbody tr").map((row) => texts("td", row)),
})
"""


def test_the_ledger_of_the_year_has_every_entry_and_its_sums(told: Season, desk: Desk) -> None:
    rows = entries(told.charters)
    first, last = rows[0].payment.received_at.date(), today(told)
    # Opened at once, as from a bookmark: no charter is known to the device.
    desk.page.goto(f"/payments?from={first}&to={last}")
    desk.wait(".ledger tbody tr")
    while more := desk.page.get_by_role("button", name="Show more").all():
        known = desk.page.locator(".ledger tbody tr").count()
        more[0].click()
        expect(desk.page.locator(".ledger tbody tr").nth(known)).to_be_visible()
    shown = desk.read(READ_LEDGER)
    assert shown["totals"] == totals_panel(rows)
    newest_first = [
        [
            desk.device.moment(row.payment.received_at),
            payer(row),
            row.charter.title,
            KINDS[row.payment.kind],
            f"{METHODS[row.payment.method][0]} {row.payment.reference}".strip(),
            state_name(row),
            f"{'−' if row.is_refund else ''}{money(row.amount)}",  # noqa: RUF001
        ]
        for row in reversed(rows)
    ]
    assert [entry[0] for entry in shown["entries"]] == [entry[0] for entry in newest_first]
    # What was received in one second has no order.
    assert sorted(shown["entries"]) == sorted(newest_first)


READ_REPORT = """
all(".report").map((report) => all("tr", report).map((row) => texts("th, td", row)))
"""


def test_the_reports_of_the_year_add_up_by_month_method_and_kind(told: Season, desk: Desk) -> None:
    rows, last = entries(told.charters), today(told)
    first = rows[0].payment.received_at.date().replace(day=1)
    desk.page.goto("/payments/reports")
    desk.wait(".report tfoot")
    desk.page.get_by_label("From", exact=True).fill(f"{first}")
    desk.page.get_by_label("To", exact=True).fill(f"{last}")
    for view in ("Sums", "Methods", "Kinds"):
        desk.page.get_by_role("radio", name=view, exact=True).check()
        section = f'section:has(h2:text-is("{view} by month"))'
        desk.wait(f'{section} tbody th:has-text("{desk.device.month(first)}")')
        chart, report = desk.read(READ_REPORT)
        whole = report_columns(view, rows)
        names = [name for name, amount in whole.items() if amount or view == "Sums" or name == "Together"]
        expected = [["Month", *names]]
        for month in months_from(first, last):
            inside = in_days(rows, *month)
            sums = report_columns(view, inside)
            figures = [money(sums[name]) for name in names] if inside else ["No payments"]
            expected.append([desk.device.month(month[0]), *figures])
        assert report == [*expected, ["Together", *(money(whole[name]) for name in names)]]
        assert desk.read(READ_LEDGER)["totals"] == totals_panel(rows)[1:]
    shown_months = months_from(last.replace(day=1, year=last.year - 1), last)[1:]
    drawn = [(month, add_up(in_days(rows, *month))) for month in shown_months]
    assert chart == [
        ["Month", "Kept", "Tips besides"],
        *([desk.device.month(month[0]), money(books.net), money(books.tips)] for month, books in drawn),
    ]


READ_SLIP = """
({
  day: shown(document.querySelector(".panel h2")),
  entries: all(".panel .statement .entry:not(.entry-total)").map((entry) =>
    [...texts(".entry-what p", entry), shown(entry.querySelector(".entry-balance"))]),
  sums: texts(".panel .entry-total .entry-balance"),
  together: shown(document.querySelector(".slip-total strong")),
})
"""


def slip_line(row: Entry) -> list[str]:
    number = f"{row.payment.reference or 'no number'} " if row.payment.method == "check" else ""
    what = " (given back)" if row.is_refund else " (tip)" if row.payment.kind == "tip" else ""
    minus = "−" if row.is_refund else ""  # noqa: RUF001
    return [f"{number}{payer(row)}{what}", row.charter.title, f"{minus}{money(row.amount)}"]


def test_the_slip_of_every_day_with_checks_or_cash_adds_up(told: Season, desk: Desk) -> None:
    carried = [row for row in entries(told.charters) if row.is_live and row.payment.method in ("check", "cash")]
    desk.page.goto("/payments/deposit")
    desk.wait("h1")
    for day in sorted({row.payment.received_at.date() for row in carried}):
        rows = in_days(carried, day, day)
        checks = [row for row in rows if row.payment.method == "check" and not row.is_refund]
        cash = sorted((row for row in rows if row.payment.method == "cash"), key=lambda row: row.is_refund)
        if not checks and not cash:
            continue
        desk.page.get_by_label("Day", exact=True).fill(f"{day}")
        desk.wait(f'.panel h2:text-is("{desk.device.long_day(day)}")')
        sums = [total(row.gain for row in part) for part in (checks, cash)]
        assert desk.read(READ_SLIP) == {
            "day": desk.device.long_day(day),
            "entries": [slip_line(row) for row in [*checks, *cash]],
            "sums": [money(amount) for amount, part in zip(sums, (checks, cash), strict=True) if part],
            "together": money(total(sums)),
        }


READ_TO_CLEAR = """
({
  lead: shown(document.querySelector(".clear-panel > p")),
  rows: all(".clear-row").map((row) => [
    ...texts(".clear-what strong, .clear-what span, .clear-amount", row), shown(row.querySelector(".entry-small"))]),
})
"""


def test_what_is_to_clear_is_what_the_year_has_left_open(told: Season, desk: Desk) -> None:
    rows = [row for row in entries(told.charters) if row.status == "received"]
    desk.page.goto("/payments/to-clear")
    desk.wait(".clear-row")
    shown = desk.read(READ_TO_CLEAR)
    assert shown["rows"] == [
        [
            f"{METHODS[row.payment.method][0]} {row.payment.reference}".strip(),
            payer(row),
            f"{'−' if row.is_refund else ''}{money(row.amount)}",  # noqa: RUF001
            f"received {desk.device.day(row.payment.received_at)}",
        ]
        for row in rows
    ]
    # The same sum as in the ledger, and apart from it what is on its way out.
    came, gave = add_up(rows).uncleared, total(row.amount for row in rows if row.is_refund)
    assert came == add_up(entries(told.charters)).uncleared
    sums = f"{money(came)}, and {money(gave)} given back"
    assert shown["lead"].startswith(f"{len(rows)} payments are not cleared yet: {sums}.")


def test_the_csv_of_the_year_has_every_row_to_the_cent(told: Season) -> None:
    rows = entries(told.charters)
    query = f"from={rows[0].payment.received_at.date()}&to={today(told)}"
    answer = told.site.call("GET", f"/api/payments.csv?{query}", token=told.site.token)
    read = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))
    assert len(read) == len(rows)
    for line, row in zip(read, rows, strict=True):
        payment = row.payment
        refunded = next((one.payment_id for one in rows if row.is_refund and one.payment is row.given_back), "")
        expected = {
            "received_at": utc(payment.received_at),
            "status": row.status,
            "kind": payment.kind,
            "method": payment.method,
            "amount": f"{row.gain:.2f}",
            "currency": "USD",
            "payer": payer(row),
            "reference": payment.reference,
            # What a spreadsheet would run is text.
            "note": f"'{payment.note}" if payment.note.startswith("@") else payment.note,
            "charter": row.charter.title,
            "event_id": told.event_ids[row.charter.title],
            "payment_id": row.payment_id,
            "refund_of": refunded,
            "void_reason": payment.voided or (payment.corrected.why if payment.corrected else ""),
            **corrections(row, told),
            "bounce_reason": payment.bounced,
            "received_local_day": f"{payment.received_at:%Y-%m-%d}",
            "received_local_time": f"{payment.received_at:%H:%M:%S}",
            "timezone": "America/Los_Angeles",
        }
        assert {name: line[name] for name in expected} == expected
        if row.is_live:
            cleared_at = payment.cleared_at or (payment.received_at if row.is_cleared else None)
            assert line["cleared_at"] == (utc(cleared_at) if cleared_at else "")
    counted = (Decimal(line["amount"]) for line in read if line["status"] in ("received", "cleared"))
    books = add_up(rows)
    assert total(counted) == books.net + books.tips


def corrections(row: Entry, told: Season) -> dict[str, str]:
    """What the file tells of the row that this one corrects, and of the one that corrects it."""
    old, corrected = row.charter.corrected_by(row.place), row.payment.corrected
    found = dict.fromkeys(("corrects", "corrects_event_id", "corrected_by", "corrected_by_event_id"), "")
    if old is not None:
        found |= key_of("corrects", row.charter, old, told)
    if row.payment.moved_here:
        came_from = next(
            (charter, place)
            for charter in told.charters
            for place, one in enumerate(charter.payments)
            if one.corrected and one.corrected[1:] == (row.place, row.charter.title)
        )
        found |= key_of("corrects", *came_from, told)
    if corrected:
        charter = told.charter(corrected.charter) if corrected.charter else row.charter
        found |= key_of("corrected_by", charter, corrected.place, told)
    return found


def key_of(name: str, charter: SampleCharter, place: int, told: Season) -> dict[str, str]:
    return {name: payment_id(charter, place), f"{name}_event_id": told.event_ids[charter.title]}


def utc(then: datetime) -> str:
    return f"{then.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


# --- mails ----------------------------------------------------------------------------------------


def test_the_mails_of_the_year_say_the_same_amounts_names_and_days(told: Season) -> None:
    expected = sorted(mail for charter in told.charters for mail in money_mails(charter))
    messages = told.site.call("GET", "/_local/mail").json["messages"]
    about_money = [mail for mail in messages if "$" in mail["text"] + mail["subject"]]
    found = sorted(
        about_money, key=lambda mail: (mail["to"].rpartition("<")[2].rstrip(">"), unnumbered(mail["subject"]))
    )
    assert [unnumbered(mail["subject"]) for mail in found] == [mail.subject for mail in expected]
    for mail, wanted in zip(found, expected, strict=True):
        assert wanted.to in mail["to"]
        lines = [line.strip() for line in unnumbered(mail["text"]).splitlines()]
        facts = [line.split("  ", 1) for line in lines if "  " in line]
        assert [(name, text.strip()) for name, text in facts] == wanted.facts
        told_balance = [line for line in lines if line.startswith(("Balance due", "Paid in full"))]
        assert told_balance == ([wanted.balance] if wanted.balance else [])
        for text in (*(text for _, text in wanted.facts), wanted.balance):
            assert text in html.unescape(unnumbered(mail["html"]))


def unnumbered(text: str) -> str:
    """With `NUMBER` for the number of a statement."""
    return re.sub(r"\b\d{4}-[A-Z2-7]{4}-[A-Z2-7]{4}\b", "NUMBER", text)


def test_both_statements_of_a_charter_have_its_number_and_every_charter_has_another(told: Season) -> None:
    messages = told.site.call("GET", "/_local/mail").json["messages"]
    found: dict[str, set[str]] = {}
    for mail in messages:
        if match := re.fullmatch(r"Statement (\S+): .* due for (.*)", mail["subject"]):
            found.setdefault(match[2], set()).add(match[1])
    assert found.keys() == {charter.title for charter in told.charters if charter.statements}
    assert all(len(numbers) == 1 for numbers in found.values())
    assert len(set.union(*found.values())) == len(found)


# --- who owes, and who is owed --------------------------------------------------------------------


READ_OWED = """
({
  sums: all(".sums > div").map((row) => [shown(row.querySelector("dt")), shown(row.querySelector("dd"))]),
  groups: all(".owed tbody").map((body) => ([
    shown(body.querySelector(".lines-group")), all("tr:not(.lines-group)", body).map((row) => texts("td", row))])),
})
"""


def test_who_owes_how_much_and_for_how_long(told: Season, desk: Desk) -> None:
    desk.page.goto("/payments/owed")
    desk.wait(".owed tbody")
    shown = desk.read(READ_OWED)
    groups = [(name, rows) for name, rows in shown["groups"]]
    drawn_at, expected = fitting(told, groups, lambda at: owed_groups(told, at, desk.device))
    assert groups == expected
    assert shown["sums"] == owed_sums(told.charters, drawn_at)
    # All ages are among them.
    assert len(shown["sums"]) == 6


READ_TIPS = """
({
  sums: all(".sums > div").map((row) => [shown(row.querySelector("dt")), shown(row.querySelector("dd"))]),
  people: all(".tips-people tbody tr").map((row) => texts("th, td", row)),
  charters: all(".tips-charters tbody tr").map((row) => texts("td", row)),
})
"""


def test_tips_are_owed_to_who_sailed_to_the_cent(told: Season, desk: Desk) -> None:
    desk.page.goto("/payments/tips")
    desk.wait("h1")
    desk.page.get_by_label("From", exact=True).fill("2020-01-01")
    desk.page.get_by_label("To", exact=True).fill(f"{today(told)}")
    found, people = tipped(told.charters), owed_to(told.charters)
    expect(desk.page.locator(".tips-charters tbody tr")).to_have_count(len(found))
    shown = desk.read(READ_TIPS)
    whole = add_up(entries(told.charters)).tips
    assert Decimal(sum(cents for _, cents in people.values())).scaleb(-2) == whole
    assert shown["sums"] == [["Tips received", money(whole)], ["Owed to captain and crew", money(whole)]]
    assert shown["people"] == [
        [name, counted(count, "charter"), cents_text(cents)] for name, (count, cents) in sorted(people.items())
    ]
    assert shown["charters"] == [
        [
            desk.device.day(told.charter(one.title).starts_at),
            one.title,
            cents_text(one.cents),
            f"{'By hand' if one.by_hand else 'Equally'}: "
            + ", ".join(f"{name} {cents_text(cents)}" for name, cents in one.shares.items()),
            "",
        ]
        for one in found
    ]


def cents_text(cents: int) -> str:
    return money(Decimal(cents).scaleb(-2))


def counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


@pytest.mark.parametrize("by", ["Boat", "Captain"])
def test_the_reports_of_the_year_add_up_by_boat_and_by_captain(told: Season, desk: Desk, by: str) -> None:
    rows = entries(told.charters)
    names = {row.charter.title: name_of(row.charter, by) for row in rows}
    desk.page.goto("/payments/reports")
    desk.wait(".report tfoot")
    desk.page.get_by_label("From", exact=True).fill(f"{rows[0].payment.received_at.date()}")
    desk.page.get_by_label("To", exact=True).fill(f"{today(told)}")
    desk.page.get_by_role("radio", name=by, exact=True).check()
    for view in ("Sums", "Methods", "Kinds"):
        desk.page.get_by_role("radio", name=view, exact=True).check()
        desk.wait(f'section:has(h2:text-is("{view} by {by.lower()}")) tfoot')
        whole = report_columns(view, rows)
        columns = [name for name, amount in whole.items() if amount or view == "Sums" or name == "Together"]
        expected = [[by, *columns]]
        for name in sorted(set(names.values())):
            own = [row for row in rows if names[row.charter.title] == name]
            charters = len({row.charter.title for row in own})
            sums = report_columns(view, own)
            expected.append([f"{name} {counted(charters, 'charter')}", *(money(sums[column]) for column in columns)])
        expected.append(["Together", *(money(whole[column]) for column in columns)])
        _, report = desk.read(READ_REPORT)
        assert report == expected


def name_of(charter: SampleCharter, by: str) -> str:
    if by == "Boat":
        return charter.boat.name
    return charter.captain.name if charter.captain else ""


# --- the books ------------------------------------------------------------------------------------


def test_the_accounts_balance_and_agree_with_what_the_desk_adds_up(told: Season) -> None:
    accounts, books = account_balances(told.charters), add_up(entries(told.charters))
    assert total(accounts.values()) == 0
    owed = accounts.pop("Assets:Receivable")
    held = total(amount for name, amount in accounts.items() if name.startswith("Assets:"))
    assert held == books.net + books.tips
    totals = told.site.admin("GET", f"/api/payments?from=2020-01-01&to={today(told)}&limit=1")["totals"]
    assert Decimal(totals["received_cents"] - totals["refunded_cents"] + totals["tips_cents"]).scaleb(-2) == held
    listed = told.site.admin("GET", "/api/events?from=2020-01-01&limit=100")["events"]
    assert Decimal(sum(event["balance"]["balance_due_cents"] for event in listed)).scaleb(-2) == owed
