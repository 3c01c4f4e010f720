"""Bank files beside what waits to clear: read on the device, and nothing clears without a tap."""

import hashlib
import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Locator, Page, Request, expect

from tests.browser.conftest import Visit
from tests.browser.focus import tab_to
from tests.browser.visitors import DESKTOP, NARROW, PHONE, Site

HEAD = "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #"
OPENING_CENTS = 500_000


class Bank:
    """An account with names and amounts that no other test has."""

    def __init__(self) -> None:
        letters = "BCDFGHJKLMNPQRST"
        self.family = "".join(secrets.choice(letters) for _ in range(8)).capitalize()
        self.cents = 100_000 + secrets.randbelow(90_000_000)
        self.day = datetime.now(UTC) - timedelta(days=1)
        self.received_at = (self.day - timedelta(days=1)).isoformat()

    def name(self, first: str) -> str:
        return f"{first} {self.family}"

    def zelle(self, first: str, cents: int) -> tuple[str, int, str]:
        return (
            f"Zelle payment from {self.name(first).upper()} {secrets.randbelow(10**11):011}",
            cents,
            "QUICKPAY_CREDIT",
        )

    def chase(self, *rows: tuple[str, int, str]) -> bytes:
        """Chase's export: newest first, with a running balance."""
        lines = []
        balance = OPENING_CENTS
        for text, cents, kind in rows:
            balance += cents
            side = "CREDIT" if cents > 0 else "DEBIT"
            lines.append(f'{side},{self.day:%m/%d/%Y},"{text}",{cents / 100:.2f},{kind},{balance / 100:.2f},,')
        return "\n".join([HEAD, *reversed(lines), ""]).encode()

    def pay(self, site: Site, event: dict[str, Any], first: str, more: int = 0, **changes: Any) -> dict[str, Any]:
        logged = {"method": "zelle", "amount_cents": self.cents + more, "payer": self.name(first)}
        return site.pay(event, **logged | {"received_at": self.received_at} | changes)


DEPOSIT = "REMOTE ONLINE DEPOSIT #          1"


@pytest.fixture
def bank() -> Bank:
    return Bank()


@pytest.fixture
def page(site: Site, visit: Visit) -> Page:
    return visit(token=site.token, viewport=DESKTOP).new_page()


def add(page: Page, name: str, content: bytes) -> None:
    page.get_by_label("Bank files").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})


def row(page: Page, text: str) -> Locator:
    """A row of the bank, and not a payment that none of them is."""
    return page.locator(".bank-row:not(.bank-missing)").filter(has_text=text)


def states(site: Site, event: dict[str, Any]) -> dict[str, str]:
    return {payment["payer"].split()[0]: payment["status"] for payment in site.payments(event)}


def test_a_tap_clears_with_the_row_as_evidence_and_the_file_stays_here(
    site: Site, page: Page, event: dict[str, Any], bank: Bank
) -> None:
    for first, more in (("Priya", 0), ("Omar", 1)):
        bank.pay(site, event, first, more)
    file = bank.chase(
        bank.zelle("Priya", bank.cents),
        bank.zelle("Omar", bank.cents + 1),
        ("A SECRET OF THE ACCOUNT", -777_77, "ACH_DEBIT"),
    )
    sent: list[Request] = []

    def note(request: Request) -> None:
        sent.append(request)

    page.on("request", note)
    page.goto("/payments/to-clear")
    add(page, "october.csv", file)
    expect(page.get_by_text("The rows add up")).to_be_visible()
    expect(row(page, bank.name("Priya").upper())).to_contain_text("Sure")
    assert states(site, event) == {"Priya": "received", "Omar": "received"}
    assert [request.url for request in sent if request.method != "GET"] == [], "nothing clears without a tap"

    page.get_by_role("button", name=re.compile(f"^Clear .* of {bank.name('Priya')}$")).click()
    expect(row(page, bank.name("Priya").upper())).to_have_count(0)
    assert states(site, event) == {"Priya": "cleared", "Omar": "received"}
    (cleared,) = [payment for payment in site.payments(event) if payment["status"] == "cleared"]
    evidence = cleared["clearance"]["evidence"]
    assert evidence | {"row": ""} == {
        "source": "chase",
        "file_sha256": hashlib.sha256(file).hexdigest(),
        "row": "",
        "date": f"{bank.day:%Y-%m-%d}",
        "amount_cents": bank.cents,
        "name": bank.name("Priya").upper(),
    }
    assert evidence["row"].startswith(f"{bank.day:%Y-%m-%d}|{bank.cents}|Zelle payment from")

    told = [" ".join([request.url, request.post_data or ""]) for request in sent]
    assert [one for one in told if "SECRET" in one or "77777" in one or "777.77" in one or "october.csv" in one] == []
    assert all(request.url.startswith(site.url) for request in sent)


def test_no_request_and_no_store_has_a_byte_of_a_file_but_the_evidence(
    site: Site, page: Page, event: dict[str, Any], bank: Bank
) -> None:
    bank.pay(site, event, "Priya")
    secrets_of_rows = [f"SECRET{letter * 5}" for letter in "ABCD"]
    other_cents = bank.cents + 777
    rows = [(f"Zelle payment from {secret} 22844120087", other_cents, "QUICKPAY_CREDIT") for secret in secrets_of_rows]
    sent: list[Request] = []

    def note(request: Request) -> None:
        sent.append(request)

    page.on("request", note)
    page.goto("/payments/to-clear")
    add(page, "private.csv", bank.chase(bank.zelle("Priya", bank.cents), *rows))
    page.get_by_role("button", name=f"Not ours: {secrets_of_rows[0]}").click()
    page.get_by_role("button", name=f"Log as… {secrets_of_rows[1]}").click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Clear this one").click()
    expect(page.get_by_text("Cleared:")).to_be_visible()
    page.get_by_role("button", name="Close private.csv").click()
    expect(row(page, secrets_of_rows[2])).to_have_count(0)

    (clear,) = [request for request in sent if request.method != "GET"]
    told = clear.post_data_json
    assert sorted(told) in (["cleared_at", "evidence"], ["evidence"])
    assert sorted(told["evidence"]) == ["amount_cents", "date", "file_sha256", "name", "row", "source"]
    kept = page.evaluate("async () => JSON.stringify([{...localStorage}, {...sessionStorage}, await caches.keys()])")
    everything = " ".join([kept, *(request.url + (request.post_data or "") for request in sent)])
    figures = [str(other_cents), f"{other_cents / 100:.2f}", "private.csv"]
    assert [word for word in [*secrets_of_rows, *figures] if word in everything] == []


def test_all_that_are_sure_clear_with_one_tap_and_the_same_file_again_asks_nothing(
    site: Site, page: Page, event: dict[str, Any], bank: Bank
) -> None:
    for first, more in (("Priya", 0), ("Omar", 1)):
        bank.pay(site, event, first, more)
    bank.pay(site, event, "Hugo", 2)
    rows = [bank.zelle("Priya", bank.cents), bank.zelle("Omar", bank.cents + 1), bank.zelle("Marisol", bank.cents + 2)]
    page.goto("/payments/to-clear")
    add(page, "october.csv", bank.chase(*rows))
    expect(row(page, bank.name("Marisol").upper())).to_contain_text("part of the name agrees")
    page.get_by_role("button", name="Clear these 2").click()
    expect(page.get_by_text("Cleared: 2 payments.")).to_be_visible()
    assert states(site, event) == {"Priya": "cleared", "Omar": "cleared", "Hugo": "received"}

    page.reload()
    # A later export has the rows again, with another balance and one more.
    add(page, "november.csv", bank.chase(("INTEREST PAYMENT", 7, "MISC_CREDIT"), *rows))
    expect(page.get_by_text("2 rows dealt with before")).to_be_visible()
    expect(row(page, bank.name("Priya").upper())).to_have_count(0)
    expect(row(page, bank.name("Marisol").upper())).to_have_count(1)


def test_another_device_knows_from_the_evidence_what_was_cleared(
    site: Site, page: Page, visit: Visit, event: dict[str, Any], bank: Bank
) -> None:
    bank.pay(site, event, "Priya")
    file = bank.chase(bank.zelle("Priya", bank.cents))
    page.goto("/payments/to-clear")
    add(page, "october.csv", file)
    page.get_by_role("button", name="Clear this one").click()
    expect(page.get_by_text("Cleared:")).to_be_visible()
    other = visit(token=site.token).new_page()
    other.goto("/payments/to-clear")
    add(other, "october.csv", file)
    expect(other.get_by_text("1 row dealt with before")).to_be_visible()
    expect(row(other, bank.family.upper())).to_have_count(0)


def test_one_deposit_clears_its_checks_and_a_returned_one_bounces(
    site: Site, page: Page, event: dict[str, Any], bank: Bank
) -> None:
    cents = [bank.cents, bank.cents + 3, bank.cents + 50]
    for first, amount, number in zip(("Nuria", "Ines", "Walt"), cents, ("1042", "388", "118"), strict=True):
        bank.pay(site, event, first, method="check", amount_cents=amount, reference=number)
    returned = ("DEPOSITED ITEM RETURNED CHK SER# 118 RTN REASON: NSF", -cents[2], "DEPOSIT_RETURN")
    file = bank.chase((DEPOSIT, cents[0] + cents[1], "CHECK_DEPOSIT"), (DEPOSIT, cents[2], "CHECK_DEPOSIT"), returned)
    page.goto("/payments/to-clear")
    add(page, "october.csv", file)
    page.get_by_role("button", name=re.compile(r"^Clear .*Nuria|^Clear .*Ines")).click()
    expect(page.get_by_text("Cleared: 2 payments.")).to_be_visible()
    page.get_by_role("button", name=re.compile(f"^Bounced… .*{bank.name('Walt')}")).last.click()
    dialog = page.get_by_role("dialog", name="Payment bounced")
    expect(dialog.get_by_label("Reason")).to_have_value(re.compile("^Returned by the bank on "))
    dialog.get_by_role("button", name="Mark as bounced").click()
    expect(dialog).to_be_hidden()
    expect(row(page, "REMOTE ONLINE DEPOSIT")).to_have_count(0)
    assert states(site, event) == {"Nuria": "cleared", "Ines": "cleared", "Walt": "bounced"}


def test_a_payment_voided_meanwhile_is_refused_and_the_row_stays_open(
    site: Site, page: Page, event: dict[str, Any], bank: Bank
) -> None:
    paid = bank.pay(site, event, "Priya")
    page.goto("/payments/to-clear")
    add(page, "october.csv", bank.chase(bank.zelle("Priya", bank.cents)))
    expect(row(page, bank.family.upper())).to_contain_text("Sure")
    void = f"/api/events/{event['event_id']}/payments/{paid['payment_id']}/void"
    site.admin("POST", void, {"reason": "typed twice"})
    page.get_by_role("button", name="Clear this one").click()
    expect(page.get_by_role("alert").filter(has_text="Not cleared.")).to_be_visible()
    expect(row(page, bank.family.upper())).to_contain_text("No payment fits")
    assert states(site, event) == {"Priya": "voided"}
    page.reload()
    add(page, "october.csv", bank.chase(bank.zelle("Priya", bank.cents)))
    expect(row(page, bank.family.upper())).to_contain_text("No payment fits")


def test_of_two_that_fit_a_person_chooses_and_what_is_not_it_is_not_proposed_again(
    site: Site, page: Page, event: dict[str, Any], bank: Bank
) -> None:
    for reference in ("first", "second"):
        bank.pay(site, event, "Ben", reference=reference)
    page.goto("/payments/to-clear")
    add(page, "october.csv", bank.chase(bank.zelle("Ben", bank.cents)))
    expect(row(page, bank.family.upper())).to_contain_text("Two fit")
    page.get_by_role("button", name=re.compile("^Choose…")).click()
    dialog = page.get_by_role("dialog", name="Which payment is it?")
    dialog.get_by_role("button", name="Clear").click()
    expect(dialog.get_by_text("Choose one.")).to_be_visible()
    dialog.get_by_label("second").check()
    dialog.get_by_role("button", name="Clear").click()
    expect(row(page, bank.family.upper())).to_have_count(0)
    assert {payment["reference"]: payment["status"] for payment in site.payments(event)} == {
        "first": "received",
        "second": "cleared",
    }

    add(page, "more.csv", bank.chase(("INTEREST PAYMENT", 7, "MISC_CREDIT"), bank.zelle("Ben", bank.cents)))
    page.get_by_role("button", name=re.compile("^Not it: ")).click()
    expect(row(page, bank.family.upper())).to_contain_text("No payment fits")


def test_what_is_not_logged_is_logged_with_what_the_row_says_and_then_clears(
    site: Site, page: Page, bank: Bank
) -> None:
    event = site.charter(charter_fee_cents=bank.cents)
    page.goto("/payments/to-clear")
    add(page, "october.csv", bank.chase(bank.zelle("Karl", bank.cents), bank.zelle("Lena", 700)))
    page.get_by_role("button", name=re.compile(f"^Not ours: LENA {bank.family.upper()}$")).click()
    expect(row(page, "LENA")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(row(page, "LENA")).to_have_count(1)

    page.get_by_role("button", name=re.compile("^Log as… KARL")).click()
    dialog = page.get_by_role("dialog", name="Log as a payment of…")
    dialog.get_by_label("Find the charter").fill(event["title"])
    dialog.get_by_role("button", name=re.compile(event["title"])).click()
    form = page.get_by_role("dialog", name="Log payment")
    expect(form.get_by_label("Amount")).to_have_value(f"{bank.cents / 100:.2f}")
    expect(form.get_by_label("Payer")).to_have_value(bank.name("Karl").upper())
    expect(form.get_by_role("radio", name="Zelle")).to_be_checked()
    form.get_by_role("button", name="Log $").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(row(page, "KARL")).to_contain_text("Sure")
    page.get_by_role("button", name=re.compile(f"^Clear .*{bank.family}", re.IGNORECASE)).click()
    expect(row(page, "KARL")).to_have_count(0)
    assert [payment["status"] for payment in site.payments(event)] == ["cleared"]


def test_unknown_columns_are_asked_about_once_and_unreadable_rows_and_gaps_are_said(page: Page, bank: Bank) -> None:
    lines = [
        "Tag;Wer;Wofür;Summe;Stand",
        f"13.10.2026;{bank.name('Ana')};Anzahlung;1.234,56;2.234,56",
        f"14.10.2026;{bank.name('Bo')};Rest;n/a;2.334,56",
        f"15.10.2026;{bank.name('Cy')};Rest;5,00;2.339,56",
    ]
    file = "\n".join(lines).encode()
    page.goto("/payments/to-clear")
    add(page, "umsatz.csv", file)
    dialog = page.get_by_role("dialog", name="Which column is what?")
    dialog.get_by_label("Name", exact=True).select_option("Wer")
    dialog.get_by_label("What for").select_option("Wofür")
    dialog.get_by_label("Amount", exact=True).select_option("Summe")
    dialog.get_by_label("Balance").select_option("Stand")
    expect(dialog.get_by_text(f"$1,234.56, {bank.name('Ana')}, Anzahlung")).to_be_visible()
    dialog.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("alert").filter(has_text="The rows do not add up")).to_contain_text("it is $100.00 more")
    expect(row(page, bank.name("Bo"))).to_contain_text("No amount")
    expect(row(page, bank.name("Bo"))).to_contain_text("Unreadable")
    expect(row(page, "$0.00")).to_have_count(0)

    page.reload()
    add(page, "umsatz.csv", file)
    expect(row(page, bank.name("Ana"))).to_contain_text("$1,234.56")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_amounts_that_can_be_read_in_two_ways_are_asked_about_and_columns_can_be_chosen_again(
    page: Page, bank: Bank
) -> None:
    file = f"Date;Who;Sum;Left\n2026-10-13;{bank.name('Ana')};1.234;7\n2026-10-14;{bank.name('Bo')};2.500;8\n".encode()
    page.goto("/payments/to-clear")
    add(page, "october.csv", file)
    dialog = page.get_by_role("dialog", name="Which column is what?")
    expect(dialog.get_by_text("2 of 2 rows cannot be read this way.")).to_be_visible()
    dialog.get_by_role("button", name="Read the file").click()
    expect(dialog.get_by_text("These can be read in two ways.")).to_be_visible()
    dialog.get_by_label("Amounts").select_option("1.234,56")
    dialog.get_by_label("Name", exact=True).select_option("Who")
    expect(dialog.get_by_text(f"$1,234.00, {bank.name('Ana')}")).to_be_visible()
    dialog.get_by_role("button", name="Read the file").click()
    expect(row(page, bank.name("Bo"))).to_contain_text("$2,500.00")

    page.get_by_role("button", name="Columns… october.csv").click()
    dialog.get_by_label("Amount", exact=True).select_option("Left")
    dialog.get_by_role("button", name="Read the file").click()
    expect(row(page, bank.name("Bo"))).to_contain_text("$8.00")
    expect(page.locator(".bank-files li")).to_have_count(1)


def test_a_payment_that_is_not_at_the_bank_yet_is_named_with_how_long_it_waits(
    site: Site, page: Page, event: dict[str, Any], bank: Bank
) -> None:
    long_ago = (bank.day - timedelta(days=9)).isoformat()
    bank.pay(site, event, "Walt", method="check", reference="118", received_at=long_ago)
    page.goto("/payments/to-clear")
    add(page, "october.csv", bank.chase(("INTEREST PAYMENT", 7, "MISC_CREDIT")))
    missing = page.locator(".bank-missing").filter(has_text=bank.name("Walt"))
    expect(missing).to_contain_text("should have cleared")
    expect(missing).to_contain_text("Check 118")
    # One file that is chosen twice at once is one.
    content = bank.chase(("INTEREST PAYMENT", 7, "MISC_CREDIT"))
    twice = [{"name": name, "mimeType": "text/csv", "buffer": content} for name in ("a.csv", "b.csv")]
    page.get_by_label("Bank files").set_input_files(twice)
    expect(page.get_by_role("button", name="Close b.csv")).to_be_visible()
    expect(page.locator(".bank-files li")).to_have_count(1)


def test_two_files_of_unknown_banks_are_asked_about_one_after_the_other(page: Page, bank: Bank) -> None:
    names = {"one.csv": "Ana", "two.csv": "Bo"}
    files = [
        {
            "name": name,
            "mimeType": "text/csv",
            "buffer": f"{name},Payee,Sum\n2026-10-13,{bank.name(first)},5.50\n".encode(),
        }
        for name, first in names.items()
    ]
    page.goto("/payments/to-clear")
    page.get_by_label("Bank files").set_input_files(files)
    for name, first in names.items():
        dialog = page.get_by_role("dialog", name="Which column is what?")
        expect(dialog.get_by_text(name, exact=True).first).to_be_visible()
        dialog.get_by_role("button", name="Read the file").click()
        expect(row(page, bank.name(first))).to_contain_text("$5.50")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_rows_are_pasted_and_files_dropped_with_the_keyboard_and_without(page: Page, bank: Bank) -> None:
    page.goto("/payments/to-clear")
    tab_to(page, page.get_by_role("button", name="Paste"))
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_label("Rows, as the bank shows them").fill(
        bank.chase(bank.zelle("Ana", 500)).decode()
    )
    page.get_by_role("dialog").get_by_role("button", name="Read").click()
    expect(row(page, f"ANA {bank.family.upper()}")).to_have_count(1)

    drop = """([name, text]) => {
      const files = new DataTransfer();
      files.items.add(new File([text], name));
      const event = new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true });
      return document.body.dispatchEvent(event);
    }"""
    went_on = page.evaluate(drop, ["dropped.csv", bank.chase(bank.zelle("Bo", 600)).decode()])
    assert not went_on, "the browser leaves the page to show the file"
    expect(row(page, f"BO {bank.family.upper()}")).to_have_count(1)
    page.evaluate(drop, ["letter.txt", "Dear captain, thank you."])
    expect(page.get_by_role("alert")).to_contain_text("letter.txt: No rows with a date and an amount")


def test_the_head_stays_in_sight_and_a_row_is_two_lines_on_a_desktop_and_six_on_a_phone(
    site: Site, page: Page, event: dict[str, Any], bank: Bank
) -> None:
    bank.pay(site, event, "Priya")
    rows = [bank.zelle(f"P{number}", 1000 + number) for number in range(60)]
    page.goto("/payments/to-clear")
    add(page, "october.csv", bank.chase(bank.zelle("Priya", bank.cents), *rows))
    one = row(page, f"PRIYA {bank.family.upper()}")
    assert box_of(one)["height"] <= 56
    row(page, f"P40 {bank.family.upper()}").scroll_into_view_if_needed()
    assert 0 <= box_of(page.get_by_role("columnheader", name="At the bank"))["y"] <= 100
    for size in (PHONE, NARROW):
        page.set_viewport_size(size)
        assert box_of(one)["height"] <= 215


def test_the_words_beside_three_buttons_keep_their_room_on_a_phone(
    site: Site, page: Page, event: dict[str, Any], bank: Bank
) -> None:
    bank.pay(site, event, "Priya")
    page.goto("/payments/to-clear")
    # Of the amount of a payment, and of somebody else: not ours, choose, log as.
    add(
        page,
        "october.csv",
        bank.chase((f"Zelle payment from OTHER {secrets.token_hex(4)}", bank.cents, "QUICKPAY_CREDIT")),
    )
    one = row(page, "OTHER")
    expect(one.get_by_role("button")).to_have_count(3)
    for size in (PHONE, NARROW):
        page.set_viewport_size(size)
        assert box_of(one.get_by_text("No payment fits"))["height"] <= 80


def box_of(shown: Locator) -> FloatRect:
    box = shown.bounding_box()
    assert box is not None
    return box
