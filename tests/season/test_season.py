"""A year of real life, read back where people read it: every name, time and amount against a second reckoning.

What is expected comes from the season's own data, from `books.py` (exact decimals) and from Babel.
"""

from datetime import datetime

from playwright.sync_api import expect

from tests.season.books import add_up, charged, entries, statement
from tests.season.charters import (
    away,
    columns,
    day_of,
    days_of,
    details,
    facts,
    missing_list,
    sections,
    state,
    strips,
    waivers_text,
)
from tests.season.conftest import Desk, Season
from tests.season.crew import crew_panel, is_bareboat, places, timeless
from tests.season.devices import Device, money
from tests.season.expected import (
    KINDS,
    balance_line,
    charge_name,
    check_entry,
    clearing,
    fate,
    paid_by,
    paid_how,
    relations,
    signed_amount,
    when_and_who,
)
from tests.season.moments import fitting, moments
from tests.season.owed import earlier, owing
from tests.season.readiness import as_read, is_scheduled, on_board, panel

# --- board ----------------------------------------------------------------------------------------


READ_BOARD = """
({
  owed: shown(document.querySelector(".owed-link")),
  earlier: [
    shown(document.querySelector(".earlier-head p")),
    all(".earlier-rows > li").map((line) => texts(".earlier-what > *, .earlier-due", line)),
  ],
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
    desk.page.goto("/")
    desk.wait("article")
    desk.page.get_by_role("button", name="Show all").click()
    desk.page.get_by_role("button", name="Show past charters").click()
    rows, more = desk.page.locator("article"), desk.page.get_by_role("button", name="Show earlier")
    expect(more).to_be_enabled()
    while (known := rows.count()) < len(told.charters):
        more.click()
        expect(rows.nth(known)).to_be_attached()
    shown = desk.read(READ_BOARD)
    assert shown["owed"] == f"Owed {len(owing(told.charters))}"
    assert shown["heads"] == ["Time", "Charter", "Captain, crew", "Guests", "Money", "Ready to sail"]
    drawn = [
        (name, [(found["day"], [line["columns"][1] for line in found["rows"]]) for found in days])
        for name, days in shown["sections"].items()
    ]
    drawn_at, expected = fitting(told, drawn, lambda at: outline(told, desk.device, at))
    assert drawn == expected
    assert shown["earlier"] == list(earlier(told.charters, day_of(drawn_at), desk.device))
    for name, charters in sections(told, drawn_at).items():
        say = away if name == "Next departure" else state
        for found, (_, those) in zip(
            shown["sections"][name], days_of(charters, desk.device, day_of(drawn_at)), strict=True
        ):
            for line, charter in zip(found["rows"], those, strict=True):
                assert line["state"] in {say(charter, at) for at in moments(told)}
                readiness = [on_board(charter, told, at) for at in moments(told)]
                ways = [columns(charter, desk.device, line["state"], text) for text in readiness]
                assert line["columns"] in ways


Outline = list[tuple[str, list[tuple[str, list[str]]]]]
"""Of each section its days, of each day its charters."""


def outline(told: Season, device: Device, at: datetime) -> Outline:
    """The board as it stands at this moment."""
    return [
        (
            name,
            [
                (day, [columns(charter, device, state(charter, at), "")[1] for charter in those])
                for day, those in days_of(charters, device, day_of(at))
            ],
        )
        for name, charters in sections(told, at).items()
    ]


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
        assert (f"To clear: {money(books.uncleared)}" in last["what"]) == bool(books.uncleared)
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
            assert text.endswith(" ".join(relations(entry, device)))
            assert (amount, balance) == (signed_amount(entry), money(left))
        books = add_up(entries([charter]))
        besides = {"Refunded": books.refunded, "Tips besides": books.tips, "To clear": books.uncleared}
        besides |= {f"Paid by {who}": amount for who, amount in paid_by(charter).items()}
        expected = {"Received": money(books.received)} | {
            name: money(sum_of) for name, sum_of in besides.items() if sum_of
        }
        assert paper["totals"] == expected


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
