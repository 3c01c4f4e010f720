"""The books as exported, added up by accounting programs that are not ours: every sum differs by 0."""

import json
import string
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from iso4217 import Currency

from chalicelib.charters import service as charters
from chalicelib.core.settings import settings
from chalicelib.payments import service as payments
from chalicelib.payments.acts import bounce_payment, clear_payment
from tests.season.accounts import (
    Sums,
    beancount_sums,
    beancount_transactions,
    hledger_sums,
    needs_hledger,
    run_hledger,
)
from tests.support import operator
from tests.support.altering import differences
from tests.support.money_season import Season
from tests.support.operator import ADMIN
from tests.support.stores import fresh_store
from tools.audit.book_formats import FORMATS, to_beancount, to_hledger
from tools.audit.books import CASH, RECEIVABLE, Transaction, transactions
from tools.audit.records import gather
from tools.common.table import scan

TIMEZONE = "America/Los_Angeles"
ISO = {currency.code: currency.exponent for currency in Currency}
NASTY = 'O\u2019Brien & José "Pepe" \\ Núñez; x | y  ; tag:1, (2) * !'


PAYEES = [f"{sign}{rest}" for sign in string.punctuation for rest in ("Bo", "1041) Bo", " Bo", "")]


def paid_by(payee: str) -> Transaction:
    return Transaction(
        date="2026-11-28",
        at="2026-11-28T20:00:00Z",
        charter="A" * 22,
        payment=operator.uuid(),
        what="deposit",
        payee=payee,
        text="Sunset, Cash",
        currency="USD",
        amount_cents=1,
        to=CASH,
        source=RECEIVABLE,
    )


class Books:
    """A year's money in several currencies, and what it comes to, added up here from what the API says."""

    def __init__(self, dynamodb: Any) -> None:
        season = Season(dynamodb)
        self.charters = [season.charter, season.storm, season.next_sail]
        for currency, fee in (("JPY", 90_000), ("TND", 1_250_500), ("EUR", 100_000_000_000), ("USD", 0)):
            charter = season.create(NASTY, fee, currency=currency)
            self.charters.append(charter)
            paid = season.log(fee // 2 + 1, method="bank_transfer", payer=NASTY, note="a\nb", reference='"', on=charter)
            clear_payment(charter, paid, {}, actor=ADMIN, now=season.now())
            season.log(fee // 3 + 1, method="card", kind="refund", refund_of=paid, on=charter)
            tip = season.log(701, kind="tip", method="venmo", on=charter)
            season.log(300, kind="refund", refund_of=tip, on=charter)
            bounced = season.log(1_000, kind="tip", method="check", on=charter)
            clear_payment(charter, bounced, {}, actor=ADMIN, now=season.now())
            bounce_payment(charter, bounced, {"reason": NASTY}, actor=ADMIN, now=season.now())
        cancelled = season.create("Cancelled", 50_000)
        season.log(20_000, on=cancelled, received_at="2026-01-01T07:59:59Z")
        charters.cancel_charter(cancelled, {"reason": "storm"}, actor=ADMIN, now=season.now())
        moved = season.create("Another currency", 50_000)
        charters.edit_charter(moved, {"version": 1, "currency": "EUR"}, actor=ADMIN, now=season.now())
        self.charters += [cancelled, moved]
        self.items = list(scan(dynamodb, settings().table))
        self.due = {charter: self.due_of(charter) for charter in self.charters}
        self.statements = [row for charter in self.charters for row in payments.list_for_charter(charter)["payments"]]

    def due_of(self, charter: str) -> Decimal:
        found = charters.find_charter(charter)
        return main_units(found.due_cents, found.details["currency"])

    def export(self, form: str) -> str:
        return "".join(FORMATS[form](transactions(gather(self.items), TIMEZONE), TIMEZONE))

    def expected(self) -> Sums:
        """Assets by where the live money is, which is all that the statements tell."""
        sums: Sums = defaultdict(Decimal)
        for row in self.statements:
            if row["status"] in ("bounced", "voided"):
                continue
            place = "Bank" if row["status"] == "cleared" else "Uncleared"
            name = "Cash" if row["method"] == "cash" else f"{place}:{row['method'].title().replace('_', '')}"
            sign = -1 if row["kind"] == "refund" else 1
            sums[f"Assets:{name}", row["currency"]] += sign * main_units(row["amount_cents"], row["currency"])
        return {key: amount for key, amount in sums.items() if amount}


def main_units(cents: int, currency: str) -> Decimal:
    return Decimal(cents).scaleb(-ISO[currency])


@pytest.fixture(scope="module")
def books(dynamodb_local: str) -> Iterator[Books]:
    with fresh_store(dynamodb_local) as dynamodb, pytest.MonkeyPatch.context() as patch:
        patch.setattr("chalicelib.mail.outbox.deliver", lambda *_: None)
        yield Books(dynamodb)


def assets(sums: Sums) -> Sums:
    beside = ("Assets:Receivable", "Income:Charter", "Liabilities:Tips")
    return {key: amount for key, amount in sums.items() if key[0] not in beside and amount}


def test_the_table_that_is_exported_is_whole(books: Books) -> None:
    assert differences(books.items) == []


# --- beancount ------------------------------------------------------------------------------------


def test_beancount_finds_no_fault_and_the_same_sums(books: Books) -> None:
    text = books.export("beancount")
    sums, found = beancount_sums(text), defaultdict(Decimal)
    assert assets(sums) == books.expected()
    for entry in beancount_transactions(text):
        for posting in entry.postings:
            if posting.account == "Assets:Receivable":
                found[entry.meta["charter"]] += posting.units.number
    assert {charter: found[charter] for charter in books.charters} == books.due
    for currency in {currency for _, currency in sums}:
        assert sum(amount for (_, unit), amount in sums.items() if unit == currency) == 0


def test_bean_check_takes_the_file(books: Books, tmp_path: Path) -> None:
    (tmp_path / "books.beancount").write_text(books.export("beancount"))
    done = subprocess.run(
        [str(Path(sys.executable).parent / "bean-check"), str(tmp_path / "books.beancount")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_payee_may_begin_with_any_sign_for_beancount() -> None:
    read = beancount_transactions("".join(to_beancount(list(map(paid_by, PAYEES)), TIMEZONE)))
    assert sorted(entry.payee for entry in read) == sorted(PAYEES)


def test_texts_come_through_beancount_as_they_were_typed(books: Books) -> None:
    payees = {entry.payee for entry in beancount_transactions(books.export("beancount"))}
    assert " ".join(NASTY.split()) in payees


# --- hledger --------------------------------------------------------------------------------------


@needs_hledger
class TestHledger:
    def test_it_finds_no_fault_in_strict_mode(self, books: Books, tmp_path: Path) -> None:
        run_hledger(books.export("hledger"), tmp_path, "check", "--strict")

    def test_a_payee_may_begin_with_any_sign(self, tmp_path: Path) -> None:
        written = "".join(to_hledger(list(map(paid_by, PAYEES)), TIMEZONE))
        read = run_hledger(written, tmp_path, "payees").splitlines()
        assert sorted(read) == sorted({payee.replace(";", ",").replace("|", "/") for payee in PAYEES})

    def test_its_sums_are_the_same(self, books: Books, tmp_path: Path) -> None:
        sums = hledger_sums(books.export("hledger"), tmp_path)
        assert assets(sums) == books.expected()
        assert sums == beancount_sums(books.export("beancount"))

    def test_what_is_receivable_of_each_charter_is_its_balance_due(self, books: Books, tmp_path: Path) -> None:
        sums = hledger_sums(books.export("hledger"), tmp_path, "Assets:Receivable", "--pivot", "charter")
        found = defaultdict(Decimal)
        for (charter, _), amount in sums.items():
            found[charter] += amount
        assert {charter: found[charter] for charter in books.charters} == books.due


# --- the files ------------------------------------------------------------------------------------


def test_json_has_the_same_amounts_in_minor_units(books: Books) -> None:
    exported = json.loads(books.export("json"))
    assert (exported["format"], exported["timezone"]) == ("scc-books/1", TIMEZONE)
    sums: Sums = defaultdict(Decimal)
    for one in exported["transactions"]:
        amount = main_units(one["amount_cents"], one["currency"])
        sums[one["to"], one["currency"]] += amount
        sums[one["source"], one["currency"]] -= amount
    assert assets(sums) == books.expected()


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_table_is_the_same_file_in_any_order_of_its_items(books: Books, form: str) -> None:
    again = "".join(FORMATS[form](transactions(gather(reversed(books.items)), TIMEZONE), TIMEZONE))
    assert again == books.export(form)


def test_a_day_is_the_operators_and_not_that_of_utc(books: Books) -> None:
    [early] = [one for one in transactions(gather(books.items), TIMEZONE) if one.at == "2026-01-01T07:59:59Z"]
    assert early.date == "2025-12-31"


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_table_is_a_file_without_transactions(form: str, tmp_path: Path) -> None:
    text = "".join(FORMATS[form]([], TIMEZONE))
    assert TIMEZONE in text
    if form == "beancount":
        assert beancount_transactions(text) == []
