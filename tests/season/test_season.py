"""A year of real life, read back where people read it: every name, time and amount against a second reckoning.

What is expected comes from the season's own data, from `books.py` (exact decimals) and from Babel.
"""

import csv
import html
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from playwright.sync_api import expect

from tests.season.books import Entry, account_balances, add_up, charged, due, entries, statement, total
from tests.season.charters import (
    away,
    columns,
    days_of,
    details,
    facts,
    missing_list,
    over,
    sections,
    state,
    strips,
    today,
    waivers_text,
)
from tests.season.conftest import Desk, Season
from tests.season.crew import crew_panel, is_bareboat, places, timeless
from tests.season.devices import money, short
from tests.season.expected import (
    KINDS,
    METHODS,
    balance_line,
    charge_name,
    check_entry,
    clearing,
    fate,
    given_back,
    in_days,
    money_mails,
    months_from,
    paid_by,
    paid_how,
    payer,
    report_columns,
    signed_amount,
    totals_panel,
    when_and_who,
)
from tests.season.readiness import as_read, is_scheduled, on_board, panel

# --- board ----------------------------------------------------------------------------------------


READ_BOARD = """
({
  owed: shown(document.querySelector(".owed-link")),
  earlier: shown(document.querySelector(".earlier-head p")),
  heads: texts(".board-columns > *"),
  sections: Object.fromEntries(all("main section[aria-labelledby]:not(.earlier)").map((section) => [
    shown(section.querySelector("h2")),
    all(".day", section).map((day) => ({
      day: shown(day.querySelector("h3")),
      rows: all("article", day).map((row) => ({
        state: shown(row.querySelector(".row-state")),
        columns: texts(":scope > :not(.row-sums), .row-sums > *", row),
      })),
    })),
  ])),
})
"""


def test_the_board_shows_every_charter_of_the_year_as_it_stands(told: Season, desk: Desk) -> None:
    day = today(told)
    desk.page.goto("/")
    desk.wait("article")
    desk.page.get_by_role("button", name="Show past charters").click()
    rows, earlier = desk.page.locator("article"), desk.page.get_by_role("button", name="Show earlier")
    expect(earlier).to_be_enabled()
    while (known := rows.count()) < len(told.charters):
        earlier.click()
        expect(rows.nth(known)).to_be_attached()
    shown = desk.read(READ_BOARD)
    expected = sections(told)
    owing = [charter for charter in told.charters if due(charter) > 0]
    assert shown["owed"] == (f"Owed {len(owing)}" if owing else "")
    unpaid = over(told, owing)
    sum_owed = short(total(due(charter) for charter in unpaid))
    count = "1 charter" if len(unpaid) == 1 else f"{len(unpaid)} charters"
    assert shown["earlier"] == (f"{count}, {sum_owed} owed" if unpaid else "")
    assert shown["heads"] == ["Time", "Charter", "Captain, crew", "Guests", "Money", "Ready to sail"]
    assert list(shown["sections"]) == list(expected)
    for name, charters in expected.items():
        days = days_of(charters, desk.device, day)
        assert [found["day"] for found in shown["sections"][name]] == [text for text, _ in days]
        say = away if name == "Next departure" else state
        for found, (_, those) in zip(shown["sections"][name], days, strict=True):
            for line, charter in zip(found["rows"], those, strict=True):
                assert line["state"] in {say(charter, at) for at in moments(told)}
                readiness = [on_board(charter, told, at) for at in moments(told)]
                ways = [columns(charter, desk.device, line["state"], text) for text in readiness]
                assert line["columns"] in ways


def moments(told: Season) -> tuple[datetime, ...]:
    """Any of these may be the time by which a page was drawn."""
    return told.now, datetime.now(UTC), told.now + timedelta(minutes=1)


# --- one charter ----------------------------------------------------------------------------------


READ_CHARTER = """
({
  state: shown(document.querySelector(".charter-state")),
  facts: table(".facts"),
  entries: all(".statement .entry").map((entry) => ({
    what: shown(entry.querySelector(".entry-what > p") ?? entry.querySelector(".entry-what")),
    small: texts(".entry-small", entry),
    amount: shown(entry.querySelector(".entry-amount")),
    balance: shown(entry.querySelector(".entry-balance")),
  })),
  paid: texts("main .panel > p").filter((text) => text.startsWith("Paid by")),
  waivers: texts("main .panel h2").filter((text) => text.startsWith("Waivers")),
  missing: texts(".missing-list li > :not(button)"),
  crew: texts(".crew > :not(ul), .crew > ul > li"),
  readiness: all(".readiness").map((panel) => [
    texts(".spread > *", panel),
    all(".readiness-check", panel).map((check) =>
      [shown(check.querySelector("strong .visually-hidden")), shown(check), ...texts(".buttons > *", check)]),
    texts(".readiness-fine > li", panel),
  ]),
  details: table("dl.stack"),
  strips: texts("main .strip"),
})
"""


def test_every_charters_page_agrees_to_the_cent(told: Season, desk: Desk) -> None:
    device = desk.device
    desk.page.goto("/")
    desk.wait("article")
    for charter in told.charters:
        desk.open(f"/events/{told.event_ids[charter.title]}", f'h1:text-is("{charter.title}")')
        expect(desk.page.locator(".statement .entry")).to_have_count(len(charter.payments) + 2)
        # These come with the lists of boats and people.
        expect(desk.page.locator(".crew .hint")).to_have_count(int(is_bareboat(charter)))
        for place in places(charter):
            if place.person:
                expect(desk.page.locator(".crew .contact", has_text=place.person.email)).to_have_count(1)
        shown = desk.read(READ_CHARTER)
        assert shown["state"] in {state(charter, at) or f"Departs {away(charter, at)}" for at in moments(told)}
        assert shown["facts"] == facts(charter, device)
        first, *rows, last = shown["entries"]
        assert (first["what"], first["balance"]) == (charge_name(charter), money(charged(charter)))
        for found, (entry, balance) in zip(rows, statement(charter), strict=True):
            check_entry(found, entry, balance, device)
        name, amount = balance_line(charter)
        books = add_up(entries([charter]))
        assert (last["what"].startswith(name), last["balance"]) == (True, amount), charter.title
        assert (f"Tips besides: {money(books.tips)}" in last["what"]) == bool(books.tips)
        assert (f"Not cleared yet: {money(books.uncleared)}" in last["what"]) == bool(books.uncleared)
        paid = ", ".join(f"{who} {money(sum_of)}" for who, sum_of in paid_by(charter).items())
        assert shown["paid"] == ([f"Paid by {paid}"] if paid else [])
        assert shown["waivers"] == [f"Waivers: {waivers_text(charter)}"]
        assert shown["missing"] == missing_list(charter)
        crew = [timeless(text, told, device) for text in shown["crew"]]
        assert crew == crew_panel(charter, is_scheduled=is_scheduled(charter))
        readiness = as_read(shown["readiness"], told, device)
        assert readiness in [panel(charter, told, at) for at in moments(told)]
        assert shown["details"] == details(charter, told, device)
        assert shown["strips"] == strips(charter, told, device)


READ_PAPER = """
({
  details: table(".paper-details"),
  rows: all(".paper-rows tr").slice(1).map((row) => [texts("th", row)[0], ...texts("td", row)]),
  totals: table(".totals"),
})
"""


def test_every_printed_statement_agrees_to_the_cent(told: Season, desk: Desk) -> None:
    device = desk.device
    desk.page.goto("/")
    desk.wait("article")
    for charter in told.charters:
        desk.open(f"/events/{told.event_ids[charter.title]}/statement", f'article :text("{charter.title}")')
        paper = desk.read(READ_PAPER)
        title = charter.title + (" (cancelled)" if charter.cancelled else "")
        when = f"{device.long_day(charter.starts_at)} {device.span(charter.starts_at, charter.ends_at)}"
        patron = charter.patron
        assert paper["details"] == {
            "For": " ".join(filter(None, (patron.name, patron.email, patron.phone))),
            "Charter": f"{title} {when} {charter.boat.name}",
        }
        first, *rows, last = paper["rows"]
        assert first == [charge_name(charter), *[money(charged(charter))] * 2]
        assert last == list(balance_line(charter))
        for (text, amount, balance), (entry, left) in zip(rows, statement(charter), strict=True):
            assert text.startswith(f"{KINDS[entry.payment.kind]}, {paid_how(entry)} {when_and_who(entry, device)} ")
            begins, ends = fate(entry, device)
            for words in [clearing(entry, device)] if entry.is_live else [begins, ends]:
                assert words in text
            assert text.endswith("".join(given_back(entry, device)))
            assert (amount, balance) == (signed_amount(entry), money(left))
        books = add_up(entries([charter]))
        besides = {"Refunded": books.refunded, "Tips besides": books.tips, "Not cleared yet": books.uncleared}
        besides |= {f"Paid by {who}": amount for who, amount in paid_by(charter).items()}
        expected = {"Received": money(books.received)} | {
            name: money(sum_of) for name, sum_of in besides.items() if sum_of
        }
        assert paper["totals"] == expected


# --- all charters' money --------------------------------------------------------------------------


READ_LEDGER = """
({
  totals: all(".totals").map((list) => Object.fromEntries(all("div", list).map((row) =>
    [shown(row.querySelector("dt")), shown(row.querySelector("dd"))]))),
  entries: all(".ledger tbody tr").map((row) => texts("td", row)),
})
"""
STATES = {"received": "To clear", "cleared": "Cleared", "bounced": "Bounced", "voided": "Voided"}


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
    assert shown["entries"] == [
        [
            desk.device.moment(row.payment.received_at),
            payer(row),
            row.charter.title,
            KINDS[row.payment.kind],
            f"{METHODS[row.payment.method][0]} {row.payment.reference}".strip(),
            STATES[row.status],
            f"{'−' if row.is_refund else ''}{money(row.amount)}",  # noqa: RUF001
        ]
        for row in rows
    ]


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
        assert desk.read(READ_LEDGER)["totals"] == totals_panel(rows)
    shown_months = months_from(last.replace(day=1, year=last.year - 1), last)[1:]
    drawn = [(month, add_up(in_days(rows, *month))) for month in shown_months]
    assert chart == [
        ["Month", "Net", "Tips"],
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
  lead: shown(document.querySelector(".lead")),
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
            "void_reason": payment.voided,
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


def utc(then: datetime) -> str:
    return f"{then.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


# --- mails ----------------------------------------------------------------------------------------


def test_the_mails_of_the_year_say_the_same_amounts_names_and_days(told: Season) -> None:
    expected = sorted(mail for charter in told.charters for mail in money_mails(charter))
    messages = told.site.call("GET", "/_local/mail").json["messages"]
    about_money = [mail for mail in messages if "$" in mail["text"] + mail["subject"]]
    found = sorted(about_money, key=lambda mail: (mail["to"].rpartition("<")[2].rstrip(">"), mail["subject"]))
    assert [mail["subject"] for mail in found] == [mail.subject for mail in expected]
    for mail, wanted in zip(found, expected, strict=True):
        assert wanted.to in mail["to"]
        lines = [line.strip() for line in mail["text"].splitlines()]
        facts = dict(line.split("  ", 1) for line in lines if "  " in line)
        assert {name: text.strip() for name, text in facts.items()} == wanted.facts
        told_balance = [line for line in lines if line.startswith(("Balance due", "Paid in full"))]
        assert told_balance == ([wanted.balance] if wanted.balance else [])
        for text in (*wanted.facts.values(), wanted.balance):
            assert text in html.unescape(mail["html"])


# --- who came -------------------------------------------------------------------------------------


def test_no_shows_are_not_counted_as_aboard(told: Season, desk: Desk) -> None:
    charter = told.charter("Crew race day")
    desk.page.goto(f"/events/{told.event_ids[charter.title]}/manifest")
    desk.wait(".passenger")
    rows = desk.read('all(".passenger").map((row) => [shown(row.querySelector("strong")), shown(row)])')
    states = {name: "Aboard since" if name in charter.aboard else "Did not come" for name, _ in rows}
    assert sorted(states) == sorted(guest.name for guest in charter.guests)
    for name, text in rows:
        assert states[name] in text
    expect(desk.page.locator(".badge").first).to_have_text(
        f"{len(charter.aboard)} aboard, limit {charter.boat.passenger_limit}"
    )


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
